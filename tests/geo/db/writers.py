# SPDX-License-Identifier: Apache-2.0
"""Concurrent writers of every kind, who remember what they committed: the oracle of the change log's property test."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import asyncpg

from geo.db.pool import Connection, connect

# (operation, feature, revision, how many features): what live_log must say once.
Logged: TypeAlias = tuple[str, int | None, int | None, int]
Step: TypeAlias = Callable[[Connection, random.Random], Awaitable[list[Logged]]]

_COLUMNS = "(source, external_id, layer, properties, geom)"
_ROWS = (
    "select 'w', gen_random_uuid()::text, 'incidents', '{\"title\": \"w\"}', "
    "ST_Point(105.7 + random() / 2, 21.4 + random() / 2, 4326) from generate_series(1, $1)"
)


@dataclass(frozen=True)
class Committed:
    """One transaction: when its COMMIT was sent and answered (monotonic seconds), and its changes."""

    sent_at: float
    answered_at: float
    changes: list[Logged]


@dataclass
class Witness:
    """What all writers together committed, and which features exist to be changed."""

    committed: list[Committed] = field(default_factory=list)
    features: list[int] = field(default_factory=list)
    rolled_back: int = 0

    @property
    def changes(self) -> "Counter[Logged]":
        """Every committed change with how often it happened."""
        return Counter(change for transaction in self.committed for change in transaction.changes)

    def some(self, chance: random.Random, most: int = 5) -> list[int]:
        """A few features, in the order of their ids."""
        return sorted(chance.sample(self.features, min(len(self.features), chance.randint(1, most))))


def steps(witness: Witness, table: str) -> list[Step]:
    """Insert, update, delete, batch and savepoint on a table: the parent, a partition or a typed view."""

    async def insert(connection: Connection, chance: random.Random) -> list[Logged]:
        if table.startswith("layer_"):
            number = await connection.fetchval(
                f"insert into {table} (external_id, title, geom) "
                "values (gen_random_uuid()::text, 'v', ST_Point(105.8, 21.5, 4326)) returning id"
            )
            return [("insert", number, 1, 1)]
        rows = await connection.fetch(
            f"insert into {table} {_COLUMNS} {_ROWS} returning id, revision", chance.choice((1, 1, 3, 20))
        )
        return [("insert", row["id"], row["revision"], 1) for row in rows]

    async def update(connection: Connection, chance: random.Random) -> list[Logged]:
        chosen = witness.some(chance, most=1 if table.startswith("layer_") else 5)
        status = chance.choice(("new", "assigned", "resolved"))
        await connection.execute(
            "select from feature where layer = 'incidents' and id = any($1) order by id for update", chosen
        )
        await connection.execute(f"update {table} set status = $2 where id = any($1)", chosen, status)
        rows = await connection.fetch(
            "select id, revision from feature where layer = 'incidents' and id = any($1)", chosen
        )
        return [("update", row["id"], row["revision"], 1) for row in rows]

    async def delete(connection: Connection, chance: random.Random) -> list[Logged]:
        chosen = witness.some(chance, most=1 if table.startswith("layer_") else 2)
        rows = await connection.fetch(
            "select id, revision from feature where layer = 'incidents' and id = any($1) order by id for update", chosen
        )
        await connection.execute(f"delete from {table} where id = any($1)", chosen)
        return [("delete", row["id"], row["revision"], 1) for row in rows]

    async def bulk(connection: Connection, chance: random.Random) -> list[Logged]:
        count = chance.randint(2, 50)
        await connection.execute("set local toancanh.bulk = 'on'")
        await connection.execute(f"insert into feature {_COLUMNS} {_ROWS}", count)
        await connection.execute("set local toancanh.bulk = 'off'")
        return [("bulk", None, None, count)]

    async def savepoint(connection: Connection, chance: random.Random) -> list[Logged]:
        """Work inside a savepoint that stays, and work inside one that does not."""
        async with connection.transaction():
            kept = await insert(connection, chance)
        undone = connection.transaction()
        await undone.start()
        await insert(connection, chance)
        await undone.rollback()
        return kept

    return [insert, insert, update, update, update, delete, bulk, savepoint]


async def write_until(stop: asyncio.Event, url: str, witness: Witness, table: str, seed: int) -> None:
    """Transactions of one to three steps until told to stop; a quarter is rolled back."""
    chance = random.Random(seed)
    connection = await connect(url)
    try:
        while not stop.is_set():
            await _transaction(connection, witness, steps(witness, table), chance)
    finally:
        await connection.close()


async def _transaction(connection: Connection, witness: Witness, every: list[Step], chance: random.Random) -> None:
    transaction = connection.transaction()
    await transaction.start()
    changes: list[Logged] = []
    try:
        for step in chance.choices(every, k=chance.randint(1, 3)):
            changes += await step(connection, chance)
    except asyncpg.DeadlockDetectedError:
        await transaction.rollback()
        witness.rolled_back += 1
        return
    if chance.random() < 0.25:
        await transaction.rollback()
        witness.rolled_back += 1
        return
    sent_at = time.monotonic()
    await transaction.commit()
    witness.committed.append(Committed(sent_at, time.monotonic(), changes))
    witness.features += [change[1] for change in changes if change[0] == "insert" and change[1] is not None]
    del witness.features[:-300]  # often the same ones, so that writers meet


async def write_by_psql(stop: asyncio.Event, url: str, witness: Witness) -> None:
    """A person at psql: one committed and one rolled back insert per call."""
    values = "'psql', gen_random_uuid()::text, 'incidents', '{\"title\": \"p\"}', ST_Point(105.8, 21.5, 4326)"
    insert = f"insert into feature {_COLUMNS} select {values} returning id;"
    while not stop.is_set():
        sent_at = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            "psql", url, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", f"begin; {insert} rollback;", "-c", insert,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        printed, _ = await process.communicate()
        assert process.returncode == 0
        kept = int(printed.split()[-1])
        witness.committed.append(Committed(sent_at, time.monotonic(), [("insert", kept, 1, 1)]))
        witness.rolled_back += 1


async def hold_open(url: str, witness: Witness, release: asyncio.Event) -> None:
    """One transaction that writes at once, stays open until released, writes again and commits."""
    connection = await connect(url, statement_timeout_s=600)
    chance = random.Random(0)
    insert = steps(witness, "feature")[0]
    transaction = connection.transaction()
    await transaction.start()
    try:
        changes = await insert(connection, chance)
        await release.wait()
        changes += await insert(connection, chance)
        sent_at = time.monotonic()
        await transaction.commit()
        witness.committed.append(Committed(sent_at, time.monotonic(), changes))
    finally:
        await connection.close()


async def seed_features(url: str, witness: Witness, count: int = 200) -> None:
    """Something to update from the start."""
    connection = await connect(url)
    try:
        sent_at = time.monotonic()
        rows = await connection.fetch(f"insert into feature {_COLUMNS} {_ROWS} returning id", count)
        witness.features = [row["id"] for row in rows]
        changes: list[Logged] = [("insert", number, 1, 1) for number in witness.features]
        witness.committed.append(Committed(sent_at, time.monotonic(), changes))
    finally:
        await connection.close()
