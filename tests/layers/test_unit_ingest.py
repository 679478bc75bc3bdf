# SPDX-License-Identifier: Apache-2.0
"""Publishing unit sets through the door: versions, and the features that follow them."""

import asyncio
import copy
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.affinity import translate
from shapely.geometry import mapping, shape

from boundaries.errors import UnitSetInvalid
from geo.db.pool import Database, DatabaseOptions, open_database
from layers.batch import Batch, Receipt
from layers.ingest import ingest
from layers.registry import LayerRegistry
from layers.unit_ingest import ingest_units
from tests.boundaries.unit_samples import CITY, PROVINCE, units_of
from tests.conftest import _database, migrated
from tests.layers.ingest_samples import incident

pytestmark = pytest.mark.postgis

_HOMES = (
    "select f.external_id, v.unit_set, count(*), min(u.code), max(v.number) from feature f "
    "join feature_unit fu on fu.layer = f.layer and fu.feature = f.id join unit u on u.id = fu.unit "
    "join unit_set_version v on v.id = u.version group by 1, 2"
)


@pytest.fixture(scope="module")
def own_url(cluster_url: str) -> Iterator[str]:
    """A database of this module's own, because sets are published over the city."""
    for url in _database(cluster_url):
        yield migrated(url)


@pytest.fixture
async def base(own_url: str) -> AsyncIterator[Database]:
    """The module's database with both generations as they were drawn, and nothing else."""
    opened = await open_database(DatabaseOptions(own_url, pool_size=6))
    async with opened.connection() as connection:
        for table in (
            "feature",
            "feature_unit",
            "unit_tile_geom",
            "unit_lineage",
            "unit",
            "unit_set_version",
            "unit_set",
        ):
            await connection.execute(f"delete from {table}")
    yield opened
    await opened.close()


class House:
    """The door of one database."""

    def __init__(self, database: Database, registry: LayerRegistry) -> None:
        self.database = database
        self._registry = registry

    async def publish(self, *sets: Any) -> list[dict[str, Any]]:
        return [await ingest_units(self.database, self._registry, "test", one) for one in sets]

    async def push(self, records: list[Any], layer: str = "incidents") -> Receipt:
        batch = Batch(self._registry[layer], "test", "one", records)
        return await ingest(self.database, batch, datetime.now(UTC))

    async def fetch(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(statement, *values)]


@pytest.fixture
def house(base: Database, registry: LayerRegistry) -> House:
    return House(base, registry)


def scattered(count: int) -> list[dict[str, Any]]:
    """Points over the city and around it, the same every time."""
    places = np.random.default_rng(7).uniform((105.70, 21.45), (106.05, 21.70), (count, 2)).round(6)
    return [incident(f"p-{nth:04}", lon=float(lon), lat=float(lat)) for nth, (lon, lat) in enumerate(places)]


async def test_a_set_again_changes_nothing(house: House) -> None:
    first, again = await house.publish(CITY, copy.deepcopy(CITY))
    assert (first["accepted"], first["changed"], first["unchanged"], first["version"]) == (32, 0, 0, 1)
    assert (again["accepted"], again["changed"], again["unchanged"], again["version"]) == (0, 0, 32, 1)
    assert await house.fetch("select count(*), (select count(*) from unit) from unit_set_version") == [(1, 32)]


async def test_a_changed_set_is_version_two_and_features_follow(house: House) -> None:
    await house.publish(CITY)
    await house.push(scattered(300))
    moved = copy.deepcopy(CITY)
    for feature in moved["features"]:
        feature["geometry"] = mapping(translate(shape(feature["geometry"]), xoff=0.02))
    (second,) = await house.publish(moved)
    assert (second["version"], second["changed"]) == (2, 32)
    statuses = await house.fetch("select number, status from unit_set_version order by number")
    assert statuses == [(1, "superseded"), (2, "published")]
    assert await _homes_by_shapely(house, moved) == {row[0]: row[3] for row in await house.fetch(_HOMES)}


async def test_every_feature_inside_has_one_unit_in_each_generation(house: House) -> None:
    await house.publish(CITY)
    await house.push(scattered(600))
    await house.publish(PROVINCE)
    homes = await house.fetch(_HOMES)
    assert {row[2] for row in homes} == {1}
    for unit_set in (CITY, PROVINCE):
        of_set = {row[0]: row[3] for row in homes if row[1] == unit_set["unit_set"]["id"]}
        assert of_set == await _homes_by_shapely(house, unit_set)
        assert len(of_set) > 100


