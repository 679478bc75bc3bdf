# SPDX-License-Identifier: Apache-2.0
"""Writers, readers, streams and deaths at random: no stale tile after the bound, no change lost or doubled."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from api.cli import migrate_all
from api.settings import Settings
from faults.conftest import Postgres
from faults.race_deaths import Deaths
from faults.race_model import Model, Thing
from faults.race_readers import Browser, Findings, Reader, Truth, addresses
from faults.race_streams import LAYERS, Subscriber, check_frames
from faults.race_writers import SOURCE, Gate, Writer, push
from geo.db import cluster_files as files
from geo.db.pool import Database, DatabaseOptions, connect, open_database
from layers.registry import discover
from tests.conftest import new_key_of
from tests.support.grid import NEW, publish_grid
from tests.support.stack import Stack, running_stack

_PART = 5_000
_LOG = "select seq, layer, op, feature, revision, old_box, new_box, affected from live_log order by seq"
_NAMES = "select id, external_id from feature union select id, external_id from feature_history"


async def act(writer: Writer) -> None:
    """One transaction of a common kind."""
    layer = writer.chance.choices(LAYERS, (8, 2, 1))[0]
    alive = sum(thing.place is not None for thing in writer.mine if thing.layer == layer)
    ops = ["update"] * 5 + ["insert"] * (1 + 3 * (alive < 250)) + ["delete"] * (1 + 2 * (alive > 250))
    op = writer.chance.choice(ops)
    most = writer.chance.choice((1, 1, 1, 2, 5, 20))
    steps = [writer.plan(op, layer, most)]
    if writer.chance.random() < 0.2:
        other = writer.chance.choice([name for name in LAYERS if name != layer])
        steps.append(writer.plan("update", other, 2))
    await writer.transaction(steps, undo=writer.chance.random() < 0.15)


async def act_slowly(writer: Writer) -> None:
    """A transaction that stays open for seconds after it wrote."""
    steps = [writer.plan(writer.chance.choice(("insert", "update", "update", "delete")), "incidents", 5)]
    await writer.transaction(steps, hold_s=writer.chance.uniform(1, 5), undo=writer.chance.random() < 0.2)


async def act_in_bulk(writer: Writer) -> None:
    """Many rows as one change."""
    many = sum(thing.place is not None for thing in writer.mine) > 200
    op = writer.chance.choice(("update", "delete") if many else ("insert", "insert", "update"))
    await writer.transaction([writer.plan(op, "incidents", 30)], bulk=True, undo=writer.chance.random() < 0.1)
    await asyncio.sleep(1)


async def test_nothing_is_stale_lost_or_doubled(
    postgres: Postgres, tmp_path: Path, race_changes: int, keep: Callable[[str, dict[str, Any]], None]
) -> None:
    serving, owner = postgres.cluster.url(), postgres.cluster.url(files.OWNER)
    assert migrate_all(Settings(database_url=serving, admin_url=owner)) == 0
    database = await open_database(DatabaseOptions(serving, pool_size=4))
    await publish_grid(database)
    second = tmp_path / "second"
    second.mkdir()
    key = new_key_of(serving, SOURCE)
    with (
        running_stack(serving, tmp_path, "serve", "relay", "worker") as one,
        running_stack(serving, second, "serve") as other,
    ):
        race = Race(serving, database, postgres, (one, other))
        await race.prepare(new_key_of(serving, "area", "--layers", "--role", "operator", "--area", f"{NEW}/00001"))
        found = await race.run(race_changes, key)
    await database.close()
    keep("race", {"at": datetime.now(UTC).isoformat(timespec="seconds"), **found})
    assert not race.findings.stale, race.findings.stale[:20]


class Race:
    """Everything that runs at the same time."""

    def __init__(self, url: str, database: Database, postgres: Postgres, servers: tuple[Stack, Stack]) -> None:
        self._url = url
        self._database = database
        self._servers = servers
        self._ports = [int(server.url.rpartition(":")[2]) for server in servers]
        self._deaths = Deaths(postgres, servers)
        self._gate = Gate()
        self._stop = asyncio.Event()
        self._model = Model()
        self.findings = Findings()
        self._subscribers = [Subscriber([server.url for server in servers], random.Random(nth)) for nth in range(2)]

    async def prepare(self, area_key: str) -> None:
        """Readers' rights and the truth."""
        self._area_key = area_key
        self._pool = addresses(random.Random(3))
        async with self._database.connection() as connection:
            units = await connection.fetch(
                "select u.id from unit u join unit_set_version v on v.id = u.version "
                "where v.status = 'published' and v.unit_set = $1 and u.code = '00001'", NEW,
            )  # fmt: skip
        self._truth = Truth(self._database, discover(), tuple(row["id"] for row in units))
        self._browsers = [Browser(port, area_key) for port in self._ports]

    async def run(self, changes: int, key: str) -> dict[str, Any]:
        """Race in parts; between two of them everything is compared at rest."""
        began = time.monotonic()
        headers = {"Authorization": f"Bearer {key}"}
        async with asyncio.TaskGroup() as tasks:
            for nth in range(6):
                browser = Browser(self._ports[nth % 2], self._area_key)
                reader = Reader(browser, self._model, self.findings, self._deaths.near)
                tasks.create_task(reader.run(self._pool, self._stop, random.Random(nth)))
            for subscriber in self._subscribers:
                tasks.create_task(subscriber.run(self._stop))
            doors = [httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) for server in self._servers]
            for writer, way in self._writers(doors):
                tasks.create_task(writer.run(way))
            killing = tasks.create_task(self._deaths.run(self._stop))
            compared, parts, before = 0, 0, await self._truth.snapshot()
            while self._model.committed < changes:
                mark = self._subscribers[0].seq
                self._gate.open.set()
                due = min(changes, self._model.committed + _PART)
                while self._model.committed < due:
                    await asyncio.sleep(0.05)
                await self._at_rest()
                compared += await self._truth.compare(self._browsers, self._pool)
                after = await self._truth.snapshot()
                self._check_told(before, after, mark)
                before, parts = after, parts + 1
                assert not self.findings.stale, self.findings.stale[:20]
                self._deaths.go_on()
            self._stop.set()
            self._gate.stop.set()
            self._gate.open.set()
            await killing
        for door in doors:
            await door.aclose()
        return {
            "changes": self._model.committed, "transactions": self._model.transactions,
            "seconds": round(time.monotonic() - began), "parts": parts, "compared_at_rest": compared,
            "kinds": dict(self._model.happened), **self._readers_saw(), **await self._log(),
        }  # fmt: skip

    def _writers(self, doors: list[httpx.AsyncClient]) -> list[tuple[Writer, Callable[[Writer], Awaitable[None]]]]:
        async def by_any_way(writer: Writer) -> None:
            await (push(writer, writer.chance.choice(doors)) if writer.chance.random() < 0.7 else act(writer))

        ways = [act, act, act, act_slowly, act_slowly, act_in_bulk, by_any_way, by_any_way]
        made = [Writer(self._model, self._gate, self._url, f"w{nth}") for nth in range(len(ways))]
        return list(zip(made, ways, strict=True))

    async def _at_rest(self) -> None:
        """Nobody writes or dies, and everybody has heard of everything."""
        await self._gate.quiet()
        await self._deaths.rest()
        async with asyncio.timeout(60):
            while await self._waiting():
                await asyncio.sleep(0.05)
            head = await self._one("select seq from live_head")
            while any(subscriber.seq < head for subscriber in self._subscribers):
                await asyncio.sleep(0.05)
        await asyncio.sleep(1)

    async def _waiting(self) -> bool:
        # The worker's own changes too: cells of points that were written past the door.
        return bool(await self._one(
            "select exists (select from change_log) or "
            "exists (select from feature where h3 is null and GeometryType(geom) = 'POINT')"
        ))  # fmt: skip

    async def _one(self, statement: str) -> Any:
        connection = await connect(self._url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    def _check_told(self, before: dict[Any, object], after: dict[Any, object], mark: int) -> None:
        """Every tile whose content changed was named by the stream."""
        for layer in LAYERS:
            told = self._subscribers[0].told_tiles(mark, layer)
            changed = {place for (name, place) in after if name == layer and after[name, place] != before[name, place]}
            assert told is None or changed <= told, f"not named in {layer}: {changed - (told or set())}"

    def _readers_saw(self) -> dict[str, Any]:
        ages = {
            ("around_deaths" if near else "in_peace"): {
                "checked": len(found), "older_than_0.1_s": sum(age > 0.1 for age in found),
                "oldest_s": round(max(found), 3),
            }
            for near, found in self.findings.ages_s.items() if found
        }  # fmt: skip
        answers = {str(status): count for status, count in sorted(self.findings.answers.items())}
        return {
            "tiles_checked": self.findings.checked, "answers": answers, "server_away": self.findings.away,
            "age_of_tiles": ages, "stale": len(self.findings.stale), "killed": dict(self._deaths.killed),
        }  # fmt: skip

    async def _log(self) -> dict[str, Any]:
        connection = await connect(self._url)
        log = {row["seq"]: row for row in await connection.fetch(_LOG)}
        names = {row["id"]: row["external_id"] for row in await connection.fetch(_NAMES)}
        await connection.close()
        assert list(log) == list(range(1, len(log) + 1)), "the log has a gap"
        by_name: dict[str, list[Any]] = {name: [] for name in self._model.things}
        for row in log.values():
            if row["feature"] is not None:
                by_name[names[row["feature"]]].append(row)
        derived = sum(_check_log(thing, by_name[name]) for name, thing in self._model.things.items())
        bulk = sum(row["affected"] for row in log.values() if row["feature"] is None and row["layer"] in LAYERS)
        assert bulk == self._model.bulk_rows
        streams = []
        for subscriber in self._subscribers:
            assert set(subscriber.resets) <= {"server_stops", "not_ready", "database_away"}, subscriber.resets
            assert subscriber.seq == len(log), "the stream lacks the end"
            found = check_frames(subscriber.frames, log)
            streams.append({"connections": subscriber.connections, "resets": dict(subscriber.resets), **found})
        return {
            "logged": len(log), "bulk_rows": bulk, "derived": derived, "lost": 0, "doubled": 0, "streams": streams,
        }  # fmt: skip


def _check_log(thing: Thing, rows: list[Any]) -> int:
    """The log has each change of a feature once, in order; answers how many derived ones (H3 cells) came besides."""
    wanted, derived = list(thing.logged), 0
    for row in rows:
        if wanted and (row["op"], row["revision"]) == (wanted[0][0], wanted[0][1]):
            wanted.pop(0)
        else:
            assert row["op"] == "update" and row["old_box"] == row["new_box"], f"{thing.name}: {row} doubled"
            derived += 1
    assert not wanted, f"{thing.name}: {wanted} lost"
    assert derived <= thing.geometry_writes
    return derived
