# SPDX-License-Identifier: Apache-2.0
"""Spreadsheets over HTTP: template, preview, import, undo; and files that want to hurt."""

import csv
import io
import uuid
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import httpx
import pytest
from openpyxl import Workbook, load_workbook

from geo.db.pool import Database
from layers.import_cells import EXAMPLE_ID
from layers.registry import LayerRegistry
from tests.conftest import new_key_of
from tests.support.grid import OLD, publish_grid

pytestmark = pytest.mark.postgis
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
HEADER = ["Mã", "Tên", "Loại", "Kết nối", "Kinh độ", "Vĩ độ"]


@pytest.fixture
async def desk(client: httpx.AsyncClient, push_key: str) -> AsyncIterator[httpx.AsyncClient]:
    """The client with the key of the source "test"."""
    client.headers["Authorization"] = f"Bearer {push_key}"
    yield client


def workbook(*rows: Sequence[Any], sheets: int = 1) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for number in range(1, sheets):
        book.create_sheet(f"Khác {number}").append(["không", "đọc"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def text(*rows: Sequence[Any], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter).writerows(rows)
    return made.getvalue().encode(encoding)


async def send(
    desk: httpx.AsyncClient, data: bytes, kind: str = CSV, status: int = 200, layer: str = "cameras", **query: str
) -> dict[str, Any]:
    answer = await desk.post("/imports", params={"layer": layer, **query}, content=data, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def stored(desk: httpx.AsyncClient, key: str, layer: str = "cameras") -> list[Any]:
    reading = httpx.AsyncClient(transport=desk._transport, base_url="http://testserver")
    answer = await reading.get(f"/collections/{layer}/items", params={"source": "test", "external_id": key})
    assert answer.status_code == 200, answer.text
    features: list[Any] = answer.json()["features"]
    return features


async def test_a_preview_says_what_an_import_then_does_and_changes_nothing(desk: httpx.AsyncClient) -> None:
    key = f"xem-{uuid.uuid4().hex}"
    rows: list[list[Any]] = [
        HEADER,
        [key, "Ngã tư", "Quay quét (PTZ)", "trực tuyến", 105.84, 21.59],
        ["lỗi", "Sai", "lạ", None, 1, 2],
    ]
    for mode in ("preview", "commit"):
        told = await send(desk, workbook(*rows, sheets=3), XLSX, mode=mode, name=key)
        receipt = told["receipt"]
        assert (told["mode"], receipt["received"], receipt["accepted"]) == (mode, 2, 1)
        (refused,) = receipt["rejected"]
        assert (refused["row"], refused["code"]) == (3, "value_not_allowed")
        assert refused["detail_vi"] == "Cột “Loại”: giá trị không có trong danh sách cho phép."
        assert [one["name"] for one in told["columns"]] == ["id", "name", "kind", "status", "lon", "lat"]
        first = next(one for one in told["sample"] if one["id"] == key)
        assert (first["row"], first["outcome"], first["before"]) == (2, "accepted", None)
        assert first["after"]["properties"]["status"] == "online" and first["after"]["properties"]["kind"] == "ptz"
        assert len(await stored(desk, key)) == (mode == "commit")
    changed: list[list[Any]] = [HEADER, [key, "Ngã năm", "ptz", "offline", 105.84, 21.59]]
    told = await send(desk, workbook(*changed), XLSX)
    (one,) = told["sample"]
    assert (one["outcome"], one["before"]["properties"]["name"], one["after"]["properties"]["name"]) == (
        "changed", "Ngã tư", "Ngã năm",
    )  # fmt: skip
    assert [notice["code"] for notice in told["notices"]] == ["columns_absent"]
    assert (await stored(desk, key))[0]["properties"]["name"] == "Ngã tư"
    again = await send(desk, workbook(*rows[:2]), XLSX)
    assert again["receipt"]["unchanged"] == 1 and again["sample"][0]["outcome"] == "unchanged"


async def test_an_import_is_undone_by_its_name(desk: httpx.AsyncClient) -> None:
    key, first, second = (uuid.uuid4().hex for _ in range(3))
    await send(desk, text(["id", "name"], [key, "Cũ"]), mode="commit", name=first)
    await send(desk, text(["id", "name"], [key, "Mới"], [key + "b", "Thêm"]), mode="commit", name=second)
    undone = await desk.delete(f"/ingest/test/imports/{second}?layer=cameras")
    assert (undone.json()["restored"], undone.json()["removed"]) == (1, 1)
    assert (await stored(desk, key))[0]["properties"]["name"] == "Cũ" and not await stored(desk, key + "b")


@pytest.mark.parametrize(("delimiter", "encoding"), [
    (",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), (";", "utf-16-le"), (",", "utf-8-sig"),
])  # fmt: skip
async def test_csv_comes_in_the_forms_that_programs_write(
    desk: httpx.AsyncClient, delimiter: str, encoding: str
) -> None:
    rows: list[list[Any]] = [
        ["MA", "ten", "KINH DO", "vi do", "Ghi chú"],
        ["k1", "Phường Gia Sàng; số 1, ngõ 2", "105,84", "21.59", "x"],
    ]
    told = await send(desk, text(*rows, delimiter=delimiter, encoding=encoding))
    assert told["unmapped"] == ["Ghi chú"] and told["receipt"]["rejected"] == []
    after = told["sample"][0]["after"]
    assert after["geometry"]["coordinates"] == [105.84, 21.59]
    assert after["properties"]["name"] == "Phường Gia Sàng; số 1, ngõ 2"


async def test_vn2000_becomes_degrees_and_swapped_columns_are_told(desk: httpx.AsyncClient) -> None:
    north, east = 2388417.905, 431463.303
    rows: list[list[Any]] = [
        ["Mã", "Tên", "X (Bắc)", "Y (Đông)"],
        ["a", "Đúng", north, east],
        ["b", "Ngược", east, north],
        ["c", "Thiếu", north, None],
        ["d", "Độ", 21.59, 105.84],
    ]
    told = await send(desk, workbook(*rows), XLSX)
    assert [(one["row"], one["code"]) for one in told["receipt"]["rejected"]] == [
        (3, "coordinates_swapped"), (4, "coordinate_invalid"), (5, "coordinate_invalid"),
    ]  # fmt: skip
    (lon, lat) = told["sample"][0]["after"]["geometry"]["coordinates"]
    assert (round(lon, 5), round(lat, 5)) == (105.84, 21.59)


async def test_codes_get_their_zero_back_and_times_are_those_of_vietnam(
    desk: httpx.AsyncClient, database: Database
) -> None:
    await publish_grid(database)
    rows: list[list[Any]] = [
        ["Mã", "Tiêu đề", "Lĩnh vực", "Mã ĐVHC", "Bộ địa giới", "Thời gian"],
        [101, "Số", "Giao thông", 4, OLD, datetime(2015, 5, 2, 8, 30)],
        ["t", "Chữ", "giao thong", "00004", OLD, "02/05/2015 08:30"],
        ["s", "Sê-ri", "traffic", "4", OLD, 42126.354166666664],
    ]
    told = await send(desk, workbook(*rows), XLSX, layer="incidents")
    assert told["receipt"]["rejected"] == [] and [one["id"] for one in told["sample"]] == ["101", "t", "s"]
    assert {one["after"]["properties"]["valid_from"] for one in told["sample"]} == {"2015-05-02T01:30:00+00:00"}
    (repaired,) = told["notices"]
    assert (repaired["code"], repaired["rows"]) == ("code_repaired", [2, 4]) and repaired["detail_vi"]


async def test_the_same_id_twice_is_an_error_of_the_file(desk: httpx.AsyncClient) -> None:
    told = await send(desk, text(["id", "name"], ["same", "một"], ["same", "hai"], [], ["ô", "ba", "thừa"]))
    assert [(one["row"], one["code"]) for one in told["receipt"]["rejected"]] == [
        (3, "id_repeated"), (5, "row_too_long"),
    ]  # fmt: skip


async def test_formulas_are_not_evaluated_and_errors_are_told(desk: httpx.AsyncClient) -> None:
    rows: list[list[Any]] = [
        ["id", "name", "owner"],
        ["f", "Tên", "=1+1"],
        ["e", "Tên", "#REF!"],
        ["h", '=HYPERLINK("x")', None],
    ]
    told = await send(desk, workbook(*rows), XLSX)
    assert [(one["row"], one["code"]) for one in told["receipt"]["rejected"]] == [
        (3, "cell_error"),
        (4, "field_missing"),
    ]
    assert told["sample"][0]["after"]["properties"]["owner"] is None


async def test_every_template_can_be_sent_back_as_it_is(desk: httpx.AsyncClient, registry: LayerRegistry) -> None:
    for layer in (spec.id for spec in registry.values() if spec.store == "feature"):
        for form, kind in (("xlsx", XLSX), ("csv", CSV)):
            reading = httpx.AsyncClient(transport=desk._transport, base_url="http://testserver")
            answer = await reading.get("/imports/template", params={"layer": layer, "f": form})
            assert answer.status_code == 200 and f'filename="{layer}.{form}"' in answer.headers["content-disposition"]
            told = await send(desk, answer.content, kind, layer=layer)
            assert told["unmapped"] == [] and told["receipt"]["received"] == 0
            assert [notice["code"] for notice in told["notices"]] == ["example_row_skipped"]
            if form == "xlsx":
                book = load_workbook(io.BytesIO(answer.content))
                assert book.sheetnames == ["Dữ liệu", "Giá trị cho phép"] and book.active["A2"].value == EXAMPLE_ID
                allowed = {row[2] for row in book["Giá trị cho phép"].iter_rows(min_row=2, values_only=True)}
                choices = {choice.value for field in registry[layer].fields for choice in field.choices}
                assert choices <= allowed
            else:
                filled = answer.content.decode("utf-8-sig").replace(EXAMPLE_ID, "mẫu-1").encode()
                refused = (await send(desk, filled, layer=layer))["receipt"]["rejected"]
                # The example's ward is not in this database; where there are coordinates, nobody asks for it.
                expected = ["unit_unknown"] if registry[layer].geometry == "None" else []
                assert [one["code"] for one in refused] == expected


async def test_a_large_file_goes_in_parts_and_is_one_import(desk: httpx.AsyncClient) -> None:
    mark = uuid.uuid4().hex
    rows: list[list[Any]] = [
        ["id", "name", "lon", "lat"],
        *([f"{mark}-{n}", f"Nơi {n}", 105.8, 21.5] for n in range(6_000)),
    ]
    told = await send(desk, text(*rows), layer="places", mode="commit", name=mark)
    assert told["receipt"]["accepted"] == 6_000 and len(told["sample"]) == 20
    undone = await desk.delete(f"/ingest/test/imports/{mark}?layer=places")
    assert undone.json()["removed"] == 6_000


async def test_who_may_not_push_may_not_import(client: httpx.AsyncClient, database_url: str) -> None:
    body = text(["id", "name"], ["x", "y"])
    assert (await send(client, body, status=401))["code"] == "key_missing"
    key = new_key_of(database_url, "narrow", "--layers", "schools")
    client.headers["Authorization"] = f"Bearer {key}"
    assert (await send(client, body, status=403))["code"] == "layer_not_allowed"
    assert (await send(client, body, status=404, layer="nope"))["code"] == "layer_not_found"


def zipped(*parts: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return content.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    """A good workbook with one part replaced."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(workbook(["id", "name"], ["a", "b"]))) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    return zipped(*{**parts, name: data}.items())


SHEET = "xl/worksheets/sheet1.xml"
NS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BOMB = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'x'>]><worksheet " + NS + b"><sheetData/></worksheet>"
WIDE = b"<worksheet " + NS + b"><sheetData><row r='1'>" + b"<c/>" * 60_000 + b"</row></sheetData></worksheet>"
FAR = b"<worksheet " + NS + b"><sheetData><row r='99999999999'><c><v>1</v></c></row></sheetData></worksheet>"


@pytest.mark.parametrize(("data", "kind", "status", "code"), [
    (b"", CSV, 400, "file_empty"),
    (b"\n\n", CSV, 400, "file_empty"),
    (b"t\xean,m\xe3\n1,2", CSV, 400, "file_encoding_unknown"),
    (b'id,name\n"never closed,1\n', CSV, 400, "file_not_csv"),
    (b"id,name\n" + b"x" * 200_000 + b",1\n", CSV, 400, "file_not_csv"),
    (b"name,kind\na,b\n", CSV, 400, "column_missing"),
    ("Mã,id\na,b\n".encode(), CSV, 400, "column_repeated"),
    (b"id" + b",a" * 100 + b"\n", CSV, 413, "file_too_wide"),
    (b"id\n" + b"1\n" * 50_001, CSV, 413, "file_too_long"),
    (b"id" + b",a" * 99 + b"\n" + (b"1," * 99 + b"1\n") * 10_001, CSV, 413, "file_too_long"),
    (b"PK\x03\x04 nothing", XLSX, 400, "file_not_xlsx"),
    (b"id,name\n1,2\n", XLSX, 400, "file_not_xlsx"),
    (zipped(("a.txt", b"x")), XLSX, 400, "file_not_xlsx"),
    (zipped(("../a.xml", b"<a/>")), XLSX, 400, "file_unsafe"),
    (with_part("xl/media/big.xml", b"\0" * 30_000_000), XLSX, 400, "file_unsafe"),
    (with_part("xl/a.bin", bytes(range(256)) * 300_000), XLSX, 413, "file_too_large"),
    (with_part(SHEET, BOMB), XLSX, 400, "file_unsafe"),
    (with_part(SHEET, WIDE), XLSX, 400, "file_unsafe"),
    (with_part(SHEET, FAR), XLSX, 400, "file_unsafe"),
    (with_part("xl/workbook.xml", b"<workbook"), XLSX, 400, "file_not_xlsx"),
    (with_part("xl/styles.xml", b"<a>" * 90_000), XLSX, 400, "file_unsafe"),
    (b"{}", "application/json", 415, "media_type_unsupported"),
])  # fmt: skip
async def test_hostile_files_get_a_clear_answer(
    desk: httpx.AsyncClient, data: bytes, kind: str, status: int, code: str
) -> None:
    told = await send(desk, data, kind, status=status)
    assert told["code"] == code and told["detail"] and told["detail_vi"]


async def test_an_archive_of_too_many_parts_is_refused(desk: httpx.AsyncClient) -> None:
    many = zipped(*((f"xl/{n}.xml", b"<a/>") for n in range(1_100)))
    assert (await send(desk, many, XLSX, status=400))["code"] == "file_unsafe"


async def test_units_are_not_imported_from_spreadsheets(desk: httpx.AsyncClient) -> None:
    told = await send(desk, b"id\n1\n", layer="units", status=400)
    assert told["code"] == "layer_not_importable" and told["detail_vi"]
