# SPDX-License-Identifier: Apache-2.0
"""Files that were cut off on their way: readers take what is left without a word, and units are lost.

Each format says somewhere how long it should be; that is held against what arrived.
"""

import json
import struct
from pathlib import Path

from boundaries.reading.faults import Fault

_SEQUENCES = frozenset({"geojsonl", "geojsons", "geojsonseq", "ndjson", "jsonl"})
_RECORD_SEPARATOR = "\x1e"
_DXF_TAIL = 256


def refuse_what_was_cut(path: Path, extension: str) -> None:
    """Raise FILE_CORRUPT for a file that is shorter than it says."""
    if extension in _SEQUENCES:
        _look_at_lines(path)
        return
    check = {"shp": _shapefile, "dxf": _drawing, "gpkg": _geopackage}.get(extension)
    if check is not None and not check(path, path.stat().st_size):
        raise _cut(path.suffix)


def _cut(what: str) -> Fault:
    return Fault("FILE_CORRUPT", f"Tệp {what} ngắn hơn phần đầu của nó khai báo.", f"The {what} is cut off.")


def _shapefile(path: Path, size: int) -> bool:
    """The lengths of .shp and .dbf, and as many records in the .shx as in the .dbf."""
    with path.open("rb") as stream:
        (words,) = struct.unpack_from(">i", stream.read(100).ljust(100, b"\0"), 24)
    table, index = path.with_suffix(".dbf"), path.with_suffix(".shx")
    records = None
    if table.is_file():
        with table.open("rb") as stream:
            records, header, width = struct.unpack_from("<IHH", stream.read(32).ljust(32, b"\0"), 4)
        if header + records * width > table.stat().st_size:
            raise _cut(".dbf")
    if index.is_file() and records is not None and (index.stat().st_size - 100) // 8 != records:
        raise Fault("FILE_CORRUPT", "Số hình và số dòng thuộc tính khác nhau.", "Shapes and rows differ in number.")
    return bool(words * 2 <= size)


def _drawing(path: Path, size: int) -> bool:
    with path.open("rb") as stream:
        stream.seek(max(0, size - _DXF_TAIL))
        return b"EOF" in stream.read()


def _geopackage(path: Path, size: int) -> bool:
    """The pages that SQLite's header counts; a page size of 1 stands for 65536."""
    with path.open("rb") as stream:
        head = stream.read(100).ljust(100, b"\0")
    page = struct.unpack_from(">H", head, 16)[0]
    changes, pages, valid_for = *struct.unpack_from(">II", head, 24), struct.unpack_from(">I", head, 92)[0]
    # Old writers leave the count untouched; then it says nothing.
    return bool(changes != valid_for or pages * (65536 if page == 1 else page) <= size)


def _look_at_lines(path: Path) -> None:
    """Every line is an object by itself; a reader skips those that are not."""
    fine = 0
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for line in stream:
                if text := line.strip(_RECORD_SEPARATOR + " \r\n\t"):
                    json.loads(text, parse_constant=_no_constant)
                fine += 1
    except (ValueError, RecursionError) as error:
        raise Fault("FILE_CORRUPT", f"Dòng {fine + 1}.", f"Line {fine + 1}.") from error


def _no_constant(name: str) -> None:
    raise ValueError(name)
