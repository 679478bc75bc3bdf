# SPDX-License-Identifier: Apache-2.0
"""SensorThings 1.1 (18-088) inwards: entities as stations post them by REST or publish them by MQTT. Pure.

A message's name says what it is: the address that was posted to (``Things``, ``Datastreams(5)/Observations``,
``CreateObservations``), the topic (``v1.1/Datastreams(5)/Observations``), or what the server door made of a change
(``DELETE Observations('5-1795136400000000')``, api/sensorthings_write.py). Datastreams are named by their number, which
the store turns into sensor and property (layers/observation_streams.py), so that a message needs nothing else.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from layers.connectors.base import Connector, Found, Message, Parsed, Refused
from layers.connectors.sensorthings_observation import array_records, observation_record, stream_of
from layers.connectors.sensorthings_thing import ThingsOptions, external_id_of, nested_readings, thing_found
from layers.errors import Rejected
from layers.spec import Text
from layers.sta.address import observation_key

MAX_BYTES = 5_000_000
_ADDRESS = re.compile(
    r"(?:(?P<method>PATCH|DELETE) )?(?:[^()]{0,200}?v1\.[01]/)?"
    r"(?P<set>Things|Datastreams|Observations|CreateObservations)(?:\((?P<key>[^()]{1,60})\))?(?P<rest>/Observations)?",
    re.ASCII,
)
_MOST = 20_000


def parse(message: Message, options: ThingsOptions) -> Iterator[Parsed]:
    """Records of one message.

    Raises:
        Rejected: it is no entity of a kind that can be created.
    """
    if "not-read" in message.headers:
        raise Rejected("message_too_large", f"the message was not taken: {message.headers['not-read']}")
    method, name, key, rest = _address(message)
    if name == "Observations" and key is not None and method is not None:
        yield _changed(method, key, message, options)
        return
    body = _decoded(message.body)
    match name, key, rest:
        case "Things", None, None:
            yield from _thing(method, body, message, options)
        case "Datastreams", str(), None:
            for one in nested_readings(body):
                yield _observed({"datastream": _number(key)}, one, message, options)
        case "Datastreams", str(), _:
            for one in body if isinstance(body, list) else [body]:
                yield _observed({"datastream": _number(key)}, one, message, options)
        case "Observations", None, None:
            yield _observed(None, body, message, options)
        case "CreateObservations", None, None:
            yield from _arrays(body, message, options)
        case _:
            raise Rejected("address_unknown", f"nothing is created at '{message.name[:80]}'")


def _address(message: Message) -> tuple[str | None, str, str | None, str | None]:
    if not message.name:
        return None, _guessed(_decoded(message.body)), None, None
    match = _ADDRESS.fullmatch(message.name.strip().strip("/"))
    if match is None:
        raise Rejected("address_unknown", f"nothing is created at '{message.name[:80]}'")
    return match["method"], match["set"], match["key"], match["rest"]


def _guessed(body: Any) -> str:
    """What a body without an address is: data arrays, an observation or a thing."""
    if isinstance(body, list):
        return "CreateObservations"
    return "Observations" if isinstance(body, dict) and "result" in body else "Things"


def _decoded(body: bytes) -> Any:
    if len(body) > MAX_BYTES:
        raise Rejected("message_too_large", f"a message has at most {MAX_BYTES} bytes")
    try:
        return orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError):
        raise Rejected("body_not_json", "the body is no JSON") from None


def _number(key: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) <= 18):
        raise Rejected("datastream_unknown", f"a datastream has a number, not '{key[:40]}'")
    return int(key)


def _thing(method: str | None, body: Any, message: Message, options: ThingsOptions) -> Iterator[Parsed]:
    if method == "DELETE":
        yield Found(options.layer, {"id": external_id_of(body, message), "withdrawn": True})
        return
    found, streams = thing_found(body, message, options)
    yield found
    for observed, readings in streams:
        for one in readings:
            stream = {"sensor": found.record["id"], "property": observed.name}
            yield _observed(stream, one, message, options)


def _observed(stream: dict[str, Any] | None, body: Any, message: Message, options: ThingsOptions) -> Parsed:
    try:
        return Found(
            options.layer,
            {**(stream or stream_of(body, options)), **observation_record(body, message, options)},
            "observations",
        )
    except Rejected as rejection:
        return Refused(rejection.code, rejection.detail, body, options.layer)


def _arrays(body: Any, message: Message, options: ThingsOptions) -> Iterator[Parsed]:
    if not isinstance(body, list):
        raise Rejected("body_invalid", "data arrays come as a list, one for each datastream")
    taken = 0
    for array in body:
        stream = stream_of(array, options)
        for one in array_records(array):
            taken += 1
            if taken > _MOST:
                raise Rejected("message_too_large", f"a request has at most {_MOST} observations: send several")
            yield _observed(stream, one, message, options)


def _changed(method: str, key: str, message: Message, options: ThingsOptions) -> Parsed:
    """An observation is corrected, or taken back: its datastream and time are in its id."""
    found = observation_key(key.strip("'"))
    if found is None:
        raise Rejected("observation_unknown", "an observation's id is its datastream and its time in microseconds")
    stream, moment = found
    told = {"datastream": stream, "time": moment.isoformat()}
    if method == "DELETE":
        return Found(options.layer, {**told, "value": None}, "observations")
    return Found(
        options.layer, {**observation_record(_decoded(message.body), message, options), **told}, "observations"
    )


CONNECTOR = Connector(
    "sensorthings", Text("OGC SensorThings API 1.1", "OGC SensorThings API 1.1"), parse, ThingsOptions
)
