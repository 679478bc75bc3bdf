# SPDX-License-Identifier: Apache-2.0
"""The week of readings: the same for the same seed, plausible, and none newer than what its station shows."""

from collections import Counter
from datetime import date, datetime, timedelta
from statistics import mean

import pytest

from simulators.boundaries import Json
from simulators.dataset import SEED, Dataset
from simulators.moments import midnight

REFERENCE = midnight(date(2026, 11, 22))


@pytest.fixture(scope="module")
def readings(demo: Dataset) -> list[Json]:
    return demo.readings(SEED, REFERENCE).items


def test_the_same_seed_and_date_give_the_same_readings(demo: Dataset, readings: list[Json]) -> None:
    assert demo.readings(SEED, REFERENCE).items == readings
    assert demo.readings("another", REFERENCE).items != readings


def test_every_station_has_a_week_of_hours_and_no_reading_twice(demo: Dataset, readings: list[Json]) -> None:
    counts = Counter((one["sensor"], one["property"]) for one in readings)
    assert set(counts.values()) == {168} and len(counts) == 52
    assert {sensor for sensor, _ in counts} == {station["id"] for station in demo.part("sensors").items}
    assert len({(one["sensor"], one["property"], one["time"]) for one in readings}) == len(readings)


def test_no_reading_is_newer_than_what_its_station_shows(demo: Dataset, readings: list[Json]) -> None:
    shown = {station["id"]: datetime.fromisoformat(station["time"]) for station in demo.part("sensors").items}
    assert all(datetime.fromisoformat(one["time"]) < shown[one["sensor"]] for one in readings)
    assert min(datetime.fromisoformat(one["time"]) for one in readings) == REFERENCE - timedelta(days=7)


def test_dust_is_worse_in_the_evening_than_in_the_afternoon(readings: list[Json]) -> None:
    def at(hour: int) -> float:
        found = [one for one in readings if one["property"] == "pm25" and f"T{hour:02}:" in one["time"]]
        return mean(float(one["value"]) for one in found)

    assert at(19) > 1.2 * at(14)


def test_the_demonstration_invents_no_population(demo: Dataset) -> None:
    assert not {part.layer for part in demo.parts} & {"population", "school_pupils"}
