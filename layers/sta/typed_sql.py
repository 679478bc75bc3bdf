# SPDX-License-Identifier: Apache-2.0
"""SQL values that know of what kind they are, so that only what can be compared is. Pure."""

from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import BigInteger, Boolean, ColumnElement, Date, DateTime, Float, Text, case, cast, func, literal, null

from geo.db.functions import text_literal
from geo.errors import BadParameter
from layers.sta.expression import Value, moment_of


@dataclass(frozen=True)
class Typed:
    """An SQL value, of what kind it is, and the literal that it was."""

    sql: ColumnElement[Any]
    kind: str
    value: Any = None


def refuse(detail: str, code: str = "filter_invalid") -> NoReturn:
    """Refuse a filter.

    Raises:
        BadParameter: always.
    """
    raise BadParameter(detail[:1].upper() + detail[1:] + ".", code=code)


def literal_of(node: Value) -> Typed:
    """A literal as a bound value."""
    match node.kind:
        case "number":
            # Whole numbers stay whole, so that ids are found by their index.
            kind = BigInteger() if isinstance(node.value, int) else Float()
            return Typed(literal(node.value, kind), "number", node.value)
        case "text":
            return Typed(literal(node.value, Text), "text", node.value)
        case "moment":
            return Typed(literal(node.value, DateTime(timezone=True)), "moment", node.value)
        case "date":
            return Typed(literal(node.value, Date), "date", node.value)
        case "boolean":
            return Typed(literal(node.value, Boolean), "boolean", node.value)
        case "shape":
            shape = func.ST_GeomFromText(literal(node.value.wkt, Text), 4326)
            return Typed(shape, "shape", node.value)
    return Typed(null(), "null")


def alike(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Members of JSON are read as what they are compared with, texts in quotes as well."""
    if left.kind == right.kind == "json":
        return _json_text(left), _json_text(right)
    if left.kind != right.kind:
        left = _read_as(right.kind, left)
    if left.kind != right.kind:
        right = _read_as(left.kind, right)
    return left, right


def as_kind(wanted: str, found: Typed, where: str) -> Typed:
    """A value that must be of a kind.

    Raises:
        BadParameter: it is of another, and cannot be read as that.
    """
    if found.kind != wanted:
        found = _read_as(wanted, found)
    if found.kind != wanted:
        refuse(f"{where} takes a {wanted}, not a {found.kind}", "filter_type_mismatch")
    return found


def _read_as(wanted: str, found: Typed) -> Typed:
    """The value as one of another kind, where it can be; else as it is."""
    if found.kind == "json":
        return _json_as(wanted, found)
    if found.kind != "text" or found.value is None:
        return found
    if wanted == "moment" and (moment := moment_of(found.value)) is not None:
        return literal_of(Value("moment", moment))
    if wanted == "number" and (number := _number_in(found.value)) is not None:
        return literal_of(Value("number", number))
    return found


def _number_in(text: str) -> float | int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if not abs(number) < 2**53:
        return None
    return int(number) if number == int(number) else number


def _json_as(wanted: str, found: Typed) -> Typed:
    kind = func.jsonb_typeof(found.sql)
    if wanted == "number":
        is_number = kind == text_literal("number")
        return Typed(case((is_number, cast(_json_text(found).sql, Float))), "number")
    if wanted == "boolean":
        is_boolean = kind == text_literal("boolean")
        return Typed(case((is_boolean, cast(_json_text(found).sql, Boolean))), "boolean")
    return _json_text(found) if wanted == "text" else found


def _json_text(found: Typed) -> Typed:
    return Typed(found.sql.op("#>>", return_type=Text())(text_literal("{}")), "text")
