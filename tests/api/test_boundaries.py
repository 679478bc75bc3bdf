# SPDX-License-Identifier: Apache-2.0
"""Units over HTTP: the sets, one unit with its relatives, where a point is."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from geo.db.pool import DatabaseOptions, open_database
from layers.registry import discover
from layers.unit_ingest import ingest_units
from simulators.boundaries import upload
from tests.conftest import _database, migrated

pytestmark = pytest.mark.postgis


@pytest.fixture(scope="module")
def own_url(cluster_url: str) -> Iterator[str]:
    """A database of this module's own, because sets are published over the city."""
    for url in _database(cluster_url):
        yield migrated(url)


@pytest.fixture
async def units(own_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A server that has both generations with their lineage."""
    database = await open_database(DatabaseOptions(own_url, pool_size=2))
    for unit_set in ("city-2017", "province-2025"):
        await ingest_units(database, discover(), "demo", upload(unit_set))
    await database.close()
    app = create_app(Settings(database_url=own_url, demo=True))
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client:
            yield client


async def test_both_generations_are_listed_oldest_first(units: httpx.AsyncClient) -> None:
    sets = (await units.get("/boundaries/sets")).json()["sets"]
    assert [(one["id"], one["units"], one["version"], one["approximate"], one["valid_to"]) for one in sets] == [
        ("city-2017", 32, 1, True, "2025-07-01"), ("province-2025", 92, 1, True, None),
    ]  # fmt: skip


async def test_one_code_is_two_units_in_two_generations(units: httpx.AsyncClient) -> None:
    old = (await units.get("/boundaries/sets/city-2017/units/05443")).json()
    new = (await units.get("/boundaries/sets/province-2025/units/05443")).json()
    assert (old["name"], new["name"]) == ("Trưng Vương", "Phan Đình Phùng")
    assert old["area_km2"] < new["area_km2"]


async def test_a_unit_knows_what_it_came_from_and_went_into(units: httpx.AsyncClient) -> None:
    new = (await units.get("/boundaries/sets/province-2025/units/05443")).json()
    assert new["predecessors"] and {one["set"] for one in new["predecessors"]} == {"city-2017"}
    for one in new["predecessors"]:
        old = (await units.get(f"/boundaries/sets/city-2017/units/{one['code']}")).json()
        assert "05443" in [successor["code"] for successor in old["successors"]]


async def test_a_point_is_in_one_unit_of_each_generation(units: httpx.AsyncClient) -> None:
    answer = (await units.get("/boundaries/at?lon=105.84&lat=21.59")).json()
    assert [one["set"] for one in answer["units"]] == ["city-2017", "province-2025"]
    assert answer["vn2000"] == {"x_north": 2388417.905, "y_east": 431463.303, "crs": "EPSG:9213"}


async def test_a_point_outside_is_in_no_unit(units: httpx.AsyncClient) -> None:
    assert (await units.get("/boundaries/at?lon=108&lat=16")).json()["units"] == []


@pytest.mark.parametrize("path", [
    "/boundaries/sets/nope/units/05443", "/boundaries/sets/city-2017/units/99999",
    "/boundaries/sets/city-2017/units/1'", "/boundaries/sets/city-2017'; --/units/1",
])  # fmt: skip
async def test_an_unknown_unit_is_404(units: httpx.AsyncClient, path: str) -> None:
    answer = await units.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "query", ["", "lon=1", "lon=nan&lat=1", "lon=1e400&lat=1", "lon=181&lat=1", "lon=1&lat=86", "lon=a&lat=b"]
)
async def test_a_point_that_is_none_is_400(units: httpx.AsyncClient, query: str) -> None:
    answer = await units.get(f"/boundaries/at?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
