# SPDX-License-Identifier: Apache-2.0
"""SensorThings read: what the suites do not ask: who sees what, pages while rows come, sizes, and any query at all."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.db.pool import Database
from geo.db.statement import compiled
from layers.registry import LayerRegistry
from layers.sta import read
from layers.sta.address import parse_address
from layers.sta.entities import World
from layers.sta.model import ENTITY_TYPES
from layers.sta.options import parse_options
from layers.sta.select import select_page
from tests.api.sta_desk import ROOT, StaDesk, below, open_sta_desk, place, station, stream
from tests.support.grid import OLD, publish_grid
from tests.support.keys import insert_key

pytestmark = pytest.mark.postgis


@pytest.fixture
async def sta(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[StaDesk]:
    await publish_grid(database)
    async with open_sta_desk(database_url, tmp_path) as desk:
        yield desk


def minutes(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {"phenomenonTime": f"2026-11-20T00:{first + minute:02d}:00Z", "result": float(first + minute)}
        for minute in range(count)
    ]


async def a_stream(sta: StaDesk, count: int = 3, **members: Any) -> str:
    thing = await sta.post("Things", station(external_id="A-1", Datastreams=[stream(Observations=minutes(count))]))
    return below((await sta.get(f"{thing}/Datastreams"))["value"][0]["@iot.selfLink"])


async def test_a_reader_of_one_area_sees_only_its_entities(sta: StaDesk, database_url: str) -> None:
    inside = await sta.post("Things", station("Trong", "in", Datastreams=[stream(Observations=minutes(1))]))
    outside = await sta.post(
        "Things", station("Ngoài", "out", Locations=[place(1, 1)], Datastreams=[stream(Observations=minutes(1))])
    )
    streams = {thing: (await sta.get(f"{thing}/Datastreams"))["value"][0]["@iot.id"] for thing in (inside, outside)}
    key = insert_key(database_url, f"{sta.source}-r", role="operator", area=[f"{OLD}/00001"])
    sta.client.headers["Authorization"] = f"Bearer {key}"
    own = f"properties/source eq '{sta.source}'"
    assert [one["name"] for one in (await sta.get("Things", filter=own))["value"]] == ["Trong"]
    assert (await sta.get("Things", filter=own, count="true"))["@iot.count"] == 1
    for plural, words in (
        ("Datastreams", f"Thing/{own}"),
        ("Observations", f"Datastream/Thing/{own}"),
        ("Locations", f"Things/{own}"),
        ("FeaturesOfInterest", f"Observations/Datastream/Thing/{own}"),
        ("HistoricalLocations", f"Thing/{own}"),
    ):
        assert len((await sta.get(plural, filter=words))["value"]) == 1, plural
    for path in (outside, f"{outside}/Datastreams", f"Datastreams({streams[outside]})/Observations"):
        assert await sta.problem(path, 404) == "entity_not_found"
    through = await sta.get("Sensors('sensors.air')", expand="Datastreams($expand=Thing;$top=1000)")
    names = {one["Thing"]["name"] for one in through["Datastreams"]}
    assert "Trong" in names
    assert "Ngoài" not in names


async def test_a_page_begins_where_the_last_ended_whatever_came_meanwhile(sta: StaDesk) -> None:
    datastream = await a_stream(sta, 0)
    await sta.send("POST", f"{datastream}/Observations", minutes(6, first=10))
    first = await sta.get(f"{datastream}/Observations", top="3")
    await sta.send("POST", f"{datastream}/Observations", minutes(5))
    following = await sta.client.get(first["@iot.nextLink"])
    results = [one["result"] for page in (first, following.json()) for one in page["value"]]
    assert results == [10, 11, 12, 13, 14, 15]
    assert "@iot.nextLink" not in following.json()


async def test_an_expanded_page_goes_on_at_its_own_address(sta: StaDesk) -> None:
    datastream = await a_stream(sta, 5)
    options = "Observations($top=2;$count=true;$orderby=result desc;$select=result)"
    found = await sta.get(datastream, expand=options)
    assert (found["Observations@iot.count"], [one["result"] for one in found["Observations"]]) == (5, [4, 3])
    following = (await sta.client.get(found["Observations@iot.nextLink"])).json()
    assert [one["result"] for one in following["value"]] == [2, 1]


async def test_observations_come_as_data_arrays(sta: StaDesk) -> None:
    datastream = await a_stream(sta, 3)
    page = await sta.get(
        f"{datastream}/Observations", resultFormat="dataArray", select="phenomenonTime,result", top="2"
    )
    (array,) = page["value"]
    assert below(array["Datastream@iot.navigationLink"]) == datastream
    assert (array["components"], array["dataArray@iot.count"]) == (["phenomenonTime", "result"], 2)
    assert array["dataArray"] == [["2026-11-20T00:00:00Z", 0], ["2026-11-20T00:01:00Z", 1]]
    following = (await sta.client.get(page["@iot.nextLink"])).json()
    assert following["value"][0]["dataArray"] == [["2026-11-20T00:02:00Z", 2]]


async def test_what_was_taken_back_is_no_observation(sta: StaDesk, database: Database) -> None:
    datastream = await a_stream(sta, 3)
    listed = (await sta.get(f"{datastream}/Observations"))["value"]
    await sta.send("DELETE", below(listed[2]["@iot.selfLink"]))
    assert (await sta.get(datastream))["phenomenonTime"] == "2026-11-20T00:00:00Z/2026-11-20T00:01:00Z"
    assert (await sta.get(f"{datastream}/Observations", count="true"))["@iot.count"] == 2


async def test_a_thing_without_a_place_has_no_location_and_its_readings_are_of_nowhere(sta: StaDesk) -> None:
    body = station(external_id="nowhere", Locations=[], Datastreams=[stream(Observations=minutes(1))])
    thing = await sta.post("Things", body)
    assert (await sta.get(f"{thing}/Locations"))["value"] == []
    found = await sta.get(f"{thing}/Datastreams", expand="Observations($expand=FeatureOfInterest)")
    (datastream,) = found["value"]
    assert "observedArea" not in datastream
    feature = datastream["Observations"][0]["FeatureOfInterest"]["feature"]
    assert feature == {"type": "Feature", "geometry": None, "properties": {}}


async def test_places_are_found_by_geometry(sta: StaDesk) -> None:
    near = await sta.post("Things", station("Gần", "near"))
    await sta.post("Things", station("Xa", "far", Locations=[place(1, 1)]))
    own = f"properties/source eq '{sta.source}'"
    square = "geography'POLYGON((107 16.2,107.1 16.2,107.1 16.3,107 16.3,107 16.2))'"
    point = "geography'POINT(107.05 16.25)'"
    for words in (f"st_within(Locations/location,{square})", f"geo.distance(Locations/location,{point}) lt 0.01"):
        found = (await sta.get("Things", filter=f"{words} and {own}"))["value"]
        assert [below(one["@iot.selfLink"]) for one in found] == [near]


async def test_names_come_in_english_where_that_is_asked_for(sta: StaDesk) -> None:
    answer = await sta.client.get(f"{ROOT}/ObservedProperties('sensors.rain_mm')?lang=en")
    assert answer.json()["name"] == "Rainfall"
    assert (await sta.get("ObservedProperties('sensors.rain_mm')"))["name"] == "Lượng mưa"
    assert (await sta.client.get(f"{ROOT}/Things?lang=fr")).json()["code"] == "lang_unknown"


async def test_an_answer_has_a_size(sta: StaDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    datastream = await a_stream(sta, 30)
    monkeypatch.setattr(read._Budget, "left", 20)
    monkeypatch.setattr(read._Budget.__init__, "__defaults__", (20,))
    assert await sta.problem(datastream, expand="Observations") == "expand_too_large"
    assert len((await sta.get(datastream, expand="Observations($top=10)"))["Observations"]) == 10


async def test_a_query_has_a_length(sta: StaDesk) -> None:
    assert await sta.problem("Things", filter="name eq '" + "x" * 20_000 + "'") == "query_too_long"


async def test_readings_of_one_stream_come_by_their_key(
    sta: StaDesk, database: Database, registry: LayerRegistry
) -> None:
    address = parse_address("Datastreams(5)/Observations")
    options = parse_options(address.last.kind, [("$orderby", "phenomenonTime desc"), ("$top", "1")])
    sql, values = compiled(select_page(World(registry, None, datetime.now(UTC)), address, options))
    async with database.connection() as connection, connection.transaction():
        await connection.execute("set local enable_seqscan = off")
        plan = "\n".join(row[0] for row in await connection.fetch(f"explain {sql}", *values))
    assert "Index Cond: (datastream = '5'::bigint)" in plan or "datastream = 5" in plan, plan
    assert "Seq Scan on observation" not in plan, plan


NAMES = {
    "Things": ["name", "id", "properties/kind", "Datastreams/id", "Locations/location", "properties"],
    "Datastreams": [
        "name",
        "unitOfMeasurement/symbol",
        "observedArea",
        "Thing/name",
        "Observations/result",
        "phenomenonTime",
    ],
    "Observations": ["result", "phenomenonTime", "resultQuality", "parameters/revision", "Datastream/Thing/id", "id"],
    "Sensors": ["name", "id", "Datastreams/Thing/name", "metadata"],
    "FeaturesOfInterest": ["feature", "Observations/result", "id"],
}
LITERALS = ["1", "-2.5", "0", "1e300", "'a'", "'3'", "''", "null", "true", "2026-11-20", "2026-11-20T00:00:00Z",
            "geography'POINT (107.05 16.25)'", "9007199254740993", "now()"]  # fmt: skip
CALLS = [
    "length({})", "tolower({})", "year({})", "date({})", "round({})", "substring({},{})", "indexof({},{})",
    "concat({},{})",
    "st_within({},{})", "geo.distance({},{})", "startswith({},{})", "{} add {}", "{} div {}", "{} mod {}", "{} mul {}",
    "fractionalseconds({})", "second({})", "ceiling({})", "trim({})", "substring({},{},{})",
]  # fmt: skip


@st.composite
def filters(draw: st.DrawFn, plural: str) -> str:
    def value(depth: int) -> str:
        if depth and draw(st.booleans()):
            call = draw(st.sampled_from(CALLS))
            return str(call.format(*(value(depth - 1) for _ in range(call.count("{}")))))
        return str(draw(st.sampled_from(NAMES[plural] + LITERALS)))

    parts = [
        draw(st.sampled_from(["", "not "]))
        + f"({value(2)} {draw(st.sampled_from(['eq', 'ne', 'lt', 'le', 'gt', 'ge']))} {value(1)})"
        for _ in range(draw(st.integers(1, 2)))
    ]
    return draw(st.sampled_from([" and ", " or "])).join(parts)


async def test_any_filter_is_answered_or_refused_and_none_is_our_failure(sta: StaDesk) -> None:
    await a_stream(sta, 3)
    asked: list[tuple[str, str]] = []

    @settings(max_examples=120, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        plural = data.draw(st.sampled_from(sorted(NAMES)))
        asked.append((plural, data.draw(filters(plural))))

    collect()
    answered = 0
    for plural, words in asked:
        answer: httpx.Response = await sta.ask(plural, filter=words, top="2")
        assert answer.status_code in (200, 400), (plural, words, answer.text)
        answered += answer.status_code == 200
    assert answered > 10, "some of them mean something"


def test_every_relation_has_a_way_back() -> None:
    for kind in ENTITY_TYPES.values():
        for relation in kind.relations:
            assert any(back.target == kind.plural for back in ENTITY_TYPES[relation.target].relations)
