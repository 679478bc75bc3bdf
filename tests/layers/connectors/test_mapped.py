# SPDX-License-Identifier: Apache-2.0
"""A mapping file reads records of every format, refuses by name what does not fit it, and never breaks."""

import re
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.connectors.base import Found, Message, Refused
from layers.connectors.mapped import CONNECTOR
from layers.connectors.mapped_options import Mapping
from layers.errors import Rejected
from layers.indicator_records import normalise_value
from layers.records import normalise
from layers.registry import discover
from tests.layers.connectors.mapped_samples import (
    CKAN,
    CKAN_BODY,
    CSV,
    CSV_BODY,
    EVERY,
    LAKE,
    LGSP,
    LGSP_BODY,
    NOW,
    XLSX,
    XLSX_BODY,
    message,
    options,
)  # fmt: skip
from tests.support.fuzz import FUZZ, assert_typed


def read(mapping: Mapping, said: Message) -> list[Found | Refused]:
    """Redacted first, as on the road."""
    return list(CONNECTOR.parse(CONNECTOR.redact(said), mapping))


def found(name: str) -> list[dict[str, Any]]:
    return [dict(part.record) for part in read(*EVERY[name]) if isinstance(part, Found)]


def refused(name: str) -> list[tuple[str, str]]:
    return [(part.code, part.detail) for part in read(*EVERY[name]) if isinstance(part, Refused)]


def test_a_provincial_platform_is_read_by_its_mapping() -> None:
    market, library, gone = found("lgsp")
    lon, lat = market.pop("lon"), market.pop("lat")
    assert (lon, lat) == pytest.approx((105.84, 21.59), abs=2e-8)  # the golden point of EPSG:9213
    assert market == {
        "id": "17:so-xd", "revision": 1795311000000, "name": "Chợ Thí dụ", "kind": "marketplace",
        "address": "Đường Thí dụ", "unit_code": "05443", "unit_set": "province-2025",
    }  # fmt: skip
    assert library == {"id": "18:so-xd", "revision": 1795280400000, "name": "Thư viện", "kind": "library"}
    assert gone == {"id": "19:so-xd", "withdrawn": True}
    first = read(*EVERY["lgsp"])[0]
    assert isinstance(first, Found)
    assert (first.hints.unit_name, first.hints.text) == ("Phường Phan Đình Phùng", "Đường Thí dụ")


def test_what_does_not_fit_is_refused_with_the_line_of_the_mapping() -> None:
    assert refused("lgsp") == [
        ("mapping_value_missing", "record 3: fields.name (path ten): the record has nothing there"),
        ("mapping_id_missing", "record 4: id[0] (path maDiaDiem): the record has no id there"),
    ]


def test_an_unknown_word_is_quoted_and_the_way_out_named() -> None:
    strict = options(format="json", fields={"kind": {"path": "loai", "map": {"A": "police"}}})
    (part,) = read(strict, message([{"id": 1, "loai": "Ụ"}]))
    assert isinstance(part, Refused) and part.code == "mapping_value_unknown"
    assert part.detail == ("record 0: fields.kind (path loai): 'Ụ' is in no line of its map; add it, or give a default")


def test_geojson_features_keep_their_geometry_and_may_have_none() -> None:
    assert found("geojson") == [
        {"id": "a1", "name": "Hồ Thí dụ", "kind": "other", "geometry": LAKE},
        {"id": "a2", "name": "Không toạ độ", "kind": "museum"},
    ]


def test_a_ckan_datastore_holds_geometries_as_text() -> None:
    one, two = found("ckan")
    assert one == {"id": "1", "name": "Một", "geometry": {"type": "Point", "coordinates": [105.84, 21.59]}}
    assert two["address"] == "Số 2" and tuple(two["geometry"]["coordinates"]) == (105.85, 21.6)


def test_a_ckan_error_is_no_empty_answer() -> None:
    with pytest.raises(Rejected) as caught:
        read(CKAN, message({"success": False, "error": {"message": "Not found"}}))
    assert caught.value.code == "ckan_refused"


