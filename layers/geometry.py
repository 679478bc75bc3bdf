# SPDX-License-Identifier: Apache-2.0
"""The geometry of one record: from GeoJSON or lon/lat to a clean shape inside Vietnam. Pure."""

import math
import struct
from typing import Any, NamedTuple

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.vietnam import in_vietnam
from layers.errors import Rejected
from layers.spec import GeometryType

MAX_VERTICES = 20_000
_DEPTH = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiPoint": 1, "MultiLineString": 2, "MultiPolygon": 3}
_OPEN = ("Point", "LineString", "MultiPoint", "MultiLineString")
_ALLOWED: dict[GeometryType, tuple[str, ...]] = {
    "Point": ("Point",),
    "Polygon": ("Polygon", "MultiPolygon"),
    "Geometry": tuple(_DEPTH),
    "None": (),
}


_POINT = struct.Struct("<BIdd")


class Place(NamedTuple):
    """A checked geometry as it is stored: little-endian WKB; and (lon, lat) where it is a point.

    Thousands of points a second are made of bytes alone; a shapely geometry of each would cost more than the rest.
    """

    wkb: bytes
    point: tuple[float, float] | None = None

    @property
    def geometry(self) -> BaseGeometry:
        """The same for computing."""
        return shapely.from_wkb(self.wkb)


def point_of(lon: Any, lat: Any) -> Place:
    """A checked point.

    Raises:
        Rejected: not two finite numbers of a place in Vietnam, in lon/lat order.
    """
    return _point([lon, lat])


def place_of(value: Any, allowed: GeometryType) -> Place:
    """A checked geometry from GeoJSON (RFC 7946), 2D, outer rings counter-clockwise.

    Raises:
        Rejected: not a geometry, of a type that the layer does not take, outside Vietnam, or not valid.
    """
    if allowed == "None":
        raise Rejected("geometry_not_taken", "records of this layer have no place of their own: send 'unit_code'")
    if not isinstance(value, dict):
        raise Rejected("geometry_invalid", "'geometry' must be a GeoJSON geometry or null")
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in _ALLOWED[allowed]:
        raise Rejected("geometry_wrong_type", f"the layer takes {' or '.join(_ALLOWED[allowed])}")
    coordinates = value.get("coordinates")
    if kind == "Point":
        return _point(coordinates)
    if _check_coordinates(coordinates, _DEPTH[kind]) > MAX_VERTICES:
        raise Rejected("geometry_too_large", f"a geometry may have {MAX_VERTICES} vertices")
    try:
        geometry = shapely.force_2d(shape(value))
    except (ValueError, TypeError, IndexError, OverflowError, shapely.errors.GEOSException):
        raise Rejected("geometry_invalid", "the coordinates make no geometry (rings need 4 closed positions)") from None
    if geometry.is_empty:
        raise Rejected("geometry_invalid", "the geometry is empty")
    if not geometry.is_valid:
        raise Rejected("geometry_invalid", f"the geometry is not valid: {shapely.is_valid_reason(geometry)}")
    return Place(shapely.to_wkb(geometry if kind in _OPEN else shapely.orient_polygons(geometry), byte_order=1))


def _point(position: Any) -> Place:
    _check_position(position)
    point = float(position[0]), float(position[1])
    return Place(_POINT.pack(1, 1, *point), point)


def _check_coordinates(value: Any, depth: int) -> int:
    """Check every position; answers how many there are. The depth is known, so nesting cannot run away."""
    if depth == 0:
        _check_position(value)
        return 1
    if not isinstance(value, list) or not value:
        raise Rejected("geometry_invalid", "'coordinates' is not nested as its type demands")
    count = 0
    for part in value:
        count += _check_coordinates(part, depth - 1)
        if count > MAX_VERTICES:
            break
    return count


def _check_position(value: Any) -> None:
    if not isinstance(value, list) or not 2 <= len(value) <= 3:
        raise Rejected("coordinate_invalid", "a position is [lon, lat]")
    lon, lat = value[0], value[1]
    for number in value:
        if isinstance(number, float):
            if not math.isfinite(number):
                raise Rejected("coordinate_not_finite", "a coordinate is NaN or infinite")
        elif isinstance(number, bool) or not isinstance(number, int):
            raise Rejected("coordinate_invalid", "a position is [lon, lat] in numbers")
    # Whole numbers of any size arrive here; only degrees have a float for certain.
    are_degrees = abs(lon) <= 360 and abs(lat) <= 360
    if are_degrees and in_vietnam(lon, lat):
        return
    if are_degrees and in_vietnam(lat, lon):
        raise Rejected("coordinate_swapped", "the coordinates are in Vietnam only when swapped: the order is lon, lat")
    raise Rejected(
        "coordinate_outside_vietnam",
        "the coordinates are not in Vietnam: send WGS 84 degrees in the order lon, lat (not VN-2000 metres)",
    )
