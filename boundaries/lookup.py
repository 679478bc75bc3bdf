# SPDX-License-Identifier: Apache-2.0
"""Questions about units: which sets there are, one unit with its relatives, the units at a point."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boundaries import sql
from boundaries.errors import UnitNotFound
from boundaries.publications.then import known_then
from geo.db.pool import Database
from geo.db.statement import Statement

_SETS, _UNIT, _UNITS_AT = Statement(sql.SETS), Statement(sql.UNIT), Statement(sql.UNITS_AT)
_PREDECESSORS, _SUCCESSORS = Statement(sql.PREDECESSORS), Statement(sql.SUCCESSORS)


@dataclass(frozen=True)
class UnitFacts:
    """One unit and the units it came from or went into."""

    unit: Any
    predecessors: list[Any]
    successors: list[Any]


async def unit_sets(database: Database, as_of: datetime | None = None) -> list[Any]:
    """Every set with its published version, oldest first; or with the version that was published at a moment."""
    return await database.fetch(_SETS if as_of is None else Statement(known_then(as_of, sql.SETS)))


async def unit_facts(database: Database, unit_set: str, code: str, as_of: datetime | None = None) -> UnitFacts:
    """One unit of a set's published version, or of the version that was published at a moment.

    Raises:
        UnitNotFound: no such set, or no such code in it.
    """
    asked = [(_UNIT, sql.UNIT), (_PREDECESSORS, sql.PREDECESSORS), (_SUCCESSORS, sql.SUCCESSORS)]
    one, *relatives = (now if as_of is None else Statement(known_then(as_of, clause)) for now, clause in asked)
    unit = await database.fetchrow(one, unit_set=unit_set, code=code)
    if unit is None:
        raise UnitNotFound("There is no such unit in that set. /boundaries/sets lists the sets.")
    return UnitFacts(unit, *[await database.fetch(relative, unit=unit["id"]) for relative in relatives])


async def units_at(database: Database, lon: float, lat: float, as_of: datetime | None = None) -> list[Any]:
    """The units that cover a point, one of each generation; oldest generation first."""
    statement = _UNITS_AT if as_of is None else Statement(known_then(as_of, sql.UNITS_AT))
    rows = await database.fetch(statement, lon=lon, lat=lat)
    # A point on a shared border lies in two units of one set: the lower id, as in the table feature_unit.
    first: dict[str, Any] = {}
    for row in rows:
        first.setdefault(row["unit_set"], row)
    return list(first.values())
