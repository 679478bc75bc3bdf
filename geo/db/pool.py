# SPDX-License-Identifier: Apache-2.0
"""Connections to PostGIS for the serving processes: raw asyncpg, JSON by orjson, one transaction a task."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy

from geo.db.statement import Statement
from geo.errors import BadRequest, Unavailable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
# Reads under row-level security; nobody signs in as it.
AREA_ROLE = "toancanh_area"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

# What asyncpg raises when the database is away, restarting or full, or when the work is better tried again.
AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # its state machine, when the server dies in the middle of a message
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.DiskFullError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


@dataclass(frozen=True)
class DatabaseOptions:
    """How the serving processes use PostGIS."""

    url: str
    pool_size: int = 8
    acquire_timeout_s: float = 3.0
    statement_timeout_s: float = 10.0


class Database:
    """A pool, and one-transaction units of work on it."""

    def __init__(self, pool: Pool, options: DatabaseOptions) -> None:
        self._pool = pool
        self._options = options
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Behind those of this process who hold the key, without a connection for the wait, in the order of arrival.

        Raises:
            Unavailable: it took longer than a statement may wait for a lock.
        """
        lock = self._turns.setdefault(key, asyncio.Lock())
        try:
            async with asyncio.timeout(self._options.statement_timeout_s):
                await lock.acquire()
        except TimeoutError as error:
            raise Unavailable("Others write here now. Try again in a moment.") from error
        try:
            yield
        finally:
            lock.release()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection without a transaction, for single reads.

        Raises:
            Unavailable: PostGIS does not answer, or no connection became free in time.
            BadRequest: a bound text holds NUL, which no text of PostgreSQL can.
        """
        try:
            async with self._pool.acquire(timeout=self._options.acquire_timeout_s) as connection:
                yield connection
        except (TimeoutError, *AWAY) as error:
            raise Unavailable("The database does not answer now. Try again in a moment.") from error
        except asyncpg.CharacterNotInRepertoireError as error:
            raise BadRequest("A text holds a character that no stored text has (NUL).", code="text_invalid") from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction: committed at the end, rolled back on any failure."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def fetch(self, statement: Statement, **values: Any) -> list[asyncpg.Record]:
        """All rows of a prepared statement."""
        async with self.connection() as connection:
            return await connection.fetch(statement.sql, *statement.args(**values))

    async def fetchrow(self, statement: Statement, **values: Any) -> asyncpg.Record | None:
        """The first row of a prepared statement, if there is one."""
        async with self.connection() as connection:
            return await connection.fetchrow(statement.sql, *statement.args(**values))

    def within(self, units: Sequence[int]) -> "Database":
        """The same database for a reader who sees these units only: row-level security is the second lock."""
        return _AreaDatabase(self._pool, self._options, units)

    async def close(self) -> None:
        """Close every connection; those still busy after 5 s are cut."""
        try:
            await asyncio.wait_for(self._pool.close(), timeout=5)
        except TimeoutError:
            self._pool.terminate()


class _AreaDatabase(Database):
    """Reads as the role ``AREA_ROLE``, whose policies let through what lies in the units of ``toancanh.units``.

    The role is taken for one transaction only, so that a pooled connection never keeps it.
    """

    def __init__(self, pool: Pool, options: DatabaseOptions, units: Sequence[int]) -> None:
        super().__init__(pool, options)
        self._units = ",".join(str(unit) for unit in units)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        async with super().connection() as connection, connection.transaction(readonly=True):
            await connection.execute("select set_config('toancanh.units', $1, true)", self._units)
            await connection.execute(f"set local role {AREA_ROLE}")
            yield connection


async def open_database(options: DatabaseOptions) -> Database:
    """Open the pool. It starts empty, so that a server starts while PostGIS is still away."""
    pool = await asyncpg.create_pool(
        options.url,
        min_size=0,
        max_size=options.pool_size,
        init=prepare_connection,
        reset=_nothing_to_reset,
        timeout=options.acquire_timeout_s,
        server_settings=server_settings(options.statement_timeout_s),
    )
    return Database(pool, options)


async def _nothing_to_reset(connection: Connection) -> None:
    """Whatever is set on a pooled connection is set for a transaction (``set local``), and asyncpg ends open ones.

    Its own statement for the rest (RESET ALL, UNLISTEN and so on) would be a second round trip for every read.
    """


async def connect(url: str, *, statement_timeout_s: float = 60.0) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection of its own, for the relay, the worker and listeners."""
    connection = await asyncpg.connect(url, timeout=5, server_settings=server_settings(statement_timeout_s))
    await prepare_connection(connection)
    return connection


def server_settings(statement_timeout_s: float) -> dict[str, str]:
    """Session settings of every serving connection. JIT costs more than it saves on short statements."""
    return {
        "application_name": "toancanh",
        "jit": "off",
        "statement_timeout": str(int(statement_timeout_s * 1000)),
        "timezone": "UTC",
    }


async def prepare_connection(connection: Connection) -> None:
    """JSON travels as Python values."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=_dumps, decoder=orjson.loads, schema="pg_catalog", format="text")


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
