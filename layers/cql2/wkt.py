# SPDX-License-Identifier: Apache-2.0
"""Well-known text inside CQL2 text: geometries of a known depth, counted while they are read. Pure."""

from collections.abc import Callable
from typing import Any

from layers.cql2.check import Checker
from layers.cql2.geometry import COLLECTION, NESTING, position
from layers.cql2.tokens import Tokens
from layers.cql2.tree import Geometry

_TYPES = {name.lower(): name for name in (*NESTING, COLLECTION)}


def is_geometry(name: str) -> bool:
    """Whether a word starts a geometry, if a bracket follows."""
    return name.lower() in _TYPES


def read_geometry(name: str, tokens: Tokens, checker: Checker) -> Geometry:
    """The geometry whose tag was just taken.

    Raises:
        BadParameter: not well-known text, or not a valid geometry.
    """
    kind = _TYPES[name.lower()]
    if tokens.at_word("z"):
        tokens.take()
    if kind != COLLECTION:
        return checker.geometry(kind, _coordinates(kind, tokens, checker))
    return checker.geometry(kind, _list(tokens, lambda: _member(tokens, checker)))


def read_number(tokens: Tokens) -> float:
    """A number with its sign.

    Raises:
        BadParameter: something else stands there.
    """
    sign = 1.0
    if tokens.at("+", "-"):
        sign = -1.0 if tokens.take().value == "-" else 1.0
    if tokens.next.kind != "number":
        tokens.refuse("a number is needed")
    return sign * float(tokens.take().value)


def _member(tokens: Tokens, checker: Checker) -> Geometry:
    """A collection's member, which is no collection: so the standard has it, and so nothing nests."""
    if tokens.next.kind != "name" or not is_geometry(tokens.next.value) or tokens.at_word(COLLECTION.lower()):
        tokens.refuse("a geometry that is no collection is needed")
    return read_geometry(tokens.take().value, tokens, checker)


def _coordinates(kind: str, tokens: Tokens, checker: Checker) -> tuple[Any, ...]:
    if kind == "MultiPoint":
        return _list(tokens, lambda: _point_of_many(tokens, checker))
    nesting = NESTING[kind]
    if nesting == 0:
        tokens.expect("(")
        point = _position(tokens, checker)
        tokens.expect(")")
        return point
    return _nested(nesting, tokens, checker)


def _nested(nesting: int, tokens: Tokens, checker: Checker) -> tuple[Any, ...]:
    if nesting == 1:
        return _list(tokens, lambda: _position(tokens, checker))
    return _list(tokens, lambda: _nested(nesting - 1, tokens, checker))


def _list(tokens: Tokens, item: Callable[[], Any]) -> tuple[Any, ...]:
    tokens.expect("(")
    items = [item()]
    while tokens.at(","):
        tokens.take()
        items.append(item())
    tokens.expect(")")
    return tuple(items)


def _point_of_many(tokens: Tokens, checker: Checker) -> tuple[float, float]:
    if not tokens.at("("):
        return _position(tokens, checker)
    tokens.take()
    point = _position(tokens, checker)
    tokens.expect(")")
    return point


def _position(tokens: Tokens, checker: Checker) -> tuple[float, float]:
    checker.count_vertex()
    numbers = [read_number(tokens), read_number(tokens)]
    if not tokens.at(",", ")"):
        numbers.append(read_number(tokens))
    return position(numbers)
