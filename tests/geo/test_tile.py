# SPDX-License-Identifier: Apache-2.0
"""Laws of tiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import NotFound
from geo.tile import TileId, parse_tile, tile_at, tiles_covering

zooms = st.integers(0, 22)


@given(zooms, st.floats(-179.9999, 179.9999), st.floats(-85, 85))
def test_a_point_lies_in_the_tile_at_it(z: int, lon: float, lat: float) -> None:
    box = tile_at(lon, lat, z).bbox
    assert box.west - 1e-9 <= lon <= box.east + 1e-9
    assert box.south - 1e-9 <= lat <= box.north + 1e-9


@given(st.integers(0, 21), st.data())
def test_a_parent_covers_its_children(z: int, data: st.DataObject) -> None:
    tile = TileId(z, data.draw(st.integers(0, 2**z - 1)), data.draw(st.integers(0, 2**z - 1)))
    assert all(child.parent() == tile for child in tile.children())


@given(st.integers(0, 12), st.data())
def test_a_tile_covers_itself(z: int, data: st.DataObject) -> None:
    tile = TileId(z, data.draw(st.integers(0, 2**z - 1)), data.draw(st.integers(0, 2**z - 1)))
    assert tile in tiles_covering(tile.bbox, z)


@pytest.mark.parametrize("address", ["5/1.5/2", "5/1e2/2", "05/1/2", "5/-0/1", "٥/1/1", "5/99/99", "30/0/0", "-1/0/0"])
def test_one_tile_has_one_spelling_and_others_do_not_exist(address: str) -> None:
    with pytest.raises(NotFound):
        parse_tile(*address.split("/"))
