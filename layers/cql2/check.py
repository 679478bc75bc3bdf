# SPDX-License-Identifier: Apache-2.0
"""Makes the tree: every node is counted, typed and checked against the layer when it is made. Pure.

Both encodings build through this, so that they have the same limits and the same types.
"""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import cast

from layers.cql2 import geometry as shapes
from layers.cql2.like import pattern_of
from layers.cql2.limits import (
    MAX_DEPTH,
    MAX_LIST,
    MAX_NAME,
    MAX_NODES,
    MAX_VERTICES,
    refuse,
    refuse_depth,
    refuse_list,
    refuse_syntax,
    refuse_type,
    refuse_vertices,
)
from layers.cql2.moments import INTERVAL_RELATIONS, RELATIONS, date_literal, timestamp_literal
from layers.cql2.tree import (
    And,
    Arithmetic,
    ArithmeticOp,
    Array,
    ArrayRelation,
    Between,
    Boolean,
    Compare,
    CompareOp,
    Fold,
    FoldOp,
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
    depth,
)

ARITHMETIC = ("+", "-", "*", "/", "%", "div", "^")
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
FOLDS = ("casei", "accenti")
ARRAY_RELATIONS = ("a_equals", "a_contains", "a_containedby", "a_overlaps")
_SCALARS = (Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN, Kind.INSTANT)
_ORDERED = (Kind.TEXT, Kind.NUMBER, Kind.INSTANT)
_TEMPORAL = (Kind.INSTANT, Kind.INTERVAL)


