# SPDX-License-Identifier: Apache-2.0
"""Metrics within a reader's area: no value, total, colour or reading of elsewhere, by either lock."""

import httpx
import mapbox_vector_tile
import pytest

from geo.db.pool import Database
from geo.tile import tile_at
from tests.api.talker import Talker, old, talk
from tests.conftest import new_key_of
from tests.layers.metric_samples import new_source, reading, sensor
from tests.support.grid import OLD, middle, publish_grid

pytestmark = pytest.mark.postgis
INSIDE = f"{OLD}/00001"


@pytest.fixture
async def talker(client: httpx.AsyncClient, database: Database) -> Talker:
    await publish_grid(database)
    async with database.connection() as connection:
        await connection.execute("delete from indicator_value")
    made = await talk(client, database)
    await made.push("population", [old("00001", 100), old("00004", 777), old("00004", 700, period="2013")])
    await made.push("sensors", [sensor("in"), sensor("out", **middle(1, 1))])
    readings = [reading(5, sensor="in"), reading(6, sensor="out")]
    assert (await made.push("sensors", readings, kind="observations")).json()["accepted"] == 2
    return made


@pytest.fixture
def reader(client: httpx.AsyncClient, database_url: str) -> httpx.AsyncClient:
    key = new_key_of(database_url, new_source(), "--layers", "--role", "operator", "--area", INSIDE)
    client.headers["Authorization"] = f"Bearer {key}"
    return client


async def test_values_of_units_elsewhere_are_not_told(talker: Talker, reader: httpx.AsyncClient) -> None:
    units = (await reader.get(f"/collections/population/units?set={OLD}")).json()
    assert [(unit["code"], unit["value"]) for unit in units["units"]] == [("00001", 100)]
    assert (units["total"], units["periods"]) == (100, ["2015"])
    classes = (await reader.get(f"/collections/population/classes?set={OLD}")).json()
    assert (classes["edges"], classes["counts"]) == ([100, 100], [1])
    items = (await reader.get(f"/collections/population/items?set={OLD}")).json()
    assert [one["properties"]["code"] for one in items["features"]] == ["00001"]
    assert (await reader.get(f"/collections/population/series?set={OLD}&unit=00004")).status_code == 404
    assert (await reader.get("/collections/population")).json()["toancanh"]["count"] == 1
    z, x, y = tile_at(middle(0, 0)["lon"], middle(0, 0)["lat"], 7)
    tile = await reader.get(f"/tiles/population/{z}/{x}/{y}.mvt?set={OLD}")
    features = mapbox_vector_tile.decode(tile.content)["population"]["features"]
    assert [one["properties"]["code"] for one in features] == ["00001"]


async def test_sensors_elsewhere_tell_nothing(talker: Talker, reader: httpx.AsyncClient, database: Database) -> None:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "select external_id, id from feature where layer = 'sensors' and source = $1", talker.source
        )
    ids = {row["external_id"]: row["id"] for row in rows}
    seen = await reader.get(f"/collections/sensors/items/{ids['in']}/observations?property=pm25")
    assert [one["value"] for one in seen.json()["values"]] == [5]
    hidden = await reader.get(f"/collections/sensors/items/{ids['out']}/observations?property=pm25")
    assert hidden.status_code == 404


async def test_the_second_lock_alone_hides_what_lies_elsewhere(talker: Talker, database: Database) -> None:
    async with database.connection() as connection:
        unit = await connection.fetchval(
            "select u.id from unit u join unit_set_version v on v.id = u.version and v.status = 'published' "
            "where v.unit_set = $1 and u.code = '00001'",
            OLD,
        )
    async with database.within([unit]).connection() as connection:
        values = await connection.fetch("select value from indicator_value")
        sensors = await connection.fetch("select sensor from datastream where source = $1", talker.source)
        streams = "select count(*) from {} o where o.datastream not in (select id from datastream)"
        strays = [await connection.fetchval(streams.format(table)) for table in ("observation", "observation_hour")]
    assert [row[0] for row in values] == [100]
    assert [row[0] for row in sensors] == ["in"]
    assert strays == [0, 0]
    async with database.within([]).connection() as connection:
        assert await connection.fetch("select 1 from indicator_value union all select 1 from observation") == []
