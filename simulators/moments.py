# SPDX-License-Identifier: Apache-2.0
"""Times of the demonstration: everything is told relative to the midnight, in Vietnam, that begins a date."""

from datetime import date, datetime, time, timedelta, timezone
from random import Random

VIETNAM = timezone(timedelta(hours=7))
# Everything looks back at most this far, and texts use the offices that exist since 1 July 2025.
WINDOW_DAYS = 90
FIRST_DATE = date(2025, 7, 1) + timedelta(days=WINDOW_DAYS + 1)

HOURS = {
    "day": (0, 0, 0, 0, 0, 1, 3, 7, 9, 10, 9, 7, 4, 5, 8, 9, 9, 8, 6, 4, 3, 2, 1, 0),
    "rush": (0, 0, 0, 0, 0, 0, 6, 12, 4, 2, 2, 5, 2, 1, 1, 3, 9, 14, 6, 1, 0, 0, 0, 0),
    "evening": (1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 10, 6, 2),
    "night": (6, 5, 4, 3, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 5, 7, 9, 10, 8),
}


def midnight(day: date) -> datetime:
    """The reference instant of a date: its first moment in Vietnam. Nothing generated happened after it.

    Raises:
        ValueError: the 90 days before the date would reach back before 1 July 2025.
    """
    if day < FIRST_DATE:
        raise ValueError(f"the date must be {FIRST_DATE} or later: today's units exist since 2025-07-01")
    return datetime.combine(day, time(), VIETNAM)


def today() -> date:
    """Today's date in Vietnam."""
    return datetime.now(VIETNAM).date()


def in_the_past(rng: Random, reference: datetime, hours: str, days: tuple[int, ...] = ()) -> datetime:
    """A moment in the 90 days before the reference at a plausible hour, more of them in the last week.

    `days` (whole days before the reference) restricts it to those days, for what comes with a storm.
    """
    if days:
        days_back = rng.choice(days)
    else:
        days_back = rng.randrange(7) if rng.random() < 0.14 else rng.randrange(WINDOW_DAYS)
    hour = rng.choices(range(24), HOURS[hours])[0]
    seconds = hour * 3600 + rng.randrange(3600)
    return reference - timedelta(days=days_back + 1) + timedelta(seconds=seconds)


def rainy_days(seed: str) -> tuple[int, ...]:
    """Seven days of heavy rain, counted back from the reference: floods and outages gather there."""
    return tuple(sorted(Random(f"{seed}/rain").sample(range(2, WINDOW_DAYS), 7)))


def rfc3339(moment: datetime) -> str:
    """The moment as text in Vietnam's time, to the second: 2026-11-22T07:05:00+07:00."""
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")


def revision(moment: datetime) -> int:
    """A revision number that rises with time: whole seconds since 1970."""
    return int(moment.timestamp())
