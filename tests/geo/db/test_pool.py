# SPDX-License-Identifier: Apache-2.0
"""Pooled connections come back as they went: nothing of one task is seen by the next."""

from collections.abc import AsyncIterator

import pytest

from geo.db.pool import Database, DatabaseOptions, open_database

pytestmark = pytest.mark.postgis
_STATE = "select current_user::text, coalesce(current_setting('toancanh.units', true), ''), current_setting('jit')"


@pytest.fixture
async def one(database_url: str) -> AsyncIterator[Database]:
    """A pool of a single connection, so that the next task gets the same one."""
    opened = await open_database(DatabaseOptions(database_url, pool_size=1))
    yield opened
    await opened.close()


async def state_of(database: Database) -> tuple[str, ...]:
    async with database.connection() as connection:
        row = await connection.fetchrow(_STATE)
    assert row is not None
    return tuple(row)


async def test_a_reader_with_an_area_leaves_neither_role_nor_units_behind(one: Database) -> None:
    before = await state_of(one)
    assert (await state_of(one.within([1, 2])))[1] == "1,2"
    assert await state_of(one) == before


async def test_a_setting_for_a_transaction_ends_with_it(one: Database) -> None:
    before = await state_of(one)
    async with one.transaction() as connection:
        await connection.execute("set local jit = on")
    assert await state_of(one) == before


async def test_a_transaction_that_failed_is_rolled_back(one: Database) -> None:
    before = await state_of(one)
    with pytest.raises(ZeroDivisionError):
        async with one.transaction() as connection:
            await connection.execute("set local jit = on")
            raise ZeroDivisionError
    assert await state_of(one) == before
