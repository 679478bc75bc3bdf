# SPDX-License-Identifier: Apache-2.0
"""Spreadsheets (CSV, XLSX) of any layer, as the page's own import reads them: a filled template that arrives by itself.

Before a file is kept it is reduced to what is read of it (one sheet, header and cells), without personal columns and
with its texts scrubbed: a workbook also holds hidden sheets, comments and the names of who saved it.
"""

from collections.abc import Iterator

from geo.errors import MapError
from layers.connectors.base import Connector, Kind, Message, Parsed, Refused
from layers.connectors.layer_records import LayerOptions, catalog, check, check_read, found_of
from layers.connectors.table_body import read_body, reduced
from layers.errors import Rejected
from layers.import_cells import Notices, records_of_table
from layers.import_columns import HINTS, Column, ColumnMap, columns_of, columns_of_readings, map_header, needed_of
from layers.spec import LayerSpec, Text
from layers.tabular import Row, Table

_SHOWN_CHARACTERS = 200


def _parse(message: Message, options: LayerOptions) -> Iterator[Parsed]:
    check_read(message)
    spec = catalog()[options.layer]
    table = read_body(message.body)
    mapping = _mapping(spec, options.kind, table)
    rows = {row.number: row for row in table.rows}
    for read in records_of_table(table, mapping, Notices()):
        if read.problem is not None:
            yield _refused(spec, table, rows[read.number], read.problem)
            continue
        found = found_of(spec, options, dict(read.record))
        try:
            check(spec, found, message.received_at)
        except Rejected as problem:
            yield _refused(spec, table, rows[read.number], problem)
        else:
            yield found


def _mapping(spec: LayerSpec, kind: Kind, table: Table) -> ColumnMap:
    """Which column is what. A row that says its commune in words needs no code.

    Raises:
        Rejected: a column that every row needs is missing, or two mean the same.
    """
    if kind == "observations":
        return _columns(columns_of_readings(spec), ("sensor", "property", "time", "value"), table)
    columns = (*columns_of(spec), *HINTS)
    needed = needed_of(spec, table.header)
    try:
        return _columns(columns, needed, table)
    except Rejected as problem:
        if problem.code != "column_missing" or "unit_code" not in needed:
            raise
    named = tuple("unit_name" if name == "unit_code" else name for name in needed)
    return _columns(columns, named, table)


def _columns(columns: tuple[Column, ...], needed: tuple[str, ...], table: Table) -> ColumnMap:
    try:
        return map_header(columns, needed, table.header)
    except MapError as problem:
        raise Rejected(problem.code, problem.detail) from None


def _refused(spec: LayerSpec, table: Table, row: Row, problem: Rejected) -> Refused:
    cells = {
        title or f"#{position}": str(cell)[:_SHOWN_CHARACTERS]
        for position, (title, cell) in enumerate(zip(table.header, row.cells, strict=False), 1)
        if cell is not None
    }
    return Refused(problem.code, f"row {row.number}: {problem.detail}", {"row": row.number, "cells": cells}, spec.id)


CONNECTOR = Connector(
    kind="table",
    title=Text("Bảng tính (CSV, Excel)", "Spreadsheet (CSV, Excel)"),
    parse=_parse,
    options=LayerOptions,
    redact=reduced,
)
