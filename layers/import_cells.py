# SPDX-License-Identifier: Apache-2.0
"""From the cells of a row to a record for the ingest door. Pure.

What a person means is understood (a label, a decimal comma, a date of Vietnam, grid coordinates, a code that lost its
zero); what is not understood goes on as it is, so that the door's own check refuses it with its own code.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any

from pyproj.exceptions import ProjError

from geo.crs import from_vn2000
from layers.errors import Rejected
from layers.import_columns import Column, ColumnMap, folded
from layers.spec import FieldSpec
from layers.tabular import MAX_TEXT, Cell, Row, Table, is_error

VIETNAM = timezone(timedelta(hours=7))
EXAMPLE_ID = "VÍ DỤ"
_KEYS = ("id", "unit_code", "sensor", "unit_name")
CODE_DIGITS = 5
_EXCEL_ZERO = datetime(1899, 12, 30)
_EXCEL_LAST = 2_958_466
_DAY_FIRST = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ ,T]+(\d{1,2})(?::|h|g)(\d{2})?(?::(\d{2}))?)?", re.ASCII
)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?", re.ASCII)
_MONTH_FIRST = re.compile(r"(?:t|thang )?(\d{1,2}) (\d{4})", re.ASCII)  # folded: "Tháng 6/2025", "06-2025"
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3}){1,4}", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3})+(?:\.\d+)?)", re.ASCII)
_TRUE, _FALSE = ("true", "co", "x", "1", "yes", "dung"), ("false", "khong", "0", "no", "sai")
# What the grid of Thái Nguyên and its neighbours can hold; the two never overlap, so swapped columns are told.
_NORTH_M, _EAST_M = (800_000.0, 2_700_000.0), (100_000.0, 900_000.0)


@dataclass
class Notices:
    """What was repaired or passed over, with the numbers of the rows."""

    rows: dict[str, list[int]] = field(default_factory=dict)

    def add(self, code: str, number: int) -> None:
        """Note one row."""
        self.rows.setdefault(code, []).append(number)


@dataclass(frozen=True)
class ReadRow:
    """A row as a record, or why it is none."""

    number: int
    record: Mapping[str, Any]
    problem: Rejected | None = None


def records_of_table(table: Table, mapping: ColumnMap, notices: Notices) -> Iterator[ReadRow]:
    """Each row as a record; an example row of the template is passed over."""
    seen: dict[str, int] = {}
    for row in table.rows:
        try:
            record = _record(row, mapping, notices)
        except Rejected as problem:
            yield ReadRow(row.number, {}, problem)
            continue
        if folded(_first_key(record)) == folded(EXAMPLE_ID):
            notices.add("example_row_skipped", row.number)
            continue
        key = record.get("id")
        if isinstance(key, str) and key in seen:
            detail = f"the id is that of row {seen[key]} already"
            yield ReadRow(row.number, record, Rejected("id_repeated", detail))
            continue
        if isinstance(key, str):
            seen[key] = row.number
        yield ReadRow(row.number, record)


def _first_key(record: Mapping[str, Any]) -> str:
    """What tells the template's example row from others: the key that its first column holds."""
    return next((str(record[name]) for name in _KEYS if name in record), "")


def _record(row: Row, mapping: ColumnMap, notices: Notices) -> dict[str, Any]:
    if len(row.cells) > len(mapping.header):
        raise Rejected("row_too_long", "the row has cells beyond the last column of the header")
    record: dict[str, Any] = {}
    for position, column in mapping.columns:
        cell = row.cells[position] if position < len(row.cells) else None
        if cell is None:
            continue
        if is_error(cell):
            raise Rejected("cell_error", f"'{column.name}' shows the error {cell}")
        if isinstance(cell, str) and len(cell) > MAX_TEXT:
            raise Rejected("value_too_long", f"'{column.name}' has more than {MAX_TEXT} characters")
        record[column.name] = _value(column, cell)
    code = record.get("unit_code")
    if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) < CODE_DIGITS:
        record["unit_code"] = code.zfill(CODE_DIGITS)
        notices.add("code_repaired", row.number)
    return _placed(record)


