# SPDX-License-Identifier: Apache-2.0
"""Text files of stations (Circular 10/2021): what loggers really write, and what is never guessed."""

import codecs
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from layers.connectors.base import Found, Message, Refused
from layers.connectors.station_txt import CONNECTOR, StationTxtOptions
from layers.errors import Rejected
from layers.observation_records import normalise_observation
from layers.records import normalise
from layers.registry import discover
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
NAME = "TNG_QT01_20261122081000.txt"
SAMPLE = (
    "PM2,5\t48.6\tug/m3\t20261122081000\t00\r\n"
    "PM10\t96\tug/m3\t20261122081000\t00\r\n"
    "NO2\t31,2\tug/m3\t20261122081000\t00\r\n"
    "CO\t820\tug/Nm3\t20261122081000\t01\r\n"
)
OPTIONS = StationTxtOptions(
    prefix="TNG_",
    stations={"QT01": {"name": "Trạm Túc Duyên", "kind": "air", "lon": 105.848, "lat": 21.586}},
)


def read(body: str | bytes, options: StationTxtOptions = OPTIONS, name: str = NAME) -> list[Found | Refused]:
    data = body.encode() if isinstance(body, str) else body
    return assert_typed(CONNECTOR, Message(data, NOW, "text/plain", name), options)


def readings(parts: list[Found | Refused]) -> list[tuple[Any, ...]]:
    kept = [part.record for part in parts if isinstance(part, Found) and part.kind == "observations"]
    return [(one["property"], one["value"], one["quality"], one["unit"]) for one in kept]


def refusals(parts: list[Found | Refused]) -> list[str]:
    return [part.code for part in parts if isinstance(part, Refused)]


def rejection(body: bytes, options: StationTxtOptions = OPTIONS, name: str = NAME) -> str:
    with pytest.raises(Rejected) as caught:
        list(CONNECTOR.parse(Message(body, NOW, "text/plain", name), options))
    return caught.value.code


def test_the_sample_of_the_circular_becomes_a_station_and_four_readings() -> None:
    sensor, *observations = read(SAMPLE)
    assert isinstance(sensor, Found)
    assert sensor.record == {"id": "QT01", "name": "Trạm Túc Duyên", "kind": "air", "lon": 105.848, "lat": 21.586}
    assert readings(observations) == [
        ("pm25", 48.6, "good", "µg/m³"),
        ("pm10", 96.0, "good", "µg/m³"),
        ("no2", 31.2, "good", "µg/m³"),
        ("co", 820.0, "calibrating", "µg/m³"),
    ]
    assert {one.record["time"] for one in observations if isinstance(one, Found)} == {"2026-11-22T08:10:00+07:00"}


def test_everything_that_is_found_is_taken_by_the_layer() -> None:
    spec = discover()["sensors"]
    for part in read(SAMPLE):
        assert isinstance(part, Found)
        if part.kind == "features":
            assert normalise(spec, dict(part.record), NOW).location_method == "source_coordinates"
        else:
            assert normalise_observation(spec, dict(part.record), NOW).sensor == "QT01"


