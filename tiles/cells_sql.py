# SPDX-License-Identifier: Apache-2.0
"""Counts by cell inside a tile, from its points or from the cells that the database keeps (see migration l005).

Both have a row for each cell: ``y``, ``x``, how many points (``n``) and how many of them still matter (``open``), the
rank of the ``worst`` of those, the sums of their places, and the exclusive or of their ids.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    SmallInteger,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
    union_all,
)

from geo.db.functions import text_literal
from layers.folds import FINEST, GRID, LEVELS
from layers.tables import feature_fold, feature_fold_delta
from tiles.parts_sql import number

# A tile has 64 cells along its side: 8 pixels of 512 each, and the buffer is one cell.
CELLS_LOG2 = 6
Z, X, Y = (bindparam(name, type_=Integer) for name in "zxy")
_kept, _delta = feature_fold.c, feature_fold_delta.c


def cells_of_points(points: CTE) -> Select[Any]:
    """The cells of points (``id``, ``gx``, ``gy``, ``rank``), by counting them."""
    own = Z + number(CELLS_LOG2)
    y, x = (_right(place, number(GRID) - own) for place in (points.c.gy, points.c.gx))
    # The index compares boxes in single precision; the cells are exact.
    inside = and_(*(cell.between(*_edges(of, own)) for cell, of in ((y, Y), (x, X))))
    counted = select(y.label("y"), x.label("x"), points).where(inside).subquery("_counted")
    ranked = counted.c.rank > number(0)
    return select(
        counted.c.y,
        counted.c.x,
        func.count().label("n"),
        func.count().filter(ranked).label("open"),
        func.max(counted.c.rank).label("worst"),
        cast(func.sum(counted.c.gx), BigInteger).label("sum_x"),
        cast(func.sum(counted.c.gy), BigInteger).label("sum_y"),
        func.bit_xor(counted.c.id).label("ids"),
    ).group_by(counted.c.y, counted.c.x)


def kept_cells(layer: str, ranks: int, asked: ColumnElement[bool]) -> Select[Any]:
    """The cells of a whole layer: what is settled, and the differences since.

    Args:
        layer: the layer's id.
        ranks: how many ranks of points that still matter the layer has.
        asked: whether they are wanted; without it nothing is read.
    """
    own = func.least(Z + number(CELLS_LOG2), number(FINEST), type_=Integer)
    every = union_all(_settled(layer, ranks, own, asked), _since(layer, ranks, own, asked)).subquery("_every")
    by_rank = [func.sum(every.c[f"n{rank}"]) for rank in range(1, ranks + 1)]
    is_open: Any = by_rank[0]
    for more in by_rank[1:]:
        is_open = is_open + more
    worst = case(*((by_rank[rank - 1] > number(0), number(rank)) for rank in range(ranks, 0, -1)), else_=number(0))
    return (
        select(
            every.c.y,
            every.c.x,
            cast(func.sum(every.c.n), BigInteger).label("n"),
            cast(is_open, BigInteger).label("open"),
            worst.label("worst"),
            cast(func.sum(every.c.sum_x), BigInteger).label("sum_x"),
            cast(func.sum(every.c.sum_y), BigInteger).label("sum_y"),
            func.bit_xor(every.c.ids).label("ids"),
        )
        .group_by(every.c.y, every.c.x)
        .having(func.sum(every.c.n) > number(0))
    )


def kept_count(layer: str) -> ColumnElement[int]:
    """How many points of a layer the tile has, without its buffer."""
    asked = number(FINEST) >= Z
    both = union_all(_settled(layer, 0, Z, asked), _since(layer, 0, Z, asked)).subquery("_both")
    return select(func.coalesce(func.sum(both.c.n), number(0))).scalar_subquery()


def _settled(layer: str, ranks: int, own: ColumnElement[int], asked: ColumnElement[bool]) -> Select[Any]:
    """Row by row of cells, so that the index gives those in the tile and no others."""
    level = func.greatest(number(LEVELS[0]), own + _mod2(own), type_=Integer)
    finer = level - own
    top, bottom = _spread(_edges(Y, own), finer)
    left, right = _spread(_edges(X, own), finer)
    row = func.generate_series(top, bottom).table_valued("y").render_derived(name="_row")
    there = (
        select(_kept.y, _kept.x, _kept.n, *_ranks_of(_kept, ranks), _kept.sum_x, _kept.sum_y, _kept.ids)
        .where(
            _kept.layer == text_literal(layer),
            _kept.level == cast(level, SmallInteger),
            _kept.y == row.c.y,
            _kept.x.between(left, right),
        )
        # A fence: PostgreSQL is not to read all cells of the layer, whatever it believes of their number.
        .offset(literal_column("0"))
        .lateral("_there")
    )
    return (
        select(
            _right(there.c.y, finer).label("y"),
            _right(there.c.x, finer).label("x"),
            there.c.n,
            *_ranks_of(there.c, ranks),
            there.c.sum_x,
            there.c.sum_y,
            there.c.ids,
        )
        .select_from(row.join(there, true()))
        .where(asked)
    )


def _since(layer: str, ranks: int, own: ColumnElement[int], asked: ColumnElement[bool]) -> Select[Any]:
    finer = number(FINEST) - own
    return select(
        _right(_delta.y, finer).label("y"),
        _right(_delta.x, finer).label("x"),
        cast(_delta.n, BigInteger).label("n"),
        *(case((_delta.rank == number(rank), _delta.n), else_=number(0)).label(f"n{rank}") for rank in _to(ranks)),
        _delta.sum_x,
        _delta.sum_y,
        _delta.ids,
    ).where(
        asked,
        _delta.layer == text_literal(layer),
        _delta.y.between(*_spread(_edges(Y, own), finer)),
        _delta.x.between(*_spread(_edges(X, own), finer)),
    )


def _edges(of_tile: Any, level: ColumnElement[int]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """First and last cell of a level in the tile along one axis, with the row of cells around the tile.

    Coarser cells than the tile's own reach farther than the buffer: of those only the tile's.
    """
    finer = func.greatest(level - Z, number(0), type_=Integer)
    around = case((level == Z + number(CELLS_LOG2), number(1)), else_=number(0))
    return _left(of_tile, finer) - around, _left(of_tile + number(1), finer) - number(1) + around


def _spread(
    edges: tuple[ColumnElement[int], ColumnElement[int]], finer: ColumnElement[int]
) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The same edges so many levels further down."""
    return _left(edges[0], finer), _left(edges[1] + number(1), finer) - number(1)


def _ranks_of(columns: Any, ranks: int) -> list[ColumnElement[int]]:
    return [columns[f"n{rank}"] for rank in _to(ranks)]


def _to(ranks: int) -> range:
    return range(1, ranks + 1)


def _mod2(value: ColumnElement[int]) -> ColumnElement[int]:
    return value.op("&", return_type=Integer())(number(1))


def _left(value: ColumnElement[int], by: ColumnElement[int]) -> ColumnElement[int]:
    return value.op("<<", return_type=Integer())(by).self_group()


def _right(value: ColumnElement[int], by: ColumnElement[int]) -> ColumnElement[int]:
    return value.op(">>", return_type=Integer())(by).self_group()
