# SPDX-License-Identifier: Apache-2.0
"""The facts of a draft's report, read in one snapshot: a check that ends meanwhile does not mix into it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boundaries.report import sql
from boundaries.report.facts import Act, Both, Maps, ReportFacts, SetFacts, SourceFile
from boundaries.report.rows import (
    attribution_of,
    both_of,
    change_of,
    consequences_of,
    finding_of,
    legal_of,
    maps_of,
    repairs_of,
    totals_of,
    unagreed_of,
)
from geo.db.pool import Connection, Database
from geo.db.statement import Statement
from geo.errors import NotFound


@dataclass(frozen=True)
class DraftRows:
    """The rows that a report is made of."""

    draft: Any
    before: Sequence[Any]
    after: Sequence[Any]
    changes: Sequence[Any]
    findings: Sequence[Any]
    edges: Sequence[Any]
    publications: Sequence[Any]


async def draft_facts(database: Database, draft: int) -> ReportFacts:
    """What is to be reported of a draft, published or not.

    Raises:
        NotFound: there is no such draft.
    """
    async with database.connection() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await draft_rows(connection, draft)
    if rows is None:
        raise NotFound("There is no such draft.", code="draft_not_found", detail_vi="Không có bản dự thảo này.")
    return await asyncio.to_thread(facts_of, rows)


async def draft_rows(connection: Connection, draft: int) -> DraftRows | None:
    """Everything of a draft; None when there is none."""

    async def fetch(statement: Statement, **values: Any) -> list[Any]:
        return await connection.fetch(statement.sql, *statement.args(**values))

    found = await fetch(sql.DRAFT, draft=draft)
    if not found:
        return None
    row = found[0]
    has_version = row["version"] is not None
    return DraftRows(
        draft=row,
        before=await fetch(sql.UNITS, version=row["base_version"]) if has_version and row["base_version"] else (),
        after=await fetch(sql.UNITS, version=row["version"]) if has_version else (),
        changes=await fetch(sql.CHANGES, draft=draft),
        findings=await fetch(sql.FINDINGS, draft=draft),
        edges=await fetch(sql.EDGES, version=row["version"]) if has_version else (),
        publications=await fetch(sql.PUBLICATIONS_OF_DRAFT, draft=draft),
    )


def facts_of(rows: DraftRows) -> ReportFacts:
    """Facts from rows. Pure; takes a second for the 92 communes, so it runs beside the event loop."""
    row = rows.draft
    changes = tuple(change_of(one) for one in rows.changes)
    summary = row["summary"] or {}
    return ReportFacts(
        subject="draft",
        number=row["id"],
        state="superseded" if (row["state"], row["status"]) == ("published", "superseded") else row["state"],
        title=row["title"],
        dated=row["updated_at"],
        target=_target(row),
        base=_base(row),
        revision=row["revision"],
        is_current=row["checked_revision"] == row["revision"],
        scope=tuple(row["scope"]) if row["scope"] else None,
        sentence=both_of(summary.get("sentence")),
        legal=legal_of(row),
        acts=(*acts_of(row), *(_published(one) for one in rows.publications)),
        source=source_of(row),
        totals=totals_of(summary, len(rows.before), changes),
        maps=maps_of(rows.before, rows.after, rows.changes, changes) if rows.after else Maps(),
        changes=changes,
        findings=tuple(finding_of(one) for one in rows.findings),
        repairs=repairs_of(row["effects"]),
        consequences=consequences_of(row["consequences"]),
        unagreed=unagreed_of(rows.edges),
    )


def _target(row: Any) -> SetFacts:
    title = Both(row["title_vi"], row["title_en"])
    number = row["number"] if row["status"] != "draft" else None
    return SetFacts(
        row["unit_set"], title, row["valid_from"], row["valid_to"], row["version"], number, row["approximate"]
    )


def _base(row: Any) -> SetFacts | None:
    if row["base_set"] is None:
        return None
    title = Both(row["base_title_vi"], row["base_title_en"])
    return SetFacts(
        row["base_set"],
        title,
        row["base_valid_from"],
        row["base_valid_to"],
        row["base_version"],
        row["base_number"],
    )


def acts_of(row: Any) -> tuple[Act, ...]:
    """Who made the draft, asked for approval and approved."""
    acts = [Act("created", row["created_by"], row["created_at"])]
    if row["asked_by"] and row["asked_at"]:
        acts.append(Act("asked", row["asked_by"], row["asked_at"]))
    if row["approved_by"] and row["approved_at"]:
        acts.append(Act("approved", row["approved_by"], row["approved_at"]))
    return tuple(acts)


def _published(row: Any) -> Act:
    return Act("reverted" if row["kind"] == "rollback" else "published", row["by"], row["at"])


def source_of(row: Any) -> SourceFile:
    """The file of a draft, and how it was read."""
    answers = row["answers"] or {}
    return SourceFile(
        name=row["file_name"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        producer=row["producer"],
        crs=answers.get("crs"),
        encoding=answers.get("encoding"),
        licence=row["licence"],
        attribution=attribution_of(row),
    )
