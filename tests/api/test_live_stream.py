# SPDX-License-Identifier: Apache-2.0
"""The live stream of a real server beside a real relay: what is committed arrives, once, whatever breaks."""

import asyncio
import contextlib
import random
import signal
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import cast

import httpx
import pytest

from api.live import MAX_WAITING, ChangeBatch, Subscriber
from api.stream import _missed
from geo.db.change_log import Change, Head, head, relay_once
from geo.db.pool import Connection, Database, connect
from tests.api.event_stream import EventStream, listening
from tests.conftest import _database, migrated, new_key_of
from tests.layers.ingest_samples import incident
from tests.support.stack import Stack, running_stack

pytestmark = pytest.mark.postgis

_INSERT = (
    "insert into layer_incidents (source, external_id, title, description, geom) "
    "select 's', gen_random_uuid()::text, 't', repeat('x', $2), ST_Point(105.8, 21.5, 4326) from generate_series(1, $1)"
)


@pytest.fixture(scope="module")
def live(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Server and relay on a database of this module's own."""
    for url in _database(cluster_url):
        with running_stack(migrated(url), tmp_path_factory.mktemp("live"), "serve", "relay") as stack:
            yield stack


@pytest.fixture
async def writer(live: Stack) -> AsyncIterator[Connection]:
    """Another writer, past the door."""
    connection = await connect(live.database_url)
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
def door(live: Stack) -> Iterator[httpx.Client]:
    """Pushes as the source "test"."""
    key = new_key_of(live.database_url, "test")
    with httpx.Client(base_url=live.url, headers={"Authorization": f"Bearer {key}"}, timeout=20) as client:
        yield client


def push(door: httpx.Client, *records: object) -> None:
    answer = door.post("/ingest/test?layer=incidents", json=list(records))
    assert answer.status_code == 200 and answer.json()["rejected"] == []


async def settled(connection: Connection) -> int:
    """The head once the relay has moved everything."""
    while await connection.fetchval("select exists (select from change_log)"):
        await asyncio.sleep(0.02)
    return int(await connection.fetchval("select seq from live_head"))


async def test_what_is_pushed_arrives_as_a_feature(live: Stack, door: httpx.Client) -> None:
    name = uuid.uuid4().hex
    async with listening(live.url, layers="incidents") as stream:
        ready = await stream.expect("ready")
        assert ready.id == f"{ready.data['epoch']}:{ready.data['seq']}"
        started = time.monotonic()
        push(door, incident(name))
        change = await stream.expect("change")
        assert time.monotonic() - started < 10
        assert change.id == f"{ready.data['epoch']}:{change.data['seq']}"
        (feature,) = change.upserts
        assert (feature["type"], feature["geometry"]["coordinates"]) == ("Feature", [105.844, 21.593])
        assert isinstance(feature["id"], int)
        assert (feature["properties"]["external_id"], feature["properties"]["severity"]) == (name, "low")
        push(door, {"id": name, "withdrawn": True})
        assert (await stream.expect("change")).removes == [feature["id"]]


async def test_what_a_person_inserts_by_psql_arrives(live: Stack) -> None:
    name = uuid.uuid4().hex
    async with listening(live.url, layers="cameras,incidents") as stream:
        await stream.expect("ready")
        statement = (
            f"insert into layer_cameras (external_id, name, geom) values ('{name}', 'c', ST_Point(105.8, 21.5, 4326))"
        )
        subprocess.run(["psql", live.database_url, "-Xqc", statement], check=True)
        (feature,) = (await stream.expect("change")).upserts
        assert feature["properties"]["external_id"] == name


async def test_a_stream_with_a_box_is_told_of_what_enters_and_leaves(live: Stack, door: httpx.Client) -> None:
    name = uuid.uuid4().hex
    async with (
        listening(live.url, layers="incidents", bbox="105.8,21.5,105.9,21.6") as west,
        listening(live.url, layers="incidents", bbox="105.9,21.5,106.0,21.6") as east,
        listening(live.url, layers="alerts") as other,
    ):
        for stream in (west, east, other):
            await stream.expect("ready")
        push(door, incident(name, lon=105.85, lat=21.55))
        (feature,) = (await west.expect("change")).upserts
        push(door, incident(name, lon=105.95, lat=21.55))
        assert (await west.expect("change")).removes == [feature["id"]]
        assert [one["id"] for one in (await east.expect("change")).upserts] == [feature["id"]]
        push(door, incident(name, lon=None, lat=None))
        assert (await east.expect("change")).removes == [feature["id"]]
        for stream in (west, other):
            with pytest.raises(TimeoutError):
                await stream.next(timeout_s=0.5)


async def test_a_stream_resumes_without_loss_or_repetition(live: Stack, writer: Connection) -> None:
    chance = random.Random(11)
    seen: list[int] = []
    before = await settled(writer)
    mark = await writer.fetchval("select coalesce(max(id), 0) from feature")

    async def write() -> None:
        left = 100
        while left:
            count = min(left, chance.randint(1, 12))
            await writer.execute(_INSERT, count, 10)
            left -= count

    async with listening(live.url, layers="incidents") as stream:
        last_id = (await stream.expect("ready")).id
    for connection in range(1, 21):
        # How the changes fall into frames is up to the server, so each connection may be cut off after a few frames
        # or after all that was written up to then; the last one has to bring the rest.
        writing = asyncio.create_task(write())
        patience = chance.randint(0, 3) if connection < 20 else 2_000
        async with listening(live.url, last_id, layers="incidents") as stream:
            await stream.expect("ready")
            while patience > 0 and len(seen) < 100 * connection:
                change = await stream.expect("change")
                last_id = change.id
                seen += [feature["id"] for feature in change.upserts]
                patience -= 1
        await writing
    assert await settled(writer) == before + 2_000
    rows = await writer.fetch("select id from feature where id > $1 order by id", mark)
    assert seen == [row["id"] for row in rows], "each one once, in the order of the commits"


@pytest.mark.parametrize(
    "last_id", ["another:1", "garbage", "", ":", "{epoch}:x", "{epoch}:-1", "{epoch}:999999999", "{epoch}:٣"]
)
async def test_an_id_that_means_nothing_here_is_reset(live: Stack, writer: Connection, last_id: str) -> None:
    epoch = await writer.fetchval("select epoch from live_head")
    async with listening(live.url, layers="incidents", last_event_id=last_id.format(epoch=epoch)) as stream:
        reset = await stream.expect("reset")
        assert reset.data["reason"] == "epoch_changed"
        assert await stream.next() is None


async def test_an_id_that_is_no_longer_kept_is_reset(live: Stack, writer: Connection) -> None:
    await writer.execute(_INSERT, 30, 10)
    head = await settled(writer)
    epoch = await writer.fetchval("select epoch from live_head")
    await writer.execute("delete from live_log where seq <= $1", head - 10)
    async with listening(live.url, f"{epoch}:{head - 11}", layers="incidents") as stream:
        assert (await stream.expect("reset")).data["reason"] == "too_far_behind"
    async with listening(live.url, f"{epoch}:{head - 10}", layers="incidents") as stream:
        await stream.expect("ready")
        assert len((await stream.expect("change")).upserts) == 10


async def test_more_changes_than_can_be_patched_are_one_reload(live: Stack, writer: Connection) -> None:
    async with listening(live.url, layers="incidents", bbox="105.8,21.5,105.9,21.6") as stream:
        await stream.expect("ready")
        await writer.execute(_INSERT, 2_500, 10)
        (change,) = (await stream.expect("change")).data["changes"]
        assert (change["bulk"], change["upserts"], change["removes"]) == (True, [], [])


@pytest.mark.slow
async def test_a_quiet_stream_is_kept_alive_by_a_comment(live: Stack) -> None:
    async with listening(live.url, layers="alerts") as stream:
        await stream.expect("ready")
        comment = await stream.next(timeout_s=20)
        assert comment is not None and comment.name == ":"


def test_who_does_not_keep_up_loses_the_queue_and_hurts_nobody() -> None:
    slow, quick = Subscriber(), Subscriber()
    changes = cast(list[Change], [None] * 100)
    for number in range(1, MAX_WAITING // 100 + 2):
        batch = ChangeBatch(100 * number, changes, cast(Database, None))
        for one in (slow, quick):
            one.offer(batch)
        assert quick.queue.get_nowait() is batch
        assert slow.queue.qsize() <= MAX_WAITING // 100
        assert slow.lost is None or number > MAX_WAITING // 100, "many small batches are no harm"
    assert (slow.lost, quick.lost) == ("too_slow", None)
    assert slow.queue.get_nowait() is None, "woken, to be told"


async def test_a_client_may_come_from_a_server_that_read_a_little_more(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(_INSERT, 7, 3)
        await relay_once(connection, with_commit_time=True)
        now = await head(connection)
    behind = Head(now.epoch, now.seq - 2)
    assert await _missed(f"{now.epoch}:{now.seq}", behind, database) == []
    missed = await _missed(f"{now.epoch}:{now.seq - 1}", behind, database)
    assert [change.seq for change in missed if isinstance(change, Change)] == [now.seq]
    for unknown in (f"{now.epoch}:{now.seq + 1}", f"other:{now.seq}", f"{now.epoch}:x", "x", ""):
        assert await _missed(unknown, behind, database) == "epoch_changed"


async def test_a_stream_goes_on_at_a_restarted_server(live: Stack, writer: Connection) -> None:
    for how in (signal.SIGKILL, signal.SIGTERM):
        async with listening(live.url, layers="incidents") as stream:
            await stream.expect("ready")
            started = time.monotonic()
            await asyncio.to_thread(live.kill, "serve", how)
            assert time.monotonic() - started < 10, "an open stream holds the server up"
            await _read_to_the_end(stream)
        await writer.execute(_INSERT, 7, 10)
        await settled(writer)
        live.start("serve")
        await asyncio.to_thread(live.wait_ready)
        async with listening(live.url, stream.last_id, layers="incidents") as again:
            await again.expect("ready")
            assert len((await again.expect("change")).upserts) == 7


async def _read_to_the_end(stream: EventStream) -> None:
    with contextlib.suppress(httpx.HTTPError):
        while await stream.next() is not None:
            pass
