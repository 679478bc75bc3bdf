# SPDX-License-Identifier: Apache-2.0
"""Resources of FHIR R4 that this server writes: what it can, failures, and clinics. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from starlette.responses import Response

FHIR_JSON = "application/fhir+json"
_ROLES = {"hospital": ("HOSP", "Hospital"), "clinic": ("PC", "Primary care clinic"), "pharmacy": ("PHARM", "Pharmacy")}
_ROLE_CODES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_ISSUES = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 409: "conflict",
    413: "too-long", 415: "not-supported", 422: "processing", 429: "throttled", 503: "transient",
}  # fmt: skip
_READ = ("Location", "Organization")
_WRITTEN = ("Location", "Organization", "HealthcareService", "MeasureReport")
_SEARCHED = (
    ("_id", "token"), ("_lastUpdated", "date"), ("identifier", "token"), ("name", "string"),
)  # fmt: skip


def answer(resource: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A resource as FHIR JSON."""
    return Response(orjson.dumps(resource), status, headers, f"{FHIR_JSON}; fhirVersion=4.0")


def issue(status: int, code: str, detail: str, where: str | None = None) -> dict[str, Any]:
    """One issue of an OperationOutcome; ``code`` is our stable one. A status below 300 is information."""
    told: dict[str, Any] = {
        "severity": "information" if status < 300 else "error",
        "code": "informational" if status < 300 else _ISSUES.get(status, "exception"),
        "details": {"coding": [{"system": "urn:toancanh:codes", "code": code}], "text": detail},
        "diagnostics": detail,
    }
    return told if where is None else {**told, "expression": [where]}


def outcome(*issues: Mapping[str, Any]) -> dict[str, Any]:
    """An OperationOutcome."""
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def response_bundle(kind: str, answers: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, Any]:
    """What became of each entry of a batch or transaction."""
    entries = [{"response": {"status": str(status), "outcome": outcome(told)}} for status, told in answers]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def capabilities(root: str, now: datetime) -> dict[str, Any]:
    """The CapabilityStatement of this door."""
    search = [{"name": name, "type": kind} for name, kind in _SEARCHED]
    resources = []
    for kind in _WRITTEN:
        reads = [{"code": "read"}, {"code": "search-type"}] if kind in _READ else []
        resource: dict[str, Any] = {
            "type": kind,
            "interaction": [*reads, {"code": "create"}, {"code": "update"}],
            "versioning": "versioned",
        }
        resources.append({**resource, "searchParam": search} if reads else resource)
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": now.date().isoformat(),
        "publisher": "Toàn Cảnh",
        "kind": "instance",
        "software": {"name": "Toàn Cảnh"},
        "implementation": {"description": "Facilities and summary counts; nothing about patients", "url": root},
        "fhirVersion": "4.0.1",
        "format": [FHIR_JSON, "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "MeasureReport of type summary only. Resources about people are refused, and counted.",
                "security": {"description": "Authorization: Bearer KEY, where KEY belongs to a source of kind 'fhir'."},
                "resource": resources,
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


def searchset(root: str, resources: Sequence[Mapping[str, Any]], links: Mapping[str, str]) -> dict[str, Any]:
    """A page of what a search found."""
    entries = [
        {
            "fullUrl": f"{root}/{resource['resourceType']}/{resource['id']}",
            "resource": resource,
            "search": {"mode": "match"},
        }
        for resource in resources
    ]
    told = [{"relation": relation, "url": url} for relation, url in links.items()]
    page: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": told}
    return {**page, "entry": entries} if entries else page


def location(feature: Mapping[str, Any], root: str) -> dict[str, Any]:
    """A clinic as Location."""
    properties = feature["properties"]
    role = _ROLES.get(properties.get("kind") or "")
    managed = properties.get("managed_by")
    name = str(feature["id"])
    return _without_nothing(
        {
            **_head("Location", feature, root),
            "status": "suspended" if properties.get("status") == "suspended" else "active",
            "name": properties.get("name"),
            "mode": "instance",
            "type": [{"coding": [{"system": _ROLE_CODES, "code": role[0], "display": role[1]}]}] if role else None,
            "address": _address(properties),
            "position": _position(feature.get("geometry")),
            "managingOrganization": {"reference": f"Organization/{name}", "display": managed or properties.get("name")},
        }
    )


def organization(feature: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Who runs a clinic, as Organization."""
    properties = feature["properties"]
    address = _address(properties)
    return _without_nothing(
        {
            **_head("Organization", feature, root),
            "active": True,
            "type": [
                {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/organization-type", "code": "prov"}]}
            ],
            "name": properties.get("managed_by") or properties.get("name"),
            "address": [address] if address else None,
        }
    )


def _head(kind: str, feature: Mapping[str, Any], root: str) -> dict[str, Any]:
    properties = feature["properties"]
    external = {"system": f"{root}/identifier/{properties['source']}", "value": properties["external_id"]}
    code = properties.get("facility_code")
    official = [{"use": "official", "system": f"{root}/identifier/cskcb", "value": code}] if code else []
    updated = datetime.fromisoformat(properties["recorded_at"]).isoformat(timespec="milliseconds")
    return {
        "resourceType": kind,
        "id": str(feature["id"]),
        "meta": {"versionId": str(properties["revision"]), "lastUpdated": updated},
        "identifier": [*official, external],
    }


def _address(properties: Mapping[str, Any]) -> dict[str, str] | None:
    text = properties.get("address")
    return {"text": text} if text else None


def _position(geometry: Any) -> dict[str, float] | None:
    if not isinstance(geometry, Mapping) or geometry.get("type") != "Point":
        return None
    lon, lat = geometry["coordinates"][:2]
    return {"longitude": lon, "latitude": lat}


def _without_nothing(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if value is not None}
