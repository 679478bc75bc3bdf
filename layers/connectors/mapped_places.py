# SPDX-License-Identifier: Apache-2.0
"""The place that a foreign record claims, in WGS 84: numbers, GeoJSON or WKT, in any coordinate system. Pure.

A place that cannot be read is left out: the record goes on, and its hints may still place it.
"""

import math
from functools import lru_cache
from typing import Any

import orjson
import shapely
from pyproj import Transformer

_WGS84 = ("EPSG:4326", "OGC:CRS84", "CRS84")
_MAX_DEPTH = 8
_DIGITS = 9  # a tenth of a millimetre: more is noise of the projection
_MAX_TEXT = 5_000_000


def point_in_wgs84(east: Any, north: Any, crs: str) -> tuple[float, float] | None:
    """(lon, lat) of a point; ``None`` where it is none."""
    if not (_is_number(east) and _is_number(north)):
        return None
    if crs in _WGS84:
        return float(east), float(north)
    lon, lat = _transformer(crs).transform(float(east), float(north))
    return (round(lon, _DIGITS), round(lat, _DIGITS)) if math.isfinite(lon) and math.isfinite(lat) else None


def geometry_in_wgs84(value: Any, crs: str) -> dict[str, Any] | None:
    """A GeoJSON geometry out of GeoJSON (decoded, or as text) or WKT; ``None`` where it is none."""
    if isinstance(value, str):
        value = _from_text(value)
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return None
    if crs in _WGS84:
        return value
    return _moved(value, crs, 0)


def _moved(geometry: dict[str, Any], crs: str, depth: int) -> dict[str, Any] | None:
    if depth > _MAX_DEPTH:
        return None
    if geometry.get("type") == "GeometryCollection":
        parts = geometry.get("geometries")
        moved = (
            [_moved(one, crs, depth + 1) for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []
        )
        return {"type": "GeometryCollection", "geometries": moved} if moved and None not in moved else None
    positions: list[tuple[float, float]] = []
    if not _collect(geometry.get("coordinates"), positions, 0) or not positions:
        return None
    easts, norths = zip(*positions, strict=True)
    lons, lats = _transformer(crs).transform(easts, norths)
    points = iter(zip(lons, lats, strict=True))
    if not all(math.isfinite(lon) and math.isfinite(lat) for lon, lat in zip(lons, lats, strict=True)):
        return None
    return {"type": geometry["type"], "coordinates": _refill(geometry["coordinates"], points)}


def _collect(nested: Any, into: list[tuple[float, float]], depth: int) -> bool:
    """Every position of nested coordinates, in order; false where they are no coordinates."""
    if not isinstance(nested, list | tuple) or not nested or depth > _MAX_DEPTH:
        return False
    if _is_number(nested[0]):
        if len(nested) < 2 or not _is_number(nested[1]):
            return False
        into.append((float(nested[0]), float(nested[1])))
        return True
    return all(_collect(one, into, depth + 1) for one in nested)


def _refill(nested: Any, points: Any) -> Any:
    if _is_number(nested[0]):
        lon, lat = next(points)
        return [round(lon, _DIGITS), round(lat, _DIGITS)]
    return [_refill(one, points) for one in nested]


def _from_text(text: str) -> Any:
    if len(text) > _MAX_TEXT:
        return None
    if text.lstrip().startswith("{"):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return None
    # EWKT names its system before the text; the mapping's own counts.
    shape = shapely.from_wkt(text.rpartition(";")[2].strip(), on_invalid="ignore")
    return None if shape is None or shape.is_empty else orjson.loads(shapely.to_geojson(shape))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


@lru_cache(maxsize=32)
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
