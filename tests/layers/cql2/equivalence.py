# SPDX-License-Identifier: Apache-2.0
"""Asks SQL, the columns and the rows the same questions, and says where they differ."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import Boolean, select
from sqlalchemy.dialects.postgresql import array

from geo.db.pool import connect
from geo.db.statement import Statement
from layers.cql2.columns import truths
from layers.cql2.row import truth
from layers.cql2.sql import condition
from layers.cql2.text import to_text
from layers.cql2.tree import Tree
from layers.tables import feature
from layers.where_sql import is_layer
from tests.layers.cql2.zoo import ZOO, columns_of

Answer = tuple[bool | None, ...]


class Mismatch(NamedTuple):
    """One filter, one row, and what each evaluator says of it."""

    filter: str
    row: dict[str, Any]
    sql: bool | None
    columns: bool | None
    row_answer: bool | None


class Arena:
    """A connection of its own loop, for tests that are not asynchronous."""

    def __init__(self, url: str, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = rows
        self.columns = columns_of(rows)
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection[asyncpg.Record] = self._loop.run_until_complete(
            connect(url, statement_timeout_s=120)
        )

    def close(self) -> None:
        """End connection and loop."""
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()

    def by_sql(self, trees: Sequence[Tree]) -> list[Answer]:
        """The answers of PostGIS, all filters in one statement, with NULL kept apart from FALSE."""
        answers: Any = array([condition(tree) for tree in trees], type_=Boolean())
        statement = Statement(select(answers).where(is_layer(feature.c.layer, ZOO)).order_by(feature.c.id))
        records = self._loop.run_until_complete(self._connection.fetch(statement.sql, *statement.args()))
        return [tuple(answers) for answers in zip(*(record[0] for record in records), strict=True)]

    def by_columns(self, tree: Tree) -> Answer:
        """The answers of the column evaluator."""
        values, null = truths(tree, self.columns, len(self.rows))
        return tuple(None if lost else bool(value) for value, lost in zip(values, null, strict=True))

    def by_rows(self, tree: Tree) -> Answer:
        """The answers of the row evaluator."""
        ask = truth(tree)
        return tuple(ask(row) for row in self.rows)

    def mismatches(self, trees: Sequence[Tree]) -> list[Mismatch]:
        """The first row of every filter on which the evaluators differ."""
        found = []
        for tree, sql in zip(trees, self.by_sql(trees), strict=True):
            columns, rows = self.by_columns(tree), self.by_rows(tree)
            if sql == columns == rows:
                continue
            at = next(i for i in range(len(rows)) if not sql[i] is columns[i] is rows[i])
            found.append(Mismatch(to_text(tree), self.rows[at], sql[at], columns[at], rows[at]))
        return found
