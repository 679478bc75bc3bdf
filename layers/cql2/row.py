# SPDX-License-Identifier: Apache-2.0
"""The row evaluator: a tree becomes a function of one feature, for the live stream. Pure."""

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from layers.cql2.folding import fold
from layers.cql2.geometry import prepared_shape, relate
from layers.cql2.like import pattern_of
from layers.cql2.moments import COMPARISONS, FIRST, LAST, TEMPORAL, Relation, stored_ticks, ticks
from layers.cql2.numbers import calculate, stored_number
from layers.cql2.stored import stored_boolean, stored_geometry, stored_text
from layers.cql2.tree import (
    And,
    Arithmetic,
    Array,
    ArrayRelation,
    Between,
    Boolean,
    Compare,
    Fold,
    Geometry,
    In,
    Instant,
    Interval,
    IsNull,
    Kind,
    Like,
    Node,
    Not,
    Number,
    Or,
    Property,
    Spatial,
    Temporal,
    Text,
    Tree,
)

Row: TypeAlias = Mapping[str, Any]
Truth: TypeAlias = bool | None
Ask: TypeAlias = Callable[[Row], Any]

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_STORED: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: stored_text,
    Kind.NUMBER: stored_number,
    Kind.BOOLEAN: stored_boolean,
    Kind.GEOMETRY: stored_geometry,
}


def matcher(tree: Tree) -> Callable[[Row], bool]:
    """Whether a row is selected.

    A row maps the layer's fields and what every feature has to JSON's values (moments may be datetimes); what is
    missing is NULL. ``geometry`` is a shape or GeoJSON; see ``layers.cql2.stored.row_of_feature``.
    """
    ask = truth(tree)
    return lambda row: ask(row) is True


def truth(tree: Tree) -> Callable[[Row], Truth]:
    """The three-valued answer; ``None`` is NULL."""
    return _ask(tree)


def _ask(node: Node) -> Ask:
    match node:
        case Property(name=name, kind=kind):
            return _property(name, kind)
        case Text() | Number() | Boolean():
            return _always(node.value)
        case Instant(start=start, end=end):
            return _always((ticks(start), ticks(end)))
        case Geometry():
            return _always(prepared_shape(node))
        case Interval():
            return _interval(node)
        case Array(items=items):
            return _array([_ask(item) for item in items], [item.kind for item in items])
        case Fold(op=op, value=value):
            return _known(partial(fold, op), _ask(value))
        case Arithmetic(op=op, left=left, right=right):
            first, second = _ask(left), _ask(right)
            return lambda row: calculate(op, first(row), second(row))
    return _ask_truth(node)


def _ask_truth(node: Node) -> Ask:  # noqa: C901 - one case for each type of node
    match node:
        case And(args=args):
            return _all([_ask(arg) for arg in args])
        case Or(args=args):
            return _any([_ask(arg) for arg in args])
        case Not(arg=arg):
            return _known(operator.not_, _ask(arg))
        case Compare(op=op, left=left, right=right):
            return _compare(op, left, right)
        case Between(value=value, low=low, high=high):
            return _all([_compare(">=", value, low), _compare("<=", value, high)])
        case In(value=value, items=items):
            return _any([_compare("=", value, item) for item in items])
        case Like(value=value, pattern=pattern):
            return _known(pattern_of(pattern).matcher(), _ask(value))
        case IsNull(value=value):
            return _is_null(value)
        case Spatial(op=op, left=left, right=right):
            return _known(lambda a, b: bool(relate(op, a, b)), _ask(left), _ask(right))
        case Temporal(op=op, left=left, right=right):
            return _relation(TEMPORAL[op], left, right)
        case ArrayRelation(op=op, left=left, right=right):
            return _known(ARRAYS[op], _ask(left), _ask(right))
    raise TypeError(f"{type(node).__name__} is no node of a tree")


ARRAYS: Mapping[str, Callable[[frozenset[Any], frozenset[Any]], bool]] = {
    "a_equals": operator.eq,
    "a_contains": operator.ge,
    "a_containedby": operator.le,
    "a_overlaps": lambda left, right: not left.isdisjoint(right),
}


def _always(value: Any) -> Ask:
    return lambda row: value


def _property(name: str, kind: Kind) -> Ask:
    if kind is Kind.INSTANT:

        def moment(row: Row) -> tuple[int | None, int | None]:
            tick = stored_ticks(row.get(name))
            return tick, tick

        return moment
    stored = _STORED[kind]
    return lambda row: stored(row.get(name))


def _interval(node: Interval) -> Ask:
    start = _always((FIRST, FIRST)) if node.start is None else _ask(node.start)
    end = _always((LAST, LAST)) if node.end is None else _ask(node.end)
    return lambda row: (start(row)[0], end(row)[1])


def _array(asks: Sequence[Ask], kinds: Sequence[Kind]) -> Ask:
    def items(row: Row) -> frozenset[tuple[Kind, Any]] | None:
        found = frozenset(zip(kinds, (ask(row) for ask in asks), strict=True))
        return None if any(value is None or value == (None, None) for _, value in found) else found

    return items


def _known(apply: Callable[..., Any], *asks: Ask) -> Ask:
    """A function of what is known; NULL where an operand is."""
    if len(asks) == 1:
        only = asks[0]

        def of_one(row: Row) -> Any:
            value = only(row)
            return None if value is None else apply(value)

        return of_one
    first, second = asks

    def of_two(row: Row) -> Any:
        left, right = first(row), second(row)
        return None if left is None or right is None else apply(left, right)

    return of_two


def _all(asks: Sequence[Ask]) -> Ask:
    def answer(row: Row) -> Truth:
        found: Truth = True
        for ask in asks:
            value = ask(row)
            if value is False:
                return False
            if value is None:
                found = None
        return found

    return answer


def _any(asks: Sequence[Ask]) -> Ask:
    def answer(row: Row) -> Truth:
        found: Truth = False
        for ask in asks:
            value = ask(row)
            if value is True:
                return True
            if value is None:
                found = None
        return found

    return answer


def _compare(op: str, left: Node, right: Node) -> Ask:
    if left.kind is Kind.INSTANT:
        return _relation(COMPARISONS[op], left, right)
    return _known(OPERATORS[op], _ask(left), _ask(right))


def _is_null(value: Node) -> Ask:
    ask = _ask(value)
    if value.kind in (Kind.INSTANT, Kind.INTERVAL):
        return lambda row: None in ask(row)
    return lambda row: ask(row) is None


def _relation(relation: Relation, left: Node, right: Node) -> Ask:
    """Compare the ends of two spans."""
    first, second = _ask(left), _ask(right)
    places = {"start1": 0, "end1": 1, "start2": 2, "end2": 3}
    terms = [(places[one], OPERATORS[op], places[other]) for one, op, other in relation.terms]
    decided = relation.is_any

    def answer(row: Row) -> Truth:
        ends = (*first(row), *second(row))
        found: Truth = not decided
        for one, compare, other in terms:
            if ends[one] is None or ends[other] is None:
                found = None
            elif bool(compare(ends[one], ends[other])) is decided:
                return decided
        return found

    return answer
