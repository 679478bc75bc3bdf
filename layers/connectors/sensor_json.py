# SPDX-License-Identifier: Apache-2.0
"""JSON of low-cost nodes, by MQTT or HTTP: ``{"ts": …, "values": {…}, "units": {…}, "loc": {…}}``, one or a list.

The node is in the topic (``ioc/v1/{tenant}/{device}/telemetry``) or in the member ``device``. Values without a unit are
in the unit in which the property is kept: that is the contract of this door; a node that counts otherwise says so in
``units``, or its source in ``default_units``. Beside telemetry, ``…/status`` says whether the node is connected.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

import orjson
from pydantic import field_validator

from layers.connectors.base import Connector, Found, Message, Parsed, Refused
from layers.connectors.quantities import in_unit_of, number_of, printable, property_of, reading_of
from layers.connectors.reading_times import node_moment
from layers.connectors.stations import ReadingOptions, Station, sensor_of
from layers.errors import Rejected
from layers.spec import Text

MAX_BYTES = 1_000_000
MAX_ENTRIES = 1_000
MAX_VALUES = 200
_PARTS = {"device": r"(?P<device>[^/]+)", "tenant": r"[^/]+", "kind": r"(?P<kind>[^/]+)"}
_QUALITIES = ("good", "suspect", "calibrating", "fault")


class SensorJsonOptions(ReadingOptions):
    """How topics and messages of this source look.

    ``profile``: ``own``, or ``thingsboard`` (``ts`` in milliseconds, flat values, gateways' messages keyed by device).
    ``adopt``: a node that nobody declared, but that says where it is, becomes a sensor under its own id.
    """

    topic: str = "ioc/v1/{tenant}/{device}/{kind}"
    profile: Literal["own", "thingsboard"] = "own"
    device: str | None = None
    adopt: bool = False
    ignore: tuple[str, ...] = ("battery", "rssi", "snr", "uptime")

    @field_validator("topic")
    @classmethod
    def _readable(cls, topic: str) -> str:
        unknown = set(re.findall(r"\{([^}]*)\}", topic)) - _PARTS.keys()
        if unknown or any(topic.count("{" + part + "}") > 1 for part in ("device", "kind")):
            raise ValueError("a topic has {device} and {kind}, at most once each, and {tenant}")
        return topic


@dataclass(frozen=True)
class _Entry:
    """One member of a message: what a device said at a moment."""

    device: str
    said: Mapping[str, Any]


def parse(message: Message, options: SensorJsonOptions) -> Iterator[Parsed]:
    """The sensor, where the source declares it or the node says where it is, and its observations.

    Raises:
        Rejected: no JSON, not of the form, or no device.
    """
    device, kind = _topic(message.name, options)
    if kind == "status":
        if (told := _status(message.body, device, options)) is not None:
            yield told
        return
    entries = list(_entries(_decoded(message.body), device, options))
    seen: set[str] = set()
    for entry in entries:
        if entry.device not in seen and (found := _sensor(entry, options)) is not None:
            seen.add(entry.device)
            yield found
    for index, entry in enumerate(entries):
        yield from _observations(index, entry, message, options)


@lru_cache(maxsize=64)
def _pattern(topic: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", topic)
    return re.compile("".join(_PARTS[part] if odd % 2 else re.escape(part) for odd, part in enumerate(parts)))


def _topic(name: str, options: SensorJsonOptions) -> tuple[str | None, str]:
    found = _pattern(options.topic).fullmatch(name)
    parts = {} if found is None else found.groupdict()
    return parts.get("device") or options.device, parts.get("kind") or "telemetry"


def _decoded(body: bytes) -> Any:
    if len(body) > MAX_BYTES:
        raise Rejected("message_too_large", f"a message of a node has at most {MAX_BYTES:,} bytes")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Rejected("not_json", f"the message is no JSON: {printable(str(error))}") from None


def _entries(decoded: Any, device: str | None, options: SensorJsonOptions) -> Iterator[_Entry]:
    if options.profile == "thingsboard" and device is None and _is_of_gateway(decoded):
        pairs: list[tuple[str | None, Any]] = [(str(name), one) for name, several in decoded.items() for one in several]
    else:
        pairs = [(device, one) for one in (decoded if isinstance(decoded, list) else [decoded])]
    if not pairs:
        raise Rejected("message_empty", "the message says nothing")
    if len(pairs) > MAX_ENTRIES:
        raise Rejected("message_too_large", f"a message holds at most {MAX_ENTRIES:,} entries")
    for name, one in pairs:
        if not isinstance(one, dict):
            raise Rejected("message_invalid", "an entry is an object: {ts, values, units}")
        yield _Entry(_device(name, one, options), one if _has_values(one, options) else {"values": one})


def _is_of_gateway(decoded: Any) -> bool:
    return isinstance(decoded, dict) and bool(decoded) and all(isinstance(one, list) for one in decoded.values())


def _has_values(said: Mapping[str, Any], options: SensorJsonOptions) -> bool:
    if isinstance(said.get("values"), dict):
        return True
    if options.profile == "thingsboard":
        return False  # flat: {"pm25": 12}
    raise Rejected("message_invalid", "'values' is missing: an object of readings by name")


def _device(of_topic: str | None, said: Mapping[str, Any], options: SensorJsonOptions) -> str:
    device = of_topic if of_topic is not None else said.get("device")
    if not isinstance(device, str) or not device.strip() or len(device) > 200 or not device.isprintable():
        raise Rejected("device_missing", f"no device: the topic is like {options.topic}, or 'device' names it")
    return device.strip()


def _sensor(entry: _Entry, options: SensorJsonOptions) -> Found | None:
    """A node that sends is connected: its sensor says so, and its place where nobody declared one."""
    station = options.stations.get(entry.device)
    place = _place(entry.said.get("loc"))
    if station is None:
        if not place or not options.adopt:
            return None
        station = Station(name=entry.device)
    if not station.has_place:
        if not place:
            return None  # its record would take the place away that an earlier message gave
        station = station.model_copy(update=place)
    return sensor_of(entry.device, station, status="online")


def _place(loc: Any) -> dict[str, float]:
    """Longitude and latitude to five decimals, a metre: a receiver's noise is no move."""
    if isinstance(loc, dict):
        loc = [loc.get("lon"), loc.get("lat")]
    if not isinstance(loc, list) or len(loc) < 2:
        return {}
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in loc[:2]):
        return {}
    lon, lat = loc[:2]
    return {"lon": round(float(lon), 5), "lat": round(float(lat), 5)} if abs(lon) <= 180 and abs(lat) <= 90 else {}


