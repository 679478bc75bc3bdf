# SPDX-License-Identifier: Apache-2.0
"""What people ask for: approval of a draft, its publication, and to take a publication back."""

from boundaries.jobs import enqueue
from boundaries.publications import sql
from boundaries.publications.ready import draft_row, require_checked, require_ready
from boundaries.publications.state import require_reversible
from geo.db.pool import Connection, Database
from geo.errors import BadBody, Conflict, NotAllowed, NotFound


async def ask_approval(database: Database, draft: int, who: str) -> None:
    """Ask a second person to approve.

    Raises:
        Conflict: the draft could not be published even if it were approved.
    """
    async with database.transaction() as connection:
        require_checked(await draft_row(connection, draft))
        await connection.execute(sql.ASK_APPROVAL.sql, *sql.ASK_APPROVAL.args(draft=draft, who=who))


async def approve(database: Database, draft: int, who: str) -> None:
    """Approve what somebody else asked for.

    Raises:
        Conflict: nobody asked, or the draft could not be published.
        NotAllowed: who asked is who approves.
    """
    async with database.transaction() as connection:
        row = await draft_row(connection, draft)
        require_checked(row)
        if row["asked_by"] is None:
            raise Conflict("Nobody asked for approval.", code="approval_not_asked",
                           detail_vi="Chưa có ai đề nghị duyệt.")  # fmt: skip
        if row["asked_by"] == who:
            raise NotAllowed("Another person must approve.", code="approval_by_another",
                             detail_vi="Người duyệt phải khác người đề nghị.")  # fmt: skip
        await connection.execute(sql.APPROVE.sql, *sql.APPROVE.args(draft=draft, who=who))


async def ask_publication(
    database: Database, draft: int, who: str, said: tuple[str, str | None], *, approval: bool
) -> int:
    """Ask for a draft to be published; answers the job.

    Args:
        database: where.
        draft: which.
        who: asks.
        said: the target set as it was typed, and the reason.
        approval: a second person must have approved.

    Raises:
        BadBody: what was typed is not the target set.
        Conflict: something stands against it.
    """
    confirm, reason = said
    async with database.transaction() as connection:
        row = await draft_row(connection, draft)
        await _require_idle(connection, "publish", draft)
        require_ready(row, approval=approval)
        _require_typed(confirm, row["unit_set"])
        values = sql.SET_DRAFT_STATE.args(draft=draft, new_state="publishing")
        await connection.execute(sql.SET_DRAFT_STATE.sql, *values)
        arguments = {"approval": approval, "reason": reason}
        return await enqueue(connection, "publish", draft, who, row["revision"], arguments)


async def ask_rollback(database: Database, publication: int, who: str, said: tuple[str, str | None]) -> int:
    """Ask for a publication to be taken back; answers the job.

    Raises:
        NotFound: there is no such publication.
        BadBody: what was typed is not its set.
        Conflict: it is not the latest of its sets, or nothing was published before it.
    """
    confirm, reason = said
    async with database.transaction() as connection:
        statement = sql.SELECT_PUBLICATION
        row = await connection.fetchrow(statement.sql, *statement.args(publication=publication))
        if row is None:
            raise NotFound("There is no such publication.", code="publication_not_found",
                           detail_vi="Không có lần công bố này.")  # fmt: skip
        require_reversible(row)
        _require_typed(confirm, row["unit_set"])
        await _require_idle(connection, "rollback", publication)
        return await enqueue(connection, "rollback", publication, who, None, {"reason": reason})


async def _require_idle(connection: Connection, kind: str, subject: int) -> None:
    if await connection.fetchval(sql.OPEN_JOB_OF.sql, *sql.OPEN_JOB_OF.args(kind=kind, subject=subject)):
        raise Conflict("This is being done already.", code="job_running", detail_vi="Việc này đang được thực hiện.")


def _require_typed(confirm: str, unit_set: str) -> None:
    if confirm != unit_set:
        raise BadBody("Type the id of the set to confirm.", code="confirmation_wrong", expected=unit_set,
                      detail_vi=f"Hãy nhập đúng mã bộ địa giới “{unit_set}” để xác nhận.")  # fmt: skip
