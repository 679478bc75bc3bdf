# SPDX-License-Identifier: Apache-2.0
"""How sources do: in one word, and in the numbers behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from geo.db.pool import Database
from layers.locate.queue_sql import COUNT_BY_SOURCE
from layers.sources import health_sql as sql
from layers.sources.breaker import FAILING_AFTER
from layers.sources.spec import SourceSpec
from layers.systems import SYSTEMS

State: TypeAlias = Literal["ok", "waiting", "silent", "failing", "off"]
_RECENT = timedelta(minutes=5)
_DAY = timedelta(days=1)
_SILENT_AFTER = 3.0
_NO_STATE: Mapping[str, Any] = dict.fromkeys(
    ("enabled", "first_message_at", "last_message_at", "last_event_at", "lag_s", "open_until", "last_error")
) | {"failures": 0, "cursor": {}}


def silent_since(spec: SourceSpec, last_message_at: datetime | None, now: datetime) -> datetime | None:
    """Since when the source should have sent something; ``None`` while it need not have."""
    if spec.expected_every_s is None or last_message_at is None:
        return None
    due = last_message_at + timedelta(seconds=_SILENT_AFTER * spec.expected_every_s)
    return due if due < now else None


def is_enabled(spec: SourceSpec, switched: bool | None) -> bool:
    """Whether the source is on: a person's switch goes before its file."""
    return spec.enabled if switched is None else switched


async def is_on(database: Database, spec: SourceSpec) -> bool:
    """Whether the source may send now."""
    rows = await database.fetch(sql.SELECT_SWITCH, source=spec.id)
    return is_enabled(spec, rows[0]["enabled"] if rows else None)


def state_of(spec: SourceSpec, row: Mapping[str, Any], now: datetime) -> State:
    """How the source does, in one word. What never brought anything waits: its last error says what for."""
    if not is_enabled(spec, row["enabled"]):
        return "off"
    if row["last_message_at"] is None:
        return "waiting"
    if row["failures"] >= FAILING_AFTER:
        return "failing"
    if silent_since(spec, row["last_message_at"], now) is not None:
        return "silent"
    return "ok"


@dataclass(frozen=True)
class _Numbers:
    states: Mapping[str, Any]
    day: Mapping[str, Any]
    letters: Mapping[str, int]
    unlocated: Mapping[str, int]


async def health_of(database: Database, sources: Sequence[SourceSpec], now: datetime) -> list[dict[str, Any]]:
    """Every source with its state and numbers, as ``GET /sources`` answers them."""
    numbers = _Numbers(
        {row["source"]: row for row in await database.fetch(sql.SELECT_STATES)},
        {row["source"]: row for row in await database.fetch(sql.SELECT_DAY, since=now - _DAY, recent=now - _RECENT)},
        {row["source"]: row["n"] for row in await database.fetch(sql.COUNT_LETTERS)},
        {row["source"]: row["n"] for row in await database.fetch(COUNT_BY_SOURCE)},
    )
    return [_member(spec, numbers, now) for spec in sources]


async def last_hour(database: Database, source: str, now: datetime) -> list[Any]:
    """Messages of the last hour by minute; minutes without one are left out."""
    return await database.fetch(sql.SELECT_MINUTES, source=source, since=now - timedelta(hours=1))


async def switch(database: Database, source: str, *, enabled: bool) -> None:
    """Turn a source on or off, whatever its file says."""
    await database.fetch(sql.SWITCH, source=source, enabled=enabled)


def _member(spec: SourceSpec, numbers: _Numbers, now: datetime) -> dict[str, Any]:
    row = numbers.states.get(spec.id, _NO_STATE)
    day = numbers.day.get(spec.id, {"messages": 0, "accepted": 0, "rejected": 0, "recent": 0})
    silent = silent_since(spec, row["last_message_at"], now)
    return {
        "id": spec.id,
        "system": spec.system,
        "title": dict(spec.title),
        "connector": spec.connector,
        "door": "push" if spec.door is None else spec.door["kind"],
        "layers": list(SYSTEMS[spec.system].layers),
        "state": state_of(spec, row, now),
        "enabled": is_enabled(spec, row["enabled"]),
        "last_message_at": row["last_message_at"],
        "last_event_at": row["last_event_at"],
        "lag_s": None if row["lag_s"] is None else round(row["lag_s"], 1),
        "rate_per_min": round(day["recent"] / (_RECENT.total_seconds() / 60), 1),
        **{f"{name}_24h": day[name] for name in ("messages", "accepted", "rejected")},
        "dead_letters": numbers.letters.get(spec.id, 0),
        "unlocated": numbers.unlocated.get(spec.id, 0),
        "failures": row["failures"],
        "open_until": row["open_until"],
        "last_error": row["last_error"],
        "expected_every_s": spec.expected_every_s,
        "silent_since": silent,
    }
