# SPDX-License-Identifier: Apache-2.0
"""Tiles of layers that fold: one statement counts, decides, and makes the tile. Pure; ``z``, ``x``, ``y`` are bound.

A tile is 64 by 64 cells and one row of cells around it (the buffer of 64 in 4096). Below ``fold_below`` its points
travel by cell; from that zoom on each travels for itself, unless the tile would be too heavy. A cell has its points'
middle, their ``count``, how many of them are still ``open`` if not all, and the worst choice of the open ones. A point
that lies alone in its cell keeps its id and, while the tile has room, its fields.

The counts of a whole layer come from the cells that the database keeps (``tiles.cells_sql``), those of a selection from
its points. Both give the same bytes.
"""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.tables import unit
from geo.db.functions import boxes_meet, text_literal
from layers.filters import FeatureQuery
from layers.folds import FINEST, GRID
from layers.spec import LayerSpec
from layers.tables import feature
from layers.where_sql import conditions, is_layer, property_value
from tiles.cells_sql import CELLS_LOG2, X, Y, Z, cells_of_points, kept_cells, kept_count
from tiles.extent import BUFFER, EXTENT
from tiles.parts_sql import GEOMETRY, clipped, number, square

# With more points the kept cells answer also where they are coarser than a tile's own.
MAX_READ = 4_000
# A tile of points that travel for themselves has at most so many, and is guessed to be at most so heavy.
MAX_EACH, MAX_BYTES = 1_500, 90_000
# Bytes of a cell in a tile, of a point beside its texts, of a value that many features share; and what the fields of a
# point weigh at least.
_CELL_BYTES, _POINT_BYTES, _VALUE_BYTES, _LONE_BYTES = 20, 26, 3, 40
# Boxes of the index are rounded to single precision.
_SLACK_M = 10
_f = feature.c


def folded_rows(spec: LayerSpec, query: FeatureQuery) -> Subquery:
    """The rows of a tile of a layer that folds, each with ``id`` and the geometry in tile units."""
    assert spec.fold_below is not None
    by_kept = _by_kept(spec) if query.is_everything else false()
    points = _points(spec, query, ~by_kept)
    found = [cells_of_points(points)]
    if query.is_everything:
        found.append(kept_cells(spec.id, _ranks(spec), by_kept))
    many = select(func.count()).select_from(points).scalar_subquery()
    few = and_(number(spec.fold_below) <= Z, ~by_kept, many <= number(MAX_EACH))
    each = _each(spec, query, few)
    weight = select(func.coalesce(func.sum(each.c["_bytes"]), number(0))).scalar_subquery()
    fits = and_(few, weight <= number(MAX_BYTES))
    cells = union_all(*found).cte("_cells")
    return union_all(_each_rows(spec, each, fits), _cell_rows(spec, cells, ~fits)).subquery("_rows")


def _by_kept(spec: LayerSpec) -> ColumnElement[bool]:
    """Whether the kept cells of the layer answer: they are as fine as the tile's own, or there are too many points."""
    exact = FINEST - CELLS_LOG2
    always = number(min(spec.fold_below or 0, exact + 1)) > Z
    dense = kept_count(spec.id) > case((number(exact) >= Z, number(MAX_EACH)), else_=number(MAX_READ))
    # Asked in several places, found once.
    choice = select(case((always, true()), else_=dense).label("by_kept")).cte("_choice")
    return select(choice.c.by_kept).scalar_subquery()


def _points(spec: LayerSpec, query: FeatureQuery, wanted: ColumnElement[bool]) -> CTE:
    """Places and ranks of the points in the tile, unless kept cells answer."""
    rank = func.fold_rank(text_literal(spec.id), _f.kind, _f.severity, _f.status, _f.properties, type_=Integer)
    point = func.GeometryType(_f.geom_3857) == text_literal("POINT")
    return (
        select(
            _f.id,
            func.fold_x(_f.geom_3857, type_=Integer).label("gx"),
            func.fold_y(_f.geom_3857, type_=Integer).label("gy"),
            rank.label("rank"),
        )
        .where(wanted, *_selected(spec, query), point)
        .cte("_points")
    )


def _selected(spec: LayerSpec, query: FeatureQuery) -> list[ColumnElement[bool]]:
    """What is asked for, in the tile; of an area only around the area, which may be a small part of the tile."""
    found = [*conditions(spec, query), boxes_meet(_f.geom_3857, square(BUFFER))]
    if query.area is not None:
        extent = func.ST_SetSRID(cast(func.ST_Extent(unit.c.geom), Geometry), number(4326))
        around = func.ST_Expand(func.ST_Transform(extent, number(3857)), number(_SLACK_M))
        of_area = unit.c.id == func.any(literal(list(query.area), ARRAY(BigInteger)))
        found.append(boxes_meet(_f.geom_3857, select(around).where(of_area).scalar_subquery()))
    return found


