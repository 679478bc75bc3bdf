# SPDX-License-Identifier: Apache-2.0
"""One live stream as server-sent events (WHATWG HTML, section 9.2): resume, catch up, then follow.

The first change is sent at once, the next ones at most ten times a second, merged. The page draws at most four times a
second; with four frames an event would wait up to 250 ms before it is even sent.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator

import orjson

from api.frames import StreamQuery
from api.live import ChangeBatch, LiveHub, Subscriber, joined
from geo.db.change_log import Change, Head, changes_after, oldest
from geo.db.change_log import head as head_of
from geo.db.pool import Database
from geo.errors import Unavailable

PING_S = 15.0
# Revoking a key, ending a session or changing a role ends its streams within a second.
CHECK_S = 0.4
FRAME_EVERY_S = 0.1
_MAX_CATCH_UP = 20_000
# Beyond this it is worth finding out what cancels out, and which layers are quicker reloaded.
_MAX_FRAME_CHARS = 1_000_000


async def events(query: StreamQuery, hub: LiveHub, database: Database) -> AsyncGenerator[bytes, None]:
    """The bytes of the stream, for ever."""
    with hub.subscribe() as subscriber:
        head = hub.current
        if head is None:
            yield _event("reset", {"reason": "not_ready"})
            return
        seq = head.seq
        if query.last_event_id is not None:
            missed = await _missed(query.last_event_id, head, database)
            if isinstance(missed, str):
                yield _event("reset", {"reason": missed})
                return
            yield _event("ready", {"epoch": head.epoch, "seq": seq})
            seq = max(seq, _number(query.last_event_id))
            if missed:
                seq = missed[-1].seq
                batch = hub.batch(seq, missed)
                frame = await _frame([batch], query, head.epoch)
                if frame is not None:
                    yield frame
        else:
            yield _event("ready", {"epoch": head.epoch, "seq": seq}, event_id=f"{head.epoch}:{seq}")
        async for part in _follow(query, subscriber, head.epoch, seq):
            yield part


async def _follow(query: StreamQuery, subscriber: Subscriber, epoch: str, seq: int) -> AsyncIterator[bytes]:
    sent_at, told_at = 0.0, time.monotonic()
    while await query.may_go_on():
        until = time.monotonic() + CHECK_S
        while time.monotonic() < until:
            batches = await _waiting(subscriber, until, not_before=sent_at + FRAME_EVERY_S)
            if subscriber.lost is not None:
                yield _event("reset", {"reason": subscriber.lost})
                return
            due = [batch for batch in batches if batch.seq > seq]
            try:
                # The first may begin before the point up to which the stream caught up by itself.
                due = [batch.after(seq) for batch in due]
                frame = await _frame(due, query, epoch) if due else None
            except Unavailable:
                yield _event("reset", {"reason": "database_away"})
                return
            if due:
                seq = due[-1].seq
            if frame is not None:
                sent_at = told_at = time.monotonic()
                yield frame
        if time.monotonic() - told_at >= PING_S:
            told_at = time.monotonic()
            yield b": ping\n\n"
    yield _event("auth", {"reason": "rights_changed"})


async def _waiting(subscriber: Subscriber, until: float, *, not_before: float) -> list[ChangeBatch]:
    """What waits in the queue, merged; nothing when the time is over."""
    try:
        first = await asyncio.wait_for(subscriber.queue.get(), timeout=max(0.0, until - time.monotonic()))
    except TimeoutError:
        return []
    await asyncio.sleep(max(0.0, not_before - time.monotonic()))
    batches = [first]
    while not subscriber.queue.empty():
        batches.append(subscriber.queue.get_nowait())
    return [batch for batch in batches if batch is not None]


async def _missed(last_event_id: str, head: Head, database: Database) -> list[Change] | str:
    """What happened since the client's last event, or why that cannot be said."""
    seq = _number(last_event_id)
    if last_event_id.partition(":")[0] != head.epoch or seq < 0:
        return "epoch_changed"
    if head.seq - seq > _MAX_CATCH_UP:
        return "too_far_behind"
    async with database.connection() as connection:
        # Another process, from which the client comes, may have read a little more than this one.
        if seq > head.seq and seq > (await head_of(connection)).seq:
            return "epoch_changed"
        first = await oldest(connection)
        if seq < head.seq and (first is None or first > seq + 1):
            return "too_far_behind"
        return await changes_after(connection, seq, _MAX_CATCH_UP)


def _number(event_id: str) -> int:
    """The sequence number in an event's id; -1 if there is none."""
    number = event_id.partition(":")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 18 else -1


async def _frame(batches: list[ChangeBatch], query: StreamQuery, epoch: str) -> bytes | None:
    """One event of several batches, in order. A layer may come in it more than once: the later word counts."""
    parts = [part for batch in batches if (part := await batch.told(query))]
    if sum(len(part) for part in parts) > _MAX_FRAME_CHARS:
        parts = [await joined(batches).told(query)]
    if not any(parts):
        return None
    seq = batches[-1].seq
    return f'id: {epoch}:{seq}\nevent: change\ndata: {{"seq":{seq},"changes":[{",".join(parts)}]}}\n\n'.encode()


def _event(name: str, data: dict[str, object], event_id: str | None = None) -> bytes:
    prefix = f"id: {event_id}\n" if event_id is not None else ""
    return f"{prefix}event: {name}\ndata: {orjson.dumps(data).decode()}\n\n".encode()