@pytest.mark.parametrize(
    "body",
    [
        SAMPLE.replace("\t", ";"),
        SAMPLE.replace("\t", "   "),
        SAMPLE.replace("\t", " "),
        SAMPLE.replace("\t", "\t\t"),
        SAMPLE.replace("\r\n", "\n"),
        SAMPLE.replace("\r\n", "\r\n\r\n"),
        SAMPLE.replace("PM2,5", "PM2.5"),
        SAMPLE.replace("PM2,5", "PM25"),
        SAMPLE.replace("PM2,5", "pm_2.5"),
        SAMPLE.replace("PM2,5", "PM₂.₅"),
        SAMPLE.replace("ug/", "µg/"),
        SAMPLE.replace("ug/m3", "μg/m³"),
        SAMPLE.replace("ug/m3", "ug / m3"),
        codecs.BOM_UTF8 + SAMPLE.encode(),
        SAMPLE.encode("utf-16"),
        SAMPLE.encode("utf-16-le"),
        SAMPLE.encode("utf-16-be"),
        SAMPLE.replace("ug/", "µg/").encode("cp1252"),
    ],
)
def test_every_dialect_says_the_same(body: str | bytes) -> None:
    assert readings(read(body)) == readings(read(SAMPLE))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("CO\t0,82\tmg/m3", ("co", 820.0, "good", "µg/m³")),
        ("SO2\t0.0312\tmg/Nm3", ("so2", 31.2, "good", "µg/m³")),
        ("Temp\t31.5\toC", ("temp", 31.5, "good", "°C")),
        ("Temp\t31.5\t°C", ("temp", 31.5, "good", "°C")),
        ("Nhiệt độ\t31.5\tđộ C", ("temp", 31.5, "good", "°C")),
        ("pH\t7.2\t-", ("ph", 7.2, "good", None)),
        ("pH\t7.2\t", ("ph", 7.2, "good", None)),
        ("TSS\t35\tmg/L", ("tss", 35.0, "good", "mg/l")),
        ("NH4+\t350\tµg/l", ("nh4", 0.35, "good", "mg/l")),
        ("Flow\t2\tl/s", ("flow", 7.2, "good", "m³/h")),
        ("Flow\t2400\tm3/ngày", ("flow", 100.0, "good", "m³/h")),
        ("P\t100.8\tkPa", ("p", 1008.0, "good", "hPa")),
        ("Color\t40\tPt-Co", ("color", 40.0, "good", "Pt-Co")),
    ],
)
def test_units_with_one_meaning_are_converted(line: str, expected: tuple[Any, ...]) -> None:
    assert readings(read(f"{line}\t20261122081000\t00")) == [expected]


def test_a_line_without_a_unit_is_read_where_there_is_none() -> None:
    assert readings(read("pH 7.2 20261122081000 00")) == [("ph", 7.2, "good", None)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("CO\t0.7\tppm\t20261122081000\t00", "measure_unit_wrong"),
        ("CO\t0.7\t\t20261122081000\t00", "measure_unit_wrong"),
        ("Flow\t2\tNm3/h\t20261122081000\t00", "measure_unit_wrong"),
        ("Noise\t60\tdB\t20261122081000\t00", "measure_unit_wrong"),
        ("XYZ\t1\tug/m3\t20261122081000\t00", "parameter_unknown"),
        ("CO\tN/A\tug/m3\t20261122081000\t00", "value_not_number"),
        ("CO\t<0.5\tug/m3\t20261122081000\t00", "value_not_number"),
        ("CO\t٣\tug/m3\t20261122081000\t00", "value_not_number"),
        ("CO\t-9999\tug/m3\t20261122081000\t00", "value_missing"),
        ("CO\t1\tug/m3\t20261322081000\t00", "time_invalid"),
        ("CO\t1\tug/m3\t20261122081000\t07", "status_unknown"),
        ("CO\t1\tug/m3\t20261122081000", "line_malformed"),
        ("�\x01garbage", "line_malformed"),
    ],
)
def test_a_bad_line_is_refused_alone(line: str, code: str) -> None:
    parts = read(f"{SAMPLE}{line}\r\nO3\t44\tug/m3\t20261122081000\t00")
    assert refusals(parts) == [code]
    assert [name for name, *_ in readings(parts)] == ["pm25", "pm10", "no2", "co", "o3"]
    (refused,) = [part for part in parts if isinstance(part, Refused)]
    assert refused.detail.startswith("line 5: ")


def test_a_broken_device_says_that_there_was_no_reading() -> None:
    lines = (
        "CO\t-9999\tug/m3\t20261122081000\t02",
        "O3\tN/A\tug/m3\t20261122081000\t02",
        "NO\t5\tug/m3\t20261122081000\t02",
    )
    expected = [("co", None, "fault", "µg/m³"), ("o3", None, "fault", "µg/m³"), ("no", 5.0, "fault", "µg/m³")]
    assert readings(read("\n".join(lines))) == expected


def test_a_file_of_which_no_line_can_be_read_is_no_file_of_readings() -> None:
    assert rejection(b"hello\nworld") == "no_line_readable"
    assert rejection(b"") == "message_empty"
    assert rejection(b" \r\n ") == "message_empty"
    assert rejection(b"PK\x03\x04\x00\x00binary") == "not_text"
    assert rejection(b"CO\t1\tug/m3\t20261122081000\t00\n" * 20_001) == "message_too_large"


