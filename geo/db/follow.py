# SPDX-License-Identifier: Apache-2.0
"""Following live_log: every change in order, for ever, and whether the log can be trusted to tell of every change."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable

from geo.db.change_log import CHANNEL, QUERY_TIMEOUT_S, RELAY_LOCK, Change, Head, changes_after, head
from geo.db.pool import AWAY, Connection, connect

WATCH_EVERY_S = 0.5
_STUCK_S = 2.0
# An advisory lock on a bigint: its halves are classid and objid, and objsubid is 1 (PostgreSQL, pg_locks).
_WATCHED = """
select exists (
           select from pg_locks
           where locktype = 'advisory' and classid = 0 and objid = $1 and objsubid = 1 and granted
             and database = (select oid from pg_database where datname = current_database())
       ) as relayed,
       exists (select from change_log) as waiting
"""
_log = logging.getLogger(__name__)


class _Watch:
    """Whether the log can be trusted to tell of every change soon, looked at twice a second.

    Not when nobody is the relay, and not when changes have waited for ``_STUCK_S`` while the relay moved none.
    """

    def __init__(self, tell: Callable[[bool], None]) -> None:
        self._tell = tell
        self._due = 0.0
        self._moved = (-1, 0.0)

    async def look(self, connection: Connection, seq: int) -> None:
        """Look, when it is time."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + WATCH_EVERY_S
        row = await connection.fetchrow(_WATCHED, RELAY_LOCK, timeout=QUERY_TIMEOUT_S)
        assert row is not None
        if seq != self._moved[0] or not row["waiting"]:
            self._moved = (seq, now)
        self._tell(row["relayed"] and now - self._moved[1] < _STUCK_S)

    def lost(self) -> None:
        """The database is out of reach."""
        self._due, self._moved = 0.0, (-1, 0.0)
        self._tell(False)


def _nobody_listens(told: bool) -> None:
    pass


async def follow(
    url: str, after: Callable[[Head], int], watch: Callable[[bool], None] = _nobody_listens
) -> AsyncIterator[tuple[Head, list[Change]]]:
    """Every change after a point, for ever, in pages; wakes by NOTIFY and looks twice a second all the same.

    Args:
        url: libpq URL.
        after: from the head at the start (and after each loss of the database) to where to begin.
        watch: told, again and again, whether changes are being relayed.

    Yields:
        The epoch with the last seq read, and the changes; once without changes when the database was reached.
    """
    while True:
        try:
            connection = await connect(url)
        except AWAY:
            await asyncio.sleep(0.5)
            continue
        wake = asyncio.Event()
        watching = _Watch(watch)
        try:
            await connection.add_listener(CHANNEL, _waker(wake))
            start = await head(connection)
            seq = after(start)
            yield Head(start.epoch, seq), []
            while True:
                wake.clear()
                page = await changes_after(connection, seq)
                if page:
                    seq = page[-1].seq
                    yield Head(start.epoch, seq), page
                await watching.look(connection, seq)
                if not page:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(wake.wait(), timeout=WATCH_EVERY_S)
        except (TimeoutError, *AWAY):
            _log.warning("the live log is out of reach; trying again")
            await asyncio.sleep(0.2)
        finally:
            watching.lost()
            connection.terminate()


def _waker(wake: asyncio.Event) -> Callable[..., None]:
    def on_notify(*_: object) -> None:
        wake.set()

    return on_notify
