# SPDX-License-Identifier: Apache-2.0
"""How many features of each layer lie in one unit."""

from functools import lru_cache

from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.pool import Database
from geo.db.statement import Statement
from layers.tables import feature_unit


async def counts_of_unit(database: Database, unit: int, area: tuple[int, ...] | None) -> dict[str, int]:
    """Features by layer; layers without any are left out.

    Args:
        area: the units that the reader may see, ``None`` for all: only features that lie in one of them count.
    """
    values = {"unit": unit} if area is None else {"unit": unit, "area": list(area)}
    rows = await database.fetch(_counts(area is not None), **values)
    return {row["layer"]: row["features"] for row in rows}


@lru_cache(maxsize=2)
def _counts(within_area: bool) -> Statement:
    lies = feature_unit.alias("lies")
    statement = (
        select(lies.c.layer, func.count().label("features"))
        .where(lies.c.unit == bindparam("unit", type_=BigInteger))
        .group_by(lies.c.layer)
    )
    if within_area:
        seen = feature_unit.alias("seen")
        statement = statement.where(
            select(seen.c.unit)
            .where(
                seen.c.layer == lies.c.layer,
                seen.c.feature == lies.c.feature,
                seen.c.unit == func.any(bindparam("area", type_=ARRAY(BigInteger))),
            )
            .exists()
        )
    return Statement(statement)
