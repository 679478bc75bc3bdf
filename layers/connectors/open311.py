# SPDX-License-Identifier: Apache-2.0
"""Open311 GeoReport v2: reports of citizens become incidents, whether polled from another endpoint or posted to ours.

Identity is (source, service_request_id). ``updated_datetime`` is the revision, so that polls whose spans overlap change
nothing and a page that arrives late changes nothing back. A form posted to our server (api/routers/open311.py) has the
id that the server gave it as the message's name, and is the first revision: whatever the form, a retry never undoes
what somebody did about the report since.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator

from layers.connectors.base import Connector, Found, Message, Options, Parsed, PlaceHints, Refused
from layers.connectors.open311_deadlines import VIETNAM, deadline
from layers.connectors.open311_reading import form_of, requests_in, text_of, without_people
from layers.connectors.open311_services import SERVICES, Service, service_of
from layers.spec import Text

Status: TypeAlias = Literal["new", "assigned", "in_progress", "resolved", "rejected"]
# The word that says more than open and closed (section 4.6 of the research). What was reopened is open again.
STATUSES: Mapping[str, Status] = {
    "received": "new",
    "verified": "new",
    "assigned": "assigned",
    "in_progress": "in_progress",
    "reopened": "in_progress",
    "resolved": "resolved",
    "rejected": "rejected",
    "duplicate": "rejected",
}
CLOSED = frozenset({"resolved", "rejected"})
LAYER = "incidents"
MAX_DESCRIPTION = 4000
_MAX_RADIUS_M = 100_000
_LINK = re.compile(r"https?://\S{1,490}")


def _known(code: str) -> str:
    if code not in SERVICES:
        raise ValueError(f"there is no service '{code}'; /open311/v2/services.json lists them")
    return code


class Open311Options(Options):
    """What a source may set.

    Args:
        channel: how the reports reached the other side, as the layer has it.
        services: the endpoint's own service codes, and ours for each. Unknown ones become "other".
        statuses: what else the endpoint says as ``status`` or ``x_status``, and what it means.
        counts_updates: whether ``updated_datetime`` changes with every change. If not, what arrives last is believed.
    """

    channel: Literal["app", "hotline", "web", "field", "camera"] = "app"
    services: Mapping[str, Annotated[str, AfterValidator(_known)]] = {}
    statuses: Mapping[str, Status] = {}
    counts_updates: bool = True


def parse(message: Message, options: Open311Options) -> Iterator[Parsed]:
    """The incidents of an answer to GET requests, or of one posted form.

    Raises:
        Rejected: the message cannot be read, or is the endpoint's own error.
    """
    posted = form_of(message) == "form"
    for raw in requests_in(message):
        if not isinstance(raw, dict):
            yield Refused("record_invalid", "a service request is an object", layer=LAYER)
        elif posted:
            yield _posted(message, raw, options)
        else:
            yield _polled(raw, options)


def status_of(status: str | None, more: str | None, own: Mapping[str, Status]) -> Status | None:
    """The status of an incident; ``None`` where neither word is known. Where they contradict, the standard's wins."""
    known = own.get(more or "") or STATUSES.get(more or "") or own.get(status or "")
    if status == "closed":
        return known if known in CLOSED else "resolved"
    if status == "open":
        return known if known is not None and known not in CLOSED else "new"
    return known


def moment_of(value: Any) -> datetime | None:
    """An ISO 8601 date-time, or a day and time as portals here write them. Without an offset it is Vietnam's time."""
    text = text_of(value, 60)
    if text is None:
        return None
    moment: datetime | None
    try:
        moment = datetime.fromisoformat(text.replace("z", "Z"))
    except ValueError:
        moment = _day_first(text)
    if moment is None or not 1900 < moment.year < 9999:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=VIETNAM)
    return moment.astimezone(UTC)


def _day_first(text: str) -> datetime | None:
    for pattern in ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None


def _posted(message: Message, raw: Mapping[str, Any], options: Open311Options) -> Parsed:
    """A form; the time at which we received it is the time at which it was reported."""
    service = _service(raw, options)
    record = {
        **_report(raw, service, options),
        "id": text_of(message.name, 200),
        "revision": 1,
        "time": message.received_at.isoformat(),
        "status": "new",
    }
    if record["id"] is None:
        return Refused("id_missing", "a posted report has the id that the server gave it as its name", layer=LAYER)
    if service is not None:
        due = deadline(message.received_at, service.solve_h, by_the_clock=service.by_the_clock)
        record["sla_due"] = due.isoformat()
    return _found(record)


