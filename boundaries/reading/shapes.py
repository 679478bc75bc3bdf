# SPDX-License-Identifier: Apache-2.0
"""Shapes on their way into EPSG:4326: read from the child, checked for numbers, moved, put in ring order."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.reading.candidates import Placement, Points, to_lonlat

Shapes = npt.NDArray[np.object_]
LONLAT = Placement("EPSG:4326")
# No system on Earth counts farther, in whatever unit; a float that is still finite may be beyond it.
_FARTHEST = 1e11
_PREVIEW_SHAPES = 400
_PREVIEW_STEPS = 200


def load(records: Iterable[bytes | None]) -> Shapes:
    """Shapes of WKB records; None where a row has none, or one that cannot be built."""
    # A coordinate that is not a number makes GEOS warn; finding it is the business of ``not_finite``.
    with np.errstate(invalid="ignore"):
        return np.asarray(shapely.from_wkb(list(records), on_invalid="ignore"), dtype=object)


def not_finite(shapes: Shapes) -> list[int]:
    """Rows with a coordinate that is no number, or out of all bounds."""
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    fine = (np.abs(coordinates) < _FARTHEST).all(axis=1)
    return [int(row) for row in np.unique(rows[~fine])]


def centres(shapes: Shapes) -> Points:
    """A point of each row in file coordinates; NaN where there is no shape."""
    points = np.full((len(shapes), 2), np.nan)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    points[there] = shapely.get_coordinates(shapely.centroid(shapes[there]))
    return points


def to_4326(shapes: Shapes, placement: Placement) -> Shapes:
    """The shapes in longitude and latitude, heights kept; untouched when they are in it already."""
    if placement == LONLAT:
        return shapes
    transformer = to_lonlat(placement.crs)

    def move(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = (coordinates[:, 1], coordinates[:, 0]) if placement.swapped else (coordinates[:, 0], coordinates[:, 1])
        lon, lat = transformer.transform(x, y)
        return np.column_stack([lon, lat, *coordinates.T[2:]])

    return np.asarray(shapely.transform(shapes, move, include_z=None), dtype=object)


def in_ring_order(shapes: Shapes) -> Shapes:
    """Outer rings counter-clockwise, as RFC 7946 has them; for formats with another order, or none."""
    return np.asarray(shapely.orient_polygons(shapes, exterior_cw=False), dtype=object)


def preview(shapes: Shapes, placement: Placement) -> Any:
    """The shapes as they would lie, simplified to what a small map shows."""
    some = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))][:_PREVIEW_SHAPES]
    west, south, east, north = shapely.total_bounds(some)
    coarse = shapely.simplify(some, max(east - west, north - south) / _PREVIEW_STEPS)
    return shapely.geometrycollections(to_4326(coarse, placement))
