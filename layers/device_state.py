# SPDX-License-Identifier: Apache-2.0
"""What a device is after a check: online, or offline after three failed ones in a row; and how available it was. Pure.

One lost packet is no outage: a device that answered before is offline only after ``FAILURES`` failed checks in a row,
and then since the first of them. One good check brings it back. Where nobody looked for longer than ``GAP``, nothing is
known, and that time counts neither for nor against it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias

FAILURES = 3
GAP = timedelta(hours=1)
# A feature is written again for its moment of check only so often: each write is a belief that is kept.
SHOWN_EVERY = timedelta(minutes=30)
# Clocks jitter: less than that is the same skew.
SKEW_STEP_S = 5.0
SHOWN_FACTS = ("model", "firmware", "clock_skew_s")

Status: TypeAlias = Literal["online", "offline", "unknown"]


@dataclass(frozen=True)
class Check:
    """One look at a device. ``problem`` says why it failed, or what is wrong although it answers."""

    at: datetime
    ok: bool
    problem: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class Change(NamedTuple):
    """What a device is from a moment on."""

    at: datetime
    status: Status
    problem: str | None = None


@dataclass(frozen=True)
class DeviceState:
    """What is known of a device after its latest check (see migrations/l010_device_checks.sql)."""

    status: Status
    since: datetime
    checked_at: datetime
    answered_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    problem: str | None = None
    said: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)


def after_check(before: DeviceState | None, check: Check, said: str | None) -> tuple[DeviceState, list[Change]]:
    """The state after a check that is newer than the last one, and the changes that it tells of.

    Args:
        before: ``None`` where the device was never checked.
        check: what was found.
        said: what the register says of the connection; used where ``before`` is ``None``.
    """
    state = before or DeviceState("unknown", check.at, check.at, said=said)
    changes: list[Change] = []
    if check.at - state.checked_at > GAP:
        if state.status != "unknown":
            changes.append(Change(state.checked_at, "unknown"))
            state = replace(state, status="unknown", since=state.checked_at)
        state = replace(state, failures=0, failing_since=None)
    state = _answered(state, check, changes) if check.ok else _failed(state, check, changes)
    state = replace(state, checked_at=check.at, problem=check.problem, facts={**state.facts, **check.facts})
    return replace(state, shown=_shown(state, is_new=bool(changes))), changes


def _answered(state: DeviceState, check: Check, changes: list[Change]) -> DeviceState:
    if state.status != "online":
        changes.append(Change(check.at, "online", check.problem))
        state = replace(state, status="online", since=check.at)
    return replace(state, answered_at=check.at, failures=0, failing_since=None)


def _failed(state: DeviceState, check: Check, changes: list[Change]) -> DeviceState:
    state = replace(state, failures=state.failures + 1, failing_since=state.failing_since or check.at)
    if state.status != "offline" and state.failures >= FAILURES:
        since = state.failing_since or check.at
        changes.append(Change(since, "offline", check.problem))
        state = replace(state, status="offline", since=since)
    return state


def _shown(state: DeviceState, *, is_new: bool) -> dict[str, Any]:
    """What the feature shows: kept as it was while nothing that matters is different."""
    now = {name: state.facts[name] for name in SHOWN_FACTS if state.facts.get(name) is not None}
    now["checked_at"] = state.checked_at.isoformat()
    last = state.shown
    if is_new or "checked_at" not in last:
        return now
    if state.checked_at - datetime.fromisoformat(last["checked_at"]) >= SHOWN_EVERY:
        return now
    skew, shown_skew = now.get("clock_skew_s"), last.get("clock_skew_s")
    if (skew is None) != (shown_skew is None) or abs((skew or 0) - (shown_skew or 0)) > SKEW_STEP_S:
        return now
    if any(now.get(name) != last.get(name) for name in ("model", "firmware")):
        return now
    return dict(last)


class Availability(NamedTuple):
    """How long a device was known to be online, and known at all, in seconds."""

    online_s: float
    known_s: float

    @property
    def percent(self) -> float | None:
        """The share of the known time; ``None`` where nothing is known."""
        return None if self.known_s <= 0 else round(100 * self.online_s / self.known_s, 3)


def availability(changes: Sequence[Change], start: datetime, end: datetime) -> Availability:
    """How available a device was from ``start`` to ``end``.

    Args:
        changes: in the order of time, beginning with the one that was in force at ``start`` if there was one.
    """
    online = known = 0.0
    for index, change in enumerate(changes):
        until = changes[index + 1].at if index + 1 < len(changes) else end
        seconds = max(0.0, (min(until, end) - max(change.at, start)).total_seconds())
        known += seconds * (change.status != "unknown")
        online += seconds * (change.status == "online")
    return Availability(online, known)
