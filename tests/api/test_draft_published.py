# SPDX-License-Identifier: Apache-2.0
"""A draft from the upload over a second person's approval to its publication and back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.job_runner import run_job
from boundaries.files import FileStore
from geo.db.pool import DatabaseOptions, open_database
from layers.registry import LayerRegistry
from tests.boundaries.unit_samples import CITY
from tests.conftest import new_key_of
from tests.support.drafts import Desk, open_desk, publish_set

pytestmark = pytest.mark.postgis
FILE = Path(__file__).resolve().parents[1] / "boundaries" / "data" / "synthetic_city_2025_8.geojson"
LAW = {"number": "1683/NQ-UBTVQH15", "issuer": "UBTVQH", "signed_on": "2025-06-16", "effective_on": "2025-07-01"}


@pytest.fixture
async def desk(fresh_url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[Desk]:
    database = await open_database(DatabaseOptions(fresh_url, pool_size=2))
    await publish_set(database, CITY)
    await database.close()
    key = new_key_of(fresh_url, "first", "--role", "gis")
    async with open_desk(fresh_url, registry, tmp_path / "files", key, boundary_approval=True) as made:
        yield made


async def done(desk: Desk, asked: dict[str, Any]) -> None:
    await run_job(desk.url, asked["job"]["id"], desk.registry, FileStore(desk.files))


async def test_a_new_law_is_approved_by_another_published_and_taken_back(desk: Desk) -> None:
    draft = await desk.checked(FILE, base="city-2017", set="city-2025", valid_from="2025-07-01", title_vi="Mới")
    legal = desk.told(await desk.client.post("/boundaries/legal", json=LAW), 201)
    draft = await desk.change(draft, legal=legal["id"])
    assert {"cameras", "incidents"} <= {one["layer"] for one in draft["consequences"]}
    path = f"/boundaries/drafts/{draft['id']}"
    assert "ask_approval" in draft["may"] and "publish" not in draft["may"]
    assert (await desk.client.post(f"{path}/approval-request")).is_success
    asked = await desk.get(draft["id"])
    assert asked["approval"]["asked_by"] == "first" and not {"approve", "publish", "ask_approval"} & set(asked["may"])
    second = {"Authorization": f"Bearer {new_key_of(desk.url, 'second', '--role', 'gis')}"}
    assert "approve" in (await desk.client.get(path, headers=second)).json()["may"]
    assert (await desk.client.post(f"{path}/approval", headers=second)).is_success
    assert "publish" in (await desk.get(draft["id"]))["may"]
    await done(desk, desk.told(await desk.client.post(f"{path}/publication", json={"confirm": "city-2025"}), 202))
    published = await desk.get(draft["id"])
    assert (published["state"], published["may"]) == ("published", []) and published["publication"] is not None
    assert published["job"]["kind"] == "publish" and published["base"]["set"] == "city-2017"
    assert (await desk.change(published, 409, title="x"))["code"] == "draft_closed"
    sets = (await desk.client.get("/boundaries/sets")).json()["sets"]
    assert {one["id"] for one in sets} == {"city-2017", "city-2025"}
    back = f"/boundaries/publications/{published['publication']}/rollback"
    await done(desk, desk.told(await desk.client.post(back, json={"confirm": "city-2025"}), 202))
    sets = (await desk.client.get("/boundaries/sets")).json()["sets"]
    assert {one["id"] for one in sets} == {"city-2017"}


async def test_a_change_takes_an_approval_back(desk: Desk) -> None:
    path = FILE.parent / "defects" / "00_control_ok.geojson"
    draft = await desk.checked(path, base="city-2017")
    assert (await desk.client.post(f"/boundaries/drafts/{draft['id']}/approval-request")).is_success
    changed = await desk.change(await desk.get(draft["id"]), title="Tên khác")
    assert changed["approval"]["asked_by"] is None and changed["state"] == "checked"


async def test_two_drafts_of_one_new_set_and_the_second_needs_another_one(desk: Desk) -> None:
    about = {"base": "city-2017", "set": "city-2025", "valid_from": "2025-07-01", "title_vi": "Mới"}
    legal = desk.told(await desk.client.post("/boundaries/legal", json=LAW), 201)
    first = await desk.change(await desk.checked(FILE, **about), legal=legal["id"])
    again = await desk.check(await desk.post(FILE.read_bytes() + b"\n", 201, name=FILE.name, **about))
    again = await desk.change(again, legal=legal["id"])
    second = {"Authorization": f"Bearer {new_key_of(desk.url, 'second', '--role', 'gis')}"}
    for draft in (first, again):
        assert (await desk.client.post(f"/boundaries/drafts/{draft['id']}/approval-request")).is_success
        approved = await desk.client.post(f"/boundaries/drafts/{draft['id']}/approval", headers=second)
        assert approved.is_success
    said = {"confirm": "city-2025"}
    path = f"/boundaries/drafts/{first['id']}/publication"
    await done(desk, desk.told(await desk.client.post(path, json=said), 202))
    refused = await desk.client.post(f"/boundaries/drafts/{again['id']}/publication", json=said)
    assert (refused.status_code, refused.json()["code"]) == (409, "target_published")
    late = await desk.get(again["id"])
    assert "publish" not in late["may"]
    assert (await desk.change(late, 400, target={"set": "city-2017x"}))["code"] == "unit_set_incomplete"
    other = {"set": "city-2026", "valid_from": "2026-07-01", "title": "Khác"}
    checked = await desk.check(await desk.change(late, target=other))
    assert (checked["state"], checked["target"]["set"]) == ("checked", "city-2026")
