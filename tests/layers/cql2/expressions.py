# SPDX-License-Identifier: Apache-2.0
"""Random typed filters, of every kind of node, made through the checker as the parsers make them."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from shapely.geometry import mapping

from geo.errors import BadParameter
from layers.cql2.check import ARRAY_RELATIONS, COMPARISONS, Checker
from layers.cql2.geometry import COLLECTION, FOR_COLLECTIONS, RELATIONS
from layers.cql2.moments import INTERVAL_RELATIONS
from layers.cql2.moments import RELATIONS as MOMENT_RELATIONS
from layers.cql2.tree import Geometry, Instant, Kind, Node, Property, Tree
from layers.cql2.vocabulary import filterable
from tests.layers.cql2.zoo import MOMENTS, NUMBERS, TEXTS, ZOO, shape

_NAMES = {
    Kind.TEXT: ("name", "note", "kind", "source", "external_id"),
    Kind.NUMBER: ("count", "level", "revision"),
    Kind.BOOLEAN: ("open",),
    Kind.INSTANT: ("seen", "valid_from", "valid_to", "recorded_at"),
    Kind.GEOMETRY: ("geometry", "geom"),
}
# What the pandas oracle can express.
_SIMPLE_NAMES = {Kind.TEXT: ("name", "kind", "external_id"), Kind.NUMBER: ("count", "revision")}
_ORDERED = (Kind.TEXT, Kind.NUMBER, Kind.INSTANT)
_SCALARS = (*_ORDERED, Kind.BOOLEAN)


class Expressions:
    """Draws filters from a source of chance, which may be hypothesis'."""

    def __init__(self, rng: random.Random, *, simple: bool = False) -> None:
        self._rng = rng
        self._simple = simple
        self._checker = Checker({})

    def draw(self) -> Tree:
        """One filter within the limits."""
        while True:
            self._checker = Checker(filterable(ZOO))
            try:
                return self._checker.finish(self._condition(self._rng.randrange(4)))
            except BadParameter as refused:
                assert refused.code in ("filter_too_deep", "filter_too_large")

    def _condition(self, budget: int) -> Node:
        rng, checker = self._rng, self._checker
        if budget and rng.random() < 0.7:
            match rng.randrange(3):
                case 0:
                    return checker.negation(self._condition(budget - 1))
                case 1:
                    return checker.conjunction([self._condition(budget - 1) for _ in range(rng.randrange(2, 4))])
            return checker.disjunction([self._condition(budget - 1) for _ in range(rng.randrange(2, 4))])
        if self._simple:
            return rng.choice([self._compare, self._between, self._is_in, self._is_null])(0)
        kinds: tuple[Callable[[int], Node], ...] = (
            self._compare, self._compare, self._between, self._is_in, self._is_null, self._like, self._like,
            self._spatial, self._spatial, self._temporal, self._temporal, self._array_relation, self._truth,
        )  # fmt: skip
        return rng.choice(kinds)(budget)

    def _truth(self, budget: int) -> Node:
        rng, checker = self._rng, self._checker
        if rng.random() < 0.5:
            return checker.property("open")
        return checker.boolean(rng.random() < 0.5)

    def _compare(self, budget: int) -> Node:
        kind = self._rng.choice(list(_SIMPLE_NAMES) if self._simple else _SCALARS)
        operators = COMPARISONS if kind in _ORDERED else ("=", "<>")
        left, right = self._scalar(kind, budget, is_left=True), self._scalar(kind, budget)
        return self._checker.compare(self._rng.choice(operators), left, right)

    def _between(self, budget: int) -> Node:
        kind = self._rng.choice(list(_SIMPLE_NAMES) if self._simple else _ORDERED)
        low, high = self._scalar(kind, budget), self._scalar(kind, budget)
        return self._checker.between(self._scalar(kind, budget, is_left=True), low, high)

    def _is_in(self, budget: int) -> Node:
        kind = self._rng.choice(list(_SIMPLE_NAMES) if self._simple else _SCALARS)
        items = [self._scalar(kind, budget) for _ in range(self._rng.randrange(1, 5))]
        return self._checker.is_in(self._scalar(kind, budget, is_left=True), items)

    def _is_null(self, budget: int) -> Node:
        if self._simple:
            return self._checker.is_null(self._property(self._rng.choice(list(_SIMPLE_NAMES))))
        kind = self._rng.choice((*_SCALARS, Kind.GEOMETRY, Kind.INTERVAL))
        if kind is Kind.GEOMETRY:
            return self._checker.is_null(self._geometry())
        if kind is Kind.INTERVAL:
            return self._checker.is_null(self._interval())
        return self._checker.is_null(self._scalar(kind, budget, is_left=True))

    def _like(self, budget: int) -> Node:
        rng = self._rng
        text = rng.choice(TEXTS).replace("\\", "")
        pieces = [rng.choice(("%", "_", "\\%", "\\_", "\\\\", text[:2], text[1:3], text[-1:])) for _ in range(4)]
        pattern: Node = self._checker.text("".join(pieces if rng.random() < 0.7 else [text, "%"]))
        value = self._scalar(Kind.TEXT, budget, is_left=True)
        for op in ("casei", "accenti"):
            if rng.random() < 0.4:
                pattern, value = self._checker.fold(op, pattern), self._checker.fold(op, value)
        return self._checker.like(value, pattern)

    def _spatial(self, budget: int) -> Node:
        op = self._rng.choice(RELATIONS)
        collections = op in FOR_COLLECTIONS
        one, other = self._geometry(is_left=True), self._geometry(collections=collections)
        return self._checker.call(op, [one, other] if self._rng.random() < 0.7 else [other, one])

    def _temporal(self, budget: int) -> Node:
        if self._rng.random() < 0.5:
            op = self._rng.choice(list(INTERVAL_RELATIONS))
            return self._checker.call(op, [self._interval(), self._interval()])
        op = self._rng.choice(list(MOMENT_RELATIONS))
        return self._checker.call(op, [self._span(), self._span()])

    def _array_relation(self, budget: int) -> Node:
        one, other = self._array(), self._array()
        return self._checker.call(self._rng.choice(ARRAY_RELATIONS), [one, other])

    def _array(self) -> Node:
        items = [self._scalar(self._rng.choice(_SCALARS), 0) for _ in range(self._rng.randrange(4))]
        if self._rng.random() < 0.3:
            items.append(self._property(self._rng.choice(_SCALARS)))
        return self._checker.array(items)

    def _scalar(self, kind: Kind, budget: int, *, is_left: bool = False) -> Node:
        rng, checker = self._rng, self._checker
        if self._simple:
            return self._property(kind) if is_left else self._literal(kind)
        if rng.random() < (0.8 if is_left else 0.15):
            node: Node = self._property(kind)
        elif kind is Kind.BOOLEAN and budget:
            node = self._condition(budget - 1)
        else:
            node = self._literal(kind)
        if kind is Kind.TEXT:
            for op in ("casei", "accenti"):
                if rng.random() < 0.2:
                    node = checker.fold(op, node)
        while kind is Kind.NUMBER and rng.random() < 0.35:
            pair = [node, self._scalar(kind, 0)]
            rng.shuffle(pair)
            node = checker.arithmetic(rng.choice(["+", "-", "*", "/", "%", "div", "^"]), *pair)
        return node

    def _property(self, kind: Kind) -> Property:
        return self._checker.property(self._rng.choice((_SIMPLE_NAMES if self._simple else _NAMES)[kind]))

    def _literal(self, kind: Kind) -> Node:
        rng, checker = self._rng, self._checker
        match kind:
            case Kind.TEXT:
                return checker.text(rng.choice((*TEXTS, "a", "b", "c")))
            case Kind.NUMBER:
                return checker.number(float(rng.choice(NUMBERS)))
            case Kind.BOOLEAN:
                return checker.boolean(rng.random() < 0.5)
        return self._instant()

    def _instant(self) -> Instant:
        moment = self._rng.choice(MOMENTS)
        if self._rng.random() < 0.3:
            return self._checker.date(moment.date().isoformat())
        if moment.year not in (1, 9999) and self._rng.random() < 0.3:
            moment += timedelta(microseconds=self._rng.choice((-1, 1)))
        return self._checker.timestamp(moment.isoformat())

    def _span(self) -> Node:
        match self._rng.randrange(3):
            case 0:
                return self._instant()
            case 1:
                return self._property(Kind.INSTANT)
        return self._interval()

    def _interval(self) -> Node:
        start, end = self._bound(), self._bound()
        if isinstance(start, Instant) and isinstance(end, Instant) and start.start > end.end:
            start, end = end, start
        return self._checker.interval(start, end)

    def _bound(self) -> Instant | Property | None:
        match self._rng.randrange(5):
            case 0:
                return None
            case 1 | 2:
                return self._property(Kind.INSTANT)
        return self._instant()

    def _geometry(self, *, is_left: bool = False, collections: bool = False) -> Node:
        rng = self._rng
        if rng.random() < (0.8 if is_left else 0.1):
            return self._checker.property(rng.choice(_NAMES[Kind.GEOMETRY]))
        if rng.random() < 0.25:
            west, south = 105.5 + rng.randrange(9) / 16, 21.5 + rng.randrange(9) / 16
            return self._checker.box([west, south, west + rng.randrange(4) / 16, south + rng.randrange(4) / 16])
        if collections and rng.random() < 0.2:
            members = tuple(self._shape() for _ in range(2))
            return self._checker.geometry(COLLECTION, members)
        return self._shape()

    def _shape(self) -> Geometry:
        document = mapping(shape(self._rng))
        return self._checker.geometry(document["type"], _tuples(document["coordinates"]))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list | tuple) else value
