# SPDX-License-Identifier: Apache-2.0
"""The ingest door for the units layer: a whole set is published, and features are assigned to its units."""

from typing import Any

from boundaries.publications.state import record, state_of
from boundaries.publish import publish
from boundaries.unit_files import read_unit_set
from geo.db.pool import Database
from layers.registry import LayerRegistry
from layers.unit_publish import follow, hold_writers


async def ingest_units(database: Database, registry: LayerRegistry, source: str, body: Any) -> dict[str, Any]:
    """Publish a pushed set in one transaction.

    Raises:
        UnitSetInvalid: the set is not publishable; nothing was changed.
    """
    units = read_unit_set(body)
    async with database.transaction() as connection:
        await hold_writers(connection)
        before = await state_of(connection, [units.id])
        published = await publish(connection, units)
        if published.is_new:
            after = await state_of(connection, [units.id])
            said = {"kind": "import", "by": source, "unit_set": units.id, "effective_from": units.valid_from}
            said |= {"version": published.version, "number": published.number, "before": before, "after": after}
            await record(connection, said)
            await follow(connection, registry, [published.version])
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
