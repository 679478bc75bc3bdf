# SPDX-License-Identifier: Apache-2.0
"""The counts by cell are exactly the points there are, whoever wrote them, settled or not."""

import asyncio
import io
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import asyncpg
import psycopg2
import pytest

from api.worker import settle_folds
from geo.db.pool import connect
from layers.folds import FINEST, LEVELS, rank_rule, sync_folds
from layers.registry import LayerRegistry
from layers.spec import LayerSpec

pytestmark = pytest.mark.postgis
Connection = Any
WORLD_M = 40075016.685578488
SEVERITIES = ("low", "medium", "high", "critical", None)
STATUSES = ("new", "in_progress", "resolved", "rejected", None)
POINTS = """
insert into {table} (layer, source, external_id, severity, status, properties, geom)
select 'incidents', $1, key, severity, status, '{{"title": "x"}}', ST_SetSRID(ST_MakePoint(lon, lat), 4326)
from unnest($2::text[], $3::text[], $4::text[], $5::float[], $6::float[]) r (key, severity, status, lon, lat)
"""


async def kept(connection: Connection) -> dict[tuple[int, int, int], Counter[str]]:
    """Level, y, x to sums: settled cells and the differences since."""
    found: dict[tuple[int, int, int], Counter[str]] = {}
    for row in await connection.fetch("select * from feature_fold where layer = 'incidents'"):
        cell = found.setdefault((row["level"], row["y"], row["x"]), Counter())
        _add(cell, {**dict(row), **{f"r{rank}": row[f"n{rank}"] for rank in range(1, 8)}})
    for row in await connection.fetch("select * from feature_fold_delta where layer = 'incidents'"):
        for level in LEVELS:
            place = (level, row["y"] >> (FINEST - level), row["x"] >> (FINEST - level))
            _add(found.setdefault(place, Counter()), {**dict(row), f"r{row['rank']}": row["n"]})
    return {place: cell for place, cell in found.items() if any(cell.values())}


async def counted(connection: Connection) -> dict[tuple[int, int, int], Counter[str]]:
    """The same from the points themselves."""
    found: dict[tuple[int, int, int], Counter[str]] = {}
    rows = await connection.fetch(
        "select id, severity, status, ST_X(geom_3857) as x, ST_Y(geom_3857) as y from feature "
        "where layer = 'incidents' and geom is not null"
    )
    for row in rows:
        x, y = (int((WORLD_M / 2 + across) / WORLD_M * 2**30) for across in (row["x"], -row["y"]))
        over = row["status"] in ("resolved", "rejected")
        rank = 0 if over else 1 if row["severity"] is None else SEVERITIES.index(row["severity"]) + 2
        for level in LEVELS:
            cell = found.setdefault((level, y >> (30 - level), x >> (30 - level)), Counter())
            _add(cell, {"n": 1, "sum_x": x, "sum_y": y, "ids": row["id"], f"r{rank}": 1})
    return found


def _add(cell: Counter[str], values: dict[str, Any]) -> None:
    for name in ("n", "sum_x", "sum_y", *(f"r{rank}" for rank in range(1, 8))):
        cell[name] += values.get(name, 0)
    cell["ids"] ^= values["ids"]


async def insert(
    connection: Connection, source: str, count: int, chance: random.Random, table: str = "feature"
) -> None:
    """Points, many of them in the same few places, some nowhere."""
    number = range(count)
    places = [(chance.choice((104.5, chance.uniform(104.4, 104.6))), chance.uniform(20.1, 20.1004)) for _ in number]
    lons = [None if chance.random() < 0.05 else lon for lon, _ in places]
    await connection.execute(
        POINTS.format(table=table),
        source,
        [str(chance.getrandbits(60)) for _ in number],
        [chance.choice(SEVERITIES) for _ in number],
        [chance.choice(STATUSES) for _ in number],
        lons,
        [lat for _, lat in places],
    )


CHANGES = (
    "update {table} set geom = ST_Translate(geom, 0.0003, 0.0001) where layer = 'incidents' and source = $1 and {some}",
    "update {table} set severity = 'critical' where layer = 'incidents' and source = $1 and {some}",
    "update {table} set status = 'resolved' where layer = 'incidents' and source = $1 and {some}",
    "update {table} set properties = '{{}}' where layer = 'incidents' and source = $1 and {some}",
    "update {table} set geom = null where layer = 'incidents' and source = $1 and {some}",
    "update {table} set geom = ST_GeomFromText('POINT(104.5 20.1)', 4326), severity = null "
    "where layer = 'incidents' and source = $1 and {some}",
    "delete from {table} where layer = 'incidents' and source = $1 and {some}",
)


