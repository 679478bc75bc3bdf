# SPDX-License-Identifier: Apache-2.0
"""The GeoReport door: posts become incidents once, their status flows back, failures have the standard's form."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from geo.db.pool import Database
from tests.api.open311_door import POTHOLE, ROOT, ReportDoor, key_of, posted, refused, report_door, settle

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


async def test_a_posted_report_is_an_incident_with_its_deadline(door: ReportDoor) -> None:
    answer = await door.post(**POTHOLE, address_string="Đối diện chợ Đồng Quang", description_more="x")
    (receipt,) = answer.json()
    assert receipt["account_id"] is None and receipt["service_notice"].endswith("Hạn xử lý: 04/12/2026 09:00.")
    found = await door.one(receipt["service_request_id"])
    assert (found["status"], found["x_status"]) == ("open", "received")
    assert found["service_name"] == "Ổ gà, hư hỏng mặt đường"
    assert (found["lat"], found["long"]) == (21.58231, 105.82771)
    assert found["requested_datetime"] == "2026-11-23T09:00:00.000+07:00"
    assert found["expected_datetime"] == "2026-12-04T09:00:00.000+07:00"
    items = await door.client.get(f"/collections/incidents/items?external_id={receipt['service_request_id']}")
    (feature,) = items.json()["features"]
    assert feature["properties"]["kind"] == "traffic" and feature["properties"]["source"] == door.source


async def test_an_emergency_is_told_to_call(door: ReportDoor) -> None:
    (receipt,) = (await door.post(service_code="chay_no.chay", address_string="Tổ 5")).json()
    assert receipt["service_notice"].startswith("Trường hợp khẩn cấp, gọi ngay 114.")


async def test_a_retry_with_its_key_is_the_same_report_and_undoes_nothing(door: ReportDoor, database: Database) -> None:
    key = uuid.uuid4().hex
    name = await posted(door, key)
    await settle(door, database, name, {"status": "resolved", "status_notes": "Đã vá xong"})
    door.clock.now += timedelta(days=3)
    assert await posted(door, key) == name
    found = await door.one(name)
    assert (found["status"], found["x_status"], found["status_notes"]) == ("closed", "resolved", "Đã vá xong")
    refused(await door.post(key=key, **{**POTHOLE, "service_code": "khac"}), 400, "idempotency_key_reused")


async def test_what_a_handler_changes_is_told_at_once(door: ReportDoor, database: Database) -> None:
    name = await posted(door)
    before = await door.one(name)
    await settle(door, database, name, {"status": "in_progress", "agency": "UBND phường Gia Sàng"})
    after = await door.one(name)
    assert (after["status"], after["x_status"], after["agency_responsible"]) == (
        "open", "in_progress", "UBND phường Gia Sàng",
    )  # fmt: skip
    assert after["updated_datetime"] > before["updated_datetime"]
    changed = await door.get("requests.json", updated_after=before["updated_datetime"])
    assert name in {one["service_request_id"] for one in changed.json()}
    moment = datetime.fromisoformat(after["updated_datetime"]) + timedelta(milliseconds=1)
    later = await door.get("requests.json", updated_after=moment.isoformat())
    assert name not in {one["service_request_id"] for one in later.json()}


async def test_without_a_key_the_same_within_ten_minutes_is_one_report(door: ReportDoor) -> None:
    who = {"account_id": f"a_{uuid.uuid4().hex}"}
    first = await posted(door, **who)
    door.clock.now += timedelta(minutes=9)
    assert await posted(door, **who) == first
    assert await posted(door, account_id="someone else") != first
    door.clock.now += timedelta(minutes=20)
    assert await posted(door, **who) != first


async def test_nothing_of_a_person_and_no_key_is_kept(door: ReportDoor, database: Database) -> None:
    person = {
        "first_name": "Tên-Giả", "last_name": "Họ-Giả", "email": "gia@example.vn", "phone": "0900000001",
        "device_id": "thiet-bi-1", "account_id": "tai-khoan-1", "description": "Gọi 0900 000 002 để biết thêm",
    }  # fmt: skip
    name = await posted(door, **person)
    async with database.connection() as connection:
        kept = await connection.fetch("select body from raw_message where source = $1", door.source)
        features = await connection.fetch("select to_jsonb(f)::text from feature f where external_id = $1", name)
    text = "".join(row["body"].decode() for row in kept) + "".join(row[0] for row in features)
    assert "giao_thong.o_ga" in text and len(kept) == len(features) == 1
    for word in ("Gi%E1%BA%A3", "-Giả", "gia@", "gia%40", "0900", "thiet-bi", "tai-khoan", door.key):
        assert word not in text


async def test_a_wrong_report_is_refused_in_the_standards_form(door: ReportDoor) -> None:
    wrong: list[tuple[dict[str, str], int, str]] = [
        ({"service_code": ""}, 400, "service_code_missing"),
        ({"service_code": "033"}, 400, "service_code_unknown"),
        ({"lat": "", "long": ""}, 400, "place_missing"),
        ({"lat": "21.5", "long": ""}, 400, "coordinate_invalid"),
        ({"lat": "x"}, 400, "coordinate_invalid"),
        ({"lat": "nan"}, 400, "coordinate_invalid"),
        ({"description": "ổ" * 4001}, 400, "value_too_long"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url_invalid"),
        ({"api_key": ""}, 403, "key_missing"),
        ({"api_key": "tck_unknown"}, 403, "key_invalid"),
    ]
    for fields, status, code in wrong:
        for form in ("json", "xml"):
            refused(await door.post(form, **{**POTHOLE, **fields}), status, code)


async def test_a_key_of_another_sort_of_source_posts_nothing(door: ReportDoor, database: Database) -> None:
    other = await key_of(database, "another-source")
    refused(await door.post(api_key=other, **POTHOLE), 403, "source_not_allowed")
    refused(await door.post(key="with space", **POTHOLE), 400, "idempotency_key_invalid")


async def test_a_picture_is_refused_with_a_sentence_and_nothing_is_stored(door: ReportDoor) -> None:
    before = (await door.get("requests.json")).json()
    for size in (100, 400_000):
        files = {"media": ("anh.jpg", b"\xff\xd8" + b"x" * size, "image/jpeg")}
        answer = await door.client.post(f"{ROOT}/requests.xml", data={"api_key": door.key, **POTHOLE}, files=files)
        assert "media_url" in refused(answer, 400, "media_not_accepted")
    assert (await door.get("requests.json")).json() == before


async def test_multipart_without_a_file_is_a_form(door: ReportDoor) -> None:
    fields = {name: (None, value) for name, value in {"api_key": door.key, **POTHOLE}.items()}
    answer = await door.client.post(f"{ROOT}/requests.json", files=fields)
    assert answer.status_code == 200, answer.text


async def test_a_useless_pin_refuses_no_report(door: ReportDoor) -> None:
    for lat, lon in (("0", "0"), ("105.8", "21.5"), ("51.5", "0"), ("1e300", "-1e300")):
        name = await posted(door, uuid.uuid4().hex, lat=lat, long=lon)
        assert (await door.one(name))["status"] == "open"


async def test_bodies_that_are_no_form_are_refused(door: ReportDoor) -> None:
    for body, content_type, status, code in (
        (b"{}", "application/json", 415, "media_type_unsupported"),
        (b"a=%ff", "application/x-www-form-urlencoded", 400, "form_invalid"),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400, "form_invalid"),
        (b"&".join(b"a=1" for _ in range(300)), "application/x-www-form-urlencoded", 400, "form_invalid"),
        (b"a=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413, "too_large"),
        (b"--x\r\n", "multipart/form-data", 400, "form_invalid"),
        (b"rubbish", "multipart/form-data; boundary=x", 400, "form_invalid"),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n',
         "multipart/form-data; boundary=x", 400, "form_invalid"),
    ):  # fmt: skip
        answer = await door.client.post(f"{ROOT}/requests.json", content=body, headers={"Content-Type": content_type})
        refused(answer, status, code)


async def test_the_same_post_many_times_at_once_is_one_report(door: ReportDoor, database: Database) -> None:
    answers = await asyncio.gather(*(door.post(key="at-once", **POTHOLE) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()[0]["service_request_id"] for answer in answers}) == 1
    async with database.connection() as connection:
        letters = await connection.fetchval("select count(*) from dead_letter where source = $1", door.source)
        reports = await connection.fetchval("select count(*) from feature where source = $1", door.source)
    assert (letters, reports) == (0, 1)


async def test_a_list_pushed_to_the_source_is_read_here_too(door: ReportDoor, database: Database) -> None:
    listed = [{"service_request_id": "web/17", "status": "closed", "x_status": "duplicate", "service_code": "khac",
               "requested_datetime": "2026-11-20T08:00:00", "updated_datetime": "2026-11-21T08:00:00"}]  # fmt: skip
    push = {"Authorization": f"Bearer {await key_of(database, door.source, layers=('*',))}"}
    answer = await door.client.post(f"/ingest/{door.source}", json=listed, headers=push)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1), answer.text
    (found,) = (await door.get("requests.json", service_request_id="web/17", api_key=door.key)).json()
    assert (found["status"], found["x_status"]) == ("closed", "duplicate")
    assert found["requested_datetime"] == "2026-11-20T08:00:00.000+07:00"


async def test_nothing_that_a_client_sends_makes_the_door_fall(door: ReportDoor) -> None:
    nasty = ("\x00", "\u2028", "\ud7ff", "a" * 5000, "1e999", "-0", "null", "%", "\u202e", "😀" * 300)
    for value in nasty:
        for name in ("service_code", "lat", "description", "address_string", "media_url", "account_id", "api_key", "x"):
            answer = await door.post(**{**POTHOLE, name: value})
            assert answer.status_code in (200, 400, 403), (name, value, answer.text)
        for name in ("service_request_id", "service_code", "start_date", "updated_after", "status", "page", "api_key"):
            answer = await door.get("requests.xml", **{name: value})
            assert answer.status_code in (200, 400, 403), (name, value, answer.text)
    for path in ("requests/%ff.json", "requests/%ED%A0%80.xml", "tokens/..%2f.json", "services/%00.xml", ".json", "%"):
        answer = await door.client.get(f"{ROOT}/{path}")
        assert answer.status_code in (400, 404), (path, answer.text)
    strange = {b"Idempotency-Key": "\u00e9".encode()}
    answer = await door.client.post(f"{ROOT}/requests.json", data={"api_key": door.key, **POTHOLE}, headers=strange)
    refused(answer, 400, "idempotency_key_invalid")
