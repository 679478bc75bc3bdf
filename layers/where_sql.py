# SPDX-License-Identifier: Apache-2.0
"""From a ``FeatureQuery`` to SQL conditions: the one reading of filters that items, tiles, cells and units share.

The layer is written into the statement (it comes from the registry, never from a client), so that PostgreSQL prunes
the other partitions when it plans, and prepared statements keep doing so. Everything a client sent is a bound value.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Float,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from geo.bbox import BBox
from geo.db.functions import boxes_meet, envelope, text_literal
from geo.interval import Interval
from layers.cql2.sql import condition
from layers.filters import Equal, FeatureQuery
from layers.spec import FieldSpec, LayerSpec
from layers.tables import feature, feature_unit

_f = feature.c
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy ships it untyped


def json_text(name: str) -> ColumnElement[str]:
    """A property as text, spelt as the catalog's index on it."""
    return _f.properties.op("->>", return_type=Text())(text_literal(name))


def json_value(name: str) -> ColumnElement[Any]:
    """A property as jsonb."""
    return _f.properties.op("->", return_type=JSONB())(text_literal(name))


def is_layer(column: ColumnElement[Any], spec: LayerSpec) -> ColumnElement[bool]:
    """The column is this layer, as a literal that the planner sees."""
    return column == text_literal(spec.id)


def meets(bbox: BBox) -> ColumnElement[bool]:
    """The shape meets the box: by the index first, then exactly.

    Points too: ``&&`` compares boxes rounded to single precision, which is up to a metre off here.
    """
    boxes = [envelope(half) for half in bbox.split()]
    return or_(*(and_(boxes_meet(_f.geom, box), func.ST_Intersects(_f.geom, box)) for box in boxes))


def is_during(spec: LayerSpec, interval: Interval) -> ColumnElement[bool]:
    """Valid time and interval overlap, half-open.

    No start means always. No end means an event that happened at its start in layers that have time, and something
    that is still there in layers that have none (a camera is, an incident happens). An event at the very start of the
    interval is in it, one at its end is not.
    """
    start, end = _moment(interval.start), _moment(interval.end)
    if interval.is_instant:
        before: ColumnElement[bool] = _f.valid_from <= end
    else:
        before = _f.valid_from < end if end is not None else _f.valid_from.is_not(None)
    after: list[ColumnElement[bool]] = []
    if start is not None:
        after = [_f.valid_from >= start, _f.valid_to > start]
        if not spec.has_time:
            after.append(_f.valid_to.is_(None))
    ended_after = or_(*after) if after else _f.valid_from.is_not(None)
    # Something whose start nobody knows may still have an end.
    unknown_start: ColumnElement[bool] = _f.valid_from.is_(None)
    if start is not None:
        unknown_start = and_(unknown_start, or_(_f.valid_to.is_(None), _f.valid_to > start))
    return or_(unknown_start, and_(before, ended_after))


def is_equal(equal: Equal) -> ColumnElement[bool]:
    """A field or an identity column has the value."""
    field = equal.field
    if field is None or field.is_column:
        return feature.c[equal.name] == literal(equal.value, Text)
    if field.type in ("string", "choice"):
        return json_text(field.name) == literal(equal.value, Text)
    if field.type == "datetime":
        # Ingest stores moments as UTC in ISO form; text compares without a cast that a foreign row could break.
        moment = equal.value.isoformat() if isinstance(equal.value, datetime) else str(equal.value)
        return json_text(field.name) == literal(moment, Text)
    # jsonb compares numbers by value (5 is 5.0) and never fails on what some other writer stored.
    return json_value(field.name) == literal(equal.value, JSONB)


def in_area(spec: LayerSpec, area: tuple[int, ...] | None) -> list[ColumnElement[bool]]:
    """Features that lie in one of these units: the predicate of a reader who does not see everywhere.

    Spelt as a subquery on the index (unit, layer); row-level security alone would keep the spatial index from use.
    """
    if area is None:
        return []
    of_units = select(feature_unit.c.feature).where(
        is_layer(feature_unit.c.layer, spec), feature_unit.c.unit == func.any(literal(list(area), ARRAY(BigInteger)))
    )
    return [_f.id.in_(of_units)]


def conditions(spec: LayerSpec, query: FeatureQuery, *, with_bbox: bool = True) -> list[ColumnElement[bool]]:
    """What a feature must fulfil to be selected."""
    found = [is_layer(_f.layer, spec), *(is_equal(equal) for equal in query.equals), *in_area(spec, query.area)]
    if query.filter is not None:
        found.append(condition(query.filter))
    if query.interval is not None:
        found.append(is_during(spec, query.interval))
    if with_bbox and query.bbox is not None:
        found.append(meets(query.bbox))
    return found


def property_value(field: FieldSpec) -> ColumnElement[Any]:
    """A field as a plain SQL value; null where another writer stored something of another type."""
    if field.is_column:
        return feature.c[field.name]
    if field.type in ("string", "choice", "datetime"):
        return json_text(field.name)
    kind = func.jsonb_typeof(json_value(field.name))
    if field.type == "boolean":
        return case((kind == text_literal("boolean"), cast(json_text(field.name), Boolean)))
    return case((kind == text_literal("number"), cast(json_text(field.name), Float)))


def _moment(value: datetime | None) -> ColumnElement[datetime] | None:
    return None if value is None else literal(value, DateTime(timezone=True))


def _quote(value: str) -> str:
    return str(literal(value, Text).compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
