# SPDX-License-Identifier: Apache-2.0
"""The process that fetches: every source with a door is visited, or listened to, by a task of its own.

One dead source costs its own task a pause and nobody else anything. Messages of a visit are taken in together, up to a
bound; what they came from is settled once that is durable. One such process works at a time for a database: it holds an
advisory lock, and a second one waits.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from api.exchange import Sender
from api.settings import Settings
from geo.db.pool import AWAY, Connection, DatabaseOptions, connect, open_database
from geo.errors import MapError, Unavailable
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry
from layers.sources import sql
from layers.sources.book import SourceBook
from layers.sources.breaker import pause_s
from layers.sources.budget import Budget
from layers.sources.health import is_enabled
from layers.sources.road import Road, receive
from layers.sources.secrets import secrets_of
from layers.sources.spec import SourceSpec
from layers.transports.base import Arrival, Visit

CONNECT_LOCK = 7_120_009
_LOOK_EVERY_S = 1.0
_BATCH = 200
_BATCH_BYTES = 8 * 1024 * 1024
# A stream is taken in as soon as this long nothing more has come.
_LULL_S = 0.02
_dice = random.Random()
_log = logging.getLogger(__name__)


class Runner:
    """Visits one source again and again until it is cancelled."""

    def __init__(self, road: Road, source: SourceSpec, settings: Settings, budget: Budget) -> None:
        self._road = road
        self._source = source
        self._settings = settings
        self._budget = budget

    async def run(self) -> None:
        """Visit, wait, visit; after a failure wait longer each time."""
        transport = self._source.transport
        assert transport is not None
        while True:
            try:
                await self._visit()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a foreign system does to us, the next visit comes
                await asyncio.sleep(await self._failed(error))
                continue
            await self._reached()
            await asyncio.sleep(1.0 if transport.streams else self._source.every_s * _dice.uniform(0.9, 1.1))

    async def _visit(self) -> None:
        row = await self._road.database.fetchrow(sql.SELECT_STATE, source=self._source.id)
        if row is not None and row["open_until"] is not None and row["open_until"] > datetime.now(UTC):
            await asyncio.sleep((row["open_until"] - datetime.now(UTC)).total_seconds())
        transport = self._source.transport
        assert transport is not None
        visit = Visit(
            self._source.id, self._source.transport_options, {} if row is None else dict(row["cursor"]),
            secrets_of(self._settings.secrets), self._road.database, lambda: datetime.now(UTC), self._reached,
        )  # fmt: skip
        arrivals = transport.arrivals(visit)
        try:
            async for batch in batches(arrivals, streams=transport.streams):
                await self._take(batch)
        finally:
            await _close(arrivals)

    async def _take(self, batch: list[Arrival]) -> None:
        """Take in a batch, then settle it. While the database is away the source simply waits."""
        cursor = next((one.cursor for one in reversed(batch) if one.cursor is not None), None)
        messages = [one.message for one in batch]
        while True:
            try:
                deliveries = await receive(self._road, self._source, messages, datetime.now(UTC), cursor)
                break
            except Unavailable:
                await asyncio.sleep(0.5)
        for arrival in batch:
            if arrival.settle is not None:
                await arrival.settle()
        self._budget.spend(self._source.id, sum(one.came_to_nothing for one in deliveries))
        # Nonsense in bulk is taken slowly: it backs up where it came from.
        await asyncio.sleep(self._budget.wait_s(self._source.id))

    async def _failed(self, error: Exception) -> float:
        """Remember why a visit failed; answers how long to wait."""
        told = {"code": _code(error), "detail": _sentence(error), "at": datetime.now(UTC).isoformat()}
        try:
            row = await self._road.database.fetchrow(sql.SELECT_STATE, source=self._source.id)
            known = row is not None and row["failures"] and row["last_error"]["code"] == told["code"]
            _log.log(logging.DEBUG if known else logging.WARNING, "source %s: %s", self._source.id, told["detail"])
            wait_s = pause_s((0 if row is None else row["failures"]) + 1, _dice, self._settings.longest_pause_s)
            wait_s = max(wait_s, min(getattr(error, "retry_after_s", None) or 0.0, self._settings.longest_pause_s))
            until = datetime.now(UTC) + timedelta(seconds=wait_s)
            await self._road.database.fetch(sql.FAILED, source=self._source.id, until=until, error=told)
        except MapError:
            return 1.0
        return wait_s

    async def _reached(self) -> None:
        with contextlib.suppress(MapError):
            await self._road.database.fetch(sql.REACHED, source=self._source.id)


async def batches(arrivals: AsyncIterator[Arrival], *, streams: bool) -> AsyncIterator[list[Arrival]]:
    """Arrivals in batches of bounded number and size; of a stream, what is there now."""
    batch: list[Arrival] = []
    waiting: asyncio.Task[Arrival] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(_next(arrivals))
            if streams and batch:
                await asyncio.wait([waiting], timeout=_LULL_S)
            else:
                await asyncio.wait([waiting])
            if not waiting.done():
                yield batch
                batch = []
                continue
            try:
                batch.append(waiting.result())
            except StopAsyncIteration:
                waiting = None
                break
            except Exception:
                # What came before the failure is taken in: a visit that fails half-way goes on from there.
                waiting = None
                if batch:
                    yield batch
                raise
            waiting = None
            if len(batch) >= _BATCH or sum(len(one.message.body) for one in batch) >= _BATCH_BYTES:
                yield batch
                batch = []
    finally:
        if waiting is not None:
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration, Exception):
                await waiting
    if batch:
        yield batch


async def _next(arrivals: AsyncIterator[Arrival]) -> Arrival:
    return await anext(arrivals)


async def _close(arrivals: AsyncIterator[Arrival]) -> None:
    close = getattr(arrivals, "aclose", None)
    if close is not None:
        with contextlib.suppress(Exception):
            await close()


class Switchboard:
    """The tasks of all sources that are on: begun when a source appears, ended when it changes or goes."""

    def __init__(self, road: Road, book: SourceBook, settings: Settings) -> None:
        self._road = road
        self._book = book
        self._settings = settings
        self._budget = Budget()
        self._running: dict[str, tuple[SourceSpec, asyncio.Task[None]]] = {}

    async def look(self) -> None:
        """Bring the tasks to what the files and switches say now."""
        states = {row["source"]: row["enabled"] for row in await self._road.database.fetch(sql.SELECT_SWITCHES)}
        wanted = {
            spec.id: spec
            for spec in self._book.all.values()
            if (spec.transport is not None or spec.send is not None) and is_enabled(spec, states.get(spec.id))
        }
        for name, (spec, task) in list(self._running.items()):
            if wanted.get(name) != spec or task.done():
                await self._end(name)
        for name, spec in wanted.items():
            if name not in self._running:
                self._running[name] = (spec, asyncio.create_task(self._run(spec), name=f"source {name}"))

    async def _run(self, spec: SourceSpec) -> None:
        """Fetch from a source, tell it what happens here, or both."""
        async with asyncio.TaskGroup() as tasks:
            if spec.transport is not None:
                tasks.create_task(Runner(self._road, spec, self._settings, self._budget).run())
            if spec.send is not None:
                secret, own = secrets_of(self._settings.secrets), self._settings.instance
                tasks.create_task(Sender(self._road.database, self._road.registry, spec, own, secret).run())

    async def stop(self) -> None:
        """End every task."""
        for name in list(self._running):
            await self._end(name)

    async def _end(self, name: str) -> None:
        _, task = self._running.pop(name)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


async def run_connect(settings: Settings, registry: LayerRegistry) -> None:
    """Fetch for ever; comes back after the database was away."""
    database = await open_database(DatabaseOptions(settings.database_url, pool_size=settings.pool_size))
    board = Switchboard(
        Road(database, registry, Gazetteer(registry), settings.instance), SourceBook(settings.sources), settings
    )
    try:
        while True:
            try:
                async with _alone(settings.database_url) as holder:
                    while True:
                        await board.look()
                        await holder.execute("select 1")
                        await asyncio.sleep(_LOOK_EVERY_S)
            except (MapError, *AWAY):
                _log.warning("the database is out of reach; trying again")
            await board.stop()
            await asyncio.sleep(0.5)
    finally:
        await board.stop()
        await database.close()


@contextlib.asynccontextmanager
async def _alone(url: str) -> AsyncIterator[Connection]:
    """A connection that holds the lock of the one process that fetches."""
    connection = await connect(url)
    try:
        while not await connection.fetchval("select pg_try_advisory_lock($1)", CONNECT_LOCK):
            await asyncio.sleep(0.5)
        yield connection
    finally:
        connection.terminate()


def _code(error: Exception) -> str:
    if isinstance(error, MapError):
        return error.code
    code = getattr(error, "code", None)
    return code if isinstance(code, str) and code.isidentifier() else "visit_failed"


def _sentence(error: Exception) -> str:
    if isinstance(error, KeyError) and not isinstance(error, MapError):
        return f"the secret {error} is not in the folder of secrets"
    detail = getattr(error, "detail", None)
    if isinstance(detail, str):
        return detail[:500]
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]
