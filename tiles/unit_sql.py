# SPDX-License-Identifier: Apache-2.0
"""The statement that makes a tile of units, as a pure builder; ``z``, ``x``, ``y`` are bound."""

from typing import Any, Literal, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.sql.selectable import LateralFromClause

from boundaries.tables import unit, unit_set, unit_set_version, unit_tile
from geo.db.functions import text_literal
from layers.spec import LayerSpec
from layers.units_sql import unit_field, valid_on
from tiles.extent import EXTENT
from tiles.parts_sql import GEOMETRY, clipped, number
from tiles.tilejson import UNIT_LABELS

UnitChoice: TypeAlias = Literal["today", "set", "version"]
_LABEL = "_label"
_u, _t, _v = unit.c, unit_tile.c, unit_set_version.c


def select_unit_tile(spec: LayerSpec, chosen: UnitChoice) -> Select[Any]:
    """Units as shapes, and their label points as a second layer.

    The units are those of the sets valid on ``today``, of one ``set``, or of one ``version``, also a superseded one.

    Shapes and points were cut when the version was published (migration b003); below the last ready zoom a tile is cut
    from the pieces of the ready tile that it lies in. So one look into one index finds what both layers need.
    """
    names = [field.name for field in spec.tile_fields]
    zoom, x, y = (bindparam(name, type_=Integer) for name in "zxy")
    # How far a tile lies below the last one that is ready; the pieces are one level below that.
    below = func.greatest(zoom - _v.ready_zoom, number(0))
    rows = (
        select(
            _u.id,
            case((zoom > _v.ready_zoom, clipped(_t.shape).element), else_=_t.shape).label(GEOMETRY),
            case((zoom > _v.ready_zoom, clipped(_u.label_3857).element), else_=_t.label).label(_LABEL),
            _v.unit_set,
            _u.area_m2,
            *(unit_field(field).label(field.name) for field in spec.tile_fields),
        )
        .select_from(
            _versions(chosen)
            .join(
                unit_tile,
                and_(
                    _t.version == _v.id,
                    _t.z == func.least(zoom, _v.ready_zoom + number(1)),
                    _t.x == x.op(">>")(below),
                    _t.y == y.op(">>")(below),
                ),
            )
            .join(unit, _u.id == _t.unit)
        )
        .where(_is_chosen(chosen))
        .order_by(_u.id)
        .subquery("_rows")
    )
    shapes = _only(rows, "_shapes", ["id", GEOMETRY, "unit_set", *names])
    labels = _only(rows, "_labels", ["id", _LABEL, "unit_set", "area_m2", *names])
    both = _layer(shapes, GEOMETRY, spec.id).op("||")(_layer(labels, _LABEL, UNIT_LABELS))
    return select(both.label("tile")).select_from(rows.join(shapes, true()).join(labels, true()))


def _versions(chosen: UnitChoice) -> Any:
    if chosen == "today":
        return unit_set_version.join(unit_set, unit_set.c.id == _v.unit_set)
    return unit_set_version


def _is_chosen(chosen: UnitChoice) -> ColumnElement[bool]:
    published = _v.status == text_literal("published")
    match chosen:
        case "set":
            return and_(_v.unit_set == bindparam("set", type_=Text), published)
        case "version":
            return _v.id == bindparam("version", type_=BigInteger)
        case _:
            return and_(valid_on(bindparam("today", type_=Date)), published)


def _only(rows: Subquery, name: str, fields: list[str]) -> LateralFromClause:
    """These fields of a row: what of a row is in a tile is all that its record has."""
    return select(*(rows.c[field] for field in fields)).correlate(rows).lateral(name)


def _layer(rows: LateralFromClause, geometry: str, name: str) -> ColumnElement[bytes]:
    words = (text_literal(name), number(EXTENT), text_literal(geometry), text_literal("id"))
    tile = func.ST_AsMVT(rows.table_valued(), *words, type_=LargeBinary)
    return func.coalesce(tile.filter(rows.c[geometry].is_not(None)), literal_column("''::bytea", LargeBinary))
