# SPDX-License-Identifier: Apache-2.0
"""A SensorThings Thing as a record of a layer: its name, where it stands, what its datastreams observe. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, TypeAlias

from pydantic import Field, field_validator, model_validator

from layers.connectors.base import NO_HINTS, Found, Message, Options, PlaceHints
from layers.connectors.quantities import in_unit_of, property_of
from layers.errors import Rejected
from layers.measures import ObservedProperty, Quality
from layers.registry import LayerRegistry, discover
from layers.spec import LayerSpec
from layers.sta.vocabulary import observed_named, observing_layers, same_unit
from layers.values import shown

_Own = Annotated[str, Field(min_length=1, max_length=200)]
_MOST_STREAMS = 100
Declared: TypeAlias = tuple[ObservedProperty, Sequence[Any]]


@cache
def _layers() -> LayerRegistry:
    return discover()


class ThingsOptions(Options):
    """What a source of SensorThings may set.

    ``layer``: what its Things become. ``properties`` maps the source's own names of observed properties to ours,
    ``qualities`` its own words for the quality of a result.
    """

    layer: str = "sensors"
    properties: dict[_Own, str] = Field(default_factory=dict)
    qualities: dict[_Own, Quality] = Field(default_factory=dict)

    @field_validator("layer")
    @classmethod
    def _observes(cls, layer: str) -> str:
        known = [spec.id for spec in observing_layers(_layers())]
        if layer not in known:
            raise ValueError(f"the layer's features observe nothing; there are: {', '.join(known)}")
        return layer

    @model_validator(mode="after")
    def _observed(self) -> "ThingsOptions":
        known = {observed.name for observed in self.spec.observed}
        if unknown := sorted(set(self.properties.values()) - known):
            raise ValueError(f"the layer does not observe '{unknown[0]}'; it observes: {', '.join(sorted(known))}")
        return self

    @property
    def spec(self) -> LayerSpec:
        """The layer."""
        return _layers()[self.layer]


def thing_found(body: Any, message: Message, options: ThingsOptions) -> tuple[Found, list[Declared]]:
    """The record of a Thing, and what its inline datastreams observe with the readings that came along.

    Raises:
        Rejected: what the entity must have is missing, or a datastream observes what the layer does not.
    """
    if not isinstance(body, dict):
        raise Rejected("body_invalid", "a Thing is a JSON object")
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Rejected("field_missing", "a Thing has a 'name'")
    record: dict[str, Any] = {"id": external_id_of(body, message), **_fields(body, options.spec)}
    place, hints = _place(body.get("Locations"))
    return Found(options.layer, record | place, hints=hints), _streams(body.get("Datastreams"), options)


def external_id_of(body: Any, message: Message) -> str:
    """The id by which the source knows its Thing; one of the message's own where it names none.

    With ``properties.external_id`` the same Thing again is the same Thing; without, each message makes a new one.
    """
    properties = body.get("properties") if isinstance(body, dict) else None
    said = properties.get("external_id") if isinstance(properties, dict) else None
    if isinstance(said, int) and not isinstance(said, bool):
        said = str(said)
    if isinstance(said, str) and said.strip():
        return said
    digest = hashlib.sha256(message.received_at.isoformat().encode() + b"\0" + message.body)
    return f"sta-{digest.hexdigest()[:20]}"


def declared(body: Any, options: ThingsOptions) -> ObservedProperty:
    """What a Datastream observes, in our unit.

    Raises:
        Rejected: a mandatory part is missing, or the layer observes nothing of that name, or in another unit.
    """
    if not isinstance(body, dict):
        raise Rejected("body_invalid", "a Datastream is a JSON object")
    for part in ("ObservedProperty", "Sensor"):
        if not isinstance(body.get(part), dict):
            raise Rejected("field_missing", f"a Datastream has a '{part}', inline or as {{\"@iot.id\": …}}")
    observed = observed_of(body["ObservedProperty"], options)
    unit = body.get("unitOfMeasurement")
    symbol = unit.get("symbol") if isinstance(unit, dict) else None
    if not _is_our_unit(observed, symbol):
        raise Rejected(
            "measure_unit_wrong",
            f"'{observed.name}' is measured in {observed.unit or 'no unit'}, not in {shown(str(symbol))}",
        )
    return observed


def observed_of(body: Any, options: ThingsOptions) -> ObservedProperty:
    """The property of ours that an ObservedProperty means, by its id, name or definition.

    Raises:
        Rejected: none; says which there are.
    """
    names = [body.get(member) for member in ("@iot.id", "name", "definition")] if isinstance(body, dict) else []
    texts = [name for name in names if isinstance(name, str)]
    spec = options.spec
    for text in texts:
        if text in options.properties:
            return next(one for one in spec.observed if one.name == options.properties[text])
    found = observed_named(spec, *texts)
    for text in texts if found is None else ():
        found = found or _by_symbol(text, spec)
    if found is None:
        known = ", ".join(observed.name for observed in spec.observed)
        said = shown(texts[0]) if texts else "it"
        raise Rejected("property_unknown", f"nothing here observes '{said}'; there are: {known}")
    return found


def nested_readings(body: Any) -> Sequence[Any]:
    """The observations that came with a Datastream."""
    readings = body.get("Observations") if isinstance(body, dict) else None
    return readings if isinstance(readings, list) else []


def _by_symbol(text: str, spec: LayerSpec) -> ObservedProperty | None:
    try:
        found = property_of(text, {})
    except Rejected:
        return None
    return found if found in spec.observed else None


def _is_our_unit(observed: ObservedProperty, symbol: Any) -> bool:
    if same_unit(observed.unit, symbol):
        return True
    try:
        return isinstance(symbol, str) and in_unit_of(observed, 1.0, symbol) == 1.0
    except Rejected:
        return False


def _streams(bodies: Any, options: ThingsOptions) -> list[Declared]:
    if bodies is None:
        return []
    if not isinstance(bodies, list) or len(bodies) > _MOST_STREAMS:
        raise Rejected("body_invalid", f"'Datastreams' is a list of at most {_MOST_STREAMS}")
    return [(declared(body, options), nested_readings(body)) for body in bodies]


def _fields(body: Mapping[str, Any], spec: LayerSpec) -> dict[str, Any]:
    """The layer's fields that the Thing has; what it shows of its readings comes from its readings."""
    properties = body.get("properties")
    said = properties if isinstance(properties, dict) else {}
    observed = {one.name for one in spec.observed}
    record = {name: said[name] for name in spec.field_names - observed if said.get(name) is not None}
    if spec.title_field is not None:
        record[spec.title_field] = body["name"]
    if "description" in spec.field_names and isinstance(body.get("description"), str):
        record["description"] = body["description"]
    return record


def _place(locations: Any) -> tuple[dict[str, Any], PlaceHints]:
    """Where the Thing stands: the first point. Words of other places are for the ladder."""
    told: list[str] = []
    for location in locations if isinstance(locations, list) else [locations]:
        if not isinstance(location, dict):
            continue
        point = _point(location.get("location"))
        if point is not None:
            return {"lon": point[0], "lat": point[1]}, NO_HINTS
        told += [text for member in ("name", "description") if isinstance(text := location.get(member), str)]
    return {}, PlaceHints(text=". ".join(told)[:1000]) if told else NO_HINTS


def _point(shape: Any) -> tuple[Any, Any] | None:
    if isinstance(shape, dict) and shape.get("type") == "Feature":
        shape = shape.get("geometry")
    if not isinstance(shape, dict) or shape.get("type") != "Point":
        return None
    position = shape.get("coordinates")
    if not isinstance(position, list) or len(position) < 2:
        return None
    return position[0], position[1]
