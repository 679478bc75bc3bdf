# SPDX-License-Identifier: Apache-2.0
"""Drafts are checked: questions, memory, repairs, waivers, parts of a set, checks that are cancelled or outdated."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.job_runner import close
from boundaries.jobs import ASK_TO_CANCEL
from geo.db.pool import Database, DatabaseOptions, connect, open_database
from layers.registry import LayerRegistry
from tests.boundaries.unit_samples import CITY
from tests.conftest import _database, migrated, new_key_of
from tests.support.drafts import Desk, open_desk, publish_set

pytestmark = pytest.mark.postgis
DEFECTS = Path(__file__).resolve().parents[1] / "boundaries" / "data" / "defects"
FORMATS = DEFECTS.parent / "formats"
BASE = CITY["unit_set"]["id"]


@pytest.fixture(scope="module")
def own_url(cluster_url: str) -> Iterator[str]:
    """A database whose only published set is the city of 2017."""
    for url in _database(cluster_url):
        yield migrated(url)


@pytest.fixture(scope="module")
def gis_key(own_url: str) -> str:
    return new_key_of(own_url, "gis-desk", "--role", "gis")


@pytest.fixture
async def stored(own_url: str) -> AsyncIterator[Database]:
    database = await open_database(DatabaseOptions(own_url, pool_size=2))
    yield database
    await database.close()


@pytest.fixture
async def desk(
    own_url: str, stored: Database, gis_key: str, registry: LayerRegistry, tmp_path: Path
) -> AsyncIterator[Desk]:
    await publish_set(stored, CITY)
    async with open_desk(own_url, registry, tmp_path / "files", gis_key) as made:
        yield made
        for draft in (await made.client.get("/boundaries/drafts")).json()["drafts"]:
            await made.client.delete(f"/boundaries/drafts/{draft['id']}")
    assert not list((tmp_path / "files" / "staging").glob("*"))


def sample(number: str) -> Path:
    (path,) = DEFECTS.glob(f"{number}_*")
    return path


async def count(stored: Database, what: str) -> int:
    async with stored.connection() as connection:
        return int(await connection.fetchval(f"select count(*) from {what}"))


def codes(findings: list[dict[str, Any]]) -> list[str]:
    return sorted(one["code"] for one in findings)


async def test_a_sound_file_becomes_a_version_with_nothing_changed(desk: Desk, stored: Database) -> None:
    draft = await desk.checked(sample("00"), base=BASE)
    assert (draft["state"], draft["checked_revision"]) == ("checked", 1)
    assert draft["job"]["state"] == "done" and draft["base"]["moved"] is False
    summary = draft["summary"]
    assert (summary["units"], summary["unchanged"], summary["changes"], summary["blocking"]) == (32, 32, {}, 0)
    assert summary["sentence"] == {"vi": "32 đơn vị: 32 không đổi", "en": "32 units: 32 unchanged"}
    assert summary["findings"] == {"error": 0, "warning": 0, "info": 0} and summary["no_version"] is None
    west, south, east, north = draft["bbox"]
    assert 105 < west < east < 107 and 21 < south < north < 22
    assert "publish" in draft["may"] and "cancel" not in draft["may"]
    assert await count(stored, f"unit where version = {draft['version']}") == 32
    assert await count(stored, f"unit_set_version where id = {draft['version']} and status = 'draft'") == 1
    assert (await desk.get(draft["id"], "/changes"))["features"] == []


async def test_a_new_check_replaces_the_version_of_the_old_one_and_withdrawing_deletes_it(
    desk: Desk, stored: Database
) -> None:
    draft = await desk.checked(sample("00"), base=BASE)
    again = await desk.check(await desk.change(draft))
    assert again["revision"] == again["checked_revision"] == 2 and again["version"] != draft["version"]
    assert await count(stored, f"unit_set_version where id = {draft['version']}") == 0
    kept = await desk.change(again, title="Chỉ đổi tên")
    assert (kept["state"], kept["revision"], kept["checked_revision"]) == ("checked", 3, 3)
    assert "publish" in kept["may"] and kept["version"] == again["version"]
    await desk.client.delete(f"/boundaries/drafts/{draft['id']}")
    assert await count(stored, f"unit where version = {again['version']}") == 0
    assert (await desk.get(draft["id"]))["version"] is None


async def test_a_file_without_a_coordinate_system_waits_for_an_answer(desk: Desk) -> None:
    draft = await desk.checked(sample("10"), base=BASE)
    assert (draft["state"], draft["summary"], draft["version"]) == ("questions", None, None)
    (question,) = draft["questions"]
    best = question["choices"][0]
    assert (question["kind"], question["is_open"], best["value"]) == ("crs", True, "EPSG:9213")
    assert best["preview"]["type"] and best["score"] < 500 and "CRS_MISSING" in codes(await desk.findings(draft))
    assert draft["fields"] and draft["sheets"][0]["features"] == 32
    answered = await desk.check(await desk.change(draft, answers={"crs": "EPSG:9213"}))
    assert answered["state"] == "checked" and answered["summary"]["unchanged"] == 32
    assert answered["questions"] == [] and answered["answers"]["crs"] == "EPSG:9213"
    assert answered["mapping"]["code"] in answered["fields"] and "mapping" not in answered["summary"]


async def test_an_answer_that_cannot_be_true_is_asked_for_again(desk: Desk) -> None:
    draft = await desk.checked(sample("10"), base=BASE)
    draft = await desk.check(await desk.change(draft, answers={"crs": "EPSG:4326"}))
    assert draft["state"] == "questions" and draft["questions"][0]["choices"][0]["value"] == "EPSG:9213"
    assert "CRS_OUT_OF_RANGE" in codes(await desk.findings(draft))


async def test_answers_are_remembered_under_the_name_of_who_drew_it(desk: Desk) -> None:
    draft = await desk.checked(sample("20"), base=BASE, producer="Công ty A")
    (question,) = draft["questions"]
    assert draft["state"] == "questions" and question["kind"] == "encoding"
    assert question["choices"][0]["value"] == "tcvn3" and question["choices"][0]["samples"][0][0]
    draft = await desk.check(await desk.change(draft, answers={"encoding": "tcvn3"}))
    assert (draft["state"], draft["remembered"]) == ("checked", False)
    assert draft["summary"]["unchanged"] == 32
    await desk.client.delete(f"/boundaries/drafts/{draft['id']}")
    again = await desk.checked(sample("20"), base=BASE, producer="công ty  a")
    assert (again["state"], again["remembered"], again["answers"]["encoding"]) == ("checked", True, "tcvn3")
    # Who declares it right is not asked, and what is remembered is not forced upon them.
    sound = await desk.checked(sample("00"), base=BASE, producer="Công ty A")
    assert (sound["state"], sound["remembered"], sound["answers"]["encoding"]) == ("checked", False, None)
    other = await desk.check(await desk.change(again, producer="Công ty B"))
    assert (other["state"], other["remembered"]) == ("questions", False)


async def test_a_refused_file_has_findings_and_no_version(desk: Desk) -> None:
    draft = await desk.checked(sample("16"), base=BASE)
    assert (draft["state"], draft["version"], draft["summary"]) == ("refused", None, None)
    (finding,) = await desk.findings(draft)
    assert (finding["code"], finding["severity"]) == ("FILE_UNSAFE_NAME", "reject")
    assert finding["blocking"] and not finding["waivable"] and "publish" not in draft["may"]


async def test_repairs_are_proposed_applied_and_taken_back(desk: Desk) -> None:
    draft = await desk.checked(sample("33"), base=BASE)
    proposed = [one["id"] for one in draft["available_repairs"] if one["proposed"]]
    assert "features.drop_repeated" in proposed and draft["effects"] == []
    assert draft["summary"]["no_version"]["vi"] and draft["version"] is None
    mended = await desk.check(await desk.change(draft, repairs=proposed))
    assert mended["version"] is not None and mended["summary"]["units"] == 32
    assert await desk.findings(mended) == [] and {one["repair"] for one in mended["effects"]} == set(proposed)
    assert all(one["applied"] and one["title"]["vi"] for one in mended["available_repairs"])
    back = await desk.check(await desk.change(mended, repairs=[]))
    assert back["version"] is None and back["effects"] == [] and codes(await desk.findings(back))


async def test_a_waiver_outlives_the_next_check_and_is_taken_back(desk: Desk) -> None:
    draft = await desk.checked(sample("01"), base=BASE)
    overlap = next(one for one in await desk.findings(draft) if one["code"] == "TOPO_OVERLAP")
    path = f"/boundaries/drafts/{draft['id']}/findings/{overlap['number']}/waiver"
    assert overlap["blocking"] and overlap["waivable"] and draft["summary"]["blocking"] > 0
    assert desk.told(await desk.client.put(path, json={"why": " "}), 400)["code"] == "value_missing"
    waived = desk.told(await desk.client.put(path, json={"why": "Hai bên đã thống nhất."}), 200)
    shown = next(one["properties"] for one in waived["features"] if one["properties"]["number"] == overlap["number"])
    assert shown["waiver"]["by"] == "gis-desk" and not shown["blocking"]
    again = await desk.check(await desk.change(await desk.get(draft["id"])))
    assert again["summary"]["blocking"] == draft["summary"]["blocking"] - 1
    desk.told(await desk.client.delete(path), 200)
    assert (await desk.get(draft["id"]))["summary"]["blocking"] == draft["summary"]["blocking"]
    assert desk.told(await desk.client.delete(path), 404)["code"] == "waiver_not_found"


async def test_all_findings_of_a_code_are_waived_at_once(desk: Desk) -> None:
    draft = await desk.checked(sample("01"), base=BASE)
    path = f"/boundaries/drafts/{draft['id']}/waivers"
    waived = desk.told(await desk.client.put(path, json={"code": "TOPO_OVERLAP", "why": "Chờ đo lại."}), 200)
    assert not any(one["properties"]["blocking"] for one in waived["features"])
    assert (await desk.get(draft["id"]))["summary"]["blocking"] == 0
    told = desk.told(await desk.client.put(path, json={"code": "CODE_NULL", "why": "Chờ."}), 404)
    assert told["code"] == "finding_not_found"


async def test_codes_and_missing_units_are_never_waived(desk: Desk) -> None:
    draft = await desk.checked(sample("25"), base=BASE)
    missing = next(one for one in await desk.findings(draft) if one["code"] == "CODE_MISSING_UNIT")
    path = f"/boundaries/drafts/{draft['id']}/findings/{missing['number']}/waiver"
    told = desk.told(await desk.client.put(path, json={"why": "không rõ"}), 409)
    assert told["code"] == "finding_not_waivable" and "publish" not in draft["may"]
    told = desk.told(await desk.client.put(path.replace(f"/{missing['number']}/", "/9999/"), json={"why": "abc"}), 404)
    assert told["code"] == "finding_not_found"


async def test_duplicate_codes_are_found_and_make_no_version(desk: Desk) -> None:
    draft = await desk.checked(sample("04"), base=BASE)
    assert draft["state"] == "checked" and draft["version"] is None
    assert draft["summary"]["no_version"]["vi"] == "1 mã bị trùng" and draft["summary"]["blocking"] >= 1
    assert "CODE_DUPLICATE" in codes(await desk.findings(draft)) and "publish" not in draft["may"]


async def test_a_redrawn_unit_is_shown_with_the_ground_that_it_lost(desk: Desk) -> None:
    draft = await desk.checked(sample("02"), base=BASE)
    summary = draft["summary"]
    assert summary["changes"]["reshaped"] >= 1 and summary["lost_m2"] > 0
    features = (await desk.get(draft["id"], "/changes"))["features"]
    lost = next(one for one in features if one["properties"]["part"] == "lost")
    assert lost["geometry"]["type"] == "MultiPolygon" and lost["properties"]["lost_m2"] > 0
    assert "vẽ lại" in summary["sentence"]["vi"]


async def test_a_part_is_merged_into_the_published_whole(desk: Desk, tmp_path: Path) -> None:
    body = json.loads(sample("00").read_text(encoding="utf-8"))
    first = body["features"][0]
    path = tmp_path / "một phường.geojson"
    path.write_text(json.dumps({**body, "features": [first]}), encoding="utf-8")
    code = first["properties"]["code"]
    draft = await desk.checked(path, base=BASE)
    assert "CODE_MISSING_UNIT" in codes(await desk.findings(draft))
    part = await desk.check(await desk.change(draft, scope=[code]))
    assert part["state"] == "checked" and part["scope"] == [code] and await desk.findings(part) == []
    assert (part["summary"]["units"], part["summary"]["unchanged"]) == (32, 32)


async def test_a_new_law_is_judged_by_itself_and_needs_its_document_before_it_is_published(desk: Desk) -> None:
    path = DEFECTS.parent / "synthetic_city_2025_8.geojson"
    draft = await desk.checked(path, base=BASE, set="city-2025", valid_from="2025-07-01", title_vi="Từ 01/7/2025")
    assert draft["state"] == "checked" and await desk.findings(draft) == []
    assert draft["summary"]["units"] == 8 and draft["summary"]["changes"]["removed"] == 24
    assert "publish" not in draft["may"]
    law = {"number": "1683/NQ-UBTVQH15", "issuer": "UBTVQH", "signed_on": "2025-06-16", "effective_on": "2025-07-01"}
    legal = desk.told(await desk.client.post("/boundaries/legal", json=law), 201)
    draft = await desk.change(draft, legal=legal["id"], unagreed=[["05467", "05443"]])
    assert draft["legal"]["number"] == law["number"] and draft["unagreed"] == [["05443", "05467"]]
    draft = await desk.check(draft)
    assert "publish" in draft["may"]
    merged = next(
        one["properties"]
        for one in (await desk.get(draft["id"], "/changes"))["features"]
        if one["properties"]["code_after"] == "05467"
    )
    assert {"code": "05467", "share": 0.91} in [{**one, "share": round(one["share"], 2)} for one in merged["lineage"]]


async def test_the_first_set_of_all_needs_no_base(cluster_url: str, registry: LayerRegistry, tmp_path: Path) -> None:
    for owner in _database(cluster_url):
        url = migrated(owner)
        key = new_key_of(url, "gis-desk", "--role", "gis")
        async with open_desk(url, registry, tmp_path / "files", key) as desk:
            assert (await desk.post(b"x", 400, name="a.geojson"))["code"] == "unit_set_missing"
            draft = await desk.checked(sample("00"), set="first", valid_from="2017-08-18", title_vi="Bộ đầu")
        assert (draft["base"], draft["state"], draft["summary"]["blocking"]) == (None, "checked", 0)
        assert draft["summary"]["changes"] == {"added": 32} and "publish" in draft["may"]


async def test_an_outdated_check_ends_without_a_trace(desk: Desk) -> None:
    draft = await desk.post(sample("00").read_bytes(), 201, name="a.geojson", base=BASE)
    newer = await desk.change(draft, title="Mới hơn")
    still = await desk.check(draft)
    assert (still["state"], still["checked_revision"], still["job"]["id"]) == ("checking", None, newer["job"]["id"])
    assert (await desk.check(newer))["state"] == "checked"


async def test_a_cancelled_check_can_be_asked_for_again(desk: Desk, own_url: str) -> None:
    draft = await desk.post(sample("00").read_bytes(), 201, name="a.geojson", base=BASE)
    path = f"/boundaries/drafts/{draft['id']}/cancel"
    asked = desk.told(await desk.client.post(path), 200)
    # What the worker does when it sees that.
    connection = await connect(own_url)
    await close(connection, asked["job"]["id"], "cancelled", None)
    await connection.close()
    cancelled = await desk.get(draft["id"])
    assert (cancelled["state"], cancelled["may"]) == ("cancelled", ["change", "withdraw"])
    assert desk.told(await desk.client.post(path), 409)["code"] == "nothing_to_cancel"
    assert (await desk.check(await desk.change(cancelled)))["state"] == "checked"


async def test_a_check_that_is_cancelled_on_its_way_leaves_nothing(desk: Desk, stored: Database) -> None:
    draft = await desk.post(sample("00").read_bytes(), 201, name="a.geojson", base=BASE)
    before = await count(stored, "unit_set_version")
    async with stored.transaction() as connection:
        await connection.execute(ASK_TO_CANCEL.sql, *ASK_TO_CANCEL.args(job=draft["job"]["id"]))
    ended = await desk.check(draft)
    assert (ended["state"], ended["version"]) == ("cancelled", None)
    assert await count(stored, "unit_set_version") == before


async def test_a_file_that_is_gone_fails_the_check_with_words(desk: Desk) -> None:
    draft = await desk.post(sample("00").read_bytes(), 201, name="a.geojson", base=BASE)
    for path in desk.files.rglob("*"):
        if path.is_file():
            path.unlink()
    failed = await desk.check(draft)
    assert failed["state"] == "failed" and failed["job"]["problem"]["code"] == "file_missing"
    assert failed["job"]["problem"]["detail_vi"]
