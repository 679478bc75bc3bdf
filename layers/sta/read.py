# SPDX-License-Identifier: Apache-2.0
"""Use case: what is at an address of SensorThings, with what comes along."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import BadParameter
from layers.sta.address import Address
from layers.sta.encode import Page, Row
from layers.sta.entities import World
from layers.sta.options import Expand, Options
from layers.sta.select import PARENT, nowhere, select_child_counts, select_children, select_count, select_page

# Entities of one answer. More is asked for in pages.
MOST_ENTITIES = 50_000


@dataclass
class _Budget:
    left: int = MOST_ENTITIES

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise BadParameter(
                f"The answer would hold more than {MOST_ENTITIES} entities: use $top, outside and inside $expand.",
                code="expand_too_large",
                most=MOST_ENTITIES,
            )


async def read_entities(database: Database, world: World, address: Address, options: Options) -> Page:
    """The entities at an address; exactly one where the address is of one.

    Raises:
        NotFound: there is no such entity, or not for this reader.
        BadParameter: options that name what there is not, or an answer that would be too large.
    """
    one = address.last.is_one
    if not world.specs:
        if any(step.is_one for step in address.steps):
            raise nowhere(address.steps[0].kind)
        return Page([], count=0 if options.count else None)
    budget = _Budget()
    found = await _fetch(database, select_page(world, address, Options(select=options.select) if one else options))
    if one and not found:
        raise nowhere(address.last.kind)
    if not found and len(address.steps) > 1:
        await _require(database, world, address)
    page = _page(found, 1 if one else options.top)
    budget.spend(len(page.rows))
    if options.count and not one:
        page.count = int((await _fetch(database, select_count(world, address, options)))[0][0])
    await _along(database, world, page.rows, options.expand, budget)
    return page


async def _require(database: Database, world: World, address: Address) -> None:
    """Nothing at ``Things(1)/Datastreams`` is an empty collection only where there is such a thing."""
    before = Address(address.steps[:-1])
    if not await _fetch(database, select_page(world, before, Options(top=1, select=("id",)))):
        raise nowhere(before.last.kind)


async def _along(
    database: Database, world: World, rows: Sequence[Row], expands: Sequence[Expand], budget: _Budget
) -> None:
    for expand in expands:
        relation = expand.relation
        values = list(dict.fromkeys(row.values[relation.mine] for row in rows))
        if not values:
            continue
        statement = select_children(world, relation, values, expand.options, budget.left + 1)
        children: dict[Any, list[Any]] = {}
        found = await _fetch(database, statement)
        budget.spend(len(found))
        for child in found:
            children.setdefault(child[PARENT], []).append(child)
        top = expand.options.top if relation.many else 1
        pages = {value: _page(children.get(value, []), top) for value in values}
        await _count(database, world, expand, pages)
        await _along(
            database, world, [one for page in pages.values() for one in page.rows], expand.options.expand, budget
        )
        for row in rows:
            row.along[relation.name] = pages[row.values[relation.mine]]


async def _count(database: Database, world: World, expand: Expand, pages: dict[Any, Page]) -> None:
    if not (expand.options.count and expand.relation.many):
        return
    counts = await _fetch(database, select_child_counts(world, expand.relation, list(pages), expand.options))
    by_value = {row[PARENT]: row["n"] for row in counts}
    for value, page in pages.items():
        page.count = int(by_value.get(value, 0))


def _page(found: Sequence[Any], top: int) -> Page:
    return Page([Row(dict(row.items())) for row in found[:top]], more=len(found) > top)


async def _fetch(database: Database, statement: Any) -> list[Any]:
    try:
        return await database.fetch(Statement(statement))
    except asyncpg.DataError as error:
        # A sum beyond all numbers, a letter beyond a text: what only the rows can tell.
        raise BadParameter(
            "$filter computes a value that there is not: look at its numbers.", code="filter_value_invalid"
        ) from error