def _status(body: bytes, device: str | None, options: SensorJsonOptions) -> Parsed | None:
    """Connected or not, as the node or the broker (its last will) says. Only of declared nodes.

    The declaration is the sensor's whole record but for its readings, so that the state can be told without knowing
    what is stored. Where the node itself says its place, it is not.
    """
    text = body[:200].decode(errors="replace").strip()
    if text.startswith("{"):
        decoded = _decoded(body)
        text = str(decoded.get("status", decoded.get("state", ""))) if isinstance(decoded, dict) else ""
    state = text.strip('" ').lower()
    if state not in ("online", "offline"):
        raise Rejected("status_unknown", f"the state of a node is online or offline, not '{printable(text)}'")
    station = None if device is None else options.stations.get(device)
    if station is None and options.adopt and state == "online":
        return None  # its telemetry says so too, and where it is
    if device is None or station is None or not station.has_place:
        detail = "the state of a node is kept when the source's file declares it with its place: add it to 'stations'"
        return Refused("station_not_declared", detail, {"device": device, "status": state}, "sensors")
    return sensor_of(device, station, status=state)


def _observations(index: int, entry: _Entry, message: Message, options: SensorJsonOptions) -> Iterator[Parsed]:
    try:
        moment = _moment(entry.said, message, options)
        values: Mapping[str, Any] = entry.said["values"]
        if len(values) > MAX_VALUES:
            raise Rejected("message_too_large", f"an entry holds at most {MAX_VALUES} values")
    except Rejected as refused:
        yield Refused(refused.code, f"entry {index}: {refused.detail}", {"entry": index}, "sensors")
        return
    for name, value in values.items():
        if name in options.ignore:
            continue
        try:
            record = _reading(name, value, entry, options)
        except Rejected as refused:
            kept = {"entry": index, "name": printable(name)}
            yield Refused(refused.code, f"entry {index}: {refused.detail}", kept, "sensors")
            continue
        yield Found("sensors", {**record, "time": moment.isoformat()}, "observations")


def _moment(said: Mapping[str, Any], message: Message, options: SensorJsonOptions) -> datetime:
    if said.get("ts") is not None:
        return node_moment(said["ts"])
    if options.profile == "thingsboard":
        return message.received_at  # its rule for values without a time
    raise Rejected("time_missing", "'ts' is missing: without it a message that comes twice would be two readings")


def _reading(name: str, value: Any, entry: _Entry, options: SensorJsonOptions) -> dict[str, Any]:
    observed = property_of(name, options.parameters)
    unit = _member(entry.said.get("units"), name) or options.default_units.get(name) or observed.unit or ""
    if not isinstance(unit, str):
        raise Rejected("measure_unit_wrong", f"the unit of {observed.name} is text")
    return {
        "sensor": options.sensor_id(entry.device),
        "property": observed.name,
        "value": in_unit_of(observed, _number(value), unit),
        "quality": _quality(entry.said.get("quality"), name),
        "unit": observed.unit,
    }


def _member(several: Any, name: str) -> Any:
    return several.get(name) if isinstance(several, dict) else None


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Rejected("value_not_number", "a reading is a number")
    return number_of(value) if isinstance(value, str) else reading_of(float(value))


def _quality(said: Any, name: str) -> str:
    quality = said if isinstance(said, str) else _member(said, name)
    if quality is None:
        return "good"
    if quality not in _QUALITIES:
        raise Rejected("value_not_allowed", f"'quality' is one of: {', '.join(_QUALITIES)}")
    return str(quality)


CONNECTOR = Connector(
    kind="sensor_json",
    title=Text("JSON của nút đo (MQTT, HTTP)", "JSON of sensor nodes (MQTT, HTTP)"),
    parse=parse,
    options=SensorJsonOptions,
)
