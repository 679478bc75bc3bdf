# SPDX-License-Identifier: Apache-2.0
"""GeoReport v2 on the wire: one value, written as XML or as JSON; and what a service, a report and a failure look like.

JSON follows the standard's mapping of its XML: a list has no name of its own, its elements in XML have.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from lxml import etree
from starlette.responses import Response

from layers.connectors.open311 import STATUSES
from layers.connectors.open311_deadlines import VIETNAM
from layers.connectors.open311_services import SERVICES, VERSION, Service
from layers.field_reports import is_open
from layers.spec import LayerSpec

# How the elements of a list are called.
_ELEMENTS = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
    "x_extensions": "extension",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What our extension says for a status that nobody said in other words.
_WORDS = {
    "new": "received",
    "assigned": "assigned",
    "in_progress": "in_progress",
    "resolved": "resolved",
    "rejected": "rejected",
}
EXTENSIONS = ("updated_after", "page", "page_size", "x_status", "idempotency_key")


def answer(name: str, value: Any, form: str, status: int = 200) -> Response:
    """A value under its name in XML; in JSON it has none."""
    if form == "json":
        return Response(orjson.dumps(value), status, media_type="application/json; charset=utf-8")
    body = etree.tostring(_element(name, value), encoding="utf-8", xml_declaration=True)
    return Response(body, status, media_type="text/xml; charset=utf-8")


def failure(status: int, code: str, detail: str, form: str) -> Response:
    """A failure: the standard's code is the status, ours says which."""
    return answer("errors", [{"code": status, "description": detail, "x_code": code}], form, status)


def discovery(root: str, *, test: bool) -> dict[str, Any]:
    """What this endpoint is."""
    return {
        "changeset": VERSION,
        "contact": "Trung tâm Giám sát, điều hành thông minh (IOC)",
        "key_service": "Khoá (api_key) do quản trị viên cấp: ./toancanh key create --source NAME --layers incidents",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": root,
                "changeset": VERSION,
                "type": "test" if test else "production",
                "formats": ["text/xml", "application/json"],
                "x_extensions": list(EXTENSIONS),
            }
        ],
    }


def services() -> list[dict[str, Any]]:
    """Everything that can be reported."""
    return [_service(service) for service in SERVICES.values()]


def definition(service: Service) -> dict[str, Any]:
    """What else may be asked about a service: nothing."""
    return {"service_code": service.code, "attributes": []}


def report(row: Mapping[str, Any], spec: LayerSpec) -> dict[str, Any]:
    """A report, with the fields of the layer that its reader sees."""
    said = {name: value for name, value in row["properties"].items() if name in spec.field_names}
    service = SERVICES.get(said.get("service_code", ""))
    return {
        "service_request_id": row["external_id"],
        "status": "open" if is_open(row["status"]) else "closed",
        "status_notes": said.get("status_notes"),
        "service_name": said.get("title") if service is None else service.name,
        "service_code": said.get("service_code"),
        "description": said.get("description"),
        "agency_responsible": said.get("agency"),
        "service_notice": None,
        "requested_datetime": _told(row["valid_from"]),
        "updated_datetime": _told(row["recorded_at"]),
        "expected_datetime": _told(said.get("sla_due")),
        "address": said.get("address"),
        "address_id": None,
        "zipcode": None,
        "lat": row["lat"],
        "long": row["lon"],
        "media_url": said.get("media_url"),
        "x_status": _word(row["status"], said.get("source_status")),
        "x_sla_due": _told(said.get("sla_due")),
        "x_location_precision_m": row["location_radius_m"],
    }


def receipt(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the citizen's app is told about a report that is durable."""
    properties = row["properties"]
    service = SERVICES.get(properties.get("service_code", ""))
    notice = "" if service is None or service.call is None else f"Trường hợp khẩn cấp, gọi ngay {service.call}. "
    notice += "Đã tiếp nhận."
    due = _told(properties.get("sla_due"))
    if due is not None:
        notice += f" Hạn xử lý: {datetime.fromisoformat(due):%d/%m/%Y %H:%M}."
    return {"service_request_id": row["external_id"], "service_notice": notice, "account_id": None}


def _service(service: Service) -> dict[str, Any]:
    leaves = [one.name for one in SERVICES.values() if one.group == service.code and one.code != service.code]
    keywords = leaves or [service.name, service.group_name]
    hours = "giờ" if service.by_the_clock else "giờ làm việc"
    described = f"Phản hồi trong {service.answer_h:g} {hours}, xử lý trong {service.solve_h:g} {hours}."
    if service.call is not None:
        described = f"Khẩn cấp: gọi ngay {service.call}. {described}"
    return {
        "service_code": service.code,
        "service_name": service.name,
        "description": described,
        "metadata": False,
        "type": "realtime",
        "keywords": ", ".join(one.replace(",", "") for one in keywords),
        "group": service.group_name,
    }


def _word(status: str | None, source_status: str | None) -> str | None:
    """What the other side said, while it is still true; else our own word."""
    if source_status is not None and status is not None and STATUSES.get(source_status) == status:
        return source_status
    return _WORDS.get(status or "new")


def _told(moment: datetime | str | None) -> str | None:
    if moment is None:
        return None
    try:
        known = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    except ValueError:
        return None  # written past the doors
    return known.astimezone(VIETNAM).isoformat(timespec="milliseconds")


def _element(name: str, value: Any) -> Any:
    element = etree.Element(name)
    if isinstance(value, Mapping):
        element.extend([_element(key, member) for key, member in value.items()])
    elif isinstance(value, Sequence) and not isinstance(value, str):
        element.extend([_element(_ELEMENTS[name], member) for member in value])
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _NOT_XML.sub("\ufffd", str(value))
    return element
