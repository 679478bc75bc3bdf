# SPDX-License-Identifier: Apache-2.0
"""The resources of a FHIR message, checked by ``fhir.resources``, and who refers to whom inside it. Pure.

There are no models of plain R4 in the library; those of R4B accept R4 for the four kinds that we take.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fhir.resources.R4B.healthcareservice import HealthcareService
from fhir.resources.R4B.location import Location
from fhir.resources.R4B.measurereport import MeasureReport
from fhir.resources.R4B.organization import Organization
from pydantic import ValidationError

from layers.connectors.fhir_kept import TAKEN
from layers.errors import Rejected
from layers.values import shown

_MODELS: Mapping[str, Any] = {
    "HealthcareService": HealthcareService,
    "Location": Location,
    "MeasureReport": MeasureReport,
    "Organization": Organization,
}
# Definitions and answers: about nobody, and of no use on a map.
HARMLESS = frozenset(
    "Bundle OperationOutcome CapabilityStatement Measure Library ValueSet CodeSystem ConceptMap StructureDefinition "
    "SearchParameter NamingSystem ImplementationGuide Endpoint OrganizationAffiliation".split()
)
Resource = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One entry of a Bundle, or the one resource of a message.

    Args:
        method: what a transaction or batch asks for; ``PUT`` where nothing is asked.
        target: what the request names: ``Location/x`` or ``Location?identifier=…``.
    """

    index: int
    kind: str
    resource: Resource
    method: str = "PUT"
    target: str = ""
    full_url: str = ""


class Library:
    """Resources of one message by the names under which others refer to them."""

    def __init__(self, entries: list[Entry]) -> None:
        self._named: dict[str, Resource] = {}
        for entry in entries:
            identity = entry.resource.get("id")
            for name in (f"{entry.kind}/{identity}" if isinstance(identity, str) else "", entry.full_url):
                if name:
                    self._named.setdefault(name, entry.resource)
        places = (entry.resource for entry in entries if entry.kind == "Location")
        self._managed = {id(self.find(place.get("managingOrganization"), "Organization")) for place in places}

    def find(self, reference: Any, kind: str) -> Resource | None:
        """What a Reference names, if it is in the message and of that kind."""
        name = reference.get("reference") if isinstance(reference, Mapping) else None
        if not isinstance(name, str):
            return None
        found = self._named.get(name) or self._named.get("/".join(name.split("/")[-2:]))
        return found if found is not None and found.get("resourceType") == kind else None

    def is_managed(self, organization: Resource) -> bool:
        """Whether a Location of the message is this Organization's: then it is told with its place."""
        return id(organization) in self._managed


def entries_of(resource: Mapping[str, Any]) -> list[Entry]:
    """The entries of a redacted message."""
    if resource["resourceType"] != "Bundle":
        return [Entry(0, resource["resourceType"], resource)]
    return [_entry(index, entry) for index, entry in enumerate(resource.get("entry") or [])]


def _entry(index: int, entry: Any) -> Entry:
    entry = entry if isinstance(entry, dict) else {}
    resource = entry.get("resource") if isinstance(entry.get("resource"), dict) else {}
    request = entry.get("request") if isinstance(entry.get("request"), dict) else {}
    kind, full_url = resource.get("resourceType"), entry.get("fullUrl")
    return Entry(
        index,
        kind if isinstance(kind, str) else "",
        resource,
        str(request.get("method") or "PUT").upper()[:10],
        str(request.get("url") or "")[:500],
        full_url if isinstance(full_url, str) else "",
    )


def checked(entry: Entry) -> Resource:
    """The resource of an entry, if it is valid.

    Raises:
        Rejected: it may not come in, or is no valid resource.
    """
    if entry.kind in HARMLESS:
        raise Rejected("resource_type_not_taken", f"{entry.kind} is not taken; there are: {', '.join(TAKEN)}")
    if entry.kind not in TAKEN:
        raise Rejected(
            "patient_level_refused",
            f"{shown(entry.kind) or 'a resource without a type'} may hold data about a person and is not taken: send "
            "counts as MeasureReport of type summary",
        )
    if entry.kind == "MeasureReport" and entry.resource.get("type") != "summary":
        raise Rejected("patient_level_refused", "only a MeasureReport of type summary, of a place, is taken")
    try:
        _MODELS[entry.kind].model_validate(dict(entry.resource))
    except ValidationError as error:
        raise Rejected("resource_invalid", f"{entry.kind}: {'; '.join(_told(error))}") from None
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError):
        raise Rejected("resource_invalid", f"{entry.kind}: no valid resource of FHIR R4") from None
    return entry.resource


def _told(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_url=False, include_input=False)[:3]:
        yield shown(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}")


def codings(concepts: Any) -> Iterator[tuple[str, str, str]]:
    """System, code and words of every coding of one CodeableConcept or several; a text alone counts as one."""
    for concept in concepts if isinstance(concepts, list) else [concepts]:
        if not isinstance(concept, Mapping):
            continue
        listed = concept.get("coding")
        for coding in listed if isinstance(listed, list) else []:
            if isinstance(coding, Mapping):
                yield _text(coding, "system"), _text(coding, "code"), _text(coding, "display")
        if _text(concept, "text"):
            yield "", "", _text(concept, "text")


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found.strip() if isinstance(found, str) else ""
