# SPDX-License-Identifier: Apache-2.0
"""What pandas says: its own types with NA and its own three-valued logic, for the filters that it can express."""

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import pandas as pd  # type: ignore[import-untyped]  # ships no types

from layers.cql2.tree import And, Between, Compare, In, IsNull, Kind, Node, Not, Number, Or, Property, Text, Tree

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def by_pandas(tree: Tree, rows: Sequence[dict[str, Any]]) -> tuple[bool | None, ...]:
    """The three-valued answer for every row."""
    answers = _truth(tree, pd.DataFrame.from_records(list(rows)))
    return tuple(None if answer is pd.NA else bool(answer) for answer in answers)


def _truth(node: Node, frame: pd.DataFrame) -> Any:
    match node:
        case And(args=args):
            return reduce(operator.and_, [_truth(arg, frame) for arg in args])
        case Or(args=args):
            return reduce(operator.or_, [_truth(arg, frame) for arg in args])
        case Not(arg=arg):
            return ~_truth(arg, frame)
        case Compare(op=op, left=left, right=right):
            return _OPERATORS[op](_column(left, frame), _literal(right))
        case Between(value=value, low=low, high=high):
            column = _column(value, frame)
            return (column >= _literal(low)) & (column <= _literal(high))
        case In(value=value, items=items):
            return reduce(operator.or_, [_column(value, frame) == _literal(item) for item in items])
        case IsNull(value=value):
            return pd.array(_column(value, frame).isna(), dtype="boolean")
    raise TypeError(f"pandas is not asked about {type(node).__name__}")


def _column(node: Node, frame: pd.DataFrame) -> Any:
    assert isinstance(node, Property)
    values = [None if value is None or value != value else value for value in frame[node.name]]
    if node.kind is Kind.TEXT:
        return pd.array(values, dtype=pd.StringDtype("python"))
    return pd.array([None if value is None else float(value) for value in values], dtype="Float64")


def _literal(node: Node) -> Any:
    assert isinstance(node, Text | Number)
    return node.value