def _each(spec: LayerSpec, query: FeatureQuery, few: ColumnElement[bool]) -> CTE:
    """The features themselves, where there are not too many."""
    return (
        select(_f.id, clipped(_f.geom_3857), *_fields(spec), _bytes(spec))
        .where(
            few,
            *_selected(spec, query),
        )
        # No more are wanted, and PostgreSQL is to know it.
        .limit(number(MAX_EACH))
        .cte("_each")
    )


def _ranks(spec: LayerSpec) -> int:
    return 1 if spec.rank_field is None else len(spec.rank_field.choices) + 1


def _each_rows(spec: LayerSpec, each: CTE, fits: ColumnElement[bool]) -> Any:
    names = [field.name for field in spec.tile_fields]
    return (
        select(
            each.c.id,
            each.c[GEOMETRY],
            cast(null(), BigInteger).label("count"),
            *([cast(null(), BigInteger).label("open")] if spec.fading_fields else []),
            *(each.c[name] for name in names),
        )
        .where(fits)
        .order_by(each.c.id)
    )


def _cell_rows(spec: LayerSpec, cells: CTE, wanted: ColumnElement[bool]) -> Any:
    """Cells in tile units; who lies alone has the fields, if all who do so fit."""
    lone = _lone(spec, cells)
    room = select(
        func.coalesce(func.sum(lone.c["_bytes"]), number(0))
        + number(_CELL_BYTES) * select(func.count()).select_from(cells).scalar_subquery()
        <= number(MAX_BYTES)
    ).scalar_subquery()
    side = number(1).op("<<", return_type=BigInteger())(number(GRID) - Z)
    alone = cells.c.n == number(1)
    known = lone.c.id.is_not(None)
    open_ = case((known, null()), else_=func.nullif(cells.c.open, cells.c.n))
    return (
        select(
            case((alone, cells.c.ids)).label("id"),
            func.ST_MakePoint(_in_tile(cells, "x", X, side), _in_tile(cells, "y", Y, side)).label(GEOMETRY),
            func.nullif(cells.c.n, number(1)).label("count"),
            *([open_.label("open")] if spec.fading_fields else []),
            *(_of_cell(spec, field.name, cells, lone).label(field.name) for field in spec.tile_fields),
        )
        .select_from(cells.outerjoin(lone, and_(lone.c.id == cells.c.ids, alone, room)))
        .where(wanted)
        .order_by(cells.c.y, cells.c.x)
    )


def _lone(spec: LayerSpec, cells: CTE) -> CTE:
    alone = select(func.array_agg(cells.c.ids)).where(cells.c.n == number(1)).scalar_subquery()
    least = number(_CELL_BYTES) * func.count() + number(_LONE_BYTES) * func.count().filter(cells.c.n == number(1))
    few = select(least <= number(MAX_BYTES)).select_from(cells).scalar_subquery()
    return (
        select(_f.id, *_fields(spec), _bytes(spec))
        .where(is_layer(_f.layer, spec), few, _f.id == func.any(cast(alone, ARRAY(BigInteger))))
        .cte("_lone")
    )


def _of_cell(spec: LayerSpec, name: str, cells: CTE, lone: CTE) -> ColumnElement[Any]:
    """A field of the lone point; the colouring field also of a cell: the worst choice that is still open."""
    field = spec.rank_field
    if field is None or field.name != name:
        return lone.c[name]
    worst = case(
        *((cells.c.worst == number(rank), text_literal(choice.value)) for rank, choice in enumerate(field.choices, 2))
    )
    return case((lone.c.id.is_not(None), lone.c[name]), else_=worst)


def _in_tile(cells: CTE, axis: str, of_tile: Any, side: ColumnElement[int]) -> ColumnElement[float]:
    middle = cast(cells.c[f"sum_{axis}"], Float) / cells.c.n + 0.5
    return func.round((middle - of_tile * side) * (number(EXTENT) / cast(side, Float)), type_=Float)


def _fields(spec: LayerSpec) -> list[ColumnElement[Any]]:
    return [property_value(field).label(field.name) for field in spec.tile_fields]


def _bytes(spec: LayerSpec) -> ColumnElement[int]:
    """What a feature is guessed to weigh in a tile. Choices repeat, and a tile has each value once."""
    texts = [property_value(field) for field in spec.tile_fields if field.type in ("string", "datetime")]
    fixed = _POINT_BYTES + 2 * _VALUE_BYTES * len(spec.tile_fields)
    weight: ColumnElement[int] = number(fixed)
    for text in texts:
        weight = weight + func.coalesce(func.octet_length(text), number(0))
    return weight.label("_bytes")
