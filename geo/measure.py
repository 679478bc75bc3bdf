# SPDX-License-Identifier: Apache-2.0
"""Lengths and areas on the WGS 84 spheroid (Karney 2013, through PROJ)."""

import math

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

_GEOD = Geod(ellps="WGS84")


def area_m2(geometry: BaseGeometry) -> float:
    """Geodesic area of a lon/lat geometry; 0.0 for points, lines and the empty geometry."""
    parts = shapely.get_parts(geometry)
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    # Vertices as arrays: shapely's own sequences take longer than the measuring.
    return abs(math.fsum(_ring_m2(shapely.get_coordinates(ring)) for ring in rings))


def _ring_m2(points: npt.NDArray[np.float64]) -> float:
    return float(_GEOD.polygon_area_perimeter(points[:, 0], points[:, 1])[0])


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Geodesic distance between two points."""
    return float(_GEOD.inv(lon1, lat1, lon2, lat2)[2])
