# SPDX-License-Identifier: Apache-2.0
"""The plane in which the checks measure: VN-2000 / TM-3 106-30 (EPSG:9213), metres."""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import VN2000_LOCAL

Shapes = npt.NDArray[np.object_]
# The province; the datum's shift is the same within a metre all over it.
VN2000_DEGREES = 4756


@lru_cache(maxsize=4)
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(f"EPSG:{source}", f"EPSG:{target}", always_xy=True)


def project(shapes: Any, source: int, target: int) -> Any:
    """One geometry or an array of them, vertex by vertex; equal vertices stay equal."""
    transformer = _transformer(source, target)
    return shapely.transform(shapes, transformer.transform, interleaved=False)


def to_plane(shapes: Any) -> Any:
    """From EPSG:4326 to the plane."""
    return project(shapes, 4326, VN2000_LOCAL)


def from_plane(shape: BaseGeometry) -> BaseGeometry:
    """From the plane to EPSG:4326."""
    placed: BaseGeometry = project(shape, VN2000_LOCAL, 4326)
    return placed


def as_array(shapes: Any) -> Shapes:
    """Shapes as an array of objects; never looked into as sequences."""
    found = list(shapes)
    array = np.empty(len(found), dtype=object)
    array[:] = found
    return array


def polygons_of(shape: BaseGeometry) -> list[Polygon]:
    """The non-empty polygons inside any geometry; lines and points along edges are left out."""
    parts = shapely.get_parts(shape)
    kinds = shapely.get_type_id(parts)
    found: list[Polygon] = list(parts[(kinds == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)])
    for nested in parts[kinds >= shapely.GeometryType.MULTIPOLYGON]:
        found += polygons_of(nested)
    return found


def area_of(shape: BaseGeometry) -> MultiPolygon:
    """What of a geometry is an area."""
    return MultiPolygon(polygons_of(shape))


def width_m(shape: BaseGeometry) -> float:
    """2A/P, the width of a strip."""
    return float(2 * shape.area / shape.length) if shape.length else 0.0


def filled(shape: BaseGeometry, largest_m2: float = float("inf")) -> BaseGeometry:
    """The shape without its holes up to a size."""
    whole = []
    for part in polygons_of(shape):
        holes = [ring for ring in part.interiors if Polygon(ring).area > largest_m2]
        whole.append(Polygon(part.exterior, holes))
    # A part may lie in the hole of another one, which it would overlap now.
    return area_of(shapely.union_all(whole)) if len(whole) > 1 else MultiPolygon(whole)
