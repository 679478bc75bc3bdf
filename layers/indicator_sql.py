# SPDX-License-Identifier: Apache-2.0
"""Every statement that reads indicators, as pure builders. Units are those of published versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.sql.selectable import LateralFromClause

from boundaries.tables import unit, unit_set_version
from geo.db.functions import as_geojson, boxes_meet, envelope, text_literal
from layers.indicator_query import IndicatorQuery
from layers.metric_tables import indicator_value, indicator_value_history
from layers.periods import Period
from layers.spec import LayerSpec

_COLUMNS = ("id", "source", "unit_set", "unit_code", "valid_from", "valid_to", "value", "estimated", "revision")
_v, _h = indicator_value.c, indicator_value_history.c
_u, _s = unit.c, unit_set_version.c
_PUBLISHED = _s.status == text_literal("published")


def believed(spec: LayerSpec, as_of: datetime | None) -> Subquery:
    """The indicator's values as they are believed now, or were at a moment."""
    now = select(*(_v[name] for name in _COLUMNS), _v.recorded_at).where(_v.indicator == text_literal(spec.id))
    if as_of is None:
        return now.subquery("believed")
    then = literal(as_of, DateTime(timezone=True))
    before = select(*(_h[name] for name in _COLUMNS), _h.known_from).where(
        _h.indicator == text_literal(spec.id), _h.known_from <= then, _h.known_to > then
    )
    return union_all(now.where(_v.recorded_at <= then), before).subquery("believed")


def is_visible(area: tuple[int, ...] | None) -> ColumnElement[bool]:
    """The unit lies in the reader's area."""
    return true() if area is None else _u.id == func.any(literal(list(area), ARRAY(BigInteger)))


def best_of(values: Subquery, unit_set: Any, asked: Period, *, exactly: bool = False) -> LateralFromClause:
    """For each unit the one value that stands for the days asked for.

    What has a value comes before what has none, then the very period asked for, then the latest, then the shortest;
    of several sources, what is not estimated, then what was recorded last.
    """
    v = values.c
    start, end = literal(asked.start, Date), literal(asked.end, Date)
    is_it = and_(v.valid_from == start, v.valid_to == end)
    return (
        select(values, func.period_name(v.valid_from, v.valid_to).label("period"))
        .where(
            v.unit_set == unit_set,
            v.unit_code == _u.code,
            is_it if exactly else and_(v.valid_from < end, v.valid_to > start),
        )
        .order_by(
            v.value.is_(None), is_it.desc(), v.valid_from.desc(), v.valid_to, v.estimated, v.recorded_at.desc(), v.id
        )
        .limit(1)
        .correlate(unit)
        .lateral("best")
    )


def select_values_by_unit(spec: LayerSpec, query: IndicatorQuery, unit_set: str, asked: Period | None) -> Select[Any]:
    """Every unit of a set with its value; without one where there is none."""
    of_set = literal(unit_set, Text)
    columns = (_u.code, _u.name, _u.full_name, _u.type)
    units = select(*columns).join(unit_set_version, _s.id == _u.version)
    where = (_PUBLISHED, _s.unit_set == of_set, is_visible(query.area))
    if asked is None:
        return units.where(*where).order_by(_u.code)
    best = best_of(believed(spec, query.as_of), of_set, asked, exactly=query.period is not None)
    return (
        select(
            *columns, *(best.c[name] for name in ("value", "estimated", "source", "revision", "recorded_at", "period"))
        )
        .select_from(unit.join(unit_set_version, _s.id == _u.version).join(best, true(), isouter=True))
        .where(*where)
        .order_by(_u.code)
    )


def select_periods(spec: LayerSpec, query: IndicatorQuery, unit_set: str) -> Select[Any]:
    """The periods for which any visible unit of the set has a value, the newest first, the shortest of these first."""
    values = believed(spec, query.as_of)
    v = values.c
    return (
        select(v.valid_from, v.valid_to)
        .distinct()
        .select_from(_with_units(values))
        .where(_PUBLISHED, v.unit_set == literal(unit_set, Text), v.value.is_not(None), is_visible(query.area))
        .order_by(v.valid_from.desc(), v.valid_to)
        .limit(literal(1000, Integer))
    )


