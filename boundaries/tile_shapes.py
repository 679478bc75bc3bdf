# SPDX-License-Identifier: Apache-2.0
"""Shapes of a version for every zoom band, as columns to store."""

from collections.abc import Sequence
from typing import Any

import shapely
from shapely.geometry import MultiPolygon

from boundaries.checks.plane import as_array
from boundaries.generalise import BANDS, generalise, to_mercator


def tile_shapes(geometries: Sequence[MultiPolygon], unit_ids: Sequence[int]) -> dict[str, list[Any]]:
    """The columns ``unit``, ``band`` and ``wkb`` of ``unit_tile_geom``.

    Each band is drawn from the next finer one: vertices go in the order of the ground that they stand for, so those
    that a finer band dropped would go here as well, and millions of them are looked at once instead of four times.
    """
    shapes = to_mercator(as_array(geometries))
    columns: dict[str, list[Any]] = {"unit": [], "band": [], "wkb": []}
    for band in sorted(BANDS, key=lambda band: band.tolerance_m):
        shapes = generalise(shapes, band)
        for unit_id, geometry in zip(unit_ids, shapes, strict=True):
            columns["unit"].append(unit_id)
            columns["band"].append(band.id)
            columns["wkb"].append(shapely.to_wkb(geometry))
    return columns
