# SPDX-License-Identifier: Apache-2.0
"""Statements that make vector tiles (Mapbox Vector Tile 2.1), as pure builders; ``z``, ``x``, ``y`` are bound."""

from typing import Any, Literal, TypeAlias

from sqlalchemy import (
    BigInteger,
    Date,
    Float,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    Subquery,
    Text,
    and_,
    bindparam,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.tables import unit, unit_set, unit_set_version, unit_tile_geom
from geo.db.functions import boxes_meet, cell_parent, text_literal
from layers.filters import FeatureQuery
from layers.spec import LayerSpec
from layers.tables import feature
from layers.units_sql import unit_field, valid_on
from layers.where_sql import conditions, property_value
from tiles.extent import BUFFER, EXTENT
from tiles.fold_sql import folded_rows
from tiles.parts_sql import GEOMETRY, clipped, square, tile_of
from tiles.tilejson import UNIT_LABELS

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


UnitChoice: TypeAlias = Literal["today", "set", "version"]


def select_unit_tile(spec: LayerSpec, chosen: UnitChoice) -> Select[Any]:
    """Units as shapes, and their label points as a second layer.

    The units are those of the sets valid on ``today``, of one ``set``, or of one ``version``, also a superseded one.

    The shapes come ready for the zoom band ``band``, so that neighbours share one edge at every zoom.
    """
    published = unit_set_version.c.status == text_literal("published")
    match chosen:
        case "set":
            of_sets = and_(unit_set.c.id == bindparam("set", type_=Text), published)
        case "version":
            of_sets = unit_set_version.c.id == bindparam("version", type_=BigInteger)
        case _:
            of_sets = and_(valid_on(bindparam("today", type_=Date)), published)
    fields = [unit_field(field).label(field.name) for field in spec.tile_fields]
    sets = unit.join(unit_set_version, unit_set_version.c.id == unit.c.version).join(
        unit_set, unit_set.c.id == unit_set_version.c.unit_set
    )
    shapes = (
        select(unit.c.id, clipped(unit_tile_geom.c.geom_3857), unit_set.c.id.label("unit_set"), *fields)
        .select_from(sets.join(unit_tile_geom, unit_tile_geom.c.unit == unit.c.id))
        .where(
            of_sets,
            unit_tile_geom.c.version == unit.c.version,
            unit_tile_geom.c.band == bindparam("band", type_=SmallInteger),
            boxes_meet(unit_tile_geom.c.geom_3857, square(BUFFER)),
        )
        .order_by(unit.c.id)
        .subquery("_shapes")
    )
    point = unit.c.label_3857
    labels = (
        select(
            unit.c.id,
            clipped(point),
            unit_set.c.id.label("unit_set"),
            unit.c.area_m2.label("area_m2"),
            *fields,
        )
        .select_from(sets)
        .where(of_sets, boxes_meet(point, square(BUFFER)))
        .order_by(unit.c.id)
        .subquery("_labels")
    )
    both = (
        select(tile_of(shapes, spec.id))
        .scalar_subquery()
        .op("||")(select(tile_of(labels, UNIT_LABELS)).scalar_subquery())
    )
    return select(both.label("tile"))


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
