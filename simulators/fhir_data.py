# SPDX-License-Identifier: Apache-2.0
"""What a registry of health holds: a health station in every commune, some hospitals, and counts by month. FHIR R4."""

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from simulators.boundaries import Unit, load_ground
from simulators.moments import midnight
from simulators.places_in_unit import anywhere

Json = dict[str, Any]
TYPES = ("Organization", "Location", "HealthcareService", "MeasureReport")
IMMUNISED = "https://ioc.example/Measure/full-immunisation-u1"
RECORDS = "https://ioc.example/Measure/electronic-health-record"
CODES = "https://syt.example/fhir/cskcb"
# Obviously nobody: what must never come in.
NOBODY = "BỆNH NHÂN GIẢ"


@dataclass
class Registry:
    """Resources by type and id, in the order of their last change."""

    held: dict[str, dict[str, Json]] = field(default_factory=lambda: {kind: {} for kind in TYPES})

    def put(self, resource: Json, at: datetime) -> None:
        """Store a resource's next version."""
        of_kind = self.held[resource["resourceType"]]
        before = of_kind.pop(resource["id"], None)
        version = int(before["meta"]["versionId"]) + 1 if before else 1
        meta = {"versionId": str(version), "lastUpdated": at.isoformat(timespec="milliseconds")}
        of_kind[resource["id"]] = {**resource, "meta": meta}

    def since(self, kind: str, moment: datetime) -> list[Json]:
        """The resources of a type that changed at or after a moment, oldest change first."""
        return [one for one in self.held[kind].values() if datetime.fromisoformat(one["meta"]["lastUpdated"]) >= moment]


def registry_of(seed: str, day: date, months: int) -> Registry:
    """A registry as it stands when the day begins."""
    rng, registry = Random(f"{seed}/registry"), Registry()
    began = midnight(day).astimezone(UTC) - timedelta(days=60)
    for number, unit in enumerate(load_ground().province, 1):
        at = began + timedelta(minutes=number)
        hospital = number % 12 == 0
        for resource in _facility(rng, unit, f"19{number:03}", hospital=hospital):
            registry.put(resource, at)
    first = day.replace(day=1)
    for back in range(months, 0, -1):
        month = _months_before(first, back)
        for number, unit in enumerate(load_ground().province):
            for report in reports(rng, unit, month):
                registry.put(report, min(began + timedelta(days=30, seconds=number), midnight(day).astimezone(UTC)))
    return registry


def reports(rng: Random, unit: Unit, month: date) -> list[Json]:
    """What a commune counted in a month. In some there are too few children for the number to be anybody's business."""
    children = rng.randint(4, 10) if rng.random() < 0.05 else rng.randint(30, 160)
    people = rng.randint(3_000, 22_000)
    done, known = round(children * rng.uniform(0.72, 0.98)), round(people * rng.uniform(0.55, 0.97))
    return [
        _report(unit, month, ("fic", IMMUNISED), (done, children)),
        _report(unit, month, ("ehr", RECORDS), (known, people)),
    ]


def poison(number: int) -> list[Json]:
    """What must not come in: a patient, what was done to one, and a report that lists them."""
    name = f"{NOBODY} {number:04}"
    patient = {
        "resourceType": "Patient", "id": f"gia-{number:04}", "name": [{"text": name}], "gender": "unknown",
        "identifier": [{"system": "urn:example:cccd", "value": f"{number:012}"}],
    }  # fmt: skip
    shot = {
        "resourceType": "Immunization", "id": f"mui-{number:04}", "status": "completed",
        "vaccineCode": {"text": "MR1"}, "patient": {"reference": f"Patient/gia-{number:04}", "display": name},
        "occurrenceDateTime": "2026-10-05",
    }  # fmt: skip
    listed = {
        "resourceType": "MeasureReport", "id": f"ds-{number:04}", "status": "complete", "type": "subject-list",
        "measure": IMMUNISED, "period": {"start": "2026-10-01", "end": "2026-10-31"},
        "subject": {"reference": f"Patient/gia-{number:04}", "display": name},
    }  # fmt: skip
    return [patient, shot, listed]


def bundle(kind: str, resources: list[Json], base: str = "https://syt.example/fhir") -> Json:
    """A Bundle; entries of a batch or transaction are put."""
    entries = []
    for resource in resources:
        name = f"{resource['resourceType']}/{resource['id']}"
        entry: Json = {"fullUrl": f"{base}/{name}", "resource": resource}
        if kind in ("batch", "transaction"):
            entry["request"] = {"method": "PUT", "url": name}
        entries.append(entry)
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def _facility(rng: Random, unit: Unit, code: str, *, hospital: bool) -> list[Json]:
    lon, lat = anywhere(rng, unit)
    name = f"Bệnh viện số {int(code[2:])} (mô phỏng)" if hospital else f"Trạm y tế {unit.place}"
    identifier = [{"use": "official", "system": CODES, "value": code}]
    organization = {
        "resourceType": "Organization", "id": f"org-{code}", "active": True, "identifier": identifier, "name": name,
        "telecom": [{"system": "phone", "value": "0208 000 0000"}],
    }  # fmt: skip
    location = {
        "resourceType": "Location", "id": f"loc-{code}", "status": "active", "name": name, "mode": "instance",
        "identifier": identifier,
        "type": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
                              "code": "HOSP" if hospital else "PC"}]}],
        "address": {"text": unit.full_name},
        "managingOrganization": {"reference": f"Organization/org-{code}", "display": name},
    }  # fmt: skip
    # A registry never has all positions.
    if rng.random() > 0.1:
        location["position"] = {"longitude": lon, "latitude": lat}
    service = {
        "resourceType": "HealthcareService", "id": f"svc-{code}", "active": True,
        "name": "Cấp cứu" if hospital else "Tiêm chủng mở rộng",
        "location": [{"reference": f"Location/loc-{code}"}],
    }  # fmt: skip
    return [organization, location, service]


def _report(unit: Unit, month: date, measure: tuple[str, str], counts: tuple[int, int]) -> Json:
    done, all_of_them = counts
    last = calendar.monthrange(month.year, month.month)[1]
    population = [
        {"code": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/measure-population", "code": name}]},
         "count": count}
        for name, count in (("numerator", done), ("denominator", all_of_them))
    ]  # fmt: skip
    return {
        "resourceType": "MeasureReport",
        "id": f"mr-{measure[0]}-{unit.code}-{month:%Y-%m}",
        "status": "complete",
        "type": "summary",
        "measure": measure[1],
        "subject": {"reference": f"Location/commune-gso2025-{unit.code}", "display": unit.full_name},
        "period": {"start": month.isoformat(), "end": month.replace(day=last).isoformat()},
        "group": [
            {"population": population, "measureScore": {"value": round(100 * done / all_of_them, 1), "unit": "%"}}
        ],
    }


def _months_before(first: date, back: int) -> date:
    months = first.year * 12 + first.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)
