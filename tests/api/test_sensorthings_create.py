# SPDX-License-Identifier: Apache-2.0
"""SensorThings: what stations create, change and take back, and what the map shows of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from geo.db.pool import Database
from tests.api.sta_desk import ROOT, StaDesk, below, open_sta_desk, place, station, stream

pytestmark = pytest.mark.postgis


@pytest.fixture
async def sta(database_url: str, tmp_path: Path) -> AsyncIterator[StaDesk]:
    async with open_sta_desk(database_url, tmp_path) as desk:
        yield desk


async def test_a_thing_with_its_datastreams_is_created_in_one_request(sta: StaDesk) -> None:
    thing = await sta.post("Things", station("Trạm A", "A-1", Datastreams=[stream(), stream("Temperature", "°C")]))
    found = await sta.get(thing, expand="Locations,Datastreams($expand=ObservedProperty;$orderby=id)")
    assert (found["name"], found["description"], found["properties"]["external_id"]) == ("Trạm A", "Trạm thử", "A-1")
    assert found["properties"]["source"] == sta.source
    assert found["Locations"][0]["location"]["coordinates"] == place()["location"]["coordinates"]
    observed = [one["ObservedProperty"]["@iot.id"] for one in found["Datastreams"]]
    assert observed == ["sensors.pm25", "sensors.temp"]
    assert found["Datastreams"][0]["unitOfMeasurement"]["symbol"] == "µg/m³"


async def test_a_thing_that_its_station_names_is_the_same_again(sta: StaDesk) -> None:
    first = await sta.post("Things", station("Trạm A", "A-1", Datastreams=[stream()]))
    assert await sta.post("Things", station("Trạm A, mới", "A-1", Datastreams=[stream()])) == first
    assert (await sta.get(first))["name"] == "Trạm A, mới"
    assert len((await sta.get(f"{first}/Datastreams"))["value"]) == 1


async def test_a_thing_without_a_name_of_its_own_is_a_new_one_each_time(sta: StaDesk) -> None:
    assert await sta.post("Things", station()) != await sta.post("Things", station())


async def test_an_observation_is_durable_when_it_is_answered_and_the_map_shows_it(
    sta: StaDesk, database: Database
) -> None:
    thing = await sta.post("Things", station(external_id="A-1", Datastreams=[stream()]))
    datastream = below((await sta.get(f"{thing}/Datastreams"))["value"][0]["@iot.selfLink"])
    body = {"phenomenonTime": "2026-11-20T08:10:00+07:00", "result": 41.5, "resultQuality": "good"}
    made = await sta.post(f"{datastream}/Observations", body)
    found = await sta.get(made)
    assert (found["phenomenonTime"], found["result"]) == ("2026-11-20T01:10:00Z", 41.5)
    number = thing.removeprefix("Things(").removesuffix(")")
    feature = (await sta.client.get(f"/collections/sensors/items/{number}")).json()
    assert feature["properties"]["pm25"] == 41.5
    async with database.connection() as connection:
        kept = await connection.fetchrow(
            "select name, body from raw_message where source = $1 order by id desc limit 1", sta.source
        )
    assert kept is not None
    assert kept["name"] == f"{datastream}/Observations"
    assert b"41.5" in kept["body"]


async def test_an_observation_names_its_datastream_in_its_body(sta: StaDesk) -> None:
    thing = await sta.post("Things", station(external_id="A-1", Datastreams=[stream()]))
    number = (await sta.get(f"{thing}/Datastreams"))["value"][0]["@iot.id"]
    time = "2026-11-20T08:10:00+07:00"
    by_number = {"phenomenonTime": time, "result": 1, "Datastream": {"@iot.id": number}}
    by_name = {
        "phenomenonTime": time,
        "result": 2,
        "Datastream": {"Thing": {"properties": {"external_id": "A-1"}}, "ObservedProperty": {"name": "PM2.5"}},
    }
    made = await sta.post("Observations", by_number)
    assert await sta.post("Observations", by_name) == made, "another value for the same time is its correction"
    assert (await sta.get(made))["parameters"]["revision"] == 2


async def test_an_observation_without_a_time_is_of_now_and_each_is_another(sta: StaDesk) -> None:
    thing = await sta.post("Things", station(Datastreams=[stream()]))
    datastream = below((await sta.get(f"{thing}/Datastreams"))["value"][0]["@iot.selfLink"])
    first, second = [await sta.post(f"{datastream}/Observations", {"result": 5}) for _ in range(2)]
    assert first != second


async def test_data_arrays_answer_an_address_or_an_error_for_each_row(sta: StaDesk) -> None:
    thing = await sta.post("Things", station(external_id="A-1", Datastreams=[stream(), stream("Noise", "dB(A)")]))
    numbers = [one["@iot.id"] for one in (await sta.get(f"{thing}/Datastreams", orderby="id"))["value"]]
    arrays = [
        {
            "Datastream": {"@iot.id": numbers[0]},
            "components": ["phenomenonTime", "result", "FeatureOfInterest/id"],
            "dataArray@iot.count": 3,
            "dataArray": [
                ["2026-11-20T08:00:00+07:00", 1.5, 1],
                ["not a time", 2, 1],
                ["2026-11-20T08:02:00+07:00", 99_999, 1],
            ],
        },
        {
            "Datastream": {"@iot.id": numbers[1]},
            "components": ["result", "phenomenonTime", "resultQuality"],
            "dataArray": [[55, "2026-11-20T08:00:00+07:00", "suspect"], [56]],
        },
    ]
    answer = await sta.send("POST", "CreateObservations", arrays)
    assert answer.status_code == 201, answer.text
    links = answer.json()
    assert [link == "error" for link in links] == [False, True, True, False, True]
    assert (await sta.get(below(links[0])))["result"] == 1.5
    second = await sta.get(below(links[3]), expand="Datastream")
    assert (second["result"], second["resultQuality"], second["Datastream"]["@iot.id"]) == (55, "suspect", numbers[1])


async def test_a_datastream_of_a_known_thing_takes_its_first_readings_along(sta: StaDesk) -> None:
    thing = await sta.post("Things", station(external_id="A-1"))
    number = (await sta.get(thing))["@iot.id"]
    body = stream(
        Thing={"@iot.id": number},
        ObservedProperty={"@iot.id": "sensors.pm25"},
        Sensor={"@iot.id": "sensors.air"},
        Observations=[{"phenomenonTime": "2026-11-20T08:00:00Z", "result": 7}],
    )
    made = await sta.post("Datastreams", body)
    assert [one["result"] for one in (await sta.get(f"{made}/Observations"))["value"]] == [7]
    assert await sta.post(f"{thing}/Datastreams", stream()) == made, "what it observes already stays as it is"


async def test_a_thing_may_come_inside_its_datastream(sta: StaDesk) -> None:
    made = await sta.post("Datastreams", stream(Thing=station("Trạm B")))
    assert (await sta.get(f"{made}/Thing"))["name"] == "Trạm B"


async def test_a_new_location_moves_the_thing(sta: StaDesk) -> None:
    thing = await sta.post("Things", station(external_id="A-1"))
    await sta.post(f"{thing}/Locations", place(1, 0))
    shape = (await sta.get(f"{thing}/Locations"))["value"][0]["location"]
    assert shape["coordinates"] == place(1, 0)["location"]["coordinates"]


async def test_a_thing_is_changed_in_part_and_as_a_whole(sta: StaDesk) -> None:
    thing = await sta.post("Things", station(external_id="A-1"))
    assert (await sta.send("PATCH", thing, {"description": "Khác"})).status_code == 200
    found = await sta.get(thing, expand="Locations")
    assert (found["name"], found["description"], found["properties"]["kind"]) == ("Trạm 1", "Khác", "air")
    assert found["Locations"], "it stands where it stood"
    assert (await sta.send("PUT", thing, {"name": "Chỉ tên"})).status_code == 200
    found = await sta.get(thing, expand="Locations")
    assert (found["name"], "kind" in found["properties"], len(found["Locations"])) == ("Chỉ tên", False, 1)


async def test_an_observation_is_corrected_and_taken_back(sta: StaDesk) -> None:
    thing = await sta.post("Things", station(Datastreams=[stream()]))
    datastream = below((await sta.get(f"{thing}/Datastreams"))["value"][0]["@iot.selfLink"])
    made = await sta.post(f"{datastream}/Observations", {"phenomenonTime": "2026-11-20T08:00:00Z", "result": 7})
    assert (await sta.send("PATCH", made, {"resultQuality": "suspect"})).status_code == 200
    found = await sta.get(made)
    assert (found["result"], found["resultQuality"]) == (7, "suspect")
    other = {"phenomenonTime": "2026-11-20T09:00:00Z"}
    assert await sta.refused("PATCH", made, other) == "identity_fixed"
    assert (await sta.send("DELETE", made)).status_code == 200
    assert await sta.problem(made, 404) == "entity_not_found"
    assert await sta.refused("DELETE", made, status=404) == "entity_not_found"


async def test_a_thing_is_withdrawn_with_what_it_observed(sta: StaDesk) -> None:
    thing = await sta.post("Things", station(Datastreams=[stream()]))
    datastream = below((await sta.get(f"{thing}/Datastreams"))["value"][0]["@iot.selfLink"])
    made = await sta.post(f"{datastream}/Observations", {"result": 7})
    assert (await sta.send("DELETE", thing)).status_code == 200
    for gone in (thing, datastream, made):
        assert await sta.problem(gone, 404) == "entity_not_found"


async def test_what_cannot_be_created_says_why(sta: StaDesk) -> None:
    thing = await sta.post("Things", station(external_id="A-1", Datastreams=[stream()]))
    datastream = below((await sta.get(f"{thing}/Datastreams"))["value"][0]["@iot.selfLink"])
    time = "2026-11-20T08:00:00Z"
    for path, body, code in (
        ("Things", {"description": "không tên"}, "field_missing"),
        ("Things", [], "body_invalid"),
        ("Things", station(Datastreams=[stream("Độ vui", None)]), "property_unknown"),
        ("Things", station(Datastreams=[{k: v for k, v in stream().items() if k != "Sensor"}]), "field_missing"),
        ("Things", station(Datastreams=[stream(symbol="ppm")]), "measure_unit_wrong"),
        ("Things", {**station(), "properties": {"kind": "volcano"}}, "value_not_allowed"),
        ("Datastreams", stream(), "thing_missing"),
        (f"{datastream}/Observations", {"phenomenonTime": time}, "field_missing"),
        (f"{datastream}/Observations", {"phenomenonTime": time, "result": "hot"}, "value_not_number"),
        (f"{datastream}/Observations", {"phenomenonTime": "yesterday", "result": 1}, "time_invalid"),
        (f"{datastream}/Observations", {"phenomenonTime": f"{time}/{time}", "result": 1}, "time_interval"),
        (f"{datastream}/Observations", {"result": 1, "resultQuality": "High"}, "value_not_allowed"),
        (f"{datastream}/Observations", {"phenomenonTime": "2100-01-01T00:00:00Z", "result": 1}, "time_in_future"),
        ("Observations", {"result": 1}, "datastream_missing"),
        ("CreateObservations", {}, "body_invalid"),
        (
            "CreateObservations",
            [{"Datastream": {"@iot.id": 1}, "components": ["x"], "dataArray": []}],
            "components_invalid",
        ),
        ("ObservedProperties", {"name": "Độ vui", "definition": "x", "description": "x"}, "property_unknown"),
    ):
        assert await sta.refused("POST", path, body) == code, (path, body)
    assert await sta.refused("POST", "Datastreams(999999)/Observations", {"result": 1}, 404) == "entity_not_found"
    assert await sta.refused("POST", "Things(999999)/Datastreams", stream(), 404) == "entity_not_found"
    assert await sta.refused("POST", "Nothings", {}, 404) == "address_unknown"
    for path in ("Locations", "FeaturesOfInterest", "HistoricalLocations"):
        assert await sta.refused("POST", path, {}, 501) == "not_offered"
    assert await sta.refused("DELETE", datastream, status=501) == "not_offered"
    assert await sta.refused("PATCH", thing, {"Datastreams": []}) == "relation_inline"


async def test_what_the_layer_observes_is_known_and_not_made_anew(sta: StaDesk) -> None:
    answer = await sta.send("POST", "ObservedProperties", {"name": "PM2,5", "definition": "x", "description": "x"})
    assert (answer.status_code, below(answer.headers["location"])) == (200, "ObservedProperties('sensors.pm25')")
    answer = await sta.send("POST", "Sensors", {"name": "Không khí", "encodingType": "x", "metadata": "x"})
    assert below(answer.headers["location"]) == "Sensors('sensors.air')"


async def test_only_the_key_of_a_source_of_sensorthings_writes_and_only_its_own(sta: StaDesk) -> None:
    thing = await sta.post("Things", station(external_id="A-1", Datastreams=[stream()]))
    datastream = below((await sta.get(f"{thing}/Datastreams"))["value"][0]["@iot.selfLink"])
    nobody = await sta.client.post(f"{ROOT}/Things", json=station())
    assert (nobody.status_code, nobody.json()["code"]) == (401, "key_invalid")
    stranger, other = sta.another(f"{sta.source}-2"), sta.another(f"{sta.source}-3")
    assert await sta.another("nobody").refused("POST", "Things", station(), 404) == "source_not_found"
    assert await stranger.refused("POST", f"{datastream}/Observations", {"result": 1}, 404) == "entity_not_found"
    assert await stranger.refused("PATCH", thing, {"name": "x"}, 404) == "entity_not_found"
    assert await stranger.refused("DELETE", thing, status=404) == "entity_not_found"
    assert await other.refused("POST", "Things", station(), 403) == "source_not_sensorthings"


async def test_a_body_that_is_no_json_is_refused_before_anything_is_kept(sta: StaDesk) -> None:
    for content, kind, status, code in (
        (b"{", "application/json", 400, "body_not_json"),
        (b"<Thing/>", "application/xml", 415, "media_type_unsupported"),
        (b"[" * 40 + b"]" * 40, "application/json", 400, "body_too_deep"),
    ):
        headers = {**sta.key, "content-type": kind}
        answer = await sta.client.post(f"{ROOT}/Things", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
