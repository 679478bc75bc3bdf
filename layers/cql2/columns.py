# SPDX-License-Identifier: Apache-2.0
"""The column evaluator: a tree over whole columns at once, for the columnar copy and for exports. Pure."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from layers.cql2.column_values import Array, Cells, cells_of
from layers.cql2.folding import fold
from layers.cql2.geometry import prepared_shape, relate
from layers.cql2.like import pattern_of
from layers.cql2.moments import COMPARISONS, FIRST, LAST, TEMPORAL, Relation, ticks
from layers.cql2.numbers import LEAST, MOST, power
from layers.cql2.row import ARRAYS, OPERATORS
from layers.cql2.tree import (
    And,
    Arithmetic,
    ArithmeticOp,
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
from layers.cql2.tree import Array as ArrayNode

_KNOWN = np.False_


def select(tree: Tree, columns: Mapping[str, Any], length: int) -> Array:
    """Which rows are selected, as an array of truth values.

    Args:
        tree: the filter.
        columns: by property name (``geometry`` holds shapes); a missing column is NULL throughout.
        length: the number of rows.
    """
    values, null = truths(tree, columns, length)
    return np.asarray(values & ~null)


def truths(tree: Tree, columns: Mapping[str, Any], length: int) -> Cells:
    """The three-valued answers: truth values, and where they are NULL."""
    answers = _Columns(columns, length).truth(tree)
    return Cells(np.broadcast_to(answers.values, length), np.broadcast_to(answers.null, length))


class _Columns:
    """One evaluation; a column is converted once."""

    def __init__(self, columns: Mapping[str, Any], length: int) -> None:
        self._columns = columns
        self._length = length
        self._converted: dict[str, Cells] = {}

    def truth(self, node: Node) -> Cells:  # noqa: C901 - one case for each type of node
        match node:
            case And(args=args):
                return _all([self.truth(arg) for arg in args])
            case Or(args=args):
                return _any([self.truth(arg) for arg in args])
            case Not(arg=arg):
                return _negated(self.truth(arg))
            case Compare(op=op, left=left, right=right):
                return self._compare(op, left, right)
            case Between(value=value, low=low, high=high):
                return _all([self._compare(">=", value, low), self._compare("<=", value, high)])
            case In(value=value, items=items):
                return self._is_in(value, items)
            case Like(value=value, pattern=pattern):
                cells = self._scalar(value)
                return Cells(_each(pattern_of(pattern).matcher(), cells.values).astype(bool), cells.null)
            case IsNull(value=value):
                return self._is_null(value)
            case Spatial(op=op, left=left, right=right):
                one, other = self._scalar(left), self._scalar(right)
                return Cells(relate(op, one.values, other.values), one.null | other.null)
            case Temporal(op=op, left=left, right=right):
                return self._relation(TEMPORAL[op], left, right)
            case ArrayRelation():
                return self._array_relation(node)
        return self._scalar(node)

    def _scalar(self, node: Node) -> Cells:
        """Texts, numbers, truth values and shapes."""
        match node:
            case Property(name=name, kind=kind):
                return self._property(name, kind)
            case Text(value=text):
                return Cells(np.asarray(text, dtype=object), _KNOWN)
            case Number() | Boolean():
                return Cells(np.asarray(node.value), _KNOWN)
            case Geometry():
                return Cells(prepared_shape(node), _KNOWN)
            case Fold(op=op, value=value):
                cells = self._scalar(value)
                return Cells(_each(partial(fold, op), cells.values), cells.null)
            case Arithmetic(op=op, left=left, right=right):
                return _calculate(op, self._scalar(left), self._scalar(right))
        return self.truth(node)

    def _property(self, name: str, kind: Kind) -> Cells:
        if name not in self._converted:
            self._converted[name] = cells_of(self._columns.get(name), kind, self._length)
        return self._converted[name]

    def _span(self, node: Node) -> tuple[Cells, Cells]:
        """The first and the last microsecond of an instant or interval."""
        match node:
            case Instant(start=start, end=end):
                return Cells(np.int64(ticks(start)), _KNOWN), Cells(np.int64(ticks(end)), _KNOWN)
            case Interval(start=first, end=last):
                opened = Cells(np.int64(FIRST), _KNOWN) if first is None else self._span(first)[0]
                closed = Cells(np.int64(LAST), _KNOWN) if last is None else self._span(last)[1]
                return opened, closed
        cells = self._scalar(node)
        return cells, cells

    def _compare(self, op: str, left: Node, right: Node) -> Cells:
        if left.kind is Kind.INSTANT:
            return self._relation(COMPARISONS[op], left, right)
        return _compared(op, self._scalar(left), self._scalar(right))

    def _relation(self, relation: Relation, left: Node, right: Node) -> Cells:
        first, second = self._span(left), self._span(right)
        ends = {"start1": first[0], "end1": first[1], "start2": second[0], "end2": second[1]}
        terms = [_compared(op, ends[one], ends[other]) for one, op, other in relation.terms]
        return _any(terms) if relation.is_any else _all(terms)

    def _is_in(self, value: Node, items: Sequence[Node]) -> Cells:
        literals = [item.value for item in items if isinstance(item, Text | Number)]
        if len(literals) < len(items):
            return _any([self._compare("=", value, item) for item in items])
        cells = self._scalar(value)
        return Cells(_each(frozenset(literals).__contains__, cells.values).astype(bool), cells.null)

    def _is_null(self, value: Node) -> Cells:
        if value.kind in (Kind.INSTANT, Kind.INTERVAL):
            start, end = self._span(value)
            return Cells(start.null | end.null, _KNOWN)
        return Cells(self._scalar(value).null, _KNOWN)

    def _array_relation(self, node: ArrayRelation) -> Cells:
        left, left_null = self._sets(node.left)
        right, right_null = self._sets(node.right)
        apply = ARRAYS[node.op]
        answers = [apply(one, other) for one, other in zip(left, right, strict=True)]
        return Cells(np.fromiter(answers, bool, self._length), left_null | right_null)

    def _sets(self, node: ArrayNode) -> tuple[list[frozenset[Any]], Array]:
        null = np.zeros(self._length, bool)
        listed: list[list[Any]] = []
        for item in node.items:
            parts = self._span(item) if item.kind is Kind.INSTANT else (self._scalar(item),)
            columns = []
            for part in parts:
                null |= part.null
                columns.append(np.broadcast_to(part.values, self._length).tolist())
            listed.append([(item.kind, *values) for values in zip(*columns, strict=True)])
        if not listed:
            return [frozenset()] * self._length, null
        return [frozenset(items) for items in zip(*listed, strict=True)], null


def _compared(op: str, left: Cells, right: Cells) -> Cells:
    return Cells(np.asarray(OPERATORS[op](left.values, right.values), dtype=bool), left.null | right.null)


def _all(parts: Sequence[Cells]) -> Cells:
    refuted: Any = np.False_
    null: Any = np.False_
    for part in parts:
        refuted = refuted | ~(part.values | part.null)
        null = null | part.null
    return Cells(~(refuted | null), null & ~refuted)


def _any(parts: Sequence[Cells]) -> Cells:
    proven: Any = np.False_
    null: Any = np.False_
    for part in parts:
        proven = proven | (part.values & ~part.null)
        null = null | part.null
    return Cells(proven, null & ~proven)


def _negated(cells: Cells) -> Cells:
    return Cells(~np.asarray(cells.values, dtype=bool), cells.null)


def _each(apply: Callable[[Any], Any], values: Any) -> Array:
    """Apply to every element; what repeats is computed once."""
    return np.asarray(np.frompyfunc(lru_cache(maxsize=4096)(apply), 1, 1)(values), dtype=object)


def _calculate(op: ArithmeticOp, left: Cells, right: Cells) -> Cells:
    """As ``layers.cql2.numbers.calculate``."""
    null = left.null | right.null | (np.abs(left.values) > MOST) | (np.abs(right.values) > MOST)
    a = np.where(null | (np.abs(left.values) < LEAST), 0.0, left.values)
    b = np.where(null | (np.abs(right.values) < LEAST), 0.0, right.values)
    match op:
        case "+":
            return Cells(a + b, null)
        case "-":
            return Cells(a - b, null)
        case "*":
            return Cells(a * b, null)
        case "^":
            results = np.asarray(np.frompyfunc(power, 2, 1)(a, b), dtype=np.float64)
            return Cells(np.where(np.isnan(results), 0.0, results), null | np.isnan(results))
    null = null | (b == 0)
    b = np.where(b == 0, 1.0, b)
    if op == "/":
        return Cells(a / b, null)
    whole = np.trunc(a / b)
    return Cells(whole if op == "div" else a - b * whole, null)
