# SPDX-License-Identifier: Apache-2.0
"""CSV with shapes as WKT: read by the standard library, bytes of text kept as they are."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from boundaries.reading.faults import Fault
from boundaries.reading.sheets import Sheet

_WKT = re.compile(r"\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POLYGON|LINESTRING|POINT)|\s*GEOMETRYCOLLECTION", re.IGNORECASE)
_CELL_CHARACTERS = 64 * 1024 * 1024
_SAMPLE_CHARACTERS = 8192


def sheets_of(dataset: dict[str, Any]) -> list[Sheet]:
    """The one sheet of a CSV file; its geometry type is "" when no column has shapes."""
    rows = _rows(Path(dataset["path"]))
    header = next(rows, [])
    first = next(rows, [])
    has_shapes = _shape_column(first) is not None
    features = (1 if first else 0) + sum(1 for _ in rows) if has_shapes else 0
    kind = "Unknown" if has_shapes else ""
    return [
        Sheet(f"{dataset['key']}|table", dataset["path"], "table", dataset["title"], "", kind, features, tuple(header))
    ]


def read(dataset: dict[str, Any]) -> tuple[list[bytes | None], dict[str, list[str | None]]]:
    """Shapes as WKB, and the other columns; a row that is too short has no value there.

    Raises:
        Fault: a shape cannot be understood.
    """
    rows = _rows(Path(dataset["path"]))
    header = next(rows)
    body = [row for row in rows if row]
    place = _shape_column(body[0])
    assert place is not None
    wkt = [row[place].strip() if place < len(row) else "" for row in body]
    try:
        shapes = shapely.from_wkt([re.sub(r"^SRID=\d+;", "", text) or None for text in wkt])
    except shapely.errors.ShapelyError as error:
        raise Fault(
            "FILE_CORRUPT", "Cột WKT có hình không đọc được.", "A shape of the WKT column is malformed."
        ) from error
    columns = {
        name: [(row[index] or None) if index < len(row) else None for row in body]
        for index, name in enumerate(header)
        if index != place
    }
    return list(shapely.to_wkb(shapes)), columns


def _rows(path: Path) -> Iterator[list[str]]:
    csv.field_size_limit(_CELL_CHARACTERS)
    encoding = "utf-16" if path.open("rb").read(2) in (b"\xff\xfe", b"\xfe\xff") else "iso-8859-1"
    with path.open(encoding=encoding, newline="") as stream:
        sample = stream.read(_SAMPLE_CHARACTERS)
        first_line = sample.split("\n", 1)[0]
        delimiter = max(",;\t|", key=first_line.count)
        stream.seek(0)
        # A byte order mark, as its bytes read here.
        skip = 3 if sample.startswith("\u00ef\u00bb\u00bf") else 0
        stream.read(skip)
        try:
            yield from csv.reader(stream, delimiter=delimiter, strict=True)
        except (csv.Error, UnicodeError) as error:
            raise Fault("FILE_CORRUPT", en=f"CSV: {error}.") from error


def _shape_column(row: list[str]) -> int | None:
    return next((index for index, cell in enumerate(row) if _WKT.match(cell)), None)
