# SPDX-License-Identifier: Apache-2.0
"""The ingest door for the units layer: a whole set is published, and features are assigned to its units."""

from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, delete, func, literal, null, select

from boundaries.publish import publish
from boundaries.tables import unit_set_version
from boundaries.unit_files import read_unit_set
from geo.db.pool import Database
from geo.db.statement import Statement
from layers.registry import LayerRegistry
from layers.tables import feature_unit

_ASSIGN = Statement(
    select(func.assign_units(bindparam("layer", type_=Text), null(), bindparam("version", type_=BigInteger)))
)
# Writers wait while a set is published: what they store meanwhile would belong to the version that is superseded. Taken
# first, because a writer in flight refers to the version that publishing locks.
_HOLD_WRITERS = "lock table feature in share row exclusive mode"
# Features follow the published version only; what an older version held is found again by publishing it again.
_FORGET_SUPERSEDED = Statement(
    delete(feature_unit).where(
        feature_unit.c.version.in_(
            select(unit_set_version.c.id).where(unit_set_version.c.status == literal("superseded"))
        )
    )
)


async def ingest_units(database: Database, registry: LayerRegistry, source: str, body: Any) -> dict[str, Any]:
    """Publish a pushed set in one transaction.

    Raises:
        UnitSetInvalid: the set is not publishable; nothing was changed.
    """
    units = read_unit_set(body)
    async with database.transaction() as connection:
        await connection.execute(_HOLD_WRITERS)
        published = await publish(connection, units)
        if published.is_new:
            await connection.execute(_FORGET_SUPERSEDED.sql, *_FORGET_SUPERSEDED.args())
            for spec in registry.values():
                if spec.store == "feature":
                    values = _ASSIGN.args(layer=spec.id, version=published.version)
                    await connection.execute(_ASSIGN.sql, *values)
    count = len(units.units)
    return {
        "layer": "units",
        "source": source,
        "unit_set": units.id,
        "version": published.number,
        "received": count,
        "accepted": count if published.is_new and published.number == 1 else 0,
        "changed": count if published.is_new and published.number > 1 else 0,
        "unchanged": 0 if published.is_new else count,
        "rejected": [],
    }