def test_csv_with_vietnamese_headers_decimal_commas_and_local_time() -> None:
    assert found("csv") == [
        {
            "id": "S1", "title": "Đèn hỏng", "status": "resolved", "time": "2026-11-22T01:30:00+00:00",
            "lon": 105.84, "lat": 21.59,
        },
        {"id": "S3", "title": "Gọi [đã xoá] nhé", "status": "new", "time": "2026-11-22T01:31:00+00:00"},
    ]  # fmt: skip
    ((code, detail),) = refused("csv")
    assert code == "mapping_time_wrong" and "'25:00 22/11/2026'" in detail and "%H:%M %d/%m/%Y" in detail


def test_personal_columns_are_gone_before_a_table_is_kept() -> None:
    kept = CONNECTOR.redact(message(CSV_BODY, "text/csv")).body.decode()
    assert "0912" not in kept and "Đèn hỏng" in kept
    workbook = CONNECTOR.redact(message(XLSX_BODY))
    assert workbook.media_type == "text/csv" and "Người Thí Dụ" not in workbook.body.decode()


def test_a_workbook_is_read_the_same_before_and_after_it_was_redacted() -> None:
    said = EVERY["xlsx"][1]
    in_2025 = {"unit_set": "province-2025"}
    direct = [part.record for part in CONNECTOR.parse(said, XLSX) if isinstance(part, Found)]
    assert direct == found("xlsx") == [
        {"id": "1", "title": "Cây đổ", "time": "2026-11-22T01:30:00+00:00", "unit_code": "05443", **in_2025},
        {"id": "2", "title": "Ngập", "time": "2026-11-20T17:00:00+00:00", "unit_code": "05467", **in_2025},
    ]  # fmt: skip


def test_a_broken_workbook_is_not_kept() -> None:
    broken = message(b"PK\x03\x04 0912 345 678")
    assert CONNECTOR.redact(broken).body == b"PK\x03\x04"
    with pytest.raises(Rejected, match="not an XLSX"):
        read(XLSX, broken)


def test_one_row_of_a_station_is_a_reading_for_each_property() -> None:
    assert found("stations") == [
        {"sensor": "T1", "time": "2026-11-22T01:30:00+00:00", "quality": "good", "property": "pm25", "value": 51.25}
    ]
    assert [code for code, _ in refused("stations")] == ["mapping_value_wrong", "mapping_time_wrong"]


def test_values_of_an_indicator_have_no_id_of_their_own() -> None:
    of = {"unit_set": "province-2025", "period": "2026-10"}
    assert found("accounts") == [
        {"unit_code": "05443", **of, "value": 1250},
        {"unit_code": "05467", **of, "value": None},
    ]
    assert [code for code, _ in refused("accounts")] == ["mapping_value_wrong"]


