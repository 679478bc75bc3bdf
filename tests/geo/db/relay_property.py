# SPDX-License-Identifier: Apache-2.0
"""The change log's property: whatever writers and relays suffer, live_log has each committed change once, in order.

Run for a few seconds by tests/geo/db/test_change_log.py, and beside a transaction of a minute by faults/.
"""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from geo.db.pool import Connection, connect
from tests.geo.db.writers import Witness, hold_open, seed_features, write_by_psql, write_until

ROOT = Path(__file__).resolve().parents[3]


class Relays:
    """Two real relay processes of which one after the other is killed and replaced."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._running = [self._start(), self._start()]
        self.kills = 0

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "api.cli", "relay"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self._url, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def kill_until(self, stop: asyncio.Event, chance: random.Random) -> None:
        """SIGKILL at random moments, each time after some relay has moved something again."""
        watching = await connect(self._url)
        known = 0
        while not stop.is_set():
            if await head_of(watching) == known:
                await wait_or(stop, 0.05)
                continue
            await wait_or(stop, chance.uniform(0.0, 0.6))
            victim = self._running.pop(0)
            victim.kill()
            victim.wait()
            self.kills += 1
            self._running.append(self._start())
            known = await head_of(watching)
        await watching.close()

    def end(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()


async def wait_or(stop: asyncio.Event, seconds: float) -> None:
    """Until the event, or so many seconds."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def run_property(serving_url: str, owner_url: str, *, open_s: float) -> dict[str, Any]:
    """Write, roll back, kill relays while one transaction is open for so long; then check and answer the numbers."""
    witness = Witness()
    await seed_features(serving_url, witness)
    stop = asyncio.Event()
    relays = Relays(serving_url)
    try:
        async with asyncio.TaskGroup() as tasks:
            for seed, (url, table) in enumerate([
                (serving_url, "feature"), (serving_url, "feature"), (serving_url, "layer_incidents"),
                (owner_url, "feature_incidents"),
            ]):  # fmt: skip
                tasks.create_task(write_until(stop, url, witness, table, seed))
            tasks.create_task(write_by_psql(stop, serving_url, witness))
            tasks.create_task(relays.kill_until(stop, random.Random(1)))
            tasks.create_task(_beside_the_open_one(serving_url, relays, witness, open_s, stop))
        return {**await _judge(serving_url, witness), "relays_killed": relays.kills, "open_transaction_s": open_s}
    finally:
        relays.end()


async def _beside_the_open_one(url: str, relays: Relays, witness: Witness, open_s: float, stop: asyncio.Event) -> None:
    """Others' changes reach live_log while the long transaction is open: nobody waits for it."""
    watching = await connect(url)
    release = asyncio.Event()
    opened = asyncio.create_task(hold_open(url, witness, release))
    try:
        started = time.monotonic()
        heads = {await head_of(watching)}
        # A busy machine takes its time to start relays anew: it stays open until some were killed and others moved on.
        while time.monotonic() < started + open_s or len(heads) < 5 or relays.kills < 2:
            assert time.monotonic() < started + open_s + 60, "the relay stood still beside the open transaction"
            await wait_or(asyncio.Event(), 0.1)
            heads.add(await head_of(watching))
        release.set()
        await opened
    finally:
        stop.set()
        release.set()
        await watching.close()


async def head_of(connection: Connection) -> int:
    return int(await connection.fetchval("select seq from live_head"))


async def _judge(url: str, witness: Witness) -> dict[str, Any]:
    connection = await connect(url)
    try:
        deadline = time.monotonic() + 60
        while await connection.fetchval("select exists (select from change_log)"):
            assert time.monotonic() < deadline, "the relay does not catch up"
            await wait_or(asyncio.Event(), 0.1)
        rows = await connection.fetch(
            "select seq, op, feature, revision, affected, committed_at from live_log order by seq"
        )
        assert await head_of(connection) == len(rows)
    finally:
        await connection.close()
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1)), "the sequence has a gap"
    logged = Counter((row["op"], row["feature"], row["revision"], row["affected"]) for row in rows)
    expected = witness.changes
    assert logged == expected, {"lost": expected - logged, "not committed or twice": logged - expected}
    _assert_order_of_revisions(rows)
    _assert_order_of_commits(rows, witness)
    return {
        "transactions_committed": len(witness.committed),
        "transactions_rolled_back": witness.rolled_back,
        "changes": len(rows),
    }


def _assert_order_of_revisions(rows: list[Any]) -> None:
    last: dict[int, int] = {}
    for row in rows:
        if row["feature"] is not None:
            before = last.get(row["feature"], 0)
            # A deletion carries the revision that it ended.
            assert row["revision"] == before if row["op"] == "delete" else row["revision"] == before + 1, dict(row)
            last[row["feature"]] = row["revision"]


def _assert_order_of_commits(rows: list[Any], witness: Witness) -> None:
    """Who had the answer to COMMIT before another sent one comes first, and no transaction is torn apart.

    Two that committed in the same microsecond have no order: their changes may come mixed.
    """
    place = {(row["op"], row["feature"], row["revision"]): row["seq"] for row in rows if row["feature"] is not None}
    times = [row["committed_at"] for row in rows]
    assert None not in times
    placed = []
    for one in witness.committed:
        seqs = sorted(place[change[:3]] for change in one.changes if change[1] is not None)
        if seqs:
            assert len(set(times[seqs[0] - 1 : seqs[-1]])) == 1, "changes of two transactions are mixed"
            placed.append((seqs[0], one))
    placed.sort(key=lambda pair: pair[0], reverse=True)
    earliest_answer_after = float("inf")
    for _, one in placed:
        assert one.sent_at <= earliest_answer_after, "a later commit came first"
        earliest_answer_after = min(earliest_answer_after, one.answered_at)
