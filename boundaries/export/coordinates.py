# SPDX-License-Identifier: Apache-2.0
"""Shapes as a format wants them: decimals, ring order, system of coordinates. Pure."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from boundaries.export.values import Export, Plan

# One centimetre; more would be noise (RFC 7946, section 11.2).
DECIMALS = 7
Shapes: TypeAlias = npt.NDArray[np.object_]


def shapes_of(export: Export) -> Shapes:
    """The stored shapes, EPSG:4326 (lon, lat)."""
    return np.array([shapely.from_wkb(unit.wkb) for unit in export.units], dtype=object)


def rounded(shapes: Shapes) -> Shapes:
    """On a grid of 1e-7 degrees, outer rings counter-clockwise (RFC 7946, section 3.1.6).

    Every point is rounded by itself, so that neighbours still share their edges. A ring that is smaller than the grid
    has no area left and is dropped.
    """
    on_grid = shapely.transform(shapes, lambda points: np.round(points, DECIMALS) + 0.0)
    return np.array([_without_empty_rings(one) for one in on_grid], dtype=object)


def _without_empty_rings(shape: shapely.MultiPolygon) -> shapely.MultiPolygon:
    parts = []
    for part in shapely.get_parts(shape):
        if part.area > 0:
            holes = [hole for hole in part.interiors if shapely.Polygon(hole).area > 0]
            # Only now: GEOS refuses to thin out a ring that has collapsed to two points.
            kept = shapely.remove_repeated_points(shapely.Polygon(part.exterior, holes), 0.0)
            parts.append(shapely.orient_polygons(kept, exterior_cw=False))
    # What vanishes altogether is kept as it was: a unit is never lost to rounding.
    return shapely.MultiPolygon(parts) if parts else shapely.orient_polygons(shape, exterior_cw=False)


def projected(shapes: Shapes, plan: Plan) -> Shapes:
    """In the plan's system, (east, north) or (lon, lat)."""
    if plan.epsg == 4326:
        return shapes
    transformer = Transformer.from_crs(4326, plan.epsg, always_xy=True)
    moved: Shapes = shapely.transform(shapes, lambda x, y: transformer.transform(x, y), interleaved=False)
    return moved
