# SPDX-License-Identifier: Apache-2.0
"""Spreadsheet files as rows, and rows as records: round trips, what people write, and damage of any kind."""

import contextlib
import csv
import io
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from geo.crs import to_vn2000
from geo.errors import MapError
from layers.import_cells import Notices, records_of_table
from layers.import_columns import columns_of, folded, map_columns
from layers.records import normalise
from layers.registry import discover
from layers.spec import FieldSpec, Text
from layers.tabular import Row, Table, read_csv
from layers.workbook import read_xlsx

LAYERS = discover()
FILLED = [spec for spec in LAYERS.values() if spec.store == "feature"]
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
_ROWS = st.lists(st.lists(_TEXT, min_size=2, max_size=5), min_size=1, max_size=6)


def record(layer: str, **cells: Any) -> dict[str, Any]:
    """The record of one row with these headers."""
    table = Table(list(cells), [Row(2, list(cells.values()))])
    (row,) = records_of_table(table, map_columns(LAYERS[layer], table.header), Notices())
    assert row.problem is None
    return dict(row.record)


@given(_ROWS, st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_a_program_writes_as_csv_is_read_again(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    text = io.StringIO()
    # The header decides on the delimiter.
    header = [f"cột {n}" for n in range(5)]
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    table = read_csv(text.getvalue().encode(encoding))
    assert table.header == header
    written = [[cell if cell.strip() else None for cell in row] for row in rows]
    kept = [(n, row) for n, row in enumerate(written, 2) if any(cell is not None for cell in row)]
    assert [row.number for row in table.rows] == [n for n, _ in kept]
    for found, (_, row) in zip(table.rows, kept, strict=True):
        assert found.cells == row[: len(found.cells)] and not any(row[len(found.cells) :])


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_clear_refusal(data: bytes) -> None:
    for read in (read_csv, read_xlsx):
        with contextlib.suppress(MapError):
            read(data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_damaged_workbook_is_a_table_or_a_clear_refusal(seed: int) -> None:
    book = Workbook()
    for row in (["Mã", "Tên"], ["a", 1.5], ["b", datetime(2026, 1, 1)]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    data = bytearray(content.getvalue())
    rng = random.Random(seed)
    for _ in range(rng.randrange(1, 12)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    with contextlib.suppress(MapError):
        read_xlsx(bytes(data))


@pytest.mark.parametrize("header", ["X (Bắc)", "x bac", "X BẮC", " x\u00a0(bắc) ", "X (Ba\u0306\u0301c)"])
def test_headers_are_known_whatever_case_and_accents(header: str) -> None:
    columns = map_columns(LAYERS["cameras"], ["id", header])
    assert columns.has("x_north") and columns.unmapped == ()


@pytest.mark.parametrize("spec", FILLED, ids=lambda spec: spec.id)
def test_every_column_is_found_by_its_name_and_its_titles(spec: Any) -> None:
    for column in columns_of(spec):
        header = ["id", column.name] if column.name != "id" else ["id"]
        assert map_columns(spec, header).has(column.name)
        titled = map_columns(spec, ["external_id", column.title.vi] if column.name != "id" else [column.title.vi])
        assert titled.has(column.name), column


@pytest.mark.parametrize(("text", "number"), [
    ("105,84", 105.84), ("105.84", 105.84), ("1.234.567", 1234567), ("1.234,5", 1234.5), ("1,234.5", 1234.5),
    (" 12 ", 12), ("2 388 417,905", 2388417.905), ("-3", -3), ("\u22123,5", -3.5), ("1e3", 1000),
    ("abc", "abc"), ("1,2,3.4.5", "1,2,3.4.5"), ("12a", "12a"), ("", None), ("１２", "１２"),
])  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: Any) -> None:
    cells = {"id": "a", "Giường bệnh": text or None}
    assert record("clinics", **cells).get("beds") == number


@pytest.mark.parametrize(("cell", "moment"), [
    ("22/11/2026", "2026-11-22T00:00:00+07:00"), ("22/11/2026 8:30", "2026-11-22T08:30:00+07:00"),
    ("22-11-2026 08h30", "2026-11-22T08:30:00+07:00"), ("1.2.2026, 7g05", "2026-02-01T07:05:00+07:00"),
    ("2026-11-22 08:30:15", "2026-11-22T08:30:15+07:00"), ("2026-11-22", "2026-11-22T00:00:00+07:00"),
    ("2026-11-22T01:30:00Z", "2026-11-22T01:30:00Z"), ("31/02/2026", "31/02/2026"), ("11/22/2026", "11/22/2026"),
    (datetime(2026, 11, 22, 8, 29, 59, 999_900), "2026-11-22T08:30:00+07:00"), (46348.5, "2026-11-22T12:00:00+07:00"),
])  # fmt: skip
def test_moments_are_those_of_vietnam_and_days_come_first(cell: Any, moment: str) -> None:
    assert record("incidents", id="a", **{"Thời gian": cell})["time"] == moment


@given(st.floats(105.5, 106.2), st.floats(21.3, 22.0))
def test_grid_coordinates_come_back_to_the_same_place(lon: float, lat: float) -> None:
    east, north = to_vn2000(lon, lat)
    found = record("cameras", id="a", **{"X": round(north, 3), "Y": round(east, 3)})
    assert abs(found["lon"] - lon) < 1e-7 and abs(found["lat"] - lat) < 1e-7


@given(st.data())
def test_every_choice_is_known_by_its_label_in_both_languages(data: st.DataObject) -> None:
    spec = data.draw(st.sampled_from(FILLED))
    for field in (one for one in spec.fields if one.choices):
        choice = data.draw(st.sampled_from(field.choices))
        for word in (choice.value, *choice.label, choice.label.vi.upper(), folded(choice.label.vi)):
            cells = {"id": "a", field.name: word}
            assert record(spec.id, **cells)[field.name] == choice.value, (field.name, word)


@given(st.dictionaries(st.sampled_from(["name", "kind", "lon", "lat", "azimuth", "x_north", "y_east", "time"]),
                       st.none() | _TEXT | st.floats() | st.integers() | st.booleans() | st.datetimes() | st.times()
                       | st.timedeltas(timedelta(0), timedelta(9))))  # fmt: skip
def test_whatever_cells_hold_the_door_can_judge_it(cells: dict[str, Any]) -> None:
    table = Table(["id", *cells], [Row(2, ["a", *cells.values()])])
    for row in records_of_table(table, map_columns(LAYERS["cameras"], table.header), Notices()):
        if row.problem is None:
            with contextlib.suppress(Exception):
                normalise(LAYERS["cameras"], row.record, NOW)


def test_titles_that_fold_to_one_word_go_to_the_field() -> None:
    assert folded("Đơn vị quản lý") == "don vi quan ly"
    assert FieldSpec("owner", Text("Đơn vị", "Owner")).title.vi == "Đơn vị"
