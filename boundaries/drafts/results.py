# SPDX-License-Identifier: Apache-2.0
"""What a check found and what would change, as GeoJSON; and waivers of findings, each with a reason."""

from typing import Any

import orjson

from boundaries.drafts import fields, sql
from boundaries.drafts import result_sql as rsql
from boundaries.drafts.change import closed, no_draft
from boundaries.drafts.values import BLOCKING_SEVERITIES, CHANGEABLE, WAIVABLE, draft_of
from geo.db.pool import Connection, Database
from geo.errors import Conflict, NotFound

_MEASURES = ("measure", "measure_unit", "threshold", "repair")
_CHANGED = (
    "number", "kinds", "is_neighbour", "code_before", "code_after", "name_before", "name_after", "type_before",
    "type_after", "area_before_m2", "area_after_m2", "won_m2", "lost_m2", "moved_m", "lineage",
)  # fmt: skip


async def findings_geojson(database: Database, draft_id: int) -> dict[str, Any]:
    """The findings of the latest check, in the order in which they were made.

    Raises:
        NotFound: there is no such draft.
    """
    await _check_draft(database, draft_id)
    return _collection([_finding(row) for row in await database.fetch(rsql.SELECT_FINDINGS, draft=draft_id)])


async def changes_geojson(database: Database, draft_id: int) -> dict[str, Any]:
    """Every unit that changes: what it wins and what it loses are features of their own.

    Raises:
        NotFound: there is no such draft.
    """
    await _check_draft(database, draft_id)
    features = []
    for row in await database.fetch(rsql.SELECT_CHANGES, draft=draft_id):
        properties = {name: row[name] for name in _CHANGED}
        parts: list[str | None] = [part for part in ("won", "lost") if row[part] is not None]
        features += [_feature(row[part] if part else None, {**properties, "part": part}) for part in (parts or [None])]
    return _collection(features)


async def waive(database: Database, draft_id: int, number: int, why: Any, waived_by: str) -> None:
    """Let a finding pass, with the reason.

    Raises:
        NotFound, Conflict: no such finding, or one that cannot be waived; or the draft is closed.
        BadBody: no reason.
    """
    reason = _reason(why)
    async with database.transaction() as connection:
        finding = await _open_finding(connection, draft_id, number)
        if not _waivable(finding):
            raise Conflict(
                "This finding cannot be waived: correct the file.",
                code="finding_not_waivable",
                detail_vi="Lỗi này không thể chấp nhận; hãy sửa dữ liệu.",
            )
        values = rsql.WAIVE.args(draft=draft_id, fingerprint=finding["fingerprint"], why=reason, waived_by=waived_by)
        await connection.execute(rsql.WAIVE.sql, *values)


async def waive_all(database: Database, draft_id: int, code: Any, why: Any, waived_by: str) -> None:
    """Let every finding of a code pass that blocks and may be waived, for one reason.

    Raises:
        NotFound: no such draft, or nothing of that code stands in the way.
        Conflict: the draft is closed.
        BadBody: no code or no reason.
    """
    wanted, reason = fields.text(code, "code", 60), _reason(why)
    async with database.transaction() as connection:
        await _open_draft(connection, draft_id)
        rows = await connection.fetch(rsql.SELECT_FINDINGS.sql, *rsql.SELECT_FINDINGS.args(draft=draft_id))
        found = [row for row in rows if row["code"] == wanted and row["why"] is None and _waivable(row)]
        if not found:
            raise NotFound(
                "No finding of that code stands in the way and may be waived.",
                code="finding_not_found",
                detail_vi="Không có lỗi nào thuộc mã này có thể chấp nhận.",
            )
        for row in found:
            values = rsql.WAIVE.args(draft=draft_id, fingerprint=row["fingerprint"], why=reason, waived_by=waived_by)
            await connection.execute(rsql.WAIVE.sql, *values)


def _waivable(finding: Any) -> bool:
    return bool(finding["severity"] == "error" and finding["code"].startswith(WAIVABLE))


def _reason(why: Any) -> str:
    reason = fields.text(why, "why", 2_000)
    if len(reason) < 3:
        raise fields.refused("value_invalid", "'why' says the reason.", "Hãy ghi rõ lý do.", member="why")
    return reason


async def take_back_waiver(database: Database, draft_id: int, number: int) -> None:
    """The finding counts again; an approval that was asked for is forgotten.

    Raises:
        NotFound, Conflict: no such finding or waiver, or the draft is closed.
    """
    async with database.transaction() as connection:
        finding = await _open_finding(connection, draft_id, number)
        values = rsql.UNWAIVE.args(draft=draft_id, fingerprint=finding["fingerprint"])
        if await connection.fetchval(rsql.UNWAIVE.sql, *values) is None:
            raise NotFound(
                "The finding is not waived.", code="waiver_not_found", detail_vi="Lỗi này chưa được chấp nhận."
            )
        await connection.execute(rsql.FORGET_APPROVAL.sql, *rsql.FORGET_APPROVAL.args(draft=draft_id))


async def _check_draft(database: Database, draft_id: int) -> None:
    if await database.fetchrow(sql.SELECT_DRAFT, draft=draft_id) is None:
        raise no_draft()


async def _open_draft(connection: Connection, draft_id: int) -> None:
    row = await connection.fetchrow(sql.LOCK_DRAFT.sql, *sql.LOCK_DRAFT.args(draft=draft_id))
    if row is None:
        raise no_draft()
    if row["state"] not in CHANGEABLE:
        raise closed(draft_of(row))


async def _open_finding(connection: Connection, draft_id: int, number: int) -> Any:
    await _open_draft(connection, draft_id)
    finding = await connection.fetchrow(
        rsql.SELECT_FINDING.sql, *rsql.SELECT_FINDING.args(draft=draft_id, number=number)
    )
    if finding is None:
        raise NotFound("There is no such finding.", code="finding_not_found", detail_vi="Không có lỗi này.")
    return finding


def _finding(row: Any) -> dict[str, Any]:
    waiver = None
    if row["why"] is not None:
        waiver = {"why": row["why"], "by": row["waived_by"], "at": row["waived_at"].isoformat()}
    properties = {
        "number": row["number"],
        "code": row["code"],
        "severity": row["severity"],
        "detail": {"vi": row["detail_vi"], "en": row["detail_en"]},
        "units": row["units"],
        **{name: row[name] for name in _MEASURES},
        "waiver": waiver,
        "waivable": _waivable(row),
        "blocking": waiver is None and row["severity"] in BLOCKING_SEVERITIES,
    }
    return _feature(row["geometry"], properties)


def _feature(geometry: str | None, properties: dict[str, Any]) -> dict[str, Any]:
    # As PostGIS wrote it: large shapes are not read again on their way out.
    shape = None if geometry is None else orjson.Fragment(geometry)
    return {"type": "Feature", "geometry": shape, "properties": properties}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
