# SPDX-License-Identifier: Apache-2.0
"""Which tiles a change makes stale. Pure; the oracle asks each tile around whether its widened square meets it."""

import math
import random

import pytest

from geo.db.change_log import Change
from geo.tile import HALF_WORLD_M, TileId, patch_of, tile_at
from tiles.extent import EXTENT
from tiles.stale import MARGIN, MAX_NAMED, patches_of, tiles_touched

RADIUS_M = 6378137.0


def change(old: list[float] | None = None, new: list[float] | None = None, feature: int | None = 1) -> Change:
    return Change(1, "incidents", "update", feature, 1, old, new, None, 1, None)


def metres(lon: float, lat: float) -> tuple[float, float]:
    """EPSG:3857 by its other formula (IOGP 373-7-2, 3.2.1.2)."""
    return math.radians(lon) * RADIUS_M, RADIUS_M * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def meets(tile: TileId, box: list[float]) -> bool:
    margin = MARGIN * 2 * HALF_WORLD_M / 2**tile.z
    west, south, east, north = tile.bounds_m
    (left, bottom), (right, top) = metres(box[0], box[1]), metres(box[2], box[3])
    return bool(left < east + margin and right >= west - margin and bottom <= north + margin and top > south - margin)


def around(box: list[float], z: int) -> list[TileId]:
    first, last = tile_at(box[0], box[3], z), tile_at(box[2], box[1], z)
    columns, rows = range(first.x - 2, last.x + 3), range(first.y - 2, last.y + 3)
    return [TileId(z, x, y) for x in columns for y in rows if 0 <= x < 2**z and 0 <= y < 2**z]


@pytest.mark.parametrize("seed", range(5))
def test_exactly_the_tiles_that_show_the_old_or_the_new_place(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        z = chance.randint(4, 18)
        side = 360 / 2**z
        lon, lat = chance.uniform(105, 107), chance.uniform(20.5, 22.5)
        old = [lon, lat, lon + chance.choice([0, side * 1.5]), lat + chance.choice([0, side / 2])]
        new = [lon + 3 * side, lat, lon + 3 * side, lat]
        found = tiles_touched([change(old, new)], [z])
        assert found is not None and len(found) == len(set(found))
        assert set(found) == {tile for box in (old, new) for tile in around(box, z) if meets(tile, box)}


def test_what_stands_at_an_edge_is_in_the_neighbour_too() -> None:
    tile = tile_at(105.84, 21.59, 12)
    edge = tile.bbox.east
    for units, expected in ((30, {tile, tile._replace(x=tile.x + 1)}), (200, {tile})):
        lon = edge - units / EXTENT * 360 / 2**12
        assert set(tiles_touched([change(new=[lon, 21.59, lon, 21.59])], [12]) or ()) == expected


def test_a_change_that_names_no_place() -> None:
    assert patches_of(change()) == [], "a feature without a place is in no tile"
    assert patches_of(change(feature=None)) is None, "many features somewhere are everywhere"
    assert tiles_touched([change(feature=None)], [3]) is None
    assert patches_of(change([1, 1, 1, 1], [1, 1, 1, 1])) == [patch_of(1, 1, 1, 1)]


def test_more_tiles_than_one_would_name() -> None:
    assert tiles_touched([change(new=[105, 21, 106, 22])], [16]) is None
    scattered = [change(new=[105 + n / 100, 21, 105 + n / 100, 21]) for n in range(MAX_NAMED + 1)]
    assert tiles_touched(scattered, [18]) is None
    assert len(tiles_touched(scattered, [2]) or ()) == 1


def test_the_world_has_edges() -> None:
    assert tiles_touched([change(new=[-180, 89, 180, -89])], [0]) == [TileId(0, 0, 0)]
    assert tiles_touched([change(new=[180, -90, 180, -90])], [3]) == [TileId(3, 7, 7)]
