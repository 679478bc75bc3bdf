# SPDX-License-Identifier: Apache-2.0
"""What a version would mean for features: how many of each layer would lie in another unit than they do now.

Counted by the location of live features; a shape counts where a point on it lies. A feature changes its unit when it
comes into one of another code, or of another name: codes are used again for other places.
"""

from typing import Any

from sqlalchemy import BigInteger, Select, Text, and_, bindparam, func, or_, select, true
from sqlalchemy.sql.selectable import CTE

from boundaries.tables import unit
from geo.db.functions import text_literal
from geo.db.pool import Connection
from geo.db.statement import Statement
from layers.registry import LayerRegistry
from layers.tables import feature

_LISTED = 200
_LAYER = bindparam("layer", type_=Text)


async def consequences(
    connection: Connection, registry: LayerRegistry, version: int, base_version: int | None
) -> list[dict[str, Any]]:
    """For each layer of features, how many there are, would change their unit, would gain one or lose theirs.

    Args:
        connection: may be in the transaction that stores the version.
        registry: the layers.
        version: of units, published or not.
        base_version: of the units that they would replace; None when there are none.
    """
    found = []
    for spec in registry.values():
        if spec.store == "feature":
            values = _MOVES.args(layer=spec.id, version=version, base=-1 if base_version is None else base_version)
            rows = await connection.fetch(_MOVES.sql, *values)
            total = await connection.fetchval(_TOTAL.sql, *_TOTAL.args(layer=spec.id))
            found.append({"layer": spec.id, "title": spec.title._asdict(), "total": total, **_summed(rows)})
    return found


def _summed(rows: list[Any]) -> dict[str, Any]:
    moves = [
        {
            "from": row["code_from"],
            "to": row["code_to"],
            "from_name": row["name_from"],
            "to_name": row["name_to"],
            "features": row["features"],
        }
        for row in rows
    ]
    return {
        "changed": sum(move["features"] for move in moves if move["from"] and move["to"]),
        "gained": sum(move["features"] for move in moves if not move["from"]),
        "lost": sum(move["features"] for move in moves if not move["to"]),
        "moves": moves[:_LISTED],
    }


def _lies_in(name: str, version: str) -> CTE:
    """Which feature lies in which unit of a version; on a shared border in the one with the lower id."""
    place = func.ST_PointOnSurface(feature.c.geom)
    inside = (
        select(feature.c.id)
        .where(
            feature.c.layer == _LAYER,
            feature.c.geom.op("&&", is_comparison=True)(unit.c.geom),
            or_(
                and_(
                    func.GeometryType(feature.c.geom) == text_literal("POINT"),
                    func.ST_Covers(unit.c.geom, feature.c.geom),
                ),
                and_(func.GeometryType(feature.c.geom) != text_literal("POINT"), func.ST_Covers(unit.c.geom, place)),
            ),
        )
        .correlate(unit)
        .lateral("inside")
    )
    return (
        select(inside.c.id, func.min(unit.c.id).label("unit"))
        .select_from(unit)
        .join(inside, true())
        .where(unit.c.version == bindparam(version, type_=BigInteger))
        .group_by(inside.c.id)
        .cte(name)
    )


def _moves() -> Select[Any]:
    before, after = _lies_in("before", "base"), _lies_in("after", "version")
    old, new = unit.alias("old"), unit.alias("new")
    return (
        select(
            old.c.code.label("code_from"),
            new.c.code.label("code_to"),
            old.c.full_name.label("name_from"),
            new.c.full_name.label("name_to"),
            func.count().label("features"),
        )
        .select_from(before)
        .join(after, after.c.id == before.c.id, full=True)
        .outerjoin(old, old.c.id == before.c.unit)
        .outerjoin(new, new.c.id == after.c.unit)
        .where(or_(old.c.code.is_distinct_from(new.c.code), old.c.full_name.is_distinct_from(new.c.full_name)))
        .group_by(old.c.code, new.c.code, old.c.full_name, new.c.full_name)
        .order_by(func.count().desc(), old.c.code, new.c.code)
    )


_MOVES = Statement(_moves())
_TOTAL = Statement(select(func.count()).select_from(feature).where(feature.c.layer == _LAYER))
