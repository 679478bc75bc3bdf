# SPDX-License-Identifier: Apache-2.0
"""200 streams, 20 of which stop reading: memory stays bounded, the others notice nothing, and the frozen are let go."""

import asyncio
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.cli import migrate_all
from api.settings import Settings
from faults.conftest import Postgres
from faults.processes import held_by_server, memory_mb, processor_s, tcp_buffers_mb
from faults.stream_clients import Frozen, read_streams, title_now
from geo.db import cluster_files as files
from geo.db.pool import connect
from tests.support.stack import Stack, running_stack

STREAMS, FROZEN, PER_S, FEATURES = 200, 20, 200, 4_000
BEFORE_S = 60.0
PATH = "/live?layers=incidents&zoom=12"
# How long a frozen stream may be held: some seconds of events in buffers, 20 s of patience, and the kernel's own time.
LET_GO_S = 90
_TEXT = "Cây đổ chắn ngang đường, người dân đề nghị xử lý sớm vì lối đi vào trường học bị che khuất. " * 4


async def write_steadily(url: str, stop: asyncio.Event, written: list[int]) -> None:
    """So many updates a second in all, each its own transaction; the same feature again after many seconds."""
    connection = await connect(url)
    numbers = [row["id"] for row in await connection.fetch("select id from feature order by id")]
    begun = time.monotonic()
    try:
        while not stop.is_set():
            due = int((time.monotonic() - begun) * PER_S) - written[0]
            for _ in range(due):
                number = numbers[written[0] % len(numbers)]
                await connection.execute(
                    "update feature set properties = properties || jsonb_build_object('title', $2::text) "
                    "where layer = 'incidents' and id = $1",
                    number, title_now(number),
                )  # fmt: skip
                written[0] += 1
            await asyncio.sleep(0.005)
    finally:
        await connection.close()


async def seed(url: str) -> None:
    """Features of a realistic size all over the province."""
    chance = random.Random(1)
    connection = await connect(url)
    rows = [(f"f-{n}", chance.uniform(105.5, 106.2), chance.uniform(21.4, 22.0), _TEXT) for n in range(FEATURES)]
    await connection.executemany(
        "insert into feature (source, external_id, layer, kind, severity, status, properties, geom) values "
        "('load', $1, 'incidents', 'traffic', 'low', 'new', jsonb_build_object('title', '-', 'agency', $4::text), "
        "ST_Point($2, $3, 4326))",
        rows,
    )
    await connection.close()


async def watch(stack: Stack, seconds: float, held: Callable[[], int]) -> list[dict[str, float]]:
    """Memory and processor of the server, every few seconds."""
    group, begun, samples = stack.processes["serve"].pid, time.monotonic(), []
    while (elapsed := time.monotonic() - begun) < seconds:
        used = processor_s(group)
        await asyncio.sleep(min(5.0, max(0.1, seconds - elapsed)))
        took = time.monotonic() - begun - elapsed
        samples.append({
            "s": round(time.monotonic() - begun), "memory_mb": memory_mb(group), "tcp_mb": tcp_buffers_mb(),
            "core": round((processor_s(group) - used) / took, 2), "frozen_held": await asyncio.to_thread(held),
        })  # fmt: skip
    return samples


async def test_frozen_streams_harm_nobody(
    postgres: Postgres, tmp_path: Path, frozen_s: float, keep: Callable[[str, dict[str, Any]], None]
) -> None:
    serving, owner = postgres.cluster.url(), postgres.cluster.url(files.OWNER)
    assert migrate_all(Settings(database_url=serving, admin_url=owner)) == 0
    await seed(serving)
    with running_stack(serving, tmp_path, "serve", "relay") as stack:
        await asyncio.sleep(1)
        found = await run(stack, int(stack.url.rpartition(":")[2]), frozen_s)
    keep("frozen_streams", {"at": datetime.now(UTC).isoformat(timespec="seconds"), **found})
    peak = max(sample["memory_mb"] for sample in found["samples"])
    assert peak < found["memory_before_mb"] + 150, "memory grew with the frozen"
    alone = max(found[name]["p99_ms"] for name in ("without_frozen", "without_frozen_again"))
    assert found["beside_frozen"]["p99_ms"] < 1.5 * alone + 50
    assert found["streams_lost"] == 0 and found["resets_of_readers"] == 0
    assert found["changes_each"]["fewest"] == found["changes_each"]["most"] == found["written"]
    assert found["longest_held_s"] < LET_GO_S
    assert found["frozen_came_back"] == ("reset" if found["missed_by_first_frozen"] > 20_000 else "resumed")


