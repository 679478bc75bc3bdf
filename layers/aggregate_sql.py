# SPDX-License-Identifier: Apache-2.0
"""Counts by H3 cell and by administrative unit, as pure builders on the conditions of ``layers.where_sql``."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Subquery,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from boundaries.tables import unit, unit_set, unit_set_version
from geo.db.functions import cell_parent, text_literal
from layers.filters import FeatureQuery
from layers.spec import FieldSpec, LayerSpec
from layers.tables import feature, feature_unit
from layers.where_sql import conditions, is_layer, property_value

LOCAL_ZONE = "Asia/Ho_Chi_Minh"  # laws change units at local midnight
_f = feature.c


def select_cells(spec: LayerSpec, query: FeatureQuery, resolution: int) -> Select[Any]:
    """Counts by H3 cell, and in one more row each (cell null) what has no cell: one statement, one snapshot."""
    parent = cell_parent(_f.h3, resolution)
    cells = (
        select(text_literal("cell").label("kind"), parent.label("cell"), func.count().label("value"))
        .where(*conditions(spec, query), _f.h3.is_not(None))
        .group_by(parent)
    )
    without: dict[str, tuple[list[ColumnElement[bool]], bool]] = {
        "unlocated": ([_f.geom.is_(None), _f.location_unit.is_(None)], False),
        "unit_only": ([_f.geom.is_(None), _f.location_unit.is_not(None)], False),
        "without_cell": ([_f.geom.is_not(None), _f.h3.is_(None)], True),
    }
    others = [
        select(text_literal(kind), cast(null(), BigInteger), func.count()).where(
            *conditions(spec, query, with_bbox=with_bbox), *rules
        )
        for kind, (rules, with_bbox) in without.items()
    ]
    counted = union_all(cells, *others).subquery("counted")
    return select(counted).order_by(counted.c.cell)


def select_values_by_unit(
    spec: LayerSpec, query: FeatureQuery, group_by: FieldSpec | None = None, now: datetime | None = None
) -> Select[Any]:
    """Counts by administrative unit, each row with the whole: total, unlocated, outside.

    ``unit_only`` of a unit are those of its value that have no coordinates: known to the unit and no nearer.

    With ``query.unit_set``, the units of that generation, also those with nothing in them. Without it, each feature
    counts in the units whose set was valid at its own time (if it has none, at ``query.as_of``, else ``now``, else the
    database's now), by the date in Vietnam. A feature without coordinates and without a unit of the choice is
    unlocated; one with coordinates but no unit is outside.
    With ``group_by``, ``groups`` of each unit and ``all_groups`` of the whole say how many have which value.
    """
    tally = _tally(spec, query, group_by, query.as_of or now)
    counted = _count_in_units(tally)
    every_unit = query.unit_set is not None
    by_unit = (
        select(
            unit_set_version.c.unit_set.label("set"),
            unit.c.code,
            unit.c.name,
            unit.c.type,
            func.coalesce(counted.c.value, 0).label("value"),
            func.coalesce(counted.c.unit_only, 0).label("unit_only"),
            counted.c.groups,
        )
        .join_from(unit, unit_set_version, unit_set_version.c.id == unit.c.version)
        .join(counted, counted.c.unit == unit.c.id, isouter=every_unit)
        .where(unit_set_version.c.status == text_literal("published"))
    )
    if every_unit:
        by_unit = by_unit.where(unit_set_version.c.unit_set == literal(query.unit_set, Text))
    listed = by_unit.subquery("by_unit")
    # A feature without a unit is in the tally once; one in several units counts once in the total.
    nowhere = tally.c.unit.is_(None)
    selected = select(func.count()).where(*conditions(spec, query)).scalar_subquery()
    whole = select(
        selected.label("total"),
        _sum_of(tally.c.value, nowhere, tally.c.no_place).label("unlocated"),
        _sum_of(tally.c.value, nowhere, ~tally.c.no_place).label("outside"),
        _groups_of_all(spec, query, group_by).label("all_groups"),
    ).subquery("whole")
    return select(whole, listed).join_from(whole, listed, true(), isouter=True).order_by(listed.c.set, listed.c.code)


def _count_in_units(tally: CTE) -> Subquery:
    """Per unit how many, how many of them are known to be there but not where, and how many of each group."""
    each = (
        select(
            tally.c.unit,
            tally.c.group,
            func.sum(tally.c.value).label("value"),
            _sum_of(tally.c.value, tally.c.no_place).label("unit_only"),
        )
        .group_by(tally.c.unit, tally.c.group)
        .subquery("each")
    )
    return (
        select(
            each.c.unit,
            cast(func.sum(each.c.value), BigInteger).label("value"),
            cast(func.sum(each.c.unit_only), BigInteger).label("unit_only"),
            _object_of(each).label("groups"),
        )
        .group_by(each.c.unit)
        .subquery("counted")
    )


def _sum_of(value: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(value).filter(*where), 0), BigInteger)


def _groups_of_all(spec: LayerSpec, query: FeatureQuery, group_by: FieldSpec | None) -> ColumnElement[Any]:
    if group_by is None:
        return null()
    value = property_value(group_by)
    each = (
        select(value.label("group"), func.count().label("value"))
        .where(*conditions(spec, query))
        .group_by(value)
        .subquery("all_each")
    )
    return select(_object_of(each)).scalar_subquery()


def _object_of(each: Subquery) -> ColumnElement[Any]:
    return func.jsonb_object_agg(each.c.group, each.c.value).filter(each.c.group.is_not(None))


def _tally(spec: LayerSpec, query: FeatureQuery, group_by: FieldSpec | None, now: datetime | None) -> CTE:
    """How many selected features are in each unit of the choice (null: in none), with a place or without, by group.

    Counted in one pass: what is read again and again afterwards is as small as the units are few.
    """
    group = cast(null(), Text) if group_by is None else property_value(group_by)
    versions = (
        select(unit_set_version.c.id, _midnight(unit_set.c.valid_from), _midnight(unit_set.c.valid_to))
        .join(unit_set, unit_set.c.id == unit_set_version.c.unit_set)
        .where(unit_set_version.c.status == text_literal("published"))
    )
    if query.unit_set is not None:
        versions = versions.where(unit_set.c.id == literal(query.unit_set, Text))
    era = versions.subquery("era")
    place = (
        select(feature_unit.c.feature, feature_unit.c.unit, era.c.valid_from, era.c.valid_to)
        .join(era, era.c.id == feature_unit.c.version)
        .where(is_layer(feature_unit.c.layer, spec))
        .subquery("place")
    )
    belongs: ColumnElement[bool] = place.c.feature == _f.id
    if query.unit_set is None:
        moment = func.coalesce(_f.valid_from, func.now() if now is None else literal(now, DateTime(timezone=True)))
        belongs = and_(
            belongs, place.c.valid_from <= moment, or_(place.c.valid_to.is_(None), moment < place.c.valid_to)
        )
    no_place = _f.geom.is_(None)
    return (
        select(no_place.label("no_place"), place.c.unit, group.label("group"), func.count().label("value"))
        .select_from(feature.outerjoin(place, belongs))
        .where(*conditions(spec, query))
        .group_by(no_place, place.c.unit, group)
        .cte("tally")
    )


def _midnight(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """When a date begins in Vietnam; the column keeps its name."""
    return func.timezone(text_literal(LOCAL_ZONE), cast(day, DateTime)).label(day.key)
