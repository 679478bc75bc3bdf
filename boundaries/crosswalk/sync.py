# SPDX-License-Identifier: Apache-2.0
"""Bring the crosswalk table to the product's files. Idempotent; runs with the migrations, as the owner."""

from dataclasses import astuple, fields

from psycopg2.extensions import cursor as PgCursor
from psycopg2.extras import execute_values
from psycopg2.sql import SQL, Composable, Identifier

from boundaries.crosswalk.facts import FACT_SETS, Fact, FactSet, read_facts

_KEY = ("from_set", "from_code", "to_set", "to_code")


def sync_crosswalk(cursor: PgCursor) -> int:
    """How many pairs were written or taken away; 0 when the table was as it should be."""
    facts = read_facts()
    _keep(cursor, "crosswalk_set", FactSet, ("id",), [astuple(one) for one in FACT_SETS])
    changed = _keep(cursor, "crosswalk", Fact, _KEY, [astuple(one) for one in facts])
    keys = [(fact.from_set, fact.from_code, fact.to_set, fact.to_code) for fact in facts]
    cursor.execute(SQL("delete from crosswalk where not (from_set, from_code, to_set, to_code) in %s"), (tuple(keys),))
    return changed + cursor.rowcount


def _keep(cursor: PgCursor, table: str, kind: type, key: tuple[str, ...], rows: list[tuple[object, ...]]) -> int:
    """Insert, or bring up to date what differs; how many rows that were."""
    names = [one.name for one in fields(kind)]
    others = [name for name in names if name not in key]
    statement = SQL(
        "insert into {table} as kept ({names}) values %s on conflict ({key}) do update set {news} "
        "where ({kept}) is distinct from ({given}) returning 1"
    ).format(
        table=Identifier(table),
        names=_list(names),
        key=_list(key),
        news=SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(name)) for name in others),
        kept=SQL(", ").join(Identifier("kept", name) for name in others),
        given=SQL(", ").join(Identifier("excluded", name) for name in others),
    )
    return len(execute_values(cursor, statement, rows, page_size=len(rows), fetch=True))


def _list(names: tuple[str, ...] | list[str]) -> Composable:
    return SQL(", ").join(Identifier(name) for name in names)
