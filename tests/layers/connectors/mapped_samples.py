# SPDX-License-Identifier: Apache-2.0
"""Foreign records in every format that a mapping reads, with the mapping that reads them."""

import io
from datetime import UTC, date, datetime
from typing import Any

import orjson
from openpyxl import Workbook

from layers.connectors.base import Message
from layers.connectors.mapped_options import Mapping

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


def options(**given: Any) -> Mapping:
    return Mapping.model_validate({"layer": "places", "id": "id", **given})


def message(body: Any, content_type: str = "application/json") -> Message:
    return Message(body if isinstance(body, bytes) else orjson.dumps(body), NOW, content_type)


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# As a provincial platform (LGSP) answers: Vietnamese names, its own codes, local time, VN-2000.
LGSP = options(
    format="json",
    records="duLieu.danhSach",
    id=["maDiaDiem", "nguon"],
    revision_from={"path": "capNhatLuc", "format": ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y"]},
    lon="toaDo.y",
    lat="toaDo.x",
    crs="EPSG:9213",
    unit_code={"path": "maXa", "pad": 5},
    unit_set="province-2025",
    unit_name="tenXa",
    fields={
        "name": {"path": "ten", "required": True},
        "kind": {"path": "loai", "map": {"TSCA": "police", "CHO": "marketplace", 7: "library"}, "default": "other"},
        "address": "diaChi",
    },
    withdrawn={"path": "trangThai", "map": {"XOA": True, "HD": False}},
    address="diaChi",
)
LGSP_BODY = {
    "duLieu": {
        "danhSach": [
            {
                "maDiaDiem": 17, "nguon": "so-xd", "capNhatLuc": "22/11/2026 08:30:00", "ten": "Chợ Thí dụ",
                "toaDo": {"x": 2388417.905, "y": 431463.303}, "maXa": 5443, "tenXa": "Phường Phan Đình Phùng",
                "diaChi": "Đường Thí dụ", "trangThai": "HD", "loai": "cho",
            },
            {"maDiaDiem": 18, "nguon": "so-xd", "capNhatLuc": "22/11/2026", "ten": "Thư viện", "loai": 7},
            {"maDiaDiem": 19, "nguon": "so-xd", "loai": "ZZ", "trangThai": "XOA"},
            {"maDiaDiem": 20, "nguon": "so-xd", "loai": "CHO"},
            {"nguon": "so-xd", "ten": "Không mã"},
        ]
    }
}  # fmt: skip

GEOJSON = options(
    format="geojson",
    layer="attractions",
    id="id",
    geometry="geometry",
    fields={"name": None, "kind": {"default": "other"}},
)
LAKE = {"type": "Point", "coordinates": [105.7, 21.57]}
GEOJSON_BODY = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature", "id": "a1", "properties": {"name": "Hồ Thí dụ"}, "geometry": LAKE,
        },
        {"type": "Feature", "id": "a2", "properties": {"name": "Không toạ độ", "kind": "museum"}, "geometry": None},
    ],
}  # fmt: skip

CKAN = options(
    format="ckan", id="_id", geometry="geom", fields={"name": "ten", "address": {"path": "dia_chi", "empty": ["-"]}}
)
CKAN_BODY = {
    "success": True,
    "result": {
        "records": [
            {"_id": 1, "ten": "Một", "dia_chi": "-", "geom": '{"type": "Point", "coordinates": [105.84, 21.59]}'},
            {"_id": 2, "ten": "Hai", "dia_chi": "Số 2", "geom": "SRID=4326;POINT (105.85 21.6)"},
        ],
        "total": 2,
    },
}

CSV = options(
    format="csv",
    layer="incidents",
    id="Mã",
    time={"path": "Thời gian", "format": "%H:%M %d/%m/%Y"},
    lon={"path": "Kinh độ", "decimal": ","},
    lat={"path": "Vĩ độ", "decimal": ","},
    fields={"title": "Nội dung", "status": {"path": "Trạng thái", "map": {"Đã xong": "resolved"}, "default": "new"}},
)
CSV_BODY = (
    "Mã;Thời gian;Kinh độ;Vĩ độ;Nội dung;Trạng thái;Số điện thoại\n"
    "S1;08:30 22/11/2026;105,84;21,59;Đèn hỏng;ĐÃ XONG;0912 345 678\n"
    "S2;25:00 22/11/2026;105,84;21,59;Giờ sai;;\n"
    "S3;08:31 22/11/2026;không rõ;21,59;Gọi 0912 345 678 nhé;;\n"
).encode()

XLSX = options(
    format="xlsx",
    layer="incidents",
    id="Mã",
    time="Ngày",
    fields={"title": "Nội dung"},
    unit_code={"path": "Mã xã", "pad": 5},
    unit_set="province-2025",
)
XLSX_BODY = workbook(
    [
        ["Mã", "Ngày", "Nội dung", "Mã xã", "Họ tên"],
        [1, datetime(2026, 11, 22, 8, 30), "Cây đổ", 5443, "Người Thí Dụ"],
        [2, date(2026, 11, 21), "Ngập", 5467, None],
    ]
)

STATIONS = options(
    format="json",
    layer="sensors",
    kind="observations",
    id="tram",
    time={"path": "luc", "format": "epoch_ms"},
    readings={"pm25": {"path": "chiSo.pm25", "factor": 0.001}, "temperature": "chiSo.nhiet"},
    quality={"path": "tt", "map": {"00": "good", "01": "calibrating"}},
)
STATIONS_BODY = [
    {"tram": "T1", "luc": 1795311000000, "tt": "00", "chiSo": {"pm25": "51250", "nhiet": "hỏng"}},
    {"tram": "T1", "luc": "sớm", "tt": "00", "chiSo": {"pm25": 1}},
]

ACCOUNTS = options(
    format="csv",
    layer="app_accounts",
    kind="values",
    id=None,
    unit_code="Mã xã",
    unit_set="province-2025",
    period="Tháng",
    value={"path": "Số tài khoản", "type": "integer", "decimal": ","},
)
ACCOUNTS_BODY = "Mã xã,Tháng,Số tài khoản\n05443,2026-10,1.250\n05467,2026-10,\n05455,2026-10,nhiều\n".encode()

EVERY = {
    "accounts": (ACCOUNTS, message(ACCOUNTS_BODY, "text/csv")),
    "lgsp": (LGSP, message(LGSP_BODY)),
    "geojson": (GEOJSON, message(GEOJSON_BODY, "application/geo+json")),
    "ckan": (CKAN, message(CKAN_BODY)),
    "csv": (CSV, message(CSV_BODY, "text/csv")),
    "xlsx": (XLSX, message(XLSX_BODY, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    "stations": (STATIONS, message(STATIONS_BODY)),
}
