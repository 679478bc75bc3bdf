# SPDX-License-Identifier: Apache-2.0
"""Boxes of lon/lat degrees in metres of EPSG:3857, and back."""

import math
from collections.abc import Sequence

from geo.bbox import BBox
from geo.tile import HALF_WORLD_M

# West, south, east, north.
Bounds = tuple[float, float, float, float]
_MOST_LAT = 85.0


def metre_box(area: BBox) -> Bounds:
    """The same box in metres; latitudes end short of the projection's edge."""
    return _x(area.west), _y(area.south), _x(area.east), _y(area.north)


def lonlat_box(bounds_m: Sequence[float]) -> BBox:
    """The same box in degrees, to some centimetres."""
    west, south, east, north = bounds_m
    return BBox(*(round(one, 7) for one in (_lon(west), _lat(south), _lon(east), _lat(north))))


def _x(lon: float) -> float:
    return lon / 180 * HALF_WORLD_M


def _y(lat: float) -> float:
    held = max(-_MOST_LAT, min(_MOST_LAT, lat))
    return math.asinh(math.tan(math.radians(held))) / math.pi * HALF_WORLD_M


def _lon(x: float) -> float:
    return x / HALF_WORLD_M * 180


def _lat(y: float) -> float:
    return math.degrees(math.atan(math.sinh(y / HALF_WORLD_M * math.pi)))
