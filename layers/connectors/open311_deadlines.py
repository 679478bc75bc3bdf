# SPDX-License-Identifier: Apache-2.0
"""When a report must be dealt with: hours by the clock, or hours in which offices work. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
# Monday to Friday, eight hours a day.
_SHIFTS = ((time(7, 30), time(11, 30)), (time(13, 0), time(17, 0)))
# Days off with a date of their own. Those of the lunar calendar move by decisions of each year and are not known here:
# around Tết a deadline is earlier than the law asks, never later.
_HOLIDAYS = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})


def deadline(start: datetime, hours: float, *, by_the_clock: bool) -> datetime:
    """The moment by which so many hours have passed, in the time of Vietnam.

    Args:
        by_the_clock: hours run at night too; otherwise only while offices work.
    """
    begin = start.astimezone(VIETNAM)
    left = timedelta(hours=hours)
    if by_the_clock:
        return begin + left
    for opens, closes in _shifts(begin.date()):
        since = max(opens, begin)
        if since >= closes:
            continue
        if since + left <= closes:
            return since + left
        left -= closes - since
    raise AssertionError("working days never end")


def _shifts(day: date) -> Iterator[tuple[datetime, datetime]]:
    while True:
        if day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS:
            for opens, closes in _SHIFTS:
                yield datetime.combine(day, opens, VIETNAM), datetime.combine(day, closes, VIETNAM)
        day += timedelta(days=1)
