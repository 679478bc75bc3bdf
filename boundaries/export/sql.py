# SPDX-License-Identifier: Apache-2.0
"""Statements of exports. Pure builders, compiled once."""

from sqlalchemy import BigInteger, LargeBinary, bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from boundaries.tables import unit, unit_lineage, unit_set, unit_set_version
from geo.db.statement import Statement

SELECT_VERSION = Statement(
    select(
        unit_set_version.c.id,
        unit_set_version.c.unit_set,
        unit_set_version.c.number,
        unit_set_version.c.status,
        unit_set.c.title_vi,
        unit_set.c.title_en,
        unit_set.c.valid_from,
        unit_set_version.c.published_at,
        unit_set_version.c.approximate,
        unit_set_version.c.attribution_vi,
        unit_set_version.c.attribution_en,
        unit_set_version.c.licence,
        unit_set_version.c.content_hash,
    )
    .join(unit_set, unit_set.c.id == unit_set_version.c.unit_set)
    .where(unit_set_version.c.id == bindparam("version", type_=BigInteger))
)

_CAME_FROM = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_object(
                    "set", unit_lineage.c.from_set, "code", unit_lineage.c.from_code, "share", unit_lineage.c.share_area
                ),
                unit_lineage.c.from_set.collate("C"),
                unit_lineage.c.from_code.collate("C"),
            ),
            type_=JSONB,
        )
    )
    .where(unit_lineage.c.to_unit == unit.c.id)
    .scalar_subquery()
)

SELECT_UNITS = Statement(
    select(
        unit.c.code,
        unit.c.name,
        unit.c.full_name,
        unit.c.type,
        unit.c.valid_from,
        unit.c.valid_to,
        unit.c.area_m2,
        _CAME_FROM.label("predecessors"),
        func.ST_AsBinary(unit.c.geom, "NDR", type_=LargeBinary).label("wkb"),
    )
    .where(unit.c.version == bindparam("version", type_=BigInteger))
    .order_by(unit.c.code.collate("C"))
)
