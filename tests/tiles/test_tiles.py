# SPDX-License-Identifier: Apache-2.0
"""Vector tiles from real PostGIS, decoded."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import mapbox_vector_tile
import pytest

from geo.db.pool import Database
from geo.errors import BadParameter, NotFound
from geo.hexgrid import cell_of, parent_of, to_hex
from geo.tile import TileId, tile_at
from layers.filters import Equal, FeatureQuery
from layers.registry import LayerRegistry
from tests.conftest import Seed
from tests.support.grid import NEW, OLD, SIDE, SOUTH, WEST, middle, publish_grid
from tiles.hexagons import hexagon_tile
from tiles.vector import layer_tile

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
LON, LAT = middle(0, 0)["lon"], middle(0, 0)["lat"]


def of_source(source: str) -> FeatureQuery:
    return FeatureQuery(equals=(Equal("source", None, source),))


def incident(name: str, lon: float, lat: float) -> dict[str, Any]:
    base = {
        "id": name,
        "title": name,
        "kind": "fire",
        "severity": "low",
        "status": "new",
        "time": "2026-01-01T00:00:00Z",
    }
    return {**base, "lon": lon, "lat": lat}


def decoded(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = mapbox_vector_tile.decode(data) if data else {}
    return found


async def test_a_tile_carries_id_and_the_few_fields_that_travel(
    database: Database, registry: LayerRegistry, seed: Seed
) -> None:
    await seed("incidents", [incident("một", LON, LAT)], source="tile", now=NOW)
    spec = registry["incidents"]
    tile = await layer_tile(database, spec, of_source("tile"), tile_at(LON, LAT, 12), NOW)
    (feature,) = decoded(tile.data)["incidents"]["features"]
    assert set(feature["properties"]) == {field.name for field in spec.tile_fields}
    assert feature["id"] > 0 and feature["properties"]["title"] == "một"
    again = await layer_tile(database, spec, of_source("tile"), tile_at(LON, LAT, 12), NOW)
    assert again == tile


async def test_a_tile_without_features_is_empty(database: Database, registry: LayerRegistry) -> None:
    nowhere = tile_at(112.0, 9.0, 14)
    assert (await layer_tile(database, registry["incidents"], FeatureQuery(), nowhere, NOW)).data == b""
    assert (await hexagon_tile(database, registry["incidents"], FeatureQuery(), nowhere, None)).data == b""


async def test_outside_the_zooms_of_a_layer_there_is_nothing(
    database: Database, registry: LayerRegistry, seed: Seed
) -> None:
    await seed("places", [{"id": "a", "name": "A", **middle(0, 0)}], source="zooms", now=NOW)
    spec = registry["places"]
    assert spec.zooms[0] > 7
    assert not (await layer_tile(database, spec, of_source("zooms"), tile_at(LON, LAT, 7), NOW)).data
    assert (await layer_tile(database, spec, of_source("zooms"), tile_at(LON, LAT, 12), NOW)).data


@pytest.mark.parametrize(("zoom", "unit_set", "count"), [(7, OLD, 4), (7, NEW, 1), (11, OLD, 4), (7, None, 1)])
async def test_units_come_with_label_points_by_set_or_as_of_today(
    database: Database, registry: LayerRegistry, zoom: int, unit_set: str | None, count: int
) -> None:
    await publish_grid(database)
    place = tile_at(WEST + SIDE, SOUTH + SIDE, zoom)
    tile = decoded((await layer_tile(database, registry["units"], FeatureQuery(unit_set=unit_set), place, NOW)).data)
    grid = [one for one in tile["units"]["features"] if one["properties"]["unit_set"].startswith("grid")]
    assert len(grid) == count
    assert all(one["geometry"]["type"] == "Point" for one in tile["units_label"]["features"])
    codes = {one["properties"]["code"] for one in grid}
    assert {"00001"} <= codes


async def test_a_set_that_does_not_exist_is_an_error_and_not_an_empty_tile(
    database: Database, registry: LayerRegistry
) -> None:
    with pytest.raises(BadParameter) as caught:
        await layer_tile(database, registry["units"], FeatureQuery(unit_set="nope"), TileId(0, 0, 0), NOW)
    assert caught.value.code == "set_unknown"


async def test_a_hexagon_cut_by_the_edge_carries_its_whole_count_on_both_sides(
    database: Database, registry: LayerRegistry, seed: Seed
) -> None:
    # Points all along the edge between two tiles, so that many cells are cut by it.
    tile = tile_at(LON, LAT, 13)
    edge = tile.bbox.east
    points = [(edge + across, tile.bbox.south + up * 0.0015) for across in (-0.001, 0.0005, 0.0011) for up in range(25)]
    records = [incident(f"e{n}", lon, lat) for n, (lon, lat) in enumerate(points)]
    await seed("incidents", records, source="edge", now=NOW)
    expected = Counter(to_hex(parent_of(cell_of(lon, lat), 9)) for lon, lat in points)
    found: dict[str, int] = {}
    for one in (tile, TileId(tile.z, tile.x + 1, tile.y)):
        hexagons = decoded((await hexagon_tile(database, registry["incidents"], of_source("edge"), one, 9)).data)
        for feature in hexagons["h3"]["features"]:
            properties = feature["properties"]
            assert properties["value"] == expected[properties["cell"]]
            found[properties["cell"]] = properties["value"]
    assert found == expected


async def test_a_layer_without_cells_has_no_hexagons(database: Database, registry: LayerRegistry) -> None:
    with pytest.raises(NotFound):
        await hexagon_tile(database, registry["units"], FeatureQuery(), TileId(0, 0, 0), None)
