# SPDX-License-Identifier: Apache-2.0
"""JSON of sensor nodes: our own form and ThingsBoard's, the topic, times, units and the state of the connection."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from layers.connectors.base import Found, Message, Refused
from layers.connectors.sensor_json import CONNECTOR, SensorJsonOptions
from layers.errors import Rejected
from layers.observation_records import normalise_observation
from layers.records import normalise
from layers.registry import discover
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TOPIC = "ioc/v1/thainguyen/node-7/telemetry"
STATION = {"name": "Nút đo cầu Gia Bảy", "kind": "air", "lon": 105.836, "lat": 21.599}
OPTIONS = SensorJsonOptions(stations={"node-7": STATION})
SAID = {"ts": "2026-11-22T08:10:00+07:00", "values": {"pm25": 48.6, "Temp": 27.1}, "units": {"pm25": "ug/m3"}, "seq": 4}


def read(said: Any, options: SensorJsonOptions = OPTIONS, topic: str = TOPIC) -> list[Found | Refused]:
    body = said if isinstance(said, bytes) else orjson.dumps(said)
    return assert_typed(CONNECTOR, Message(body, NOW, "application/json", topic), options)


def observations(parts: list[Found | Refused]) -> list[dict[str, Any]]:
    return [dict(part.record) for part in parts if isinstance(part, Found) and part.kind == "observations"]


def sensors(parts: list[Found | Refused]) -> list[dict[str, Any]]:
    return [dict(part.record) for part in parts if isinstance(part, Found) and part.kind == "features"]


def refusals(parts: list[Found | Refused]) -> list[str]:
    return [part.code for part in parts if isinstance(part, Refused)]


def rejection(said: Any, options: SensorJsonOptions = OPTIONS, topic: str = TOPIC) -> str:
    body = said if isinstance(said, bytes) else orjson.dumps(said)
    with pytest.raises(Rejected) as caught:
        list(CONNECTOR.parse(Message(body, NOW, "application/json", topic), options))
    return caught.value.code


def test_a_message_becomes_a_connected_sensor_and_its_readings() -> None:
    parts = read(SAID)
    assert sensors(parts) == [{"id": "node-7", **STATION, "status": "online"}]
    time = "2026-11-22T01:10:00+00:00"
    assert observations(parts) == [
        {"sensor": "node-7", "property": "pm25", "value": 48.6, "quality": "good", "unit": "µg/m³", "time": time},
        {"sensor": "node-7", "property": "temp", "value": 27.1, "quality": "good", "unit": "°C", "time": time},
    ]
    spec = discover()["sensors"]
    assert normalise(spec, sensors(parts)[0], NOW).columns["status"] == "online"
    assert [normalise_observation(spec, one, NOW).value for one in observations(parts)] == [48.6, 27.1]


@pytest.mark.parametrize(
    "ts",
    [
        "2026-11-22T08:10:00",
        "2026-11-22 08:10:00",
        "2026-11-22T01:10:00Z",
        "2026-11-22T01:10:00.000000000Z",
        1795309800,
        1795309800000,
    ],
)
def test_times_without_a_zone_are_vietnams_and_numbers_are_since_1970(ts: Any) -> None:
    assert {one["time"] for one in observations(read(SAID | {"ts": ts}))} == {"2026-11-22T01:10:00+00:00"}


@pytest.mark.parametrize("ts", ["yesterday", "2026-13-01T00:00:00Z", 1e300, -1e300, True, [], "", "2026-11-22"])
def test_a_time_that_is_none_refuses_the_entry(ts: Any) -> None:
    assert refusals(read([SAID | {"ts": ts}, SAID])) == ["time_invalid"]
    assert len(observations(read([SAID | {"ts": ts}, SAID]))) == 2


def test_without_a_time_a_message_that_comes_twice_would_be_two_readings() -> None:
    assert refusals(read({"values": {"pm25": 1}})) == ["time_missing"]


def test_values_are_refused_one_by_one_and_what_is_no_reading_is_ignored() -> None:
    values = {
        "pm25": 1,
        "xyz": 2,
        "co": "0,8",
        "no2": None,
        "so2": True,
        "o3": [],
        "battery": 3.7,
        "pm10": 1e300,
        "nh3": "-9999",
    }
    parts = read(SAID | {"values": values, "units": {"co": "mg/m3"}})
    assert [(one["property"], one["value"]) for one in observations(parts)] == [
        ("pm25", 1.0),
        ("co", 800.0),
        ("pm10", 1e300),
    ]
    assert refusals(parts) == ["parameter_unknown", *["value_not_number"] * 3, "value_missing"]


def test_a_unit_with_another_meaning_is_refused() -> None:
    assert refusals(read(SAID | {"values": {"co": 1}, "units": {"co": "ppm"}})) == ["measure_unit_wrong"]
    assert refusals(read(SAID | {"values": {"co": 1}, "units": {"co": 5}})) == ["measure_unit_wrong"]


def test_quality_is_said_for_all_or_by_name() -> None:
    assert [one["quality"] for one in observations(read(SAID | {"quality": "suspect"}))] == ["suspect"] * 2
    assert [one["quality"] for one in observations(read(SAID | {"quality": {"Temp": "fault"}}))] == ["good", "fault"]
    assert refusals(read(SAID | {"quality": "bad"})) == ["value_not_allowed"] * 2


def test_a_list_is_several_messages_of_one_sensor() -> None:
    parts = read([SAID, SAID | {"ts": "2026-11-22T08:20:00+07:00"}])
    assert (len(sensors(parts)), len(observations(parts))) == (1, 4)


def test_an_undeclared_node_is_not_invented_unless_it_says_where_it_is_and_may_be_adopted() -> None:
    said = SAID | {"loc": {"lon": 105.8412345, "lat": 21.5912345}}
    topic = TOPIC.replace("node-7", "node-9")
    assert sensors(read(said, topic=topic)) == []
    adopting = SensorJsonOptions(adopt=True)
    expected = {"id": "node-9", "name": "node-9", "lon": 105.84123, "lat": 21.59123, "status": "online"}
    assert sensors(read(said, adopting, topic)) == [expected]
    assert sensors(read(SAID, adopting, topic)) == []
    assert sensors(read(SAID | {"loc": [105.84, 21.59]}, adopting, topic))[0]["lat"] == 21.59
    assert sensors(read(SAID | {"loc": {"lon": "x", "lat": None}}, adopting, topic)) == []


def test_a_declared_place_is_believed_before_a_nodes_own() -> None:
    assert sensors(read(SAID | {"loc": [105.1, 21.1]}))[0]["lon"] == STATION["lon"]
    mobile = SensorJsonOptions(stations={"node-7": {"name": "Xe đo"}})
    assert sensors(read(SAID | {"loc": [105.1, 21.1]}, mobile))[0]["lon"] == 105.1
    assert sensors(read(SAID, mobile)) == []  # a record without a place would take the last one away


@pytest.mark.parametrize(
    "body", [b"offline", b' "offline" ', b'{"status": "offline"}', b'{"state": "Offline", "ts": 1}']
)
def test_the_last_will_takes_only_the_connection_away(body: bytes) -> None:
    parts = read(body, topic=TOPIC.replace("telemetry", "status"))
    assert sensors(parts) == [{"id": "node-7", **STATION, "status": "offline"}]
    assert observations(parts) == []


def test_the_state_of_a_node_whose_place_is_not_declared_is_refused() -> None:
    assert refusals(read(b"online", topic="ioc/v1/thainguyen/node-9/status")) == ["station_not_declared"]
    adopting = SensorJsonOptions(adopt=True)
    assert read(b"online", adopting, "ioc/v1/thainguyen/node-9/status") == []
    assert refusals(read(b"offline", adopting, "ioc/v1/thainguyen/node-9/status")) == ["station_not_declared"]
    mobile = SensorJsonOptions(stations={"node-7": {"name": "Xe đo"}})
    assert refusals(read(b"online", mobile, TOPIC.replace("telemetry", "status"))) == ["station_not_declared"]
    assert rejection(b"asleep", topic=TOPIC.replace("telemetry", "status")) == "status_unknown"
    assert rejection(b"{broken", topic=TOPIC.replace("telemetry", "status")) == "not_json"


def test_by_http_the_device_is_in_the_message_or_in_the_options() -> None:
    assert {one["sensor"] for one in observations(read(SAID | {"device": "node-7"}, topic=""))} == {"node-7"}
    assert {one["sensor"] for one in observations(read(SAID, SensorJsonOptions(device="n1"), ""))} == {"n1"}
    assert rejection(SAID, topic="") == "device_missing"
    assert rejection(SAID | {"device": " "}, topic="") == "device_missing"


@pytest.mark.parametrize(
    ("said", "code"),
    [(b"{", "not_json"), (b"", "not_json"), ([], "message_empty"), ([1], "message_invalid"), ("x", "message_invalid"),
     ({"ts": 1}, "message_invalid"), ([SAID] * 1_001, "message_too_large"), (b" " * 1_000_001, "message_too_large")],
)  # fmt: skip
def test_what_is_no_message_of_a_node_is_a_dead_letter(said: Any, code: str) -> None:
    assert rejection(said) == code


def test_thingsboard_sends_flat_values_milliseconds_and_devices_of_a_gateway() -> None:
    options = SensorJsonOptions(profile="thingsboard", topic="v1/devices/{device}/{kind}")
    topic = "v1/devices/node-7/telemetry"
    assert [one["time"] for one in observations(read({"pm25": 5}, options, topic))] == ["2026-11-22T03:00:00+00:00"]
    timed = {"ts": 1795309800000, "values": {"pm25": 5}}
    assert [one["time"] for one in observations(read(timed, options, topic))] == ["2026-11-22T01:10:00+00:00"]
    gateway = {"node-1": [timed], "node-2": [timed, timed]}
    found = observations(read(gateway, options, "v1/gateway/telemetry"))
    assert [one["sensor"] for one in found] == ["node-1", "node-2", "node-2"]


def test_a_topic_names_a_device_once() -> None:
    with pytest.raises(ValidationError, match="device"):
        SensorJsonOptions(topic="a/{device}/{device}")
    with pytest.raises(ValidationError, match="device"):
        SensorJsonOptions(topic="a/{sensor}")


@FUZZ
@given(st.binary(max_size=300), st.text(max_size=50))
def test_any_bytes_are_readings_or_a_typed_refusal(body: bytes, topic: str) -> None:
    for options in (OPTIONS, SensorJsonOptions(profile="thingsboard", device="d", adopt=True)):
        assert_typed(CONNECTOR, Message(body, NOW, "application/json", topic), options)
        assert_typed(CONNECTOR, Message(body, NOW, "application/json", TOPIC), options)


_NAMES = ["ts", "values", "units", "loc", "device", "quality", "lon", "lat", "status", "pm25", "co"]
_LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
)
_JSON = st.recursive(
    _LEAF,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)


@FUZZ
@given(_JSON, st.sampled_from([TOPIC, "", "ioc/v1/t/node-7/status", "v1/gateway/telemetry"]), st.booleans())
def test_any_bytes_of_json_are_readings_or_a_typed_refusal(said: Any, topic: str, own: bool) -> None:
    options = SensorJsonOptions(profile="own" if own else "thingsboard", adopt=True, stations=OPTIONS.stations)
    try:
        body = orjson.dumps(said)
    except TypeError:
        return  # integers beyond 64 bits
    spec = discover()["sensors"]
    for part in assert_typed(CONNECTOR, Message(body, NOW, "application/json", topic), options):
        if isinstance(part, Found) and part.kind == "observations":
            try:
                normalise_observation(spec, dict(part.record), NOW)
            except Rejected as refused:
                assert refused.code in ("value_out_of_range", "time_in_future", "time_too_old")
