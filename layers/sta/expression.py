# SPDX-License-Identifier: Apache-2.0
"""``$filter`` as a tree (18-088, section 9.3.3.5). Pure: names are checked where the entity types are known."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadParameter
from geo.interval import parse_instant
from layers.sta.lexer import Tokens

MAX_NODES = 200
MAX_DEPTH = 32
MAX_STEPS = 6
COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
_SUMS, _PRODUCTS = ("add", "sub"), ("mul", "div", "mod")
_WKT = re.compile(r"(?:SRID=4326;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*\(.*", re.DOTALL | re.IGNORECASE)
_HUGE = 2**53


@dataclass(frozen=True)
class Value:
    """A literal; ``kind`` is number, text, moment, date, boolean, shape or null."""

    kind: str
    value: Any


@dataclass(frozen=True)
class Path:
    """A property, through relations and into members: ``Datastream/properties/layer``."""

    steps: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """A function of the standard."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Infix:
    """A comparison or a sum, product, quotient or remainder."""

    op: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Logical:
    """``and`` or ``or`` of two."""

    op: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Not:
    """The opposite."""

    part: "Node"


Node: TypeAlias = Value | Path | Call | Infix | Logical | Not


def parse_filter(text: str) -> Node:
    """The tree of a filter.

    Raises:
        BadParameter: it is not one, or larger than anybody needs.
    """
    reader = _Reader(Tokens(text, "$filter"))
    node = reader.disjunction(0)
    reader.end()
    return node


def parse_path(text: str) -> Path:
    """A property as ``$orderby`` names it.

    Raises:
        BadParameter: it is none.
    """
    reader = _Reader(Tokens(text, "$orderby"))
    path = reader.path()
    reader.end()
    return path


class _Reader:
    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._nodes = 0

    def end(self) -> None:
        if self._tokens.next.kind != "end":
            self._tokens.refuse("nothing more is understood")

    def disjunction(self, depth: int) -> Node:
        left = self._conjunction(depth)
        while self._tokens.at("or"):
            self._tokens.take()
            left = self._count(Logical("or", left, self._conjunction(depth)))
        return left

    def _conjunction(self, depth: int) -> Node:
        left = self._negation(depth)
        while self._tokens.at("and"):
            self._tokens.take()
            left = self._count(Logical("and", left, self._negation(depth)))
        return left

    def _negation(self, depth: int) -> Node:
        if self._tokens.at("not"):
            self._deeper(depth)
            self._tokens.take()
            return self._count(Not(self._negation(depth + 1)))
        left = self._sum(depth)
        if self._tokens.at(*COMPARISONS):
            return self._count(Infix(self._tokens.take().text, left, self._sum(depth)))
        return left

    def _sum(self, depth: int) -> Node:
        left = self._product(depth)
        while self._tokens.at(*_SUMS):
            left = self._count(Infix(self._tokens.take().text, left, self._product(depth)))
        return left

    def _product(self, depth: int) -> Node:
        left = self._primary(depth)
        while self._tokens.at(*_PRODUCTS):
            left = self._count(Infix(self._tokens.take().text, left, self._primary(depth)))
        return left

    def _primary(self, depth: int) -> Node:
        tokens = self._tokens
        if tokens.at("("):
            self._deeper(depth)
            tokens.take()
            inside = self.disjunction(depth + 1)
            tokens.expect(")")
            return inside
        match tokens.next.kind:
            case "number" | "text" | "moment" | "date":
                return self._count(self._literal())
            case "name":
                return self._count(self._named(depth))
        tokens.refuse("a property, a function or a value is needed")

    def _named(self, depth: int) -> Node:
        name = self._tokens.next.text
        if name in ("true", "false"):
            self._tokens.take()
            return Value("boolean", name == "true")
        if name == "null":
            self._tokens.take()
            return Value("null", None)
        path = self.path()
        if len(path.steps) == 1 and self._tokens.at("("):
            return self._call(name, depth)
        if name in ("geography", "geometry") and self._tokens.next.kind == "text":
            return Value("shape", _shape(_unquoted(self._tokens.take().text)))
        return path

    def _call(self, name: str, depth: int) -> Call:
        self._deeper(depth)
        self._tokens.expect("(")
        arguments: list[Node] = []
        while not self._tokens.at(")"):
            if arguments:
                self._tokens.expect(",")
            arguments.append(self._sum(depth + 1))
        self._tokens.expect(")")
        return Call(name, tuple(arguments))

    def path(self) -> Path:
        steps = [self._name()]
        while self._tokens.at("/"):
            self._tokens.take()
            steps.append(self._name())
        if len(steps) > MAX_STEPS:
            self._tokens.refuse(f"a path has at most {MAX_STEPS} steps, which ends")
        return Path(tuple(steps))

    def _name(self) -> str:
        if self._tokens.next.kind != "name":
            self._tokens.refuse("a name is needed")
        return self._tokens.take().text

    def _literal(self) -> Value:
        token = self._tokens.next
        try:
            value = _LITERALS[token.kind](token.text)
        except (ValueError, OverflowError):
            self._tokens.refuse(f"a real {token.kind} is needed")
        self._tokens.take()
        return Value(token.kind, value)

    def _count(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise BadParameter(f"$filter has more than {MAX_NODES} parts", code="filter_too_large")
        return node

    def _deeper(self, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise BadParameter(f"$filter is nested deeper than {MAX_DEPTH} levels", code="filter_too_large")


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _number(text: str) -> int | float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("beyond all numbers")
    return int(value) if value == int(value) and abs(value) < _HUGE else value


def _moment(text: str) -> datetime:
    day, offset = text[:16], text[16:].replace(" ", "+")
    return parse_instant(day + (offset if offset[0] == ":" else ":00" + offset))


def moment_of(text: str) -> datetime | None:
    """A moment that stands in quotes; ``None`` where the text is none."""
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        return None


def _shape(text: str) -> BaseGeometry:
    if not _WKT.fullmatch(text):
        raise BadParameter("A geometry is well-known text: geography'POINT (105.84 21.59)'", code="filter_invalid")
    try:
        shape = shapely.from_wkt(text.removeprefix("SRID=4326;"))
    except shapely.errors.ShapelyError:
        raise BadParameter("A geometry in $filter is not well-known text.", code="filter_invalid") from None
    if shape.is_empty or not shape.is_valid:
        raise BadParameter("A geometry in $filter is empty or not valid.", code="filter_invalid")
    west, south, east, north = shape.bounds
    if not (-180 <= west and east <= 180 and -90 <= south and north <= 90):
        raise BadParameter("A geometry in $filter is in degrees, longitude first.", code="filter_invalid")
    return shape


_LITERALS: Any = {
    "number": _number,
    "text": _unquoted,
    "moment": _moment,
    "date": date.fromisoformat,
}
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
