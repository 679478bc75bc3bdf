# SPDX-License-Identifier: Apache-2.0
"""Which unit an event falls into by its own time, by the set that is asked for, and by what was known at a moment."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geo.db.pool import DatabaseOptions, open_database
from geo.tile import TileId
from layers.aggregate import count_by_unit
from layers.filters import FeatureQuery, parse_query
from layers.query import page_of
from layers.registry import LayerRegistry
from tests.boundaries.publication_samples import PLACE, Office
from tests.layers.ingest_samples import incident
from tiles.vector import layer_tile

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
async def office(fresh_url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[Office]:
    opened = await open_database(DatabaseOptions(fresh_url, pool_size=4, statement_timeout_s=60))
    made = Office(fresh_url, opened, registry, tmp_path)
    await made.publish_2017()
    await made.push([
        incident("may", lon=PLACE[0], lat=PLACE[1], time="2025-05-10T08:00:00+07:00"),
        incident("eve", lon=PLACE[0], lat=PLACE[1], time="2025-06-30T23:59:00+07:00"),
        incident("day", lon=PLACE[0], lat=PLACE[1], time="2025-07-01T00:00:00+07:00"),
    ])  # fmt: skip
    yield made
    await opened.close()


async def values(office: Office, **asked: str) -> dict[str, int]:
    spec = office.registry["incidents"]
    counted = await count_by_unit(office.database, spec, parse_query(spec, asked))
    return {f"{unit['set']}.{unit['name']}": unit["value"] for unit in counted.units if unit["value"]}


async def units(office: Office, **asked: Any) -> dict[str, Any]:
    query = FeatureQuery(limit=1000, **asked)
    page = await page_of(office.database, office.registry["units"], query, NOW)
    found = (json.loads(feature) for feature in page.features)
    return {one["id"]: (one["properties"]["valid_from"], one["properties"]["valid_to"]) for one in found}


async def moments(office: Office) -> list[datetime]:
    """A moment inside each state of the sets, one after the other."""
    rows = await office.fetch("select distinct known_from from unit_set_state order by 1")
    return [row[0] + timedelta(microseconds=1) for row in rows]


async def test_each_report_falls_into_the_unit_of_its_own_time(office: Office) -> None:
    assert await values(office) == {"city-2017.Trưng Vương": 2}
    await office.publish(await office.draft())
    assert await values(office) == {"city-2017.Trưng Vương": 2, "city-2025.Phan Đình Phùng": 1}
    assert await values(office, set="city-2017") == {"city-2017.Trưng Vương": 3}
    assert await values(office, set="city-2025") == {"city-2025.Phan Đình Phùng": 3}
    assert await values(office, datetime="../2025-06-30T16:59:59Z") == {"city-2017.Trưng Vương": 2}


async def test_units_of_a_day_are_those_of_the_law(office: Office) -> None:
    await office.publish(await office.draft())
    spec = office.registry["units"]
    for day, count in (("2025-06-30", 32), ("2025-07-01", 8)):
        query = parse_query(spec, {"datetime": day, "limit": "100"})
        assert len((await page_of(office.database, spec, query, NOW)).features) == count
    assert len(await units(office)) == 8 and len(await units(office, unit_set="city-2017")) == 32


async def test_as_of_shows_what_was_published_then_also_what_was_taken_back(office: Office) -> None:
    publication = await office.publish(await office.draft())
    await office.job("rollback", publication)
    first, published = await moments(office)
    (taken_back,) = (await office.fetch("select known_to from unit_set_state where known_to is not null"))[0]
    assert len(await units(office, as_of=published, unit_set="city-2025")) == 8
    assert len(await units(office, as_of=published)) == 8
    assert len(await units(office, as_of=first, unit_set="city-2017")) == 32
    spec, tile = office.registry["units"], TileId(12, 3252, 1795)
    then = await layer_tile(office.database, spec, FeatureQuery(unit_set="city-2025", as_of=published), tile, NOW)
    assert then.data
    version = await office.value("select max(id) from unit_set_version where status = 'withdrawn'")
    same = await layer_tile(office.database, spec, FeatureQuery(unit_version=version), tile, NOW)
    assert then.data == same.data
    later = taken_back + timedelta(microseconds=1)
    assert await units(office, as_of=later) == {}


async def test_as_of_knows_the_days_that_were_known_then(office: Office) -> None:
    await office.fetch("update unit_set set valid_to = null where id = 'city-2017' returning 1")
    publication = await office.publish(await office.draft())
    closed, opened, published = await moments(office)
    assert {days[1] for days in (await units(office, as_of=closed, unit_set="city-2017")).values()} == {"2025-07-01"}
    assert {days[1] for days in (await units(office, as_of=published, unit_set="city-2017")).values()} == {"2025-07-01"}
    assert publication


async def test_values_by_unit_follow_what_was_published_then(office: Office) -> None:
    publication = await office.publish(await office.draft())
    await office.job("rollback", publication)
    _, published = await moments(office)
    spec = office.registry["incidents"]
    counted = await count_by_unit(office.database, spec, FeatureQuery(as_of=published))
    assert {f"{unit['set']}.{unit['name']}": unit["value"] for unit in counted.units} == {
        "city-2017.Trưng Vương": 2,
        "city-2025.Phan Đình Phùng": 1,
    }
