# SPDX-License-Identifier: Apache-2.0
"""Uploads and drafts over HTTP before any check: who may, what is refused, what one draft is."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.settings import Settings
from geo.db.pool import Database
from layers.registry import LayerRegistry
from tests.api.test_session import account, sign_in
from tests.conftest import new_key_of
from tests.support.drafts import OCTETS, Desk
from tests.support.grid import NEW, OLD, publish_grid

pytestmark = pytest.mark.postgis


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return create_app(
        Settings(database_url=database_url, demo=True, files=tmp_path / "files", max_upload_bytes=100_000)
    )


@pytest.fixture(scope="session")
def gis_key(database_url: str) -> str:
    return new_key_of(database_url, "gis-desk", "--role", "gis")


@pytest.fixture
async def desk(
    client: httpx.AsyncClient,
    database: Database,
    database_url: str,
    tmp_path: Path,
    registry: LayerRegistry,
    gis_key: str,
) -> AsyncIterator[Desk]:
    await publish_grid(database)
    client.headers["Authorization"] = f"Bearer {gis_key}"
    yield Desk(client, database_url, tmp_path / "files", registry)


def fresh() -> bytes:
    """Bytes that nobody sent before."""
    return uuid.uuid4().bytes


def kept(desk: Desk) -> list[Path]:
    return [path for path in desk.files.rglob("*") if path.is_file()]


async def test_a_file_becomes_a_draft_whose_check_waits(desk: Desk) -> None:
    data = fresh()
    answer = await desk.client.post(
        "/boundaries/uploads",
        params={"name": "ranh giới.zip", "base": OLD, "producer": "Công ty  Đo đạc", "title": "Phường mới"},
        content=data,
        headers=OCTETS,
    )
    draft = desk.told(answer, 201)
    assert answer.headers["location"] == f"/boundaries/drafts/{draft['id']}" and answer.headers["etag"] == '"1"'
    assert (draft["state"], draft["revision"], draft["checked_revision"]) == ("checking", 1, None)
    assert draft["title"] == "Phường mới" and draft["file"]["name"] == "ranh giới.zip"
    assert draft["file"]["size_bytes"] == len(data) and draft["base"]["set"] == OLD and draft["base"]["number"] == 1
    assert draft["target"]["set"] == OLD and draft["target"]["attribution"] == {"vi": "Lưới", "en": "Lưới"}
    assert draft["target"]["valid_to"] == "2020-01-01" and draft["target"]["approximate"] is True
    assert draft["answers"] == {"sheet": None, "crs": None, "swap_axes": False, "encoding": None, "fields": {}}
    assert (draft["summary"], draft["version"], draft["bbox"], draft["publication"]) == (None, None, None, None)
    assert (draft["job"]["kind"], draft["job"]["state"]) == ("check", "queued")
    assert draft["may"] == ["change", "withdraw", "cancel"] and draft["created_by"] == "gis-desk"
    assert [path.read_bytes() for path in kept(desk)] == [data]
    listed = (await desk.client.get("/boundaries/drafts?state=checking")).json()["drafts"]
    assert listed[0]["id"] == draft["id"] and "questions" not in listed[0]
    job = (await desk.client.get(f"/boundaries/jobs/{draft['job']['id']}")).json()
    assert job["state"] == "queued"


async def test_the_same_bytes_for_the_same_base_are_one_draft_while_it_is_open(desk: Desk) -> None:
    data = fresh()
    first = await desk.post(data, name="a.zip", base=OLD)
    again = await desk.post(data, 200, name="b.zip", base=OLD, title="khác")
    assert again["id"] == first["id"] and again["title"] == "a"
    other = await desk.post(data, name="a.zip", base=NEW)
    assert other["id"] != first["id"]
    desk.told(await desk.client.delete(f"/boundaries/drafts/{first['id']}"), 200)
    assert (await desk.post(data, name="a.zip", base=OLD))["id"] not in (first["id"], other["id"])


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 201, "../a.zip", "a/b.zip", "a\\b.zip", "C:a.zip", "a\0.zip", "..", "a\u202egpj.zip"]
)
async def test_a_name_that_is_none_is_refused_and_nothing_is_kept(desk: Desk, name: str) -> None:
    told = await desk.post(fresh(), 400, name=name, base=OLD)
    assert told["code"] == "file_name_invalid" and kept(desk) == []


async def test_no_bytes_and_too_many_are_refused_and_nothing_is_kept(desk: Desk) -> None:
    assert (await desk.post(b"", 400, name="a.zip", base=OLD))["code"] == "file_empty"
    assert (await desk.post(b"x" * 100_001, 413, name="a.zip", base=OLD))["code"] == "file_too_large"

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"y" * 4_096

    answer = await desk.client.post("/boundaries/uploads?name=a.zip&base=" + OLD, content=endless(), headers=OCTETS)
    assert desk.told(answer, 413)["code"] == "file_too_large" and kept(desk) == []


@pytest.mark.parametrize(("query", "status", "code"), [
    ({"base": "nowhere"}, 404, "unit_set_not_found"),
    ({"base": "Not a set!"}, 400, "unit_set_id_invalid"),
    ({}, 400, "base_missing"),
    ({"base": OLD, "set": "new-set"}, 400, "unit_set_incomplete"),
    ({"base": OLD, "set": NEW}, 400, "target_published"),
    ({"base": OLD, "set": "new-set", "valid_from": "soon", "title_vi": "Mới"}, 400, "date_invalid"),
    ({"base": OLD, "set": "new-set", "valid_from": "2010-01-01", "title_vi": "Mới"}, 400, "valid_from_too_early"),
    ({"base": OLD, "title": "x" * 201}, 400, "value_invalid"),
])  # fmt: skip
async def test_what_the_draft_becomes_is_judged_before_the_bytes(
    desk: Desk, query: dict[str, str], status: int, code: str
) -> None:
    told = await desk.post(fresh(), status, name="a.zip", **query)
    assert told["code"] == code and kept(desk) == []


async def test_a_new_set_follows_its_base(desk: Desk) -> None:
    draft = await desk.post(
        fresh(), name="a.zip", base=OLD, set="new-set", valid_from="2021-07-01", title_vi="Bộ mới", title_en="New"
    )
    assert draft["target"] == {
        "set": "new-set", "title": {"vi": "Bộ mới", "en": "New"}, "valid_from": "2021-07-01", "valid_to": None,
        "approximate": False, "attribution": None, "licence": None,
    }  # fmt: skip
    changed = await desk.change(draft, target={"attribution": {"vi": "Sở", "en": "Office"}, "licence": "CC0"})
    assert changed["target"]["attribution"] == {"vi": "Sở", "en": "Office"}
    told = await desk.change(changed, 400, target={"valid_to": "2021-07-01"})
    assert told["code"] == "valid_to_too_early"
    assert (await desk.change(changed, 400, target={"set": NEW}))["code"] == "target_published"
    back = await desk.change(changed, target={"set": OLD})
    assert back["target"]["title"]["vi"] == OLD and back["target"]["valid_from"] == "2010-01-01"


async def test_a_change_names_the_revision_that_it_saw(desk: Desk) -> None:
    draft = await desk.post(fresh(), name="a.zip", base=OLD)
    changed = await desk.change(draft, title="Tên khác", repairs=["rings.orient", "heights.drop"], scope=["00002"])
    assert (changed["revision"], changed["title"], changed["scope"]) == (2, "Tên khác", ["00002"])
    assert changed["repairs"] == ["heights.drop", "rings.orient"] and changed["job"]["id"] != draft["job"]["id"]
    told = await desk.change(draft, 412, title="Đến sau")
    assert (told["code"], told["revision"]) == ("revision_changed", 2)
    bare = await desk.client.patch(f"/boundaries/drafts/{draft['id']}", json={})
    assert desk.told(bare, 400)["code"] == "if_match_missing"


@pytest.mark.parametrize(("members", "code"), [
    ({"nonsense": 1}, "member_unknown"),
    ({"title": ""}, "value_missing"),
    ({"title": 7}, "value_invalid"),
    ({"producer": "x\0"}, "value_invalid"),
    ({"scope": []}, "codes_invalid"),
    ({"scope": ["a b"]}, "codes_invalid"),
    ({"repairs": ["no.such"]}, "repair_unknown"),
    ({"unagreed": [["1", "1"]]}, "unagreed_invalid"),
    ({"unagreed": [["1"]]}, "unagreed_invalid"),
    ({"legal": 999_999_999}, "legal_not_found"),
    ({"legal": "1"}, "legal_not_found"),
    ({"target": {"nonsense": 1}}, "member_unknown"),
    ({"answers": {"crs": "+proj=longlat"}}, "answer_invalid"),
    ({"answers": {"crs": "/etc/passwd"}}, "answer_invalid"),
    ({"answers": {"encoding": "utf-7"}}, "answer_invalid"),
    ({"answers": {"fields": {"colour": "x"}}}, "answer_invalid"),
    ({"answers": {"swap_axes": 1}}, "answer_invalid"),
])  # fmt: skip
async def test_a_change_that_says_nothing_sensible_is_refused(desk: Desk, members: dict[str, Any], code: str) -> None:
    draft = await desk.post(fresh(), name="a.zip", base=OLD)
    assert (await desk.change(draft, 400, **members))["code"] == code
    assert (await desk.get(draft["id"]))["revision"] == 1


async def test_answers_are_taken_one_by_one_and_taken_back(desk: Desk) -> None:
    draft = await desk.post(fresh(), name="a.zip", base=OLD)
    draft = await desk.change(draft, answers={"crs": "EPSG:9213", "swap_axes": True})
    draft = await desk.change(draft, answers={"encoding": "tcvn3", "fields": {"code": "MA", "type": None}})
    assert draft["answers"] == {
        "sheet": None, "crs": "EPSG:9213", "swap_axes": True, "encoding": "tcvn3", "fields": {"code": "MA", "type": ""},
    }  # fmt: skip
    draft = await desk.change(draft, answers={"crs": "EPSG:4326", "encoding": None})
    assert draft["answers"]["crs"] == "EPSG:4326" and draft["answers"]["swap_axes"] is False
    assert draft["answers"]["encoding"] is None and draft["remembered"] is False


async def test_a_withdrawn_draft_stays_in_the_list_and_no_longer_changes(desk: Desk) -> None:
    draft = await desk.post(fresh(), name="a.zip", base=OLD)
    gone = desk.told(await desk.client.delete(f"/boundaries/drafts/{draft['id']}"), 200)
    assert gone["state"] == "withdrawn" and "change" not in gone["may"]
    assert (await desk.change(gone, 409, title="x"))["code"] == "draft_closed"
    assert desk.told(await desk.client.delete(f"/boundaries/drafts/{draft['id']}"), 409)["code"] == "draft_closed"
    listed = (await desk.client.get("/boundaries/drafts?state=withdrawn")).json()["drafts"]
    assert draft["id"] in {one["id"] for one in listed} and len(kept(desk)) == 1


@pytest.mark.parametrize(("method", "path"), [
    ("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/findings"), ("GET", "/changes"),
    ("DELETE", "/findings/1/waiver"),
])  # fmt: skip
async def test_a_draft_that_is_not_there_is_not_found(desk: Desk, method: str, path: str) -> None:
    answer = await desk.client.request(method, f"/boundaries/drafts/987654321{path}")
    assert desk.told(answer, 404)["code"] == "draft_not_found"
    assert desk.told(await desk.client.get("/boundaries/jobs/987654321"), 404)["code"] == "job_not_found"


async def test_only_gis_staff_see_and_change_drafts(
    client: httpx.AsyncClient, database_url: str, admin_url: str, database: Database
) -> None:
    await publish_grid(database)
    query = f"/boundaries/uploads?name=a.zip&base={OLD}"
    told = Desk.told(await client.post(query, content=b"x", headers=OCTETS), 401)
    assert told["code"] == "sign_in_required"
    assert (await client.get("/boundaries/drafts")).status_code == 401
    key = new_key_of(database_url, "reader", "--role", "viewer")
    header = {"Authorization": f"Bearer {key}"}
    told = Desk.told(await client.post(query, content=b"x", headers=OCTETS | header), 403)
    assert told["code"] == "role_not_allowed"
    assert (await client.get("/boundaries/drafts", headers=header)).status_code == 403
    session = await sign_in(client, name := account(admin_url, "gis"))
    assert (await client.post(query, content=fresh(), headers=OCTETS)).json()["code"] == "csrf_invalid"
    mine = await client.post(query, content=fresh(), headers={**OCTETS, "X-CSRF-Token": session["csrf"]})
    assert Desk.told(mine, 201)["created_by"] == name