def test_every_record_that_comes_out_is_one_that_its_layer_takes() -> None:
    layers = discover()
    taken = 0
    for mapping, said in EVERY.values():
        for part in read(mapping, said):
            if isinstance(part, Found) and layers[part.layer].store == "indicator":
                normalise_value(layers[part.layer], dict(part.record), NOW.date())
                taken += 1
            elif isinstance(part, Found) and part.kind == "features":
                normalise(layers[part.layer], dict(part.record), NOW)
                taken += 1
    assert taken == 2 + 3 + 2 + 2 + 2 + 2, "a sample brings fewer records than it did"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"id": None}, "names its 'id'"),
        ({"id": []}, "names its 'id'"),
        ({"records": "a[["}, "records: 'a[[' is no JMESPath"),
        ({"fields": {"name": "a..b"}}, "fields.name: 'a..b' is no JMESPath"),
        ({"lon": "x"}, "come together"),
        ({"lon": "x", "lat": "y", "geometry": "g"}, "not both"),
        ({"crs": "EPSG:1"}, "no coordinate system 'EPSG:1'"),
        ({"time": {"path": "t", "tz": "Asia/Hanoi"}}, "no time zone 'Asia/Hanoi'"),
        ({"fields": {"name": {"path": "a", "const": "b"}}}, "not both"),
        ({"format": "csv", "records": "a"}, "every row of a table"),
        ({"kind": "observations"}, "observations have"),
        ({"readings": {"pm25": "a"}}, "belong to kind: observations"),
        ({"kind": "values", "period": "p"}, "instead of an 'id'"),
        ({"period": "p"}, "belong to kind: values"),
        ({"feilds": {}}, "Extra inputs"),
        ({"fields": {"name": {"pth": "a"}}}, "Extra inputs"),
    ],
)
def test_a_wrong_mapping_is_refused_when_it_is_read(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        options(**{"format": "json", **given})


def test_a_message_of_another_shape_says_what_it_has() -> None:
    with pytest.raises(Rejected) as caught:
        read(LGSP, message({"loi": "hết hạn", "ma": 5}))
    assert caught.value.code == "mapping_records_missing"
    assert "duLieu.danhSach" in caught.value.detail and "loi, ma" in caught.value.detail


def test_a_column_that_was_renamed_is_told_at_once() -> None:
    with pytest.raises(Rejected) as caught:
        read(CSV, message(CSV_BODY.replace("Nội dung".encode(), b"Noi dung"), "text/csv"))
    assert caught.value.code == "mapping_column_missing"
    assert "fields.title: there is no column 'Nội dung'" in caught.value.detail


def test_a_wrong_place_does_not_refuse_a_record() -> None:
    placed = options(format="json", lon="x", lat="y", crs="EPSG:3405", fields={"name": "n"})
    for x, y in (("?", 1), (1e300, 1), (None, None), ([], {}), (float("1e11"), 5)):
        (part,) = read(placed, message([{"id": 1, "n": "a", "x": x, "y": y}]))
        assert isinstance(part, Found) and dict(part.record) == {"id": "1", "name": "a"}


def test_shapes_are_moved_from_vn2000() -> None:
    mapping = options(format="json", geometry="g", crs="EPSG:9213")
    ring = [[431463.303, 2388417.905], [431563.303, 2388417.905], [431463.303, 2388517.905], [431463.303, 2388417.905]]
    (part,) = read(mapping, message([{"id": 1, "g": {"type": "Polygon", "coordinates": [ring]}}]))
    assert isinstance(part, Found)
    assert part.record["geometry"]["coordinates"][0][0] == pytest.approx([105.84, 21.59], abs=2e-8)


NAMES = (
    "id features properties geometry type coordinates duLieu danhSach ten maDiaDiem nguon loai toaDo x y capNhatLuc "
    "result records _id geom success tram luc tt chiSo pm25 trangThai"
).split()
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
PATHS = ("a", "sum(a)", "sort(@)", "max_by(@, &a)", "a[::2]", "keys(@)", "join(',', a)", "a[?b>`1`]")


@FUZZ
@given(st.sampled_from(sorted(EVERY)), st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_records_or_a_typed_refusal(name: str, body: bytes) -> None:
    mapping, said = EVERY[name]
    assert_typed(CONNECTOR, replace(said, body=body), mapping)


@FUZZ
@given(st.sampled_from(sorted(EVERY)), ANY_JSON)
def test_any_json_is_records_or_a_typed_refusal(name: str, value: Any) -> None:
    try:
        body = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return
    mapping, said = EVERY[name]
    assert_typed(CONNECTOR, replace(said, body=body), mapping)


@FUZZ
@given(st.sampled_from(sorted(EVERY)), st.integers(0, 5000), st.binary(max_size=8))
def test_damaged_messages_are_records_or_a_typed_refusal(name: str, where: int, damage: bytes) -> None:
    mapping, said = EVERY[name]
    cut = where % len(said.body)
    assert_typed(CONNECTOR, replace(said, body=said.body[:cut] + damage + said.body[cut + len(damage) :]), mapping)


@FUZZ
@given(
    st.sampled_from(PATHS),
    ANY_JSON,
)
def test_functions_of_a_path_never_break_on_data(path: str, value: Any) -> None:
    try:
        body = orjson.dumps([value, {"a": value}])
    except orjson.JSONEncodeError:
        return
    assert_typed(CONNECTOR, message(body), options(format="json", id=path, fields={"name": path}))


def test_redacted_bodies_are_left_alone_when_nothing_is_personal() -> None:
    said = message(LGSP_BODY)
    assert CONNECTOR.redact(said) is said
    assert CONNECTOR.redact(message(CKAN_BODY)).body == orjson.dumps(CKAN_BODY)
