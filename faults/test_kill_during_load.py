# SPDX-License-Identifier: Apache-2.0
"""kill -9 of server, relay and PostgreSQL while 100,000 records are pushed: what was acknowledged is there, once."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from httpx import AsyncClient

from api.cli import migrate_all
from api.settings import Settings
from faults.conftest import Postgres
from geo.db import cluster_files as files
from geo.db.pool import connect
from tests.conftest import new_key_of
from tests.support.stack import Stack, running_stack

RECORDS, BATCH, CLIENTS, KILLS = 100_000, 500, 4, 12


@dataclass
class Load:
    """Batches still to be pushed, and what was acknowledged."""

    batches: list[range] = field(default_factory=lambda: [range(n, n + BATCH) for n in range(0, RECORDS, BATCH)])
    acknowledged: set[int] = field(default_factory=set)
    accepted: int = 0
    attempts: int = 0
    failures: "Counter[str]" = field(default_factory=Counter)

    @property
    def done(self) -> bool:
        return len(self.acknowledged) == RECORDS


async def push_all(load: Load, url: str, key: str) -> None:
    """One client: take a batch, push it until it is acknowledged."""
    async with AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        while load.batches:
            numbers = load.batches.pop()
            records = [_record(number) for number in numbers]
            while not await _push(load, client, records):
                await asyncio.sleep(0.2)
            load.acknowledged.update(numbers)


async def _push(load: Load, client: AsyncClient, records: list[dict[str, Any]]) -> bool:
    load.attempts += 1
    try:
        answer = await client.post("/ingest/load?layer=incidents", json=records)
    except httpx.HTTPError as error:
        load.failures[type(error).__name__] += 1
        return False
    if answer.status_code != 200:
        load.failures[str(answer.status_code)] += 1
        assert answer.status_code == 503, answer.text
        return False
    receipt = answer.json()
    assert receipt["rejected"] == []
    assert receipt["accepted"] + receipt["unchanged"] == len(records)
    load.accepted += receipt["accepted"]
    return True


def _record(number: int) -> dict[str, Any]:
    return {
        "id": f"r-{number:06}",
        "revision": 1,
        "title": f"Sự việc {number}",
        "kind": "traffic",
        "time": "2026-11-20T08:00:00+07:00",
        "lon": round(105.70 + number % 317 / 1000, 6),
        "lat": round(21.45 + number % 251 / 1000, 6),
    }


async def kill_at_random(load: Load, stack: Stack, postgres: Postgres) -> "Counter[str]":
    """Kill and start again, each victim in turn, whenever the load has made some progress since."""
    chance = random.Random(42)
    kills: Counter[str] = Counter()
    victims = ["serve", "relay", "postgres"] * (KILLS // 3)
    chance.shuffle(victims)
    for nth, victim in enumerate(victims, start=1):
        due = RECORDS * nth // (KILLS + 2)
        while len(load.acknowledged) < due:
            await asyncio.sleep(0.05)
        await asyncio.sleep(chance.uniform(0, 0.5))
        if victim == "postgres":
            await asyncio.to_thread(postgres.kill)
            await asyncio.to_thread(postgres.start)
        else:
            await asyncio.to_thread(stack.kill, victim)
            stack.start(victim)
        kills[victim] += 1
    return kills


async def test_what_was_acknowledged_is_there_once(
    postgres: Postgres, tmp_path: Path, keep: Callable[[str, dict[str, Any]], None]
) -> None:
    serving, owner = postgres.cluster.url(), postgres.cluster.url(files.OWNER)
    assert migrate_all(Settings(database_url=serving, admin_url=owner)) == 0
    key = new_key_of(serving, "load")
    load = Load()
    started = time.monotonic()
    with running_stack(serving, tmp_path, "serve", "relay") as stack:
        async with asyncio.timeout(280), asyncio.TaskGroup() as tasks:
            killing = tasks.create_task(kill_at_random(load, stack, postgres))
            for _ in range(CLIENTS):
                tasks.create_task(push_all(load, stack.url, key))
        loaded_s = time.monotonic() - started
        await asyncio.to_thread(stack.wait_ready)
        found = await _look(serving)
    assert load.done and sum(killing.result().values()) == KILLS
    assert found == {
        "features": RECORDS, "distinct": RECORDS, "history": 0, "changes": RECORDS, "changed_features": RECORDS,
        "first_seq": 1, "last_seq": RECORDS, "head": RECORDS,
    }  # fmt: skip
    # A batch whose answer was lost was stored and is unchanged the second time.
    assert load.accepted <= RECORDS
    keep("kill_during_load", {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "records": RECORDS, "batch": BATCH, "clients": CLIENTS,
        "killed": dict(killing.result()), "attempts": load.attempts, "failed_attempts": dict(load.failures),
        "answers_lost_after_commit": (RECORDS - load.accepted) // BATCH, "seconds": round(loaded_s, 1),
        "acknowledged": len(load.acknowledged), **found,
    })  # fmt: skip


async def _look(url: str) -> dict[str, Any]:
    connection = await connect(url)
    try:
        async with asyncio.timeout(60):
            while await connection.fetchval("select exists (select from change_log)"):
                await asyncio.sleep(0.1)
        row = await connection.fetchrow(
            "select (select count(*) from feature) as features, "
            "(select count(distinct external_id) from feature) as distinct, "
            "(select count(*) from feature_history) as history, count(*) as changes, "
            "count(distinct feature) as changed_features, min(seq) as first_seq, max(seq) as last_seq, "
            "(select seq from live_head) as head from live_log"
        )
        assert row is not None
        return dict(row)
    finally:
        await connection.close()
