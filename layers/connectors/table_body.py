# SPDX-License-Identifier: Apache-2.0
"""The bytes of a spreadsheet as a table, and the table as the bytes that are kept. Pure.

What is kept is JSON: ``{"toancanh-table": 1, "sheet": …, "header": […], "rows": [[number, cell, …], …]}``, days and
moments as ``{"d": …}`` and ``{"t": …}``, so that a replay reads exactly the cells that the file had.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson

from geo.errors import MapError
from layers.connectors.base import Message
from layers.connectors.redaction import GONE, is_personal, scrub_text
from layers.errors import Rejected
from layers.import_columns import folded
from layers.tabular import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Cell, Row, Table, read_csv
from layers.workbook import read_xlsx

KEPT_TYPE = "application/vnd.toancanh.table+json"
MAX_BYTES = 16 * 1024 * 1024
_KEPT = b'{"toancanh-table":1,'
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# Headers without accents, as `folded` leaves them.
_PERSONAL = re.compile(
    r"ho (?:va )?ten.*|ten (?:nguoi|cong dan|benh nhan|chu ho|phu huynh|hoc sinh|tre).*|hieu truong|"
    r"nguoi (?:bao|gui|phan anh|lien he|khieu nai|dai dien).*|(?:ngay|nam) sinh|(?:so )?(?:dien thoai|dt|sdt).*|"
    r"(?:so )?(?:cccd|cmnd|ho chieu|dinh danh).*|ma dinh danh ca nhan|bien (?:so|kiem soat).*|bks|"
    r"(?:so the |ma )?(?:bhyt|bao hiem).*|e ?mail|thu dien tu|dia chi nha"
)
# What names a thing may look like a phone number; it is left alone.
_NAMES_A_THING = re.compile(r"(?:^| )(?:ma|id|code|so hieu|external|sensor|station|camera|key)(?: |$)")


def read_body(body: bytes) -> Table:
    """The table in a file, whatever its kind.

    Raises:
        Rejected: it cannot be read.
    """
    if len(body) > MAX_BYTES:
        raise Rejected("file_too_large", f"a file has at most {MAX_BYTES} bytes: send several")
    if body.startswith(_KEPT):
        return _read_kept(body)
    if body.startswith(_OLE):
        raise Rejected("file_old_excel", "this is an old XLS workbook, or one with a password: save it as XLSX")
    try:
        return read_xlsx(body) if body.startswith(_ZIP) else read_csv(body)
    except MapError as problem:
        raise Rejected(problem.code, problem.detail) from None


def reduced(message: Message) -> Message:
    """The message as it is kept: the cells that are read, without what is personal. What cannot be read is not kept."""
    try:
        table = read_body(message.body)
    except Rejected as problem:
        facts = {"bytes": len(message.body), "sha256": hashlib.sha256(message.body).hexdigest()}
        told = {"toancanh-table": 1, "unreadable": {"code": problem.code, "detail": problem.detail, **facts}}
        return replace(message, body=orjson.dumps(told), content_type=KEPT_TYPE)
    kept = [_keeping(title) for title in table.header]
    rows = [[row.number, *(keep(cell) for keep, cell in _beside(kept, row))] for row in table.rows]
    header = [scrub_text(_storable(title)) for title in table.header]
    told = {"toancanh-table": 1, "sheet": table.sheet and _storable(table.sheet), "header": header, "rows": rows}
    return replace(message, body=orjson.dumps(told), content_type=KEPT_TYPE)


def _beside(kept: list[Callable[[Cell], Any]], row: Row) -> Iterator[tuple[Callable[[Cell], Any], Cell]]:
    """Each cell with how its column is kept. Cells beyond the header have no column to say that they are harmless."""
    for position, cell in enumerate(row.cells):
        yield (kept[position] if position < len(kept) else _gone), cell


def _keeping(title: str) -> Callable[[Cell], Any]:
    words = folded(title)
    if _PERSONAL.fullmatch(words) or is_personal(words.replace(" ", "_")):
        return _gone
    return _as_json if _NAMES_A_THING.search(words) else _scrubbed


def _gone(cell: Cell) -> Any:
    return None if cell is None else GONE


def _scrubbed(cell: Cell) -> Any:
    return scrub_text(_storable(cell)) if isinstance(cell, str) else _as_json(cell)


def _as_json(cell: Cell) -> Any:
    match cell:
        case datetime():
            return {"t": cell.isoformat()}
        case date():
            return {"d": cell.isoformat()}
        case time() | timedelta():
            return str(cell)
        case str():
            return _storable(cell)
        case bool() | float() | None:
            return cell
        case int():
            return cell if abs(cell) < 2**63 else str(cell)


def _storable(text: str) -> str:
    """Without half surrogate pairs, which no UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode()


def _read_kept(body: bytes) -> Table:
    try:
        told = orjson.loads(body)
        if isinstance(why := told.get("unreadable"), dict):
            raise Rejected(str(why["code"])[:60], scrub_text(str(why["detail"]))[:500])
        header = told["header"]
        rows = [Row(number, [_as_cell(cell) for cell in cells]) for number, *cells in told["rows"][: MAX_ROWS + 1]]
        sound = (
            all(isinstance(title, str) for title in header)
            and len(header) <= MAX_COLUMNS
            and len(rows) <= MAX_ROWS
            and all(type(row.number) is int and len(row.cells) <= MAX_COLUMNS for row in rows)
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise Rejected("file_not_table", "this is no table that we kept")
    return Table(header, rows, told.get("sheet"))


def _as_cell(kept: Any) -> Cell:
    match kept:
        case {"t": str(moment)}:
            return datetime.fromisoformat(moment)
        case {"d": str(day)}:
            return date.fromisoformat(day)
        case str():
            return kept[:MAX_TEXT]
        case bool() | int() | float() | None:
            return kept
    raise ValueError("no cell")
