# SPDX-License-Identifier: Apache-2.0
"""Incidents through the ingest door, durable: records a second, beside the floor that the database alone sets.

    PYTHONPATH=. python -m benchmarks.ingest

A private durable PostGIS (fsync and synchronous_commit on), the server and the relay are started; both generations of
the demonstration's units are published; then one, two and four clients push generated incidents of one source in
batches of 500 over HTTP: each record new; the same batches once more, each record known; and with another status, each
record changed. After every run the records, their units and the live log are counted. The floor is what PostGIS takes
of the same rows by COPY into a table with the same columns and indexes and no trigger, one durable commit for each
batch.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import numpy as np
import orjson
import shapely

from api.cli import migrate_all
from api.settings import Settings
from faults.conftest import Postgres
from geo.db import cluster_files as files
from geo.db.cluster import cluster_of
from geo.db.cluster_host import processes_in
from geo.db.pool import Connection, connect
from simulators.boundaries import CITY_SET, PROVINCE_SET, load_ground
from simulators.dataset import build
from simulators.door import Door
from simulators.incidents import Scene, compose
from tests.conftest import new_key_of
from tests.support.stack import Stack, running_stack

BATCH, CLIENTS, TEMPLATES = 500, (1, 2, 4), 2_000
RESULT = Path(__file__).parent / "results" / "ingest.json"
_PROGRESS = b'"status":"new"', b'"status":"assigned"'
_CLOCK_HZ = os.sysconf("SC_CLK_TCK")
# Columns of a feature that are neither drawn by the database nor computed by it.
_COPIED = (
    "id source external_id revision kind severity status valid_from valid_to recorded_at properties geom "
    "location_method location_radius_m location_confidence location_unit h3 content_hash import_id"
).split()


def main() -> int:
    """Run the benchmark, print and write its result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000, help="records of each run")
    parser.add_argument("--clients", type=int, nargs="+", default=list(CLIENTS))
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    result = run(given.records, given.clients)
    text = orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    given.result.parent.mkdir(exist_ok=True)
    given.result.write_bytes(text)
    print(text.decode(), end="")  # noqa: T201 - a command's answer
    return 0


def run(records: int = 200_000, clients: Sequence[int] = CLIENTS) -> dict[str, Any]:
    """Push that many records with each number of clients; answers rates, shares of the floor, and where time went."""
    began = os.getloadavg()[0]
    with _postgres() as postgres, tempfile.TemporaryDirectory(prefix="tc-bench-") as folder:
        serving, owner = postgres.cluster.url(), postgres.cluster.url(files.OWNER)
        assert migrate_all(Settings(database_url=serving, admin_url=owner)) == 0
        key = new_key_of(serving, "demo")
        with running_stack(serving, Path(folder), "serve", "relay") as stack:
            bench = Bench(stack, postgres, key)
            bench.publish_units()
            runs = [asyncio.run(bench.push_thrice(records, number)) for number in clients]
        floor = asyncio.run(_floor(owner, min(records, 100_000)))
    for one in runs:
        one["of_floor"] = round(one["new"]["records_per_s"] / floor["records_per_s"], 3)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count(), "batch": BATCH,
        "load_before": round(began, 2), "records": records, "runs": runs, "floor": floor,
    }  # fmt: skip


class Bench:
    """A running product, and what it costs to push to it."""

    def __init__(self, stack: Stack, postgres: Postgres, key: str) -> None:
        self._stack = stack
        self._postgres = postgres
        self._key = key

    def publish_units(self) -> None:
        """Both generations of the demonstration's units, as the demonstration pushes them."""
        door = Door(self._stack.url, self._key, patience_s=60, stop=threading.Event())
        for part in build(datetime.now(UTC).date()).parts[:2]:
            for payload in part.payloads(BATCH):
                assert door.push(part.layer, payload)["accepted"] > 0
        door.close()

    async def push_thrice(self, records: int, clients: int) -> dict[str, Any]:
        """New records, the same again, and the same with a change; what the database holds afterwards is counted."""
        bodies = make_bodies(records, f"c{clients}")
        connection = await connect(self._stack.database_url)
        try:
            before = await _counts(connection)
            new = await self._push(bodies, clients)
            new["relayed_after_s"] = await _relayed(connection)
            again = await self._push(bodies, clients)
            changed = await self._push([body.replace(*_PROGRESS) for body in bodies], clients)
            after = await _counts(connection)
        finally:
            await connection.close()
        found = {name: after[name] - before[name] for name in after}
        twice = 2 * records
        expected = {"features": records, "located": twice, "placed": records, "relayed": twice, "history": records}
        assert found == expected, f"{found} is not {expected}"
        assert new.pop("counts") == {"accepted": records}, new
        assert again.pop("counts") == {"unchanged": records}, again
        assert changed.pop("counts") == {"changed": records}, changed
        return {"clients": clients, "new": new, "again": again, "changed": changed, "found": found}

    async def _push(self, bodies: Sequence[bytes], clients: int) -> dict[str, Any]:
        waiting = list(reversed(bodies))
        counts: dict[str, int] = {}
        seconds: list[float] = []

        async def push() -> None:
            headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
            async with httpx.AsyncClient(base_url=self._stack.url, headers=headers, timeout=60) as client:
                while waiting:
                    body, started = waiting.pop(), time.perf_counter()
                    answer = await client.post("/ingest/demo?layer=incidents", content=body)
                    seconds.append(time.perf_counter() - started)
                    assert answer.status_code == 200, answer.text
                    receipt = answer.json()
                    assert receipt["rejected"] == []
                    for name in ("accepted", "changed", "unchanged", "stale"):
                        counts[name] = counts.get(name, 0) + receipt[name]

        before, started = self._cpu_s(), time.perf_counter()
        await asyncio.gather(*(push() for _ in range(clients)))
        took = time.perf_counter() - started
        # Of processes that lived from beginning to end: PostgreSQL's passing helpers take their share with them.
        after = self._cpu_s()
        used = {name: sum(now[pid] - before[name].get(pid, now[pid]) for pid in now) for name, now in after.items()}
        return {
            "records_per_s": round(len(bodies) * BATCH / took),
            "batch_ms_p50": round(statistics.median(seconds) * 1000, 1),
            "batch_ms_p95": round(statistics.quantiles(seconds, n=20)[-1] * 1000, 1),
            "cpu_ms_per_batch": {name: round(one * 1000 / len(bodies), 1) for name, one in used.items()},
            "counts": {name: value for name, value in counts.items() if value},
        }

    def _cpu_s(self) -> dict[str, dict[int, float]]:
        groups = {name: list(_group(one.pid)) for name, one in self._stack.processes.items()}
        groups["postgres"] = list(processes_in(self._postgres.cluster.data))
        groups["client"] = [os.getpid()]
        return {name: {pid: _cpu_s_of(pid) for pid in pids} for name, pids in groups.items()}