@pytest.mark.parametrize(
    ("station_from", "name", "station"),
    [
        ("name", "TNG_QT01_20261122081000.txt", "QT01"),
        ("name", "2026/11/22/TNG_QT01_20261122081000.TXT", "QT01"),
        ("name", "TNG_KCN_SC_NT02_202611220810.txt", "KCN_SC_NT02"),
        ("name", "QT01_20261122.txt", "QT01"),
        ("folder", "QT07/2026/11/22/data.txt", "QT07"),
        ("folder", "tinh/QT07/20261122/data.txt", "QT07"),
        ("option", "whatever.txt", "QT99"),
    ],
)
def test_the_station_is_in_the_name_the_folder_or_the_options(station_from: Any, name: str, station: str) -> None:
    options = StationTxtOptions(station_from=station_from, station="QT99", prefix="TNG_")
    parts = read(SAMPLE, options, name)
    assert {part.record["sensor"] for part in parts if isinstance(part, Found)} == {station}
    assert len(parts) == 4  # a station that nobody declared is not invented


@pytest.mark.parametrize("name", ["", "readings.txt", "_20261122081000.txt", "TNG__20261122081000.txt"])
def test_without_a_station_nothing_is_read(name: str) -> None:
    assert rejection(SAMPLE.encode(), name=name) == "station_missing"


def test_a_declared_station_may_have_another_id_in_the_layer() -> None:
    options = StationTxtOptions(stations={"QT01": {"id": "NT-SC-01", "name": "Trạm"}}, prefix="TNG_")
    assert {
        part.record.get("sensor", part.record.get("id")) for part in read(SAMPLE, options) if isinstance(part, Found)
    } == {"NT-SC-01"}


def test_a_source_names_its_own_symbols_and_units() -> None:
    options = StationTxtOptions(prefix="TNG_", parameters={"Bui": "tsp"}, default_units={"Bui": "mg/m3"})
    assert readings(read("Bui\t0.1\t\t20261122081000\t00", options)) == [("tsp", 100.0, "good", "µg/m³")]
    with pytest.raises(ValidationError, match="do not observe 'dust'"):
        StationTxtOptions(parameters={"Bui": "dust"})


def test_phones_and_names_beside_the_numbers_are_not_kept() -> None:
    body = f"{SAMPLE}Lien he: 0912 345 678\r\nCO\t0912345678\tug/m3\t20261122081000\t00\r\n"
    kept = CONNECTOR.redact(Message(body.encode(), NOW, "text/plain", NAME))
    assert b"0912" not in kept.body
    assert readings(read(kept.body)) == readings(read(SAMPLE))
    untouched = Message(SAMPLE.encode(), NOW, "text/plain", NAME)
    assert CONNECTOR.redact(untouched) is untouched


@FUZZ
@given(st.binary(max_size=400), st.text(max_size=60))
def test_any_bytes_are_readings_or_a_typed_refusal(body: bytes, name: str) -> None:
    assert_typed(CONNECTOR, Message(body, NOW, "text/plain", name), OPTIONS)


_CELL = st.one_of(
    st.sampled_from(["CO", "PM2,5", "1", "ug/m3", "20261122081000", "00", "02", "-9999", ""]), st.text(max_size=12)
)


@FUZZ
@given(
    st.lists(st.lists(_CELL, max_size=7), max_size=6),
    st.sampled_from(["\t", ";", "  "]),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_any_bytes_of_nearly_the_form_are_readings_or_typed_refusals(
    rows: list[list[str]], separator: str, encoding: str
) -> None:
    body = "\r\n".join(separator.join(row) for row in rows).encode(encoding, "replace")
    spec = discover()["sensors"]
    for part in assert_typed(CONNECTOR, Message(body, NOW, "text/plain", NAME), OPTIONS):
        if isinstance(part, Found) and part.kind == "observations":
            try:
                normalise_observation(spec, dict(part.record), NOW)
            except Rejected as refused:
                assert refused.code in ("value_out_of_range", "time_in_future", "time_too_old")
