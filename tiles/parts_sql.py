# SPDX-License-Identifier: Apache-2.0
"""What every statement that makes a tile is built of; ``z``, ``x``, ``y`` are bound."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    LargeBinary,
    Subquery,
    bindparam,
    func,
    literal_column,
    select,
    true,
)

from geo.db.functions import text_literal
from geo.tile import HALF_WORLD_M
from tiles.extent import BUFFER, EXTENT

# Names of ours inside the statements begin with an underscore, as no field of a layer can.
GEOMETRY = "_geometry"
_SIDES = ", ".join(str(sign * HALF_WORLD_M) for sign in (-1, -1, 1, 1))
_WORLD: ColumnElement[Any] = literal_column(f"ST_MakeEnvelope({_SIDES}, 3857)")


def square(buffer: int = 0) -> ColumnElement[Any]:
    """The tile in EPSG:3857, widened by a buffer in tile units.

    A subselect, so that a plan without the values makes it once and not for every row, and takes the spatial index.
    """
    place = [bindparam(name, type_=Integer) for name in "zxy"]
    margin = [_WORLD, literal_column(str(buffer / EXTENT), Float)] if buffer else []
    return select(func.ST_TileEnvelope(*place, *margin)).scalar_subquery()


def clipped(geometry: Any) -> ColumnElement[Any]:
    """A geometry of EPSG:3857 in tile units, cut at the buffer."""
    return func.ST_AsMVTGeom(geometry, square(), number(EXTENT), number(BUFFER), true()).label(GEOMETRY)


def tile_of(rows: Subquery, layer: str) -> ColumnElement[bytes]:
    """The rows that have a geometry as one layer of a tile, ``id`` as the feature's id."""
    words = (text_literal(layer), number(EXTENT), text_literal(GEOMETRY), text_literal("id"))
    tile = func.ST_AsMVT(rows.table_valued(), *words, type_=LargeBinary)
    return func.coalesce(tile.filter(rows.c[GEOMETRY].is_not(None)), literal_column("''::bytea", LargeBinary))


def number(value: int) -> ColumnElement[int]:
    """A whole number of ours, written into the statement."""
    return literal_column(str(value), Integer)