def _polled(raw: Mapping[str, Any], options: Open311Options) -> Parsed:
    external_id = text_of(raw.get("service_request_id"), 200)
    if external_id is None:
        return Refused("id_missing", "the request has no service_request_id (yet)", layer=LAYER)
    updated = moment_of(raw.get("updated_datetime"))
    requested = moment_of(raw.get("requested_datetime")) or updated
    if requested is None:
        detail = f"the request '{external_id[:60]}' has no requested_datetime that is a date and time"
        return Refused("time_missing", detail, record=_without_unknown(raw), layer=LAYER)
    status, more = (text_of(raw.get(name), 60) for name in ("status", "x_status"))
    record = {
        **_report(raw, _service(raw, options), options),
        "id": external_id,
        "time": requested.isoformat(),
        "status": status_of((status or "").lower(), (more or "").lower(), options.statuses),
        "source_status": more or status,
        "status_notes": text_of(raw.get("status_notes"), 1000),
        "agency": text_of(raw.get("agency_responsible"), 200),
    }
    due = moment_of(raw.get("x_sla_due")) or moment_of(raw.get("expected_datetime"))
    if due is not None:
        record["sla_due"] = due.isoformat()
    if options.counts_updates and updated is not None and updated.timestamp() > 0:
        record["revision"] = int(updated.timestamp() * 1000)
    return _found(record)


def _found(record: Mapping[str, Any]) -> Found:
    said = [str(record[name]) for name in ("address", "description") if record.get(name)]
    hints = PlaceHints(text="\n".join(said) or None)
    return Found(LAYER, {name: value for name, value in record.items() if value is not None}, hints=hints)


def _report(raw: Mapping[str, Any], service: Service | None, options: Open311Options) -> dict[str, Any]:
    """What polled and posted reports share. The title is the service's: what citizens wrote is for who works on it."""
    name = text_of(raw.get("service_name"), 300) or (service.name if service is not None else "Phản ánh hiện trường")
    return {
        "title": name,
        "kind": "other" if service is None else service.kind,
        "severity": None if service is None else service.severity,
        "service_code": text_of(raw.get("service_code"), 100),
        "description": text_of(raw.get("description"), MAX_DESCRIPTION),
        "address": text_of(raw.get("address") or raw.get("address_string") or raw.get("address_id"), 300),
        "media_url": _link(raw.get("media_url")),
        "channel": options.channel,
        **_place(raw),
    }


def _service(raw: Mapping[str, Any], options: Open311Options) -> Service | None:
    code = text_of(raw.get("service_code"), 100)
    return None if code is None else service_of(options.services.get(code, code))


def _place(raw: Mapping[str, Any]) -> dict[str, float]:
    """Two numbers as they are, swapped or zero: the ladder judges them."""
    lon, lat = _number(raw.get("long")), _number(raw.get("lat"))
    if lon is None or lat is None:
        return {}
    radius_m = _number(raw.get("x_location_precision_m"))
    known = radius_m is not None and 0 < radius_m <= _MAX_RADIUS_M
    return {"lon": lon, "lat": lat} | ({"location_radius_m": radius_m} if known and radius_m is not None else {})


def _number(value: Any) -> float | None:
    text = text_of(value, 40)
    if text is None:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _link(value: Any) -> str | None:
    """The address of a picture elsewhere; the picture itself is never fetched."""
    text = text_of(value, 501)
    return text if text is not None and _LINK.fullmatch(text) else None


def _without_unknown(raw: Mapping[str, Any]) -> dict[str, str | None]:
    names = ("service_request_id", "service_code", "status", "requested_datetime", "updated_datetime")
    return {name: text_of(raw.get(name), 100) for name in names}


CONNECTOR = Connector(
    "open311",
    Text("Phản ánh hiện trường (Open311)", "Field reports (Open311 GeoReport v2)"),
    parse,
    Open311Options,
    without_people,
)
