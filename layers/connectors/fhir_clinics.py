# SPDX-License-Identifier: Apache-2.0
"""Location, Organization and HealthcareService as clinics. Pure.

A clinic's id is its own code (mã CSKCB) where the Location or the Organization has one, else the resource's id. A
Location has the point; an Organization that came alone asks for the place that the same code already has.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from layers.connectors.base import Found, PlaceHints
from layers.connectors.fhir_entries import Entry, Library, Resource, codings
from layers.connectors.fhir_options import FhirOptions
from layers.errors import Rejected
from layers.import_columns import folded

# Rooms, beds, areas: places in a clinic, or of an authority, but no clinics (HL7 location-physical-type).
_NO_CLINIC = frozenset("wi wa lvl co ro bd ve ca rd area jdn vir".split())
_BY_CODE = {
    "HOSP": "hospital", "CHR": "hospital", "GACH": "hospital", "PSYCHF": "hospital", "RH": "hospital",
    "MHSP": "hospital", "PHARM": "pharmacy", "OUTPHARM": "pharmacy",
}  # fmt: skip
_BY_WORD = (
    ("pharmacy", ("nha thuoc", "quay thuoc", "pharmacy", "drugstore")),
    (
        "clinic",
        ("phong kham", "tram y te", "trung tam y te", "phong tiem", "clinic", "health station", "health center"),
    ),
    ("hospital", ("benh vien", "hospital")),
)
_COMMUNE = ("ward", "commune", "xa", "phuong")


def clinic_of_location(entry: Entry, location: Resource, library: Library, options: FhirOptions) -> Found | None:
    """The clinic that a Location is, or ``None`` where it is a room, an area or a kind of place."""
    physical = {code for _, code, _ in codings(location.get("physicalType"))}
    if physical & _NO_CLINIC or location.get("partOf") or location.get("mode") == "kind":
        return None
    if any(reference_of(entry.target, location).startswith(prefix) for prefix in options.unit_prefixes):
        return None
    organization = library.find(location.get("managingOrganization"), "Organization")
    record = _record(entry, location, organization, options)
    if location.get("status") == "inactive":
        return Found("clinics", {"id": record["id"], "withdrawn": True})
    position = location.get("position")
    if isinstance(position, Mapping):
        record |= {"lon": position.get("longitude"), "lat": position.get("latitude")}
    record["status"] = "suspended" if location.get("status") == "suspended" else "active"
    return Found("clinics", _without_nothing(record), hints=_hints(location, organization))


def clinic_of_organization(entry: Entry, organization: Resource, options: FhirOptions) -> Found | None:
    """The clinic that an Organization is: one that provides care, known by its address until a Location comes."""
    kinds = {code for _, code, _ in codings(organization.get("type"))}
    if kinds and "prov" not in kinds and kinds & {"govt", "dept", "team", "ins", "pay", "edu", "reli", "crs", "cg"}:
        return None
    record = _record(entry, organization, None, options)
    if organization.get("active") is False:
        return Found("clinics", {"id": record["id"], "withdrawn": True})
    record["status"] = "active"
    hints = _hints(organization, None)
    place = PlaceHints(("clinics", record["id"]), hints.unit_name, hints.text)
    return Found("clinics", _without_nothing(record), hints=place)


def withdrawn_clinic(entry: Entry, options: FhirOptions) -> Found:
    """What a DELETE asks for: the clinic that the identifier of the address names.

    Raises:
        Rejected: the address names the resource's id, and clinics are known by their code.
    """
    _, asked, search = entry.target.partition("?")
    identity = entry.target.partition("/")[2].split("/")[0]
    if asked and search.startswith("identifier="):
        identity = search.removeprefix("identifier=").partition("|")[2] or search.removeprefix("identifier=")
    elif options.identity != "id":
        raise Rejected("delete_unclear", "clinics are known by their code: delete by ?identifier=, or send inactive")
    if not identity:
        raise Rejected("delete_unclear", "the request's url names no resource")
    return Found("clinics", {"id": identity, "withdrawn": True})


def _record(entry: Entry, resource: Resource, organization: Resource | None, options: FhirOptions) -> dict[str, Any]:
    code = facility_code(resource, options) or (facility_code(organization, options) if organization else None)
    own = code if options.identity == "identifier" and code else resource.get("id")
    identity = own or entry.full_url.removeprefix("urn:uuid:")
    if not isinstance(identity, str) or not identity:
        raise Rejected("id_missing", f"the {entry.kind} has neither an identifier nor an id")
    name = resource.get("name") or (organization or {}).get("name")
    manager = resource.get("managingOrganization") or {}
    return {
        "id": identity,
        "name": name,
        "kind": _kind(resource, organization, str(name or "")),
        "address": _address(resource) or (_address(organization) if organization else None),
        "facility_code": code,
        "managed_by": (organization or {}).get("name") or (manager.get("display") if manager else None),
    }


def facility_code(resource: Resource, options: FhirOptions) -> str | None:
    """The code among the identifiers: of a system that the source names, else the official one, else the first."""
    listed = resource.get("identifier")
    found = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    if options.facility_systems:
        found = [one for one in found if one.get("system") in options.facility_systems]
    found.sort(key=lambda one: one.get("use") != "official")
    return next((value for one in found if isinstance(value := one.get("value"), str) and value.strip()), None)


def _kind(resource: Resource, organization: Resource | None, name: str) -> str:
    told = [*codings(resource.get("type")), *codings((organization or {}).get("type"))]
    for _, code, _ in told:
        if code in _BY_CODE:
            return _BY_CODE[code]
    for words in (*(display for _, _, display in told), name):
        plain = folded(words[:300])
        for kind, known in _BY_WORD:
            if any(word in plain for word in known):
                return kind
    return "clinic"


def _addresses(resource: Resource) -> Iterator[Mapping[str, Any]]:
    listed = resource.get("address")
    for one in listed if isinstance(listed, list) else [listed]:
        if isinstance(one, Mapping):
            yield one


def _address(resource: Resource) -> str | None:
    for address in _addresses(resource):
        line = address.get("line")
        parts = [*(line if isinstance(line, list) else []), address.get("city"), address.get("district"),
                 address.get("state")]  # fmt: skip
        text = address.get("text") or ", ".join(part for part in parts if isinstance(part, str) and part)
        if isinstance(text, str) and text:
            return text[:300]
    return None


def _hints(resource: Resource, organization: Resource | None) -> PlaceHints:
    told = [resource, *([organization] if organization else [])]
    names = (name for one in told for address in _addresses(one) for name in _communes(address))
    text = next((text for one in told if (text := _address(one))), None)
    return PlaceHints(unit_name=next(names, None), text=text)


def _communes(address: Mapping[str, Any]) -> Iterator[str]:
    """The commune's name in an extension of the address (such as VN Core's ward)."""
    listed = address.get("extension")
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, Mapping) or not set(_COMMUNE) & set(folded(str(one.get("url"))).split()):
            continue
        coding = one.get("valueCoding")
        words = [coding.get("display")] if isinstance(coding, Mapping) else []
        words += [display for _, _, display in codings(one.get("valueCodeableConcept"))]
        yield from (word for word in (*words, one.get("valueString")) if isinstance(word, str) and word)


def reference_of(target: str, resource: Resource) -> str:
    """The name under which others refer to a Location."""
    return target if target.startswith("Location/") else f"Location/{resource.get('id', '')}"


def _without_nothing(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value not in (None, "")}
