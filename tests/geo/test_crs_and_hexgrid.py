# SPDX-License-Identifier: Apache-2.0
"""Golden numbers of VN-2000, and H3 parents by bit arithmetic."""

import h3.api.basic_int as h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import from_vn2000, to_vn2000
from geo.hexgrid import cell_of, from_hex, parent_masks, parent_of, resolution_for, ring_of, to_hex

lons = st.floats(102, 118)
lats = st.floats(6, 23.5)


def test_the_golden_point_of_epsg_9213() -> None:
    assert to_vn2000(105.84, 21.59) == pytest.approx((431463.303, 2388417.905), abs=0.001)


@given(lons, lats)
def test_vn2000_there_and_back(lon: float, lat: float) -> None:
    assert from_vn2000(*to_vn2000(lon, lat)) == pytest.approx((lon, lat), abs=1e-7)


@given(lons, lats, st.integers(4, 12))
def test_a_parent_by_bits_is_the_librarys_parent(lon: float, lat: float, resolution: int) -> None:
    cell = cell_of(lon, lat)
    keep, fill = parent_masks(resolution)
    assert parent_of(cell, resolution) == h3.cell_to_parent(cell, resolution) == (cell & keep) | fill


@given(lons, lats)
def test_a_cell_written_and_read_is_the_same_cell_and_its_ring_closes(lon: float, lat: float) -> None:
    cell = cell_of(lon, lat)
    assert from_hex(to_hex(cell)) == cell
    ring = ring_of(cell)
    assert ring[0] == ring[-1] and len(ring) >= 6


def test_a_finer_zoom_never_has_coarser_cells() -> None:
    resolutions = [resolution_for(zoom) for zoom in range(23)]
    assert resolutions == sorted(resolutions)
