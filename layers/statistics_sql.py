# SPDX-License-Identifier: Apache-2.0
"""What a layer holds, as pure builders: from what its writers keep, and counted for readers with an area."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, literal_column, or_, select

from geo.db.functions import text_literal
from layers.spec import LayerSpec
from layers.tables import feature, feature_tally
from layers.where_sql import in_area, is_layer

_f, _t = feature.c, feature_tally.c
_SIDES = {
    "xmin": ("ST_XMin", "LINESTRING(-180 -90, -180 90)"),
    "ymin": ("ST_YMin", "LINESTRING(-180 -90, 180 -90)"),
    "xmax": ("ST_XMax", "LINESTRING(180 -90, 180 90)"),
    "ymax": ("ST_YMax", "LINESTRING(-180 90, 180 90)"),
}


def select_kept_statistics(spec: LayerSpec) -> Select[Any]:
    """One layer for those who see everywhere, by a few looks into indexes however many features it has.

    Counts are sums of what writers left (migration l007); ``latest`` is when something last arrived, also if that was
    withdrawn since. The box is exact: each side is the feature that is nearest to that side of the world.
    """
    count = func.coalesce(func.sum(_t.n), literal_column("0"))
    first, last, end = (
        select(value).where(is_layer(_f.layer, spec), *more).scalar_subquery()
        for value, more in (
            (func.min(_f.valid_from), ()),
            (func.max(_f.valid_from), ()),
            (func.max(_f.valid_to), (_f.valid_to.is_not(None),)),
        )
    )
    columns: list[ColumnElement[Any]] = [
        cast(count, BigInteger).label("count"),
        *(
            cast(func.coalesce(func.sum(_t[name]), literal_column("0")), BigInteger).label(name)
            for name in ("unlocated", "unit_only")
        ),
        case((count > literal_column("0"), func.max(_t.latest))).label("latest"),
        first.label("time_from"),
        func.greatest(last, end).label("time_to"),
        *(_outermost(spec, measure, side).label(name) for name, (measure, side) in _SIDES.items()),
    ]
    return select(*columns).where(is_layer(_t.layer, spec))


def select_counted_statistics(specs: Sequence[LayerSpec], area: tuple[int, ...]) -> Select[Any]:
    """Per layer, of what lies in an area: the same, counted."""
    known = [text_literal(spec.id) for spec in specs]
    no_place = _f.geom.is_(None)
    box = func.ST_Extent(_f.geom)
    return (
        select(
            _f.layer,
            func.count().label("count"),
            func.count().filter(no_place, _f.location_unit.is_(None)).label("unlocated"),
            func.count().filter(no_place, _f.location_unit.is_not(None)).label("unit_only"),
            func.max(_f.recorded_at).label("latest"),
            func.min(_f.valid_from).label("time_from"),
            func.max(func.greatest(_f.valid_from, _f.valid_to)).label("time_to"),
            *(getattr(func, measure)(box).label(name) for name, (measure, _) in _SIDES.items()),
        )
        .where(_f.layer.in_(known), or_(*(and_(is_layer(_f.layer, spec), *in_area(spec, area)) for spec in specs)))
        .group_by(_f.layer)
    )


def _outermost(spec: LayerSpec, measure: str, side: str) -> ColumnElement[Any]:
    line = func.ST_GeomFromText(text_literal(side), literal_column("4326"))
    return (
        select(getattr(func, measure)(_f.geom))
        .where(is_layer(_f.layer, spec), _f.geom.is_not(None))
        .order_by(_f.geom.op("<->")(line))
        .limit(literal_column("1"))
        .scalar_subquery()
    )
