# SPDX-License-Identifier: Apache-2.0
"""People change drafts, cancel their checks and withdraw them. Whoever looked before another changed is told so."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from boundaries.drafts import fields, sql
from boundaries.drafts.create import columns_of
from boundaries.drafts.target import changed_target
from boundaries.drafts.values import CHANGEABLE, Draft, Inputs, draft_of
from boundaries.jobs import ASK_TO_CANCEL, enqueue
from geo.db.pool import Connection, Database
from geo.errors import BadBody, Conflict, NotFound, Outdated

_MEMBERS = frozenset({"title", "producer", "target", "scope", "answers", "repairs", "unagreed", "legal"})


def no_draft() -> NotFound:
    """There is no such draft."""
    return NotFound("There is no such draft.", code="draft_not_found", detail_vi="Không có dự thảo này.")


def closed(draft: Draft) -> Conflict:
    """The draft's state does not allow it."""
    return Conflict(
        "The draft can no longer be changed.",
        code="draft_closed",
        state=draft.state,
        detail_vi="Dự thảo này không còn thay đổi được nữa.",
    )


async def locked_draft(connection: Connection, draft_id: int) -> Draft:
    """The draft, held until the end of the transaction.

    Raises:
        NotFound: there is none.
    """
    row = await connection.fetchrow(sql.LOCK_DRAFT.sql, *sql.LOCK_DRAFT.args(draft=draft_id))
    if row is None:
        raise no_draft()
    return draft_of(row)


async def change_draft(
    database: Database, draft_id: int, revision: int, body: Mapping[str, Any], changed_by: str
) -> None:
    """Change what people decide; an empty change asks for another check.

    Raises:
        NotFound, Conflict, BadBody: there is no such draft, it is closed, or a member is wrong.
        Outdated: the draft has changed since ``revision``.
    """
    async with database.transaction() as connection:
        draft = await locked_draft(connection, draft_id)
        if draft.state not in CHANGEABLE:
            raise closed(draft)
        if draft.revision != revision:
            raise Outdated(
                "The draft has changed since you looked.",
                revision=draft.revision,
                detail_vi="Dự thảo đã được người khác thay đổi; hãy tải lại.",
            )
        inputs = await _changed(connection, draft, body)
        again = await _must_check(connection, draft, inputs, body)
        if again:
            await cancel_jobs(connection, draft_id)
        state = "checking" if again else "checked" if draft.state == "awaiting_approval" else draft.state
        still_checked = not again and draft.checked_revision == draft.revision
        columns = {f"new_{name}": value for name, value in columns_of(inputs).items()}
        values = sql.CHANGE_DRAFT.args(
            draft=draft_id,
            new_state=state,
            new_checked_revision=revision + 1 if still_checked else draft.checked_revision,
            **columns,
        )
        await connection.execute(sql.CHANGE_DRAFT.sql, *values)
        if again:
            await enqueue(connection, "check", draft_id, changed_by, revision + 1)


async def _changed(connection: Connection, draft: Draft, body: Mapping[str, Any]) -> Inputs:
    if unknown := body.keys() - _MEMBERS:
        raise fields.refused(
            "member_unknown",
            "A draft has no such member.",
            "Dự thảo không có thành phần này.",
            members=sorted(unknown),
        )
    inputs = draft.inputs
    changes: dict[str, Any] = {}
    for name, parse in _PARSERS.items():
        if name in body:
            changes[name] = parse(body[name], inputs)
    if "target" in body:
        said = body["target"] if isinstance(body["target"], dict) else {}
        changes["target"] = await changed_target(connection, inputs.target, said, draft.base_set)
    if "legal" in body:
        changes["legal_document"] = await _legal(connection, body["legal"])
    if changes.get("producer", inputs.producer) != inputs.producer:
        changes["answers"] = _without_memory(changes.get("answers", inputs.answers))
    return replace(inputs, **changes)


_PARSERS: Mapping[str, Any] = {
    "title": lambda value, _: fields.text(value, "title"),
    "producer": lambda value, _: fields.optional_text(value, "producer"),
    "scope": lambda value, _: None if value is None else fields.codes(value, "scope"),
    "answers": lambda value, inputs: fields.answers(value, inputs.answers),
    "repairs": lambda value, _: fields.repairs(value),
    "unagreed": lambda value, _: fields.pairs(value),
}


def _without_memory(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers without those that were remembered of another producer."""
    remembered = {"remembered", *answers.get("remembered", ())}
    return {name: value for name, value in answers.items() if name not in remembered}


async def _legal(connection: Connection, value: Any) -> int | None:
    if value is None:
        return None
    known = None
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        known = await connection.fetchval(sql.HAS_LEGAL.sql, *sql.HAS_LEGAL.args(legal_document=value))
    if known is None:
        raise BadBody(
            "'legal' is the id of a legal document.", code="legal_not_found", detail_vi="Không có văn bản pháp lý này."
        )
    return int(known)


async def _must_check(connection: Connection, draft: Draft, inputs: Inputs, body: Mapping[str, Any]) -> bool:
    """Whether what the latest check said may no longer hold."""
    if not body or draft.state in ("checking", "failed", "cancelled"):
        return True
    same = replace(inputs, title=draft.inputs.title, legal_document=draft.inputs.legal_document)
    if same != draft.inputs or draft.checked_revision != draft.revision:
        return True
    if draft.base_set is None:
        return False
    row = await connection.fetchrow(sql.SELECT_SET.sql, *sql.SELECT_SET.args(unit_set=draft.base_set))
    return row is not None and draft.base_version is not None and row["version"] != draft.base_version


async def cancel_jobs(connection: Connection, draft_id: int) -> int:
    """Ask to cancel what runs or waits for a draft; answers how many."""
    rows = await connection.fetch(sql.OPEN_JOBS_OF.sql, *sql.OPEN_JOBS_OF.args(draft=draft_id))
    for row in rows:
        await connection.execute(ASK_TO_CANCEL.sql, *ASK_TO_CANCEL.args(job=row["id"]))
    return len(rows)


async def cancel_draft(database: Database, draft_id: int) -> None:
    """Cancel the work that runs or waits for the draft.

    Raises:
        NotFound: there is no such draft.
        Conflict: there is nothing to cancel.
    """
    async with database.transaction() as connection:
        # Not held: what is to be cancelled may hold it.
        if await connection.fetchrow(sql.SELECT_DRAFT.sql, *sql.SELECT_DRAFT.args(draft=draft_id)) is None:
            raise no_draft()
        if not await cancel_jobs(connection, draft_id):
            raise Conflict(
                "Nothing runs for this draft.", code="nothing_to_cancel", detail_vi="Không có việc nào đang chạy."
            )


async def withdraw_draft(database: Database, draft_id: int) -> None:
    """Withdraw a draft: it stays in the list, and its file is kept; its shapes go.

    Raises:
        NotFound, Conflict: there is no such draft, or it is published or being published.
    """
    async with database.transaction() as connection:
        draft = await locked_draft(connection, draft_id)
        if draft.state not in CHANGEABLE:
            raise closed(draft)
        await cancel_jobs(connection, draft_id)
        await connection.execute(sql.WITHDRAW.sql, *sql.WITHDRAW.args(draft=draft_id))
        if draft.version is not None:
            await connection.execute(sql.DELETE_VERSION.sql, *sql.DELETE_VERSION.args(version=draft.version))
