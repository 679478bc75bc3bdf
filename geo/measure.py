# SPDX-License-Identifier: Apache-2.0
"""Lengths and areas on the WGS 84 spheroid (Karney 2013, through PROJ)."""

from pyproj import Geod
from shapely.geometry.base import BaseGeometry

_GEOD = Geod(ellps="WGS84")


def area_m2(geometry: BaseGeometry) -> float:
    """Geodesic area of a lon/lat geometry; 0.0 for points, lines and the empty geometry."""
    if geometry.is_empty:
        return 0.0
    return abs(float(_GEOD.geometry_area_perimeter(geometry)[0]))


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Geodesic distance between two points."""
    return float(_GEOD.inv(lon1, lat1, lon2, lat2)[2])
