# SPDX-License-Identifier: Apache-2.0
"""From ``$filter`` and ``$orderby`` to SQL conditions on the selections of ``layers/sta/entities.py``.

A predicate that goes through relations holds where such entities exist for which it holds; one that names two relations
holds where two such exist. Every value of a client is bound.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Float,
    FromClause,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)

from geo.errors import BadParameter
from layers.sta.entities import World
from layers.sta.expression import COMPARISONS, Call, Infix, Logical, Node, Not, Path, Value
from layers.sta.functions_sql import FUNCTIONS
from layers.sta.hops import common_step, without_step
from layers.sta.model import ENTITY_TYPES, EntityType, Relation
from layers.sta.typed_sql import Typed, alike, as_kind, literal_of, refuse

_COMPARE = {"eq": "__eq__", "ne": "__ne__", "gt": "__gt__", "ge": "__ge__", "lt": "__lt__", "le": "__le__"}
_ORDERED = ("text", "number", "moment", "date")
_SQL_OPERATORS = {"add": "+", "sub": "-", "mul": "*"}


class Scope:
    """Where names are looked up: the rows of one entity type, and the rows that relations lead to from them."""

    def __init__(self, world: World, kind: EntityType, rows: FromClause) -> None:
        self.world = world
        self._kind = kind
        self._rows = rows
        self._joined: dict[tuple[str, ...], FromClause] = {}
        self._joins: list[ColumnElement[bool]] = []

    def led_by(self, name: str) -> tuple[Relation, "Scope"] | None:
        """The relation of that name, and the rows that it leads to; ``None`` where there is none."""
        relation = self._kind.relation(name)
        if relation is None:
            return None
        return relation, Scope(self.world, ENTITY_TYPES[relation.target], self.world.rows(relation.target))

    def column(self, name: str) -> ColumnElement[Any]:
        """A column of the rows."""
        column: ColumnElement[Any] = self._rows.c[name]
        return column

    def fresh(self) -> "Scope":
        """The same rows, and no others yet."""
        return Scope(self.world, self._kind, self._rows)

    @property
    def joined(self) -> list[FromClause]:
        """The other rows."""
        return list(self._joined.values())

    @property
    def joins(self) -> list[ColumnElement[bool]]:
        """How they belong together."""
        return self._joins

    def find(self, path: Path, *, to_one: bool = False) -> Typed:
        """The value at a path.

        Raises:
            BadParameter: there is no such property, or it cannot be compared, or it is of many entities.
        """
        kind, rows, steps = self._kind, self._rows, path.steps
        for at, name in enumerate(steps):
            relation = kind.relation(name)
            if relation is None:
                return _property(kind, rows, steps[at:])
            if to_one and relation.many:
                refuse(f"'{name}' is many: nothing can be put in its order", "orderby_invalid")
            reached = self._joined.get(steps[: at + 1])
            if reached is None:
                reached = self._joined[steps[: at + 1]] = self.world.rows(relation.target)
                self._joins.append(rows.c[relation.mine] == reached.c[relation.theirs])
            kind, rows = ENTITY_TYPES[relation.target], reached
        refuse(f"'{'/'.join(steps)}' is an entity: compare one of its properties")


def condition(scope: Scope, node: Node) -> ColumnElement[bool]:
    """The SQL condition of a filter.

    Raises:
        BadParameter: it names or compares what cannot be.
    """
    match node:
        case Logical():
            both = condition(scope, node.left), condition(scope, node.right)
            return and_(*both) if node.op == "and" else or_(*both)
        case Not():
            return not_(condition(scope, node.part))
    hop = common_step(node)
    if hop is not None and (led := scope.led_by(hop)) is not None:
        return _by_hop(scope, *led, without_step(node))
    inner = scope.fresh()
    found = value_of(inner, node)
    if found.kind != "boolean":
        refuse("a filter is true or false: compare the value with another")
    if not inner.joined:
        return found.sql
    return exists(select(1).select_from(*inner.joined).where(*inner.joins, found.sql))


def _by_hop(scope: Scope, relation: Relation, target: Scope, node: Node) -> ColumnElement[bool]:
    """Where the entities that a relation leads to fulfil the rest.

    They are found once and not for each row, whatever the planner knows of the tables; readings, of which there may be
    millions, are looked up by the key of what they belong to.
    """
    inside = condition(target, node)
    mine, theirs = scope.column(relation.mine), target.column(relation.theirs)
    if relation.target == "Observations":
        return exists(select(1).where(theirs == mine, inside))
    found = select(theirs.label("key")).where(inside).cte().prefix_with("MATERIALIZED")
    return mine.in_(select(found.c.key))


def order_of(scope: Scope, path: Path) -> ColumnElement[Any]:
    """What entities are put in order by; through relations that lead to one.

    Raises:
        BadParameter: it has no order.
    """
    inner = scope.fresh()
    found = inner.find(path, to_one=True)
    if found.kind not in (*_ORDERED, "json"):
        refuse(f"'{'/'.join(path.steps)}' has no order", "orderby_invalid")
    if not inner.joined:
        return found.sql
    return select(found.sql).select_from(*inner.joined).where(*inner.joins).limit(1).scalar_subquery()


def value_of(scope: Scope, node: Node) -> Typed:
    """The SQL value of a part of a filter.

    Raises:
        BadParameter: it names or compares what cannot be.
    """
    match node:
        case Value():
            return literal_of(node)
        case Path():
            return scope.find(node)
        case Call():
            return _call(scope, node)
        case Infix() if node.op in COMPARISONS:
            return Typed(_compared(node.op, value_of(scope, node.left), value_of(scope, node.right)), "boolean")
        case Infix():
            return _computed(node.op, value_of(scope, node.left), value_of(scope, node.right))
        case Logical() | Not():
            return Typed(condition(scope, node), "boolean")


def _property(kind: EntityType, rows: FromClause, steps: tuple[str, ...]) -> Typed:
    name = "id" if steps[0] == "@iot.id" else steps[0]
    found = kind.kind_of(name)
    column = rows.c[name]
    if found == "period":
        refuse(f"'{name}' of a {kind.name} is an interval and is not compared: filter Observations/phenomenonTime")
    if found == "json" and len(steps) > 1:
        inside: ColumnElement[Any] = column
        for step in steps[1:]:
            inside = inside.op("->")(literal(step, Text))
        return Typed(inside, "json")
    if len(steps) > 1:
        refuse(f"'{name}' has no members")
    return Typed(column, found)


def _call(scope: Scope, node: Call) -> Typed:
    if node.name == "now" and not node.arguments:
        return Typed(literal(scope.world.now, DateTime(timezone=True)), "moment", scope.world.now)
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise BadParameter(
            f"There is no function '{node.name[:40]}' here.",
            code="function_unknown",
            allowed=["now", *FUNCTIONS],
        )
    most = len(function.takes)
    if not most - function.optional <= len(node.arguments) <= most:
        refuse(f"{node.name} takes {most} arguments")
    given = [
        as_kind(wanted, value_of(scope, argument), node.name)
        for wanted, argument in zip(function.takes, node.arguments, strict=False)
    ]
    return Typed(function.build(*(one.sql for one in given)), function.gives)


def _computed(op: str, left: Typed, right: Typed) -> Typed:
    """Numbers alone; by nothing gives nothing, and no error of the database."""
    one, other = cast(as_kind("number", left, op).sql, Float), cast(as_kind("number", right, op).sql, Float)
    if op in ("add", "sub", "mul"):
        return Typed(one.op(_SQL_OPERATORS[op])(other), "number")
    divisor: ColumnElement[Any] = func.nullif(other, literal(0.0, Float))
    quotient = one.op("/")(divisor)
    return Typed(quotient if op == "div" else one - divisor * func.trunc(quotient), "number")


def _compared(op: str, left: Typed, right: Typed) -> ColumnElement[bool]:
    if "null" in (left.kind, right.kind):
        return _with_nothing(op, left, right)
    left, right = alike(left, right)
    if left.kind != right.kind:
        refuse(f"a {left.kind} is not compared with a {right.kind}", "filter_type_mismatch")
    if left.kind == "shape" or (left.kind == "boolean" and op not in ("eq", "ne")):
        refuse(f"'{op}' does not compare values of the kind {left.kind}", "filter_type_mismatch")
    compared: ColumnElement[bool] = getattr(left.sql, _COMPARE[op])(right.sql)
    return compared


def _with_nothing(op: str, left: Typed, right: Typed) -> ColumnElement[bool]:
    if op not in ("eq", "ne") or left.kind == right.kind:
        refuse("null is compared with eq and ne alone, and with a property")
    there = right if left.kind == "null" else left
    return there.sql.is_(None) if op == "eq" else there.sql.is_not(None)
