# SPDX-License-Identifier: Apache-2.0
"""A filter as one frozen, typed tree. Only ``layers.cql2.check`` makes it, so what exists fits its layer. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal, TypeAlias

CompareOp: TypeAlias = Literal["=", "<>", "<", "<=", ">", ">="]
ArithmeticOp: TypeAlias = Literal["+", "-", "*", "/", "%", "div", "^"]
FoldOp: TypeAlias = Literal["casei", "accenti"]


class Kind(StrEnum):
    """What a value is."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    INTERVAL = "interval"
    GEOMETRY = "geometry"
    ARRAY = "array"


@dataclass(frozen=True, slots=True)
class Property:
    """A field of the layer or what every feature has; ``is_column`` says that it is not in the jsonb."""

    name: str
    kind: Kind
    is_column: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text in NFC."""

    value: str
    kind: ClassVar[Kind] = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number; never minus zero."""

    value: float
    kind: ClassVar[Kind] = Kind.NUMBER


@dataclass(frozen=True, slots=True)
class Boolean:
    """TRUE or FALSE."""

    value: bool
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Instant:
    """From the first to the last microsecond, in UTC: a day, or one moment (``start == end``)."""

    start: datetime
    end: datetime
    is_date: bool
    kind: ClassVar[Kind] = Kind.INSTANT


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval; ``None`` is open."""

    start: Instant | Property | None
    end: Instant | Property | None
    kind: ClassVar[Kind] = Kind.INTERVAL


@dataclass(frozen=True, slots=True)
class Geometry:
    """A literal in lon, lat. ``type`` is GeoJSON's, or ``BBox`` with (west, south, east, north).

    ``coordinates`` are nested tuples; those of a GeometryCollection are its ``Geometry`` members.
    """

    type: str
    coordinates: tuple[Any, ...]
    kind: ClassVar[Kind] = Kind.GEOMETRY


@dataclass(frozen=True, slots=True)
class Array:
    """A list of scalars, compared as a set."""

    items: tuple["Node", ...]
    kind: ClassVar[Kind] = Kind.ARRAY


@dataclass(frozen=True, slots=True)
class Fold:
    """Text without case, or without accents."""

    op: FoldOp
    value: "Node"
    kind: ClassVar[Kind] = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers make a number."""

    op: ArithmeticOp
    left: "Node"
    right: "Node"
    kind: ClassVar[Kind] = Kind.NUMBER


@dataclass(frozen=True, slots=True)
class Compare:
    """Two scalars of one kind."""

    op: CompareOp
    left: "Node"
    right: "Node"
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Like:
    """``pattern`` is a text, maybe folded."""

    value: "Node"
    pattern: "Node"
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends included."""

    value: "Node"
    low: "Node"
    high: "Node"
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class In:
    """Equal to one of them."""

    value: "Node"
    items: tuple["Node", ...]
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class IsNull:
    """There is no value; itself never NULL."""

    value: "Node"
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more; never directly inside another."""

    args: tuple["Node", ...]
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more; never directly inside another."""

    args: tuple["Node", ...]
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; NULL stays NULL."""

    arg: "Node"
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Spatial:
    """A relation of two geometries, such as ``s_within``."""

    op: str
    left: "Node"
    right: "Node"
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Temporal:
    """A relation of two instants or intervals, such as ``t_before``."""

    op: str
    left: "Node"
    right: "Node"
    kind: ClassVar[Kind] = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class ArrayRelation:
    """A relation of two arrays as sets, such as ``a_contains``."""

    op: str
    left: Array
    right: Array
    kind: ClassVar[Kind] = Kind.BOOLEAN


Pair: TypeAlias = Arithmetic | Compare | Spatial | Temporal | ArrayRelation
Node: TypeAlias = (
    Property | Text | Number | Boolean | Instant | Interval | Geometry | Array | Fold | Pair
    | Like | Between | In | IsNull | And | Or | Not
)  # fmt: skip
# A whole filter: a node whose kind is BOOLEAN.
Tree: TypeAlias = Node


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below."""
    match node:
        case Fold(value=value) | IsNull(value=value):
            return (value,)
        case Not(arg=arg):
            return (arg,)
        case Arithmetic() | Compare() | Spatial() | Temporal() | ArrayRelation():
            return (node.left, node.right)
        case Like(value=value, pattern=pattern):
            return (value, pattern)
        case Between(value=value, low=low, high=high):
            return (value, low, high)
        case In(value=value, items=items):
            return (value, *items)
        case And(args=nodes) | Or(args=nodes) | Array(items=nodes):
            return nodes
        case Interval(start=start, end=end):
            return tuple(bound for bound in (start, end) if bound is not None)
    return ()


def walk(tree: Tree) -> Iterator[tuple[Node, int]]:
    """Every node with its level, the root's being 1. Without recursion."""
    waiting: list[tuple[Node, int]] = [(tree, 1)]
    while waiting:
        node, level = waiting.pop()
        yield node, level
        waiting += [(child, level + 1) for child in children(node)]


def depth(tree: Tree) -> int:
    """The number of levels."""
    return max(level for _, level in walk(tree))


def properties(tree: Tree) -> frozenset[str]:
    """The names of the properties on which the answer depends."""
    return frozenset(node.name for node, _ in walk(tree) if isinstance(node, Property))
