# SPDX-License-Identifier: Apache-2.0
"""Administrative units as a layer of their own: the same questions as features, on ``unit`` and its sets.

Which units: those of ``set``; else those valid during ``datetime``; else those of the sets valid today. Only published
versions are seen.
"""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from boundaries.tables import unit, unit_set, unit_set_version
from boundaries.validity import VALID_FROM, VALID_TO
from geo.db.functions import as_geojson, boxes_meet, envelope, text_literal
from geo.interval import Interval
from layers.cql2.sql import condition
from layers.cql2.tree import Kind, Property
from layers.filters import Equal, FeatureQuery
from layers.spec import FieldSpec, LayerSpec

# Laws change units at midnight in Vietnam, which has had one offset, without summer time, since 1975.
_VIETNAM = timezone(timedelta(hours=7))
_u, _v, _s = unit.c, unit_set_version.c, unit_set.c
_PUBLISHED = unit.join(unit_set_version, _v.id == _u.version).join(unit_set, _s.id == _v.unit_set)


def local_date(moment: datetime) -> date:
    """The date in Vietnam at a moment."""
    return moment.astimezone(_VIETNAM).date() if moment.year < 9999 else date.max


def day_end(moment: datetime) -> datetime:
    """When the date in Vietnam changes next."""
    return datetime.combine(local_date(moment) + timedelta(days=1), time.min, _VIETNAM)


def unit_field(field: FieldSpec) -> ColumnElement[Any]:
    """A field of the units layer as SQL."""
    if field.name == "area_km2":
        return cast(func.round(cast(_u.area_m2 / literal_column("1e6"), Numeric), literal_column("4")), Float)
    return unit.c[field.name]


def valid_on(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The set is the law on that day."""
    moment = literal(day, Date) if isinstance(day, date) else day
    return and_(_s.valid_from <= moment, or_(_s.valid_to.is_(None), moment < _s.valid_to))


def unit_conditions(spec: LayerSpec, query: FeatureQuery, today: date) -> list[ColumnElement[bool]]:
    """What a unit must fulfil to be selected."""
    found = [_v.status == text_literal("published"), *(_is_equal(equal) for equal in query.equals)]
    if query.unit_set is not None:
        found.append(_s.id == literal(query.unit_set, Text))
    if query.interval is not None:
        found += _valid_during(query.interval)
    elif query.unit_set is None:
        found.append(valid_on(today))
    if query.filter is not None:
        found.append(condition(query.filter, _filter_column))
    if query.bbox is not None:
        boxes = [envelope(half) for half in query.bbox.split()]
        found.append(or_(*(and_(boxes_meet(_u.geom, box), func.ST_Intersects(_u.geom, box)) for box in boxes)))
    return found


def _filter_column(known: Property) -> ColumnElement[Any]:
    """What a property of the units layer is, for a CQL2 filter."""
    if known.kind is Kind.GEOMETRY:
        return _u.geom
    common: dict[str, ColumnElement[Any]] = {
        "valid_from": cast(VALID_FROM, DateTime(timezone=True)),
        "valid_to": cast(VALID_TO, DateTime(timezone=True)),
        "recorded_at": _v.published_at,
        "area_km2": cast(_u.area_m2 / literal_column("1e6"), Float),
    }
    return common[known.name] if known.name in common else unit.c[known.name]


def select_unit_page(spec: LayerSpec, query: FeatureQuery, today: date) -> Select[Any]:
    """One page of units by their id, and one row more that tells whether there is another page."""
    statement = (
        select(_u.id, _unit_json(spec).label("json"))
        .select_from(_PUBLISHED)
        .where(*unit_conditions(spec, query, today))
    )
    if query.after is not None:
        statement = statement.where(_u.id > literal(query.after.id, BigInteger))
    return statement.order_by(_u.id).limit(literal(query.limit + 1, Integer))


def select_unit(spec: LayerSpec, set_id: str, code: str) -> Select[Any]:
    """One unit of the published version of a set."""
    return (
        select(_unit_json(spec).label("json"))
        .select_from(_PUBLISHED)
        .where(
            _v.status == text_literal("published"),
            _s.id == literal(set_id, Text),
            _u.code == literal(code, Text),
        )
    )


def _unit_json(spec: LayerSpec) -> ColumnElement[str]:
    pairs: list[tuple[str, ColumnElement[Any]]] = [(field.name, unit_field(field)) for field in spec.fields]
    pairs += [
        ("unit_set", _s.id),
        ("unit_id", _u.id),
        ("valid_from", VALID_FROM),
        ("valid_to", VALID_TO),
        ("recorded_at", _v.published_at),
        ("source", text_literal("boundaries")),
        ("approximate", _v.approximate),
    ]
    return func.concat(
        text_literal('{"type":"Feature","id":'),
        func.to_json(func.concat(_s.id, text_literal("."), _u.code)),
        text_literal(',"geometry":'),
        as_geojson(_u.geom),
        text_literal(',"properties":'),
        func.json_build_object(*(part for name, value in pairs for part in (text_literal(name), value))),
        text_literal("}"),
    )


def _is_equal(equal: Equal) -> ColumnElement[bool]:
    if equal.field is not None and equal.field.type in ("number", "integer"):
        return unit_field(equal.field) == literal(equal.value, Float)
    return unit.c[equal.name] == literal(equal.value, Text)


def _valid_during(interval: Interval) -> list[ColumnElement[bool]]:
    """The law's days of a unit and the interval overlap, by the date in Vietnam."""
    found: list[ColumnElement[bool]] = []
    if interval.end is not None:
        found.append(VALID_FROM <= literal(_last_day(interval.end, interval.is_instant), Date))
    if interval.start is not None:
        first = literal(local_date(interval.start), Date)
        found.append(or_(VALID_TO.is_(None), VALID_TO > first))
    return found


def _last_day(end: datetime, is_instant: bool) -> date:
    if is_instant:
        return local_date(end)
    if end.hour == end.minute == end.second == end.microsecond == 0:
        return end.date() - timedelta(days=1)  # a bare day was asked for, and means that day of the law
    return local_date(end - timedelta(microseconds=1))
