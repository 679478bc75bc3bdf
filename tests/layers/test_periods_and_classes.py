# SPDX-License-Identifier: Apache-2.0
"""Periods: every spelling is read and written back. Classes: laws first, then examples."""

import random
from datetime import date, timedelta

import pytest

from geo.db.pool import Database
from geo.interval import parse_datetime
from layers.classes import Method, classes_of, colors_of
from layers.measures import RAMP
from layers.periods import Period, parse_period, period_of

SPELT = {
    "2025": ("2025-01-01", "2026-01-01"),
    "2025-Q1": ("2025-01-01", "2025-04-01"),
    "2025-Q4": ("2025-10-01", "2026-01-01"),
    "2025-06": ("2025-06-01", "2025-07-01"),
    "2024-02": ("2024-02-01", "2024-03-01"),
    "2025-12": ("2025-12-01", "2026-01-01"),
    "2024-07-01/2025-07-01": ("2024-07-01", "2025-07-01"),
    "2025-09-05/2026-05-31": ("2025-09-05", "2026-05-31"),
    "2025-02-01/2025-05-01": ("2025-02-01", "2025-05-01"),
}


@pytest.mark.parametrize("text", SPELT)
def test_a_period_is_read_and_spelt_the_same(text: str) -> None:
    period = parse_period(text)
    assert [day.isoformat() for day in period] == list(SPELT[text])
    assert str(period) == text


@pytest.mark.parametrize(("text", "same"), [("2025-01-01/2026-01-01", "2025"), ("2025-04-01/2025-07-01", "2025-Q2")])
def test_a_period_has_one_shortest_spelling(text: str, same: str) -> None:
    assert str(parse_period(text)) == same


@pytest.mark.postgis
async def test_the_database_spells_periods_as_we_do(database: Database) -> None:
    rng = random.Random(7)
    periods = [parse_period(text) for text in SPELT]
    for _ in range(300):
        start = date(rng.randrange(1990, 2040), rng.randrange(1, 13), rng.choice((1, 1, 2, 28)))
        periods.append(Period(start, start + timedelta(days=rng.choice((1, 28, 30, 31, 90, 91, 92, 365, 366)))))
    async with database.connection() as connection:
        names = await connection.fetch(
            "select period_name(a, b) from unnest($1::date[], $2::date[]) with ordinality as t(a, b, n) order by n",
            [period.start for period in periods],
            [period.end for period in periods],
        )
    assert [row[0] for row in names] == [str(period) for period in periods]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2025-06-30", ("2025-06-30", "2025-07-01")),
        ("2025-01-01/2025-06-30", ("2025-01-01", "2025-07-01")),
        ("2025-06-30T17:30:00Z", ("2025-07-01", "2025-07-02")),  # half past midnight in Vietnam
        ("2025-07-01/..", ("2025-07-01", "9999-12-31")),
        ("../2025-06-30", ("0001-01-01", "2025-07-01")),
    ],
)
def test_datetime_means_days_in_vietnam(text: str, days: tuple[str, str]) -> None:
    assert tuple(day.isoformat() for day in period_of(parse_datetime(text))) == days


@pytest.mark.parametrize("method", ["quantile", "jenks"])
def test_every_value_is_in_one_class_and_equal_values_are_not_parted(method: Method) -> None:
    rng = random.Random(3)
    for size in (*range(1, 40), 400, 1000):
        values = [float(rng.choice((rng.randrange(5), rng.randrange(1000), rng.gauss(0, 1e6)))) for _ in range(size)]
        for count in range(2, 10):
            found = classes_of(values, count, method)
            assert sum(found.counts) == size and 1 <= len(found.counts) <= count
            assert found.edges[0] == min(values) and found.edges[-1] == max(values)
            assert list(found.breaks) == sorted(set(found.breaks))
            for value in values:
                nth = found.index_of(value)
                assert found.edges[nth] <= value and (nth == len(found.counts) - 1 or value < found.edges[nth + 1])


def test_natural_breaks_fall_into_the_gaps_and_quantiles_fill_evenly() -> None:
    values = [1.0, 2, 3, 50, 51, 52, 53, 54, 900, 901]
    assert classes_of(values, 3, "jenks").breaks == (50, 900)
    assert classes_of([float(n) for n in range(100)], 5, "quantile").counts == (20, 20, 20, 20, 20)
    assert classes_of([], 5, "jenks") == ((), ())
    assert classes_of([7.0, 7, 7], 5, "quantile") == ((7, 7), (3,))


def test_colours_go_along_the_ramp_from_end_to_end() -> None:
    assert colors_of(RAMP, 5) == RAMP
    assert (colors_of(RAMP, 2), colors_of(RAMP, 1)) == ((RAMP[0], RAMP[-1]), (RAMP[2],))
    assert len(set(colors_of(RAMP, 9))) == 9
