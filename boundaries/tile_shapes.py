# SPDX-License-Identifier: Apache-2.0
"""Shapes of a version for every zoom band, as columns to store."""

from collections.abc import Sequence
from typing import Any

import shapely
from shapely.geometry import MultiPolygon

from boundaries.checks.plane import as_array
from boundaries.generalise import BANDS, generalise, to_mercator


def tile_shapes(geometries: Sequence[MultiPolygon], unit_ids: Sequence[int]) -> dict[str, list[Any]]:
    """The columns ``unit``, ``band`` and ``wkb`` of ``unit_tile_geom``."""
    mercator = to_mercator(as_array(geometries))
    columns: dict[str, list[Any]] = {"unit": [], "band": [], "wkb": []}
    for band in BANDS:
        for unit_id, geometry in zip(unit_ids, generalise(mercator, band), strict=True):
            columns["unit"].append(unit_id)
            columns["band"].append(band.id)
            columns["wkb"].append(shapely.to_wkb(geometry))
    return columns
