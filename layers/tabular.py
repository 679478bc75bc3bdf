# SPDX-License-Identifier: Apache-2.0
"""From the bytes of a spreadsheet file to rows of plain cells. Pure; knows no layer.

CSV comes in UTF-8 (with or without its mark) or UTF-16, split by comma, semicolon or tab; XLSX is read by
``layers.workbook``. Limits hold before anything is believed, so that a hostile file costs little memory.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple, TypeAlias

from geo.errors import BadBody, TooLarge

FileKind = Literal["csv", "xlsx"]
Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | None

MAX_ROWS = 50_000
MAX_COLUMNS = 100
MAX_CELLS = 1_000_000
MAX_TEXT = 32_767  # what a cell of Excel holds
_DELIMITERS = ",;\t"
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SHOWN_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"))


class Row(NamedTuple):
    """One row that is not blank; ``number`` is the one that a spreadsheet shows, from 1."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """The header row and the rows under it. ``sheet`` is the sheet's name, ``None`` in CSV."""

    header: list[str]
    rows: list[Row]
    sheet: str | None = None


def unreadable(code: str, detail: str, detail_vi: str) -> BadBody:
    """A file that cannot be read, told in both languages."""
    return BadBody(detail, code=code, detail_vi=detail_vi)


def is_error(cell: Cell) -> bool:
    """Whether a spreadsheet shows an error instead of a value."""
    return isinstance(cell, str) and cell in _SHOWN_ERRORS


def read_csv(data: bytes) -> Table:
    """Read a CSV file (RFC 4180, and what Excel writes).

    Raises:
        BadBody: not text in a known encoding, not CSV, or without a header.
        TooLarge: more rows, columns or cells than we take.
    """
    text = _decode(data)
    first, _, rest = text.partition("\n")
    delimiter = None
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        # Excel's own line; the row numbers that it shows count on from the next.
        delimiter, text = first.strip()[4], rest
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _sniff(text), strict=True)
    return table_of(_csv_rows(reader))


def table_of(rows: Iterable[tuple[int, list[Cell]]], sheet: str | None = None) -> Table:
    """Header and rows out of numbered rows, blank ones left out, under the limits.

    Raises:
        BadBody: no header.
        TooLarge: too many rows, columns or cells.
    """
    header: list[str] | None = None
    found: list[Row] = []
    cells = 0
    for number, raw in rows:
        row = _trimmed(raw)
        if not row:
            continue
        if len(row) > MAX_COLUMNS:
            raise TooLarge(
                f"Row {number} has more than {MAX_COLUMNS} columns.",
                code="file_too_wide",
                max_columns=MAX_COLUMNS,
                detail_vi=f"Dòng {number} có hơn {MAX_COLUMNS} cột.",
            )
        if header is None:
            header = [" ".join(str(cell).split()) if cell is not None else "" for cell in row]
            continue
        cells += len(row)
        if len(found) >= MAX_ROWS or cells > MAX_CELLS:
            raise TooLarge(
                f"A file may have {MAX_ROWS} rows and {MAX_CELLS} cells: send several files.",
                code="file_too_long",
                max_rows=MAX_ROWS,
                max_cells=MAX_CELLS,
                detail_vi=f"Mỗi tệp tối đa {MAX_ROWS} dòng và {MAX_CELLS} ô: hãy chia thành nhiều tệp.",
            )
        found.append(Row(number, row))
    if header is None:
        raise unreadable("file_empty", "The file has no header row.", "Tệp không có dòng tiêu đề.")
    return Table(header, found, sheet)


def _csv_rows(reader: Iterable[list[str]]) -> Iterator[tuple[int, list[Cell]]]:
    lines = iter(reader)
    number = 0
    while True:
        number += 1
        try:
            row = next(lines)
        except StopIteration:
            return
        except csv.Error:
            raise unreadable(
                "file_not_csv",
                f"Row {number} is not CSV: a quote that does not close, or a cell that is too long.",
                f"Dòng {number} không phải CSV: dấu nháy kép không đóng, hoặc ô quá dài.",
            ) from None
        yield number, [*row]


def _trimmed(cells: list[Cell]) -> list[Cell]:
    """Blank cells are ``None``, those at the end are gone."""
    row = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
    while row and row[-1] is None:
        row.pop()
    return row


def _decode(data: bytes) -> str:
    # Excel's "Unicode text" always has a mark; other programs may leave it out.
    first = data[:200]
    wide = len(first) >= 4 and first[1::2].count(0) > len(first) // 4 and first[::2].count(0) == 0
    marked = (encoding for mark, encoding in _MARKS if data.startswith(mark))
    encoding = next(marked, "utf-16-le" if wide else "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise unreadable(
            "file_encoding_unknown",
            "The text is neither UTF-8 nor UTF-16: save it as 'CSV UTF-8'.",
            "Tệp không phải UTF-8 hay UTF-16: hãy lưu lại dạng “CSV UTF-8”.",
        ) from None


def _sniff(text: str) -> str:
    """The delimiter that splits the first line that is not blank into the most columns."""
    first = next((line for line in io.StringIO(text[:65_536]) if line.strip()), "")
    counts = {}
    for delimiter in _DELIMITERS:
        try:
            counts[delimiter] = len(next(csv.reader([first], delimiter=delimiter)))
        except csv.Error:
            counts[delimiter] = 0
    return max(_DELIMITERS, key=lambda one: counts[one])
