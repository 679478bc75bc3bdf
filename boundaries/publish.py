# SPDX-License-Identifier: Apache-2.0
"""Publish a version of a unit set: one transaction, the older version stays as superseded."""

from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import Point

from boundaries import sql
from boundaries.publications.state import next_number
from boundaries.tile_shapes import tile_shapes
from boundaries.unit_files import UnitSetFile
from geo.db.pool import Connection
from geo.db.statement import Statement


@dataclass(frozen=True)
class Published:
    """The version that is in force now, and whether this call made it."""

    version: int
    number: int
    is_new: bool


async def publish(connection: Connection, units: UnitSetFile) -> Published:
    """Store a set as its next published version; the set that is published already changes nothing.

    Args:
        connection: inside the caller's transaction.
        units: the checked set.
    """

    async def fetch(statement: Statement, **values: Any) -> list[Any]:
        return await connection.fetch(statement.sql, *statement.args(**values))

    await fetch(
        sql.KEEP_SET,
        id=units.id,
        title_vi=units.title_vi,
        title_en=units.title_en,
        valid_from=units.valid_from,
        valid_to=units.valid_to,
    )
    current = await fetch(sql.SELECT_PUBLISHED, unit_set=units.id)
    if current and current[0]["content_hash"] == units.content_hash:
        return Published(current[0]["id"], current[0]["number"], is_new=False)
    number = await next_number(connection, units.id)
    await fetch(sql.SUPERSEDE, of_set=units.id)
    rows = await fetch(
        sql.INSERT_VERSION,
        unit_set=units.id,
        number=number,
        approximate=units.approximate,
        attribution_vi=units.attribution_vi,
        attribution_en=units.attribution_en,
        licence=units.licence,
        content_hash=units.content_hash,
    )
    version = rows[0]["id"]
    inserted = await fetch(sql.INSERT_UNITS, version=version, **_columns(units))
    unit_ids = {row["code"]: row["id"] for row in inserted}
    await fetch(sql.INSERT_LINEAGE, **_lineage(units, unit_ids))
    await fetch(sql.INSERT_TILE_GEOMS, version=version, **_tile_shapes(units, unit_ids))
    await fetch(sql.MAKE_TILES, version=version)
    return Published(version, number, is_new=True)


def _columns(units: UnitSetFile) -> dict[str, list[Any]]:
    names = ("code", "name", "full_name", "type", "valid_from", "valid_to", "area_m2")
    columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in units.units] for name in names}
    columns["wkb"] = [shapely.to_wkb(row.geometry) for row in units.units]
    columns["label"] = [shapely.to_wkb(Point(row.label)) for row in units.units]
    return columns


def _lineage(units: UnitSetFile, unit_ids: dict[str, int]) -> dict[str, list[Any]]:
    pairs = [(unit_ids[row.code], one) for row in units.units for one in row.predecessors]
    return {
        "to_unit": [to_unit for to_unit, _ in pairs],
        "from_set": [one.unit_set for _, one in pairs],
        "from_code": [one.code for _, one in pairs],
        "share_area": [one.share for _, one in pairs],
    }


def _tile_shapes(units: UnitSetFile, unit_ids: dict[str, int]) -> dict[str, list[Any]]:
    return tile_shapes([row.geometry for row in units.units], [unit_ids[row.code] for row in units.units])
