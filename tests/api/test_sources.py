# SPDX-License-Identifier: Apache-2.0
"""Sources over HTTP: messages in, how a source does, dead letters replayed and put away, and who may do that."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import orjson
import pytest

from tests.api.source_desk import SourceDesk, open_source_desk
from tests.api.test_ingest_door import problem

pytestmark = pytest.mark.postgis
TIME = "2026-11-20T08:00:00+07:00"


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[SourceDesk]:
    async with open_source_desk(database_url, tmp_path / "sources") as opened:
        yield opened


@pytest.fixture
def source(desk: SourceDesk) -> str:
    name = f"src-{uuid.uuid4().hex[:8]}"
    desk.declare(name)
    return name


def report(name: str, **members: object) -> dict[str, object]:
    return {"id": name, "title": "Cây đổ", "time": TIME, **members}


async def push(desk: SourceDesk, source: str, *records: object) -> httpx.Response:
    return await desk.client.post(f"/ingest/{source}", content=orjson.dumps(list(records)), headers=desk.key(source))


async def member(desk: SourceDesk, source: str) -> dict[str, object]:
    found: dict[str, object] = (await desk.client.get(f"/sources/{source}", headers=desk.staff)).json()
    return found


async def test_a_message_without_a_layer_goes_to_the_connector(desk: SourceDesk, source: str) -> None:
    answer = await push(desk, source, report("a"), report("b", severity="none of them"))
    body = answer.json()
    assert (answer.status_code, body["accepted"], body["unlocated"]) == (200, 1, 1)
    assert [one["code"] for one in body["rejected"]] == ["value_not_allowed"]
    found = await member(desk, source)
    assert (found["state"], found["messages_24h"], found["accepted_24h"], found["rejected_24h"]) == ("ok", 1, 1, 1)
    assert (found["dead_letters"], found["unlocated"], found["door"]) == (1, 1, "push")
    assert [one["messages"] for one in found["minutes"]] == [1]  # type: ignore[attr-defined]


async def test_a_message_that_cannot_be_read_is_answered_with_its_reason_and_kept(
    desk: SourceDesk, source: str
) -> None:
    answer = await desk.client.post(f"/ingest/{source}", content=b"\x00\xff", headers=desk.key(source))
    told = problem(answer, 400, answer.json()["code"])
    letters = (await desk.client.get(f"/sources/{source}/dead-letters", headers=desk.staff)).json()
    assert [(one["code"], one["message"]) for one in letters["dead_letters"]] == [(told["code"], told["message"])]


async def test_a_source_without_a_file_is_not_found(desk: SourceDesk) -> None:
    problem(await push(desk, "nobody-knows", report("a")), 404, "source_not_found")


async def test_every_system_is_listed_also_without_a_source(desk: SourceDesk, source: str) -> None:
    body = (await desk.client.get("/sources", headers=desk.staff)).json()
    systems = {one["id"]: one["sources"] for one in body["systems"]}
    assert len(systems) == 17
    assert systems["field_reports"] == [source]
    assert systems["video_conference"] == []


async def test_a_file_that_is_wrong_is_told_and_hides_no_other(desk: SourceDesk, source: str) -> None:
    (desk.folder / "broken.yaml").write_text("id: [")
    desk.declare("no-such", connector="telepathy")
    body = (await desk.client.get("/sources", headers=desk.staff)).json()
    assert [one["file"] for one in body["faults"]] == ["broken.yaml", "no-such.yaml"]
    assert "telepathy" in body["faults"][1]["reason"]
    assert source in [one["id"] for one in body["sources"]]


async def test_a_letter_is_replayed_after_the_source_was_mended(desk: SourceDesk, source: str) -> None:
    await push(desk, source, {"id": "s-1", "name": "Trường"})
    letters = f"/sources/{source}/dead-letters"
    (letter,) = (await desk.client.get(letters, headers=desk.staff)).json()["dead_letters"]
    refused = (await desk.client.post(f"{letters}/{letter['id']}/replay", headers=desk.staff)).json()
    assert (refused["outcome"], refused["code"]) == ("refused", letter["code"])
    desk.declare(source, options={"layer": "schools"})
    desk.client._transport.app.state.toancanh.sources._looked = float("-inf")  # type: ignore[attr-defined]
    resolved = (await desk.client.post(f"{letters}/{letter['id']}/replay", headers=desk.staff)).json()
    assert resolved["outcome"] == "resolved"
    assert (await desk.client.get(letters, headers=desk.staff)).json()["dead_letters"] == []


async def test_all_letters_of_a_code_are_replayed_and_counted(desk: SourceDesk, source: str) -> None:
    for nth in range(3):
        await push(desk, source, report(f"a-{nth}"), {"id": f"b-{nth}", "title": "Không có giờ"})
    answer = await desk.client.post(f"/sources/{source}/replay", json={"code": "field_missing"}, headers=desk.staff)
    assert answer.json() == {"replayed": 3, "resolved": 0, "refused": 3}
    codes = (await desk.client.get(f"/sources/{source}/dead-letters", headers=desk.staff)).json()["codes"]
    assert codes == {"field_missing": 3}


async def test_a_letter_of_the_plain_door_is_replayed_from_its_record(desk: SourceDesk, source: str) -> None:
    headers = {**desk.key(source), "Content-Type": "application/json"}
    late = report("x", unit_code="99999", unit_set="nowhere")
    answer = await desk.client.post(f"/ingest/{source}?layer=incidents", content=orjson.dumps(late), headers=headers)
    assert [one["code"] for one in answer.json()["rejected"]] == ["unit_unknown"]
    (letter,) = (await desk.client.get(f"/sources/{source}/dead-letters", headers=desk.staff)).json()["dead_letters"]
    told = await desk.client.post(f"/sources/{source}/dead-letters/{letter['id']}/replay", headers=desk.staff)
    assert told.json() == {"outcome": "refused", "code": "unit_unknown", "detail": letter["detail"]}


async def test_a_letter_is_discarded_with_a_reason(desk: SourceDesk, source: str) -> None:
    await push(desk, source, {"id": "b"})
    address = f"/sources/{source}/dead-letters"
    (letter,) = (await desk.client.get(address, headers=desk.staff)).json()["dead_letters"]
    without = await desk.client.post(f"{address}/{letter['id']}/discard", json={}, headers=desk.staff)
    problem(without, 400, "reason_missing")
    told = await desk.client.post(
        f"{address}/{letter['id']}/discard", json={"reason": "Thử nghiệm"}, headers=desk.staff
    )
    assert told.json() == {"outcome": "discarded"}
    assert (await desk.client.get(address, headers=desk.staff)).json()["dead_letters"] == []


async def test_an_administrator_turns_a_source_off(desk: SourceDesk, source: str) -> None:
    assert (await member(desk, source))["state"] == "waiting"
    answer = await desk.client.patch(f"/sources/{source}", json={"enabled": False}, headers=desk.staff)
    assert (answer.json()["state"], answer.json()["enabled"]) == ("off", False)
    problem(await push(desk, source, report("a")), 409, "source_off")
    plain = f"/ingest/{source}?layer=incidents"
    headers = {**desk.key(source), "Content-Type": "application/json"}
    problem(await desk.client.post(plain, content=orjson.dumps(report("a")), headers=headers), 409, "source_off")
    await desk.client.patch(f"/sources/{source}", json={"enabled": True}, headers=desk.staff)
    assert (await push(desk, source, report("a"))).json()["accepted"] == 1


@pytest.mark.parametrize("path", ["", "/x", "/x/dead-letters"])
async def test_who_is_not_signed_in_sees_no_source(desk: SourceDesk, path: str) -> None:
    problem(await desk.client.get(f"/sources{path}"), 401, "sign_in_required")


async def test_bulk_nonsense_is_slowed_down_with_429(desk: SourceDesk, source: str) -> None:
    headers = desk.key(source)
    answers = [await desk.client.post(f"/ingest/{source}", content=b"\x00", headers=headers) for _ in range(260)]
    slowed = [one for one in answers if one.status_code == 429]
    assert slowed and {one.status_code for one in answers} == {400, 429}
    assert slowed[0].json()["code"] == "source_slowed_down" and int(slowed[0].headers["retry-after"]) >= 1
    assert (await member(desk, source))["dead_letters"] == 1, "the same letter again counts up"


async def test_a_key_of_one_layer_of_the_system_is_enough(desk: SourceDesk, source: str) -> None:
    for layers, status in ((["incidents"], 200), (["schools"], 403)):
        headers = desk.key(source, *layers)
        answer = await desk.client.post(f"/ingest/{source}", content=orjson.dumps([report("k")]), headers=headers)
        assert answer.status_code == status, answer.text
