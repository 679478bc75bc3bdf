# SPDX-License-Identifier: Apache-2.0
"""Publish a draft and take a publication back, inside the caller's transaction, which holds off every writer."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from boundaries import sql as units_sql
from boundaries.jobs import Job
from boundaries.publications import sql
from boundaries.publications.ready import draft_row, require_ready
from geo.db.pool import Connection
from geo.db.statement import Statement
from geo.errors import Conflict, NotFound


async def publish_draft(connection: Connection, job: Job) -> list[int]:
    """Make the version of a draft the published one; answers the versions that features follow from now on.

    Raises:
        Conflict: something stands against it now.
    """
    row = await draft_row(connection, job.subject)
    require_ready(row, approval=bool(job.arguments.get("approval")))
    if row["revision"] != job.revision:
        raise Conflict("The draft was changed.", code="draft_not_checked", detail_vi="Dự thảo đã bị thay đổi.")
    sets = sorted({row["unit_set"], row["base_set"] or row["unit_set"]})
    before = await state_of(connection, sets)
    if row["base_set"] != row["unit_set"]:
        await _change_law(connection, row)
    await _run(connection, units_sql.SUPERSEDE, of_set=row["unit_set"])
    number = await next_number(connection, row["unit_set"])
    await _run(connection, sql.GIVE_NUMBER, version=row["version"], new_number=number)
    await record(
        connection,
        {
            "kind": "publish",
            "by": job.created_by,
            "approved_by": row["approved_by"],
            "draft": row["id"],
            "unit_set": row["unit_set"],
            "version": row["version"],
            "number": number,
            "effective_from": row["valid_from"] if row["base_set"] != row["unit_set"] else None,
            "legal_document": row["legal_document"],
            "reason": job.arguments.get("reason"),
            "before": before,
            "after": await state_of(connection, sets),
            "consequences": row["consequences"],
        },
    )
    await _run(connection, sql.SET_DRAFT_STATE, draft=row["id"], new_state="published")
    return [row["version"]]


async def _change_law(connection: Connection, row: Any) -> None:
    """The new set is valid from its day on, and the one that it follows until then."""
    about = {name: row[name] for name in ("title_vi", "title_en", "valid_from", "valid_to")}
    await _run(connection, units_sql.KEEP_SET, id=row["unit_set"], **about)
    if row["base_set"] is not None:
        starts: date = row["valid_from"]
        begun = await connection.fetchval(sql.BEGIN_OF_SET.sql, *sql.BEGIN_OF_SET.args(of_set=row["base_set"]))
        if begun >= starts:
            raise Conflict(
                f"The set that it follows began on {begun}; the new one must begin later.",
                code="valid_from_too_early",
                detail_vi=f"Bộ địa giới mới phải có hiệu lực sau ngày {begun:%d/%m/%Y}.",
            )
        await _run(connection, sql.CLOSE_SET, of_set=row["base_set"], ends_on=starts)


async def roll_back(connection: Connection, job: Job) -> list[int]:
    """Restore what a publication changed; answers the versions that were not published and are again.

    The version that is taken back is withdrawn, and its draft, with a copy of it, can be published again.

    Raises:
        NotFound: there is no such publication.
        Conflict: it is not the latest of its sets, nothing was before it, or they were changed since.
    """
    statement = sql.SELECT_PUBLICATION
    row = await connection.fetchrow(statement.sql, *statement.args(publication=job.subject))
    if row is None:
        raise NotFound("There is no such publication.", code="publication_not_found")
    sets = [one["id"] for one in row["after"]["sets"]]
    require_reversible(row)
    now = await state_of(connection, sets)
    if now != row["after"]:
        raise Conflict(
            "The sets were changed since by other means.",
            code="base_moved",
            detail_vi="Bộ địa giới đã bị thay đổi bằng cách khác sau lần công bố này.",
        )
    await _run(connection, sql.RESTORE, state=row["before"], withdrawn=row["version"])
    if row["draft"] is not None:
        copied = await connection.fetchval(sql.COPY_VERSION.sql, *sql.COPY_VERSION.args(version=row["version"]))
        await _run(connection, sql.REOPEN_DRAFT, draft=row["draft"], new_version=copied)
    await record(
        connection,
        {
            "kind": "rollback",
            "by": job.created_by,
            "draft": row["draft"],
            "reverts": row["id"],
            "unit_set": row["unit_set"],
            "version": row["version"],
            "number": row["number"],
            "effective_from": row["effective_from"],
            "reason": job.arguments.get("reason"),
            "before": now,
            "after": await state_of(connection, sets),
        },
    )
    published = [_published(state) for state in (row["before"], now)]
    return sorted(published[0] - published[1])


def _published(state: dict[str, Any]) -> set[int]:
    return {one["id"] for one in state["versions"] if one["status"] == "published"}


def require_reversible(row: Any) -> None:
    """Whether a publication can be taken back.

    Raises:
        Conflict: a later one changed the same sets, it was taken back already, or nothing was published before it.
    """
    if not row["is_latest"]:
        raise Conflict(
            "Only the latest publication of a set can be taken back.",
            code="not_the_latest",
            detail_vi="Chỉ hoàn tác được lần công bố mới nhất của bộ địa giới.",
        )
    if not row["leaves_a_version"]:
        raise Conflict(
            "This push published the first version of its set: taken back, the set would be gone from the map.",
            code="nothing_before",
            detail_vi="Đây là phiên bản đầu tiên được nạp của bộ địa giới; nếu hoàn tác thì bộ này sẽ không còn trên "
            "bản đồ.",
        )


async def state_of(connection: Connection, sets: Iterable[str]) -> dict[str, Any]:
    """What readers see of some sets (see the migration)."""
    state: dict[str, Any] = await connection.fetchval(sql.STATE_OF.sql, *sql.STATE_OF.args(sets=list(sets)))
    return state


async def next_number(connection: Connection, unit_set: str) -> int:
    """The number of the next version of a set: a withdrawn one keeps its own."""
    return int(await connection.fetchval(sql.NUMBER_OF_NEXT.sql, *sql.NUMBER_OF_NEXT.args(of_set=unit_set)))


async def record(connection: Connection, said: dict[str, Any]) -> int:
    """Add a publication to the log; what is not said is null."""
    values = {name: said.get(name) for name in sql.RECORDED}
    return int(await connection.fetchval(sql.RECORD.sql, *sql.RECORD.args(**values)))


async def _run(connection: Connection, statement: Statement, **values: Any) -> None:
    await connection.fetch(statement.sql, *statement.args(**values))
