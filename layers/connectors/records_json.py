# SPDX-License-Identifier: Apache-2.0
"""JSON in our own record form, for every layer: one record, a list, a FeatureCollection, or one JSON text a line.

A line may start with the record separator of RFC 8142 (GeoJSON text sequences). What a record may hold is told by
``/collections/{layer}/schema`` and docs/ingest.md; ``unit_name`` and ``place_text`` may say in words where it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from layers.connectors.base import Connector, Message, Parsed, Refused
from layers.connectors.layer_records import LayerOptions, catalog, check, check_read, found_of
from layers.connectors.redaction import scrub_value, scrubbed
from layers.errors import Rejected
from layers.spec import LayerSpec, Text
from layers.values import nested_deeper_than

MAX_RECORDS = 50_000
MAX_BYTES = 32 * 1024 * 1024
_MAX_DEPTH = 24
_LISTS = ("features", "records", "items", "data")


def _parse(message: Message, options: LayerOptions) -> Iterator[Parsed]:
    check_read(message)
    spec = catalog()[options.layer]
    for index, raw in enumerate(_records(message.body)):
        try:
            record = _flat(raw, spec)
            found = found_of(spec, options, record)
            check(spec, found, message.received_at)
        except Rejected as problem:
            kept = raw if not nested_deeper_than(raw, _MAX_DEPTH) else None
            yield Refused(problem.code, f"record {index}: {problem.detail}", kept, spec.id)
        else:
            yield found


def _records(body: bytes) -> list[Any]:
    """The records of a body.

    Raises:
        Rejected: it is no JSON, or too much of it.
    """
    decoded = _decoded(body)
    if isinstance(decoded, dict):
        listed = next((decoded[name] for name in _LISTS if isinstance(decoded.get(name), list)), None)
        decoded = [decoded] if listed is None else listed
    if not isinstance(decoded, list):
        raise Rejected("body_invalid", "send a record, a list of records or a GeoJSON FeatureCollection")
    if len(decoded) > MAX_RECORDS:
        raise Rejected("too_many_records", f"a message has at most {MAX_RECORDS} records: send several")
    return decoded


def _decoded(body: bytes) -> Any:
    if len(body) > MAX_BYTES:
        raise Rejected("file_too_large", f"a message has at most {MAX_BYTES} bytes: send several")
    text = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        lines = [line for line in text.replace(b"\x1e", b"\n").splitlines() if line.strip()]
    if len(lines) < 2 and not text.startswith(b"\x1e"):
        raise Rejected("json_invalid", "the body is no JSON in UTF-8")
    if len(lines) > MAX_RECORDS:
        raise Rejected("too_many_records", f"a message has at most {MAX_RECORDS} records: send several")
    try:
        return [orjson.loads(line) for line in lines]
    except orjson.JSONDecodeError:
        raise Rejected("json_invalid", "the body is neither JSON nor one JSON text a line, in UTF-8") from None


def _flat(raw: Any, spec: LayerSpec) -> dict[str, Any]:
    """A record without the envelope of GeoJSON; a point becomes two numbers, which the road may pass over.

    Raises:
        Rejected: it is no object.
    """
    if not isinstance(raw, dict):
        raise Rejected("record_invalid", "a record is a JSON object or a GeoJSON Feature")
    if raw.get("type") != "Feature" or not ("properties" in raw or "geometry" in raw):
        return dict(raw)
    properties = raw.get("properties")
    flat = dict(properties) if isinstance(properties, Mapping) else {}
    if raw.get("id") is not None:
        flat["id"] = raw["id"]
    geometry = raw.get("geometry")
    if geometry is None or spec.store == "indicator":
        return flat
    position = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    if isinstance(geometry, Mapping) and geometry.get("type") == "Point" and isinstance(position, list):
        if len(position) >= 2:
            flat["lon"], flat["lat"] = position[:2]
        return flat
    return {**flat, "geometry": geometry}


def _redact(message: Message) -> Message:
    try:
        decoded = _decoded(message.body)
    except Rejected:
        return scrubbed(message)
    clean = scrub_value(decoded)
    return message if clean == decoded else replace(message, body=orjson.dumps(clean))


CONNECTOR = Connector(
    kind="records_json",
    title=Text("JSON theo mẫu của hệ thống", "JSON in our own form"),
    parse=_parse,
    options=LayerOptions,
    redact=_redact,
)
