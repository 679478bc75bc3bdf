# SPDX-License-Identifier: Apache-2.0
"""Periods of indicators: half-open ranges of days, spelt ``2025``, ``2025-06``, ``2025-Q2`` or ``start/end``. Pure."""

import re
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from geo.interval import Interval

# Periods begin and end at midnight in Vietnam, which has had one offset, without summer time, since 1975.
_VIETNAM = timezone(timedelta(hours=7))
_YEAR, _QUARTER, _MONTH = re.compile(r"\d{4}"), re.compile(r"(\d{4})-Q([1-4])"), re.compile(r"(\d{4})-(\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
SPELLINGS = "2025, 2025-Q2, 2025-06 or 2024-07-01/2025-07-01 (the last day not included)"


class Period(NamedTuple):
    """The days from ``start`` to the day before ``end``."""

    start: date
    end: date

    def __str__(self) -> str:
        """The shortest spelling."""
        if self.start.day == self.end.day == 1:
            months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
            if months == 12 and self.start.month == 1:
                return f"{self.start.year:04}"
            if months == 3 and self.start.month % 3 == 1:
                return f"{self.start.year:04}-Q{self.start.month // 3 + 1}"
            if months == 1:
                return f"{self.start.year:04}-{self.start.month:02}"
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def parse_period(text: str) -> Period:
    """Read a period; a single day is one, too.

    Raises:
        ValueError: none of the spellings, no such days, or an end that is not after its start.
    """
    if not text.isascii():
        raise ValueError("digits are ASCII")
    first, slash, last = text.partition("/")
    if slash:
        if not (_DAY.fullmatch(first) and _DAY.fullmatch(last)):
            raise ValueError("a range is of days")
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    elif _YEAR.fullmatch(text):
        period = Period(date(int(text), 1, 1), _after(int(text), 12))
    elif found := _QUARTER.fullmatch(text):
        year, quarter = int(found[1]), int(found[2])
        period = Period(date(year, 3 * quarter - 2, 1), _after(year, 3 * quarter))
    elif found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        period = Period(date(year, month, 1), _after(year, month))
    elif _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        period = Period(day, day + timedelta(days=1))
    else:
        raise ValueError("not a period")
    if period.start >= period.end:
        raise ValueError("a period ends after it starts")
    return period


def period_of(interval: Interval) -> Period:
    """The days in Vietnam that an interval touches. (A bare day of ``datetime`` is a day of the law, not of UTC.)"""
    if interval.start is None:
        start = date.min
    else:
        start = interval.start.date() if _is_midnight(interval.start) else _local(interval.start)
    if interval.end is None:
        return Period(start, date.max)
    if interval.is_instant:
        day = _local(interval.end)
        return Period(min(start, day), min(day, date.max - timedelta(days=1)) + timedelta(days=1))
    end = interval.end.date() if _is_midnight(interval.end) else _local(interval.end) + timedelta(days=1)
    return Period(start, max(end, start + timedelta(days=1)))


def _after(year: int, month: int) -> date:
    try:
        return date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    except OverflowError:
        raise ValueError("beyond the calendar") from None


def _is_midnight(moment: datetime) -> bool:
    return moment.hour == moment.minute == moment.second == moment.microsecond == 0


def _local(moment: datetime) -> date:
    return moment.astimezone(_VIETNAM).date() if 1 < moment.year < 9999 else moment.date()
