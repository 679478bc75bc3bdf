# SPDX-License-Identifier: Apache-2.0
"""Geometry literals: checked coordinates, shapely shapes, and the spatial relations on them. Pure."""

import math
from typing import Any

import numpy as np
import shapely
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)
from shapely.geometry.base import BaseGeometry

from geo.bbox import BBox
from layers.cql2.limits import refuse
from layers.cql2.tree import Geometry

# How deep positions lie in ``coordinates``.
NESTING = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiPoint": 1, "MultiLineString": 2, "MultiPolygon": 3}
COLLECTION = "GeometryCollection"
BOX = "BBox"
# GEOS refuses collections in the other relations.
FOR_COLLECTIONS = ("s_intersects", "s_disjoint")
RELATIONS = (
    "s_intersects",
    "s_equals",
    "s_disjoint",
    "s_touches",
    "s_within",
    "s_overlaps",
    "s_crosses",
    "s_contains",
)
_COLLECTION_ID = 7
_NOWHERE = Point()
_AREA = 2


def position(numbers: list[float]) -> tuple[float, float]:
    """A checked lon/lat pair; a height is dropped.

    Raises:
        BadParameter: not two or three finite numbers on the globe.
    """
    if not 2 <= len(numbers) <= 3 or not all(math.isfinite(number) for number in numbers):
        refuse("geometry_invalid", "a position in the filter is two finite numbers, lon and lat")
    lon, lat = numbers[0] + 0.0, numbers[1] + 0.0
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        refuse("geometry_invalid", "a position in the filter is outside -180..180, -90..90 (lon, lat order)")
    return lon, lat


def box_of(numbers: list[float]) -> Geometry:
    """A BBOX from four or six numbers.

    Raises:
        BadParameter: another number of numbers, outside the globe, or south above north.
    """
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4:
        refuse("geometry_invalid", "BBOX takes west, south, east, north")
    west, south = position(numbers[:2])
    east, north = position(numbers[2:])
    if south > north:
        refuse("geometry_invalid", "BBOX has south above north")
    return Geometry(BOX, (west, south, east, north))


def checked(geometry: Geometry) -> Geometry:
    """The literal, if it is a valid shape.

    Raises:
        BadParameter: rings that are not closed, cross themselves, or hold nothing.
    """
    try:
        shape = shape_of(geometry)
    except (ValueError, TypeError, IndexError, shapely.errors.GEOSException):
        refuse("geometry_invalid", "the coordinates make no geometry (lines need two positions, rings four)")
    if shape.is_empty:
        refuse("geometry_invalid", "a geometry of the filter is empty")
    if not shape.is_valid:
        refuse("geometry_invalid", "a geometry of the filter is not valid (it crosses or touches itself)")
    if geometry.type == "Polygon":
        rings = geometry.coordinates
    elif geometry.type == "MultiPolygon":
        rings = tuple(ring for polygon in geometry.coordinates for ring in polygon)
    else:
        rings = ()
    if any(ring[0] != ring[-1] for ring in rings):
        refuse("geometry_invalid", "a ring of the filter does not end where it starts")
    return geometry


def shape_of(geometry: Geometry) -> BaseGeometry:
    """The literal for shapely. A box across the antimeridian is two."""
    return _shape(geometry.type, geometry.coordinates)


def prepared_shape(geometry: Geometry) -> BaseGeometry:
    """The literal, prepared for repeated questions. Not shared: GEOS prepares lazily, and no two threads may."""
    shape = shape_of(geometry)
    shapely.prepare(shape)
    return shape


def _shape(kind: str, coordinates: tuple[Any, ...]) -> BaseGeometry:
    match kind:
        case "Point":
            return Point(coordinates)
        case "LineString":
            return LineString(coordinates)
        case "Polygon":
            return Polygon(coordinates[0], coordinates[1:])
        case "MultiPoint":
            return MultiPoint(coordinates)
        case "MultiLineString":
            return MultiLineString(coordinates)
        case "MultiPolygon":
            return MultiPolygon([(polygon[0], polygon[1:]) for polygon in coordinates])
        case "GeometryCollection":
            return GeometryCollection([_shape(member.type, member.coordinates) for member in coordinates])
    boxes = [_box(half) for half in BBox(*coordinates).split()]
    if len(boxes) == 1:
        return boxes[0]
    if all(isinstance(half, Polygon) for half in boxes):
        return MultiPolygon(boxes)
    return shapely.unary_union(boxes)


def _box(bounds: BBox) -> BaseGeometry:
    west, south, east, north = bounds
    if west == east and south == north:
        return Point(west, south)
    if west == east or south == north:
        return LineString([(west, south), (east, north)])
    return box(west, south, east, north)


def relate(op: str, left: Any, right: Any) -> Any:
    """The relation between shapes, or element by element between arrays of shapes without ``None``.

    Literals must be prepared: they were checked when they were read, and may be collections.
    """
    sound = is_sound(left) & is_sound(right)
    if not sound.all():
        left, right = np.where(sound, left, _NOWHERE), np.where(sound, right, _NOWHERE)
    related = _EXACT.get(op, shapely.intersects)(left, right) & sound
    return ~related if op == "s_disjoint" else related


def is_sound(shapes: Any) -> Any:
    """What every GEOS answers for: something, no collection, a valid area. What is prepared was found sound before."""
    if isinstance(shapes, BaseGeometry) and shapely.is_prepared(shapes):
        return np.True_
    sound = (shapely.get_type_id(shapes) != _COLLECTION_ID) & ~shapely.is_empty(shapes)
    areas = shapely.get_dimensions(shapes) == _AREA
    if isinstance(shapes, BaseGeometry):
        return sound & (~areas | shapely.is_valid(shapes))
    sound[areas] &= shapely.is_valid(shapes[areas])
    return sound


# A prepared shape is quick on the left only.
_EXACT: dict[str, Any] = {
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_within": lambda left, right: shapely.contains(right, left),
    "s_overlaps": shapely.overlaps,
    "s_crosses": shapely.crosses,
    "s_contains": shapely.contains,
}
