# SPDX-License-Identifier: Apache-2.0
"""What features and datastreams say, as columns of entities. Pure builders."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.functions import text_literal
from layers.metric_tables import datastream, observation
from layers.spec import FieldSpec, LayerSpec
from layers.sta.vocabulary import NO_KIND, has_kinds
from layers.tables import feature
from layers.where_sql import is_layer, json_value, property_value

_PAIRS = 40  # jsonb_build_object takes 100 arguments
_f, _d, _o = feature.c, datastream.c, observation.c


def is_sensor(spec: LayerSpec) -> ColumnElement[bool]:
    """The feature is the sensor of the datastream."""
    return and_(is_layer(_f.layer, spec), _f.source == _d.source, _f.external_id == _d.sensor)


def procedure(spec: LayerSpec) -> ColumnElement[str]:
    """The id of the SensorThings Sensor: how stations of this kind measure."""
    if not has_kinds(spec):
        return literal(f"{spec.id}.{NO_KIND}", Text)
    known = literal([choice.value for choice in spec.field("kind").choices], ARRAY(Text))
    kind = case((_f.kind == func.any(known), _f.kind), else_=NO_KIND)
    return func.concat(text_literal(f"{spec.id}."), kind, type_=Text)


def thing_name(spec: LayerSpec) -> ColumnElement[str]:
    """The feature's title, else its id at its source."""
    if spec.title_field is None:
        return _f.external_id
    return func.coalesce(property_value(spec.field(spec.title_field)), _f.external_id)


def thing_description(spec: LayerSpec, title_of_layer: str) -> ColumnElement[str]:
    """What the thing says of itself, else the layer's title."""
    title = literal(title_of_layer, Text)
    if "description" not in spec.field_names:
        return title
    return func.coalesce(property_value(spec.field("description")), title)


def thing_properties(spec: LayerSpec) -> ColumnElement[Any]:
    """The fields that this reader may see, and who knows the thing under which id."""
    fields = [field for field in spec.fields if field.name not in (spec.title_field, "description")]
    pairs: list[tuple[str, Any]] = [
        ("layer", _f.layer),
        ("source", _f.source),
        ("external_id", _f.external_id),
        *((field.name, _field(field)) for field in fields),
    ]
    return func.jsonb_strip_nulls(_object(pairs))


def place_properties(spec: LayerSpec) -> ColumnElement[Any]:
    """How sure the place is."""
    names = ("location_method", "location_radius_m", "location_confidence")
    return func.jsonb_strip_nulls(_object([("layer", text_literal(spec.id)), *((name, _f[name]) for name in names)]))


def _field(field: FieldSpec) -> ColumnElement[Any]:
    return _f[field.name] if field.is_column else json_value(field.name)


def _object(pairs: Sequence[tuple[str, Any]]) -> ColumnElement[Any]:
    objects = [
        func.jsonb_build_object(
            *(part for name, value in pairs[at : at + _PAIRS] for part in (text_literal(name), value))
        )
        for at in range(0, len(pairs), _PAIRS)
    ]
    whole: ColumnElement[Any] = objects[0]
    for more in objects[1:]:
        whole = whole.op("||")(more)
    return whole


def observed_period() -> ColumnElement[Any]:
    """From the first reading to the last, by the key of the readings; two moments, or none."""
    first, last = (
        select(_o.phenomenon_time)
        .where(_o.datastream == _d.id, _o.value.is_not(None))
        .order_by(order)
        .limit(1)
        .correlate(datastream)
        .scalar_subquery()
        for order in (_o.phenomenon_time.asc(), _o.phenomenon_time.desc())
    )
    return func.jsonb_build_array(first, last)
