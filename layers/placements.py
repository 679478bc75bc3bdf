# SPDX-License-Identifier: Apache-2.0
"""Where people put records that their sources cannot place. A placement holds until the source says a place itself."""

from collections.abc import Sequence
from typing import NamedTuple

import shapely
from sqlalchemy import Text, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.tables import unit, unit_set_version
from geo.db.pool import Connection
from geo.db.statement import Statement
from geo.hexgrid import cell_of
from layers.sources.tables import placement

PIN, PINNED_UNIT = "operator_pin", "operator_unit"


class Placement(NamedTuple):
    """A person's word on a place: a point with a radius, or a unit."""

    point: tuple[float, float] | None
    unit: int | None
    radius_m: float | None

    @property
    def wkb(self) -> bytes | None:
        """The point as it is stored."""
        return None if self.point is None else shapely.to_wkb(shapely.Point(self.point), byte_order=1)

    @property
    def h3(self) -> int | None:
        """The point's stored cell."""
        return None if self.point is None else cell_of(*self.point)

    @property
    def method(self) -> str:
        """How the place is known."""
        return PINNED_UNIT if self.point is None else PIN


_SELECT = Statement(
    select(
        placement.c.external_id,
        func.ST_X(placement.c.geom).label("lon"),
        func.ST_Y(placement.c.geom).label("lat"),
        placement.c.radius_m,
        unit.c.id.label("unit"),
    )
    .select_from(
        placement.outerjoin(
            unit_set_version,
            and_(unit_set_version.c.unit_set == placement.c.unit_set, unit_set_version.c.status == "published"),
        ).outerjoin(unit, and_(unit.c.version == unit_set_version.c.id, unit.c.code == placement.c.unit_code))
    )
    .where(
        placement.c.layer == bindparam("layer", type_=Text),
        placement.c.source == bindparam("source", type_=Text),
        placement.c.external_id == func.any(bindparam("ids", type_=ARRAY(Text))),
    )
)


async def placements_of(connection: Connection, layer: str, source: str, ids: Sequence[str]) -> dict[str, Placement]:
    """Placements by external id, of these records of a source."""
    if not ids:
        return {}
    rows = await connection.fetch(_SELECT.sql, *_SELECT.args(layer=layer, source=source, ids=list(ids)))
    return {
        row["external_id"]: Placement(
            None if row["lon"] is None else (row["lon"], row["lat"]), row["unit"], row["radius_m"]
        )
        for row in rows
        if row["lon"] is not None or row["unit"] is not None
    }
