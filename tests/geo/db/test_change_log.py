# SPDX-License-Identifier: Apache-2.0
"""Every writer's change reaches live_log once, in commit order, without gaps; and nobody can write past the log."""

import asyncio
import subprocess

import asyncpg
import pytest

from geo.db.change_log import Change, Head, changes_after, head, oldest, relay_once
from geo.db.follow import follow
from geo.db.pool import Connection, connect
from tests.conftest import as_role
from tests.geo.db.relay_property import run_property

pytestmark = pytest.mark.postgis

_ONE = (
    "insert into feature (layer, source, external_id, properties, geom) "
    "values ('incidents', 's', $1, '{\"title\": \"t\"}', ST_Point(105.8, 21.5, 4326)) returning id"
)


async def test_each_committed_change_comes_once_in_order_whatever_happens(fresh_url: str) -> None:
    found = await run_property(fresh_url, as_role(fresh_url, "postgres"), open_s=7)
    assert found["relays_killed"] >= 2
    assert found["transactions_committed"] > 200 and found["transactions_rolled_back"] > 50


async def test_two_relays_at_once_make_one_sequence(fresh_url: str) -> None:
    connections = [await connect(fresh_url) for _ in range(4)]
    writer, *relays = connections

    async def relay(connection: Connection) -> int:
        moved = 0
        while moved < 30:
            moved += await relay_once(connection, with_commit_time=True) is not None
            if await connection.fetchval("select seq from live_head") == 300:
                break
        return moved

    async def write() -> None:
        for nth in range(300):
            await writer.fetchval(_ONE, str(nth))

    writing = asyncio.create_task(write())
    while not (writing.done() and await relays[0].fetchval("select seq from live_head") == 300):
        await asyncio.gather(*(relay_once(one, with_commit_time=True) for one in relays))
    seqs = [change.seq for change in await changes_after(relays[0], 0)]
    assert seqs == list(range(1, 301))
    for connection in connections:
        await connection.close()


async def test_a_change_says_where_it_was_and_is(fresh_url: str) -> None:
    connection = await connect(fresh_url)
    number = await connection.fetchval(_ONE, "a")
    await connection.execute("update feature set geom = ST_Point(105.9, 21.6, 4326) where id = $1", number)
    await connection.execute("update feature set geom = null where id = $1", number)
    await connection.execute("delete from feature where id = $1", number)
    await relay_once(connection, with_commit_time=True)
    here, there = [105.8, 21.5, 105.8, 21.5], [105.9, 21.6, 105.9, 21.6]
    assert [(one.op, one.revision, one.old_box, one.new_box) for one in await changes_after(connection, 0)] == [
        ("insert", 1, None, here), ("update", 2, here, there), ("update", 3, there, None), ("delete", 3, None, None),
    ]  # fmt: skip
    assert await oldest(connection) == 1
    await connection.close()


async def test_a_statement_that_changes_nothing_logs_nothing(fresh_url: str) -> None:
    connection = await connect(fresh_url)
    await connection.execute("update feature set status = 'new' where false")
    await connection.execute("delete from feature where false")
    await connection.execute(
        "insert into feature (layer, source, external_id) select 'incidents', 's', 'x' where false"
    )
    assert await connection.fetchval("select count(*) from change_log") == 0
    await connection.close()


async def test_followers_get_every_change_also_after_their_connection_was_cut(fresh_url: str) -> None:
    connection = await connect(as_role(fresh_url, "postgres"))
    seen: list[Change] = []
    last = Head("", 0)

    async def listen() -> None:
        nonlocal last
        async for reached, changes in follow(fresh_url, lambda start: seen[-1].seq if seen else 0):
            last = reached
            seen.extend(changes)

    listening = asyncio.create_task(listen())
    for nth in range(40):
        await connection.fetchval(_ONE, str(nth))
        await relay_once(connection, with_commit_time=True)
        if nth % 10 == 5:
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
    async with asyncio.timeout(20):
        while len(seen) < 40:
            await asyncio.sleep(0.02)
    listening.cancel()
    assert [change.seq for change in seen] == list(range(1, 41))
    assert last == await head(connection)
    await connection.close()


@pytest.mark.parametrize("table", ["feature", "feature_incidents"])
async def test_truncate_is_refused_for_everyone(admin_url: str, database_url: str, table: str) -> None:
    for url in (admin_url, database_url):
        connection = await connect(url)
        with pytest.raises((asyncpg.FeatureNotSupportedError, asyncpg.InsufficientPrivilegeError)):
            await connection.execute(f"truncate {table}")
        await connection.close()


@pytest.mark.parametrize("statement", [
    "insert into feature_incidents (source, external_id) values ('s', 'x')",
    "update feature_incidents set status = 'new'", "delete from feature_incidents",
    "create table own (a int)", "alter table feature add column own int",
    "drop table feature_incidents", "alter table feature disable trigger all",
    "drop trigger feature_inserted on feature",
    "set session_replication_role = 'replica'", "create function own() returns int language sql as 'select 1'",
    "create or replace view layer_incidents as select 1 as id", "create index on feature (status)",
    "alter table feature detach partition feature_incidents", "delete from alembic_version",
])  # fmt: skip
async def test_the_serving_role_writes_through_the_parent_and_has_no_ddl(database_url: str, statement: str) -> None:
    connection = await connect(database_url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize("change", ["id = id + 1000000", "layer = 'alerts'"])
async def test_a_feature_keeps_its_identity(admin_url: str, database_url: str, change: str) -> None:
    for url, table in ((database_url, "feature"), (admin_url, "feature_incidents")):
        connection = await connect(url)
        transaction = connection.transaction()
        await transaction.start()
        number = await connection.fetchval(_ONE, "identity")
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(f"update {table} set {change} where id = $1", number)
        await transaction.rollback()
        await connection.close()


def test_a_person_at_psql_is_logged_as_everybody(fresh_url: str) -> None:
    def psql(text: str) -> str:
        done = subprocess.run(["psql", fresh_url, "-XqAt", "-c", text], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    psql("insert into layer_cameras (external_id, name, geom) values ('c', 'Cam', ST_Point(105.8, 21.5, 4326))")
    psql("update layer_cameras set name = 'Camera' where external_id = 'c'")
    psql("delete from layer_cameras where external_id = 'c'")
    logged = psql("select layer, op, revision, affected from change_log order by id")
    assert logged.splitlines() == ["cameras|insert|1|1", "cameras|update|2|1", "cameras|delete|2|1"]
