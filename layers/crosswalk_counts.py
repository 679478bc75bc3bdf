# SPDX-License-Identifier: Apache-2.0
"""How many features lie in each overlap of two sets, as a weight for figures of the first on the second."""

from functools import lru_cache

from sqlalchemy import Text, bindparam, func, select

from boundaries.tables import unit, unit_set_version
from geo.db.pool import Database
from geo.db.statement import Statement
from layers.tables import feature_unit


async def count_overlaps(database: Database, layer: str, from_set: str, to_set: str) -> dict[tuple[str, str], float]:
    """Features by (code of the first set, code of the second); both sets have published shapes."""
    rows = await database.fetch(_counts(), layer=layer, from_set=from_set, to_set=to_set)
    return {(row["from_code"], row["to_code"]): float(row["features"]) for row in rows}


@lru_cache(maxsize=1)
def _counts() -> Statement:
    sides = {}
    for side in ("from", "to"):
        version, one = unit_set_version.alias(f"{side}_version"), unit.alias(f"{side}_unit")
        lies = feature_unit.alias(f"{side}_lies")
        sides[side] = (
            select(lies.c.feature, one.c.code)
            .join(version, version.c.id == lies.c.version)
            .join(one, one.c.id == lies.c.unit)
            .where(
                lies.c.layer == bindparam("layer", type_=Text),
                version.c.status == "published",
                version.c.unit_set == bindparam(f"{side}_set", type_=Text),
            )
            .subquery(side)
        )
    before, after = sides["from"], sides["to"]
    return Statement(
        select(before.c.code.label("from_code"), after.c.code.label("to_code"), func.count().label("features"))
        .select_from(before)
        .join(after, after.c.feature == before.c.feature)
        .group_by(before.c.code, after.c.code)
    )
