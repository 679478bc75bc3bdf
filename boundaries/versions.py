# SPDX-License-Identifier: Apache-2.0
"""The units of a draft as a version of its set: shapes, tiles, lineage and borders that are not agreed yet.

A version with the status 'draft' is like any other one, but nobody sees it on the map. Publishing gives it a number.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import MultiLineString

from boundaries import sql
from boundaries.compare.values import DraftTarget, Lineage, UnitShape
from boundaries.tile_shapes import tile_shapes
from geo.db.pool import Connection
from geo.db.statement import Statement
from geo.measure import area_m2


async def store_draft_version(
    connection: Connection,
    draft: DraftTarget,
    units: Sequence[UnitShape],
    lineage: Lineage,
    unagreed: Iterable[Sequence[str]],
) -> int:
    """Store units as a version with the status 'draft'; answers its id.

    Args:
        connection: inside the caller's transaction.
        draft: what the version is of; a set that is not there yet is stored, and no reader sees it.
        units: codes are unique.
        lineage: of the comparison with the published units of ``draft.base_set``.
        unagreed: pairs of codes whose common border is not yet agreed.
    """

    async def fetch(statement: Statement, **values: Any) -> list[Any]:
        return await connection.fetch(statement.sql, *statement.args(**values))

    about = {name: getattr(draft, name) for name in ("title_vi", "title_en", "valid_from", "valid_to")}
    await fetch(sql.ADD_SET, id=draft.unit_set, **about)
    credit = {name: getattr(draft, name) for name in ("approximate", "attribution_vi", "attribution_en", "licence")}
    rows = await fetch(sql.INSERT_DRAFT, unit_set=draft.unit_set, content_hash=_digest(draft, units), **credit)
    version = int(rows[0]["id"])
    inserted = await fetch(sql.INSERT_UNITS, version=version, **_columns(draft, units))
    ids = {row["code"]: row["id"] for row in inserted}
    if draft.base_set == draft.unit_set:
        await fetch(sql.COPY_LINEAGE, version=version, of_set=draft.unit_set)
    elif draft.base_set is not None:
        await fetch(sql.INSERT_LINEAGE, **_lineage(draft.base_set, lineage, ids))
    shapes = tile_shapes([unit.geometry for unit in units], [ids[unit.code] for unit in units])
    await fetch(sql.INSERT_TILE_GEOMS, version=version, **shapes)
    await fetch(sql.INSERT_EDGES, version=version, **_edges(units, unagreed))
    await fetch(sql.MAKE_TILES, version=version)
    return version


def _digest(draft: DraftTarget, units: Sequence[UnitShape]) -> str:
    whole = hashlib.sha256(repr(draft).encode())
    for unit in sorted(units, key=lambda one: one.code):
        whole.update(repr((unit.code, unit.name, unit.full_name, unit.type)).encode())
        whole.update(shapely.to_wkb(unit.geometry))
    return whole.hexdigest()


def _columns(draft: DraftTarget, units: Sequence[UnitShape]) -> dict[str, list[Any]]:
    names = ("code", "name", "full_name", "type")
    columns: dict[str, list[Any]] = {name: [getattr(unit, name) for unit in units] for name in names}
    columns["valid_from"] = [draft.valid_from] * len(units)
    columns["valid_to"] = [draft.valid_to] * len(units)
    columns["area_m2"] = [area_m2(shapely.orient_polygons(unit.geometry)) for unit in units]
    columns["wkb"] = [shapely.to_wkb(unit.geometry) for unit in units]
    columns["label"] = [shapely.to_wkb(_label(unit)) for unit in units]
    return columns


def _label(unit: UnitShape) -> shapely.Point:
    """The middle of the largest circle in the largest part; a draft's shape may be broken, and has one all the same."""
    largest = max(unit.geometry.geoms, key=lambda part: part.area)
    if not largest.is_valid:
        return largest.envelope.centroid
    return shapely.Point(shapely.maximum_inscribed_circle(largest, tolerance=1e-4).coords[0])


def _lineage(base_set: str, lineage: Lineage, ids: Mapping[str, int]) -> dict[str, list[Any]]:
    rows = [(ids[code], base_set, *origin) for code, origins in lineage.items() if code in ids for origin in origins]
    names = ("to_unit", "from_set", "from_code", "share_area")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _edges(units: Sequence[UnitShape], pairs: Iterable[Sequence[str]]) -> dict[str, list[Any]]:
    """The common border of each pair that has one."""
    border = {unit.code: unit.geometry.boundary for unit in units}
    columns: dict[str, list[Any]] = {"code_a": [], "code_b": [], "wkb": []}
    for code_a, code_b in sorted({(min(pair), max(pair)) for pair in pairs}):
        if code_a == code_b or code_a not in border or code_b not in border:
            continue
        common = shapely.get_parts(shapely.intersection(border[code_a], border[code_b]))
        lines = [line for line in common if line.geom_type == "LineString"]
        if lines:
            merged = shapely.get_parts(shapely.line_merge(MultiLineString(lines)))
            columns["code_a"].append(code_a)
            columns["code_b"].append(code_b)
            columns["wkb"].append(shapely.to_wkb(MultiLineString(list(merged))))
    return columns
