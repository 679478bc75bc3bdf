# SPDX-License-Identifier: Apache-2.0
"""JSON in our own record form: every shape in which records come, and what must not be kept of them."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.connectors.base import Found, Message, Refused
from layers.connectors.layer_records import LayerOptions
from layers.connectors.records_json import CONNECTOR
from layers.errors import Rejected
from tests.support.fuzz import FUZZ, assert_typed

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SCHOOLS = LayerOptions(layer="schools", unit_set="province-2025")
ONE = {"id": "T1", "name": "Trường A", "lon": 105.84, "lat": 21.59}
FEATURE = {
    "type": "Feature",
    "id": "T1",
    "geometry": {"type": "Point", "coordinates": [105.84, 21.59]},
    "properties": {"name": "Trường A"},
}


def message(body: bytes) -> Message:
    return Message(body, NOW, "application/json")


def read(body: bytes, options: LayerOptions = SCHOOLS) -> list[Found | Refused]:
    return list(CONNECTOR.parse(CONNECTOR.redact(message(body)), options))


@pytest.mark.parametrize(
    "body",
    [
        orjson.dumps(ONE),
        orjson.dumps([ONE]),
        orjson.dumps(FEATURE),
        orjson.dumps([FEATURE]),
        orjson.dumps({"type": "FeatureCollection", "features": [FEATURE]}),
        orjson.dumps({"records": [ONE]}),
        b"\xef\xbb\xbf" + orjson.dumps(ONE),
        b"\x1e" + orjson.dumps(FEATURE) + b"\n",
    ],
)
def test_a_record_comes_in_every_shape(body: bytes) -> None:
    (found,) = read(body)
    assert isinstance(found, Found)
    assert (found.layer, found.record) == ("schools", ONE)


def test_records_one_a_line_are_read_and_a_wrong_one_stops_no_other() -> None:
    body = b"\n".join(orjson.dumps(one) for one in (ONE, {"id": "T2"}, 7, {**ONE, "id": "T3"}))
    assert [one.record["id"] if isinstance(one, Found) else one.code for one in read(body)] == [
        "T1", "field_missing", "record_invalid", "T3",
    ]  # fmt: skip


def test_words_about_the_place_are_hints_and_no_fields() -> None:
    (found,) = read(orjson.dumps({"id": "T1", "name": "Trường A", "unit_name": "Tân Cương", "place_text": "Gò Móc"}))
    assert isinstance(found, Found)
    assert (found.hints.unit_name, found.hints.text, dict(found.record)) == (
        "Tân Cương", "Gò Móc", {"id": "T1", "name": "Trường A"},
    )  # fmt: skip


def test_unit_codes_without_a_set_are_of_the_set_of_the_source() -> None:
    options = LayerOptions(layer="school_pupils", unit_set="province-2025")
    (found,) = read(orjson.dumps({"unit_code": "05443", "period": "2025", "value": 812}), options)
    assert isinstance(found, Found)
    assert found.record["unit_set"] == "province-2025"


def test_shapes_stay_and_impossible_points_are_left_to_the_road() -> None:
    ring = [[105.8, 21.5], [105.9, 21.5], [105.9, 21.6], [105.8, 21.5]]
    area = {"id": "C1", "title": "Ngập", "time": "2026-11-22T07:00:00+07:00"}
    shape = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": area}
    (alert,) = read(orjson.dumps(shape), LayerOptions(layer="alerts"))
    assert isinstance(alert, Found) and alert.record["geometry"]["type"] == "Polygon"
    (found,) = read(orjson.dumps({**FEATURE, "geometry": {"type": "Point", "coordinates": [21.59, 105.84]}}))
    assert isinstance(found, Found)


@pytest.mark.parametrize("line_by_line", [False, True])
def test_what_is_personal_is_gone_before_a_body_is_kept(line_by_line: bool) -> None:
    records: list[Any] = [{**ONE, "dien_thoai": "0912345678", "address": "gọi 0912 345 678"}, ONE]
    body = b"\n".join(map(orjson.dumps, records)) if line_by_line else orjson.dumps(records)
    kept = CONNECTOR.redact(message(body)).body
    assert b"0912" not in kept and b"Tr\xc6\xb0\xe1\xbb\x9dng A" in kept


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "json_invalid"), (b"{", "json_invalid"), (b"{}\n{", "json_invalid"), (b"7", "body_invalid")],
)
def test_a_body_that_is_no_records_says_why(body: bytes, code: str) -> None:
    with pytest.raises(Rejected) as raised:
        read(body)
    assert raised.value.code == code


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["id", "type", "properties", "geometry", "coordinates", "name", "lon", "lat", "time",
                         "features", "unit_code", "unit_name", "period", "value", "numerator", "denominator"]),
        inner, max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@FUZZ
@given(st.binary(max_size=200) | _JSON.map(lambda value: orjson.dumps(value, default=str) if _fits(value) else b"["),
       st.sampled_from(["schools", "vaccinations", "detections", "alerts", "media"]))  # fmt: skip
def test_any_bytes_are_records_or_typed_refusals(body: bytes, layer: str) -> None:
    assert_typed(CONNECTOR, message(body), LayerOptions(layer=layer))


def _fits(value: Any) -> bool:
    try:
        orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return False
    return True


def test_a_hundred_thousand_brackets_are_no_crash() -> None:
    with pytest.raises(Rejected):
        read(b"[" * 100_000)
    assert isinstance(read(b'[{"id":' + b"[" * 900 + b"]" * 900 + b"}]")[0], Refused)
