# SPDX-License-Identifier: Apache-2.0
"""Typed wrappers of the PostGIS functions that the product uses."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, LargeBinary, Text, cast, func, literal, literal_column

from geo.bbox import BBox
from geo.hexgrid import parent_masks

_WORLD_3857 = (-20037508.342789244, -20037508.342789244, 20037508.342789244, 20037508.342789244, 3857)


def envelope(bbox: BBox) -> ColumnElement[Any]:
    """A lon/lat rectangle with bound corners."""
    return func.ST_MakeEnvelope(bbox.west, bbox.south, bbox.east, bbox.north, 4326)


def tile_envelope(z: Any, x: Any, y: Any, *, margin: float | None = None) -> ColumnElement[Any]:
    """A tile's square in EPSG:3857, widened by ``margin`` (a share of its side) if given."""
    if margin is None:
        return func.ST_TileEnvelope(z, x, y)
    return func.ST_TileEnvelope(z, x, y, func.ST_MakeEnvelope(*_WORLD_3857), margin)


def boxes_meet(geometry: Any, box: Any) -> ColumnElement[bool]:
    """The index operator &&: bounding boxes intersect."""
    meet: ColumnElement[bool] = geometry.op("&&", is_comparison=True)(box)
    return meet


def as_geojson(geometry: Any, digits: int = 7) -> ColumnElement[str]:
    """GeoJSON text with that many decimals (7 are about a centimetre)."""
    return func.ST_AsGeoJSON(geometry, digits)


def as_mvt(row: Any, layer: str, extent: int, geometry: str, feature_id: str) -> ColumnElement[bytes]:
    """Aggregate of rows into one Mapbox Vector Tile layer."""
    return func.ST_AsMVT(row, layer, extent, geometry, feature_id, type_=LargeBinary)


def cell_parent(cell: Any, resolution: int) -> ColumnElement[int]:
    """The H3 ancestor by bit arithmetic on bigint (see geo.hexgrid.parent_masks)."""
    keep, fill = parent_masks(resolution)
    parent: ColumnElement[int] = cell.op("&")(literal(keep, BigInteger)).op("|")(literal(fill, BigInteger))
    return parent


def as_text(value: Any) -> ColumnElement[str]:
    """The value as text."""
    return cast(value, Text)


def text_literal(value: str) -> ColumnElement[str]:
    """A text of ours (a layer's id, a field's name) written into the statement; never a client's."""
    return literal_column("'" + value.replace("'", "''") + "'", Text)
