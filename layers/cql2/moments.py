# SPDX-License-Identifier: Apache-2.0
"""Instants and intervals: reading literals, stored values as microseconds, and what each relation compares. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias

from geo.interval import parse_instant
from layers.cql2.limits import refuse
from layers.cql2.tree import Instant

OPEN = ".."
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Python takes an offset of 60 minutes and more; RFC 3339 does not.
_STRANGE_OFFSET = re.compile(r"[+-][0-9]{2}:[6-9][0-9]$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
# Before and after everything that a datetime can say.
FIRST, LAST = -(2**62), 2**62

Side: TypeAlias = Literal["start1", "end1", "start2", "end2"]


class Relation(NamedTuple):
    """Comparisons of the four ends, of which all (or any) must hold."""

    terms: tuple[tuple[Side, str, Side], ...]
    is_any: bool = False


_AFTER: tuple[Side, str, Side] = ("start1", ">", "end2")
_BEFORE: tuple[Side, str, Side] = ("end1", "<", "start2")
_MEETS_END: tuple[Side, str, Side] = ("start1", "<=", "end2")
_MEETS_START: tuple[Side, str, Side] = ("end1", ">=", "start2")

# For instants and intervals (table 5 of the standard).
RELATIONS: Mapping[str, Relation] = {
    "t_after": Relation((_AFTER,)),
    "t_before": Relation((_BEFORE,)),
    "t_disjoint": Relation((_AFTER, _BEFORE), is_any=True),
    "t_equals": Relation((("start1", "=", "start2"), ("end1", "=", "end2"))),
    "t_intersects": Relation((_MEETS_END, _MEETS_START)),
}
# For intervals only (table 6; OWL-Time).
INTERVAL_RELATIONS: Mapping[str, Relation] = {
    "t_contains": Relation((("start1", "<", "start2"), ("end1", ">", "end2"))),
    "t_during": Relation((("start1", ">", "start2"), ("end1", "<", "end2"))),
    "t_finishedby": Relation((("start1", "<", "start2"), ("end1", "=", "end2"))),
    "t_finishes": Relation((("start1", ">", "start2"), ("end1", "=", "end2"))),
    "t_meets": Relation((("end1", "=", "start2"),)),
    "t_metby": Relation((("start1", "=", "end2"),)),
    "t_overlappedby": Relation((("start1", ">", "start2"), ("start1", "<", "end2"), ("end1", ">", "end2"))),
    "t_overlaps": Relation((("start1", "<", "start2"), ("end1", ">", "start2"), ("end1", "<", "end2"))),
    "t_startedby": Relation((("start1", "=", "start2"), ("end1", ">", "end2"))),
    "t_starts": Relation((("start1", "=", "start2"), ("end1", "<", "end2"))),
}
# The comparison operators between instants that may be days.
COMPARISONS: Mapping[str, Relation] = {
    "<": Relation((_BEFORE,)),
    ">": Relation((_AFTER,)),
    "<=": Relation((_MEETS_END,)),
    ">=": Relation((_MEETS_START,)),
    "=": Relation((_MEETS_END, _MEETS_START)),
    "<>": Relation((_AFTER, _BEFORE), is_any=True),
}
TEMPORAL: Mapping[str, Relation] = {**RELATIONS, **INTERVAL_RELATIONS}


def date_literal(text: str) -> Instant:
    """A day in UTC.

    Raises:
        BadParameter: not a day of the calendar.
    """
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        start = datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        refuse("time_invalid", "a DATE of the filter is a day such as 2026-11-22")
    return Instant(start, start + (timedelta(days=1) - _TICK), is_date=True)


def timestamp_literal(text: str) -> Instant:
    """A moment.

    Raises:
        BadParameter: not RFC 3339 with an offset.
    """
    try:
        moment = parse_instant(text)
    except (ValueError, OverflowError):
        refuse("time_invalid", "a TIMESTAMP of the filter is RFC 3339, such as 2026-11-22T01:30:00Z")
    return Instant(moment, moment, is_date=False)


def bound_literal(text: str) -> Instant | None:
    """An end of an interval: a day, a moment, or ``..``.

    Raises:
        BadParameter: none of them.
    """
    if text == OPEN:
        return None
    return date_literal(text) if _DATE.fullmatch(text) else timestamp_literal(text)


def literal_text(instant: Instant) -> str:
    """The literal as it is written."""
    if instant.is_date:
        return instant.start.date().isoformat()
    return instant.start.isoformat().replace("+00:00", "Z")


def ticks(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _TICK


def stored_ticks(value: Any) -> int | None:
    """A stored moment (a datetime with its offset, or RFC 3339 text); ``None`` for everything else."""
    if isinstance(value, datetime):
        return ticks(value) if value.tzinfo is not None else None
    if not isinstance(value, str) or _STRANGE_OFFSET.search(value):
        return None
    try:
        return ticks(parse_instant(value))
    except (ValueError, OverflowError):
        return None
