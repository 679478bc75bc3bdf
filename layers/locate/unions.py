# SPDX-License-Identifier: Apache-2.0
"""The ground of several units together, for records that name them instead of a shape: a warning for three communes."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Float, Text, bindparam, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.tables import unit, unit_set_version
from geo.db.pool import Connection
from geo.db.statement import Statement

# Some twenty metres: a warning is no survey, and borders have thousands of vertices.
_TOLERANCE_DEGREES = 0.0002
_GIVEN = (
    func.unnest(bindparam("sets", type_=ARRAY(Text)), bindparam("codes", type_=ARRAY(Text)))
    .table_valued(column("unit_set", Text), column("code", Text))
    .render_derived(name="given")
)
_UNION = Statement(
    select(
        func.count().label("n"),
        func.ST_AsGeoJSON(
            func.ST_SimplifyPreserveTopology(func.ST_Union(unit.c.geom), literal(_TOLERANCE_DEGREES, Float)), 7
        ).label("shape"),
    )
    .select_from(_GIVEN)
    .join(unit_set_version, unit_set_version.c.unit_set == _GIVEN.c.unit_set)
    .join(unit, (unit.c.version == unit_set_version.c.id) & (unit.c.code == _GIVEN.c.code))
    .where(unit_set_version.c.status == "published")
)


async def union_of(connection: Connection, units: Sequence[tuple[str, str]]) -> dict[str, Any] | None:
    """The union of units, named by set and code, as GeoJSON; ``None`` when one of them is not known."""
    values = _UNION.args(sets=[unit_set for unit_set, _ in units], codes=[code for _, code in units])
    row = await connection.fetchrow(_UNION.sql, *values)
    if row is None or row["shape"] is None or row["n"] != len(units):
        return None
    shape: dict[str, Any] = orjson.loads(row["shape"])
    return shape
