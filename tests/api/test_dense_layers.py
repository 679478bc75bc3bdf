# SPDX-License-Identifier: Apache-2.0
"""Detections, which fold on tiles, and press and social items, which have no places: counted by unit and by choice."""

from typing import Any

import httpx
import mapbox_vector_tile
import psycopg2
import pytest

from geo.db.pool import Database
from geo.tile import tile_at
from layers.registry import LayerRegistry
from tests.conftest import Seed
from tests.support.grid import OLD, middle, publish_grid

pytestmark = pytest.mark.postgis
PLACE = middle(1, 1)
TIME = "2015-03-01T08:00:00+07:00"


def detection(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"d{number}", "kind": "red_light", "status": "new", "camera": "C1", "time": TIME, **PLACE, **more}


def item(number: int, sentiment: str, **more: Any) -> dict[str, Any]:
    return {"id": f"m{number}", "kind": "press", "topic": "traffic", "sentiment": sentiment, "time": TIME, **more}


async def get(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_points_of_a_folded_layer_say_for_how_many_they_stand(client: httpx.AsyncClient, seed: Seed) -> None:
    far = {"lon": PLACE["lon"] + 0.02}
    await seed("detections", [*(detection(n) for n in range(30)), detection(30, **far)], source="folded")
    z, x, y = tile_at(PLACE["lon"], PLACE["lat"], 11)
    data = (await client.get(f"/tiles/detections/{z}/{x}/{y}.mvt?source=folded")).content
    features = mapbox_vector_tile.decode(data)["detections"]["features"]
    assert sorted(one["properties"].get("count", 1) for one in features) == [1, 30]
    alone = next(one for one in features if "count" not in one["properties"])
    assert alone["properties"] == {"kind": "red_light", "status": "new"} and alone["id"] > 0
    description = await get(client, "/tiles/detections.json")
    assert description["vector_layers"][0]["fields"]["count"].startswith("Number")


async def test_a_number_plate_finds_no_field(seed: Seed) -> None:
    receipt = await seed("detections", [detection(1, plate="20A-123.45")], source="plates")
    assert [one["code"] for one in receipt.rejected] == ["field_unknown"]


async def test_items_of_the_press_have_no_place_but_their_unit(
    client: httpx.AsyncClient, database: Database, seed: Seed
) -> None:
    await publish_grid(database)
    known = {"unit_code": "00004", "unit_set": OLD}
    point = {"type": "Point", "coordinates": [PLACE["lon"], PLACE["lat"]]}
    records = [item(1, "neutral", **PLACE), item(2, "neutral", geometry=point), item(3, "neutral", **known)]
    receipt = await seed("media", [*records, item(4, "neutral")], source="press")
    assert [one["code"] for one in receipt.rejected] == ["geometry_not_taken"] * 2
    assert (receipt.accepted, receipt.unlocated) == (2, 1)
    schema = await get(client, "/collections/media/schema")
    assert "geometry" not in schema["properties"]
    style = await get(client, "/styles/dark.json")
    assert "media" not in style["sources"]
    assert (await client.get("/collections/media/h3?resolution=8")).status_code == 404


async def test_units_count_by_topic_and_sentiment(client: httpx.AsyncClient, database: Database, seed: Seed) -> None:
    await publish_grid(database)
    known = {"unit_code": "00004", "unit_set": OLD}
    told = ["positive"] * 3 + ["negative"] * 2
    records = [item(n, sentiment, **known) for n, sentiment in enumerate(told)]
    records += [item(9, "neutral", topic="health", **known), item(10, "negative")]
    await seed("media", records, source="counts")
    here = f"/collections/media/units?source=counts&set={OLD}"
    traffic = await get(client, f"{here}&topic=traffic&sentiment=negative")
    assert (traffic["total"], traffic["unlocated"], "groups" in traffic) == (3, 1, False)
    assert {unit["code"]: unit["value"] for unit in traffic["units"]} == {
        "00001": 0, "00002": 0, "00003": 0, "00004": 2,
    }  # fmt: skip
    grouped = await get(client, f"{here}&group_by=sentiment")
    assert (grouped["group_by"], grouped["total"]) == ("sentiment", 7)
    assert grouped["groups"] == {"positive": 3, "neutral": 1, "negative": 3}
    by_code = {unit["code"]: (unit["value"], unit["groups"]) for unit in grouped["units"]}
    assert by_code["00004"] == (6, {"positive": 3, "neutral": 1, "negative": 2})
    assert by_code["00001"] == (0, {"positive": 0, "neutral": 0, "negative": 0})
    own = await get(client, "/collections/media/units?source=counts&group_by=topic")
    assert {unit["code"]: unit["groups"]["traffic"] for unit in own["units"]} == {"00004": 5}


async def test_a_batch_of_thousands_belongs_to_its_units_and_to_those_that_hold_them_now(
    client: httpx.AsyncClient, database: Database, seed: Seed, admin_url: str
) -> None:
    await publish_grid(database)
    await seed("media", [item(0, "neutral", unit_code="00001", unit_set=OLD)], source="few")
    with psycopg2.connect(admin_url) as owner, owner.cursor() as cursor:
        # The planner's picture from before the load, as it is until the next automatic analysis.
        cursor.execute("analyze feature; analyze feature_unit")
    records = [item(n, "neutral", unit_code=f"0000{n % 4 + 1}", unit_set=OLD) for n in range(5_000)]
    assert (await seed("media", records, source="thousands")).accepted == 5_000
    body = await get(client, f"/collections/media/units?source=thousands&set={OLD}")
    assert [unit["value"] for unit in body["units"]] == [1_250] * 4 and body["unlocated"] == 0


@pytest.mark.parametrize("name", ["title", "camera", "nope", "time", "", "kind;drop"])
async def test_groups_are_made_by_choices_only(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get("/collections/media/units", params={"group_by": name})
    assert (answer.status_code, answer.json()["code"]) == (400, "group_by_invalid")
    assert answer.json()["allowed"] == ["kind", "sentiment", "topic"]


def test_no_layer_has_a_field_for_a_plate_or_an_author(registry: LayerRegistry) -> None:
    for layer in ("detections", "media"):
        names = {field.name for field in registry[layer].fields}
        assert not names & {"plate", "number_plate", "licence", "author", "account", "text", "body", "face"}
