# SPDX-License-Identifier: Apache-2.0
"""A file that was sent becomes a draft, and its first check is asked for."""

from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any

from boundaries.drafts import fields, sql
from boundaries.drafts.target import Wanted, first_target
from boundaries.drafts.values import Inputs, Target
from boundaries.files import Kept
from boundaries.jobs import enqueue
from geo.db.pool import Connection, Database


@dataclass(frozen=True)
class Upload:
    """What comes with a file."""

    name: str
    created_by: str
    wanted: Wanted
    producer: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Sent:
    """An upload whose words are good: only its bytes are still to come."""

    name: str
    created_by: str
    base_set: str | None
    inputs: Inputs = field(repr=False)


async def judge_upload(database: Database, upload: Upload) -> Sent:
    """Everything that can be judged before the bytes are taken.

    Raises:
        BadBody, UnitNotFound: see ``first_target`` and ``fields.file_name``.
    """
    name = fields.file_name(upload.name)
    producer = fields.optional_text(upload.producer, "producer")
    title = fields.optional_text(upload.title, "title") or PurePath(name).stem
    async with database.connection() as connection:
        target = await first_target(connection, upload.wanted)
    return Sent(name, upload.created_by, upload.wanted.base, Inputs(title, producer, target))


async def create_draft(database: Database, sent: Sent, kept: Kept, media_type: str) -> tuple[int, bool]:
    """The draft of a file, and whether it is new: the same bytes for the same base are one draft while it is open."""
    async with database.transaction() as connection:
        key = f"{kept.sha256}/{sent.base_set or ''}"
        await connection.execute(sql.ONE_AT_A_TIME.sql, *sql.ONE_AT_A_TIME.args(key=key))
        values = sql.FIND_OPEN.args(sha256=kept.sha256, base_set=sent.base_set)
        found = await connection.fetchval(sql.FIND_OPEN.sql, *values)
        if found is not None:
            return int(found), False
        file = await keep_file(connection, kept, sent.name, media_type, sent.created_by)
        row = await connection.fetchrow(
            sql.INSERT_DRAFT.sql,
            *sql.INSERT_DRAFT.args(
                file=file, base_set=sent.base_set, created_by=sent.created_by, **columns_of(sent.inputs)
            ),
        )
        assert row is not None
        await enqueue(connection, "check", row["id"], sent.created_by, row["revision"])
        return int(row["id"]), True


async def keep_file(connection: Connection, kept: Kept, name: str, media_type: str, stored_by: str) -> int:
    """Note a file that is kept; answers its id."""
    values = sql.INSERT_FILE.args(
        sha256=kept.sha256, size_bytes=kept.size_bytes, name=name, media_type=media_type, stored_by=stored_by
    )
    return int(await connection.fetchval(sql.INSERT_FILE.sql, *values))


def columns_of(inputs: Inputs) -> dict[str, Any]:
    """Inputs as the columns of ``boundary_draft``."""
    target: Target = inputs.target
    return {
        "title": inputs.title,
        "producer": inputs.producer,
        **asdict(target),
        "scope": None if inputs.scope is None else list(inputs.scope),
        "answers": dict(inputs.answers),
        "repairs": list(inputs.repairs),
        "unagreed": [list(pair) for pair in inputs.unagreed],
        "legal_document": inputs.legal_document,
    }