def _placed(record: dict[str, Any]) -> dict[str, Any]:
    """Grid coordinates become longitude and latitude."""
    north, east = record.pop("x_north", None), record.pop("y_east", None)
    if north is None and east is None:
        return record
    if "lon" in record or "lat" in record:
        raise Rejected("coordinate_invalid", "the row has degrees and VN-2000 metres: leave one of them out")
    if not isinstance(north, int | float) or not isinstance(east, int | float):
        raise Rejected("coordinate_invalid", "'x_north' and 'y_east' are numbers and come together")
    if _within(north, _EAST_M) and _within(east, _NORTH_M):
        raise Rejected("coordinates_swapped", "X is north and Y is east in VN-2000; the two columns are swapped")
    if not (_within(north, _NORTH_M) and _within(east, _EAST_M)):
        raise Rejected("coordinate_invalid", "these are no metres of VN-2000 / TM-3 106-30")
    try:
        lon, lat = from_vn2000(float(east), float(north))
    except ProjError:
        raise Rejected("coordinate_invalid", "these metres are nowhere in VN-2000 / TM-3 106-30") from None
    return {**record, "lon": round(lon, 7), "lat": round(lat, 7)}


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _value(column: Column, cell: Cell) -> Any:
    match column.meaning:
        case "text" | "hint":
            return _text(cell)
        case "period":
            return _period(cell)
        case "moment":
            return _moment(cell)
        case "degrees" | "metres":
            return _number(cell)
    assert column.field is not None
    return _field_value(column.field, cell)


def _field_value(spec: FieldSpec, cell: Cell) -> Any:
    match spec.type:
        case "string":
            return _text(cell)
        case "choice":
            text = _text(cell)
            return _labels(spec).get(folded(text), text)
        case "datetime":
            return _moment(cell)
        case "boolean":
            return _boolean(cell)
        case "integer":
            return _whole(cell)
        case "number":
            return _number(cell)


@lru_cache(maxsize=256)
def _labels(spec: FieldSpec) -> dict[str, str]:
    labels = {folded(word): choice.value for choice in spec.choices for word in (*choice.label, choice.value)}
    return labels | {folded(choice.value): choice.value for choice in spec.choices}


def _text(cell: Cell) -> str:
    """Text as it stands; a whole number without the point that a spreadsheet keeps."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if math.isfinite(cell) and cell == int(cell) and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() != time():
            return cell.strftime("%d/%m/%Y %H:%M")
        case date():
            return cell.strftime("%d/%m/%Y")
        case str():
            return unicodedata.normalize("NFC", cell).strip()
    return str(cell)


def _number(cell: Cell) -> Any:
    """A number. In text a lone comma or point is the decimal mark; with groups of three, the other one is."""
    if not isinstance(cell, str):
        return cell if isinstance(cell, int | float) else str(cell)
    text = cell.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("\u2212", "-")
    plain, grouped = _PLAIN.fullmatch(text), _GROUPED.fullmatch(text)
    if len(text) > 40 or (plain is None and grouped is None):
        return cell
    if plain is not None:
        text = text.replace(",", ".")
    else:
        mark = "," if text.count(".") > 1 or 0 < text.find(".") < text.find(",") else "."
        text = re.sub(r"[.,]", lambda found: "." if found[0] == mark else "", text)
    try:
        number = float(text)
    except ValueError:
        return cell
    return int(number) if math.isfinite(number) and number == int(number) and abs(number) < 2**53 else number


def _whole(cell: Cell) -> Any:
    """A whole number has no decimal mark: in "3.400" people and "1,250" beds it groups the digits."""
    if isinstance(cell, str) and _THOUSANDS.fullmatch(cell.strip()):
        return int(re.sub(r"[.,\s]", "", cell))
    return _number(cell)


def _boolean(cell: Cell) -> Any:
    word = folded(_text(cell))
    return True if word in _TRUE else False if word in _FALSE else cell


def _period(cell: Cell) -> str:
    """A period as it stands; a spreadsheet makes the first day of a month out of 2025-06, and people write 6/2025."""
    if isinstance(cell, date):
        return f"{cell.year:04}-{cell.month:02}" if cell.day == 1 else f"{cell.year:04}-{cell.month:02}-{cell.day:02}"
    text = _text(cell)
    found = _MONTH_FIRST.fullmatch(folded(text))
    return f"{found[2]}-{int(found[1]):02}" if found else text


def _moment(cell: Cell) -> Any:
    """RFC 3339 in Vietnam's time where the file names no other: a spreadsheet's own moment, its serial, or text."""
    if isinstance(cell, datetime):
        return _local(cell)
    if isinstance(cell, date):
        return _local(datetime(cell.year, cell.month, cell.day))
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 1 <= cell < _EXCEL_LAST:
        return _local(_EXCEL_ZERO + timedelta(seconds=round(cell * 86400)))
    text = _text(cell)
    found = _DAY_FIRST.fullmatch(text)
    parts = found.group(3, 2, 1, 4, 5, 6) if found else None
    if parts is None and (found := _YEAR_FIRST.fullmatch(text)):
        parts = found.groups()
    if parts is None:
        return text
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in parts)
        return _local(datetime(year, month, day, hour, minute, second))
    except ValueError:
        return text


def _local(moment: datetime) -> str:
    # A spreadsheet keeps moments as fractions of a day: 08:29:59.9999 is half past eight.
    rounded = moment + timedelta(milliseconds=500)
    return (rounded if moment.tzinfo else rounded.replace(tzinfo=VIETNAM)).isoformat(timespec="seconds")
