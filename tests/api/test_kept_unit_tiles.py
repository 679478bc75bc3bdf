# SPDX-License-Identifier: Apache-2.0
"""Kept tiles of units follow what is published and valid, also where nothing new is drawn."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import mapbox_vector_tile
import pytest

from boundaries.publish import publish
from boundaries.unit_files import read_unit_set
from geo.db.pool import DatabaseOptions, open_database
from geo.tile import tile_at
from tests.conftest import _database, migrated
from tests.support.grid import square
from tests.support.stack import Stack, running_stack, wait_for

pytestmark = pytest.mark.postgis
# In the middle of the second square, far from the first.
TILE = tile_at(107.15, 16.25, 12)
ADDRESS = f"/tiles/units/{TILE.z}/{TILE.x}/{TILE.y}.mvt"


@pytest.fixture(scope="module")
def stack(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    for url in _database(cluster_url):
        with running_stack(migrated(url), tmp_path_factory.mktemp("units"), "serve", "relay") as running:
            yield running


def put(stack: Stack, columns: range, **about: Any) -> None:
    """Publish a set of so many squares side by side."""
    features = [
        {"type": "Feature", "geometry": square(column, 0), "properties": {
            "code": f"0000{column + 1}", "name": "Ô", "full_name": "Phường Ô", "type": "Phường"}}
        for column in columns
    ]  # fmt: skip
    described = {"id": "grid", "valid_from": "2020-01-01", "title": {"vi": "Lưới", "en": "Grid"}, "attribution": "Lưới"}
    body = {"type": "FeatureCollection", "unit_set": {**described, "approximate": True, **about}, "features": features}

    async def publishing() -> None:
        database = await open_database(DatabaseOptions(stack.database_url))
        async with database.transaction() as connection:
            await publish(connection, read_unit_set(body))
        await database.close()

    asyncio.run(publishing())


def test_units_that_are_not_valid_any_more_leave_the_map(stack: Stack) -> None:
    def codes() -> set[str]:
        body = httpx.get(f"{stack.url}{ADDRESS}").content
        features = mapbox_vector_tile.decode(body)["units"]["features"] if body else []
        return {feature["properties"]["code"] for feature in features}

    put(stack, range(2))
    wait_for(lambda: codes() == {"00002"}, "the unit is drawn", timeout_s=5)
    put(stack, range(1))
    wait_for(lambda: codes() == set(), "a version without it took it away", timeout_s=5)
    put(stack, range(2))
    wait_for(lambda: codes() == {"00002"}, "it is back", timeout_s=5)
    put(stack, range(2), valid_to="2024-01-01")
    wait_for(lambda: codes() == set(), "its set ended", timeout_s=5)
