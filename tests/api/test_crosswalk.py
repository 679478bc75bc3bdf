# SPDX-License-Identifier: Apache-2.0
"""Figures between generations over HTTP: the facts of 2025, the overlaps of published shapes, schools as a weight."""

import math
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg2
import pytest

from api.app import create_app
from api.settings import Settings
from boundaries.crosswalk.sync import sync_crosswalk
from geo.db.pool import DatabaseOptions, open_database
from layers.ingest import Batch, ingest
from layers.registry import discover
from layers.unit_ingest import ingest_units
from simulators.boundaries import load_ground, read_crosswalk, upload
from tests.conftest import _database, as_role, migrated, new_key_of

pytestmark = pytest.mark.postgis
OLD, NEW, CITY = "province-2025-06", "province-2025", "city-2017"


@pytest.fixture(scope="module")
def own_url(cluster_url: str) -> Iterator[str]:
    """A database of this module's own, because sets are published over the city."""
    for url in _database(cluster_url):
        yield migrated(url)


@pytest.fixture
async def http(own_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A server with both generations, and a school in the middle of each of today's units."""
    database = await open_database(DatabaseOptions(own_url, pool_size=2))
    for unit_set in (CITY, NEW):
        await ingest_units(database, discover(), "demo", upload(unit_set))
    await ingest(database, Batch(discover()["schools"], "test", "schools", _schools(), True), datetime.now(UTC))
    await database.close()
    app = create_app(Settings(database_url=own_url, demo=True))
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client:
            yield client


def _schools() -> list[dict[str, Any]]:
    """Three in the part of old Gia Sàng that became Phan Đình Phùng, one in the rest of it, one in every other unit."""
    ground = load_ground()
    old = {unit.code: unit.shape for unit in ground.city}["05461"]
    new = {unit.code: unit.shape for unit in ground.province}
    places = [old.intersection(new["05443"]).representative_point()] * 3
    places.append(old.intersection(new["05467"]).representative_point())
    places += [unit.shape.representative_point() for unit in ground.province if unit.code not in ("05443", "05467")]
    return [
        {
            "id": f"school-{number}",
            "name": f"Trường {number}",
            "geometry": {"type": "Point", "coordinates": [at.x, at.y]},
        }
        for number, at in enumerate(places)
    ]


async def ask(http: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await http.post("/boundaries/crosswalk/values", json=body)


def value_of(answer: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in answer["values"] if one["code"] == code)
    return found


async def test_the_sets_that_are_connected_are_listed(http: httpx.AsyncClient) -> None:
    found = (await http.get("/boundaries/crosswalk")).json()["crosswalks"]
    assert [(one["from"]["set"], one["to"]["set"], one["pairs"], one["whole"], one["split"]) for one in found] == [
        (OLD, NEW, 283, 277, 3), (CITY, NEW, len(read_crosswalk()), 30, 2),
    ]  # fmt: skip
    assert [(one["from"]["units"], one["to"]["units"], one["from"]["has_shapes"]) for one in found] == [
        (280, 92, False), (32, 92, True),
    ]  # fmt: skip


async def test_the_weak_shares_of_2025_are_spoken_of_in_both_languages(http: httpx.AsyncClient) -> None:
    body = (await http.get(f"/boundaries/crosswalk?from={OLD}&to={NEW}")).json()
    assert len(body["crosswalk"]) == 283 and body["direction"] == "forwards"
    assert {one["units"][0] for one in body["cautions"]} == {"05461", "05467", "05932"}
    assert {one["code"] for one in body["cautions"]} == {"weak_share"}
    text = body["cautions"][0]
    assert "Phường Gia Sàng (05461)" in text["vi"] and "1,4 %" in text["vi"] and "1.4 %" in text["en"]
    low = {pair["from"]["code"] for pair in body["crosswalk"] if pair["confidence"] == "low"}
    assert low == {"05461", "05467", "05932"}


async def test_counts_of_old_units_are_added_and_the_split_one_has_a_range(http: httpx.AsyncClient) -> None:
    pairs = (await http.get(f"/boundaries/crosswalk?from={OLD}&to={NEW}")).json()["crosswalk"]
    values = {pair["from"]["code"]: 100 + index for index, pair in enumerate(pairs)}
    body = (await ask(http, **{"from": OLD}, to=NEW, values=values)).json()
    assert len(body["values"]) == 92 and all(one["missing"] == [] for one in body["values"])
    assert body["totals"]["in"] == body["totals"]["out"] == sum(values.values()) and body["totals"]["outside"] == 0
    assert math.isclose(body["totals"]["exact"] + body["totals"]["estimated"], body["totals"]["out"])
    one = value_of(body, "05443")
    split = values["05461"]
    assert one["high"] - one["low"] == split and one["low"] == one["exact"]
    assert one["estimated"] == pytest.approx(split * 0.0141)
    whole = value_of(body, "05482")
    assert whole["estimated"] == 0 and whole["low"] == whole["high"] == whole["value"] == whole["exact"]
    assert {caution["units"][0] for caution in body["cautions"]} == {"05461", "05467", "05932"}


async def test_without_a_split_unit_there_is_nothing_to_warn_of(http: httpx.AsyncClient) -> None:
    body = (await ask(http, **{"from": OLD}, to=NEW, values={"05431": 7, "05434": 5})).json()
    assert body["cautions"] == [] and body["totals"]["estimated"] == 0
    one = value_of(body, "05482")
    assert one["value"] == 12 and one["missing"] != []


async def test_overlaps_of_published_shapes_carry_figures_there_and_back(http: httpx.AsyncClient) -> None:
    values = {row["old_code"]: 1000 for row in read_crosswalk()}
    there = (await ask(http, **{"from": CITY}, to=NEW, values=values)).json()
    assert there["totals"]["in"] == there["totals"]["out"] == 32_000 and len(there["values"]) == 8
    assert value_of(there, "05443")["estimated"] == pytest.approx(205, rel=0.01)
    figures = {one["code"]: one["value"] for one in there["values"]}
    back = (await ask(http, **{"from": NEW}, to=CITY, values=figures)).json()
    assert back["direction"] == "backwards" and back["cautions"][0]["code"] == "backwards"
    assert len(back["values"]) == 32 and back["totals"]["out"] == pytest.approx(32_000)
    assert back["totals"]["exact"] == 0


async def test_units_without_a_counterpart_lie_outside(http: httpx.AsyncClient) -> None:
    outer = next(unit.code for unit in load_ground().outer)
    body = (await ask(http, **{"from": NEW}, to=CITY, values={outer: 5})).json()
    assert body["outside"] == [{"code": outer, "part": 5}] and body["totals"]["out"] == 0
    assert [one["code"] for one in body["cautions"]] == ["outside"]


async def test_schools_weigh_where_both_sets_have_shapes(http: httpx.AsyncClient) -> None:
    body = (await ask(http, **{"from": CITY}, to=NEW, values={"05461": 100}, weight="schools")).json()
    assert (value_of(body, "05443")["value"], value_of(body, "05467")["value"]) == (75, 25)
    assert value_of(body, "05443")["contributors"][0]["weight"] == "schools"
    refused = await ask(http, **{"from": OLD}, to=NEW, values={"05461": 100}, weight="schools")
    assert (refused.status_code, refused.json()["code"], refused.json()["sets"]) == (400, "weight_missing", [OLD])


async def test_a_rate_is_moved_by_its_parts_and_divided_afterwards(http: httpx.AsyncClient) -> None:
    values = {"05431": {"numerator": 1, "denominator": 10}, "05434": {"numerator": 9, "denominator": 30}}
    body = (await ask(http, **{"from": OLD}, to=NEW, kind="rate", values=values)).json()
    one = value_of(body, "05482")
    assert (one["value"], one["low"], one["high"]) == (0.25, 0.25, 0.25)
    assert body["totals"]["denominator"] == {"in": 40, "out": 40, "exact": 40, "estimated": 0, "outside": 0}
    bare = await ask(http, **{"from": OLD}, to=NEW, kind="rate", values={"05431": 0.1})
    assert (bare.status_code, bare.json()["code"]) == (400, "rate_needs_parts") and bare.json()["detail_vi"]


async def test_a_table_of_the_sender_replaces_the_weak_share(http: httpx.AsyncClient) -> None:
    weights = {"05461": {"05443": 300, "05467": 700}}
    asked = {"from": OLD, "to": NEW, "values": {"05461": 10}, "weight": "population", "weights": weights}
    body = (await ask(http, **asked)).json()
    assert value_of(body, "05443")["value"] == pytest.approx(3) and body["cautions"] == []


@pytest.mark.parametrize(("body", "status", "code"), [
    ({"from": NEW, "to": OLD, "values": {"05443": 1}}, 400, "weight_missing"),
    ({"from": OLD, "to": NEW, "values": {"99999": 1}}, 400, "codes_unknown"),
    ({"from": "nope", "to": NEW, "values": {"05443": 1}}, 404, "crosswalk_not_found"),
    ({"from": OLD, "to": CITY, "values": {"05443": 1}}, 404, "crosswalk_not_found"),
    ({"from": OLD, "to": NEW}, 400, "figures_invalid"),
])  # fmt: skip
async def test_what_cannot_be_answered_is_a_problem(
    http: httpx.AsyncClient, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await ask(http, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_half_a_question_is_a_problem(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"/boundaries/crosswalk?from={OLD}")).status_code == 400
    assert (await http.get("/boundaries/crosswalk?from=a&to=b")).status_code == 404


async def test_points_are_counted_exactly_by_either_set(http: httpx.AsyncClient) -> None:
    links = (await http.get(f"/boundaries/crosswalk?from={CITY}&to={NEW}")).json()["points"]["href"]
    assert links == [f"/collections/{{layer}}/units?set={one}" for one in (CITY, NEW)]
    old, new = [(await http.get(link.format(layer="schools"))).json() for link in links]
    by_old = {row["code"]: row["value"] for row in old["units"]}
    by_new = {row["code"]: row["value"] for row in new["units"]}
    assert (by_old["05461"], by_new["05443"], by_new["05467"]) == (4, 3, 1)
    assert new["outside"] == 0 and sum(by_new.values()) == len(_schools()) == sum(by_old.values()) + old["outside"]


async def test_who_sees_one_area_reads_the_facts_but_weighs_by_no_schools(
    http: httpx.AsyncClient, own_url: str
) -> None:
    key = new_key_of(own_url, "narrow", "--layers", "--role", "operator", "--area", f"{NEW}/05443")
    http.headers["Authorization"] = f"Bearer {key}"
    assert (await http.get(f"/boundaries/crosswalk?from={OLD}&to={NEW}")).status_code == 200
    asked = await ask(http, **{"from": CITY}, to=NEW, values={"05461": 100}, weight="schools")
    assert (asked.status_code, asked.json()["code"]) == (403, "outside_area")


def test_loading_the_facts_again_changes_nothing_and_mends_what_was_changed(own_url: str, admin_url: str) -> None:
    owner = psycopg2.connect(as_role(own_url, "postgres"))
    with owner, owner.cursor() as cursor:
        assert sync_crosswalk(cursor) == 0
        cursor.execute("update crosswalk set share_area = 0.5 where from_code = '05461'")
        cursor.execute("delete from crosswalk where from_code = '05932'")
        cursor.execute(
            "insert into crosswalk select from_set, '00001', 'x', to_set, to_code, to_name, 1, basis, confidence, "
            "legal_basis, effective, source from crosswalk limit 1"
        )
        assert sync_crosswalk(cursor) == 5
        cursor.execute("select count(*), sum(share_area) from crosswalk")
        assert cursor.fetchone() == (283, pytest.approx(280))
    owner.close()