async def write(connection: Connection, source: str, chance: random.Random, tables: Iterable[str]) -> None:
    """One transaction, some of it or all of it rolled back now and then."""
    transaction = connection.transaction()
    await transaction.start()
    for _ in range(chance.randint(1, 4)):
        inner = connection.transaction()
        await inner.start()
        table = chance.choice(list(tables))
        if chance.random() < 0.5:
            await insert(connection, source, chance.randint(1, 30), chance, table)
        else:
            some = f"id % {chance.randint(2, 5)} = 0"
            await connection.execute(chance.choice(CHANGES).format(table=table, some=some), source)
        await (inner.rollback() if chance.random() < 0.2 else inner.commit())
    await (transaction.rollback() if chance.random() < 0.25 else transaction.commit())


@pytest.mark.parametrize("settling", [False, True])
async def test_counts_are_exact_after_any_mix_of_writers(admin_url: str, database_url: str, settling: bool) -> None:
    """Movers, deleters and roll-backs at once, some straight into the partition, while another process settles."""
    writers = [await connect(database_url) for _ in range(3)] + [await connect(admin_url)]
    worker = await connect(database_url)
    done = asyncio.Event()

    async def keep_writing(number: int, connection: Connection) -> None:
        chance = random.Random(f"{settling} {number}")
        # Only the owner may write past the parent.
        tables = ("feature", "feature_incidents") if number == 3 else ("feature",)
        for _ in range(25):
            await write(connection, f"folds-{settling}-{number}", chance, tables)

    async def keep_settling() -> None:
        while settling and not done.is_set():
            await settle_folds(worker)
            await asyncio.sleep(0)

    settler = asyncio.create_task(keep_settling())
    await asyncio.gather(*(keep_writing(number, writer) for number, writer in enumerate(writers)))
    done.set()
    await settler
    expected = await counted(worker)
    assert sum(cell["n"] for (level, _, _), cell in expected.items() if level == FINEST) > 100
    assert await kept(worker) == expected
    await settle_folds(worker)
    assert await worker.fetchval("select count(*) from feature_fold_delta") == 0
    assert await kept(worker) == expected
    assert await worker.fetchval("select count(*) from feature_fold where n = 0") == 0
    for connection in (*writers, worker):
        await connection.close()


def test_rows_copied_in_are_counted(admin_url: str) -> None:
    with psycopg2.connect(admin_url) as owner, owner.cursor() as cursor:
        rows = io.StringIO("incidents\tcopied\ta\thigh\tSRID=4326;POINT(104 20)\n")
        cursor.copy_expert("copy feature (layer, source, external_id, severity, geom) from stdin", rows)
        cursor.execute("select n, rank from feature_fold_delta where xmin = pg_current_xact_id()::xid")
        assert cursor.fetchall() == [(1, 4)]
        owner.rollback()
    owner.close()


def sync(url: str, spec: LayerSpec) -> list[str]:
    """What migrating does for one layer."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            return sync_folds(cursor, [spec])
    finally:
        connection.close()


async def test_no_writer_slips_past_while_folding_is_turned_on(fresh_url: str, registry: LayerRegistry) -> None:
    admin_url = fresh_url.replace("toancanh_test_serve", "postgres")
    spec = registry["incidents"]
    flat = replace(spec, fold_below=None)
    chance = random.Random(5)
    before, during, old = [await connect(fresh_url) for _ in range(3)]
    assert sync(admin_url, flat) == [] and sync(admin_url, flat) == []
    await insert(before, "a", 50, chance)
    assert await kept(before) == {}

    # One writer has written and not committed; one has an old snapshot; both write while the layer is counted.
    ending = during.transaction()
    await ending.start()
    await insert(during, "b", 50, chance)
    keeping = old.transaction(isolation="repeatable_read")
    await keeping.start()
    await old.fetchval("select count(*) from feature")
    counting = asyncio.create_task(asyncio.to_thread(sync, admin_url, spec))
    await _until_waiting(before)
    late = asyncio.create_task(insert(before, "c", 50, chance))
    await ending.commit()
    assert await counting == ["incidents"]
    await late
    await insert(old, "d", 50, chance)
    await keeping.commit()
    assert await kept(before) == await counted(before)
    assert sync(admin_url, spec) == []

    # Off again, and nothing stays.
    sync(admin_url, flat)
    await insert(before, "e", 50, chance)
    assert await kept(before) == {} and await before.fetchval("select count(*) from feature_fold_layer") == 1
    for connection in (before, during, old):
        await connection.close()


async def _until_waiting(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    async with asyncio.timeout(10):
        while not await connection.fetchval("select exists (select from pg_locks where not granted)"):
            await asyncio.sleep(0.02)


def test_the_rule_ranks_by_colour_and_puts_what_is_over_last(registry: LayerRegistry) -> None:
    assert rank_rule(registry["incidents"]) == (
        "case when status in ('resolved', 'rejected') then 0 else case severity when 'low' then 2 when 'medium' then 3 "
        "when 'high' then 4 when 'critical' then 5 else 1 end end"
    )
    assert rank_rule(registry["detections"]) == "case when status in ('dismissed') then 0 else 1 end"
    assert rank_rule(registry["schools"]) in ("1",) or "kind" in rank_rule(registry["schools"])
