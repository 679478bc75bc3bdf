# SPDX-License-Identifier: Apache-2.0
"""Reading at the GeoReport door: parameters, who sees what, and that XML and JSON say the same."""

import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from geo.db.pool import Database
from tests.api.open311_door import ROOT, ReportDoor, key_of, posted, refused, report_door, settle

pytestmark = pytest.mark.postgis


@pytest.fixture(scope="module")
def database_url(own_database_url: str) -> str:
    """This module's own: where there are units, places far from them are not believed."""
    return own_database_url


@pytest.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[ReportDoor]:
    """The door of a server for which it is Monday morning, 9:00."""
    async with report_door(database_url, tmp_path) as opened:
        yield opened


def plain(value: Any) -> Any:
    """JSON as its XML says it: everything is text, nothing is an empty element."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value] or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or value == "" else str(value)


def told(element: Any) -> Any:
    """XML as plain values: a list where elements are called as their parent, in the plural."""
    children = list(element)
    if not children:
        return element.text
    lists = {"services", "service_requests", "attributes", "endpoints", "formats", "errors", "x_extensions"}
    if element.tag in lists:
        return [told(child) for child in children]
    return {child.tag: told(child) for child in children}


async def test_reports_are_found_by_every_parameter(door: ReportDoor, database: Database) -> None:
    first = await posted(door, uuid.uuid4().hex)
    await settle(door, database, first, {"status": "rejected"})
    door.clock.now += timedelta(days=10)
    second = await posted(door, uuid.uuid4().hex, service_code="moi_truong.rac")

    async def names(**parameters: str) -> set[str]:
        answer = await door.get("requests.json", api_key=door.key, **parameters)
        assert answer.status_code == 200, answer.text
        return {one["service_request_id"] for one in answer.json()}

    assert await names() == {first, second} == await names(status="open,closed") == await names(status="")
    assert await names(service_code="moi_truong.rac") == {second}
    assert await names(service_code="moi_truong.rac,giao_thong.o_ga") == {first, second}
    assert await names(status="open") == {second} and await names(status="closed") == {first}
    assert await names(x_status="received,assigned") == {second} and await names(x_status="rejected") == {first}
    assert await names(start_date="2026-12-01T00:00:00Z") == {second}
    assert await names(end_date="2026-12-01T00:00:00Z") == {first}
    assert await names(end_date="2026-12-01T00:00:00 07:00") == {first}
    assert await names(service_request_id=f"{first},{second}", status="open") == {first, second}
    assert await names(page_size="1") == {second} and await names(page_size="1", page="2") == {first}
    assert await names(page_size="1", page="3") == set()
    door.clock.now += timedelta(days=85)
    assert await names() == {second}  # the last 90 days


async def test_a_wrong_question_is_refused_in_the_standards_form(door: ReportDoor) -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, "span_too_long"),
        ({"start_date": "2026-06-01T00:00:00Z", "end_date": "2026-05-01T00:00:00Z"}, "span_too_long"),
        ({"start_date": "2026-01-01"}, "datetime_invalid"),
        ({"updated_after": "yesterday"}, "datetime_invalid"),
        ({"status": "pending"}, "value_not_allowed"),
        ({"x_status": "done"}, "value_not_allowed"),
        ({"page": "0"}, "value_invalid"),
        ({"page_size": "1001"}, "value_invalid"),
        ({"service_code": "a\x00b"}, "text_invalid"),
        ({"service_request_id": "x," * 1500}, "value_too_long"),
    ]
    for parameters, code in wrong:
        for form in ("json", "xml"):
            refused(await door.get(f"requests.{form}", **parameters), 400, code)


async def test_what_is_not_there_is_told_in_the_standards_form(door: ReportDoor) -> None:
    for path, status, code in (
        ("requests/nothing", 404, "report_not_found"),
        ("tokens/nothing", 404, "token_not_found"),
        ("services/033", 404, "service_code_unknown"),
        ("nothing", 404, "not_found"),
        ("requests/a%00b", 400, "text_invalid"),
    ):
        for form in ("json", "xml"):
            refused(await door.client.get(f"{ROOT}/{path}.{form}"), status, code)
    refused(await door.client.get(f"{ROOT}/services.html"), 404, "format_unknown")
    refused(await door.client.delete(f"{ROOT}/requests.json"), 404, "not_found")


async def test_xml_and_json_say_the_same(door: ReportDoor, database: Database) -> None:
    door.client.headers["Authorization"] = f"Bearer {await key_of(database, 'reader', 'handler')}"
    name = await posted(door, uuid.uuid4().hex, description="< & > ký tự \x0b lạ")
    for path in ("discovery", "services", "services/giao_thong.o_ga", "requests", f"requests/{name}", f"tokens/{name}"):
        (by_json, by_xml) = [await door.get(f"{path}.{form}") for form in ("json", "xml")]
        assert by_json.headers["content-type"] == "application/json; charset=utf-8"
        assert by_xml.headers["content-type"] == "text/xml; charset=utf-8"
        assert by_xml.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
        root = etree.fromstring(by_xml.content, etree.XMLParser(resolve_entities=False, no_network=True))
        assert told(root) == plain(by_json.json()), path
        assert root.tag in {"discovery", "services", "service_definition", "service_requests"}


async def test_a_token_is_the_id(door: ReportDoor) -> None:
    name = await posted(door)
    assert (await door.get(f"tokens/{name}.json")).json() == [{"service_request_id": name, "token": name}]


async def test_services_are_grouped_and_discovery_names_our_extensions(door: ReportDoor) -> None:
    listed = (await door.get("services.json")).json()
    assert len({one["service_code"] for one in listed}) == len(listed) == 71
    assert len({one["group"] for one in listed}) == 15
    assert all(one["metadata"] is False and one["type"] == "realtime" and one["service_name"] for one in listed)
    (endpoint,) = (await door.get("discovery.json")).json()["endpoints"]
    assert endpoint["url"] == "http://testserver/open311/v2" and "updated_after" in endpoint["x_extensions"]
    assert datetime.fromisoformat(endpoint["changeset"])


async def test_what_people_wrote_is_for_staff(door: ReportDoor, database: Database) -> None:
    name = await posted(door, address_string="Số 1, đường Thử", media_url="https://anh.example.vn/1.jpg")
    open_to_all = await door.one(name)
    assert [open_to_all[field] for field in ("description", "address", "media_url")] == [None, None, None]
    key = await key_of(database, "reader", "handler")
    answer = await door.client.get(f"{ROOT}/requests/{name}.json", headers={"Authorization": f"Bearer {key}"})
    (for_staff,) = answer.json()
    assert (for_staff["description"], for_staff["address"]) == ("Ổ gà sâu", "Số 1, đường Thử")
    assert for_staff["media_url"] == "https://anh.example.vn/1.jpg"


async def test_where_reading_needs_a_name_an_app_reads_its_own_reports(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    async with report_door(database_url, tmp_path, demo=False) as door:
        name = await posted(door)
        refused(await door.get(f"requests/{name}.json"), 403, "sign_in_required")
        assert (await door.one(name, api_key=door.key))["status"] == "open"
        other = await key_of(database, "another-source")
        refused(await door.get(f"requests/{name}.json", api_key=other), 404, "report_not_found")
        refused(await door.get(f"requests/{name}.xml", api_key="tck_wrong"), 403, "key_invalid")
