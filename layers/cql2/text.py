# SPDX-License-Identifier: Apache-2.0
"""Tree to CQL2 text: the one spelling of a filter. ``parse(to_text(tree)) == tree``. Pure."""

from typing import Any

from layers.cql2.geometry import BOX, COLLECTION, NESTING
from layers.cql2.moments import OPEN, literal_text
from layers.cql2.tokens import quoted_name, quoted_text
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

# How tightly a node holds together; an operand that holds less needs brackets.
_OR, _AND, _NOT, _PREDICATE, _SUM, _PRODUCT, _POWER, _ATOM = range(8)
_ARITHMETIC = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT, "div": _PRODUCT, "^": _POWER}


def to_text(tree: Tree) -> str:
    """The filter in the text encoding."""
    return _written(tree)[0]


def canonical(tree: Tree) -> str:
    """The same text for every spelling of a tree: whitespace, brackets, case of keywords, text or JSON."""
    return to_text(tree)


def number_text(value: float) -> str:
    """The shortest text that reads back as the same double."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _written(node: Node) -> tuple[str, int]:
    """The text of a node and how tightly it holds."""
    match node:
        case Or(args=args):
            return " OR ".join(_inside(arg, _AND) for arg in args), _OR
        case And(args=args):
            return " AND ".join(_inside(arg, _NOT) for arg in args), _AND
        case Not(arg=arg):
            return f"NOT {_inside(arg, _NOT)}", _NOT
        case Compare(op=op, left=left, right=right):
            return f"{_inside(left, _SUM)} {op} {_inside(right, _SUM)}", _PREDICATE
        case Like(value=value, pattern=pattern):
            return f"{_inside(value, _SUM)} LIKE {_inside(pattern, _ATOM)}", _PREDICATE
        case Between(value=value, low=low, high=high):
            return f"{_inside(value, _SUM)} BETWEEN {_inside(low, _SUM)} AND {_inside(high, _SUM)}", _PREDICATE
        case In(value=value, items=items):
            return f"{_inside(value, _SUM)} IN {_listed(items)}", _PREDICATE
        case IsNull(value=value):
            return f"{_inside(value, _SUM)} IS NULL", _PREDICATE
        case Arithmetic(op=op, left=left, right=right):
            # The sum and the product group to the left, the power does not chain at all.
            level = _ARITHMETIC[op]
            first = _inside(left, _ATOM if op == "^" else level)
            return f"{first} {op.upper()} {_inside(right, level + 1)}", level
    return _atom(node), _ATOM


def _inside(node: Node, level: int) -> str:
    text, own = _written(node)
    return text if own >= level else f"({text})"


def _atom(node: Node) -> str:  # noqa: C901 - one case for each type of node
    match node:
        case Property(name=name):
            return quoted_name(name)
        case Text(value=text):
            return quoted_text(text)
        case Number(value=number):
            return number_text(number)
        case Boolean(value=truth):
            return "TRUE" if truth else "FALSE"
        case Instant(is_date=is_date):
            return f"{'DATE' if is_date else 'TIMESTAMP'}('{literal_text(node)}')"
        case Interval(start=start, end=end):
            return f"INTERVAL({_bound(start)}, {_bound(end)})"
        case Geometry():
            return _geometry(node)
        case Array(items=items):
            return _listed(items)
        case Fold(op=op, value=value):
            return f"{op.upper()}({to_text(value)})"
        case Spatial() | Temporal() | ArrayRelation():
            return f"{node.op.upper()}({to_text(node.left)}, {to_text(node.right)})"
    raise TypeError(f"{type(node).__name__} is no atom")


def _listed(items: tuple[Node, ...]) -> str:
    return "(" + ", ".join(to_text(item) for item in items) + ")"


def _bound(bound: Instant | Property | None) -> str:
    if bound is None:
        return f"'{OPEN}'"
    return f"'{literal_text(bound)}'" if isinstance(bound, Instant) else quoted_name(bound.name)


def _geometry(geometry: Geometry) -> str:
    if geometry.type == BOX:
        return "BBOX(" + ", ".join(number_text(number) for number in geometry.coordinates) + ")"
    tag = geometry.type.upper()
    if geometry.type == COLLECTION:
        return f"{tag}({', '.join(_geometry(member) for member in geometry.coordinates)})"
    if geometry.type == "Point":
        return f"{tag}({_position(geometry.coordinates)})"
    if geometry.type == "MultiPoint":
        return f"{tag}({', '.join(f'({_position(point)})' for point in geometry.coordinates)})"
    return tag + _nested(geometry.coordinates, NESTING[geometry.type])


def _nested(coordinates: tuple[Any, ...], nesting: int) -> str:
    if nesting == 0:
        return _position(coordinates)
    return "(" + ", ".join(_nested(part, nesting - 1) for part in coordinates) + ")"


def _position(point: tuple[float, float]) -> str:
    return " ".join(number_text(number) for number in point)
