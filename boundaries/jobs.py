# SPDX-License-Identifier: Apache-2.0
"""Long work on boundaries as rows: asked for by the server, done by the worker, watched and cancelled by people.

Whoever runs a job holds an advisory lock for as long as it lives, so a job whose worker was killed is seen at once: it
is running, and nobody holds its lock. It is begun again, a few times at most. What a job writes is committed with its
end, so that one that died left nothing half done.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import BigInteger, Float, Integer, Text, and_, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB

from boundaries.draft_tables import boundary_job
from boundaries.files import FileStore
from geo.db.functions import text_literal
from geo.db.pool import Connection, Database
from geo.db.statement import Statement

JobKind: TypeAlias = Literal["check", "publish", "rollback", "underlay"]
MAX_ATTEMPTS = 5
_j = boundary_job.c
_OPEN_STATES = ("queued", "running")


@dataclass(frozen=True)
class Job:
    """A job as its handler sees it.

    Attributes:
        subject: id of the draft (check, publish), the publication (rollback) or the underlay.
        revision: of the draft, when it was asked for.
        attempt: counts from 1; what an earlier attempt still does has no effect.
    """

    id: int
    kind: JobKind
    subject: int
    revision: int | None
    arguments: Mapping[str, Any]
    created_by: str
    attempt: int = 1


class Cancelled(Exception):  # noqa: N818 - an end that a person asked for
    """Somebody cancelled the job."""


@dataclass(frozen=True)
class JobContext:
    """What a handler works with.

    ``tell(step, share)`` says how far it is (step: a stable word such as "reading"; share: 0 to 1) and raises
    ``Cancelled`` when somebody asked for that.
    """

    job: Job
    database: Database
    files: FileStore
    tell: Callable[[str, float], Awaitable[None]]


Handler: TypeAlias = Callable[[JobContext], Awaitable[None]]

ENQUEUE = Statement(
    insert(boundary_job)
    .values(
        kind=bindparam("kind", type_=Text),
        subject=bindparam("subject", type_=BigInteger),
        revision=bindparam("revision", type_=Integer),
        arguments=bindparam("arguments", type_=JSONB),
        created_by=bindparam("created_by", type_=Text),
    )
    .returning(_j.id)
)
ASK_TO_CANCEL = Statement(
    update(boundary_job)
    .values(cancel_asked=True)
    .where(_j.id == bindparam("job", type_=BigInteger), _j.state.in_([text_literal(s) for s in _OPEN_STATES]))
    .returning(_j.id)
)
# Of those that wait and those whose worker died, the oldest first.
OPEN_JOBS = Statement(
    select(_j.id, _j.state, _j.attempts, _j.cancel_asked)
    .where(_j.state.in_([text_literal(state) for state in _OPEN_STATES]))
    .order_by(_j.id)
)
TRY_LOCK = Statement(select(func.pg_try_advisory_lock(func.job_lock_class(), bindparam("job", type_=Integer))))
UNLOCK = Statement(select(func.pg_advisory_unlock(func.job_lock_class(), bindparam("job", type_=Integer))))
_IS_OPEN = and_(_j.id == bindparam("job", type_=BigInteger), _j.state.in_([text_literal(s) for s in _OPEN_STATES]))
_IS_MINE = and_(_IS_OPEN, _j.attempts == bindparam("attempt", type_=Integer))
BEGIN = Statement(
    update(boundary_job)
    .values(state="running", attempts=_j.attempts + 1, started_at=func.clock_timestamp(), step=None, share=0)
    .where(_IS_OPEN)
    .returning(*boundary_job.c)
)
TELL = Statement(
    update(boundary_job)
    .values(step=bindparam("new_step", type_=Text), share=bindparam("new_share", type_=Float))
    .where(_IS_MINE)
    .returning(_j.cancel_asked)
)
_DONE = Statement(
    update(boundary_job)
    .values(state="done", step=None, share=1, finished_at=func.clock_timestamp())
    .where(_IS_MINE)
    .returning(_j.id)
)
CLOSE = Statement(
    update(boundary_job)
    .values(
        state=bindparam("new_state", type_=Text),
        problem=bindparam("new_problem", type_=JSONB),
        finished_at=func.clock_timestamp(),
    )
    # Whoever did it ends his own attempt alone; the runner, which names none, whatever is open.
    .where(_IS_OPEN, _j.attempts == func.coalesce(bindparam("attempt", type_=Integer), _j.attempts))
)


async def enqueue(
    connection: Connection,
    kind: JobKind,
    subject: int,
    created_by: str,
    revision: int | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> int:
    """Ask for work, in the caller's transaction; answers the job's id."""
    values = ENQUEUE.args(
        kind=kind, subject=subject, revision=revision, arguments=dict(arguments or {}), created_by=created_by
    )
    return int(await connection.fetchval(ENQUEUE.sql, *values))


async def end(connection: Connection, job: Job) -> None:
    """Done: said in the transaction that stores what was done.

    Raises:
        Cancelled: the job was ended or begun again meanwhile; the transaction must not be committed.
    """
    if await connection.fetchval(_DONE.sql, *_DONE.args(job=job.id, attempt=job.attempt)) is None:
        raise Cancelled


def job_json(row: Any) -> dict[str, Any] | None:
    """A job as the API shows it; None for none."""
    if row is None:
        return None
    return {
        "id": row["id"],
        "kind": row["kind"],
        "state": row["state"],
        "step": row["step"],
        "share": row["share"],
        "revision": row["revision"],
        "attempts": row["attempts"],
        "problem": row["problem"],
        "created_by": row["created_by"],
        "created_at": row["created_at"].isoformat(),
        "started_at": row["started_at"] and row["started_at"].isoformat(),
        "finished_at": row["finished_at"] and row["finished_at"].isoformat(),
    }
