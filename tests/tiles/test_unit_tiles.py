# SPDX-License-Identifier: Apache-2.0
"""Tiles of units, cut when their version was published: the same as cutting whole shapes when somebody asks."""

from datetime import UTC, datetime
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Polygon, mapping

from api.cli import migrate_all
from api.settings import Settings
from boundaries.generalise import band_for, to_mercator
from boundaries.publish import publish
from boundaries.unit_files import read_unit_set
from geo.db.pool import Database, DatabaseOptions, connect, open_database
from geo.tile import TileId, tile_at
from layers.filters import FeatureQuery
from layers.registry import LayerRegistry
from tests.boundaries.unit_samples import CITY
from tests.conftest import as_role
from tests.support.stack import ROOT
from tests.tiles.seams import measure
from tiles.vector import layer_tile

NOW = datetime(2020, 1, 1, tzinfo=UTC)
PLACE = (105.84, 21.59)
_WHOLE = """with row as (
 select u.id, ST_AsMVTGeom(g.geom_3857, ST_TileEnvelope($1, $2, $3), 4096, 64, true) as shape, u.code
 from unit_tile_geom g join unit u on u.id = g.unit join unit_set_version v on v.id = g.version
 where v.unit_set = 'city-2017' and v.status = 'published' and g.band = $4 order by u.id)
select id, ST_AsBinary(shape) as wkb from row where shape is not null"""
_READY = """select unit as id, ST_AsBinary(shape) as wkb from unit_tile t join unit_set_version v on v.id = t.version
 where v.unit_set = 'city-2017' and v.status = 'published' and (z, x, y) = ($1, $2, $3) and shape is not null
 order by unit"""
MIDDLE, REACH = (108.2, 13.2), 0.8


async def drawn(database: Database, registry: LayerRegistry, unit_set: str, tile: TileId) -> bytes:
    return (await layer_tile(database, registry["units"], FeatureQuery(unit_set=unit_set), tile, NOW)).data


@pytest.mark.parametrize("zoom", range(17))
async def test_a_ready_tile_holds_what_cutting_whole_shapes_gives(
    database: Database, registry: LayerRegistry, zoom: int
) -> None:
    async with database.transaction() as connection:
        await publish(connection, read_unit_set(CITY))
    middle = tile_at(*PLACE, zoom)
    around = [TileId(zoom, x, y) for x in range(middle.x - 3, middle.x + 4) for y in range(middle.y - 3, middle.y + 4)]
    async with database.connection() as connection:
        for tile in around:
            if 0 <= tile.x < 2**zoom and 0 <= tile.y < 2**zoom:
                whole = await connection.fetch(_WHOLE, *tile, band_for(zoom).id)
                assert await connection.fetch(_READY, *tile) == whole


async def test_below_the_ready_tiles_a_tile_is_cut_from_pieces(database: Database, registry: LayerRegistry) -> None:
    async with database.transaction() as connection:
        await publish(connection, read_unit_set(CITY))
        assert (
            await connection.fetchval("select min(ready_zoom) from unit_set_version where unit_set = 'city-2017'") == 16
        )
    for zoom in (17, 19, 22):
        data = await drawn(database, registry, "city-2017", tile_at(*PLACE, zoom))
        assert mapbox_vector_tile.decode(data)["units"]["features"]


async def test_large_units_are_ready_less_deep_and_meet_all_the_same(fresh_url: str, registry: LayerRegistry) -> None:
    units = large_units()
    database = await open_database(DatabaseOptions(fresh_url, pool_size=2))
    try:
        async with database.transaction() as connection:
            await publish(connection, read_unit_set(body_of(units)))
            ready = await connection.fetchval("select ready_zoom from unit_set_version")
            # Only the units themselves, in their place: no change that touches everything.
            told = await connection.fetch("select new_box from change_log where layer = 'units'")
            assert [row["new_box"] is not None for row in told] == [True]
        assert 8 <= ready <= 13
        ground = shapely.union_all(to_mercator(np.asarray(units, dtype=object)))
        # Where all four meet, along a border, and at the corner of a piece.
        for lat in (MIDDLE[1], MIDDLE[1] + 0.4, tile_at(MIDDLE[0], MIDDLE[1] + 0.7, ready).bbox.north):
            for zoom in range(6, 20):
                tile = tile_at(wave(lat), lat, zoom)
                seams = measure(tile, await drawn(database, registry, "large", tile), ground)
                assert max(seams.gap, seams.overlap) <= 1, (tile, seams)
    finally:
        await database.close()


async def test_migrating_cuts_the_tiles_of_versions_that_are_there(fresh_url: str, registry: LayerRegistry) -> None:
    owner_url = as_role(fresh_url, "postgres")
    owner = await connect(owner_url)
    database = await open_database(DatabaseOptions(fresh_url, pool_size=2))
    try:
        async with database.transaction() as connection:
            await publish(connection, read_unit_set(CITY))
        tiles = [tile_at(*PLACE, zoom) for zoom in (6, 12, 16, 18)]
        before = [await drawn(database, registry, "city-2017", tile) for tile in tiles]
        await owner.execute(
            "drop table unit_tile; alter table unit_set_version drop column ready_zoom; drop function make_unit_tiles; "
            "drop function tiles_of_box; drop function unit_band"
        )
        # The step by itself: the later ones have run, and build on it.
        await owner.execute((ROOT / "boundaries/migrations/b003_unit_tiles.sql").read_text(encoding="utf-8"))
        for _ in range(2):
            assert migrate_all(Settings(database_url=fresh_url, admin_url=owner_url)) == 0
            assert [await drawn(database, registry, "city-2017", tile) for tile in tiles] == before and all(before)
    finally:
        await database.close()
        await owner.close()


def wave(lat: float) -> float:
    """The longitude of the border between west and east."""
    return float(MIDDLE[0] + 0.02 * np.sin((lat - MIDDLE[1]) * 60))


def large_units() -> list[Polygon]:
    """Four units of 85 km, with a crooked border of thousands of vertices between west and east."""
    found = []
    for south, north in ((MIDDLE[1] - REACH, MIDDLE[1]), (MIDDLE[1], MIDDLE[1] + REACH)):
        border = LineString([(wave(lat), lat) for lat in np.linspace(south, north, 8000)])
        for side in (-1, 1):
            corners = [(MIDDLE[0] + side * REACH, north), (MIDDLE[0] + side * REACH, south)]
            found.append(Polygon([*border.coords, *corners]))
    return found


def body_of(units: list[Polygon]) -> dict[str, Any]:
    about = {"id": "large", "title": {"vi": "Lớn", "en": "Large"}, "valid_from": "2015-01-01", "approximate": True}
    features = [
        {
            "type": "Feature",
            "geometry": mapping(one),
            "properties": {"code": f"{number:05d}", "name": "L", "full_name": "Lớn", "type": "Tỉnh"},
        }
        for number, one in enumerate(units, 1)
    ]
    return {"type": "FeatureCollection", "unit_set": {**about, "attribution": "L"}, "features": features}
