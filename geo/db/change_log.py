# SPDX-License-Identifier: Apache-2.0
"""From change_log to live_log: the one relay, and reading what it moved.

Writers' transactions leave rows in ``change_log`` (triggers). Ids are drawn before the commit, so a reader of ids would
miss slow transactions. The relay takes what is visible, orders it by commit time, and gives it a ``seq`` without gaps
in ``live_log``; it alone sends NOTIFY, as a wake-up that may be lost without harm. Measured: a cursor on ids lost 12 %
of concurrent writers' events; this delivered all of them, in order, also beside a long transaction.
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.pool import AWAY, Connection, connect
from geo.db.statement import Statement

CHANNEL = "toancanh_live"
# Arbitrary, and stays: whoever holds it is the relay.
RELAY_LOCK = 7_120_002
_BATCH = 20_000
# A connection that went dead without a word is given up after this.
QUERY_TIMEOUT_S = 3.0
_log = logging.getLogger(__name__)

metadata = MetaData()
_CHANGE = ("layer", "op", "feature", "revision", "old_box", "new_box", "old_units", "affected")
_KINDS: dict[str, Any] = {
    "layer": Text,
    "op": Text,
    "feature": BigInteger,
    "revision": BigInteger,
    "old_box": ARRAY(Float),
    "new_box": ARRAY(Float),
    "old_units": ARRAY(BigInteger),
    "affected": BigInteger,
}
change_log = Table(
    "change_log",
    metadata,
    Column("id", BigInteger, primary_key=True),
    *(Column(name, kind) for name, kind in _KINDS.items()),
)
live_log = Table(
    "live_log",
    metadata,
    Column("seq", BigInteger, primary_key=True),
    *(Column(name, kind) for name, kind in _KINDS.items()),
    Column("committed_at", DateTime(timezone=True)),
    Column("relayed_at", DateTime(timezone=True)),
)
live_head = Table(
    "live_head",
    metadata,
    Column("one", Boolean, primary_key=True),
    Column("epoch", Text),
    Column("seq", BigInteger),
)


@dataclass(frozen=True)
class Change:
    """One committed change. Boxes are (west, south, east, north) degrees; a bulk change names no feature.

    ``old_units`` are the units in which the feature lay before: who sees those must learn that it left.
    """

    seq: int
    layer: str
    op: str
    feature: int | None
    revision: int | None
    old_box: list[float] | None
    new_box: list[float] | None
    old_units: list[int] | None
    affected: int
    committed_at: datetime | None


@dataclass(frozen=True)
class Head:
    """Where the log stands. Another epoch means that the database was restored: ids of before mean nothing."""

    epoch: str
    seq: int


def _move(*, with_commit_time: bool) -> Statement:
    committed: Any = (
        func.pg_xact_commit_timestamp(literal_column("change_log.xmin"))
        if with_commit_time
        else literal_column("null::timestamptz")
    )
    due = (
        select(change_log.c.id, committed.label("committed_at"))
        .order_by(committed.nulls_first(), change_log.c.id)
        .limit(_BATCH)
        .cte("due")
    )
    taken = (
        delete(change_log)
        .where(change_log.c.id == due.c.id)
        .returning(change_log.c.id, due.c.committed_at, *(change_log.c[name] for name in _CHANGE))
        .cte("taken")
    )
    place = func.row_number().over(order_by=(taken.c.committed_at.nulls_first(), taken.c.id))
    moved = (
        insert(live_log)
        .from_select(
            ["seq", *_CHANGE, "committed_at", "relayed_at"],
            select(
                bindparam("head", type_=BigInteger) + place,
                *(taken.c[name] for name in _CHANGE),
                taken.c.committed_at,
                func.clock_timestamp(),
            ),
        )
        .returning(live_log.c.seq)
        .cte("moved")
    )
    return Statement(select(func.max(moved.c.seq)))


_MOVE = {with_time: _move(with_commit_time=with_time) for with_time in (True, False)}
_LOCK_HEAD = Statement(select(live_head.c.seq).with_for_update())
_SET_HEAD = Statement(update(live_head).values(seq=bindparam("new_seq", type_=BigInteger)))
_HEAD = Statement(select(live_head.c.epoch, live_head.c.seq))
_OLDEST = Statement(select(func.min(live_log.c.seq)))
_AFTER = Statement(
    select(live_log.c.seq, *(live_log.c[name] for name in _CHANGE), live_log.c.committed_at)
    .where(live_log.c.seq > bindparam("after", type_=BigInteger))
    .order_by(live_log.c.seq)
    .limit(bindparam("page"))
)
WAITING = Statement(select(func.count()).select_from(change_log))
FORGET_BEFORE = Statement(
    delete(live_log).where(live_log.c.relayed_at < bindparam("moment", type_=DateTime(timezone=True)))
)


async def relay_once(connection: Connection, *, with_commit_time: bool) -> int | None:
    """Move one batch; answers the new head, ``None`` when nothing waited.

    The head's row lock keeps the sequence gapless even if two relays should run.
    """
    async with connection.transaction():
        head = await connection.fetchval(_LOCK_HEAD.sql)
        move = _MOVE[with_commit_time]
        last = await connection.fetchval(move.sql, *move.args(head=head))
        if last is None:
            return None
        await connection.execute(_SET_HEAD.sql, *_SET_HEAD.args(new_seq=last))
        await connection.execute("select pg_notify($1, $2)", CHANNEL, str(last))
        return int(last)


async def run_relay(url: str, *, poll_s: float = 0.005) -> None:
    """Be the relay for ever; waits while another one is, and comes back after the database was away.

    Args:
        url: libpq URL.
        poll_s: pause while nothing waits. A look costs 0.03 ms; NOTIFY from writers would serialise their commits.
    """
    while True:
        try:
            connection = await connect(url)
        except AWAY:
            await asyncio.sleep(0.5)
            continue
        try:
            await _relay_on(connection, poll_s)
        except AWAY:
            _log.warning("the relay lost the database and tries again")
            await asyncio.sleep(0.2)
        finally:
            connection.terminate()


async def _relay_on(connection: Connection, poll_s: float) -> None:
    # Not waited for inside one statement: a lock wait would run into the statement timeout.
    while not await connection.fetchval("select pg_try_advisory_lock($1)", RELAY_LOCK):
        await asyncio.sleep(0.5)
    with_time = await connection.fetchval("show track_commit_timestamp") == "on"
    if not with_time:
        _log.warning("track_commit_timestamp is off: changes of overlapping transactions come in order of their ids")
    # Statistics of a queue are always those of another moment: planned for an empty change_log, a move beside a load of
    # 100,000 rows joined row by row, ran into the statement timeout and was tried again without end.
    await connection.execute("set enable_nestloop = off")
    await connection.execute("set plan_cache_mode = force_custom_plan")
    _log.info("this is the relay")
    while True:
        began = time.monotonic()
        if await connection.fetchval("select exists (select from change_log)"):
            await relay_once(connection, with_commit_time=with_time)
            # What comes in the meantime travels together.
            await asyncio.sleep(2 * poll_s)
        else:
            # After a large load the look passes over what was moved, until that is vacuumed.
            await asyncio.sleep(max(poll_s, 4 * (time.monotonic() - began)))


async def head(connection: Connection) -> Head:
    """The epoch and the last sequence number."""
    row = await connection.fetchrow(_HEAD.sql)
    assert row is not None
    return Head(row["epoch"], row["seq"])


async def oldest(connection: Connection) -> int | None:
    """The first sequence number that is still kept."""
    value: int | None = await connection.fetchval(_OLDEST.sql)
    return value


async def changes_after(connection: Connection, seq: int, page: int = 5_000) -> list[Change]:
    """The next changes, in order."""
    rows = await connection.fetch(_AFTER.sql, *_AFTER.args(after=seq, page=page), timeout=QUERY_TIMEOUT_S)
    return [Change(*row) for row in rows]  # the columns come in the order of its fields
