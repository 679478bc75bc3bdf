# SPDX-License-Identifier: Apache-2.0
"""Every statement that reads features, as pure builders on the conditions of ``layers.where_sql``."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from boundaries.tables import unit, unit_set_version
from geo.db.functions import as_geojson, text_literal
from layers.filters import FeatureQuery
from layers.spec import LayerSpec
from layers.tables import feature, feature_unit
from layers.where_sql import conditions, in_area, is_layer, json_value

_JSON_PAIRS = 40  # json_build_object takes 100 arguments
_f = feature.c


def feature_json(spec: LayerSpec, *, with_units: bool = False) -> ColumnElement[str]:
    """One feature as GeoJSON text, made by PostgreSQL: the fields of the spec, then what every feature has."""
    pairs: list[tuple[str, ColumnElement[Any]]] = [
        (field.name, feature.c[field.name] if field.is_column else json_value(field.name)) for field in spec.fields
    ]
    pairs += [
        (name, feature.c[name])
        for name in (
            "source",
            "external_id",
            "revision",
            "valid_from",
            "valid_to",
            "recorded_at",
            "location_method",
            "location_radius_m",
            "location_confidence",
        )
    ]
    if with_units:
        pairs.append(("units", _units_of_feature(spec)))
    return func.concat(
        text_literal('{"type":"Feature","id":'),
        _f.id,
        text_literal(',"geometry":'),
        func.coalesce(as_geojson(_f.geom), text_literal("null")),
        text_literal(',"properties":'),
        _json_object(pairs),
        text_literal("}"),
    )


def select_page(spec: LayerSpec, query: FeatureQuery) -> Select[Any]:
    """One page in keyset order, and one row more that tells whether there is another page."""
    statement = select(_f.id, _f.valid_from, feature_json(spec).label("json")).where(*conditions(spec, query))
    if query.after is not None:
        statement = statement.where(_is_after(query))
    return statement.order_by(*_order(query)).limit(literal(query.limit + 1, Integer))


def select_one(spec: LayerSpec, feature_id: int, area: tuple[int, ...] | None) -> Select[Any]:
    """One feature with the units in which it lies, in every generation."""
    return select(feature_json(spec, with_units=True).label("json")).where(
        is_layer(_f.layer, spec), _f.id == literal(feature_id, BigInteger), *in_area(spec, area)
    )


def select_id(spec: LayerSpec, source: str, external_id: str) -> Select[Any]:
    """The id of one record by its identity."""
    return select(_f.id).where(
        is_layer(_f.layer, spec), _f.source == literal(source, Text), _f.external_id == literal(external_id, Text)
    )


def select_by_keys(spec: LayerSpec) -> Select[Any]:
    """Features of one ``source`` by their external ``ids``."""
    return select(_f.external_id, feature_json(spec).label("json")).where(
        is_layer(_f.layer, spec),
        _f.source == bindparam("source", type_=Text),
        _f.external_id == func.any(bindparam("ids", type_=ARRAY(Text))),
    )


def _is_after(query: FeatureQuery) -> ColumnElement[bool]:
    after = query.after
    if after is None:
        return false()
    last = literal(after.id, BigInteger)
    if query.sort == "id":
        return _f.id > last
    if after.valid_from is None:
        # Unknown times come last in both orders.
        same = _f.id > last if query.sort == "valid_from" else _f.id < last
        return and_(_f.valid_from.is_(None), same)
    position = tuple_(literal(after.valid_from, DateTime(timezone=True)), last)
    row = tuple_(_f.valid_from, _f.id)
    return or_(row > position if query.sort == "valid_from" else row < position, _f.valid_from.is_(None))


def _order(query: FeatureQuery) -> tuple[ColumnElement[Any], ...]:
    if query.sort == "id":
        return (_f.id.asc(),)
    if query.sort == "valid_from":
        return (_f.valid_from.asc().nulls_last(), _f.id.asc())
    return (_f.valid_from.desc().nulls_last(), _f.id.desc())


def _json_object(pairs: Sequence[tuple[str, ColumnElement[Any]]]) -> ColumnElement[Any]:
    if len(pairs) <= _JSON_PAIRS:
        return func.json_build_object(*(part for name, value in pairs for part in (text_literal(name), value)))
    objects = [
        func.jsonb_build_object(
            *(part for name, value in pairs[start : start + _JSON_PAIRS] for part in (text_literal(name), value))
        )
        for start in range(0, len(pairs), _JSON_PAIRS)
    ]
    whole: ColumnElement[Any] = objects[0]
    for more in objects[1:]:
        whole = whole.op("||")(more)
    return whole


def _units_of_feature(spec: LayerSpec) -> ColumnElement[Any]:
    entry = func.json_build_object(
        text_literal("set"),
        unit_set_version.c.unit_set,
        text_literal("code"),
        unit.c.code,
        text_literal("name"),
        unit.c.name,
    )
    listed = func.json_agg(aggregate_order_by(entry, unit.c.valid_from, unit.c.code))
    return (
        select(func.coalesce(listed, cast(text_literal("[]"), JSON)))
        .select_from(feature_unit)
        .join(unit, unit.c.id == feature_unit.c.unit)
        .join(unit_set_version, unit_set_version.c.id == feature_unit.c.version)
        .where(
            is_layer(feature_unit.c.layer, spec),
            feature_unit.c.feature == _f.id,
            unit_set_version.c.status == text_literal("published"),
        )
        .correlate(feature)
        .scalar_subquery()
    )
