# SPDX-License-Identifier: Apache-2.0
"""From the bytes of a message to its records: JSON of any shape, GeoJSON, CKAN, CSV, XLSX. Pure."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

import orjson
from jmespath.exceptions import JMESPathError

from geo.errors import BadBody, TooLarge
from layers.connectors.base import Message
from layers.connectors.mapped_options import FEATURES, TABLES, compiled, text_of
from layers.connectors.mapped_options import Mapping as MappingOptions
from layers.connectors.redaction import GONE, is_personal, scrub_text, scrub_value
from layers.errors import Rejected
from layers.tabular import Cell, Table, read_csv
from layers.values import shown
from layers.workbook import read_xlsx

_MARK = b"\xef\xbb\xbf"
# What JMESPath's functions raise on values that they were not made for.
_SEARCH_FAILS = (JMESPathError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
_ZIP = b"PK"


@dataclass(frozen=True)
class Record:
    """One foreign record: a decoded JSON value, or the cells of a row under the names of their columns."""

    value: Any
    cells: Mapping[str, Cell] | None = None

    def look(self, path: str, where: str) -> Any:
        """What is at a path.

        Raises:
            Rejected: the expression cannot be worked out on this record.
        """
        if self.cells is not None:
            return self.cells.get(column_key(path))
        try:
            return compiled(path).search(self.value)
        except _SEARCH_FAILS as error:
            raise Rejected("mapping_path_failed", f"{where} (path {shown(path)}): {shown(str(error))}") from None


def records_of(message: Message, options: MappingOptions) -> Iterator[Record]:
    """The records of a message.

    Raises:
        Rejected: the message cannot be read, or does not hold what the mapping says.
    """
    if options.format in TABLES:
        return _rows(_table(message.body), options)
    decoded = _json(message.body)
    if options.format == "ckan" and isinstance(decoded, dict) and decoded.get("success") is False:
        raise Rejected("ckan_refused", f"the CKAN portal answered with an error: {shown(str(decoded.get('error')))}")
    if options.format in FEATURES and options.records is None and isinstance(decoded, dict):
        if decoded.get("type") == "Feature":
            decoded = {"features": [decoded]}
    found = Record(decoded).look(options.records_path, "records")
    if isinstance(found, dict) and options.format == "json":
        found = [found]
    if not isinstance(found, list):
        kind = "nothing" if found is None else type(found).__name__
        raise Rejected(
            "mapping_records_missing",
            f"records (path {shown(options.records_path)}): found {kind}, not a list; the message has "
            + _members(decoded),
        )
    return (Record(one) for one in found)


def redact(message: Message) -> Message:
    """Personal members, columns and texts gone. A workbook is kept as the CSV of its cleaned cells.

    What cannot be read cannot be cleaned: of a broken workbook only its first bytes are kept.
    """
    body = message.body.removeprefix(_MARK)
    start = body[:64].lstrip()[:1]
    if start in (b"{", b"["):
        try:
            decoded = orjson.loads(body)
            clean = scrub_value(decoded)
            return message if clean == decoded else replace(message, body=orjson.dumps(clean))
        except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
            return replace(message, body=scrub_text(body.decode(errors="replace")).encode())
    try:
        table = _table(body)
    except Rejected:
        return replace(message, body=_cleaned_remains(body))
    changed, text = _clean_table(table)
    if not changed and not body.startswith(_ZIP):
        return message
    return replace(message, body=text.encode(), content_type="text/csv; charset=utf-8")


def column_folded(name: str) -> str:
    """A header as a plain name: ``Số điện thoại`` is ``so_dien_thoai``."""
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "_".join("".join(one for one in bare if not unicodedata.combining(one)).split())


def _cleaned_remains(body: bytes) -> bytes:
    if body.startswith(_ZIP):
        return body[:4]
    try:
        return scrub_text(body.decode()).encode()
    except UnicodeDecodeError:
        return body[:4]


def _clean_table(table: Table) -> tuple[bool, str]:
    personal = [is_personal(column_folded(name)) for name in table.header]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(table.header)
    changed = False
    for row in table.rows:
        texts = [_cell_text(cell) for cell in row.cells]
        clean = [
            GONE if index < len(personal) and personal[index] and text else scrub_text(text) if " " in text else text
            for index, text in enumerate(texts)
        ]
        changed = changed or clean != texts
        writer.writerow(clean)
    return changed, out.getvalue()


def _cell_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else text_of(cell)


def _table(body: bytes) -> Table:
    try:
        return read_xlsx(body) if body.startswith(_ZIP) else read_csv(body)
    except (BadBody, TooLarge) as error:
        raise Rejected(error.code, error.detail) from None


def _rows(table: Table, options: MappingOptions) -> Iterator[Record]:
    names = [column_key(name) for name in table.header]
    for where, take in options.typed.items():
        path = options.paths[where]
        if path is None:
            continue
        count = names.count(column_key(path))
        if count == 0 and take.default is None:
            listed = ", ".join(shown(name) for name in table.header[:30])
            raise Rejected(
                "mapping_column_missing", f"{where}: there is no column '{shown(path)}'; there are: {listed}"
            )
        if count > 1:
            raise Rejected("mapping_column_twice", f"{where}: there are {count} columns '{shown(path)}'")
    for row in table.rows:
        cells = dict(zip(names, row.cells, strict=False))
        yield Record({name: _cell_text(cell) for name, cell in cells.items()}, cells)


def column_key(name: str) -> str:
    """A header as it is compared: without double blanks, in lower case."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body.removeprefix(_MARK))
    except orjson.JSONDecodeError as error:
        start = shown(body[:40].decode(errors="replace"))
        raise Rejected("message_not_json", f"the message is no JSON ({error}); it begins with '{start}'") from None


def _members(decoded: Any) -> str:
    if isinstance(decoded, dict):
        return "the members " + (", ".join(shown(str(name)) for name in list(decoded)[:12]) or "none")
    return "a list" if isinstance(decoded, list) else "one value"
