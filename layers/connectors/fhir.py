# SPDX-License-Identifier: Apache-2.0
"""HL7 FHIR R4 as JSON: facilities and counts, never patients.

A Bundle (transaction, batch, collection, searchset) or one resource. Organization, Location and HealthcareService
become clinics, a MeasureReport of type summary the value of an indicator. All else is refused: what may be about a
person is counted and not kept. A transaction is taken whole or not at all, as FHIR asks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from layers.connectors.base import Connector, Found, Message, Parsed, Refused
from layers.connectors.fhir_clinics import clinic_of_location, clinic_of_organization, withdrawn_clinic
from layers.connectors.fhir_entries import Entry, Library, checked, codings, entries_of
from layers.connectors.fhir_kept import decoded, redacted
from layers.connectors.fhir_measures import value_of_report
from layers.connectors.fhir_options import FhirOptions
from layers.connectors.layer_records import catalog, check, check_read
from layers.errors import Rejected
from layers.spec import Text

_POLICY = frozenset(("patient_level_refused",))
_SERVICES_LENGTH = 300


@dataclass(frozen=True)
class Outcome:
    """What one entry becomes; ``part`` is ``None`` where it is understood and of no use by itself."""

    entry: Entry
    part: Parsed | None


def outcomes_of(message: Message, options: FhirOptions) -> list[Outcome]:
    """What each entry of a redacted message becomes.

    Raises:
        Rejected: the message is no FHIR.
    """
    resource = decoded(message.body)
    entries = entries_of(resource)
    library = Library(entries)
    told = [Outcome(entry, _part(entry, library, options, message.received_at)) for entry in entries]
    told = [*_with_services(told, library)]
    wrong = [one for one in told if isinstance(one.part, Refused)]
    if wrong and resource.get("type") == "transaction" and resource["resourceType"] == "Bundle":
        return [one if isinstance(one.part, Refused) else Outcome(one.entry, None) for one in told]
    return told


def is_atomic(message: Message) -> bool:
    """Whether the message is a transaction."""
    resource = decoded(message.body)
    return resource["resourceType"] == "Bundle" and resource.get("type") == "transaction"


def _parse(message: Message, options: FhirOptions) -> Iterator[Parsed]:
    check_read(message)
    for outcome in outcomes_of(message, options):
        if outcome.part is not None:
            yield outcome.part


def _part(entry: Entry, library: Library, options: FhirOptions, now: datetime) -> Parsed | None:
    try:
        found = _found(entry, library, options)
        if found is not None:
            check(catalog()[found.layer], found, now)
    except Rejected as problem:
        policy = problem.code in _POLICY
        kept = None if policy else dict(entry.resource)
        return Refused(problem.code, f"entry {entry.index}: {problem.detail}", kept, policy=policy)
    return found


def _found(entry: Entry, library: Library, options: FhirOptions) -> Found | None:
    if entry.method == "DELETE" and not entry.kind:
        if entry.target.split("/")[0].split("?")[0] != "Location":
            raise Rejected("delete_unclear", "only a Location is deleted: send the corrected resource")
        return withdrawn_clinic(entry, options)
    if entry.method not in ("PUT", "POST"):
        raise Rejected("method_not_taken", "a request is PUT, POST or DELETE")
    resource = checked(entry)
    match entry.kind:
        case "Location":
            return clinic_of_location(entry, resource, library, options)
        case "MeasureReport":
            return value_of_report(resource, library, options)
        case "Organization" if not library.is_managed(resource):
            return clinic_of_organization(entry, resource, options)
    return None


def _with_services(told: list[Outcome], library: Library) -> Iterator[Outcome]:
    """Clinics with the names of the services that the message says they offer."""
    offered: dict[int, list[str]] = {}
    for outcome in told:
        if outcome.entry.kind == "HealthcareService" and outcome.part is None:
            service = outcome.entry.resource
            words = service.get("name") or next((word for _, _, word in codings(service.get("type")) if word), None)
            places = service.get("location")
            for place in places if isinstance(places, list) and isinstance(words, str) else []:
                location = library.find(place, "Location")
                offered.setdefault(id(location), []).append(str(words))
    for outcome in told:
        names = offered.get(id(outcome.entry.resource))
        if names and isinstance(outcome.part, Found) and not outcome.part.record.get("withdrawn"):
            text = "; ".join(dict.fromkeys(names))[:_SERVICES_LENGTH]
            part = Found("clinics", {**outcome.part.record, "services": text}, hints=outcome.part.hints)
            yield Outcome(outcome.entry, part)
        else:
            yield outcome


CONNECTOR = Connector(
    kind="fhir",
    title=Text("HL7 FHIR R4 (cơ sở y tế, số liệu tổng hợp)", "HL7 FHIR R4 (facilities, summary counts)"),
    parse=_parse,
    options=FhirOptions,
    redact=redacted,
)
