# SPDX-License-Identifier: Apache-2.0
"""Predicates whose paths all go through one relation are predicates of where it leads. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from layers.sta.expression import Call, Infix, Logical, Node, Not, Path, Value


def common_step(node: Node) -> str | None:
    """The first step that every path of a predicate shares and goes on from; ``None`` where there is none."""
    firsts = {path.steps[0] if len(path.steps) > 1 else None for path in _paths(node)}
    return firsts.pop() if len(firsts) == 1 else None


def without_step(node: Node) -> Node:
    """The predicate as it reads one step further."""
    match node:
        case Path():
            return Path(node.steps[1:])
        case Call():
            return Call(node.name, tuple(without_step(argument) for argument in node.arguments))
        case Infix() | Logical():
            return replace(node, left=without_step(node.left), right=without_step(node.right))
        case Not():
            return Not(without_step(node.part))
        case Value():
            return node


def _paths(node: Node) -> Iterator[Path]:
    match node:
        case Path():
            yield node
        case Call():
            for argument in node.arguments:
                yield from _paths(argument)
        case Infix() | Logical():
            yield from _paths(node.left)
            yield from _paths(node.right)
        case Not():
            yield from _paths(node.part)
