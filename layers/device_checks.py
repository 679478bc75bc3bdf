# SPDX-License-Identifier: Apache-2.0
"""Checks of devices: whether each answers, kept beside the register, shown in its features, with a history.

Who checks is another source than who keeps the register. A check changes only ``status``, ``checked_at`` and the few
facts that a device tells of itself, never what the register said, and the register's next import does not undo it:
after a push the checks are shown again, as readings of sensors are (layers/readings.py).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson

from geo.db.pool import Connection, Database
from layers import device_sql as sql
from layers import write_sql as door
from layers.batch import Batch, Receipt, Refusal
from layers.check_records import CheckRecord, normalise_check
from layers.dead_letters import keep_dead_letters
from layers.device_state import Availability, Change, Check, DeviceState, after_check, availability
from layers.errors import Rejected
from layers.spec import LayerSpec

_MOST_CHANGES = 1000


@dataclass
class _Item:
    index: int
    raw: Any
    record: CheckRecord


async def ingest_checks(database: Database, batch: Batch, now: datetime) -> Receipt:
    """Store a batch of checks in one transaction; when this returns, it is durable.

    Raises:
        Unavailable: PostGIS does not answer; nothing was stored.
    """
    async with database.transaction() as connection:
        return await store_checks(connection, batch, now)


async def store_checks(connection: Connection, batch: Batch, now: datetime) -> Receipt:
    """Store a batch of checks in the caller's transaction. Older checks than the latest are stale."""
    receipt = Receipt(batch.import_name, batch.spec.id, batch.source, len(batch.records))
    items: list[_Item] = []
    refused: list[Refusal] = []
    for index, raw in enumerate(batch.records):
        try:
            items.append(_Item(index, raw, normalise_check(raw, now)))
        except Rejected as rejection:
            refused.append((index, raw, rejection))
    by_register = await _find(connection, batch.spec, items, refused)
    for register in sorted(by_register):
        await _keep(connection, batch.spec, register, by_register[register], receipt)
    await keep_dead_letters(connection, receipt, refused, batch.messages, "checks")
    return receipt


async def _find(
    connection: Connection, spec: LayerSpec, items: Sequence[_Item], refused: list[Refusal]
) -> dict[str, list[_Item]]:
    """The checks by the register that keeps the device."""
    ids = sorted({item.record.external_id for item in items})
    rows = await connection.fetch(sql.SELECT_DEVICES.sql, *sql.SELECT_DEVICES.args(layer=spec.id, devices=ids))
    registers: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        registers[row["external_id"]].append(row["source"])
    found: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        known = registers[item.record.external_id]
        chosen = [one for one in known if item.record.register in (None, one)]
        if len(chosen) == 1:
            found[chosen[0]].append(item)
        elif chosen:
            why = f"several registers know this id: send 'register', one of {', '.join(sorted(chosen))}"
            refused.append((item.index, item.raw, Rejected("device_ambiguous", why)))
        else:
            why = "no register has a device of this id: bring the register first"
            refused.append((item.index, item.raw, Rejected("device_unknown", why)))
    return found


async def _keep(
    connection: Connection, spec: LayerSpec, register: str, items: Sequence[_Item], receipt: Receipt
) -> None:
    key = {"layer": spec.id, "source": register}
    # Behind the register's own pushes, so that both lock features in one order.
    await connection.execute(door.LOCK_KEY.sql, *door.LOCK_KEY.args(key=door.key_of(**key)))
    devices = sorted({item.record.external_id for item in items})
    states = {row["external_id"]: _state_of(row) for row in await _fetch(connection, sql.SELECT_STATES, devices, key)}
    said = {
        row["external_id"]: row["status"]
        for row in await connection.fetch(
            sql.SELECT_DEVICES.sql, *sql.SELECT_DEVICES.args(layer=spec.id, devices=devices)
        )
        if row["source"] == register
    }
    checked: dict[str, DeviceState] = {}
    changes: list[tuple[str, Change]] = []
    for item in sorted(items, key=attrgetter("record.check.at")):
        device, check = item.record.external_id, item.record.check
        before = states.get(device)
        if before is not None and check.at <= before.checked_at:
            outcome = "unchanged" if check.at == before.checked_at else "stale"
        else:
            states[device], told = after_check(before, check, said.get(device))
            checked[device] = states[device]
            changes += [(device, change) for change in told]
            outcome = "accepted" if before is None else "changed"
        receipt.outcomes[item.index] = outcome
        setattr(receipt, outcome, getattr(receipt, outcome) + 1)
    if checked:
        await _write(connection, key, checked, changes)


async def _write(
    connection: Connection,
    key: Mapping[str, str],
    checked: Mapping[str, DeviceState],
    changes: Sequence[tuple[str, Change]],
) -> None:
    states = [{"external_id": device, **asdict(state)} for device, state in sorted(checked.items())]
    columns = {f"{name}s": [_stored(state[name]) for state in states] for name in sql.STATE_COLUMNS}
    await connection.execute(sql.KEEP_STATES.sql, *sql.KEEP_STATES.args(**columns, **key))
    if changes:
        latest = {(device, change.at): change for device, change in changes}
        values = sql.KEEP_CHANGES.args(
            external_ids=[device for device, _ in latest],
            ats=[at for _, at in latest],
            statuss=[change.status for change in latest.values()],
            problems=[change.problem for change in latest.values()],
            **key,
        )
        await connection.execute(sql.KEEP_CHANGES.sql, *values)
    await connection.execute(sql.SHOW_CHECKS.sql, *sql.SHOW_CHECKS.args(devices=sorted(checked), **key))


async def show_checks_of_pushed(
    connection: Connection, spec: LayerSpec, source: str, devices: Sequence[str] | None = None
) -> None:
    """Devices of a register were pushed, or went back (``None``: whichever did): their checks are shown again."""
    values = sql.CHECKS_PUSHED.args(layer=spec.id, source=source, devices=None if devices is None else list(devices))
    await connection.execute(sql.CHECKS_PUSHED.sql, *values)


@dataclass(frozen=True)
class DeviceHistory:
    """What is known of a device's connection in an interval; ``state`` is ``None`` where it was never checked."""

    state: DeviceState | None
    changes: list[Change]
    availability: Availability
    is_cut: bool


async def history_of(
    database: Database, spec: LayerSpec, device: tuple[str, str], start: datetime, end: datetime
) -> DeviceHistory:
    """The changes of a device, its register and id given, and how available it was."""
    key = {"layer": spec.id, "source": device[0], "device": device[1]}
    row = await database.fetchrow(sql.SELECT_STATE, **key)
    if row is None:
        return DeviceHistory(None, [], Availability(0, 0), False)
    state = _state_of(row)
    rows = await database.fetch(sql.SELECT_CHANGES, start=start, end=end, most=_MOST_CHANGES + 1, **key)
    is_cut = len(rows) > _MOST_CHANGES
    changes = [Change(one["at"], one["status"], one["problem"]) for one in reversed(rows[:_MOST_CHANGES])]
    # Nothing is known of the time since the latest check.
    return DeviceHistory(state, changes, availability(changes, start, min(end, state.checked_at)), is_cut)


def _state_of(row: Any) -> DeviceState:
    return DeviceState(**{name: row[name] for name in sql.STATE_COLUMNS if name != "external_id"})


def _stored(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict) else value


async def _fetch(connection: Connection, statement: Any, devices: list[str], key: Mapping[str, str]) -> list[Any]:
    return await connection.fetch(statement.sql, *statement.args(devices=devices, **key))


__all__ = ["Check", "DeviceHistory", "history_of", "ingest_checks", "show_checks_of_pushed", "store_checks"]
