# SPDX-License-Identifier: Apache-2.0
"""How the child hands a layer to the parent: shapes as WKB in one file, columns as JSON in another."""

import json
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_SHAPES = "shapes.wkb"
_COLUMNS = "columns.json"
_NO_SHAPE = -1


def write(folder: Path, shapes: Iterable[bytes | None], columns: dict[str, list[Any]]) -> None:
    """Write a layer; a row without a shape keeps its place."""
    with (folder / _SHAPES).open("wb") as out:
        for shape in shapes:
            out.write(struct.pack("<i", _NO_SHAPE if shape is None else len(shape)))
            out.write(shape or b"")
    (folder / _COLUMNS).write_text(json.dumps(columns), encoding="utf-8")


def shapes_in(folder: Path) -> Iterator[bytes | None]:
    """The shapes that ``write`` wrote, in order."""
    with (folder / _SHAPES).open("rb") as stream:
        while head := stream.read(4):
            (length,) = struct.unpack("<i", head)
            yield None if length == _NO_SHAPE else stream.read(length)


def columns_in(folder: Path) -> dict[str, list[Any]]:
    """The columns that ``write`` wrote."""
    columns: dict[str, list[Any]] = json.loads((folder / _COLUMNS).read_text(encoding="utf-8"))
    return columns
