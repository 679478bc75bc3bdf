# SPDX-License-Identifier: Apache-2.0
"""CloudEvents 1.0 from another map server or IOC: one event (structured or binary mode) or a batch.

A Toàn Cảnh event (``vn.toancanh.…``) carries a record as its sender holds it: subject ``layer/source/id``, the origin
and the servers that it came through in ``iocorigin`` and ``iochops``. Here it belongs to the source ``ioc-ORIGIN``
whichever way it came, so that two ways make one record. Other IOCs send ``vn.ioc.incident.…`` with a GeoJSON feature;
categories and states are mapped, and what is not understood is refused with its name.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import orjson
from pydantic import Field

from layers.connectors.base import Connector, Found, Message, Options, Origin, Parsed, PlaceHints, Refused
from layers.errors import Rejected
from layers.exchange.hops import SOURCE_PREFIX
from layers.spec import Text

MAX_EVENTS = 5_000
OWN = "vn.toancanh."
_NAME = re.compile(r"[a-z][a-z0-9-]{1,40}")
_FOREIGN = re.compile(r"vn\.ioc\.(?:incident|alert)\.[a-z_]+(?:\.v\d+)?")
_SEVERITIES = {"minor": "low", "low": "low", "moderate": "medium", "medium": "medium", "severe": "high", "high": "high",
               "extreme": "critical", "critical": "critical"}  # fmt: skip
_STATES = {"received": "new", "verified": "new", "new": "new", "assigned": "assigned", "in_progress": "in_progress",
           "resolved": "resolved", "rejected": "rejected", "duplicate": "rejected", "reopened": "assigned"}  # fmt: skip
_KINDS = {"giao_thong": "traffic", "moi_truong": "environment", "an_ninh": "order", "trat_tu_do_thi": "order",
          "ha_tang": "infrastructure", "dat_dai_xay_dung": "construction", "chay_no": "fire", "thien_tai": "flood",
          "y_te": "health", "an_toan_thuc_pham": "health"}  # fmt: skip


class EventOptions(Options):
    """``layers``: what the peer may tell us of."""

    layers: Annotated[tuple[str, ...], Field(min_length=1)] = ("incidents", "alerts")


def parse(message: Message, options: EventOptions) -> Iterator[Parsed]:
    """One record for each event.

    Raises:
        Rejected: the body is no event and no batch of events.
    """
    for event in _events(message):
        try:
            yield _record(event, options)
        except Rejected as rejection:
            yield Refused(rejection.code, rejection.detail, event)


def _events(message: Message) -> list[Any]:
    try:
        body = orjson.loads(message.body)
    except orjson.JSONDecodeError as error:
        raise Rejected("event_not_json", f"an event is JSON: {error}") from None
    if "ce-specversion" in message.headers:
        return [{**{name[3:]: text for name, text in message.headers.items() if name.startswith("ce-")}, "data": body}]
    events = body if isinstance(body, list) else [body]
    if len(events) > MAX_EVENTS:
        raise Rejected("event_batch_too_large", f"a batch holds at most {MAX_EVENTS} events: send several")
    return events


def _record(event: Any, options: EventOptions) -> Found:
    if not isinstance(event, dict):
        raise Rejected("event_invalid", "an event is a JSON object")
    if event.get("specversion") != "1.0":
        raise Rejected("event_version", "'specversion' must be \"1.0\"")
    for name in ("id", "source", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise Rejected("event_invalid", f"'{name}' is missing or no text")
    if event["type"].startswith(OWN):
        return _own(event, options)
    if _FOREIGN.fullmatch(event["type"]):
        return _foreign(event, options)
    raise Rejected("event_type_unknown", f"events of the type '{event['type'][:100]}' are not taken")


def _own(event: Mapping[str, Any], options: EventOptions) -> Found:
    data, subject = event.get("data"), event.get("subject")
    if not isinstance(data, dict) or not isinstance(subject, str) or subject.count("/") < 2:
        raise Rejected("event_invalid", "'data' is a record and 'subject' is layer/source/id")
    layer, source, name = subject.split("/", 2)
    _check_layer(layer, options)
    origin, hops = event.get("iocorigin"), _hops(event.get("iochops"))
    if not isinstance(origin, str) or not _NAME.fullmatch(origin):
        raise Rejected("event_origin", "'iocorigin' is the short name of the server that made the record")
    where = Origin(f"{SOURCE_PREFIX}{origin}", hops)
    if "period" in data:
        return Found(layer, data, origin=where)
    return Found(layer, {**data, "id": identity(source, name)}, origin=where)


def identity(source: str, name: str) -> str:
    """The id that a record of another server's source has here."""
    whole = f"{source}~{name}"
    if len(whole) <= 200:
        return whole
    return f"{whole[:150]}~{hashlib.sha256(whole.encode('utf-8', 'replace')).hexdigest()[:40]}"


def _foreign(event: Mapping[str, Any], options: EventOptions) -> Found:
    feature = event.get("data")
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise Rejected("event_invalid", "'data' is a GeoJSON feature with 'properties'")
    layer = "incidents" if event["type"].startswith("vn.ioc.incident") else "alerts"
    _check_layer(layer, options)
    given = feature["properties"]
    unit = _object(given.get("commune"))
    record: dict[str, Any] = {
        "id": str(event.get("subject") or event["id"])[:200],
        "revision": given.get("revision"),
        "title": given.get("title") or given.get("headline") or "Sự việc từ IOC khác",
        "time": given.get("time") or event.get("time"),
        "kind": _KINDS.get(str(given.get("category", "")).partition(".")[0], "other" if layer == "incidents" else None),
        "severity": _SEVERITIES.get(str(given.get("severity"))) if layer == "incidents" else given.get("severity"),
        "status": _STATES.get(str(given.get("status"))) if layer == "incidents" else "actual",
        "location_radius_m": _object(given.get("location")).get("radius_m"),
        "geometry": feature.get("geometry"),
    }
    if record["geometry"] is None and unit.get("code") is not None:
        record |= {"unit_code": unit["code"], "unit_set": _SETS.get(str(unit.get("code_system")))}
    hints = PlaceHints(text=given["address"] if isinstance(given.get("address"), str) else None)
    return Found(layer, {name: value for name, value in record.items() if value is not None}, hints=hints)


# Code systems of other IOCs, and the sets of units here that hold them (research, section 3).
_SETS = {"gso:2025": "province-2025", "gso:2024": "city-2017"}


def _check_layer(layer: str, options: EventOptions) -> None:
    if layer not in options.layers:
        raise Rejected("event_layer", f"this peer tells of {', '.join(options.layers)}, not of '{layer[:60]}'")


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _hops(value: Any) -> tuple[str, ...]:
    names = tuple(value.split(",")) if isinstance(value, str) and value else ()
    if not all(_NAME.fullmatch(name) for name in names):
        raise Rejected("event_hops", "'iochops' are short names of servers with commas")
    return names


CONNECTOR = Connector("cloudevents", Text("Sự kiện CloudEvents", "CloudEvents"), parse, EventOptions)
