# SPDX-License-Identifier: Apache-2.0
"""FHIR resources as a health department's registry sends them, and one that must not come in."""

from typing import Any

FACILITY_SYSTEM = "urn:example:cskcb"
MEASURE = "https://ioc.example/Measure/full-immunisation-u1"
SECRET = "Người Bệnh Bịa"

ORGANIZATION: dict[str, Any] = {
    "resourceType": "Organization",
    "id": "org-19012",
    "active": True,
    "identifier": [{"system": FACILITY_SYSTEM, "value": "19012"}],
    "name": "Trung tâm y tế khu vực 1",
    "telecom": [{"system": "phone", "value": "0208 3855 123"}],
}
LOCATION: dict[str, Any] = {
    "resourceType": "Location",
    "id": "loc-19012-1",
    "meta": {"versionId": "3", "lastUpdated": "2026-10-02T08:00:00+07:00"},
    "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{SECRET}</div>'},
    "status": "active",
    "identifier": [{"use": "official", "system": FACILITY_SYSTEM, "value": "19012"}],
    "name": "Trạm y tế phường Phan Đình Phùng",
    "type": [{"coding": [{"code": "PC", "display": "Trạm y tế"}]}],
    "contained": [{"resourceType": "Patient", "id": "p", "name": [{"text": SECRET}]}],
    "position": {"longitude": 105.844, "latitude": 21.593},
    "address": {"line": ["Đường Thí Dụ"], "city": "Thái Nguyên"},
    "managingOrganization": {"reference": "Organization/org-19012"},
}
SERVICE: dict[str, Any] = {
    "resourceType": "HealthcareService",
    "id": "svc-1",
    "name": "Tiêm chủng mở rộng",
    "location": [{"reference": "Location/loc-19012-1"}],
}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "079099000001",
    "name": [{"text": SECRET}],
    "identifier": [{"system": "urn:cccd", "value": "079099000001"}],
    "birthDate": "2026-01-15",
}


def report(numerator: int = 41, denominator: int = 52, commune: str = "05467", **more: Any) -> dict[str, Any]:
    """A summary MeasureReport of a commune in October 2026."""
    populations = [
        {"code": {"coding": [{"code": name}]}, "count": count}
        for name, count in (("numerator", numerator), ("denominator", denominator))
    ]
    score = {"value": round(100 * numerator / denominator, 1), "unit": "%"}
    return {
        "resourceType": "MeasureReport",
        "id": f"mr-fic-{commune}-2026-10",
        "status": "complete",
        "type": "summary",
        "measure": MEASURE,
        "subject": {"reference": f"Location/commune-gso2025-{commune}"},
        "period": {"start": "2026-10-01", "end": "2026-10-31"},
        "group": [{"population": populations, "measureScore": score}],
        **more,
    }


def bundle(*resources: dict[str, Any], kind: str = "collection") -> dict[str, Any]:
    """A Bundle of these resources; those of a transaction or batch are put."""
    entries = []
    for resource in resources:
        name = f"{resource['resourceType']}/{resource.get('id', '')}"
        entry: dict[str, Any] = {"fullUrl": f"https://syt.example/fhir/{name}", "resource": resource}
        if kind in ("transaction", "batch"):
            entry["request"] = {"method": "PUT", "url": name}
        entries.append(entry)
    return {"resourceType": "Bundle", "type": kind, "entry": entries}
