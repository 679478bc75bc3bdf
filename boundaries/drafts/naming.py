# SPDX-License-Identifier: Apache-2.0
"""Uploaded rows as units with full names, or the reason why they cannot be units yet. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from boundaries.compare.values import UnitShape
from boundaries.known import KnownUnit

TYPES = ("Phường", "Xã", "Đặc khu", "Thị trấn")
Reason = tuple[str, str]


def named(frame: Any, published: Mapping[str, KnownUnit]) -> Any:
    """The frame with type and full_name, and with names that no longer begin with the type.

    Rows that have a full name are published units, and stay as they are. A row without a type has the one that its name
    begins with, else that of the published unit of the same code; a row without a name has that unit's.
    """
    columns: dict[str, list[str]] = {"name": [], "type": [], "full_name": []}
    texts = (_texts(frame, one) for one in ("code", "name", "type", "full_name"))
    for code, name, kind, full_name in zip(*texts, strict=True):
        values = (name, kind, full_name) if full_name else _named(name, kind, published.get(code))
        for column, value in zip(columns, values, strict=True):
            columns[column].append(value)
    return frame.assign(code=_texts(frame, "code"), **columns)


def _named(name: str, kind: str, known: KnownUnit | None) -> tuple[str, str, str]:
    name = name or (known.name if known else "")
    kind = _type_of(kind) or next((one for one in TYPES if _begins(name, one)), "") or (known.type if known else "")
    if kind and _begins(name, kind):
        return name[len(kind) :].strip(), kind, f"{kind} {name[len(kind) :].strip()}"
    return name, kind, f"{kind} {name}".strip()


def _type_of(kind: str) -> str:
    """A known type however its letters are cased; others as they are."""
    return next((one for one in TYPES if one.casefold() == kind.casefold()), kind)


def _begins(name: str, kind: str) -> bool:
    return name.casefold().startswith(f"{kind} ".casefold())


def _texts(frame: Any, column: str) -> list[str]:
    if column not in frame:
        return [""] * len(frame)
    return ["" if value is None or value != value else plain(str(value)).strip() for value in frame[column]]


def plain(text: str) -> str:
    """A text that can be stored: without NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def why_no_units(frame: Any) -> list[Reason]:
    """Why rows cannot be units yet, in both languages; empty when they can."""
    codes, names = _texts(frame, "code"), _texts(frame, "name")
    reasons: list[Reason] = []
    if unfit := sum(not _is_fit(shape) for shape in frame.geometry):
        reasons.append((f"{unfit} hình thiếu hoặc không hợp lệ", f"{unfit} shapes are missing or not valid"))
    if blank := sum(not code for code in codes):
        reasons.append((f"{blank} đơn vị không có mã", f"{blank} units have no code"))
    if twice := sum(count > 1 for code, count in Counter(codes).items() if code):
        reasons.append((f"{twice} mã bị trùng", f"{twice} codes are there more than once"))
    if nameless := sum(not name for name in names):
        reasons.append((f"{nameless} đơn vị không có tên", f"{nameless} units have no name"))
    return reasons


def _is_fit(shape: BaseGeometry | None) -> bool:
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        return False
    if not np.isfinite(shapely.get_coordinates(shape)).all() or not shapely.is_valid(shape):
        return False
    west, south, east, north = shape.bounds
    return bool(-180 <= west and east <= 180 and -85 <= south and north <= 85)


def unit_shapes(frame: Any) -> list[UnitShape]:
    """Rows as units, by code."""
    columns = (frame["code"], frame["name"], frame["full_name"], frame["type"], frame.geometry)
    units = [
        UnitShape(code, name, full_name, kind, _multi(shape))
        for code, name, full_name, kind, shape in zip(*columns, strict=True)
    ]
    return sorted(units, key=lambda one: one.code)


def published_shapes(units: Sequence[KnownUnit]) -> list[UnitShape]:
    """Published units as the other side of a comparison."""
    return [
        UnitShape(one.code, one.name, one.full_name, one.type, _multi(one.geometry))
        for one in units
        if one.geometry is not None
    ]


def _multi(shape: Any) -> MultiPolygon:
    flat = shapely.force_2d(shape) if shapely.has_z(shape) else shape
    return flat if flat.geom_type == "MultiPolygon" else MultiPolygon([flat])
