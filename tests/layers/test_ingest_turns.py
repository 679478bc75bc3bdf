# SPDX-License-Identifier: Apache-2.0
"""Batches of one source come one after another, and those that wait hold no connection."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from geo.db.pool import Database, DatabaseOptions, connect, open_database
from geo.errors import Unavailable
from layers.batch import Batch, Receipt
from layers.ingest import ingest
from layers.registry import LayerRegistry
from layers.write_sql import LOCK_KEY, key_of
from tests.layers.ingest_samples import incident

pytestmark = pytest.mark.postgis


@pytest.fixture
async def narrow(database_url: str) -> AsyncIterator[Database]:
    """A database with two connections, where nothing waits long."""
    opened = await open_database(DatabaseOptions(database_url, 2, acquire_timeout_s=1, statement_timeout_s=2))
    yield opened
    await opened.close()


async def push(database: Database, registry: LayerRegistry, source: str, name: str) -> Receipt:
    batch = Batch(registry["incidents"], source, uuid.uuid4().hex, [incident(name)])
    return await ingest(database, batch, datetime.now(UTC))


async def test_batches_that_wait_for_their_source_leave_connections_to_others(
    narrow: Database, registry: LayerRegistry, database_url: str
) -> None:
    source = f"turns-{uuid.uuid4().hex[:8]}"
    other = await connect(database_url)
    async with other.transaction():
        await other.execute(LOCK_KEY.sql, *LOCK_KEY.args(key=key_of("incidents", source)))
        waiting = [asyncio.ensure_future(push(narrow, registry, source, f"t-{nth}")) for nth in range(6)]
        while not await other.fetchval(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted "
            "and database = (select oid from pg_database where datname = current_database())"
        ):
            await asyncio.sleep(0.01)
        async with narrow.connection() as connection:
            assert await connection.fetchval("select 1") == 1
    assert [(await one).accepted for one in waiting] == [1] * 6
    await other.close()


async def test_who_waits_too_long_for_a_turn_is_told_to_come_again(narrow: Database) -> None:
    async with narrow.turn("one"):
        with pytest.raises(Unavailable):
            async with narrow.turn("one"):
                raise AssertionError("two at once")
        async with narrow.turn("another"):
            pass
    async with narrow.turn("one"):
        pass
