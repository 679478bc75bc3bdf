# SPDX-License-Identifier: Apache-2.0
"""Statements that read entities: a page at an address, and what comes along with rows that were read. Pure builders."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    cast,
    column,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.functions import as_geojson
from geo.errors import NotFound
from layers.sta.address import Address, Key, Step, observation_key
from layers.sta.entities import World
from layers.sta.filter_sql import Scope, condition, order_of
from layers.sta.model import ENTITY_TYPES, EntityType, Relation
from layers.sta.options import Options
from layers.sta.typed_sql import refuse

_MOMENT = DateTime(timezone=True)
_BIGGEST = 2**63 - 1
_DIGITS = 7
# In $expand: the value of the row before by which the rows belong to it.
PARENT = "parent_key"


def select_page(world: World, address: Address, options: Options) -> Select[Any]:
    """One page at an address, and one row more that tells whether there is another.

    Raises:
        NotFound: a key that cannot exist.
        BadParameter: options that name what there is not.
    """
    rows, source, where = _reached(world, address.steps)
    kind = address.last.kind
    scope = Scope(world, kind, rows)
    statement = select(*_columns(kind, rows, options)).select_from(source).where(*where)
    statement = _narrowed(scope, statement, options)
    if options.after is not None:
        statement = statement.where(_is_after(kind, rows, options))
    return _page(scope, kind, rows, statement, options)


def select_count(world: World, address: Address, options: Options) -> Select[Any]:
    """How many entities there are at an address, whatever the page."""
    rows, source, where = _reached(world, address.steps)
    statement = select(func.count()).select_from(source).where(*where)
    return _narrowed(Scope(world, address.last.kind, rows), statement, options)


def select_children(
    world: World, relation: Relation, values: Sequence[Any], options: Options, most: int
) -> Select[Any]:
    """The entities that a relation leads to from each of the values: a page of them for each."""
    kind = ENTITY_TYPES[relation.target]
    parents, rows = _parents(values), world.rows(relation.target)
    scope = Scope(world, kind, rows)
    inner = select(*_columns(kind, rows, options)).where(rows.c[relation.theirs] == parents.c.value)
    inner = _narrowed(scope, inner, options)
    page = _page(scope, kind, rows, inner, options if relation.many else Options(top=1)).lateral()
    return select(parents.c.value.label(PARENT), page).select_from(parents).join(page, literal(True)).limit(most)


def select_child_counts(world: World, relation: Relation, values: Sequence[Any], options: Options) -> Select[Any]:
    """How many entities a relation leads to from each of the values."""
    parents, rows = _parents(values), world.rows(relation.target)
    statement = select(parents.c.value.label(PARENT), func.count().label("n"))
    statement = statement.select_from(parents.join(rows, rows.c[relation.theirs] == parents.c.value))
    return _narrowed(Scope(world, ENTITY_TYPES[relation.target], rows), statement, options).group_by(parents.c.value)


def _reached(world: World, steps: Sequence[Step]) -> tuple[FromClause, FromClause, list[ColumnElement[bool]]]:
    """The last step's rows, all rows on the way there, and which they are. Every step before the last is one entity."""
    rows = world.rows(steps[0].kind.plural)
    source: Any = rows
    where = _is_key(steps[0], rows)
    for step in steps[1:]:
        assert step.relation is not None
        reached = world.rows(step.kind.plural)
        source = source.join(reached, reached.c[step.relation.theirs] == rows.c[step.relation.mine])
        rows = reached
        where += _is_key(step, rows)
    return rows, source, where


def _is_key(step: Step, rows: FromClause) -> list[ColumnElement[bool]]:
    if step.key is None:
        return []
    if step.kind.plural == "Observations":
        found = observation_key(step.key)
        if found is None:
            raise nowhere(step.kind)
        stream, moment = found
        return [rows.c.datastream == literal(stream, BigInteger), rows.c.phenomenonTime == literal(moment, _MOMENT)]
    if step.kind.number_id != isinstance(step.key, int) or not _exists(step.key):
        raise nowhere(step.kind)
    return [rows.c.id == literal(step.key, BigInteger if step.kind.number_id else Text)]


def _exists(key: Key) -> bool:
    return abs(key) <= _BIGGEST if isinstance(key, int) else "\x00" not in key


def nowhere(kind: EntityType) -> NotFound:
    """There is no such entity."""
    return NotFound(f"There is no {kind.name} of this id, or not for you.", code="entity_not_found", entity=kind.name)


def _narrowed(scope: Scope, statement: Select[Any], options: Options) -> Select[Any]:
    return statement if options.filter is None else statement.where(condition(scope, options.filter))


def _page(scope: Scope, kind: EntityType, rows: FromClause, statement: Select[Any], options: Options) -> Select[Any]:
    order = [order_of(scope, one.path) for one in options.order]
    sorted_by = [
        value.desc().nulls_last() if one.descending else value.asc().nulls_last()
        for one, value in zip(options.order, order, strict=True)
    ]
    statement = statement.order_by(*sorted_by, *(rows.c[name].asc() for name in kind.keys))
    if options.skip:
        statement = statement.offset(literal(options.skip, Integer))
    return statement.limit(literal(options.top + 1, Integer))


def _is_after(kind: EntityType, rows: FromClause, options: Options) -> ColumnElement[bool]:
    """After the last row of the page before: rows that come meanwhile shift nothing."""
    last = options.after or ""
    if options.order or options.skip:
        refuse("$skiptoken goes with the default order, without $skip", "skiptoken_invalid")
    if kind.plural == "Observations":
        found = observation_key(last)
        if found is None:
            refuse("$skiptoken is not of this address", "skiptoken_invalid")
        key = tuple_(literal(found[0], BigInteger), literal(found[1], _MOMENT))
        return tuple_(rows.c.datastream, rows.c.phenomenonTime) > key
    if not kind.number_id:
        return rows.c.id > literal(last, Text)
    if not (last.isascii() and last.isdigit() and len(last) <= 18):
        refuse("$skiptoken is not of this address", "skiptoken_invalid")
    return rows.c.id > literal(int(last), BigInteger)


def _columns(kind: EntityType, rows: FromClause, options: Options) -> list[ColumnElement[Any]]:
    """What the answer shows, and what relations start from."""
    shown = [name for name in kind.properties if not options.select or name in options.select]
    found: list[ColumnElement[Any]] = [
        _told(rows.c[name]).label(name) if kind.properties[name] == "shape" else rows.c[name].label(name)
        for name in shown
    ]
    plain = {"id", *kind.links, *kind.keys} - set(shown)
    return [*found, *(rows.c[name].label(name) for name in sorted(plain))]


def _told(shape: Any) -> ColumnElement[Any]:
    return cast(as_geojson(shape, _DIGITS), JSON)


def _parents(values: Sequence[Any]) -> Any:
    kind = BigInteger() if all(isinstance(value, int) for value in values) else Text()
    given = func.unnest(literal(list(values), ARRAY(kind))).table_valued(column("value", kind))
    return given.render_derived(name="parents")