def select_series(spec: LayerSpec, query: IndicatorQuery, unit_set: str, code: str) -> Select[Any]:
    """One unit's values, one for each period, in the order of time."""
    values = believed(spec, query.as_of)
    v = values.c
    one = (
        select(values, func.period_name(v.valid_from, v.valid_to).label("period"))
        .ext(distinct_on(v.valid_from, v.valid_to))
        .where(v.unit_set == literal(unit_set, Text), v.unit_code == literal(code, Text), *_selected(values, query))
        .order_by(v.valid_from, v.valid_to, v.value.is_(None), v.estimated, v.recorded_at.desc(), v.id)
    )
    return one.limit(literal(query.limit + 1, Integer))


def select_unit(unit_set: str, code: str, area: tuple[int, ...] | None) -> Select[Any]:
    """One visible unit of a set's published version."""
    return (
        select(_u.code, _u.name, _u.full_name, _u.type)
        .join(unit_set_version, _s.id == _u.version)
        .where(_PUBLISHED, _s.unit_set == literal(unit_set, Text), _u.code == literal(code, Text), is_visible(area))
    )


def select_value_page(spec: LayerSpec, query: IndicatorQuery) -> Select[Any, Any]:
    """One page of values as features with their unit's shape, and one row more that tells of another page."""
    values = believed(spec, query.as_of)
    v = values.c
    statement = (
        select(v.id, _value_json(values).label("json"))
        .select_from(_with_units(values))
        .where(_PUBLISHED, is_visible(query.area), *_selected(values, query))
    )
    if query.unit_set is not None:
        statement = statement.where(v.unit_set == literal(query.unit_set, Text))
    if query.bbox is not None:
        boxes = [envelope(half) for half in query.bbox.split()]
        statement = statement.where(
            or_(*(and_(boxes_meet(_u.geom, box), func.ST_Intersects(_u.geom, box)) for box in boxes))
        )
    if query.after is not None:
        statement = statement.where(v.id > literal(query.after.id, BigInteger))
    return statement.order_by(v.id).limit(literal(query.limit + 1, Integer))


def select_one_value(spec: LayerSpec, value_id: int, query: IndicatorQuery) -> Select[Any]:
    """One value as a feature."""
    values = believed(spec, query.as_of)
    return (
        select(_value_json(values).label("json"))
        .select_from(_with_units(values))
        .where(_PUBLISHED, is_visible(query.area), values.c.id == literal(value_id, BigInteger))
    )


def select_value_statistics(spec: LayerSpec, area: tuple[int, ...] | None) -> Select[Any, Any, Any, Any]:
    """How many values there are, of when, and the newest arrival."""
    values = believed(spec, None)
    v = values.c
    return (
        select(
            func.count(v.value).label("count"),
            func.max(v.recorded_at).label("latest"),
            func.min(v.valid_from).label("time_from"),
            func.max(v.valid_to).label("time_to"),
        )
        .select_from(_with_units(values))
        .where(_PUBLISHED, is_visible(area))
    )


def _with_units(values: Subquery) -> Any:
    v = values.c
    return values.join(unit_set_version, _s.unit_set == v.unit_set).join(
        unit, and_(_u.version == _s.id, _u.code == v.unit_code)
    )


def _selected(values: Subquery, query: IndicatorQuery) -> list[ColumnElement[bool]]:
    v = values.c
    found: list[ColumnElement[bool]] = []
    if query.period is not None:
        found += [v.valid_from == literal(query.period.start, Date), v.valid_to == literal(query.period.end, Date)]
    if query.during is not None:
        found += [v.valid_from < literal(query.during.end, Date), v.valid_to > literal(query.during.start, Date)]
    if query.code is not None:
        found.append(v.unit_code == literal(query.code, Text))
    if query.estimated is not None:
        found.append(v.estimated == literal(query.estimated, Boolean))
    if query.source is not None:
        found.append(v.source == literal(query.source, Text))
    return found


def _value_json(values: Subquery) -> ColumnElement[str]:
    v = values.c
    pairs: dict[str, Any] = {
        "code": v.unit_code,
        "name": _u.full_name,
        "period": func.period_name(v.valid_from, v.valid_to),
        "value": v.value,
        "estimated": v.estimated,
        "type": _u.type,
        "unit_set": v.unit_set,
        "valid_from": v.valid_from,
        "valid_to": v.valid_to,
        "source": v.source,
        "revision": v.revision,
        "recorded_at": v.recorded_at,
    }
    return func.concat(
        text_literal('{"type":"Feature","id":'),
        v.id,
        text_literal(',"geometry":'),
        as_geojson(_u.geom),
        text_literal(',"properties":'),
        func.json_build_object(*(part for name, value in pairs.items() for part in (text_literal(name), value))),
        text_literal("}"),
    )
