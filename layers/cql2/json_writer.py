# SPDX-License-Identifier: Apache-2.0
"""Tree to CQL2 JSON. ``parse(dumps(to_json(tree))) == tree``. Pure."""

from typing import Any

from layers.cql2.geometry import BOX, COLLECTION
from layers.cql2.moments import OPEN, literal_text
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
)


def to_json(node: Node) -> Any:
    """The filter in the JSON encoding, as Python's values."""
    match node:
        case Property(name=name):
            return {"property": name}
        case Text() | Number() | Boolean():
            return node.value
        case Instant(is_date=is_date):
            return {"date" if is_date else "timestamp": literal_text(node)}
        case Interval(start=start, end=end):
            return {"interval": [_bound(start), _bound(end)]}
        case Geometry():
            return _geometry(node)
        case Array(items=items):
            return [to_json(item) for item in items]
    return {"op": _op(node), "args": _args(node)}


def _op(node: Node) -> str:
    match node:
        case Fold(op=op) | Arithmetic(op=op) | Compare(op=op) | Spatial(op=op) | Temporal(op=op) | ArrayRelation(op=op):
            return op
        case IsNull():
            return "isNull"
    return type(node).__name__.lower()


def _args(node: Node) -> list[Any]:
    match node:
        case Fold(value=value) | IsNull(value=value) | Not(arg=value):
            return [to_json(value)]
        case Arithmetic() | Compare() | Spatial() | Temporal() | ArrayRelation():
            return [to_json(node.left), to_json(node.right)]
        case Like(value=value, pattern=pattern):
            return [to_json(value), to_json(pattern)]
        case Between(value=value, low=low, high=high):
            return [to_json(value), to_json(low), to_json(high)]
        case In(value=value, items=items):
            return [to_json(value), [to_json(item) for item in items]]
        case And(args=args) | Or(args=args):
            return [to_json(arg) for arg in args]
    raise TypeError(f"{type(node).__name__} is no operation")


def _bound(bound: Instant | Property | None) -> Any:
    if bound is None:
        return OPEN
    return literal_text(bound) if isinstance(bound, Instant) else to_json(bound)


def _geometry(geometry: Geometry) -> dict[str, Any]:
    if geometry.type == BOX:
        return {"bbox": list(geometry.coordinates)}
    if geometry.type == COLLECTION:
        return {"type": COLLECTION, "geometries": [_geometry(member) for member in geometry.coordinates]}
    return {"type": geometry.type, "coordinates": _lists(geometry.coordinates)}


def _lists(value: Any) -> Any:
    return [_lists(part) for part in value] if isinstance(value, tuple) else value
