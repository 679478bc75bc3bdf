# SPDX-License-Identifier: Apache-2.0
"""What is kept of a FHIR message: four kinds of resources, member by member, and of all else its kind alone. Pure.

Patients are counted on the health side. A resource about a person is cut down to its ``resourceType`` before the
message is stored; of the four kinds that come in, only listed members stay (no contacts, no narrative, no contained
resources, no strata). Counts of fewer than eleven people are masked as FHIR masks (data-absent-reason), with the score
that was made of them.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import orjson

from layers.connectors.base import Message
from layers.connectors.redaction import scrub_text
from layers.errors import Rejected
from layers.values import nested_deeper_than

SMALLEST = 11
MAX_BYTES = 16 * 1024 * 1024
MAX_ENTRIES = 20_000
KEPT_TYPE = "application/fhir+json"
_MAX_DEPTH = 40
_MAX_LISTED = 200
_MAX_TEXT = 2_000
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}", re.ASCII)
_REPORT_TYPES = ("individual", "subject-list", "data-collection", "summary")
_MASKED = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}

# One sentence each: what was sent is not quoted.
_UNREADABLE = {
    "message_too_large": f"a message has at most {MAX_BYTES} bytes: send several Bundles",
    "media_type_unsupported": "send FHIR as JSON (application/fhir+json), not as XML",
    "json_invalid": "the body is no JSON in UTF-8",
    "resource_invalid": "the body is no resource of FHIR R4: send a Bundle or one resource, with its 'resourceType'",
    "bundle_invalid": f"'entry' is a list of at most {MAX_ENTRIES} entries",
}

_LEAF: Mapping[str, Any] = MappingProxyType({})


def _leaves(names: str) -> dict[str, Mapping[str, Any]]:
    return dict.fromkeys(names.split(), _LEAF)


_CODING = _leaves("system version code display")
_CONCEPT = {"coding": _CODING, "text": _LEAF}
_IDENTIFIER = {**_leaves("use system value"), "type": _CONCEPT}
_REFERENCE = {**_leaves("reference type display"), "identifier": _IDENTIFIER}
_PERIOD = _leaves("start end")
_EXTENSION = {
    **_leaves("url valueString valueCode valueUri"),
    "valueCoding": _CODING, "valueCodeableConcept": _CONCEPT, "valueIdentifier": _IDENTIFIER,
}  # fmt: skip
_ADDRESS = {**_leaves("use type text line city district state postalCode country"), "extension": _EXTENSION}
_HEAD = {**_leaves("resourceType id"), "meta": _leaves("versionId lastUpdated profile"), "identifier": _IDENTIFIER}
_POPULATION = {"code": _CONCEPT, "count": _LEAF, "_count": {"extension": _EXTENSION}}
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "Organization": {
        **_HEAD, **_leaves("active name alias"), "type": _CONCEPT, "address": _ADDRESS, "partOf": _REFERENCE,
    },
    "Location": {
        **_HEAD, **_leaves("status name alias mode"), "type": _CONCEPT, "address": _ADDRESS, "physicalType": _CONCEPT,
        "position": _leaves("longitude latitude altitude"), "managingOrganization": _REFERENCE, "partOf": _REFERENCE,
    },
    "HealthcareService": {
        **_HEAD, **_leaves("active name"), "providedBy": _REFERENCE, "category": _CONCEPT, "type": _CONCEPT,
        "specialty": _CONCEPT, "location": _REFERENCE,
    },
    "MeasureReport": {
        **_HEAD, **_leaves("status type measure date"), "subject": _REFERENCE, "period": _PERIOD,
        "improvementNotation": _CONCEPT,
        "group": {
            "code": _CONCEPT, "population": _POPULATION,
            "measureScore": {**_leaves("value unit system code"), "extension": _EXTENSION},
        },
    },
}  # fmt: skip
TAKEN = tuple(_SHAPES)


def _unreadable(code: str) -> Rejected:
    known = code if code in _UNREADABLE else "resource_invalid"
    return Rejected(known, _UNREADABLE[known])


def decoded(body: bytes) -> dict[str, Any]:
    """A resource or Bundle.

    Raises:
        Rejected: it is none.
    """
    if len(body) > MAX_BYTES:
        raise _unreadable("message_too_large")
    if body[:200].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise _unreadable("media_type_unsupported")
    try:
        resource = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _unreadable("json_invalid") from None
    if not isinstance(resource, dict) or nested_deeper_than(resource, _MAX_DEPTH):
        raise _unreadable("resource_invalid")
    if isinstance(why := resource.get("unreadable"), str):
        raise _unreadable(why)
    if not isinstance(resource.get("resourceType"), str) or not _TYPE.fullmatch(resource["resourceType"]):
        raise _unreadable("resource_invalid")
    entries = resource.get("entry") or []
    if resource["resourceType"] == "Bundle" and (not isinstance(entries, list) or len(entries) > MAX_ENTRIES):
        raise _unreadable("bundle_invalid")
    return resource


def redacted(message: Message) -> Message:
    """The message as it is kept. What is no FHIR cannot be cut down, so nothing of it is kept but its size and hash."""
    try:
        resource = decoded(message.body)
    except Rejected as problem:
        facts = {"bytes": len(message.body), "sha256": hashlib.sha256(message.body).hexdigest()}
        kept: dict[str, Any] = {"unreadable": problem.code, **facts}
    else:
        kept = _bundle(resource) if resource["resourceType"] == "Bundle" else _resource(resource)
    name = message.name if message.name in TAKEN else ""
    return replace(message, body=orjson.dumps(kept), content_type=KEPT_TYPE, name=name)


def _bundle(bundle: Mapping[str, Any]) -> dict[str, Any]:
    # Not its id nor its moment: a search that finds the same again is the same message.
    return {
        **_members(bundle, _leaves("resourceType type total")),
        "entry": [_entry(entry) for entry in bundle.get("entry") or []],
    }


def _entry(entry: Any) -> dict[str, Any]:
    """An entry; one without a resource keeps what it asks for, if that names no person."""
    if not isinstance(entry, dict):
        return {}
    resource = entry.get("resource")
    kept: dict[str, Any] = {}
    if isinstance(resource, dict):
        kept["resource"] = _resource(resource)
    request = entry.get("request")
    names = kept.get("resource", {}).get("resourceType") if kept else None
    if isinstance(request, dict) and (names in TAKEN or names is None) and _is_taken(str(request.get("url", ""))):
        kept["request"] = _members(request, _leaves("method url ifNoneExist"))
    if names in TAKEN and isinstance(entry.get("fullUrl"), str):
        kept["fullUrl"] = entry["fullUrl"][:_MAX_TEXT]
    return kept


def _is_taken(url: str) -> bool:
    return re.split(r"[/?]", url, maxsplit=1)[0] in TAKEN


def _resource(resource: Mapping[str, Any]) -> dict[str, Any]:
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        return {"resourceType": "Unknown"}
    if kind not in _SHAPES:
        return {"resourceType": kind}
    if kind == "MeasureReport" and (found := _about_people(resource)) is not None:
        return {"resourceType": kind, "type": found}
    kept = _members(resource, _SHAPES[kind])
    if kind == "MeasureReport" and isinstance(kept.get("group"), list):
        kept["group"] = [_masked(group) if isinstance(group, dict) else {} for group in kept["group"]]
    return kept


def _about_people(report: Mapping[str, Any]) -> str | None:
    """The type of a report that is no summary of a place; a summary of one patient is an individual one."""
    kind = report.get("type")
    if kind != "summary":
        return kind if kind in _REPORT_TYPES else "unknown"
    subject = report.get("subject")
    reference = subject.get("reference") if isinstance(subject, Mapping) else None
    parts = reference.split("/") if isinstance(reference, str) else []
    place = len(parts) < 2 or "Location" in parts or "Organization" in parts
    named = subject.get("type") if isinstance(subject, Mapping) else None
    return None if place and named in (None, "Location", "Organization") else "individual"


def _masked(group: dict[str, Any]) -> dict[str, Any]:
    populations = group.get("population")
    hidden = False
    for population in populations if isinstance(populations, list) else []:
        count = population.get("count") if isinstance(population, dict) else None
        if isinstance(count, int | float) and not isinstance(count, bool) and count < SMALLEST:
            del population["count"]
            population["_count"] = _MASKED
            hidden = True
    if hidden and "measureScore" in group:
        group["measureScore"] = _MASKED
    return group


def _shaped(value: Any, shape: Mapping[str, Any]) -> Any:
    """The listed members of a value; texts without phone numbers and the like."""
    if not shape:
        return _leaf(value)
    if isinstance(value, list):
        return [_shaped(one, shape) for one in value[:_MAX_LISTED] if isinstance(one, dict)]
    return _members(value, shape) if isinstance(value, dict) else None


def _members(value: Mapping[str, Any], shape: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: _shaped(value[name], inner) for name, inner in shape.items() if name in value}
    return {name: one for name, one in kept.items() if one is not None}


def _leaf(value: Any) -> Any:
    if isinstance(value, list):
        return [_leaf(one) for one in value[:_MAX_LISTED] if not isinstance(one, dict | list)]
    if isinstance(value, dict):
        return None
    return scrub_text(value[:_MAX_TEXT]) if isinstance(value, str) and " " in value else value
