# SPDX-License-Identifier: Apache-2.0
"""The facts of a draft's report, read in one snapshot: a check that ends meanwhile does not mix into it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.report import sql
from boundaries.report.facts import (
    Act,
    Both,
    Change,
    Consequence,
    Finding,
    LegalBasis,
    Maps,
    Move,
    Repair,
    ReportFacts,
    SetFacts,
    SourceFile,
    Totals,
    UnagreedBorder,
    Waiver,
)
from boundaries.report.shapes import Named, drawn_maps
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
    )


def facts_of(rows: DraftRows) -> ReportFacts:
    """Facts from rows. Pure; takes a second for the 92 communes, so it runs beside the event loop."""
    row = rows.draft
    changes = tuple(_change(one) for one in rows.changes)
    summary = row["summary"] or {}
    return ReportFacts(
        subject="draft",
        number=row["id"],
        state=row["state"],
        title=row["title"],
        dated=row["updated_at"],
        target=_target(row),
        base=_base(row),
        revision=row["revision"],
        is_current=row["checked_revision"] == row["revision"],
        scope=tuple(row["scope"]) if row["scope"] else None,
        sentence=_both(summary.get("sentence")),
        legal=_legal(row),
        acts=_acts(row),
        source=_source(row),
        totals=_totals(summary, rows, changes),
        maps=_maps(rows, changes),
        changes=changes,
        findings=tuple(_finding(one) for one in rows.findings),
        repairs=tuple(
            Repair(one["repair"], float(one.get("moved_m2") or 0.0), tuple(one.get("units") or ()))
            for one in row["effects"] or ()
        ),
        consequences=consequences_of(row["consequences"]),
        unagreed=tuple(
            UnagreedBorder(one["code_a"], one["code_b"], shapely.from_wkb(one["wkb"]), one["length_m"])
            for one in rows.edges
        ),
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


def _legal(row: Any) -> LegalBasis | None:
    if row["legal_document"] is None:
        return None
    return LegalBasis(
        row["legal_number"],
        row["issuer"],
        row["legal_title"],
        row["signed_on"],
        row["effective_on"],
        row["legal_file_name"],
    )


def _acts(row: Any) -> tuple[Act, ...]:
    acts = [Act("created", row["created_by"], row["created_at"])]
    if row["asked_by"] and row["asked_at"]:
        acts.append(Act("asked", row["asked_by"], row["asked_at"]))
    if row["approved_by"] and row["approved_at"]:
        acts.append(Act("approved", row["approved_by"], row["approved_at"]))
    return tuple(acts)


def _source(row: Any) -> SourceFile:
    answers = row["answers"] or {}
    return SourceFile(
        name=row["file_name"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        producer=row["producer"],
        crs=answers.get("crs"),
        encoding=answers.get("encoding"),
        licence=row["licence"],
        attribution=Both(row["attribution_vi"], row["attribution_en"] or row["attribution_vi"])
        if row["attribution_vi"]
        else None,
    )


def _totals(summary: Mapping[str, Any], rows: DraftRows, changes: Sequence[Change]) -> Totals | None:
    """Sums as the check made them; None as long as there was nothing to compare."""
    if summary.get("area_after_m2") is None:
        return None
    unchanged = int(summary["unchanged"])
    return Totals(
        units_before=len(rows.before) or unchanged + sum(change.code_before is not None for change in changes),
        units_after=int(summary["units"]),
        unchanged=unchanged,
        area_before_m2=float(summary["area_before_m2"] or 0.0),
        area_after_m2=float(summary["area_after_m2"]),
        won_m2=float(summary["won_m2"] or 0.0),
        lost_m2=float(summary["lost_m2"] or 0.0),
        kinds=tuple((kind, int(count)) for kind, count in summary["changes"].items()),
    )


def _maps(rows: DraftRows, changes: Sequence[Change]) -> Maps:
    if not rows.after:
        return Maps()
    before, after = ([_named(one) for one in side] for side in (rows.before, rows.after))
    return drawn_maps(before, after, changes, *(_pieces(rows.changes, side) for side in ("won", "lost")))


def _named(row: Any) -> Named:
    return Named(row["code"], row["full_name"], shapely.from_wkb(row["wkb"]))


def _pieces(rows: Sequence[Any], side: str) -> list[tuple[str, BaseGeometry]]:
    found = []
    for row in rows:
        code = row["code_after"] if side == "won" else row["code_before"]
        if row[f"{side}_wkb"] is not None:
            found.append((code or row["code_after"] or row["code_before"], shapely.from_wkb(row[f"{side}_wkb"])))
    return found


_CHANGE_COLUMNS = (
    "code_before", "code_after", "name_before", "name_after", "type_before", "type_after", "area_before_m2",
    "area_after_m2", "won_m2", "lost_m2", "moved_m", "is_neighbour",
)  # fmt: skip


def _change(row: Any) -> Change:
    return Change(
        kinds=tuple(row["kinds"]),
        lineage=tuple((origin["code"], float(origin["share"])) for origin in row["lineage"]),
        **{name: row[name] for name in _CHANGE_COLUMNS},
    )


def _finding(row: Any) -> Finding:
    waiver = Waiver(row["why"], row["waived_by"], row["waived_at"]) if row["why"] is not None else None
    return Finding(
        row["number"],
        row["code"],
        row["severity"],
        Both(row["detail_vi"], row["detail_en"]),
        tuple(row["units"]),
        row["measure"],
        row["measure_unit"],
        row["threshold"],
        row["repair"],
        waiver,
    )


def consequences_of(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Consequence, ...] | None:
    """What follows by layer, as it is stored."""
    if stored is None:
        return None
    return tuple(
        Consequence(
            one["layer"],
            _both(one.get("title")) or Both(one["layer"], one["layer"]),
            int(one["total"]),
            int(one["changed"]),
            int(one.get("gained") or 0),
            int(one.get("lost") or 0),
            tuple(Move(move["from"], move["to"], int(move["features"])) for move in one.get("moves") or ()),
        )
        for one in stored
    )


def _both(text: Mapping[str, str] | None) -> Both | None:
    return Both(text["vi"], text.get("en") or text["vi"]) if text else None
