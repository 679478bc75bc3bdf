# SPDX-License-Identifier: Apache-2.0
"""The FHIR door over HTTP, judged by ``fhir.resources``: what comes in, what does not, and that no patient is kept."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.location import Location
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.organization import Organization

from geo.db.pool import Database
from tests.api.fhir_door import FHIR, FhirDoor, fhir_door, tables_that_hold
from tests.conftest import new_key_of
from tests.layers.connectors import fhir_samples
from tests.layers.connectors.fhir_samples import ORGANIZATION, PATIENT, SECRET, SERVICE, bundle, report
from tests.support.grid import OLD, publish_grid

pytestmark = pytest.mark.postgis
# Inside the area that this database knows.
POSITION = {"longitude": 107.05, "latitude": 16.25}
LOCATION = {**fhir_samples.LOCATION, "position": POSITION}
IN_2015 = {"period": {"start": "2015-10-01", "end": "2015-10-31"}}


@pytest.fixture(scope="module")
def admin_url(own_admin_url: str) -> str:
    """The same as its owner."""
    return own_admin_url


@pytest.fixture(scope="module")
def database_url(own_database_url: str) -> str:
    """This module's own: where there are units, places far from them are not believed."""
    return own_database_url


@pytest.fixture
async def door(database_url: str, database: Database, tmp_path: Path) -> AsyncIterator[FhirDoor]:
    await publish_grid(database)
    async with fhir_door(database_url, tmp_path) as opened:
        yield opened


