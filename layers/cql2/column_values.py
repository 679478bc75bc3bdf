# SPDX-License-Identifier: Apache-2.0
"""Columns as the column evaluator wants them: plain arrays with a mask of what is NULL. Pure."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Point

from layers.cql2.moments import stored_ticks
from layers.cql2.numbers import LEAST_STORED, stored_number
from layers.cql2.stored import stored_boolean, stored_geometry, stored_text
from layers.cql2.tree import Kind

Array: TypeAlias = NDArray[Any]
_NOWHERE = Point()


class Cells(NamedTuple):
    """Values, and where there are none (there the value is a harmless one). Literals have no length and broadcast."""

    values: Any
    null: Any


def cells_of(column: Any, kind: Kind, length: int) -> Cells:
    """A column (an array, a pandas or geopandas series, a list, or ``None`` if there is none) of a declared kind.

    Moments without an offset, as numpy has them, are UTC. ``Cells`` are taken as they are, so that a store of columns
    converts once what it is asked about many times.
    """
    if isinstance(column, Cells):
        return column
    if column is None:
        return Cells(np.full(length, _FILLER[kind]), np.ones(length, bool))
    if kind is Kind.NUMBER:
        return _numbers(column)
    if kind is Kind.INSTANT:
        return _ticks(column)
    convert: Callable[[Any], Any] = {
        Kind.TEXT: stored_text,
        Kind.BOOLEAN: stored_boolean,
        Kind.GEOMETRY: stored_geometry,
    }[kind]
    return _converted(column, convert, kind)


def _numbers(column: Any) -> Cells:
    plain = _typed(column)
    if plain is None or plain.dtype.kind not in "iuf":
        return _converted(column, stored_number, Kind.NUMBER)
    numbers = plain.astype(np.float64)
    null = ~np.isfinite(numbers)
    numbers = np.where(null | (np.abs(numbers) < LEAST_STORED), 0.0, numbers)
    return Cells(numbers, null)


def _ticks(column: Any) -> Cells:
    plain = _typed(column)
    if plain is None or plain.dtype.kind != "M":
        return _converted(column, stored_ticks, Kind.INSTANT)
    null = np.isnat(plain)
    return Cells(np.where(null, 0, plain.astype("datetime64[us]").astype(np.int64)), null)


def _typed(column: Any) -> Array | None:
    """The array of something that has a type; numpy would guess one for a list, and take TRUE for 1."""
    return np.asarray(column) if hasattr(column, "dtype") else None


def _converted(column: Any, convert: Callable[[Any], Any], kind: Kind) -> Cells:
    objects = column.to_numpy(dtype=object) if hasattr(column, "to_numpy") else column
    found = [convert(value) for value in objects]
    null = np.fromiter((value is None for value in found), bool, len(found))
    filler = _FILLER[kind]
    values = np.empty(len(found), dtype=_TYPES[kind])
    values[:] = [filler if value is None else value for value in found]
    return Cells(values, null)


_FILLER: dict[Kind, Any] = {
    Kind.TEXT: "",
    Kind.NUMBER: 0.0,
    Kind.BOOLEAN: False,
    Kind.INSTANT: 0,
    Kind.GEOMETRY: _NOWHERE,
}
_TYPES: dict[Kind, Any] = {
    Kind.TEXT: object,
    Kind.NUMBER: np.float64,
    Kind.BOOLEAN: bool,
    Kind.INSTANT: np.int64,
    Kind.GEOMETRY: object,
}