async def run(stack: Stack, port: int, seconds: float) -> dict[str, Any]:
    """All read, then some are frozen all the time (who is let go is followed by another), then all read again."""
    stop, written = asyncio.Event(), [0]
    seen, readers = await read_streams(port, PATH, STREAMS - FROZEN)
    _, others = await read_streams(port, PATH, FROZEN)
    await asyncio.sleep(1)
    writing = asyncio.create_task(write_steadily(stack.database_url, stop, written))
    samples_before = await watch(stack, min(BEFORE_S, seconds), lambda: 0)
    before, seen.delays_ms = seen.quantiles(), []
    for reader in others:
        reader.close()
    written_before = written[0]
    crowd = await asyncio.to_thread(Crowd, port)
    samples = await watch(stack, seconds, crowd.renew)
    beside, seen.delays_ms = seen.quantiles(), []
    missed = written[0] - written_before
    back = await asyncio.to_thread(_come_back, port, crowd.first_id)
    crowd.close()
    _, others = await read_streams(port, PATH, FROZEN)
    await watch(stack, min(BEFORE_S, seconds), lambda: 0)
    after = seen.quantiles()
    stop.set()
    await writing
    await asyncio.sleep(3)
    closed = seen.closed
    for reader in (*readers, *others):
        reader.close()
    return {
        "streams": STREAMS, "frozen": FROZEN, "seconds": seconds, "changes_per_s": PER_S, "written": written[0],
        "without_frozen": before, "beside_frozen": beside, "without_frozen_again": after,
        "streams_lost": closed, "resets_of_readers": seen.resets,
        "changes_each": {"fewest": min(seen.changes), "most": max(seen.changes)},
        "frozen_in_all": crowd.in_all, "longest_held_s": round(crowd.longest_s), "frozen_came_back": back,
        "missed_by_first_frozen": missed,
        "memory_before_mb": max(sample["memory_mb"] for sample in samples_before),
        "samples_before": samples_before, "samples": samples,
    }  # fmt: skip


class Crowd:
    """So many frozen streams at any time; how long the server held the longest."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._held: dict[int, tuple[Frozen, float]] = {}
        self.in_all, self.longest_s = 0, 0.0
        self._fill()
        self.first_id = next(iter(self._held.values()))[0].last_id

    def renew(self) -> int:
        """Another for each that was let go; answers how many the server holds."""
        now, held = time.monotonic(), held_by_server(self._port, set(self._held))
        for port in set(self._held) - set(held):
            frozen, since = self._held.pop(port)
            self.longest_s = max(self.longest_s, now - since)
            frozen.close()
        for _, since in self._held.values():
            self.longest_s = max(self.longest_s, now - since)
        self._fill()
        return len(self._held)

    def close(self) -> None:
        """All go away."""
        for frozen, _ in self._held.values():
            frozen.close()

    def _fill(self) -> None:
        while len(self._held) < FROZEN:
            frozen = Frozen(self._port, PATH)
            self._held[frozen.port] = (frozen, time.monotonic())
            self.in_all += 1


def _come_back(port: int, last_id: str) -> str:
    again = Frozen(port, PATH, last_id)
    tail = again.first + again.thaw(2)
    again.close()
    return "reset" if b"event: reset" in tail else "resumed"
