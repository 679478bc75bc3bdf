# SPDX-License-Identifier: Apache-2.0
"""The facts of a publication's report: what was published, loaded or taken back, as far as a reader may see it."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely

from boundaries.compare.compare import compare
from boundaries.compare.values import UnitShape
from boundaries.drafts.stored import change_rows
from boundaries.drafts.summary import compared
from boundaries.report.facts import Act, Consequence, Finding, ReportFacts, SourceFile, Subject
from boundaries.report.gather import acts_of, source_of
from boundaries.report.publication_rows import PublicationRows, publication_rows
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
from geo.db.pool import Database
from geo.errors import NotFound

_SUBJECTS: dict[str, Subject] = {"publish": "publish", "rollback": "rollback", "import": "import"}


@dataclass(frozen=True)
class Compared:
    """Changes as rows, and their sums: those that the check kept, or made anew of the two versions."""

    rows: Sequence[Any]
    summary: Any


async def publication_facts(database: Database, publication: int, layers: Collection[str]) -> ReportFacts:
    """What is to be reported of a publication.

    Args:
        layers: those whose counts the reader may see.

    Raises:
        NotFound: there is no such publication.
    """
    async with database.connection() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await publication_rows(connection, publication)
    if rows is None:
        raise NotFound(
            "There is no such publication.", code="publication_not_found", detail_vi="Không có lần công bố này."
        )
    return await asyncio.to_thread(facts_of, rows, layers)


def facts_of(rows: PublicationRows, layers: Collection[str]) -> ReportFacts:
    """Facts from rows. Pure; takes seconds for the 92 communes, so it runs beside the event loop."""
    row, draft = rows.row, rows.draft
    is_rollback = row["kind"] == "rollback"
    changed = _compared(rows)
    changes = tuple(change_of(one) for one in changed.rows)
    facts = ReportFacts(
        subject=_SUBJECTS[row["kind"]],
        number=row["id"],
        state=_state(row),
        title="" if draft is None else draft.draft["title"],
        dated=row["at"],
        target=rows.target,
        base=rows.base,
        is_current=draft is not None or row["draft"] is None,
        is_examined=False,
        reverts=row["reverts"],
        sentence=both_of(changed.summary["sentence"]) if rows.after else None,
        reason=row["reason"],
        legal=legal_of(row),
        acts=_acts(rows),
        source=SourceFile(licence=rows.origin["licence"], attribution=attribution_of(rows.origin)),
        totals=totals_of(changed.summary, len(rows.before), changes),
        maps=maps_of(rows.before, rows.after, changed.rows, changes),
        changes=changes,
        consequences=_consequences(row, layers),
        unagreed=unagreed_of(rows.edges),
    )
    return facts if draft is None or is_rollback else _with_check(facts, rows)


def _with_check(facts: ReportFacts, rows: PublicationRows) -> ReportFacts:
    """With the file, the findings and the repairs of the check that was published."""
    assert rows.draft is not None
    assert facts.source is not None
    row = rows.draft.draft
    return replace(
        facts,
        is_examined=True,
        scope=tuple(row["scope"]) if row["scope"] else None,
        source=replace(source_of(row), licence=facts.source.licence, attribution=facts.source.attribution),
        findings=tuple(_as_it_was(finding_of(one), rows.row) for one in rows.draft.findings),
        repairs=repairs_of(row["effects"]),
    )


def _as_it_was(finding: Finding, row: Any) -> Finding:
    """A finding without a waiver that was given later."""
    return finding if finding.waiver is None or finding.waiver.at <= row["at"] else replace(finding, waiver=None)


def _compared(rows: PublicationRows) -> Compared:
    if rows.draft is not None and rows.row["kind"] != "rollback":
        return Compared(rows.draft.changes, rows.draft.draft["summary"])
    comparison = compare(_shapes(rows.before), _shapes(rows.after))
    return Compared(change_rows(comparison.changes, ()), compared(len(rows.after), comparison, ()))


def _shapes(units: Sequence[Any]) -> list[UnitShape]:
    return [
        UnitShape(one["code"], one["name"], one["full_name"], one["type"], shapely.from_wkb(one["wkb"]))
        for one in units
    ]


def _state(row: Any) -> str:
    """What became of it."""
    if row["kind"] == "rollback":
        return "restored"
    if row["reverted_at"] is not None:
        return "reverted"
    return str(row["status"])


def _acts(rows: PublicationRows) -> tuple[Act, ...]:
    """Who drew up, approved, published and took back, in the order of time."""
    row, published = rows.row, rows.published
    acts: list[Act] = []
    if rows.draft is not None:
        acts += [act for act in acts_of(rows.draft.draft) if act.deed != "approved" and _is_before(act, published)]
    if published["approved_by"] is not None:
        acts.append(Act("approved", published["approved_by"], _approved_at(rows)))
    acts.append(Act("loaded" if published["kind"] == "import" else "published", published["by"], published["at"]))
    if published["reverted_at"] is not None:
        acts.append(Act("reverted", published["reverted_by"], published["reverted_at"]))
    elif row["status"] == "superseded":
        acts.append(Act("superseded", None, row["superseded_at"]))
    return tuple(acts)


def _approved_at(rows: PublicationRows) -> Any:
    """When it was approved, if the draft still tells."""
    if rows.draft is None:
        return None
    for act in acts_of(rows.draft.draft):
        if act.deed == "approved" and act.who == rows.published["approved_by"] and _is_before(act, rows.published):
            return act.at
    return None


def _is_before(act: Act, published: Any) -> bool:
    return act.at is not None and act.at <= published["at"]


def _consequences(row: Any, layers: Collection[str]) -> tuple[Consequence, ...] | None:
    """Of the layers that the reader sees; None where none is left: that is another thing than nothing counted."""
    seen = tuple(one for one in consequences_of(row["consequences"]) or () if one.layer in layers)
    return seen or None
