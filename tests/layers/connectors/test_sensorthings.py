# SPDX-License-Identifier: Apache-2.0
"""SensorThings inwards: what each address means, and that no bytes ever break the reader."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from layers.connectors.base import Found, Message, Refused
from layers.connectors.sensorthings import CONNECTOR, parse
from layers.connectors.sensorthings_thing import ThingsOptions
from layers.errors import Rejected
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
TIME = "2026-11-20T08:10:00+07:00"
PLAIN = ThingsOptions()


def message(name: str, body: Any, **headers: str) -> Message:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Message(raw, NOW, "application/json", name, headers)


def read(name: str, body: Any, options: ThingsOptions = PLAIN) -> list[Any]:
    return list(parse(message(name, body), options))


def records(name: str, body: Any, options: ThingsOptions = PLAIN) -> list[Any]:
    parts = read(name, body, options)
    assert all(isinstance(part, Found) for part in parts), parts
    return [dict(part.record) for part in parts]


def why(name: str, body: Any, options: ThingsOptions = PLAIN) -> str:
    """The code with which a message is refused, whole or its only part."""
    try:
        (part,) = read(name, body, options)
    except Rejected as rejection:
        return rejection.code
    assert isinstance(part, Refused)
    return part.code


def a_stream(name: str = "PM2.5", symbol: Any = "µg/m³", **members: Any) -> dict[str, Any]:
    return {"ObservedProperty": {"name": name}, "Sensor": {}, "unitOfMeasurement": {"symbol": symbol}, **members}


POINT = {"location": {"type": "Point", "coordinates": [105.84, 21.59, 30]}}


def test_a_thing_becomes_a_sensor_with_its_place() -> None:
    body = {
        "name": "Trạm 1",
        "description": "Mái nhà",
        "properties": {"external_id": "QT-1", "kind": "air", "colour": "red", "pm25": 9},
        "Locations": [POINT],
    }
    (found,) = read("Things", body)
    assert (found.layer, found.kind) == ("sensors", "features")
    assert found.record == {
        "id": "QT-1", "name": "Trạm 1", "description": "Mái nhà", "kind": "air", "lon": 105.84, "lat": 21.59,
    }  # fmt: skip


def test_words_of_a_place_are_for_the_ladder() -> None:
    area = {"type": "Polygon", "coordinates": [[[105, 21], [106, 21], [106, 22], [105, 21]]]}
    (found,) = read("Things", {"name": "T", "Locations": [{"name": "Phường Linh Sơn", "location": area}]})
    assert "lon" not in found.record
    assert found.hints.text == "Phường Linh Sơn"


def test_a_thing_without_an_id_of_its_source_gets_one_that_a_replay_gives_again() -> None:
    body = {"name": "T"}
    (first,), (again,) = records("Things", body), records("Things", body)
    (later,) = parse(Message(orjson.dumps(body), NOW.replace(hour=6), "application/json", "Things"), PLAIN)
    assert first["id"] == again["id"] != later.record["id"]


def test_what_a_thing_has_observed_comes_with_it() -> None:
    stream = a_stream("Temperature", "°C", Observations=[{"phenomenonTime": TIME, "result": 21.5}, {"result": "hot"}])
    thing, reading, refused = read("Things", {"name": "T", "properties": {"external_id": 7}, "Datastreams": [stream]})
    assert thing.record["id"] == "7"
    assert reading.kind == "observations"
    assert reading.record == {"sensor": "7", "property": "temp", "time": "2026-11-20T01:10:00+00:00", "value": 21.5}
    assert refused.code == "value_not_number"


@pytest.mark.parametrize(
    "name",
    ["Datastreams(5)/Observations", "v1.1/Datastreams(5)/Observations", "ioc/sta/v1.1/Datastreams(5)/Observations"],
)
def test_an_observation_is_of_the_datastream_of_its_address_or_topic(name: str) -> None:
    assert records(name, {"phenomenonTime": TIME, "result": 41.5, "resultQuality": "suspect"}) == [
        {"datastream": 5, "time": "2026-11-20T01:10:00+00:00", "value": 41.5, "quality": "suspect"}
    ]


@pytest.mark.parametrize("name", ["Observations", "v1.1/Observations", ""])
def test_an_observation_is_of_the_datastream_in_its_body(name: str) -> None:
    (found,) = records(name, {"result": 1, "Datastream": {"@iot.id": 5}})
    assert (found["datastream"], found["time"]) == (5, NOW.isoformat())
    by_name = {"Thing": {"properties": {"external_id": "QT-1"}}, "ObservedProperty": {"name": "PM10"}}
    (found,) = records(name, {"result": 1, "Datastream": by_name})
    assert (found["sensor"], found["property"]) == ("QT-1", "pm10")


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-11-20T08:10:00", "2026-11-20T01:10:00+00:00"),
        ("2026-11-20T08:10:00.123456789+07:00", "2026-11-20T01:10:00.123456+00:00"),
        ("2026-11-20 01:10Z", "2026-11-20T01:10:00+00:00"),
    ],
)
def test_times_without_a_zone_are_those_of_vietnam(said: str, moment: str) -> None:
    assert records("Datastreams(5)/Observations", {"phenomenonTime": said, "result": 1})[0]["time"] == moment


def test_rows_of_data_arrays_are_observations_each() -> None:
    arrays = [
        {"Datastream": {"@iot.id": 5}, "components": ["result", "phenomenonTime"], "dataArray": [[1, TIME], [2], "x"]},
        {"Datastream": {"@iot.id": 6}, "components": ["phenomenonTime", "result"], "dataArray": [[TIME, "3,5"]]},
    ]
    parts = read("CreateObservations", arrays)
    assert [isinstance(part, Found) for part in parts] == [True, False, False, True]
    assert [part.record["value"] for part in parts if isinstance(part, Found)] == [1, 3.5]


def test_an_observation_is_corrected_and_taken_back_by_its_id() -> None:
    told = {"datastream": 5, "time": "2026-11-20T01:10:00+00:00"}
    key = "5-1795137000000000"
    assert records(f"DELETE Observations('{key}')", b"{}") == [{**told, "value": None}]
    assert records(f"PATCH Observations('{key}')", {"result": 3}) == [{**told, "value": 3}]
    assert records("DELETE Things", {"properties": {"external_id": "QT-1"}}) == [{"id": "QT-1", "withdrawn": True}]


def test_a_source_explains_its_own_words() -> None:
    options = ThingsOptions(properties={"Bụi mịn": "pm25"}, qualities={"valid": "good", "repair": "fault"})
    (thing,) = read("Things", {"name": "T", "Datastreams": [a_stream("Bụi mịn")]}, options)
    assert isinstance(thing, Found)
    (found,) = records("Datastreams(5)/Observations", {"result": 1, "resultQuality": "repair"}, options)
    assert found["quality"] == "fault"


@pytest.mark.parametrize("options", [{"layer": "incidents"}, {"properties": {"x": "y"}}, {"qualities": {"x": "y"}}])
def test_options_are_checked_when_the_file_is_read(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ThingsOptions(**options)


def at(**members: Any) -> dict[str, Any]:
    return {"result": 1, "phenomenonTime": TIME, **members}


def listed(streams: Any) -> dict[str, Any]:
    return {"name": "T", "Datastreams": streams}


REFUSED: Sequence[tuple[str, Any, str]] = [
    ("Nothings", {}, "address_unknown"),
    ("Things(1)", {"name": "T"}, "address_unknown"),
    ("Datastreams", {}, "address_unknown"),
    ("PATCH Things", b"", "body_not_json"),
    ("Things", b"{", "body_not_json"),
    ("Things", b"\xff", "body_not_json"),
    ("Things", [], "body_invalid"),
    ("Things", {}, "field_missing"),
    ("Things", {"name": " "}, "field_missing"),
    ("Things", {"name": 5}, "field_missing"),
    ("Things", listed({}), "body_invalid"),
    ("Things", listed([a_stream()] * 101), "body_invalid"),
    ("Things", listed([5]), "body_invalid"),
    ("Things", listed([{"ObservedProperty": {}}]), "field_missing"),
    ("Things", listed([a_stream("Độ vui")]), "property_unknown"),
    ("Things", listed([a_stream(symbol="ppm")]), "measure_unit_wrong"),
    ("Things", listed([a_stream(symbol="mg/m³")]), "measure_unit_wrong"),
    ("Things", listed([a_stream(symbol=5)]), "measure_unit_wrong"),
    ("Datastreams(5)/Observations", at(result=None), "field_missing"),
    ("Datastreams(5)/Observations", at(result=True), "value_wrong_type"),
    ("Datastreams(5)/Observations", at(result=[1]), "value_wrong_type"),
    ("Datastreams(5)/Observations", at(result="hot"), "value_not_number"),
    ("Datastreams(5)/Observations", at(phenomenonTime="yesterday"), "time_invalid"),
    ("Datastreams(5)/Observations", at(phenomenonTime=1795137000), "time_invalid"),
    ("Datastreams(5)/Observations", at(phenomenonTime=f"{TIME}/{TIME}"), "time_interval"),
    ("Datastreams(5)/Observations", at(resultQuality="High"), "value_not_allowed"),
    ("Datastreams(5)/Observations", at(resultQuality={}), "value_not_allowed"),
    ("Datastreams('x')/Observations", at(), "datastream_unknown"),
    ("Observations", at(), "datastream_missing"),
    ("Observations", at(Datastream={"@iot.id": "5"}), "datastream_unknown"),
    ("Observations", at(Datastream={"@iot.id": True}), "datastream_unknown"),
    ("Observations", 5, "datastream_missing"),
    ("CreateObservations", {}, "body_invalid"),
    ("CreateObservations", [5], "datastream_missing"),
    ("CreateObservations", [{"Datastream": {"@iot.id": 5}}], "body_invalid"),
    ("CreateObservations", [{"Datastream": {"@iot.id": 5}, "components": ["result"]}], "body_invalid"),
    (
        "CreateObservations",
        [{"Datastream": {"@iot.id": 5}, "components": ["x"], "dataArray": []}],
        "components_invalid",
    ),
    ("DELETE Observations('x')", b"{}", "observation_unknown"),
]


@pytest.mark.parametrize(("name", "body", "code"), REFUSED)
def test_what_is_no_entity_is_refused_by_name(name: str, body: Any, code: str) -> None:
    assert why(name, body) == code


def test_a_message_that_the_transport_did_not_take_is_refused_and_says_so() -> None:
    with pytest.raises(Rejected, match="9 bytes"):
        list(parse(message("v1.1/Observations", b"", **{"not-read": "9 bytes"}), PLAIN))


NAMES = st.sampled_from(
    ["", "Things", "Datastreams(5)", "Datastreams(5)/Observations", "Observations", "CreateObservations",
     "DELETE Things", "v1.1/Datastreams(5)/Observations", "PATCH Observations('5-1')",
     "DELETE Observations('5-9999999999999999')"]
)  # fmt: skip
KEYS = st.sampled_from(
    ["name", "description", "properties", "external_id", "kind", "Locations", "location", "type", "coordinates",
     "Datastreams", "Datastream", "@iot.id", "ObservedProperty", "Sensor", "unitOfMeasurement", "symbol",
     "Observations", "result", "phenomenonTime", "resultQuality", "components", "dataArray", "Thing"]
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["Point", "PM2.5", "µg/m³", TIME, "result", "phenomenonTime", "good"]),
)  # fmt: skip
BODIES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=20
)


@FUZZ
@given(NAMES, st.binary(max_size=200))
def test_any_bytes_are_records_or_refusals(name: str, body: bytes) -> None:
    assert_typed(CONNECTOR, message(name, body))


@FUZZ
@given(NAMES, BODIES)
def test_any_bodies_are_records_or_refusals(name: str, body: Any) -> None:
    assert_typed(CONNECTOR, message(name, body))


@FUZZ
@given(st.text(max_size=60), BODIES)
def test_any_address_is_read_or_refused(name: str, body: Any) -> None:
    assert_typed(CONNECTOR, message(name, body))
