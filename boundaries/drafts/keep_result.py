# SPDX-License-Identifier: Apache-2.0
"""What a check gave is stored in one transaction with the end of its job: all of it, or nothing."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeAlias

from boundaries.compare.values import DraftTarget
from boundaries.drafts import result_sql as rsql
from boundaries.drafts import sql, stored
from boundaries.drafts.asking import Asked, producer_key, to_remember
from boundaries.drafts.change import locked_draft
from boundaries.drafts.examine import Compared
from boundaries.drafts.values import Draft, DraftState
from boundaries.findings import Finding
from boundaries.jobs import JobContext, end
from boundaries.versions import store_draft_version
from geo.db.pool import Connection

# (connection, version of the draft, version of its base) -> what follows for each layer.
Consequences: TypeAlias = Callable[[Connection, int, int | None], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True)
class Result:
    """Everything that a check gave."""

    state: DraftState
    base_version: int | None
    asked: Asked
    findings: tuple[Finding, ...] = ()
    effects: tuple[dict[str, Any], ...] = ()
    compared: Compared | None = field(default=None, repr=False)


class Superseded(Exception):  # noqa: N818 - an end like others
    """The draft has changed since: a newer check has been asked for."""


async def keep_result(context: JobContext, draft: Draft, result: Result, consequences: Consequences) -> None:
    """Store a result, and end the job.

    Raises:
        Cancelled: somebody asked for that meanwhile.
    """
    try:
        async with context.database.transaction() as connection:
            version, followed = await _version(context, connection, draft, result, consequences)
            await _replace(connection, draft, result, version, followed)
            await end(connection, context.job)
    except Superseded:
        await end_quietly(context)


async def end_quietly(context: JobContext) -> None:
    """Done, with nothing to store."""
    async with context.database.transaction() as connection:
        await end(connection, context.job)


async def _version(
    context: JobContext, connection: Connection, draft: Draft, result: Result, consequences: Consequences
) -> tuple[int | None, list[dict[str, Any]] | None]:
    """The draft's new version with what follows from it; none where there are no units."""
    compared = result.compared
    if compared is None or compared.units is None or compared.comparison is None:
        return None, None
    target = DraftTarget(base_set=draft.base_set, **asdict(draft.inputs.target))
    lineage = compared.comparison.lineage
    version = await store_draft_version(connection, target, compared.units, lineage, draft.inputs.unagreed)
    await context.tell("counting", 0.9)
    return version, await consequences(connection, version, result.base_version)


async def _replace(connection: Connection, checked: Draft, result: Result, version: int | None, followed: Any) -> None:
    """Put the result in the place of the earlier one. The draft is held only now: people go on working meanwhile."""
    draft = await locked_draft(connection, checked.id)
    if draft.revision != checked.revision or draft.state != "checking":
        raise Superseded
    compared = result.compared
    changes = () if compared is None or compared.comparison is None else compared.comparison.changes
    values = rsql.STORE_RESULT.args(
        draft=draft.id,
        of_revision=draft.revision,
        new_state=result.state,
        new_base_version=result.base_version,
        new_version=version,
        new_answers=_answers(result.asked),
        new_sheets=[stored.sheet_json(sheet) for sheet in result.asked.reading.sheets],
        new_questions=[stored.question_json(question) for question in result.asked.reading.questions],
        new_effects=list(result.effects),
        new_summary=None if compared is None else _summary(compared, result.asked),
        new_consequences=followed,
    )
    await connection.execute(rsql.STORE_RESULT.sql, *values)
    await _rows(connection, draft.id, rsql.DELETE_FINDINGS, rsql.INSERT_FINDINGS, stored.finding_rows(result.findings))
    neighbours = () if compared is None else compared.neighbours
    rows = stored.change_rows(changes, neighbours)
    await _rows(connection, draft.id, rsql.DELETE_CHANGES, rsql.INSERT_CHANGES, rows)
    if draft.version is not None:
        await connection.execute(sql.DELETE_VERSION.sql, *sql.DELETE_VERSION.args(version=draft.version))
    if result.state == "checked":
        await _remember(connection, draft, result.asked)


def _summary(compared: Compared, asked: Asked) -> dict[str, Any]:
    return {**compared.summary, "bbox": compared.bbox, "mapping": dict(asked.reading.mapping)}


async def _rows(connection: Connection, draft: int, old: Any, new: Any, rows: list[dict[str, Any]]) -> None:
    await connection.execute(old.sql, *old.args(draft=draft))
    await connection.executemany(new.sql, [new.args(draft=draft, **row) for row in rows])


def _answers(asked: Asked) -> dict[str, Any]:
    remembered = {"remembered": list(asked.remembered)} if asked.remembered else {}
    return {**asked.answers, **remembered}


async def _remember(connection: Connection, draft: Draft, asked: Asked) -> None:
    """Answers that led to units, under the name of who drew them."""
    answers: Mapping[str, Any] = to_remember(asked)
    if draft.inputs.producer is None or not answers:
        return
    values = sql.REMEMBER.args(producer=producer_key(draft.inputs.producer), answers=answers)
    await connection.execute(sql.REMEMBER.sql, *values)


def without_frame(asked: Asked) -> Asked:
    """The same without its rows, which are large."""
    return replace(asked, reading=replace(asked.reading, frame=None))
