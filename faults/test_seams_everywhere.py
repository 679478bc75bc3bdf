# SPDX-License-Identifier: Apache-2.0
"""Unit tiles of zooms 6 to 16 along shared borders, up to 400 of a zoom: no gap, no overlap beyond one tile unit."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from api.cli import migrate_all
from api.settings import Settings
from boundaries.publish import publish
from boundaries.unit_files import read_unit_set
from faults.conftest import Postgres
from geo.db import cluster_files as files
from geo.db.pool import DatabaseOptions, open_database
from layers.registry import discover
from tests.boundaries.unit_samples import CITY, PROVINCE, units_of
from tests.tiles.seams import seams_of


async def test_neighbours_meet_in_every_tile(postgres: Postgres, keep: Callable[[str, dict[str, Any]], None]) -> None:
    serving, owner = postgres.cluster.url(), postgres.cluster.url(files.OWNER)
    assert migrate_all(Settings(database_url=serving, admin_url=owner)) == 0
    database, found = await open_database(DatabaseOptions(serving, pool_size=1)), {}
    for unit_set in (CITY, PROVINCE):
        async with database.transaction() as connection:
            await publish(connection, read_unit_set(unit_set))
        name = unit_set["unit_set"]["id"]
        seams = await seams_of(database, discover()["units"], name, units_of(unit_set).values(), per_zoom=400)
        found[name] = {
            str(z): {"tiles": len(of_zoom), "gap": round(max(one.gap for one in of_zoom), 2),
                     "overlap": round(max(one.overlap for one in of_zoom), 2)}
            for z in range(6, 17) if (of_zoom := [one for one in seams if one.tile.z == z])
        }  # fmt: skip
    await database.close()
    keep("seams_everywhere", {"at": datetime.now(UTC).isoformat(timespec="seconds"), "tile units": found})
    assert all(max(zoom["gap"], zoom["overlap"]) <= 1 for zooms in found.values() for zoom in zooms.values())
