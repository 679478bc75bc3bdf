# SPDX-License-Identifier: Apache-2.0
"""The legal basis: a resolution or decision, and its PDF."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

from boundaries.drafts import fields, sql
from boundaries.drafts.create import keep_file
from boundaries.files import FileStore
from geo.db.pool import Database
from geo.errors import NotFound

MAX_DOCUMENT_BYTES = 50 * 1024 * 1024
PDF = "application/pdf"
_MAGIC = b"%PDF-"
_MEMBERS = frozenset({"number", "issuer", "title", "signed_on", "effective_on", "file"})


async def keep_document(
    database: Database, files: FileStore, name: str, chunks: AsyncIterator[bytes], stored_by: str
) -> dict[str, Any]:
    """Keep a PDF.

    Raises:
        BadBody: no PDF, or no good name.
        TooLarge: more than 50 MB.
    """
    good = fields.file_name(name)
    kept = await files.take(_pdf(chunks), MAX_DOCUMENT_BYTES)
    async with database.transaction() as connection:
        file = await keep_file(connection, kept, good, PDF, stored_by)
    return {"id": file, "name": good, "size_bytes": kept.size_bytes, "sha256": kept.sha256}


async def _pdf(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks of a file that begins as a PDF does; the first one is at least that long."""
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= len(_MAGIC):
            break
    if not head.startswith(_MAGIC):
        raise fields.refused("document_not_pdf", "The document is no PDF.", "Văn bản phải là tệp PDF.")
    yield head
    async for chunk in chunks:
        yield chunk


async def document_of(database: Database, file: int) -> Any:
    """The row of a PDF that is kept.

    Raises:
        NotFound: there is none.
    """
    row = await database.fetchrow(sql.SELECT_FILE, file=file)
    if row is None or row["media_type"] != PDF:
        raise NotFound("There is no such document.", code="document_not_found", detail_vi="Không có văn bản này.")
    return row


async def keep_legal(database: Database, body: Mapping[str, Any], created_by: str) -> dict[str, Any]:
    """Note a legal document.

    Raises:
        BadBody: a member is wrong.
        NotFound: its PDF is not kept.
    """
    if unknown := body.keys() - _MEMBERS:
        raise fields.refused(
            "member_unknown", "A legal document has no such member.", "Văn bản không có mục này.",
            members=sorted(unknown),
        )  # fmt: skip
    texts = {name: fields.text(body.get(name), name) for name in ("number", "issuer")}
    days: dict[str, date] = {name: fields.day(body.get(name), name) for name in ("signed_on", "effective_on")}
    title = fields.optional_text(body.get("title"), "title", 500)
    file = body.get("file")
    row = None
    if file is not None:
        row = await document_of(database, file if _is_id(file) else 0)
    async with database.transaction() as connection:
        values = sql.INSERT_LEGAL.args(
            **texts, **days, title=title, file=None if row is None else row["id"], created_by=created_by
        )
        legal = await connection.fetchval(sql.INSERT_LEGAL.sql, *values)
    shown = None if row is None else {"id": row["id"], "name": row["name"], "size_bytes": row["size_bytes"]}
    return {
        "id": legal,
        **texts,
        "title": title,
        **{name: one.isoformat() for name, one in days.items()},
        "file": shown,
    }


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63