class Checker:
    """Makes the nodes of one filter over one layer's properties.

    Every method raises ``BadParameter`` for what does not fit.
    """

    def __init__(self, properties: Mapping[str, Property]) -> None:
        self._properties = properties
        self._nodes = 0
        self._vertices = 0

    def property(self, name: str) -> Property:
        """A property by its name; the wording does not tell a hidden one from one that never was."""
        found = self._properties.get(name)
        if found is None:
            plain = name if name.isascii() and name.isprintable() and len(name) <= MAX_NAME else None
            refuse(
                "property_unknown",
                "the filter names a property that cannot be filtered by; the queryables of the collection list them",
                **({} if plain is None else {"property": plain}),
            )
        self._count()
        return found

    def text(self, value: str) -> Text:
        """A text literal, in NFC."""
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            refuse("text_invalid", "the filter holds characters that are no text")
        self._count()
        return Text(unicodedata.normalize("NFC", value))

    def number(self, value: float) -> Number:
        """A finite number."""
        if not math.isfinite(value):
            refuse("number_invalid", "a number of the filter is not finite in double precision")
        self._count()
        return Number(value + 0.0)

    def boolean(self, value: bool) -> Boolean:
        """TRUE or FALSE."""
        self._count()
        return Boolean(value)

    def date(self, text: str) -> Instant:
        """A day."""
        self._count()
        return date_literal(text)

    def timestamp(self, text: str) -> Instant:
        """A moment."""
        self._count()
        return timestamp_literal(text)

    def interval(self, start: Instant | Property | None, end: Instant | Property | None) -> Interval:
        """A closed interval; its bounds are literals, moments of the feature, or open."""
        self._count()
        for bound in (start, end):
            if bound is not None and bound.kind is not Kind.INSTANT:
                refuse_type("an INTERVAL takes days, moments or '..'")
        if isinstance(start, Instant) and isinstance(end, Instant) and start.start > end.end:
            refuse("time_invalid", "an INTERVAL of the filter ends before it starts")
        return Interval(start, end)

    def count_vertex(self) -> None:
        """One more position of a geometry is about to be read."""
        self._vertices += 1
        if self._vertices > MAX_VERTICES:
            refuse_vertices()

    def geometry(self, kind: str, coordinates: tuple[object, ...]) -> Geometry:
        """A valid geometry."""
        self._count()
        return shapes.checked(Geometry(kind, coordinates))

    def box(self, numbers: list[float]) -> Geometry:
        """A BBOX."""
        self._count()
        return shapes.box_of(numbers)

    def array(self, items: Sequence[Node]) -> Array:
        """A list of scalars."""
        self._count()
        if len(items) > MAX_LIST:
            refuse_list()
        for item in items:
            if item.kind not in _SCALARS:
                refuse_type("the items of an array are texts, numbers, truth values, days or moments")
        return Array(tuple(items))

    def fold(self, op: str, value: Node) -> Fold:
        """CASEI or ACCENTI."""
        self._count()
        if value.kind is not Kind.TEXT:
            refuse_type(f"{op.upper()} takes a text")
        return Fold(cast(FoldOp, op), value)

    def negative(self, value: Node) -> Node:
        """A minus sign."""
        if isinstance(value, Number):
            return Number(0.0 - value.value)
        return self.arithmetic("*", self.number(-1.0), value)

    def arithmetic(self, op: str, left: Node, right: Node) -> Arithmetic:
        """Two numbers."""
        self._count()
        if left.kind is not Kind.NUMBER or right.kind is not Kind.NUMBER:
            refuse_type(f"'{op}' takes numbers")
        return Arithmetic(cast(ArithmeticOp, op), left, right)

    def compare(self, op: str, left: Node, right: Node) -> Compare:
        """Two scalars of one kind; truth values have no order."""
        self._count()
        allowed = _SCALARS if op in ("=", "<>") else _ORDERED
        if left.kind is not right.kind or left.kind not in allowed:
            refuse_type(f"'{op}' cannot compare {left.kind} with {right.kind}")
        return Compare(cast(CompareOp, op), left, right)

    def like(self, value: Node, pattern: Node) -> Like:
        """A text and a pattern."""
        self._count()
        if value.kind is not Kind.TEXT:
            refuse_type("LIKE takes a text")
        pattern_of(pattern)
        return Like(value, pattern)

    def between(self, value: Node, low: Node, high: Node) -> Between:
        """Three scalars of one kind that has an order."""
        self._count()
        if not value.kind is low.kind is high.kind or value.kind not in _ORDERED:
            refuse_type(f"BETWEEN cannot compare {value.kind} with {low.kind} and {high.kind}")
        return Between(value, low, high)

    def is_in(self, value: Node, items: Sequence[Node]) -> In:
        """A scalar and one or more of its kind."""
        self._count()
        if len(items) > MAX_LIST:
            refuse_list()
        if not items:
            refuse_syntax("IN needs at least one value")
        for item in items:
            if item.kind is not value.kind or item.kind not in _SCALARS:
                refuse_type(f"IN cannot compare {value.kind} with {item.kind}")
        return In(value, tuple(items))

    def is_null(self, value: Node) -> IsNull:
        """Anything but an array."""
        self._count()
        if value.kind is Kind.ARRAY:
            refuse_type("IS NULL takes no array")
        return IsNull(value)

    def conjunction(self, args: Sequence[Node]) -> Node:
        """All of them; one alone is itself."""
        return args[0] if len(args) == 1 else And(self._truths("AND", args, And))

    def disjunction(self, args: Sequence[Node]) -> Node:
        """Any of them; one alone is itself."""
        return args[0] if len(args) == 1 else Or(self._truths("OR", args, Or))

    def negation(self, arg: Node) -> Not:
        """The opposite."""
        self._count()
        if arg.kind is not Kind.BOOLEAN:
            refuse_type("NOT takes a condition")
        return Not(arg)

    def call(self, name: str, args: Sequence[Node]) -> Node:
        """A function by its lower-case name; there are no others than the standard's."""
        if name in FOLDS and len(args) == 1:
            return self.fold(name, args[0])
        if len(args) == 2:
            left, right = args
            if name in shapes.RELATIONS:
                return self._spatial(name, left, right)
            if name in RELATIONS or name in INTERVAL_RELATIONS:
                return self._temporal(name, left, right)
            if name in ARRAY_RELATIONS:
                return self._array_relation(name, left, right)
        known = (*FOLDS, *shapes.RELATIONS, *RELATIONS, *INTERVAL_RELATIONS, *ARRAY_RELATIONS)
        if name in known:
            refuse_syntax(f"{name.upper()} takes {1 if name in FOLDS else 2} operands")
        refuse("function_unknown", "the filter calls a function that does not exist")

    def finish(self, tree: Node) -> Tree:
        """The whole filter."""
        if tree.kind is not Kind.BOOLEAN:
            refuse_type(f"the filter is a {tree.kind}, not a condition")
        if depth(tree) > MAX_DEPTH:
            refuse_depth()
        return tree

    def _spatial(self, op: str, left: Node, right: Node) -> Spatial:
        self._count()
        if left.kind is not Kind.GEOMETRY or right.kind is not Kind.GEOMETRY:
            refuse_type(f"{op.upper()} takes geometries")
        if op not in shapes.FOR_COLLECTIONS:
            for node in (left, right):
                if isinstance(node, Geometry) and node.type == shapes.COLLECTION:
                    refuse("geometry_invalid", f"{op.upper()} takes no GEOMETRYCOLLECTION")
        return Spatial(op, left, right)

    def _temporal(self, op: str, left: Node, right: Node) -> Temporal:
        self._count()
        allowed = _TEMPORAL if op in RELATIONS else (Kind.INTERVAL,)
        if left.kind not in allowed or right.kind not in allowed:
            hint = "days, moments or intervals" if op in RELATIONS else "intervals; T_INTERSECTS takes moments too"
            refuse_type(f"{op.upper()} takes {hint}")
        return Temporal(op, left, right)

    def _array_relation(self, op: str, left: Node, right: Node) -> ArrayRelation:
        self._count()
        if not isinstance(left, Array) or not isinstance(right, Array):
            refuse_type(f"{op.upper()} takes arrays")
        return ArrayRelation(op, left, right)

    def _truths(self, word: str, args: Sequence[Node], of_type: type[And] | type[Or]) -> tuple[Node, ...]:
        """The operands, those of the same operator taken in: AND and OR do not care for brackets."""
        self._count()
        flat: list[Node] = []
        for arg in args:
            if arg.kind is not Kind.BOOLEAN:
                refuse_type(f"{word} takes conditions")
            flat += arg.args if isinstance(arg, of_type) else (arg,)
        return tuple(flat)

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            refuse("too_large", f"the filter has more than {MAX_NODES} parts", maximum=MAX_NODES)
