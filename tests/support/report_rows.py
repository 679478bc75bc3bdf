# SPDX-License-Identifier: Apache-2.0
"""A draft in the database as a check leaves it, from the facts of a sample."""

import uuid
from collections.abc import Sequence
from typing import Any, TypeAlias

import asyncpg
import orjson
import shapely

from boundaries.report.facts import DrawnUnit, ReportFacts
from geo.measure import area_m2

Database: TypeAlias = "asyncpg.Connection[Any]"
WHY = "Đã thống nhất tại cuộc họp <b>ngày 5</b>"


async def store_draft(connection: Database, facts: ReportFacts) -> int:
    """Its two versions, file, legal document, changes, findings, waiver and open borders; answers its id."""
    base_set, version = f"r-{uuid.uuid4().hex[:12]}", facts.target.valid_from
    await connection.execute("insert into unit_set values ($1, 'Bộ cũ', 'Old set', $2, null)", base_set, version)
    base = await _version(connection, base_set, "published", facts.maps.before)
    made = await _version(connection, base_set, "draft", facts.maps.after)
    assert facts.source is not None
    assert facts.totals is not None
    file = await connection.fetchval(
        "insert into stored_file (sha256, size_bytes, name, media_type, stored_by) "
        "values ($1, 12345, $2, 'application/zip', 'hoa') returning id",
        facts.source.sha256,
        facts.source.name,
    )
    legal = await connection.fetchval(
        "insert into legal_document (number, issuer, title, signed_on, effective_on, created_by) "
        "values ('12/QĐ-UBND', 'UBND tỉnh', 'Về ranh giới', '2026-01-05', '2026-02-01', 'hoa') returning id"
    )
    draft: int = await connection.fetchval(
        "insert into boundary_draft (state, file, producer, title, base_set, base_version, unit_set, title_vi,"
        " title_en, valid_from, checked_revision, version, legal_document, created_by, scope, answers, effects,"
        " summary, consequences) values ('checked', $1, 'Xí nghiệp 103', $2, $3, $4, $3, 'Bộ cũ', 'Old set', $5, 1,"
        " $6, $7, 'hoa', array['05497'], $8, $9, $10, $11) returning id",
        file,
        facts.title,
        base_set,
        base,
        version,
        made,
        legal,
        _json({"crs": "EPSG:9213"}),
        _json([{"repair": "coverage.clean", "moved_m2": 812.5, "units": ["05497"]}]),
        _json(summary_of(facts)),
        _json(
            [
                {
                    "layer": layer,
                    "title": {"vi": title, "en": layer},
                    "total": 120,
                    "changed": 14,
                    "gained": 0,
                    "lost": 0,
                    "moves": [{"from": "05497", "to": "05503", "features": 14}],
                }
                for layer, title in (("cameras", "Camera"), ("secret", "Lớp kín"))
            ]
        ),
    )
    await _hang_on(connection, draft, made, facts)
    return draft


def summary_of(facts: ReportFacts) -> dict[str, Any]:
    """The summary as a check writes it."""
    assert facts.totals is not None
    return {
        "units": facts.totals.units_after,
        "unchanged": facts.totals.unchanged,
        "changes": dict(facts.totals.kinds),
        "area_before_m2": facts.totals.area_before_m2,
        "area_after_m2": facts.totals.area_after_m2,
        "won_m2": facts.totals.won_m2,
        "lost_m2": facts.totals.lost_m2,
        "sentence": {"vi": "32 đơn vị: 30 không đổi, 2 vẽ lại 1,7 km²", "en": "32 units: 30 unchanged"},
    }


async def _version(connection: Database, unit_set: str, status: str, units: Sequence[DrawnUnit]) -> int:
    version: int = await connection.fetchval(
        "insert into unit_set_version (unit_set, number, status, published_at, content_hash) values "
        "($1, case when $2 = 'draft' then null else 1 end, $2, case when $2 = 'draft' then null else now() end, 'x') "
        "returning id",
        unit_set,
        status,
    )
    await connection.executemany(
        "insert into unit (version, code, name, full_name, type, valid_from, area_m2, geom, label_point) values "
        "($1, $2, $3, $3, 'Xã', '2017-08-18', $4, ST_GeomFromWKB($5, 4326),"
        " ST_PointOnSurface(ST_GeomFromWKB($5, 4326)))",
        [(version, one.code, one.name, area_m2(one.geometry), shapely.to_wkb(one.geometry)) for one in units],
    )
    return version


async def _hang_on(connection: Database, draft: int, version: int, facts: ReportFacts) -> None:
    won, lost = dict(facts.maps.won), dict(facts.maps.lost)
    for number, one in enumerate(facts.changes, 1):
        code = one.code_after or ""
        await connection.execute(
            "insert into draft_change (draft, number, kinds, code_before, code_after, name_before, name_after,"
            " area_before_m2, area_after_m2, won_m2, lost_m2, moved_m, won, lost, lineage) values ($1, $2, $3, $4, $5,"
            " $6, $7, $8, $9, $10, $11, $12, ST_GeomFromWKB($13, 4326), ST_GeomFromWKB($14, 4326), $15)",
            draft, number, list(one.kinds), one.code_before, one.code_after, one.name_before, one.name_after,
            one.area_before_m2, one.area_after_m2, one.won_m2, one.lost_m2, one.moved_m,
            shapely.to_wkb(won[code]) if code in won else None, shapely.to_wkb(lost[code]) if code in lost else None,
            _json([{"code": origin, "share": part} for origin, part in one.lineage]),
        )  # fmt: skip
    await connection.execute(
        "insert into draft_finding (draft, number, code, severity, fingerprint, detail_vi, detail_en, units, measure,"
        " measure_unit, threshold) values ($1, 1, 'DIFF_AREA_LOST', 'error', 'f1', 'Khác diện tích', 'Other area',"
        " array['05497'], 380000, 'm2', 111000)",
        draft,
    )
    await connection.execute("insert into draft_waiver values ($1, 'f1', $2, 'binh', now())", draft, WHY)
    for border in facts.unagreed:
        assert border.geometry is not None
        await connection.execute(
            "insert into unit_edge values ($1, $2, $3, ST_Multi(ST_GeomFromWKB($4, 4326)))",
            version,
            border.code_a,
            border.code_b,
            shapely.to_wkb(border.geometry),
        )


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
