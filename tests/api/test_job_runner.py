# SPDX-License-Identifier: Apache-2.0
"""Jobs end once, with what a person can understand, or not at all."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api import job_runner
from api.job_runner import JobRunner, run_job
from boundaries.files import FileStore
from boundaries.jobs import ASK_TO_CANCEL, MAX_ATTEMPTS, TRY_LOCK, Cancelled, JobContext, end, enqueue
from geo.db.pool import Database, connect
from geo.errors import Conflict
from layers.registry import LayerRegistry

pytestmark = pytest.mark.postgis
Handler = Callable[[JobContext], Awaitable[None]]


@pytest.fixture
def handles(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Handler], None]]:
    """Makes a function the handler of the kind "rollback"."""

    def become(handler: Handler) -> None:
        monkeypatch.setattr(job_runner, "HANDLERS", {"rollback": lambda _: handler})

    yield become


async def asked(database: Database) -> int:
    async with database.transaction() as connection:
        return await enqueue(connection, "rollback", 1, "gis")


async def row_of(database: Database, job: int) -> Any:
    async with database.connection() as connection:
        return await connection.fetchrow("select * from boundary_job where id = $1", job)


async def look(url: str, runner: JobRunner) -> None:
    connection = await connect(url)
    try:
        await runner.look(connection)
    finally:
        await connection.close()


async def test_a_job_is_done_once(
    database_url: str, database: Database, registry: LayerRegistry, handles: Any, tmp_path: Path
) -> None:
    seen: list[JobContext] = []

    async def work(context: JobContext) -> None:
        seen.append(context)
        await context.tell("half", 0.5)
        async with context.database.transaction() as connection:
            await end(connection, context.job)

    handles(work)
    job = await asked(database)
    for _ in range(2):
        assert await run_job(database_url, job, registry, FileStore(tmp_path)) == 0
    row = await row_of(database, job)
    assert (row["state"], row["attempts"], row["share"], len(seen)) == ("done", 1, 1, 1)
    assert seen[0].job.subject == 1 and seen[0].job.created_by == "gis"


async def test_a_failure_that_a_person_understands_is_kept_with_the_job(
    database_url: str, database: Database, registry: LayerRegistry, handles: Any, tmp_path: Path
) -> None:
    async def refuse(context: JobContext) -> None:
        raise Conflict("The base has moved.", code="base_moved", detail_vi="Phiên bản gốc đã đổi.")

    handles(refuse)
    job = await asked(database)
    await run_job(database_url, job, registry, FileStore(tmp_path))
    row = await row_of(database, job)
    assert row["state"] == "failed"
    assert row["problem"] == {
        "code": "base_moved",
        "detail": "The base has moved.",
        "detail_vi": "Phiên bản gốc đã đổi.",
    }


async def test_a_cancelled_job_stops_at_its_next_word(
    database_url: str, database: Database, registry: LayerRegistry, handles: Any, tmp_path: Path
) -> None:
    async def work(context: JobContext) -> None:
        async with context.database.transaction() as connection:
            await connection.execute(ASK_TO_CANCEL.sql, *ASK_TO_CANCEL.args(job=context.job.id))
        await context.tell("more", 0.9)
        raise AssertionError("it went on")

    handles(work)
    job = await asked(database)
    await run_job(database_url, job, registry, FileStore(tmp_path))
    assert (await row_of(database, job))["state"] == "cancelled"


async def test_what_an_earlier_attempt_still_does_is_not_committed(
    database_url: str, database: Database, registry: LayerRegistry, handles: Any, tmp_path: Path
) -> None:
    async def work(context: JobContext) -> None:
        async with context.database.transaction() as connection:
            await connection.execute("update boundary_job set attempts = attempts + 1 where id = $1", context.job.id)
        async with context.database.transaction() as connection:
            await connection.execute("insert into producer_answers values ('late', '{}')")
            with pytest.raises(Cancelled):
                await end(connection, context.job)
            raise Cancelled

    handles(work)
    job = await asked(database)
    await run_job(database_url, job, registry, FileStore(tmp_path))
    async with database.connection() as connection:
        assert await connection.fetchval("select count(*) from producer_answers where producer = 'late'") == 0
    # Nor does it end the attempt that is under way.
    assert (await row_of(database, job))["state"] == "running"
    await close_all(database)


async def test_a_job_that_somebody_runs_is_left_to_him(
    database_url: str, database: Database, registry: LayerRegistry, handles: Any, tmp_path: Path
) -> None:
    async def work(_: JobContext) -> None:
        raise AssertionError("two at once")

    handles(work)
    job = await asked(database)
    other = await connect(database_url)
    try:
        assert await other.fetchval(TRY_LOCK.sql, *TRY_LOCK.args(job=job))
        await run_job(database_url, job, registry, FileStore(tmp_path))
        assert (await row_of(database, job))["attempts"] == 0
    finally:
        await other.close()
        await close_all(database)


async def test_a_job_that_dies_again_and_again_is_given_up(database_url: str, database: Database) -> None:
    job = await asked(database)
    async with database.transaction() as connection:
        await connection.execute("update boundary_job set state = 'running', attempts = $1", MAX_ATTEMPTS)
    await look(database_url, JobRunner())
    row = await row_of(database, job)
    assert (row["state"], row["problem"]["code"]) == ("failed", "job_died")


async def test_a_job_that_waits_is_cancelled_at_once(database_url: str, database: Database) -> None:
    job = await asked(database)
    async with database.transaction() as connection:
        await connection.execute(ASK_TO_CANCEL.sql, *ASK_TO_CANCEL.args(job=job))
    await look(database_url, JobRunner())
    assert (await row_of(database, job))["state"] == "cancelled"


async def close_all(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("update boundary_job set state = 'cancelled' where state in ('queued', 'running')")
