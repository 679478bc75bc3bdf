# SPDX-License-Identifier: Apache-2.0
"""The queue of records without a place: what was said, what a person says, and that the source goes before."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from geo.db.pool import Database
from tests.api.source_desk import SourceDesk, open_source_desk
from tests.api.test_ingest_door import problem
from tests.support.grid import AREA, NEW, middle, publish_grid

pytestmark = pytest.mark.postgis
TIME = "2026-11-20T08:00:00+07:00"
SPOT = {"lon": AREA.west + 0.05, "lat": AREA.south + 0.05}


@pytest.fixture
async def desk(fresh_url: str, tmp_path: Path) -> AsyncIterator[SourceDesk]:
    async with open_source_desk(fresh_url, tmp_path / "sources", "reports") as opened:
        await publish_grid(opened.client._transport.app.state.toancanh.database)  # type: ignore[attr-defined]
        yield opened


@pytest.fixture
def database(desk: SourceDesk) -> Database:
    found: Database = desk.client._transport.app.state.toancanh.database  # type: ignore[attr-defined]
    return found


async def push(desk: SourceDesk, **members: Any) -> str:
    record = {"id": uuid.uuid4().hex, "title": "Cây đổ", "time": TIME, **members}
    answer = await desk.client.post("/ingest/reports", content=orjson.dumps([record]), headers=desk.key("reports"))
    assert answer.status_code == 200 and answer.json()["rejected"] == [], answer.text
    return str(record["id"])


async def queue(desk: SourceDesk, **query: str) -> dict[str, Any]:
    body: dict[str, Any] = (await desk.client.get("/unlocated", params=query, headers=desk.staff)).json()
    return body


async def row(database: Database, external_id: str) -> Any:
    async with database.connection() as connection:
        return await connection.fetchrow(
            "select *, ST_X(geom) as lon, (select count(*) from feature_unit u where u.feature = f.id) as units "
            "from feature f where external_id = $1",
            external_id,
        )


async def test_a_record_without_a_place_waits_and_is_placed(desk: SourceDesk, database: Database) -> None:
    name = await push(desk)
    waiting = await queue(desk)
    assert (waiting["total"], waiting["counts"], waiting["next"]) == (1, {"incidents": 1}, None)
    (item,) = waiting["items"]
    assert (item["title"], item["external_id"], item["reason"]) == ("Cây đổ", name, "no_name_known")
    answer = await desk.client.post(
        f"/unlocated/incidents/{item['id']}", json={**SPOT, "radius_m": 100}, headers=desk.staff
    )
    assert answer.json()["outcome"] == "placed"
    placed = await row(database, name)
    assert (placed["location_method"], placed["location_radius_m"], placed["revision"]) == ("operator_pin", 100, 1)
    assert (placed["lon"], placed["units"], placed["h3"] is not None) == (pytest.approx(SPOT["lon"]), 2, True)
    assert (await queue(desk))["total"] == 0


async def test_a_place_by_hand_stays_when_the_source_says_something_else_without_one(
    desk: SourceDesk, database: Database
) -> None:
    name = await push(desk, revision=1)
    (item,) = (await queue(desk))["items"]
    await desk.client.post(f"/unlocated/incidents/{item['id']}", json=SPOT, headers=desk.staff)
    await push(desk, id=name, revision=2, status="resolved")
    stays = await row(database, name)
    assert (stays["status"], stays["location_method"], stays["revision"]) == ("resolved", "operator_pin", 2)
    await push(desk, id=name, revision=3, **middle(1, 0))
    moved = await row(database, name)
    assert (moved["location_method"], moved["lon"]) == ("source_coordinates", pytest.approx(middle(1, 0)["lon"]))


async def test_a_place_is_taken_back(desk: SourceDesk, database: Database) -> None:
    name = await push(desk)
    (item,) = (await queue(desk))["items"]
    address = f"/unlocated/incidents/{item['id']}"
    problem(await desk.client.delete(address, headers=desk.staff), 404, "placement_not_found")
    await desk.client.post(address, json={"unit_set": NEW, "unit_code": "00001"}, headers=desk.staff)
    assert (await row(database, name))["location_method"] == "operator_unit"
    assert (await desk.client.delete(address, headers=desk.staff)).json()["outcome"] == "waiting"
    assert (await row(database, name))["location_method"] == "unlocated"
    assert (await queue(desk))["total"] == 1


async def test_the_text_names_the_unit(desk: SourceDesk, database: Database) -> None:
    name = await push(desk, unit_name="Ô mới 1")
    found = await row(database, name)
    assert (found["location_method"], found["geom"], found["units"]) == ("unit_name", None, 1)


async def test_what_the_source_placed_is_not_moved_here(desk: SourceDesk, database: Database) -> None:
    name = await push(desk, **SPOT)
    item = (await row(database, name))["id"]
    problem(
        await desk.client.post(f"/unlocated/incidents/{item}", json=SPOT, headers=desk.staff), 409, "placed_already"
    )


@pytest.mark.parametrize(("body", "code"), [
    ({}, "place_missing"),
    ({"lon": 107.05}, "place_missing"),
    ({"lon": 16.25, "lat": 107.05}, "coordinate_swapped"),
    ({"lon": 1e300, "lat": 1e300}, "coordinate_outside_vietnam"),
    ({"unit_set": NEW, "unit_code": "99999"}, "unit_unknown"),
    ({**SPOT, "radius_m": -1}, "value_out_of_range"),
    ({**SPOT, "colour": "red"}, "parameter_invalid"),
])  # fmt: skip
async def test_a_place_that_can_be_none_is_refused(desk: SourceDesk, body: dict[str, Any], code: str) -> None:
    await push(desk)
    (item,) = (await queue(desk))["items"]
    answer = await desk.client.post(f"/unlocated/incidents/{item['id']}", json=body, headers=desk.staff)
    problem(answer, 400, code)


async def test_the_queue_goes_on_page_by_page(desk: SourceDesk) -> None:
    names = [await push(desk) for _ in range(5)]
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = await queue(desk, limit="2", **after)
        seen += [one["external_id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == names[::-1]
    problem(await desk.client.get("/unlocated?after=x", headers=desk.staff), 400, "cursor_invalid")


async def test_who_is_no_staff_places_nothing(desk: SourceDesk) -> None:
    problem(await desk.client.get("/unlocated"), 401, "sign_in_required")
    problem(await desk.client.post("/unlocated/incidents/1", json=SPOT), 401, "sign_in_required")
