# SPDX-License-Identifier: Apache-2.0
"""The live hub of one server process: follows live_log once, drops stale tiles, and hands each batch to every stream.

A subscriber is a bounded queue. Who does not keep up loses the queue's content and is told to resynchronise; nobody
waits for anybody. The hub keeps no history: what a reconnecting client missed is read from live_log.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from api.frames import StreamQuery, members_of
from api.telemetry import Telemetry
from api.tile_source import TileSource
from geo.db.change_log import Change, Head
from geo.db.follow import follow
from geo.db.pool import Database
from layers.deltas import FeatureReader, Features

# Changes that may wait for one stream, in batches that all streams share. Counted in changes, for the relay moves small
# batches: 256 of those were one second, and a busy machine gave up streams that only waited for their turn.
MAX_WAITING = 50_000


class ChangeBatch:
    """Changes that were committed, in order; ``seq`` is the last one's.

    Their features are read once for all streams whose readers may see the same fields.
    """

    def __init__(self, seq: int, changes: list[Change], database: Database) -> None:
        self.seq = seq
        self.changes = changes
        self.database = database
        self._lock = asyncio.Lock()
        self._features: dict[FeatureReader, Features] = {}
        self._told: dict[str, str] = {}

    def after(self, seq: int) -> "ChangeBatch":
        """What of the batch comes after a change: mostly all of it."""
        if not self.changes or self.changes[0].seq > seq:
            return self
        return ChangeBatch(self.seq, [change for change in self.changes if change.seq > seq], self.database)

    async def features(self, reader: FeatureReader) -> Features:
        """The changed features as they are now, with the fields that the reader may see."""
        async with self._lock:
            if reader not in self._features:
                self._features[reader] = await reader.read(self.database, self.changes)
            return self._features[reader]

    async def told(self, query: StreamQuery) -> str:
        """What the batch means for a stream, as members of a frame's list; made once for all that show the same."""
        found = await self.features(query.reader)
        if query.key not in self._told:
            self._told[query.key] = members_of(self.changes, found, query)
        return self._told[query.key]


def joined(batches: list[ChangeBatch]) -> ChangeBatch:
    """Batches that follow one another as one: what happened in between cancels out."""
    changes = [change for batch in batches for change in batch.changes]
    return ChangeBatch(batches[-1].seq, changes, batches[-1].database)


@dataclass(eq=False)
class Subscriber:
    """One stream's queue. ``lost`` says why the stream must start afresh, once it must."""

    queue: "asyncio.Queue[ChangeBatch | None]" = field(default_factory=asyncio.Queue)
    lost: str | None = None
    _since: int = 0

    def offer(self, batch: ChangeBatch) -> None:
        """Queue a batch, or drop everything when the stream is too slow."""
        if self.lost is not None:
            return
        if self.queue.empty():
            self._since = batch.seq - len(batch.changes)
        if batch.seq - self._since > MAX_WAITING:
            self.drop("too_slow")
        else:
            self.queue.put_nowait(batch)

    def drop(self, reason: str) -> None:
        """Give the stream up: it is told the reason and ends."""
        self.lost = reason
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class LiveHub:
    """Follows the log for all streams of this process."""

    def __init__(self, url: str, database: Database, tiles: TileSource, telemetry: Telemetry) -> None:
        self._url = url
        self._database = database
        self._tiles = tiles
        self._telemetry = telemetry
        self._subscribers: set[Subscriber] = set()
        self._task: asyncio.Task[None] | None = None
        self._head: Head | None = None

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return len(self._subscribers)

    @property
    def current(self) -> Head | None:
        """The last change that was handed out; ``None`` until the database was reached."""
        return self._head

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.create_task(self._follow(), name="live hub")

    async def stop(self) -> None:
        """Stop following and end every stream."""
        for subscriber in list(self._subscribers):
            subscriber.drop("server_stops")
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @contextlib.contextmanager
    def subscribe(self) -> Iterator[Subscriber]:
        """A queue that receives every batch from now on."""
        subscriber = Subscriber()
        self._subscribers.add(subscriber)
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)

    def batch(self, seq: int, changes: list[Change]) -> ChangeBatch:
        """A batch outside the queue, for a stream that catches up."""
        return ChangeBatch(seq, changes, self._database)

    async def _follow(self) -> None:
        def resume(head: Head) -> int:
            # After a loss of the database: go on where we were, unless another one came back.
            known = self._head
            if known is None:
                return head.seq
            if known.epoch == head.epoch and known.seq <= head.seq:
                return known.seq
            for subscriber in list(self._subscribers):
                subscriber.drop("epoch_changed")
            return head.seq

        async for head, changes in follow(self._url, resume, self._tiles.cache.trust):
            self._head = head
            if changes:
                # Before any stream hears of it: who is told that a tile is stale may ask for it at once.
                self._tiles.changed(changes)
                self._telemetry.evicted(changes, datetime.now(UTC))
                batch = self.batch(head.seq, changes)
                for subscriber in list(self._subscribers):
                    subscriber.offer(batch)
