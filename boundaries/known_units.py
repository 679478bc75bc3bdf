# SPDX-License-Identifier: Apache-2.0
"""What the database knows before an upload is read: the units of every published set."""

import shapely
from sqlalchemy import LargeBinary, func, select

from boundaries.known import KnownUnit, KnownUnits
from boundaries.tables import unit, unit_set_version
from geo.db.pool import Connection
from geo.db.statement import Statement

_UNITS = Statement(
    select(
        unit_set_version.c.unit_set,
        unit.c.code,
        unit.c.name,
        unit.c.full_name,
        unit.c.type,
        func.ST_AsBinary(unit.c.geom, type_=LargeBinary).label("wkb"),
    )
    .join(unit_set_version, unit_set_version.c.id == unit.c.version)
    .where(unit_set_version.c.status == "published")
    .order_by(unit.c.id)
)


async def known_units(connection: Connection, current: str) -> KnownUnits:
    """Every published unit.

    Args:
        connection: to PostGIS.
        current: the id of the set that an upload is compared with.
    """
    rows = await connection.fetch(_UNITS.sql, *_UNITS.args())
    return KnownUnits(
        tuple(
            KnownUnit(
                row["code"], row["name"], row["full_name"], row["type"], row["unit_set"], shapely.from_wkb(row["wkb"])
            )
            for row in rows
        ),
        current,
    )
