# SPDX-License-Identifier: Apache-2.0
"""Runs the jobs of boundaries: each in a process of its own, so that it can be ended and gives its memory back.

``JobRunner`` is a part of the worker: it starts ``python -m api.cli job ID``, ends it when somebody cancels, and takes
up jobs whose process died. ``run_job`` is what that process does, and holds the job's advisory lock meanwhile.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from api.job_table import HANDLERS
from boundaries.files import FileStore
from boundaries.jobs import (
    BEGIN,
    CLOSE,
    MAX_ATTEMPTS,
    OPEN_JOBS,
    TELL,
    TRY_LOCK,
    UNLOCK,
    Cancelled,
    Job,
    JobContext,
)
from boundaries.reading.confine import end_with_parent
from geo.db.pool import Connection, DatabaseOptions, connect, open_database
from geo.errors import MapError
from layers.registry import LayerRegistry

_AT_ONCE = 2
_STATEMENT_TIMEOUT_S = 600.0
_AGAIN = 75


async def run_job(url: str, job_id: int, registry: LayerRegistry, files: FileStore) -> int:
    """Do one job, if it is still to be done and nobody else does it; answers an exit code.

    A failure that a person can understand ends the job and is kept with it. Whatever else happens leaves it open, and
    the runner decides.
    """
    holder = await connect(url)
    # Without this connection the lock is gone, and the job may have begun elsewhere.
    holder.add_termination_listener(_give_up)
    try:
        if not await holder.fetchval(TRY_LOCK.sql, *TRY_LOCK.args(job=job_id)):
            return 0
        row = await holder.fetchrow(BEGIN.sql, *BEGIN.args(job=job_id))
        if row is None:
            return 0
        job = _job(row)
        database = await open_database(
            DatabaseOptions(url, pool_size=3, acquire_timeout_s=10, statement_timeout_s=_STATEMENT_TIMEOUT_S)
        )
        try:
            await HANDLERS[job.kind](registry)(JobContext(job, database, files, _teller(holder, job)))
        except Cancelled:
            await close(holder, job_id, "cancelled", None, job.attempt)
        except MapError as error:
            await close(holder, job_id, "failed", _problem(error), job.attempt)
        finally:
            await database.close()
        return 0
    finally:
        holder.remove_termination_listener(_give_up)
        holder.terminate()


def _give_up(_: Any) -> None:
    os._exit(_AGAIN)


class JobRunner:
    """The jobs that this worker runs now."""

    def __init__(self) -> None:
        self._running: dict[int, asyncio.subprocess.Process] = {}

    async def look(self, connection: Connection) -> None:
        """End what was cancelled, give up what dies again and again, start what waits."""
        self._running = {job: process for job, process in self._running.items() if process.returncode is None}
        for row in await connection.fetch(OPEN_JOBS.sql):
            job = row["id"]
            if row["cancel_asked"]:
                await self._cancel(connection, job)
            elif job not in self._running and len(self._running) < _AT_ONCE and await _is_free(connection, job):
                if row["attempts"] >= MAX_ATTEMPTS:
                    await close(connection, job, "failed", _DIED)
                else:
                    self._running[job] = await asyncio.create_subprocess_exec(
                        sys.executable, "-m", "api.cli", "job", str(job),
                        stdin=asyncio.subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_parent,
                    )  # fmt: skip

    async def _cancel(self, connection: Connection, job: int) -> None:
        process = self._running.get(job)
        if process is not None:
            # It may have ended by itself just now.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        # Of another worker: that one ends it.
        if await _is_free(connection, job):
            await close(connection, job, "cancelled", None)


async def close(
    connection: Connection, job: int, state: str, problem: dict[str, Any] | None, attempt: int | None = None
) -> None:
    """End a job without result, or one attempt of it; its draft follows (migration b004)."""
    values = CLOSE.args(job=job, new_state=state, new_problem=problem, attempt=attempt)
    await connection.execute(CLOSE.sql, *values)


async def _is_free(connection: Connection, job: int) -> bool:
    """Whether nobody runs the job. A process that was just killed may hold its lock for a moment."""
    if not await connection.fetchval(TRY_LOCK.sql, *TRY_LOCK.args(job=job)):
        return False
    await connection.execute(UNLOCK.sql, *UNLOCK.args(job=job))
    return True


def _teller(holder: Connection, job: Job) -> Callable[[str, float], Any]:
    async def tell(step: str, share: float) -> None:
        values = TELL.args(job=job.id, attempt=job.attempt, new_step=step, new_share=share)
        row = await holder.fetchrow(TELL.sql, *values)
        if row is None or row["cancel_asked"]:
            raise Cancelled

    return tell


def _job(row: Any) -> Job:
    return Job(
        row["id"], row["kind"], row["subject"], row["revision"], row["arguments"], row["created_by"], row["attempts"]
    )


def _problem(error: MapError) -> dict[str, Any]:
    return {"code": error.code, "detail": error.detail, **error.facts}


_DIED = {
    "code": "job_died",
    "detail": f"The work was broken off {MAX_ATTEMPTS} times and is given up. Nothing was changed. Start it again.",
    "detail_vi": f"Việc xử lý bị ngắt {MAX_ATTEMPTS} lần nên đã dừng. Không có gì thay đổi. Hãy chạy lại.",
}
