# SPDX-License-Identifier: Apache-2.0
"""Coordinate reference systems that the product speaks.

VN-2000 / TM-3 zone 106-30 (EPSG:9213) is the local grid of Thái Nguyên and Bắc Kạn. Golden point: 105.84 E, 21.59 N is
E 431463.303, N 2388417.905. The datum shift is 224 m: never build this CRS from a proj4 string without it.
Surveyors write X for north and Y for east (Circular 973/2001/TT-TCĐC); the functions here say east and north.
"""

from functools import lru_cache

from pyproj import Transformer

VN2000_LOCAL = 9213
CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@lru_cache(maxsize=8)
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(f"EPSG:{source}", f"EPSG:{target}", always_xy=True)


def to_vn2000(lon: float, lat: float) -> tuple[float, float]:
    """(east_m, north_m) in VN-2000 / TM-3 106-30."""
    east, north = _transformer(4326, VN2000_LOCAL).transform(lon, lat)
    return float(east), float(north)


def from_vn2000(east_m: float, north_m: float) -> tuple[float, float]:
    """(lon, lat) of a point in VN-2000 / TM-3 106-30."""
    lon, lat = _transformer(VN2000_LOCAL, 4326).transform(east_m, north_m)
    return float(lon), float(lat)
