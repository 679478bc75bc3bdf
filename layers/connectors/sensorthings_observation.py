# SPDX-License-Identifier: Apache-2.0
"""SensorThings Observations as readings: one by one, and as data arrays (18-088, section 12). Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from layers.connectors.base import Message
from layers.connectors.quantities import number_of
from layers.connectors.reading_times import node_moment
from layers.connectors.sensorthings_thing import ThingsOptions, observed_of
from layers.errors import Rejected
from layers.measures import QUALITIES
from layers.values import shown

_COMPONENTS = (
    "id", "phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters", "FeatureOfInterest/id",
)  # fmt: skip


def stream_of(body: Any, options: ThingsOptions) -> dict[str, Any]:
    """The datastream of an observation or of a data array: by its number, or by its Thing and what it observes.

    Raises:
        Rejected: it names none.
    """
    stream = body.get("Datastream") if isinstance(body, dict) else None
    if not isinstance(stream, dict):
        raise Rejected("datastream_missing", 'name the datastream: "Datastream": {"@iot.id": 5}')
    number = stream.get("@iot.id")
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**62:
        return {"datastream": number}
    thing = stream.get("Thing")
    properties = thing.get("properties") if isinstance(thing, dict) else None
    sensor = properties.get("external_id") if isinstance(properties, dict) else None
    if sensor is None or number is not None:
        raise Rejected("datastream_unknown", "a datastream's '@iot.id' is a number that this server gave")
    return {"sensor": sensor, "property": observed_of(stream.get("ObservedProperty"), options).name}


def observation_record(body: Any, message: Message, options: ThingsOptions) -> dict[str, Any]:
    """When, how much and how good; the datastream is found apart.

    Raises:
        Rejected: no result, or one that is no number; a time that is none.
    """
    if not isinstance(body, dict):
        raise Rejected("body_invalid", "an Observation is a JSON object")
    record = {"time": _time(body.get("phenomenonTime"), message), "value": _value(body)}
    quality = _quality(body.get("resultQuality"), options)
    return record if quality is None else {**record, "quality": quality}


def array_records(array: Any) -> Iterator[Mapping[str, Any]]:
    """The observations of a data array, as if each had come alone.

    Raises:
        Rejected: components that are unknown, or no rows.
    """
    components, rows = array.get("components"), array.get("dataArray")
    if not isinstance(components, list) or not all(isinstance(name, str) for name in components):
        raise Rejected("body_invalid", "a data array has 'components', a list of names")
    unknown = [name for name in components if name not in _COMPONENTS]
    if unknown or "result" not in components:
        said = f"'{shown(unknown[0])}' is none" if unknown else "'result' is missing"
        raise Rejected("components_invalid", f"{said}; components are: {', '.join(_COMPONENTS)}")
    if not isinstance(rows, list):
        raise Rejected("body_invalid", "a data array has 'dataArray', a list of rows")
    for row in rows:
        fits = isinstance(row, list) and len(row) == len(components)
        yield dict(zip(components, row, strict=True)) if fits else {"row": row}


def _time(said: Any, message: Message) -> str:
    if said is None:
        return message.received_at.isoformat()
    if isinstance(said, str) and "/" in said:
        raise Rejected(
            "time_interval", "'phenomenonTime' is an interval; readings here are of one moment: send its end"
        )
    try:
        if isinstance(said, str):
            return node_moment(said).isoformat()
    except Rejected:
        pass
    raise Rejected("time_invalid", "'phenomenonTime' is ISO 8601, such as 2026-11-22T08:30:00+07:00")


def _value(body: Mapping[str, Any]) -> Any:
    if body.get("result") is None:
        raise Rejected("field_missing", "an Observation has a 'result', a number")
    result = body["result"]
    if isinstance(result, str):
        return number_of(result)
    if isinstance(result, bool) or not isinstance(result, int | float):
        raise Rejected("value_wrong_type", "'result' is a number here")
    return result


def _quality(said: Any, options: ThingsOptions) -> str | None:
    """Ours, or what the source's option says of its own word; nothing said is nothing known to be wrong."""
    if said is None:
        return None
    if isinstance(said, str) and said in options.qualities:
        return options.qualities[said]
    if isinstance(said, str) and said in QUALITIES:
        return said
    raise Rejected(
        "value_not_allowed",
        f"'resultQuality' is one of {', '.join(QUALITIES)}, or a word that the source's option 'qualities' explains",
    )
