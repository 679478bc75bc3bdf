# SPDX-License-Identifier: Apache-2.0
"""Spreadsheets that arrive by themselves: templates of every layer, what people write, what must not be kept."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from geo.crs import to_vn2000
from layers.connectors.base import Found, Message, Refused
from layers.connectors.layer_records import LayerOptions
from layers.connectors.table import CONNECTOR
from layers.errors import Rejected
from layers.import_template import template_csv, template_xlsx
from layers.registry import discover
from layers.systems import SYSTEMS
from tests.support.fuzz import FUZZ, assert_typed

LAYERS = discover()
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
OF_SYSTEMS = sorted({layer for system in SYSTEMS.values() for layer in system.layers} & set(LAYERS))
SCHOOLS = LayerOptions(layer="schools")


def message(body: bytes, name: str = "schools.csv") -> Message:
    return Message(body, NOW, name=name)


def read(body: bytes, options: LayerOptions = SCHOOLS) -> list[Found | Refused]:
    """What the road gets of a file: redacted first, then read."""
    return list(CONNECTOR.parse(CONNECTOR.redact(message(body)), options))


def csv_of(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def xlsx_of(*rows: list[Any]) -> bytes:
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("layer", OF_SYSTEMS)
def test_an_unfilled_template_brings_nothing(layer: str) -> None:
    for template in (template_csv, template_xlsx):
        assert read(template(LAYERS[layer]), LayerOptions(layer=layer)) == []


@pytest.mark.parametrize("layer", OF_SYSTEMS)
def test_a_filled_template_brings_its_row(layer: str) -> None:
    spec = LAYERS[layer]
    book = load_workbook(io.BytesIO(template_xlsx(spec)))
    sheet = book.active
    for column in range(1, sheet.max_column + 1):
        sheet.cell(3, column, sheet.cell(2, column).value)
    key = "05443" if spec.store == "indicator" else "TN-0001"
    sheet.cell(3, 1, key)
    content = io.BytesIO()
    book.save(content)
    (found,) = read(content.getvalue(), LayerOptions(layer=layer))
    assert isinstance(found, Found), found
    assert found.layer == layer
    assert found.record["unit_code" if spec.store == "indicator" else "id"] == key
    assert found.record["unit_set"] == "province-2025"


def test_vietnamese_headers_metres_labels_and_days_are_understood() -> None:
    east, north = to_vn2000(105.84, 21.59)
    (found,) = read(
        xlsx_of(["Mã", "Tên", "Bậc học", "X (Bắc)", "Y (Đông)"], ["T1", "Trường A", "Mầm non", north, east])
    )
    assert isinstance(found, Found)
    assert found.record["kind"] == "kindergarten"
    assert (found.record["lon"], found.record["lat"]) == pytest.approx((105.84, 21.59), abs=1e-6)


def test_rows_without_coordinates_say_in_words_where_they_are() -> None:
    rows = csv_of("Mã;Tên;Xã, phường;Địa chỉ", "T1;Trường A;Tân Cương;Xóm Gò Móc")
    (found,) = read(rows)
    assert isinstance(found, Found)
    assert (found.hints.unit_name, found.hints.text) == ("Tân Cương", "Xóm Gò Móc")
    assert "unit_name" not in found.record
    (event,) = read(
        csv_of("id,title,time,Địa điểm", "I1,Cây đổ,22/11/2026 7h30,ngã ba Mỏ Bạch"), LayerOptions(layer="incidents")
    )
    assert isinstance(event, Found)
    assert event.hints.text == "ngã ba Mỏ Bạch"
    assert event.record["time"] == "2026-11-22T07:30:00+07:00"


def test_a_wrong_row_is_refused_by_its_number_and_stops_no_other() -> None:
    rows = csv_of("Mã,Tên,Bậc học", "T1,Trường A,Mầm non", "", "T2,,Mầm non", "T3,Trường C,Viện", "T4,Trường D,Mầm non")
    told = read(rows)
    assert [type(one).__name__ for one in told] == ["Found", "Refused", "Refused", "Found"]
    missing, wrong = told[1], told[2]
    assert isinstance(missing, Refused) and isinstance(wrong, Refused)
    assert (missing.code, missing.detail.partition(":")[0]) == ("field_missing", "row 4")
    assert (wrong.code, wrong.record) == ("value_not_allowed", {"row": 5, "cells": {
        "Mã": "T3", "Tên": "Trường C", "Bậc học": "Viện"}})  # fmt: skip


def test_a_place_that_cannot_be_is_left_to_the_road() -> None:
    (found,) = read(csv_of("Mã,Tên,Kinh độ,Vĩ độ,Xã phường", "T1,Trường A,0,0,Tân Cương"))
    assert isinstance(found, Found)
    assert found.hints.unit_name == "Tân Cương"


def test_values_of_units_take_the_set_of_the_source_and_months_as_people_write_them() -> None:
    options = LayerOptions(layer="app_accounts", unit_set="province-2025")
    rows = xlsx_of(
        ["Mã ĐVHC", "Kỳ", "Tài khoản"],
        [5443, "Tháng 10/2026", 9120],
        ["05467", datetime(2026, 10, 1), "2.611"],
        ["05467", "09/2026", "2.600"],
    )
    found = [dict(one.record) for one in read(rows, options) if isinstance(one, Found)]
    assert found == [
        {"unit_code": "05443", "period": "2026-10", "value": 9120, "unit_set": "province-2025"},
        {"unit_code": "05467", "period": "2026-10", "value": 2611, "unit_set": "province-2025"},
        {"unit_code": "05467", "period": "2026-09", "value": 2600, "unit_set": "province-2025"},
    ]


def test_values_may_name_the_commune_instead_of_its_code() -> None:
    (found,) = read(
        csv_of("Xã phường,Kỳ,Tài khoản", "Phan Đình Phùng,2026-10,9120"), LayerOptions(layer="app_accounts")
    )
    assert isinstance(found, Found)
    assert found.hints.unit_name == "Phan Đình Phùng"


def test_measurements_of_stations_come_by_title_of_what_is_observed() -> None:
    options = LayerOptions(layer="sensors", kind="observations")
    rows = csv_of("Mã trạm,Thông số,Thời gian,Giá trị,Chất lượng số đo", 'K1,PM2.5,22/11/2026 08:00,"41,5",Nghi ngờ')
    (found,) = read(rows, options)
    assert isinstance(found, Found)
    assert (found.kind, dict(found.record)) == (
        "observations",
        {"sensor": "K1", "property": "pm25", "time": "2026-11-22T08:00:00+07:00", "value": 41.5, "quality": "suspect"},
    )


def test_what_is_personal_is_gone_before_a_file_is_kept() -> None:
    rows = (
        ["Mã", "Tên", "Hiệu trưởng", "Số điện thoại", "Ghi chú"],
        ["T0912345678", "Trường A", "Người Thử Nghiệm", "0912345678", "gọi 0912 345 678, biển 20A-123.45"],
        ["T2", "Trường B", None, None, None, "0987654321"],
    )
    plain = "\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in rows).encode()
    book = load_workbook(io.BytesIO(xlsx_of(*rows)))
    book.create_sheet("Ẩn").append(["0987111222"])
    book.properties.creator = "Người Thử Nghiệm"
    content = io.BytesIO()
    book.save(content)
    for body in (plain, content.getvalue()):
        kept = CONNECTOR.redact(message(body))
        text = kept.body.decode()
        for secret in ("Người Thử", "345 678", "20A-123", "0987", '"0912345678"'):
            assert secret not in text
        assert "T0912345678" in text, "an id is no phone number"
        assert CONNECTOR.redact(kept) == kept
        assert [type(one) for one in CONNECTOR.parse(kept, SCHOOLS)] == [Found, Refused]


def test_a_replay_reads_the_cells_that_the_file_had() -> None:
    rows = xlsx_of(["id", "title", "time"], ["I1", "Cây đổ", datetime(2026, 11, 22, 7, 30)], ["I2", "Ngập", 46348.5])
    found = [dict(one.record) for one in read(rows, LayerOptions(layer="incidents")) if isinstance(one, Found)]
    assert [one["time"] for one in found] == ["2026-11-22T07:30:00+07:00", "2026-11-22T12:00:00+07:00"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_empty"),
        (b"PK\x03\x04 broken", "file_not_xlsx"),
        (b"\xd0\xcf\x11\xe0 old", "file_old_excel"),
        (b"\xff\xff\xff", "file_encoding_unknown"),
        (b'{"toancanh-table":1,"rows":[[1]]}', "file_not_table"),
        (csv_of("Tên,Bậc học", "Trường A,Mầm non"), "column_missing"),
        (csv_of("Mã,id,Tên", "1,1,Trường A"), "column_repeated"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(body: bytes, code: str) -> None:
    with pytest.raises(Rejected) as raised:
        read(body)
    assert raised.value.code == code


def test_a_layer_that_is_not_filled_from_tables_is_no_option() -> None:
    for wrong in ({"layer": "units"}, {"layer": "nothing"}, {"layer": "schools", "kind": "observations"}):
        with pytest.raises(ValueError, match="layer"):
            LayerOptions(**wrong)


_CELLS = st.lists(st.lists(st.text(max_size=12), max_size=8), max_size=6)
_BYTES = st.one_of(
    st.binary(max_size=400),
    _CELLS.map(lambda rows: "\n".join(",".join(row) for row in [["Mã", "Tên", "Kinh độ", "Vĩ độ"], *rows]).encode()),
    st.binary(max_size=80).map(lambda tail: b'{"toancanh-table":1,' + tail),
    st.recursive(st.none() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=4), max_leaves=9)
    .map(lambda cells: f'{{"toancanh-table":1,"header":["id"],"rows":{cells!r}}}'.replace("'", '"').encode()),
)  # fmt: skip


@FUZZ
@given(_BYTES, st.sampled_from(["schools", "incidents", "vaccinations", "media", "alerts"]))
def test_any_bytes_are_records_or_typed_refusals(body: bytes, layer: str) -> None:
    assert_typed(CONNECTOR, message(body), LayerOptions(layer=layer))


@FUZZ
@given(_BYTES)
def test_any_bytes_are_measurements_or_typed_refusals(body: bytes) -> None:
    assert_typed(CONNECTOR, message(body), LayerOptions(layer="sensors", kind="observations"))
