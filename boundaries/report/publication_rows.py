# SPDX-License-Identifier: Apache-2.0
"""The rows that a publication's report is made of, read in one snapshot.

Units of a published version never change; a draft does, once its publication was taken back. So what the check of the
draft said belongs to the report only as long as the draft is of the revision that was published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from boundaries.report import sql
from boundaries.report.facts import Both, SetFacts
from boundaries.report.gather import DraftRows, draft_rows
from geo.db.pool import Connection
from geo.db.statement import Statement


@dataclass(frozen=True)
class PublicationRows:
    """Rows, and the two sides.

    Attributes:
        published: the publication, or of a rollback the one that it took back.
        draft: with the results of the check that was published; None when there was none, or when it is gone.
        base, target: the sets before and after, as they stood then; of a rollback from what was taken back to what was
            restored. No version: nothing was published there.
        origin: whom to name for the shapes, and under which licence.
    """

    row: Any
    published: Any
    draft: DraftRows | None
    base: SetFacts | None
    target: SetFacts
    before: Sequence[Any]
    after: Sequence[Any]
    edges: Sequence[Any]
    origin: Any


async def publication_rows(connection: Connection, publication: int) -> PublicationRows | None:
    """Everything of a publication; None when there is none."""

    async def fetch(statement: Statement, **values: Any) -> list[Any]:
        return await connection.fetch(statement.sql, *statement.args(**values))

    found = await fetch(sql.PUBLICATION, publication=publication)
    if not found:
        return None
    row = published = found[0]
    if row["reverts"] is not None:
        (published,) = await fetch(sql.PUBLICATION, publication=row["reverts"])
    draft = None if published["draft"] is None else await draft_rows(connection, published["draft"])
    base, target = _sides(row, published, None if draft is None else draft.draft["base_set"])
    shown = target.version or (base and base.version)
    origin = (await fetch(sql.ORIGIN, version=shown))[0]
    return PublicationRows(
        row=row,
        published=published,
        draft=draft if draft is not None and await _is_published_one(connection, published, draft.draft) else None,
        base=base,
        target=replace(target, approximate=bool(origin["approximate"])),
        before=await fetch(sql.UNITS, version=base.version) if base and base.version else (),
        after=await fetch(sql.UNITS, version=target.version) if target.version else (),
        edges=await fetch(sql.EDGES, version=target.version) if target.version else (),
        origin=origin,
    )


async def _is_published_one(connection: Connection, published: Any, draft: Any) -> bool:
    """Whether the draft is still what was published."""
    statement = sql.PUBLISHED_REVISION
    values = statement.args(draft=draft["id"], at=published["at"])
    revision = await connection.fetchval(statement.sql, *values)
    return revision is not None and revision == draft["revision"] == draft["checked_revision"]


def _sides(row: Any, published: Any, base_set: str | None) -> tuple[SetFacts | None, SetFacts]:
    """The sets before and after; the state before a publication has the older one, the state after it has both."""
    made, followed = row["unit_set"], base_set or row["unit_set"]
    if row["kind"] == "rollback":
        restored = _set(row["after"], followed, _in_force(row["after"], followed))
        assert restored is not None
        return _set(row["before"], made, published["version"]), restored
    target = _set(row["after"], made, row["version"])
    assert target is not None
    version = _in_force(row["before"], followed)
    base = _set(row["after"] if followed != made else row["before"], followed, version)
    return base if version is not None else None, target


def _in_force(state: Mapping[str, Any], unit_set: str) -> int | None:
    for one in state["versions"]:
        if (one["unit_set"], one["status"]) == (unit_set, "published"):
            return int(one["id"])
    return None


def _set(state: Mapping[str, Any], unit_set: str, version: int | None) -> SetFacts | None:
    numbers = {one["id"]: one["number"] for one in state["versions"]}
    for one in state["sets"]:
        if one["id"] == unit_set:
            return SetFacts(
                unit_set,
                Both(one["title_vi"], one["title_en"] or one["title_vi"]),
                date.fromisoformat(one["valid_from"]),
                date.fromisoformat(one["valid_to"]) if one["valid_to"] else None,
                version,
                numbers.get(version),
            )
    return None