def issues(answer: httpx.Response, status: int) -> list[str]:
    """The stable codes of an OperationOutcome."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/fhir+json")
    OperationOutcome.model_validate(answer.json())
    return [one["details"]["coding"][0]["code"] for one in answer.json()["issue"]]


def statuses(answer: httpx.Response) -> list[tuple[str, str]]:
    """Status and stable code of each entry of a response Bundle."""
    assert answer.status_code == 200, answer.text
    Bundle.model_validate(answer.json())
    told = []
    for entry in answer.json()["entry"]:
        (issue,) = entry["response"]["outcome"]["issue"]
        told.append((entry["response"]["status"], issue["details"]["coding"][0]["code"]))
    return told


async def test_the_server_says_what_it_can(door: FhirDoor) -> None:
    statement = CapabilityStatement.model_validate(await door.get("metadata"))
    assert (statement.fhirVersion, statement.kind) == ("4.0.1", "instance")
    assert statement.rest is not None
    kinds = {one.type for one in statement.rest[0].resource or []}
    assert kinds == {"Location", "Organization", "HealthcareService", "MeasureReport"}


async def test_facilities_come_in_as_a_transaction_and_are_read_again(door: FhirDoor) -> None:
    sent = bundle(LOCATION, ORGANIZATION, SERVICE, kind="transaction")
    for _ in range(2):
        answer = await door.push(sent)
        assert statuses(answer) == [("200", "taken"), ("200", "read"), ("200", "read")]
        assert answer.json()["type"] == "transaction-response"
    (clinic,) = await door.locations()
    told = Location.model_validate(clinic)
    assert told.position is not None
    assert (str(told.position.longitude), str(told.position.latitude)) == ("107.05", "16.25")
    assert (clinic["meta"]["versionId"], clinic["identifier"][0]["value"], clinic["status"]) == ("1", "19012", "active")
    assert clinic["managingOrganization"]["display"] == "Trung tâm y tế khu vực 1"
    assert await door.get(f"Location/{clinic['id']}") == clinic
    runs = Organization.model_validate(await door.get(clinic["managingOrganization"]["reference"]))
    assert runs.name == "Trung tâm y tế khu vực 1"


async def test_an_organization_that_comes_later_keeps_the_place_of_its_location(door: FhirDoor) -> None:
    await door.push(LOCATION, "/fhir/Location")
    assert issues(await door.push(ORGANIZATION, "/fhir/Organization"), 200) == ["taken"]
    (clinic,) = await door.locations()
    assert clinic["position"] == POSITION


async def test_searches_go_through_pages_and_by_what_is_asked(door: FhirDoor) -> None:
    many = [
        {
            **LOCATION,
            "id": f"l{n}",
            "name": f"Trạm {'Đ' if n % 2 else 'B'} {n}",
            "identifier": [{"value": f"{door.source}-{n}"}],
        }
        for n in range(7)
    ]
    await door.push(bundle(*many, kind="batch"))
    page = await door.get("Location", _count="3")
    Bundle.model_validate(page)
    assert len(page["entry"]) == 3
    found = await door.locations(_count="3")
    assert sorted(one["name"] for one in found) == sorted(one["name"] for one in many)
    assert len(await door.locations(name="tram đ")) == 3
    assert [one["name"] for one in await door.locations(identifier=f"urn:x|{door.source}-4")] == ["Trạm B 4"]
    (one,) = await door.locations(_id=found[0]["id"])
    assert one == found[0]
    updated = found[0]["meta"]["lastUpdated"]
    assert len(await door.locations(_lastUpdated=f"ge{updated[:19]}{updated[-6:]}")) == 7
    assert await door.locations(_lastUpdated="gt2999-01-01") == []
    empty = await door.get("Location", name="không có tên này")
    Bundle.model_validate(empty)
    assert "entry" not in empty


async def test_a_summary_becomes_the_value_of_a_commune_and_few_children_none(door: FhirDoor) -> None:
    sent = bundle(report(41, 52, "00001", **IN_2015), report(3, 9, "00002", **IN_2015), kind="batch")
    assert statuses(await door.push(sent)) == [("200", "taken")] * 2
    asked = {"set": OLD, "period": "2015-10"}
    answer = (await door.client.get("/collections/vaccinations/units", params=asked)).json()
    values = {unit["code"]: (unit["value"], unit["note"]) for unit in answer["units"]}
    assert values["00001"] == (78.85, None)
    assert values["00002"][0] is None and "quá ít" in values["00002"][1]["vi"]
    rows = await _bodies(door)
    assert b'"count":52' in rows and b'"count":9' not in rows and b'"count":3}' not in rows


async def test_a_commune_that_does_not_exist_is_told_for_its_entry(door: FhirDoor) -> None:
    sent = bundle(report(41, 52, "99999", **IN_2015), LOCATION, report(40, 52, "00003", **IN_2015), kind="batch")
    assert statuses(await door.push(sent)) == [("422", "unit_unknown"), ("200", "taken"), ("200", "taken")]


@pytest.mark.parametrize("kind", ["Patient", "Immunization", "Encounter", "Observation", "Condition"])
async def test_no_patient_is_anywhere_in_the_database(door: FhirDoor, kind: str, admin_url: str) -> None:
    secret = {**PATIENT, "resourceType": kind}
    named = report(41, 52, "00001", type="individual", subject={"reference": "Patient/079099000001", "display": SECRET})
    assert issues(await door.push(secret, f"/fhir/{kind}"), 403) == ["patient_level_refused"]
    assert issues(await door.push(bundle(LOCATION, secret, kind="transaction")), 403) == ["patient_level_refused"]
    assert await door.locations() == [], "a transaction is taken whole or not at all"
    told = statuses(await door.push(bundle(LOCATION, secret, named, kind="batch")))
    assert told == [("200", "taken"), ("403", "patient_level_refused"), ("403", "patient_level_refused")]
    unread = await door.client.post(
        "/fhir", content=f'{{"resourceType": "Patient", "name": "{SECRET}"',
        headers={**FHIR, "Authorization": f"Bearer {door.key}"},
    )  # fmt: skip
    assert issues(unread, 400) == ["json_invalid"]
    assert tables_that_hold(admin_url, SECRET, "079099000001", "urn:cccd") == []
    assert tables_that_hold(admin_url, "Phan Đình Phùng") != [], "the search itself finds what is kept"
    letters = await door.client.get(
        f"/ingest/{door.source}/dead-letters", headers={"Authorization": f"Bearer {door.key}"}
    )
    counted = {one["code"]: one["times"] for one in letters.json()["dead_letters"]}
    assert counted["patient_level_refused"] >= 1


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("Patient", 404, "resource_type_not_read"),
        ("Patient/1", 404, "resource_type_not_read"),
        ("Location/nothing", 404, "feature_not_found"),
        ("Location/1/_history", 404, "not_found"),
        ("Location?colour=red", 400, "parameter_unknown"),
        ("Location?_count=many", 400, "limit_invalid"),
        ("Location?_lastUpdated=gtsoon", 400, None),
        ("Location?_after=x", 400, None),
    ],
)
async def test_failures_of_reading_have_the_form_of_fhir(
    door: FhirDoor, path: str, status: int, code: str | None
) -> None:
    found = issues(await door.client.get(f"/fhir/{path}"), status)
    assert code is None or found == [code]


async def test_failures_of_pushing_have_the_form_of_fhir(door: FhirDoor) -> None:
    assert issues(await door.push(LOCATION, Authorization="Bearer wrong"), 401) == ["key_invalid"]
    plain = {"Authorization": f"Bearer {door.key}", "Content-Type": "text/plain"}
    assert issues(await door.push(LOCATION, **plain), 415) == ["media_type_unsupported"]
    assert issues(await door.push([1]), 400) == ["resource_invalid"]
    assert issues(await door.push({**LOCATION, "status": 7}), 422) == ["resource_invalid"]
    assert issues(await door.push({"resourceType": "Measure"}, "/fhir/Measure"), 422) == ["resource_type_not_taken"]


async def test_a_key_of_another_kind_of_source_may_not_push(
    door: FhirDoor, client: httpx.AsyncClient, database_url: str
) -> None:
    answer = await client.post(
        "/fhir", json=LOCATION, headers={**FHIR, "Authorization": f"Bearer {new_key_of(database_url, 'test')}"}
    )
    assert issues(answer, 404) == ["source_not_found"]


async def _bodies(door: FhirDoor) -> bytes:
    async with door.database.connection() as connection:
        rows: Any = await connection.fetch("select body from raw_message where source = $1", door.source)
    return b"\n".join(row["body"] for row in rows)
