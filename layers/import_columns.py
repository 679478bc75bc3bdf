# SPDX-License-Identifier: Apache-2.0
"""Which column of a spreadsheet means what: by title or name, whatever the language, case and accents. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from layers.measures import Quality
from layers.spec import Choice, FieldSpec, LayerSpec, Text
from layers.tabular import unreadable

Meaning = Literal["text", "moment", "degrees", "metres", "period", "field", "hint"]


@dataclass(frozen=True)
class Column:
    """What a column can mean: a member of the record, one of its grid coordinates, or a field of the layer."""

    name: str
    title: Text
    meaning: Meaning
    field: FieldSpec | None = None
    also: tuple[str, ...] = ()


_ID = Column("id", Text("Mã", "Id"), "text", also=("mã đối tượng", "mã số", "external_id"))
_MOMENTS = (
    Column("time", Text("Thời gian", "Time"), "moment", also=("thời điểm", "ngày", "valid_from")),
    Column("end_time", Text("Kết thúc", "End time"), "moment", also=("thời gian kết thúc", "valid_to")),
)
_POINT = (
    Column("lon", Text("Kinh độ", "Longitude"), "degrees", also=("lng", "long")),
    Column("lat", Text("Vĩ độ", "Latitude"), "degrees"),
    Column("x_north", Text("X (Bắc)", "X (north)"), "metres", also=("x", "x vn-2000", "x vn2000", "toạ độ x")),
    Column("y_east", Text("Y (Đông)", "Y (east)"), "metres", also=("y", "y vn-2000", "y vn2000", "toạ độ y")),
    Column("location_radius_m", Text("Sai số vị trí (m)", "Location radius (m)"), "metres", also=("bán kính (m)",)),
)
_UNIT = (
    Column("unit_code", Text("Mã ĐVHC", "Unit code"), "text", also=("mã xã", "mã phường", "mã đơn vị hành chính")),
    Column("unit_set", Text("Bộ địa giới", "Unit set"), "text"),
)
# For tables of others that arrive by themselves: what says of a place without coordinates where it is, in words.
HINTS = (
    Column(
        "unit_name",
        Text("Xã, phường", "Commune or ward"),
        "hint",
        also=("phường, xã", "xã, phường, đặc khu", "tên xã, phường", "tên xã", "tên phường", "xã", "phường", "địa bàn",
              "tên ĐVHC", "đơn vị hành chính", "commune", "ward", "unit name"),
    ),
    Column(
        "place_text",
        Text("Địa chỉ", "Address"),
        "hint",
        also=("địa điểm", "vị trí", "nơi xảy ra", "địa chỉ cụ thể", "place", "location"),
    ),
)  # fmt: skip
_QUALITIES: dict[Quality, Text] = {
    "good": Text("Tốt", "Good"),
    "suspect": Text("Nghi ngờ", "Suspect"),
    "calibrating": Text("Hiệu chuẩn", "Calibrating"),
    "fault": Text("Lỗi", "Fault"),
}


# A share of people by its two numbers, so that the share of too few of them is not kept.
_PARTS = tuple(
    Column(name, title, "field", FieldSpec(name, title, "integer", minimum=0), also=also)
    for name, title, also in (
        ("numerator", Text("Số đạt", "Numerator"), ("tử số",)),
        ("denominator", Text("Số trong diện", "Denominator"), ("mẫu số", "tổng số")),
    )
)


@dataclass(frozen=True)
class ColumnMap:
    """Columns of a file by position: what each means, and the headers that mean nothing."""

    columns: tuple[tuple[int, Column], ...]
    unmapped: tuple[str, ...]
    header: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Whether a column means that."""
        return any(column.name == name for _, column in self.columns)


@lru_cache(maxsize=64)
def columns_of(spec: LayerSpec) -> tuple[Column, ...]:
    """Every column that a file of this layer may have, in the order of the template."""
    if spec.measure is not None:
        return _columns_of_values(spec)
    fields = tuple(Column(field.name, field.title, "field", field) for field in spec.fields)
    places = _POINT if spec.geometry != "None" else ()
    return (_ID, *fields, *_MOMENTS, *places, *_UNIT)


