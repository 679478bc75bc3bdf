# SPDX-License-Identifier: Apache-2.0
"""A geometry in the only shapes that CAP has: rings without holes, and circles, in the order lat, lon. Pure."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

# Phones and sirens read these: the national systems that broke on a ring had thousands of positions.
MAX_POSITIONS = 500
_POINT_RADIUS_M = 500.0
_STRIP_M = 100.0
_DEG_PER_M = 1 / 111_320
_DECIMALS = 6


class Shapes(NamedTuple):
    """Texts of <polygon> and <circle>."""

    polygons: tuple[str, ...]
    circles: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.polygons or self.circles)


def shapes_of(geometry: Mapping[str, Any] | None, radius_m: float | None) -> Shapes:
    """Rings and circles of a GeoJSON geometry.

    Points become circles of their radius (500 m where none is known), lines a strip of 100 m to either side. A hole
    cannot be said in CAP and is filled: rather too many are warned than too few.
    """
    if geometry is None:
        return Shapes((), ())
    parts = shapely.get_parts(shape(geometry))
    rings = [ring for part in parts for ring in _rings(part)]
    radius_km = max(radius_m or _POINT_RADIUS_M, 1.0) / 1000
    circles = tuple(
        f"{_degrees(part.y)},{_degrees(part.x)} {radius_km:.3f}".rstrip("0").rstrip(".")
        for part in parts
        if part.geom_type == "Point"
    )
    return Shapes(tuple(map(_ring_text, rings)), circles)


def rings_of(geometry: Mapping[str, Any] | None) -> list[list[tuple[float, float]]]:
    """The same rings as positions (lat, lon)."""
    if geometry is None:
        return []
    rings = (ring for part in shapely.get_parts(shape(geometry)) for ring in _rings(part))
    return [[(lat, lon) for lon, lat in ring] for ring in rings]


def _rings(part: BaseGeometry) -> Iterator[list[tuple[float, float]]]:
    if part.geom_type == "LineString":
        part = _strip(part)
    for polygon in shapely.get_parts(part):
        if polygon.geom_type == "Polygon" and not polygon.is_empty:
            yield _thinned(shapely.Polygon(polygon.exterior))


def _thinned(polygon: BaseGeometry) -> list[tuple[float, float]]:
    """The ring, simplified only as far as it must be, rounded, and closed."""
    tolerance_deg = 5 * _DEG_PER_M
    thin = polygon
    while shapely.get_num_coordinates(thin) > MAX_POSITIONS and tolerance_deg < 1:
        thin = polygon.simplify(tolerance_deg)
        tolerance_deg *= 2
    rounded = shapely.set_precision(thin, 10.0**-_DECIMALS)
    largest = max(shapely.get_parts(rounded), key=lambda part: float(part.area), default=thin)
    ring = largest.exterior if largest.geom_type == "Polygon" and not largest.is_empty else polygon.exterior
    return [(round(float(lon), _DECIMALS), round(float(lat), _DECIMALS)) for lon, lat in ring.coords]


def _strip(line: BaseGeometry) -> BaseGeometry:
    """What lies within 100 m of a line; degrees of longitude are stretched to those of latitude while measuring."""
    squeeze = math.cos(math.radians(line.centroid.y))

    def scaled(by: float) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]:
        return lambda points: np.column_stack((points[:, 0] * by, points[:, 1]))

    around = shapely.transform(line, scaled(squeeze)).buffer(_STRIP_M * _DEG_PER_M, quad_segs=4)
    return shapely.transform(around, scaled(1 / squeeze))


def _ring_text(ring: list[tuple[float, float]]) -> str:
    return " ".join(f"{_degrees(lat)},{_degrees(lon)}" for lon, lat in ring)


def _degrees(value: float) -> str:
    return f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
