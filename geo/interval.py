# SPDX-License-Identifier: Apache-2.0
"""Intervals of time, half-open, aware UTC (OGC API Features Part 1, section 7.15.4)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from geo.errors import BadParameter

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(microseconds=1)


@dataclass(frozen=True)
class Interval:
    """``start <= t < end``; ``None`` is open. An instant has ``end == start``."""

    start: datetime | None
    end: datetime | None

    @property
    def is_instant(self) -> bool:
        """Whether the interval is one moment."""
        return self.start is not None and self.start == self.end


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 date-time with its offset; answers UTC.

    Raises:
        ValueError: not RFC 3339, or not a real moment.
    """
    if not _RFC3339.fullmatch(text):
        raise ValueError("not an RFC 3339 date-time with an offset, such as 2026-11-22T08:30:00+07:00")
    # Python reads at most six digits of a fraction; sources send up to nine.
    trimmed = re.sub(r"(\.\d{6})\d+", r"\1", text.replace(" ", "T").replace("t", "T").replace("z", "Z"))
    return datetime.fromisoformat(trimmed).astimezone(UTC)


def parse_datetime(text: str) -> Interval:
    """Read the ``datetime`` parameter: an instant, a day, or ``start/end`` with ``..`` for open ends.

    A date as an end includes that day.

    Raises:
        BadParameter: not a date, a date-time or an interval of them, or an interval that ends before it starts.
    """
    if len(text) > 100:
        raise BadParameter("datetime has too many characters", code="datetime_invalid")
    parts = text.split("/")
    if len(parts) > 2:
        raise BadParameter("datetime has more than one '/'", code="datetime_invalid")
    if len(parts) == 1:
        if _DATE.fullmatch(text):
            day = _day(text)
            return Interval(day, day + timedelta(days=1))
        instant = _moment(text)
        return Interval(instant, instant)
    start = None if parts[0] in ("", "..") else _moment(parts[0])
    end = None if parts[1] in ("", "..") else _moment(parts[1])
    if start is not None and end is not None and start > end:
        raise BadParameter("datetime ends before it starts", code="datetime_invalid")
    if end is not None and _DATE.fullmatch(parts[1]):
        end += timedelta(days=1)
    elif end is not None and start != end:
        end = min(end, _LAST) + timedelta(microseconds=1)  # OGC intervals are closed; ours are half-open
    if start is None and end is None:
        raise BadParameter("datetime is open at both ends; leave it out instead", code="datetime_invalid")
    return Interval(start, end)


def _moment(text: str) -> datetime:
    if _DATE.fullmatch(text):
        return _day(text)
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        raise BadParameter(
            "datetime needs RFC 3339, such as 2026-11-22, 2026-11-22T08:30:00Z or 2026-11-01/..",
            code="datetime_invalid",
        ) from None


def _day(text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        _ = start + timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadParameter("datetime holds a day that does not exist", code="datetime_invalid") from None
    return start