@lru_cache(maxsize=64)
def columns_of_readings(spec: LayerSpec) -> tuple[Column, ...]:
    """Every column that a file of measurements may have: which sensor, what, when, how much."""
    observed = tuple(Choice(one.name, one.title) for one in spec.observed)
    qualities = tuple(Choice(one, label) for one, label in _QUALITIES.items())
    return (
        Column("sensor", Text("Mã trạm", "Sensor"), "text", also=("trạm", "mã trạm quan trắc", "mã", "station")),
        Column(
            "property",
            Text("Thông số", "Property"),
            "field",
            FieldSpec("property", Text("Thông số", "Property"), "choice", choices=observed),
            also=("chỉ tiêu", "parameter"),
        ),
        Column("time", Text("Thời gian", "Time"), "moment", also=("thời điểm", "ngày giờ", "thời gian đo")),
        Column(
            "value",
            Text("Giá trị", "Value"),
            "field",
            FieldSpec("value", Text("Giá trị", "Value"), "number"),
            also=("kết quả", "số đo"),
        ),
        Column(
            "quality",
            Text("Chất lượng số đo", "Quality"),
            "field",
            FieldSpec("quality", Text("Chất lượng số đo", "Quality"), "choice", choices=qualities),
            also=("trạng thái", "chất lượng"),
        ),
        Column("unit", Text("Đơn vị đo", "Measurement unit"), "text", also=("đơn vị",)),
    )


def _columns_of_values(spec: LayerSpec) -> tuple[Column, ...]:
    """An indicator's table: a unit, a period, a value."""
    value = spec.field("value")
    parts = _PARTS if spec.measure is not None and spec.measure.of_people else ()
    return (
        *_UNIT,
        Column("period", Text("Kỳ", "Period"), "period", also=("năm", "year", "tháng", "month")),
        *parts,
        Column("value", value.title, "field", value, also=("giá trị", "tỷ lệ", "tỷ lệ (%)", "số lượng")),
        Column("estimated", Text("Ước tính", "Estimated"), "field", spec.field("estimated")),
    )


def key_column(spec: LayerSpec) -> str:
    """The column that every row fills in first, and that names the template's example row."""
    return "unit_code" if spec.measure is not None else "id"


def folded(text: str) -> str:
    """Without case, accents, and anything but letters and digits: "X (Bắc)" and "x bac" are one."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    kept = "".join(one for one in plain if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", " ", kept).strip()


def map_columns(spec: LayerSpec, header: Sequence[str]) -> ColumnMap:
    """Find what each header means.

    Raises:
        BadBody: two columns mean the same, or the column of ids is missing.
    """
    return map_header(columns_of(spec), needed_of(spec, header), header)


def needed_of(spec: LayerSpec, header: Sequence[str]) -> tuple[str, ...]:
    """The columns that a file of the layer must have. A share may come as its two numbers instead."""
    if spec.measure is None:
        return ("id",)
    if spec.measure.of_people:
        known = _known(columns_of(spec))
        found = {column.name for title in header if (column := known.get(folded(title))) is not None}
        if found >= {"numerator", "denominator"}:
            return ("unit_code", "period")
    return ("unit_code", "period", "value")


def map_header(columns: tuple[Column, ...], needed: Sequence[str], header: Sequence[str]) -> ColumnMap:
    """Find which of these columns each header means.

    Raises:
        BadBody: two columns mean the same, or one that is needed is missing.
    """
    known = _known(columns)
    found: dict[str, tuple[int, Column]] = {}
    unmapped = []
    for position, title in enumerate(header):
        column = known.get(folded(title))
        if column is None:
            if title:
                unmapped.append(title[:200])
            continue
        if column.name in found:
            raise unreadable(
                "column_repeated",
                f"Two columns mean '{column.name}'.",
                f"Có hai cột cùng nghĩa “{column.title.vi}”.",
            )
        found[column.name] = (position, column)
    titles = {column.name: column.title.vi for column in columns}
    for name in needed:
        if name not in found:
            raise unreadable(
                "column_missing",
                f"The column '{name}' ({titles[name]}) is missing: every row needs it.",
                f"Thiếu cột “{titles[name]}”: dòng nào cũng cần.",
            )
    ordered = tuple(sorted(found.values(), key=lambda one: one[0]))
    return ColumnMap(ordered, tuple(unmapped), tuple(header))


@lru_cache(maxsize=128)
def _known(listed: tuple[Column, ...]) -> dict[str, Column]:
    """Columns by folded header. A name goes before a title, a title before another word; fields before the rest."""
    columns = sorted(listed, key=lambda column: (column.meaning != "field", column.meaning == "hint"))
    known: dict[str, Column] = {}
    for words in (
        lambda column: (column.name,),
        lambda column: (column.title.vi, column.title.en),
        lambda column: (f"{column.title.vi} ({column.field.unit})",) if column.field and column.field.unit else (),
        lambda column: column.also,
    ):
        for column in columns:
            for word in words(column):
                known.setdefault(folded(word), column)
    return known
