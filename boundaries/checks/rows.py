# SPDX-License-Identifier: Apache-2.0
"""Uploaded units as rows, each with the known unit that it is about."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from boundaries.known import KnownUnit

_CODE = re.compile(r"[0-9]{5}")
_EXCEL = re.compile(r"([0-9]{4,5})(?:\.0+)?")


@dataclass(frozen=True)
class Scope:
    """What an upload is about.

    Attributes:
        codes: units that it covers; None for the whole set.
        unit_set: the period whose codes it should carry; the published one when None.
    """

    codes: tuple[str, ...] | None = None
    unit_set: str | None = None


WHOLE = Scope()


@dataclass(frozen=True)
class Row:
    """One uploaded feature.

    Attributes:
        number: position in the frame.
        label: what a person finds it by, the code or "row 7".
        code: as it was written.
        geometry: EPSG:4326, as it was read.
        known: the unit of the expected period that the row is about, if that can be told.
    """

    number: int
    label: str
    code: str
    name: str
    type: str
    geometry: BaseGeometry | None
    known: KnownUnit | None = None

    @property
    def place(self) -> BaseGeometry | None:
        """A box to zoom to: around the shape, or around the known unit when the row has none."""
        for shape in (self.geometry, self.known.geometry if self.known else None):
            if shape is not None and not shape.is_empty and bool(np.isfinite(shapely.bounds(shape)).all()):
                return box(*shape.bounds)
        return None


def is_code(text: str) -> bool:
    """Codes of communes are five digits."""
    return _CODE.fullmatch(text) is not None


def padded_code(text: str) -> str | None:
    """The code that a spreadsheet ate from: blanks, ".0", a leading zero; None when that does not explain it."""
    found = _EXCEL.fullmatch(text.strip())
    return found.group(1).zfill(5) if found else None


def read_rows(frame: Any) -> tuple[Row, ...]:
    """Rows of a frame with the columns code, name, type, source_row (all optional) and geometry."""
    numbers = frame["source_row"] if "source_row" in frame else range(1, len(frame) + 1)
    columns = zip(numbers, *(_texts(frame, one) for one in ("code", "name", "type")), frame.geometry, strict=True)
    return tuple(
        Row(position, code.strip() or f"row {number}", code, name, kind, shape)
        for position, (number, code, name, kind, shape) in enumerate(columns)
    )


def _texts(frame: Any, column: str) -> list[str]:
    if column not in frame:
        return [""] * len(frame)
    return ["" if value is None or value != value else str(value) for value in frame[column]]
