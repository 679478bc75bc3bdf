# SPDX-License-Identifier: Apache-2.0
"""Neighbouring units share their border at every zoom. ``faults/test_seams_everywhere.py`` looks at every tile."""

from typing import Any

import mapbox_vector_tile
import pytest
import shapely

from boundaries.publish import publish
from boundaries.unit_files import read_unit_set
from geo.db.pool import Database
from geo.tile import TileId
from layers.registry import LayerRegistry
from tests.boundaries.unit_samples import CITY, PROVINCE, units_of
from tests.tiles.seams import measure, seams_of


@pytest.mark.postgis
@pytest.mark.parametrize("unit_set", [CITY, PROVINCE], ids=["32 wards", "92 communes"])
async def test_tiles_of_units_have_no_gap_and_no_overlap_beyond_one_unit(
    database: Database, registry: LayerRegistry, unit_set: dict[str, Any]
) -> None:
    async with database.transaction() as connection:
        await publish(connection, read_unit_set(unit_set))
    shapes = units_of(unit_set).values()
    seams = await seams_of(database, registry["units"], unit_set["unit_set"]["id"], shapes, per_zoom=6)
    assert {one.tile.z for one in seams} == set(range(6, 17))
    assert [one for one in seams if max(one.gap, one.overlap) > 1] == []


@pytest.mark.parametrize(
    ("left_to", "right_from", "gap", "overlap"), [(100, 100, 0, 0), (100, 103, 3, 0), (102, 100, 0, 2)]
)
def test_what_measures_seams_sees_them(left_to: int, right_from: int, gap: float, overlap: float) -> None:
    boxes = [shapely.box(0, 0, left_to, 4096), shapely.box(right_from, 0, 4096, 4096)]
    layer = {"name": "units", "features": [{"geometry": box, "properties": {}} for box in boxes]}
    data = mapbox_vector_tile.encode([layer], default_options={"y_coord_down": True})
    tile = TileId(10, 813, 449)
    seams = measure(tile, data, shapely.box(*tile.bounds_m).buffer(10_000))
    assert seams.gap == pytest.approx(gap, abs=0.2)
    assert seams.overlap == pytest.approx(overlap, abs=0.2)