async def test_a_point_on_a_shared_border_has_one_unit(house: House) -> None:
    await house.publish(CITY)
    units = [shape(feature["geometry"]) for feature in CITY["features"]]
    corners = [tuple(one) for one in shapely.get_coordinates(shapely.union_all([unit.boundary for unit in units]))]
    await house.push([incident(f"c-{nth}", lon=lon, lat=lat) for nth, (lon, lat) in enumerate(sorted(set(corners)))])
    homes = await house.fetch(_HOMES)
    assert len(homes) == len(set(corners))
    assert {row[2] for row in homes} == {1}


async def test_what_is_written_while_a_set_is_published_follows_the_new_version(house: House) -> None:
    await house.publish(CITY)
    moved = copy.deepcopy(CITY)
    moved["unit_set"]["title"]["vi"] = "Bản mới"
    async with house.database.transaction() as writing:
        await writing.execute(
            "insert into layer_incidents (source, external_id, title, valid_from, geom) "
            "values ('psql', 'meanwhile', 'Khi đang công bố', now(), ST_Point(105.844, 21.593, 4326))"
        )
        publishing = asyncio.ensure_future(house.publish(moved))
        waits = "select count(*) from pg_locks where not granted and relation = 'feature'::regclass"
        while not publishing.done() and await house.fetch(waits) == [(0,)]:
            await asyncio.sleep(0.01)
    await publishing
    assert [(row[0], row[4]) for row in await house.fetch(_HOMES)] == [("meanwhile", 2)]


async def test_a_record_known_only_to_its_unit_belongs_to_it_and_is_not_drawn(house: House) -> None:
    await house.publish(CITY, PROVINCE)
    old = incident("old", lon=None, lat=None, unit_code="05443", time="2025-06-30T23:30:00+07:00")
    new = incident("new", lon=None, lat=None, unit_code="05443", time="2025-07-01T00:30:00+07:00")
    named = incident("named", lon=None, lat=None, unit_code="05443", unit_set="city-2017")
    receipt = await house.push([old, new, named])
    assert (receipt.accepted, receipt.unlocated, receipt.rejected) == (3, 0, [])
    claimed = await house.fetch(
        "select f.external_id, u.name, f.geom is null, f.h3 is null, f.location_method from feature f "
        "join unit u on u.id = f.location_unit order by 1"
    )
    assert claimed == [
        ("named", "Trưng Vương", True, True, "unit"),
        ("new", "Phan Đình Phùng", True, True, "unit"),
        ("old", "Trưng Vương", True, True, "unit"),
    ]


async def test_a_code_that_names_no_unit_is_refused_at_its_index(house: House) -> None:
    await house.publish(CITY, PROVINCE)
    nowhere = incident("a", lon=None, lat=None, unit_code="99999")
    other_set = incident("b", lon=None, lat=None, unit_code="05443", unit_set="city-1802")
    before_all = incident("c", lon=None, lat=None, unit_code="05443", time="2001-01-01T00:00:00Z")
    timeless = {"id": "d", "name": "Trường", "kind": "school", "unit_code": "05443"}
    receipt = await house.push([incident("good"), nowhere, other_set, before_all])
    assert [(one["index"], one["code"]) for one in receipt.rejected] == [(nth, "unit_unknown") for nth in (1, 2, 3)]
    ambiguous = await house.push([timeless], "schools")
    assert [one["code"] for one in ambiguous.rejected] == ["unit_ambiguous"]


async def test_a_set_that_cannot_be_published_changes_nothing(house: House) -> None:
    await house.publish(CITY)
    broken = copy.deepcopy(CITY)
    broken["features"][5]["properties"]["code"] = broken["features"][4]["properties"]["code"]
    with pytest.raises(UnitSetInvalid):
        await house.publish(broken)
    assert await house.fetch("select count(*) from unit_set_version") == [(1,)]


async def test_the_same_set_from_two_at_once_is_one_version(house: House) -> None:
    answers = await asyncio.gather(*(house.publish(CITY) for _ in range(4)))
    assert sorted(answer["accepted"] for (answer,) in answers) == [0, 0, 0, 32]


async def _homes_by_shapely(house: House, unit_set: Any) -> dict[str, str]:
    """The unit that contains each point, found without PostGIS; no point of these tests lies on a border."""
    points = await house.fetch("select external_id, ST_X(geom), ST_Y(geom) from feature where geom is not null")
    units = units_of(unit_set)
    tree = shapely.STRtree(list(units.values()))
    inside = tree.query([shapely.Point(lon, lat) for _, lon, lat in points], predicate="within")
    codes = list(units)
    return {points[point][0]: codes[unit] for point, unit in inside.T}