def make_bodies(records: int, name: str) -> list[bytes]:
    """Request bodies of generated incidents: the demonstration's texts, anywhere in the city of both generations."""
    ground = load_ground()
    rng = Random(f"ingest/{name}")
    now = datetime.now(UTC).replace(microsecond=0)
    scene = Scene(ground, "ingest", [])
    texts = [compose(rng, scene, now) for _ in range(TEMPLATES)]
    lons, lats = _places(records, sum(name.encode()))
    bodies = []
    for first in range(0, records, BATCH):
        batch = []
        for number in range(first, min(first + BATCH, records)):
            moment = now - timedelta(seconds=rng.randrange(30 * 86_400))
            place = {"lon": float(lons[number]), "lat": float(lats[number])}
            own = {"id": f"{name}-{number:07}", "time": moment.isoformat(), **place}
            batch.append(texts[number % TEMPLATES] | own)
        bodies.append(orjson.dumps(batch))
    return bodies


def _places(count: int, seed: int) -> tuple[Any, Any]:
    """Points inside the units of both generations, spread evenly over the city."""
    ground = load_ground()
    city = shapely.union_all([unit.core for unit in ground.city])
    province = shapely.union_all([unit.core for unit in ground.province])
    both = shapely.intersection(city, province)
    shapely.prepare(both)
    west, south, east, north = both.bounds
    drawn = np.random.default_rng(seed)
    lons, lats = np.empty(0), np.empty(0)
    while len(lons) < count:
        x, y = drawn.uniform(west, east, count), drawn.uniform(south, north, count)
        inside = shapely.contains_xy(both, x, y)
        lons, lats = np.append(lons, x[inside]), np.append(lats, y[inside])
    return np.round(lons[:count], 6), np.round(lats[:count], 6)


async def _counts(connection: Connection) -> dict[str, int]:
    await _relayed(connection)
    row = await connection.fetchrow(
        "select (select count(*) from feature_incidents where source = 'demo') as features, "
        "(select count(*) from feature_unit where layer = 'incidents') as located, "
        "(select count(*) from (select feature from feature_unit u join unit_set_version v on v.id = u.version "
        "where layer = 'incidents' group by feature having count(*) = 2 "
        "and array_agg(v.unit_set order by v.unit_set) = $1::text[]) of_both) as placed, "
        "(select count(*) from live_log where layer = 'incidents') as relayed, "
        "(select count(*) from feature_history) as history",
        sorted([CITY_SET, PROVINCE_SET]),
    )
    assert row is not None
    return dict(row)


async def _relayed(connection: Connection) -> float:
    started = time.perf_counter()
    async with asyncio.timeout(120):
        while await connection.fetchval("select exists (select from change_log)"):
            await asyncio.sleep(0.02)
    return round(time.perf_counter() - started, 2)


async def _floor(owner_url: str, rows: int) -> dict[str, Any]:
    """COPY stored rows into an equal table without triggers, a durable commit for each batch."""
    connection = await connect(owner_url)
    try:
        await connection.execute("create table floor (like feature_incidents including all)")
        same: dict[str, Any] = {"encoder": bytes, "decoder": bytes, "format": "binary"}
        for name, schema in (("geometry", "public"), ("jsonb", "pg_catalog")):
            await connection.set_type_codec(name, schema=schema, **same)
        wanted = f"select {', '.join(_COPIED)} from feature_incidents order by id limit $1"  # noqa: S608 - constants
        found = await connection.fetch(wanted, rows)
        batches = [[tuple(row) for row in found[first : first + BATCH]] for first in range(0, len(found), BATCH)]
        started = time.perf_counter()
        for batch in batches:
            await connection.copy_records_to_table("floor", records=batch, columns=_COPIED)
        took = time.perf_counter() - started
        assert await connection.fetchval("select count(*) from floor") == len(found)
    finally:
        await connection.close()
    return {"records": len(found), "records_per_s": round(len(found) / took)}


def _group(leader: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if os.getpgid(int(entry.name)) == leader:
                yield int(entry.name)


def _cpu_s_of(process: int) -> float:
    """Processor time that a process has used."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _CLOCK_HZ


@contextlib.contextmanager
def _postgres() -> Iterator[Postgres]:
    """A durable cluster of its own, gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="tc-bench-"))
    home.chmod(0o755)
    one = Postgres(cluster_of(home, files.Tuning(durable=True)))
    try:
        one.cluster.create()
        one.start()
        one.cluster.provision()
        yield one
    finally:
        one.cluster.stop_orphan()
        for path in (one.cluster.data, one.cluster.sockets, home):
            shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
