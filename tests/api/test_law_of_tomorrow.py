# SPDX-License-Identifier: Apache-2.0
"""A set that is published before it becomes the law: from its midnight in Vietnam on, and not a moment before."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pytest

from api.app import create_app
from api.dispatcher import Dispatcher
from api.settings import Settings
from geo.db.pool import DatabaseOptions, open_database
from geo.tile import tile_at
from layers.batch import Batch
from layers.ingest import ingest
from layers.registry import LayerRegistry
from layers.unit_ingest import ingest_units
from tests.boundaries.compare_samples import CITY_2025
from tests.boundaries.publication_samples import LAW, PLACE, Office
from tests.boundaries.unit_samples import OPEN_CITY
from tests.layers.ingest_samples import incident

pytestmark = pytest.mark.postgis
# Midnight in Vietnam, as it is in Greenwich.
DAY = date(2027, 3, 1)
MIDNIGHT = datetime(2027, 2, 28, 17, 0, tzinfo=UTC)
EVE = MIDNIGHT - timedelta(seconds=1)
TILE = tile_at(*PLACE, 13)
ADDRESS = f"/tiles/units/{TILE.z}/{TILE.x}/{TILE.y}.mvt"
OLD, NEW = "city-2017", "city-2025"


@dataclass
class World:
    """One server that runs over that midnight, and the moment that it is there."""

    client: httpx.AsyncClient
    office: Office
    now: datetime
    kept: Any

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def drawn(self) -> set[str]:
        """The sets of the units of a tile."""
        answer = await self.client.get(ADDRESS)
        return {one["properties"]["unit_set"] for one in mapbox_vector_tile.decode(answer.content)["units"]["features"]}

    async def listed(self) -> dict[str, int]:
        """How many units of which set are the law now."""
        sets = [
            one["properties"]["unit_set"] for one in (await self.get("/collections/units/items?limit=100"))["features"]
        ]
        return {name: sets.count(name) for name in set(sets)}

    async def counted(self, layer: str, **query: str) -> dict[str, int]:
        """Features by set and unit."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        units = (await self.get(f"/collections/{layer}/units?{asked}"))["units"]
        return {f"{one['set']}.{one['name']}": one["value"] for one in units if one["value"]}


@pytest.fixture
async def world(fresh_url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[World]:
    opened = await open_database(DatabaseOptions(fresh_url, pool_size=4, statement_timeout_s=60))
    office = Office(fresh_url, opened, registry, tmp_path)
    await ingest_units(opened, registry, "test", OPEN_CITY)
    times = {"eve": EVE, "day": MIDNIGHT}
    reports = [incident(one, lon=PLACE[0], lat=PLACE[1], time=times[one].isoformat()) for one in times]
    await ingest(opened, Batch(registry["incidents"], "test", "one", reports), MIDNIGHT)
    await office.publish(await office.draft(replace(LAW, valid_from=DAY), CITY_2025))
    made: list[World] = []
    app = create_app(Settings(database_url=fresh_url, demo=True, files=tmp_path), clock=lambda: made[0].now)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=Dispatcher(app), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            # Nothing is published any more, so nobody has to tell of changes for tiles to be kept.
            await app.state.toancanh.live.stop()
            kept = app.state.toancanh.tiles.cache
            kept.trust(True)
            made.append(World(client, office, EVE, kept))
            yield made[0]
    await opened.close()


async def test_units_change_at_midnight(world: World) -> None:
    assert await world.listed() == {OLD: 32}
    world.now = MIDNIGHT
    assert await world.listed() == {NEW: 8}
    assert len((await world.get("/collections/units/items?limit=100&datetime=2027-02-28"))["features"]) == 32
    assert len((await world.get("/collections/units/items?limit=100&datetime=2027-03-01"))["features"]) == 8


async def test_a_kept_tile_is_not_yesterdays(world: World) -> None:
    assert await world.drawn() == {OLD} == await world.drawn()
    assert world.kept.hits == 1, "the tile was kept"
    world.now = MIDNIGHT
    assert await world.drawn() == {NEW} == await world.drawn()
    assert world.kept.hits == 2
    world.now = MIDNIGHT + timedelta(days=3)
    assert await world.drawn() == {NEW}


async def test_each_report_is_in_the_unit_of_its_own_time_whenever_somebody_asks(world: World) -> None:
    for now in (EVE, MIDNIGHT):
        world.now = now
        assert await world.counted("incidents") == {f"{OLD}.Trưng Vương": 1, f"{NEW}.Phan Đình Phùng": 1}
        assert await world.counted("incidents", set=NEW) == {f"{NEW}.Phan Đình Phùng": 2}


async def test_what_the_map_opens_with_follows(world: World) -> None:
    assert (await world.get("/collections"))["toancanh"]["default_set"] == OLD
    world.now = MIDNIGHT
    assert (await world.get("/collections"))["toancanh"]["default_set"] == NEW


async def test_what_stands_without_a_time_is_in_the_unit_of_today(world: World) -> None:
    camera = {"id": "c", "name": "c", "kind": "ptz", "lon": PLACE[0], "lat": PLACE[1]}
    await world.office.push([camera], "cameras")
    assert await world.counted("cameras") == {f"{OLD}.Trưng Vương": 1}
    world.now = MIDNIGHT
    assert await world.counted("cameras") == {f"{NEW}.Phan Đình Phùng": 1}
