# SPDX-License-Identifier: Apache-2.0
"""The process that fetches: sources appear, fail, recover and go without touching each other."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.connect import Switchboard, batches
from api.settings import Settings
from geo.db.pool import Database, DatabaseOptions, open_database
from layers.connectors.base import Message
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry
from layers.sources.book import SourceBook
from layers.sources.health import health_of, switch
from layers.sources.road import Road
from layers.sources.secrets import secrets_of
from layers.transports.base import Arrival
from tests.support.waiting import until

pytestmark = pytest.mark.postgis
TIME = "2026-11-20T08:00:00+07:00"


class Desk:
    """A switchboard on a folder of sources, looked at as the process does."""

    def __init__(self, database: Database, registry: LayerRegistry, folder: Path, url: str) -> None:
        self.database = database
        self.folder = folder
        settings = Settings(database_url=url, sources=folder / "sources", longest_pause_s=1)
        self.book = SourceBook(folder / "sources")
        self.board = Switchboard(Road(database, registry, Gazetteer(registry)), self.book, settings)
        (folder / "sources").mkdir()

    def declare(self, source: str, **members: Any) -> Path:
        drop = self.folder / source
        drop.mkdir(exist_ok=True)
        document = {
            "id": source, "system": "field_reports", "title": {"vi": source, "en": source},
            "connector": "records_json", "options": {"layer": "incidents"},
            "door": {"kind": "folder", "path": str(drop), "settle_s": 0}, "every_s": 0.2, **members,
        }  # fmt: skip
        (self.folder / "sources" / f"{source}.yaml").write_text(yaml.safe_dump(document))
        self.book._looked = float("-inf")
        return drop

    async def state(self, source: str) -> dict[str, Any]:
        (member,) = await health_of(self.database, [self.book.require(source)], datetime.now(UTC))
        return member

    async def has(self, source: str, name: str) -> bool:
        query = "select count(*) from feature where source = $1 and external_id = $2"
        async with self.database.connection() as connection:
            return bool(await connection.fetchval(query, source, name))


@pytest.fixture
async def desk(fresh_url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[Desk]:
    database = await open_database(DatabaseOptions(fresh_url, pool_size=6))
    made = Desk(database, registry, tmp_path, fresh_url)
    yield made
    await made.board.stop()
    await database.close()


def lay(drop: Path, name: str) -> None:
    body = json.dumps([{"id": name, "title": "Cây đổ", "time": TIME}])
    (drop / f"{name}.part").write_text(body)
    (drop / f"{name}.part").rename(drop / f"{name}.json")


async def test_a_dead_source_fails_alone_and_the_others_go_on(desk: Desk) -> None:
    drop = desk.declare("good")
    nowhere = {"kind": "http", "url": "http://127.0.0.1:9/nothing"}
    desk.declare("dead", door=nowhere)
    await desk.board.look()
    lay(drop, "a")
    await until(lambda: desk.has("good", "a"), within_s=30)

    async def failed() -> bool:
        return int((await desk.state("dead"))["failures"]) >= 3

    await until(failed, within_s=30)
    told = await desk.state("dead")
    assert told["last_error"]["detail"] and told["open_until"] is not None
    lay(drop, "b")
    await until(lambda: desk.has("good", "b"), within_s=30)
    assert (await desk.state("good"))["failures"] == 0


async def test_a_source_is_switched_off_and_on(desk: Desk) -> None:
    drop = desk.declare("one")
    await switch(desk.database, "one", enabled=False)
    await desk.board.look()
    lay(drop, "a")
    await desk.board.look()
    assert not await desk.has("one", "a")
    await switch(desk.database, "one", enabled=True)
    await desk.board.look()
    await until(lambda: desk.has("one", "a"), within_s=30)


async def test_a_changed_file_begins_anew(desk: Desk) -> None:
    drop = desk.declare("one", options={"layer": "schools"})
    await desk.board.look()
    lay(drop, "a")

    async def refused() -> bool:
        return int((await desk.state("one"))["rejected_24h"]) == 1

    await until(refused, within_s=30)
    desk.declare("one")
    await desk.board.look()
    lay(drop, "b")
    await until(lambda: desk.has("one", "b"), within_s=30)


async def test_a_stream_is_taken_in_as_it_comes_and_settled_afterwards() -> None:
    release = asyncio.Event()

    async def arrivals() -> AsyncIterator[Arrival]:
        for nth in range(3):
            yield Arrival(Message(str(nth).encode(), datetime.now(UTC)))
        await release.wait()
        yield Arrival(Message(b"late", datetime.now(UTC)))

    seen: list[list[bytes]] = []
    async for batch in batches(arrivals(), streams=True):
        seen.append([one.message.body for one in batch])
        release.set()
    assert seen == [[b"0", b"1", b"2"], [b"late"]]


async def test_large_messages_are_taken_in_smaller_batches() -> None:
    async def arrivals() -> AsyncIterator[Arrival]:
        for _ in range(3):
            yield Arrival(Message(b"x" * 5_000_000, datetime.now(UTC)))

    assert [len(batch) async for batch in batches(arrivals(), streams=False)] == [2, 1]


def test_a_secret_is_a_file_of_the_folder_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "ftp").write_text("mật khẩu\n")
    (tmp_path / "outside").write_text("x")
    find = secrets_of(tmp_path / "secrets")
    assert find("ftp") == "mật khẩu"
    for name in ("../outside", "none", ".hidden"):
        with pytest.raises(KeyError):
            find(name)
