# SPDX-License-Identifier: Apache-2.0
"""Violations that traffic cameras post as ISAPI alerts (EventNotificationAlert), with or without pictures.

A plate that was read without a violation is nobody's business and becomes nothing; so do heartbeats. What is left says
where, when and which kind. Pictures and plates stay with the police: layers/connectors/isapi_body.py drops them before
anything is kept.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from lxml import etree
from pydantic import Field

from layers.connectors.base import Connector, Found, Message, Options, Parsed, PlaceHints, Refused
from layers.connectors.isapi_body import BROKEN, TIME, UNREADABLE, parser, redacted
from layers.connectors.violation_codes import KINDS, kind_of
from layers.errors import Rejected
from layers.spec import Text

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Cameras whose clock was never set begin anew in 1970 or 2000.
OLDEST = datetime(2015, 1, 1, tzinfo=UTC)
# Sent to say that the line is alive.
_HEARTBEATS = frozenset({"videoloss", "heartbeat"})
_NOBODY = frozenset({"", "0", "000000000000", "00:00:00:00:00:00", "none", "unknown", "0.0.0.0"})
_IDENTITIES = ("serialNumber", "deviceSerialNo", "macAddress", "deviceID", "ipAddress")
ViolationKind = Literal[
    "red_light", "speeding", "wrong_lane", "wrong_way", "forbidden_road", "illegal_stop", "no_helmet", "lane_marking",
    "overload", "phone_use", "u_turn", "other",
]  # fmt: skip


class IsapiOptions(Options):
    """``cameras``: which camera of the register a device is, by its serial number, MAC or IP address, with ``/channel``
    where it has several, or by the channel alone. ``codes``: the vendor's own numbers and names of violations."""

    cameras: Mapping[str, Annotated[str, Field(min_length=1, max_length=200)]] = Field(default_factory=dict)
    codes: Mapping[str, ViolationKind] = Field(default_factory=dict)


def _parse(message: Message, options: IsapiOptions) -> Iterator[Parsed]:
    try:
        root = etree.fromstring(message.body, parser())
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise Rejected("event_unreadable", "the message holds no alert: send an EventNotificationAlert")
    if root.tag == UNREADABLE:
        what = f"no EventNotificationAlert was found in {root.get('bytes')} bytes, which are not kept"
        raise Rejected("event_unreadable", f"{what}: they may hold a plate or a face")
    for alert in root:
        if isinstance(alert.tag, str):
            yield from _alert(alert, message, options)


def _alert(alert: Any, message: Message, options: IsapiOptions) -> Iterator[Parsed]:
    said: dict[str, list[str]] = {}
    for element in alert:
        if isinstance(element.tag, str):
            said.setdefault(element.tag, []).append((element.text or "").strip())
    first = {name: texts[0] for name, texts in said.items()}
    if first.get("eventType", "").lower() in _HEARTBEATS or first.get("eventState", "").lower() == "inactive":
        return
    kinds = _kinds(said, options)
    if not kinds:
        if alert.get(BROKEN) is not None:
            yield Refused("event_incomplete", "the alert ends before it says a violation", first, "detections")
        return
    moment = _moment(first.get("dateTime", ""))
    if moment is None:
        yield Refused("time_invalid", "the alert has no dateTime that can be read", first, "detections")
    elif moment < OLDEST:
        yield Refused("clock_wrong", "the camera's clock was never set: set its time, by NTP", first, "detections")
    else:
        device = next(iter(_names(first)), "").lower()
        camera = _camera(first, message, options)
        for kind in kinds:
            yield _found(first, (device, camera), moment, kind, single=len(kinds) == 1)


def _kinds(said: Mapping[str, list[str]], options: IsapiOptions) -> list[str]:
    codes = [*said.get("illegalCode", []), *said.get("violationCode", [])]
    names = [*said.get("illegalName", []), *said.get("illegalType", []), *said.get("violationType", [])]
    pairs = [
        (codes[index] if index < len(codes) else "", names[index] if index < len(names) else "")
        for index in range(max(len(codes), len(names)))
    ]
    found = (kind_of(code, name, options.codes) for code, name in pairs)
    return list(dict.fromkeys(kind for kind in found if kind is not None))


def _names(first: Mapping[str, str]) -> list[str]:
    """What a device says of itself, the best first."""
    return [text for name in _IDENTITIES if (text := first.get(name, "")).lower() not in _NOBODY]


def _camera(first: Mapping[str, str], message: Message, options: IsapiOptions) -> str | None:
    channel = first.get("channelID") or first.get("dynChannelID") or ""
    known = {key.lower(): camera for key, camera in options.cameras.items()}
    names = _names(first)
    devices = [name.lower() for name in (message.name, *names) if name]
    for key in (*(f"{one}/{channel}" for one in devices), *devices, channel):
        if key in known:
            return known[key]
    if not names:
        return None
    # Who sets up a camera may give it the register's id.
    own = first.get("deviceID", "")
    device = own if own in names else names[0]
    return (device if channel in ("", "1") else f"{device}/{channel}")[:200]


def _found(
    first: Mapping[str, str], whose: tuple[str, str | None], moment: datetime, kind: str, *, single: bool
) -> Found:
    device, camera = whose
    uuid = first.get("UUID", "")
    if not uuid:
        lane = next((first[name] for name in ("lane", "laneNo", "line") if name in first), "")
        parts = (device, camera or "", moment.isoformat(timespec="milliseconds"), lane, kind)
        identity = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
    else:
        identity = f"{device[:80]}:{uuid[:90]}" + ("" if single else f":{kind}")
    record: dict[str, Any] = {"id": identity, "time": moment.isoformat(), "kind": kind, "status": "new"}
    if camera is None:
        return Found("detections", record)
    return Found("detections", record | {"camera": camera}, hints=PlaceHints(asset=("cameras", camera)))


def _moment(text: str) -> datetime | None:
    """The camera's time; without a zone it is of Vietnam."""
    found = TIME.fullmatch(text.strip())
    if found is None:
        return None
    *parts, fraction, zone = found.groups()
    year, month, day, hour, minute, second = (int(part) for part in parts)
    try:
        tz = _offset(zone) if zone else _ZONE
        return datetime(year, month, day, hour, minute, second, int((fraction or "").ljust(6, "0")[:6]), tz)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timezone:
    if zone.upper() == "Z":
        return UTC
    digits = zone[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if zone[0] == "-" else offset)


assert set(get_args(ViolationKind)) == set(KINDS)

CONNECTOR = Connector(
    "isapi",
    Text("Camera vi phạm giao thông (ISAPI)", "Traffic-violation cameras (ISAPI)"),
    _parse,
    IsapiOptions,
    redacted,
)
