# SPDX-License-Identifier: Apache-2.0
"""One filter language everywhere: the same CQL2 expression gives the same set on every endpoint and on the stream."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pytest

from geo.db.pool import Database
from geo.tile import tile_at
from tests.conftest import Seed, new_key_of
from tests.support.grid import OLD, publish_grid
from tests.support.stack import running_stack, wait_for

pytestmark = pytest.mark.postgis
LON, LAT = 105.9, 21.2


async def seeded(seed: Seed) -> str:
    mark = uuid.uuid4().hex[:8]
    titles = ("Cây đổ", "cay do", "Ngập", "Cháy")
    await seed("incidents", [
        {"id": f"{mark}-{n}", "title": title, "agency": mark, "severity": severity, "lon": LON + n / 100, "lat": LAT,
         "time": f"2026-0{n + 1}-01T00:00:00Z"}
        for n, (title, severity) in enumerate(zip(titles, ("low", "high", "high", None), strict=True))
    ])  # fmt: skip
    return mark


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("severity = 'high'", 2),
        ("ACCENTI(CASEI(title)) LIKE ACCENTI(CASEI('CÂY ĐỔ%'))", 2),
        ("severity IS NULL OR severity = 'low'", 2),
        ("NOT severity = 'high'", 1),
        ("T_AFTER(valid_from, DATE('2026-02-15'))", 2),
        ("S_INTERSECTS(geometry, BBOX(105.895, 21.1, 105.915, 21.3))", 2),
        ("severity IN ('high', 'critical') AND title <> 'Ngập'", 1),
    ],
)
async def test_the_same_expression_gives_the_same_set_everywhere(
    client: httpx.AsyncClient, seed: Seed, expression: str, count: int
) -> None:
    mark = await seeded(seed)
    query = {"filter": f"agency = '{mark}' AND ({expression})"}
    items = (await client.get("/collections/incidents/items", params=query)).json()
    assert items["numberReturned"] == count, items
    cells = (await client.get("/collections/incidents/h3", params={**query, "resolution": "6"})).json()
    values = (await client.get("/collections/incidents/units", params=query)).json()
    place = tile_at(LON, LAT, 8)
    tile = await client.get(f"/tiles/incidents/{place.z}/{place.x}/{place.y}.mvt", params=query)
    drawn = mapbox_vector_tile.decode(tile.content)["incidents"]["features"] if tile.content else []
    told = sum(one["properties"].get("count", 1) for one in drawn)
    assert (cells["total"], values["total"], told) == (count, count, count)
    hexagons = f"/collections/incidents/h3/tiles/WebMercatorQuad/{place.z}/{place.y}/{place.x}"
    tile = await client.get(hexagons, params={**query, "resolution": "6"})
    folded = mapbox_vector_tile.decode(tile.content)["h3"]["features"]
    assert sum(one["properties"]["value"] for one in folded) == count
    encoded = {"op": "and", "args": [{"op": "=", "args": [{"property": "agency"}, mark]}, {"op": "=", "args": [1, 1]}]}
    as_json = {"filter": json.dumps(encoded), "filter-lang": "cql2-json"}
    assert (await client.get("/collections/incidents/items", params=as_json)).json()["numberReturned"] == 4


@pytest.mark.parametrize(
    "expression",
    ["(" * 1700 + "severity='low'" + ")" * 1700, " AND ".join(["severity='low'"] * 1_500), "nosuch = 1",
     "pg_sleep(3) = 1", "severity = 'a' UNION SELECT 1", "severity = ", "title LIKE '%a%b%c%d%e%f%g%h%i%j%'"],
    ids=["brackets", "ands", "unknown", "function", "union", "broken", "wildcards"],
)  # fmt: skip
async def test_what_is_no_filter_is_a_bad_request_at_once(client: httpx.AsyncClient, expression: str) -> None:
    started = time.perf_counter()
    answer = await client.get("/collections/incidents/items", params={"filter": expression})
    assert answer.status_code == 400 and answer.json()["code"].startswith("filter_"), answer.text
    assert time.perf_counter() - started < 10  # it ends at all; its 50 ms are measured in benchmarks


async def test_what_a_reader_may_not_see_cannot_be_filtered_by(client: httpx.AsyncClient, database_url: str) -> None:
    query = {"filter": "description LIKE 'a%'"}
    hidden = await client.get("/collections/incidents/items", params=query)
    absent = await client.get("/collections/incidents/items", params={"filter": "descriptiom LIKE 'a%'"})
    assert (hidden.status_code, absent.status_code) == (400, 400)
    assert hidden.json()["code"] == absent.json()["code"] == "filter_property_unknown"


def test_a_feature_that_stops_matching_leaves_the_stream(fresh_url: str, tmp_path: Path) -> None:
    key = new_key_of(fresh_url, "test")
    with running_stack(fresh_url, tmp_path, "serve", "relay") as stack:
        told: list[Any] = []

        def push(**record: Any) -> None:
            body = {"id": "a", "title": "t", "time": "2026-01-01T00:00:00Z", **record}
            answer = httpx.post(
                f"{stack.url}/ingest/test?layer=incidents", json=body, headers={"Authorization": f"Bearer {key}"}
            )
            assert answer.json()["rejected"] == [], answer.text

        query = {"layers": "incidents", "filter": "severity = 'high'"}
        with httpx.stream("GET", f"{stack.url}/live", params=query, timeout=20) as stream:
            lines = stream.iter_lines()

            def next_change() -> Any:
                event = ""
                for line in lines:
                    if line.startswith("event: "):
                        event = line[7:]
                    elif line.startswith("data: ") and event == "change":
                        return json.loads(line[6:])["changes"][0]
                    elif line.startswith("data: ") and event == "ready" and not told:
                        told.append("ready")
                        return None
                raise AssertionError("the stream ended")

            next_change()
            push(severity="low")
            push(severity="high")
            assert len(next_change()["upserts"]) == 1
            push(severity="low")
            gone = next_change()
            assert gone["upserts"] == [] and len(gone["removes"]) == 1
    wait_for(lambda: told, "ready was told")


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ("code = '00001'", ["00001"]),
        ("ACCENTI(CASEI(name)) LIKE 'o cu%' AND code <> '00002'", ["00001", "00003", "00004"]),
        ("S_CONTAINS(geometry, POINT(107.05 16.25)) AND area_km2 > 1", ["00001"]),
        (
            "T_BEFORE(valid_from, DATE('2015-01-01')) AND code IN ('00003', '00004')",
            ["00003", "00004"],
        ),
    ],
)
async def test_units_are_filtered_by_the_same_language(
    client: httpx.AsyncClient, database: Database, expression: str, codes: list[str]
) -> None:
    await publish_grid(database)
    query = {"set": OLD, "filter": expression}
    answer = await client.get("/collections/units/items", params=query)
    assert answer.status_code == 200, answer.text
    assert sorted(unit["properties"]["code"] for unit in answer.json()["features"]) == codes


async def test_what_cannot_be_filtered_says_so(client: httpx.AsyncClient) -> None:
    for path in ("/collections/population/items", "/collections/population/units", "/tiles/units/5/25/13.mvt"):
        answer = await client.get(path, params={"filter": "code = '1'"})
        assert answer.status_code in (200, 204, 400), answer.text
        if answer.status_code == 400:
            assert answer.json()["code"] in ("parameter_unknown", "filter_property_unknown"), answer.text
