# SPDX-License-Identifier: Apache-2.0
"""Statements that make vector tiles (Mapbox Vector Tile 2.1), as pure builders; ``z``, ``x``, ``y`` are bound."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Float,
    Integer,
    LargeBinary,
    Select,
    Subquery,
    Text,
    bindparam,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.functions import boxes_meet, cell_parent, text_literal
from layers.filters import FeatureQuery
from layers.spec import LayerSpec
from layers.tables import feature
from layers.where_sql import conditions, property_value
from tiles.extent import BUFFER, EXTENT
from tiles.fold_sql import folded_rows
from tiles.parts_sql import GEOMETRY, clipped, square, tile_of

HEXAGONS = "h3"
_f = feature.c
_SIDE_TYPES = {"west": Float, "south": Float, "east": Float, "north": Float}


def select_feature_tile(spec: LayerSpec, query: FeatureQuery) -> Select[Any]:
    """One layer of features as a tile: the fields that travel in tiles, the id as feature id."""
    rows = folded_rows(spec, query) if spec.folded else _each(spec, query)
    return select(tile_of(rows, spec.id).label("tile"))


def _each(spec: LayerSpec, query: FeatureQuery) -> Subquery:
    return (
        select(
            _f.id,
            clipped(_f.geom_3857),
            *(property_value(field).label(field.name) for field in spec.tile_fields),
        )
        .where(*conditions(spec, query), boxes_meet(_f.geom_3857, square(BUFFER)))
        .order_by(_f.id)
        .subquery("_rows")
    )


def select_tile_cells(spec: LayerSpec, query: FeatureQuery, resolution: int) -> Select[Any, Any]:
    """Counts by cell of the features in a box of EPSG:3857 metres (``west``, ``south``, ``east``, ``north``)."""
    sides = (bindparam(name, type_=kind) for name, kind in _SIDE_TYPES.items())
    parent = cell_parent(_f.h3, resolution)
    return (
        select(parent.label("cell"), func.count().label("value"))
        .where(
            *conditions(spec, query),
            _f.h3.is_not(None),
            boxes_meet(_f.geom_3857, func.ST_MakeEnvelope(*sides, literal(3857, Integer))),
        )
        .group_by(parent)
    )


def select_hexagon_tile() -> Select[Any]:
    """Ready polygons (``shapes``: WKB in EPSG:3857) with ``cells`` and ``counts`` as a tile."""
    given = (
        func.unnest(
            bindparam("shapes", type_=ARRAY(LargeBinary)),
            bindparam("cells", type_=ARRAY(Text)),
            bindparam("counts", type_=ARRAY(BigInteger)),
        )
        .table_valued(column("shape", LargeBinary), column("cell", Text), column("value", BigInteger))
        .render_derived()
    )
    rows = select(
        clipped(func.ST_GeomFromWKB(given.c.shape, literal(3857, Integer))), given.c.cell, given.c.value
    ).subquery("_rows")
    tile = func.ST_AsMVT(rows.table_valued(), text_literal(HEXAGONS), EXTENT, text_literal(GEOMETRY), type_=LargeBinary)
    return select(tile.label("tile")).where(rows.c[GEOMETRY].is_not(None))
