# SPDX-License-Identifier: Apache-2.0
"""Questions about units: which sets there are, one unit with its relatives, the units at a point."""

from dataclasses import dataclass
from typing import Any

from boundaries import sql
from boundaries.errors import UnitNotFound
from geo.db.pool import Database


@dataclass(frozen=True)
class UnitFacts:
    """One unit and the units it came from or went into."""

    unit: Any
    predecessors: list[Any]
    successors: list[Any]


async def unit_sets(database: Database) -> list[Any]:
    """Every set with its published version, oldest first."""
    return await database.fetch(sql.SELECT_SETS)


async def unit_facts(database: Database, unit_set: str, code: str) -> UnitFacts:
    """One unit of a set's published version.

    Raises:
        UnitNotFound: no such set, or no such code in it.
    """
    unit = await database.fetchrow(sql.SELECT_UNIT, unit_set=unit_set, code=code)
    if unit is None:
        raise UnitNotFound("There is no such unit in that set. /boundaries/sets lists the sets.")
    return UnitFacts(
        unit,
        await database.fetch(sql.SELECT_PREDECESSORS, unit=unit["id"]),
        await database.fetch(sql.SELECT_SUCCESSORS, unit=unit["id"]),
    )


async def units_at(database: Database, lon: float, lat: float) -> list[Any]:
    """The units that cover a point, one of each generation; oldest generation first."""
    rows = await database.fetch(sql.SELECT_UNITS_AT, lon=lon, lat=lat)
    # A point on a shared border lies in two units of one set: the lower id, as in the table feature_unit.
    first: dict[str, Any] = {}
    for row in rows:
        first.setdefault(row["unit_set"], row)
    return list(first.values())
