# SPDX-License-Identifier: Apache-2.0
"""The layer manifest: all that layer panel, legend and popups need to know about a layer. Pure."""

from datetime import datetime
from typing import Any, Literal

from layers.classes import Classes
from layers.measures import Measure, ObservedProperty
from layers.query import LayerStatistics
from layers.spec import FieldSpec, LayerSpec, Text
from tiles.class_legend import legend_of_classes

State = Literal["fresh", "stale", "silent", "static"]
# A source that missed this many expected deliveries is silent, not late.
_SILENT_AFTER = 4


def manifest_of(spec: LayerSpec, found: LayerStatistics, now: datetime, tilejson_url: str) -> dict[str, Any]:
    """The manifest of a layer with what it holds now."""
    return {
        "title": _text(spec.title),
        "description": _text(spec.description),
        "group": {"id": spec.group.id, "title": _text(spec.group.title)},
        "order": spec.group.order * 100 + spec.render.order,
        "icon": spec.render.icon,
        "color": spec.render.color,
        "geometry": spec.geometry,
        "store": spec.store,
        "time": spec.has_time,
        "live": spec.live,
        "h3": spec.h3,
        "visible": spec.render.visible,
        "zooms": list(spec.zooms),
        "count": found.count,
        "unlocated": found.unlocated,
        "unit_only": found.unit_only,
        "freshness": {
            "expected_every_s": spec.expected_every_s,
            "latest": found.latest and found.latest.isoformat(),
            "state": freshness_of(spec.expected_every_s, found.latest, now),
        },
        "legend": _legend(spec),
        "measure": None if spec.measure is None else measure_member(spec.measure),
        "observed": [observed_member(observed) for observed in spec.observed],
        "fields": [_field(field) for field in spec.fields],
        "title_field": spec.title_field,
        "attribution": None if spec.attribution is None else _text(spec.attribution),
        "approximate": found.approximate,
        "tilejson": tilejson_url,
    }


def freshness_of(expected_every_s: int | None, latest: datetime | None, now: datetime) -> State:
    """How a layer keeps up with what is expected of its source."""
    if expected_every_s is None:
        return "static"
    if latest is None:
        return "silent"
    age_s = (now - latest).total_seconds()
    if age_s <= expected_every_s:
        return "fresh"
    return "stale" if age_s <= _SILENT_AFTER * expected_every_s else "silent"


def measure_member(measure: Measure) -> dict[str, Any]:
    """What an indicator measures, as the page needs it."""
    return {
        "unit": _text(measure.unit),
        "no_data": _text(measure.no_data),
        "no_data_color": measure.no_data_color,
        "grain": measure.grain,
        "whole": measure.whole,
        "additive": measure.additive,
        "ramp": list(measure.ramp),
    }


def observed_member(observed: ObservedProperty) -> dict[str, Any]:
    """An observed property, as the page needs it."""
    return {"name": observed.name, "title": _text(observed.title), "unit": observed.unit}


def _legend(spec: LayerSpec) -> dict[str, Any]:
    if spec.measure is not None:
        return legend_of_classes(spec.measure, Classes((), ()))  # the classes are those of the values: see /classes
    if spec.render.color_by is None:
        entry = {"value": None, "label": _text(spec.title), "color": spec.render.color, "icon": spec.render.icon}
        return {"field": None, "entries": [entry]}
    field = spec.field(spec.render.color_by)
    entries = [
        {
            "value": choice.value,
            "label": _text(choice.label),
            "color": choice.color or spec.render.color,
            "icon": spec.render.icon,
        }
        for choice in field.choices
    ]
    return {"field": field.name, "entries": entries}


def _field(field: FieldSpec) -> dict[str, Any]:
    return {
        "name": field.name,
        "title": _text(field.title),
        "type": field.type,
        "unit": field.unit,
        "choices": [
            {"value": choice.value, "label": _text(choice.label), "color": choice.color} for choice in field.choices
        ],
    }


def _text(text: Text) -> dict[str, str]:
    return text._asdict()
