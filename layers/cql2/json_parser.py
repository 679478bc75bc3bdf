# SPDX-License-Identifier: Apache-2.0
"""CQL2 JSON to tree. Brackets are counted before the standard library's reader sees the text. Pure."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from layers.cql2.check import ARITHMETIC, COMPARISONS, Checker
from layers.cql2.geometry import COLLECTION, NESTING, position
from layers.cql2.limits import MAX_DEPTH, MAX_JSON_DEPTH, MAX_LIST, refuse, refuse_depth, refuse_list, refuse_syntax
from layers.cql2.moments import bound_literal
from layers.cql2.tree import Geometry, Instant, Kind, Node, Property, Tree

_LITERALS = ("date", "timestamp", "property", "interval", "bbox", "casei", "accenti")


def parse_json(text: str, checker: Checker) -> Tree:
    """Read a whole filter in the JSON encoding.

    Raises:
        BadParameter: not CQL2 JSON, or more than the limits allow.
    """
    _check_brackets(text)
    try:
        document = json.loads(
            text,
            parse_int=float,
            parse_float=float,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        refuse_syntax("it is not JSON")
    return checker.finish(_JsonParser(checker).node(document, 1))


def _check_brackets(text: str) -> None:
    """Refuse deep nesting. Quotes are followed as JSON has them, so that a bracket in a text does not count."""
    level = 0
    in_text = escaped = False
    for character in text:
        if in_text:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_text = False
        elif character == '"':
            in_text = True
        elif character in "[{":
            level += 1
            if level > MAX_JSON_DEPTH:
                refuse_depth()
        elif character in "]}":
            level -= 1


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member twice")
    return members


class _JsonParser:
    def __init__(self, checker: Checker) -> None:
        self._checker = checker

    def node(self, value: Any, level: int) -> Node:
        """Any expression."""
        if level > MAX_DEPTH:
            refuse_depth()
        match value:
            case bool():
                return self._checker.boolean(value)
            case float():
                return self._checker.number(value)
            case str():
                return self._checker.text(value)
            case list():
                return self._checker.array(self._nodes(value, level))
            case {"op": str(op), "args": list(args)} if len(value) == 2:
                return self._operation(op.lower(), args, level)
            case dict():
                return self._literal(value, level)
        refuse_syntax("null is no value of CQL2; use the operator isNull")

    def _nodes(self, values: Sequence[Any], level: int) -> list[Node]:
        if len(values) > MAX_LIST:
            refuse_list()
        return [self.node(value, level + 1) for value in values]

    def _operation(self, op: str, args: list[Any], level: int) -> Node:
        checker = self._checker
        if op == "in":
            if len(args) != 2 or not isinstance(args[1], list):
                refuse_syntax("the operator in takes a value and a list")
            return checker.is_in(self.node(args[0], level + 1), self._nodes(args[1], level))
        nodes = self._nodes(args, level)
        fixed: dict[str, tuple[int, Callable[..., Node]]] = {
            "not": (1, checker.negation),
            "isnull": (1, checker.is_null),
            "like": (2, checker.like),
            "between": (3, checker.between),
        }
        if op in ("and", "or"):
            if len(nodes) < 2:
                refuse_syntax(f"the operator {op} takes two or more operands")
            return checker.conjunction(nodes) if op == "and" else checker.disjunction(nodes)
        if op in fixed:
            count, make = fixed[op]
            if len(nodes) != count:
                refuse_syntax(f"the operator {op} takes {count} operands")
            return make(*nodes)
        if op in COMPARISONS or op in ARITHMETIC:
            if len(nodes) != 2:
                refuse_syntax(f"the operator {op} takes 2 operands")
            return checker.compare(op, *nodes) if op in COMPARISONS else checker.arithmetic(op, *nodes)
        return checker.call(op, nodes)

    def _literal(self, value: dict[str, Any], level: int) -> Node:
        checker = self._checker
        if "type" in value:
            return self._geometry(value, is_member=False)
        match value:
            case {"property": str(name)} if len(value) == 1:
                return checker.property(name)
            case {"date": str(text)} if len(value) == 1:
                return checker.date(text)
            case {"timestamp": str(text)} if len(value) == 1:
                return checker.timestamp(text)
            case {"interval": [start, end]} if len(value) == 1:
                return checker.interval(self._bound(start, level), self._bound(end, level))
            case {"bbox": [*numbers]} if len(value) == 1:
                if len(numbers) > 6 or not all(isinstance(number, float) for number in numbers):
                    refuse("geometry_invalid", "bbox takes four or six numbers")
                return checker.box(numbers)
            # The members of the drafts, which clients still send.
            case {"casei": inner} if len(value) == 1:
                return checker.fold("casei", self.node(inner, level + 1))
            case {"accenti": inner} if len(value) == 1:
                return checker.fold("accenti", self.node(inner, level + 1))
        refuse_syntax(f"an object is an operation with op and args, a geometry, or one of {', '.join(_LITERALS)}")

    def _bound(self, value: Any, level: int) -> Instant | Property | None:
        if isinstance(value, str):
            return bound_literal(value)
        node = self.node(value, level + 1)
        if not isinstance(node, Instant | Property) or node.kind is not Kind.INSTANT:
            refuse("type_mismatch", "an interval takes days, moments or '..'")
        return node

    def _geometry(self, value: dict[str, Any], *, is_member: bool) -> Geometry:
        """A GeoJSON geometry. Members that are not the geometry's own are let pass, as RFC 7946 does."""
        kind = value["type"]
        if kind == COLLECTION and not is_member:
            members = value.get("geometries")
            if not isinstance(members, list) or not members:
                refuse("geometry_invalid", "a GeometryCollection has a list of geometries")
            return self._checker.geometry(kind, tuple(self._member(member) for member in members))
        if not isinstance(kind, str) or kind not in NESTING:
            refuse("geometry_invalid", "the type of a geometry is one of GeoJSON's")
        coordinates = self._coordinates(value.get("coordinates"), NESTING[kind])
        return self._checker.geometry(kind, coordinates)

    def _member(self, value: Any) -> Geometry:
        if not isinstance(value, dict) or "type" not in value:
            refuse("geometry_invalid", "a GeometryCollection has a list of geometries")
        return self._geometry(value, is_member=True)

    def _coordinates(self, value: Any, nesting: int) -> tuple[Any, ...]:
        if not isinstance(value, list) or not value:
            refuse("geometry_invalid", "the coordinates are not nested as the type demands")
        if nesting == 0:
            self._checker.count_vertex()
            if not all(isinstance(number, float) for number in value):
                refuse("geometry_invalid", "a position in the filter is two finite numbers, lon and lat")
            return position(value)
        return tuple(self._coordinates(part, nesting - 1) for part in value)
