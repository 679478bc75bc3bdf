# SPDX-License-Identifier: Apache-2.0
"""Whether cameras answer: ``{"checks": [...]}``, a list, or one check, from our own visits or pushed by a VMS.

A check names a camera of the register by its id there; it never makes one. Members: ``id``, ``register`` (where
several sources know the id), ``time`` (RFC 3339; without one, when the message came), ``ok`` or ``status`` (online,
offline), ``problem``, ``facts``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from layers.connectors.base import Connector, Found, Message, Options, Parsed, Refused
from layers.connectors.redaction import scrubbed
from layers.errors import Rejected
from layers.records import MAX_DEPTH
from layers.spec import Text
from layers.values import nested_deeper_than

MAX_BYTES = 5_000_000
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_TOO_LARGE = b'{"unread":"too large"}'
_STATUS = {"online": True, "offline": False}


class StatusOptions(Options):
    """``registered_by``: the source that keeps the cameras, where messages do not say it."""

    registered_by: str | None = None


def _redacted(message: Message) -> Message:
    """Without personal data; of what is too large to be read nothing is kept, nor looked through."""
    return replace(message, body=_TOO_LARGE) if len(message.body) > MAX_BYTES else scrubbed(message)


def _parse(message: Message, options: StatusOptions) -> Iterator[Parsed]:
    if message.body == _TOO_LARGE:
        raise Rejected("message_too_large", f"a message may have {MAX_BYTES} bytes: send several")
    try:
        decoded = orjson.loads(message.body)
    except (orjson.JSONDecodeError, RecursionError):
        raise Rejected("message_unreadable", "send JSON: an object with 'checks', a list of checks, or one") from None
    if nested_deeper_than(decoded, MAX_DEPTH):
        raise Rejected("record_too_deep", f"the message is nested deeper than {MAX_DEPTH} levels")
    checks = decoded.get("checks", decoded) if isinstance(decoded, dict) else decoded
    for raw in checks if isinstance(checks, list) else [checks]:
        if isinstance(raw, dict):
            yield Found("cameras", _record(raw, message, options), "checks")
        else:
            yield Refused("record_invalid", "a check is a JSON object", layer="cameras")


def _record(raw: Mapping[str, Any], message: Message, options: StatusOptions) -> dict[str, Any]:
    record = dict(raw)
    status = record.pop("status", None)
    if "ok" not in record and isinstance(status, str):
        record["ok"] = _STATUS.get(status)
    record.setdefault("register", options.registered_by)
    record["time"] = _moment(record.get("time"), message.received_at)
    return record


def _moment(value: Any, received_at: datetime) -> Any:
    """When it was; a time without a zone is of Vietnam. What is no time is left for the door to refuse."""
    if value in (None, ""):
        return received_at.isoformat()
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return value if moment.tzinfo is not None else moment.replace(tzinfo=_ZONE).isoformat()
    return value


CONNECTOR = Connector(
    "camera_status",
    Text("Tình trạng camera", "Status of cameras"),
    _parse,
    StatusOptions,
    _redacted,
)
