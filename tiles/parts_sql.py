# SPDX-License-Identifier: Apache-2.0
"""What every statement that makes a tile is built of; ``z``, ``x``, ``y`` are bound."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Subquery, bindparam, func, literal_column

from geo.db.functions import as_mvt, tile_envelope
from tiles.extent import BUFFER, EXTENT

# Names of ours inside the statements begin with an underscore, as no field of a layer can.
GEOMETRY = "_geometry"


def square(buffer: int = 0) -> ColumnElement[Any]:
    """The tile in EPSG:3857, widened by a buffer in tile units."""
    z, x, y = (bindparam(name, type_=Integer) for name in "zxy")
    return tile_envelope(z, x, y, margin=buffer / EXTENT if buffer else None)


def clipped(geometry: Any) -> ColumnElement[Any]:
    """A geometry of EPSG:3857 in tile units, cut at the buffer."""
    return func.ST_AsMVTGeom(geometry, square(), EXTENT, BUFFER, True).label(GEOMETRY)


def tile_of(rows: Subquery, layer: str) -> ColumnElement[bytes]:
    """The rows that have a geometry as one layer of a tile, ``id`` as the feature's id."""
    tile = as_mvt(rows.table_valued(), layer, EXTENT, GEOMETRY, "id")
    return func.coalesce(tile.filter(rows.c[GEOMETRY].is_not(None)), b"")


def number(value: int) -> ColumnElement[int]:
    """A whole number of ours, written into the statement."""
    return literal_column(str(value), Integer)
