# SPDX-License-Identifier: Apache-2.0
"""The check of a draft: everything is computed anew from the file as it was sent and what people decided.

Nothing is stored before all is known. A check of a revision that was changed meanwhile ends without a trace: the change
asked for another one.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundaries.drafts import sql, stored
from boundaries.drafts.asking import Asked, Upload, ask, producer_key
from boundaries.drafts.examine import checked, compared, repaired
from boundaries.drafts.keep_result import Consequences, Result, end_quietly, keep_result, without_frame
from boundaries.drafts.values import Draft, DraftState, draft_of
from boundaries.files import FileStore
from boundaries.jobs import Handler, JobContext
from boundaries.known import KnownUnits
from boundaries.known_units import known_units
from geo.errors import NotFound


@dataclass(frozen=True)
class _Known:
    """The draft, and what was published and remembered when its check began."""

    draft: Draft
    units: KnownUnits
    base_version: int | None
    memory: Mapping[str, Any]


def check_handler(consequences: Consequences) -> Handler:
    """The handler of the kind "check"."""

    async def run(context: JobContext) -> None:
        known = await _known(context)
        if known is None:
            await end_quietly(context)
            return
        result = await _result(context, known)
        await keep_result(context, known.draft, result, consequences)

    return run


async def _known(context: JobContext) -> _Known | None:
    """All of one moment; None when there is nothing to check any more."""
    async with (
        context.database.connection() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        row = await connection.fetchrow(sql.SELECT_DRAFT.sql, *sql.SELECT_DRAFT.args(draft=context.job.subject))
        if row is None or row["revision"] != context.job.revision or row["state"] != "checking":
            return None
        draft = draft_of(row)
        base = await connection.fetchrow(sql.SELECT_SET.sql, *sql.SELECT_SET.args(unit_set=draft.base_set or ""))
        memory = None
        if draft.inputs.producer is not None:
            values = sql.SELECT_MEMORY.args(producer=producer_key(draft.inputs.producer))
            memory = await connection.fetchval(sql.SELECT_MEMORY.sql, *values)
        units = await known_units(connection, draft.base_set or "")
        return _Known(draft, units, None if base is None else base["version"], memory or {})


async def _result(context: JobContext, known: _Known) -> Result:
    inputs = known.draft.inputs
    await context.tell("reading", 0.02)
    asked = _asked(context.files, known)
    frame, asked = asked.reading.frame, without_frame(asked)
    said = asked.reading.findings
    if frame is None:
        state: DraftState = "questions" if asked.is_open else "refused"
        return Result(state, known.base_version, asked, said)
    await context.tell("repairing", 0.35)
    rows = repaired(frame, inputs, known.units)
    await context.tell("checking", 0.45)
    findings = (*said, *checked(rows, inputs, known.units))
    await context.tell("comparing", 0.6)
    beside = compared(rows, findings, known.units)
    await context.tell("preparing", 0.7)
    effects = tuple(stored.effect_json(effect) for effect in rows.effects)
    return Result("checked", known.base_version, asked, findings, effects, beside)


def _asked(files: FileStore, known: _Known) -> Asked:
    draft = known.draft
    path = files.path(draft.sha256)
    if not path.exists():
        raise NotFound(
            "The file of this draft is no longer there. Send it again.",
            code="file_missing",
            detail_vi="Tệp của dự thảo không còn trong kho; hãy gửi lại.",
        )
    answers = draft.inputs.answers
    remembered = {"remembered", *answers.get("remembered", ())}
    given = {name: one for name, one in answers.items() if name not in remembered}

    @contextmanager
    def folder() -> Iterator[Path]:
        made = files.new_folder()
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)

    return ask(Upload(path, draft.file_name, known.units), given, known.memory, folder)
