# SPDX-License-Identifier: Apache-2.0
"""The functions of ``$filter`` (18-088, tables 18 to 22) as SQL. Pure builders.

Moments are taken apart in UTC, as they are written in answers. Distances are in degrees, as the data is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Float, Integer, Text, cast, func, literal

from layers.sta.expression import FIRST, LAST


@dataclass(frozen=True)
class Function:
    """What a function takes and gives, by kind of value; ``build`` gets the arguments as SQL."""

    takes: tuple[str, ...]
    gives: str
    build: Callable[..., ColumnElement[Any]]
    optional: int = 0


def _part(name: str) -> Function:
    return Function(("moment",), "number", lambda moment: cast(func.extract(name, moment), Float))


def _whole_part(name: str) -> Function:
    return Function(("moment",), "number", lambda moment: cast(func.floor(func.extract(name, moment)), Float))


def _relation(name: str) -> Function:
    return Function(("shape", "shape"), "boolean", lambda one, other: getattr(func, name)(one, other))


def _fraction(moment: Any) -> ColumnElement[Any]:
    second = func.extract("second", moment)
    return cast(second - func.floor(second), Float)


def _begins(text: Any, start: Any) -> ColumnElement[Any]:
    return func.starts_with(text, start)


def _ends(text: Any, end: Any) -> ColumnElement[Any]:
    ends: ColumnElement[Any] = func.right(text, func.length(end)) == end
    return ends


def _cut(text: Any, start: Any, length: Any = None) -> ColumnElement[Any]:
    """From a letter on; a negative length is none, and no error of the database."""
    first = cast(func.least(func.greatest(start, 0), 100_000), Integer) + 1
    if length is None:
        return func.substr(text, first)
    return func.substr(text, first, cast(func.least(func.greatest(length, 0), 100_000), Integer))


def _moment(value: datetime) -> Function:
    return Function((), "moment", lambda: literal(value, DateTime(timezone=True)))


_TEXT, _TWO_TEXTS = ("text",), ("text", "text")
_SHAPES = ("equals", "disjoint", "touches", "within", "overlaps", "crosses", "intersects", "contains")
FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "substringof": Function(_TWO_TEXTS, "boolean", lambda part, text: func.strpos(text, part) > 0),
        "startswith": Function(_TWO_TEXTS, "boolean", _begins),
        "endswith": Function(_TWO_TEXTS, "boolean", _ends),
        "indexof": Function(_TWO_TEXTS, "number", lambda text, part: cast(func.strpos(text, part) - 1, Float)),
        "length": Function(_TEXT, "number", lambda text: cast(func.length(text), Float)),
        "substring": Function(("text", "number", "number"), "text", _cut, optional=1),
        "tolower": Function(_TEXT, "text", lambda text: func.lower(text)),
        "toupper": Function(_TEXT, "text", lambda text: func.upper(text)),
        "trim": Function(_TEXT, "text", lambda text: func.btrim(text)),
        "concat": Function(_TWO_TEXTS, "text", lambda one, other: cast(one, Text).op("||")(cast(other, Text))),
        **{name: _part(name) for name in ("year", "month", "day", "hour", "minute")},
        "second": _whole_part("second"),
        "fractionalseconds": Function(("moment",), "number", _fraction),
        "date": Function(("moment",), "date", lambda moment: cast(moment, Date)),
        "totaloffsetminutes": Function(("moment",), "number", lambda moment: literal(0.0, Float)),
        "mindatetime": _moment(FIRST),
        "maxdatetime": _moment(LAST),
        "round": Function(("number",), "number", lambda number: func.round(cast(number, Float))),
        "floor": Function(("number",), "number", lambda number: func.floor(cast(number, Float))),
        "ceiling": Function(("number",), "number", lambda number: func.ceil(cast(number, Float))),
        "geo.distance": Function(("shape", "shape"), "number", lambda one, other: func.ST_Distance(one, other)),
        "geo.length": Function(("shape",), "number", lambda shape: func.ST_Length(shape)),
        "geo.intersects": _relation("ST_Intersects"),
        **{f"st_{name}": _relation(f"ST_{name.capitalize()}") for name in _SHAPES},
    }
)
