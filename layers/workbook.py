# SPDX-License-Identifier: Apache-2.0
"""XLSX files (ECMA-376): values only, behind a guard. Formulas are never evaluated; what Excel stored last counts.

openpyxl builds a tree of each row and of each shared text. Before it sees the file, every part is run through expat
without building anything, and its elements are counted: an archive that would unfold into memory is refused.
"""

import io
import threading
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from geo.errors import BadBody, TooLarge
from layers.tabular import MAX_COLUMNS, Cell, Table, table_of, unreadable

MAX_PARTS = 1000
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_RATIO = 250
_FREE_OF_RATIO_BYTES = 1024 * 1024
_MAX_ELEMENTS = 4_000_000
_MAX_IN_ONE = 50_000
_MAX_SHEET_ROWS = 1_048_576
_STREAMED = ("row", "si")
_BROKEN = (
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, SyntaxError, OSError, EOFError,
    NotImplementedError, RecursionError, AssertionError, InvalidFileException, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
# A workbook in the making takes up to 200 MB: one after another.
_READING = threading.Lock()


def read_xlsx(data: bytes) -> Table:
    """The first visible sheet of a workbook.

    Raises:
        BadBody: not a workbook, or one that is unsafe to unpack.
        TooLarge: it unfolds into more than we take.
    """
    with _READING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions that it leaves out
        try:
            _guard(data)
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheets = [
                sheet
                for sheet in book.worksheets
                if isinstance(sheet, ReadOnlyWorksheet) and sheet.sheet_state == "visible"
            ]
            if not sheets:
                raise unreadable("file_empty", "The workbook has no visible sheet.", "Tệp không có trang tính nào.")
            return table_of(_rows(sheets[0]), str(sheets[0].title))
        except _BROKEN:
            raise unreadable(
                "file_not_xlsx",
                "The file is not an XLSX workbook, or it is damaged.",
                "Tệp không phải XLSX hoặc đã hỏng.",
            ) from None


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, list[Cell]]]:
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    blank = (None,) * (MAX_COLUMNS + 1)
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), 1):
        if row != blank:
            yield number, list(row)


def _guard(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or len({part.filename for part in parts}) < len(parts):
            raise _unsafe("too many parts, or two of one name")
        if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise TooLarge(
                f"The workbook unpacks to more than {MAX_UNPACKED_BYTES} bytes.",
                code="file_too_large",
                max_bytes=MAX_UNPACKED_BYTES,
                detail_vi="Tệp giải nén ra quá lớn: hãy chia thành nhiều tệp.",
            )
        for part in parts:
            if part.flag_bits & 1:
                raise unreadable("file_encrypted", "The workbook has a password.", "Tệp có mật khẩu: hãy bỏ mật khẩu.")
            if ".." in part.filename.split("/") or part.filename.startswith(("/", "\\")):
                raise _unsafe("a part outside the workbook")
            if part.file_size > max(_FREE_OF_RATIO_BYTES, MAX_RATIO * part.compress_size):
                raise _unsafe("a part that unfolds too much")
        budget = _Budget()
        for part in parts:
            with archive.open(part) as content:
                budget.read(content)


class _Budget:
    """Counts elements over all parts; those inside one row or one shared text, and those beside them, each by itself.

    A part that is not XML (a picture) ends the count at its first wrong byte, as it would end the reading.
    """

    def __init__(self) -> None:
        self._elements = 0
        self._in_one = 0

    def read(self, content: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = self._doctype
        self._in_one = 0
        try:
            while chunk := content.read(65_536):
                parser.Parse(chunk, False)
        except expat.ExpatError:
            return

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._in_one = 0 if name.rpartition(":")[2] in _STREAMED else self._in_one + 1
        # openpyxl fills the gap before a row: its number says how many rows it makes up.
        number = attributes.get("r", "") if self._in_one == 0 else ""
        if len(number) > 7 or (number.isdigit() and int(number) > _MAX_SHEET_ROWS):
            raise _unsafe("rows beyond the last row of a sheet")
        if self._elements > _MAX_ELEMENTS or self._in_one > _MAX_IN_ONE:
            raise _unsafe("more elements than a sheet of our size has")

    def _doctype(self, *_: object) -> None:
        # Forbidden by ECMA-376 part 2, section 8.1.4, and the door to expanding entities.
        raise _unsafe("a document type declaration")


def _unsafe(what: str) -> BadBody:
    return unreadable("file_unsafe", f"The workbook holds {what}.", "Tệp có cấu trúc bất thường nên không được mở.")
