# SPDX-License-Identifier: Apache-2.0
"""The SQL evaluator: a tree as a condition. What a client sent is only ever a bound value."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Table,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from sqlalchemy.sql.elements import Grouping

from geo.db.functions import boxes_meet, text_literal
from layers.cql2 import tree as t
from layers.cql2.folding import fold
from layers.cql2.geometry import COLLECTION, prepared_shape, relate, shape_of
from layers.cql2.like import pattern_of
from layers.cql2.moments import COMPARISONS, TEMPORAL, Relation
from layers.tables import feature

Sql: TypeAlias = ColumnElement[Any]
# What a property is in the statement's tables.
Columns: TypeAlias = Callable[[t.Property], Sql]

_MOMENT = DateTime(timezone=True)
_TEXT_ARRAY = ARRAY(Text)
_SRID = 4326
_FIRST = literal_column("'-infinity'::timestamptz", _MOMENT)
_LAST = literal_column("'infinity'::timestamptz", _MOMENT)
_COLLATION = "C"
_AREA = literal_column("2", Integer)
_FUNCTIONS = {
    "s_intersects": "ST_Intersects",
    "s_equals": "ST_Equals",
    "s_touches": "ST_Touches",
    "s_within": "ST_Within",
    "s_overlaps": "ST_Overlaps",
    "s_crosses": "ST_Crosses",
    "s_contains": "ST_Contains",
}
_ARITHMETIC = {
    "+": "cql2_add",
    "-": "cql2_subtract",
    "*": "cql2_multiply",
    "/": "cql2_divide",
    "%": "cql2_modulo",
    "div": "cql2_div",
    "^": "cql2_power",
}
_ARRAYS = {"a_contains": "@>", "a_containedby": "<@", "a_overlaps": "&&"}


def columns_of(table: Table) -> Columns:
    """Properties as they lie in ``feature`` and in tables like it."""

    def column(known: t.Property) -> Sql:
        if known.kind is t.Kind.GEOMETRY:
            return table.c.geom
        if known.is_column:
            return func.cql2_number(table.c[known.name], type_=Float) if _is_number(known) else table.c[known.name]
        name = text_literal(known.name)
        plain = table.c.properties.op("->>", return_type=Text())(name)
        value = table.c.properties.op("->", return_type=JSONB())(name)
        match known.kind:
            case t.Kind.NUMBER:
                return func.cql2_number(value, type_=Float)
            case t.Kind.BOOLEAN:
                return func.cql2_boolean(value)
            case t.Kind.INSTANT:
                return func.cql2_moment(plain, type_=_MOMENT)
        # Spelt as the catalog's index on it.
        return plain

    return column


FEATURE_COLUMNS = columns_of(feature)


def condition(tree: t.Tree, columns: Columns = FEATURE_COLUMNS) -> ColumnElement[bool]:
    """The condition that is TRUE for the selected rows (and FALSE or NULL for others).

    Args:
        tree: the filter.
        columns: what each property is; that of ``feature`` unless the statement reads other tables. A column must be
            text, double precision, boolean, timestamptz or a geometry in EPSG:4326, by the property's kind.
    """
    return _Writer(columns).truth(tree)


class _Writer:
    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def truth(self, node: t.Node) -> Sql:  # noqa: C901 - one case for each type of node
        match node:
            case t.And(args=args):
                return and_(*(self.truth(arg) for arg in args))
            case t.Or(args=args):
                return or_(*(self.truth(arg) for arg in args))
            case t.Not(arg=arg):
                return not_(self.truth(arg))
            case t.Boolean(value=value):
                return true() if value else false()
            case t.Compare(op=op, left=left, right=right):
                return self._compare(op, left, right)
            case t.Between(value=value, low=low, high=high):
                return and_(self._compare(">=", value, low), self._compare("<=", value, high))
            case t.In(value=value, items=items):
                return self._is_in(value, items)
            case t.Like(value=value, pattern=pattern):
                return self.scalar(value).like(literal(pattern_of(pattern).sql(), Text))
            case t.IsNull(value=value):
                return self._is_null(value)
            case t.Spatial(op=op, left=left, right=right):
                return self._spatial(op, left, right)
            case t.Temporal(op=op, left=left, right=right):
                return self._relation(TEMPORAL[op], left, right)
            case t.ArrayRelation():
                return self._array_relation(node)
        return self.scalar(node)

    def scalar(self, node: t.Node) -> Sql:
        """Texts, numbers, truth values and shapes."""
        match node:
            case t.Property():
                return self._columns(node)
            case t.Text(value=text):
                return literal(text, Text)
            case t.Number(value=number):
                return literal(number, Float)
            case t.Boolean(value=value):
                return literal_column("true" if value else "false")
            case t.Geometry():
                # GeoAlchemy's own wrapper would turn the bytes into text first.
                return func.cql2_shape(literal(shape_of(node).wkb, LargeBinary))
            case t.Fold(op=op, value=value):
                if isinstance(value, t.Text):
                    return literal(fold(op, value.value), Text)
                return func.cql2_casei(self.scalar(value)) if op == "casei" else func.cql2_accenti(self.scalar(value))
            case t.Arithmetic(op=op, left=left, right=right):
                calculate: Callable[..., Sql] = getattr(func, _ARITHMETIC[op])
                return calculate(self.scalar(left), self.scalar(right), type_=Float)
        # A condition as an operand: SQLAlchemy leaves out brackets that SQL needs, as in (NOT a) IS NULL.
        return Grouping(self.truth(node))

    def _span(self, node: t.Node) -> tuple[Sql, Sql]:
        """The first and the last microsecond of an instant or interval."""
        match node:
            case t.Instant(start=start, end=end):
                return _moment(start), _moment(end)
            case t.Interval(start=first, end=last):
                opened = _FIRST if first is None else self._span(first)[0]
                closed = _LAST if last is None else self._span(last)[1]
                return opened, closed
        moment = self.scalar(node)
        return moment, moment

    def _compare(self, op: str, left: t.Node, right: t.Node) -> Sql:
        if left.kind is t.Kind.INSTANT:
            return self._relation(COMPARISONS[op], left, right)
        one, other = self.scalar(left), self.scalar(right)
        if left.kind is t.Kind.TEXT and op not in ("=", "<>"):
            # Equality needs no collation, and finds its index without one.
            one = one.collate(_COLLATION)
        return _compared(op, one, other)

    def _relation(self, relation: Relation, left: t.Node, right: t.Node) -> Sql:
        first, second = self._span(left), self._span(right)
        ends = {"start1": first[0], "end1": first[1], "start2": second[0], "end2": second[1]}
        terms = [_compared(op, ends[one], ends[other]) for one, op, other in relation.terms]
        return or_(*terms) if relation.is_any else and_(*terms)

    def _is_in(self, value: t.Node, items: Sequence[t.Node]) -> Sql:
        texts = [item.value for item in items if isinstance(item, t.Text)]
        if len(texts) == len(items):
            return _compared("=", self.scalar(value), func.any(literal(texts, _TEXT_ARRAY)))
        numbers = [item.value for item in items if isinstance(item, t.Number)]
        if len(numbers) == len(items):
            return _compared("=", self.scalar(value), func.any(literal(numbers, ARRAY(Float))))
        return or_(*(self._compare("=", value, item) for item in items))

    def _is_null(self, value: t.Node) -> Sql:
        if value.kind is t.Kind.INTERVAL:
            return or_(*(end.is_(None) for end in self._span(value)))
        if value.kind is t.Kind.INSTANT:
            return self._span(value)[0].is_(None)
        return self.scalar(value).is_(None)

    def _spatial(self, op: str, left: t.Node, right: t.Node) -> Sql:
        if isinstance(left, t.Geometry) and isinstance(right, t.Geometry):
            return true() if relate(op, prepared_shape(left), prepared_shape(right)) else false()
        if op == "s_disjoint":
            return not_(self._spatial("s_intersects", left, right))
        for node, is_left in ((left, True), (right, False)):
            if isinstance(node, t.Geometry) and node.type == COLLECTION:
                # PostGIS fails on collections of areas that overlap. Only intersecting gets here.
                members: tuple[t.Geometry, ...] = node.coordinates
                return or_(*(self._spatial(op, *((one, right) if is_left else (left, one))) for one in members))
        one, other = self.scalar(left), self.scalar(right)
        exact: Sql = getattr(func, _FUNCTIONS[op])(one, other)
        # GEOS fails on these, and what somebody stored must not fail everybody's request.
        spoiled: list[Sql] = []
        for shape in (column for node, column in ((left, one), (right, other)) if isinstance(node, t.Property)):
            spoiled.append(func.GeometryType(shape) == text_literal("GEOMETRYCOLLECTION"))
            spoiled.append(and_(func.ST_Dimension(shape) == _AREA, not_(func.ST_IsValid(shape))))
        return and_(boxes_meet(one, other), case((or_(*spoiled), false()), else_=exact))

    def _array_relation(self, node: t.ArrayRelation) -> Sql:
        left, right = self._array(node.left), self._array(node.right)
        if node.op == "a_equals":
            related = and_(left.op("@>", is_comparison=True)(right), left.op("<@", is_comparison=True)(right))
        else:
            related = left.op(_ARRAYS[node.op], is_comparison=True)(right)
        unknown = [self._is_null(item) for part in (node.left, node.right) for item in part.items if _may_lack(item)]
        return case((or_(*unknown), literal_column("null::boolean")), else_=related) if unknown else related

    def _array(self, node: t.Array) -> Sql:
        """An array of texts that are equal where the items are: the kind, then the value."""
        if not node.items:
            return literal([], _TEXT_ARRAY)
        return array([self._item(item) for item in node.items], type_=Text)

    def _item(self, item: t.Node) -> Sql:
        parts = self._span(item) if item.kind is t.Kind.INSTANT else (self.scalar(item),)
        if item.kind is t.Kind.NUMBER:
            # Minus zero is zero, also as text.
            parts = (parts[0] + literal_column("0.0::float8", Float),)
        return func.concat_ws(text_literal("/"), text_literal(item.kind[:2]), *parts, type_=Text)


def _moment(value: datetime) -> Sql:
    """A bound moment. asyncpg sends the first and the last datetime as infinities, so these two travel as text."""
    if value.replace(tzinfo=None) in (datetime.min, datetime.max):
        return cast(literal(value.isoformat(), Text), _MOMENT)
    return literal(value, _MOMENT)


def _is_number(known: t.Property) -> bool:
    return known.kind is t.Kind.NUMBER


def _may_lack(item: t.Node) -> bool:
    return not isinstance(item, t.Text | t.Number | t.Boolean | t.Instant)


def _compared(op: str, left: Sql, right: Sql) -> Sql:
    return left.op(op, is_comparison=True, precedence=5)(right)
