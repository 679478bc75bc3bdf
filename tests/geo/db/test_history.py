# SPDX-License-Identifier: Apache-2.0
"""What was believed at any moment can be read again: the current rows and feature_history beside a log of our own."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from geo.db.pool import Connection, DatabaseOptions, connect, open_database
from layers.batch import Batch
from layers.ingest import ingest
from layers.registry import LayerRegistry
from tests.layers.ingest_samples import incident

pytestmark = pytest.mark.postgis

_SHOWN = "external_id, revision, status, properties ->> 'title' as title, ST_AsText(geom) as place"
_NOW = f"select {_SHOWN} from feature"
_AS_OF = f"""
    select {_SHOWN} from feature where recorded_at <= $1
    union all
    select {_SHOWN} from feature_history where known_from <= $1 and $1 < known_to
"""
_EDITS = (
    "update layer_incidents set status = 'resolved' where external_id = $1",
    "update feature set geom = ST_Translate(geom, 0.001, 0) where external_id = $1",
    "update feature set geom = null where external_id = $1",
    "update layer_incidents set title = title || '!' where external_id = $1",
    "delete from feature where external_id = $1",
    "delete from layer_incidents where external_id = $1",
)


async def _state(connection: Connection, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in await connection.fetch(statement, *values))


async def test_what_we_knew_at_any_moment_can_be_read_again(fresh_url: str, registry: LayerRegistry) -> None:
    chance = random.Random(3)
    database = await open_database(DatabaseOptions(fresh_url, pool_size=2))
    connection = await connect(fresh_url)
    log: list[tuple[datetime, list[tuple[Any, ...]]]] = []
    for nth in range(250):
        name = f"i-{chance.randrange(15)}"
        if chance.random() < 0.6:
            records: list[Any] = [
                incident(name, title=f"bản {nth}"),
                incident(f"i-{chance.randrange(15)}", title=f"{nth}"),
            ]
            if chance.random() < 0.2:
                records = [{"id": name, "withdrawn": True}]
            await ingest(database, Batch(registry["incidents"], "s", f"n-{nth}", records), datetime.now(UTC))
        else:
            await connection.execute(chance.choice(_EDITS), name)
        log.append((await connection.fetchval("select clock_timestamp()"), await _state(connection, _NOW)))
    for moment, believed in chance.sample(log, 120):
        assert await _state(connection, _AS_OF, moment) == believed
    first = await connection.fetchval("select min(known_from) - interval '1 second' from feature_history")
    assert await _state(connection, _AS_OF, first) == []
    await connection.close()
    await database.close()


async def test_beliefs_about_one_feature_never_overlap_nor_leave_a_gap(fresh_url: str) -> None:
    connection = await connect(fresh_url)
    number = await connection.fetchval(
        "insert into layer_incidents (external_id, title) values ('a', 't') returning id"
    )
    async with connection.transaction():
        for nth in range(20):
            await connection.execute("update layer_incidents set title = $1 where external_id = 'a'", str(nth))
    rows = await connection.fetch(
        "select known_from, known_to from feature_history where id = $1 union all "
        "select recorded_at, 'infinity' from feature where id = $1 order by 1", number
    )  # fmt: skip
    assert len(rows) == 21
    assert all(before["known_to"] == after["known_from"] for before, after in zip(rows, rows[1:], strict=False))
    await connection.close()
