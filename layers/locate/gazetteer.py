# SPDX-License-Identifier: Apache-2.0
"""What can be named in Thái Nguyên: units of every published generation, and buildings of the registers."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Float, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.tables import unit, unit_set, unit_set_version
from geo.bbox import BBox
from geo.db.pool import Connection
from geo.db.statement import Statement
from layers.locate.names import NameIndex
from layers.registry import LayerRegistry
from layers.tables import feature

_FRESH_S = 30.0
_MARGIN_DEGREES = 0.05  # some five kilometres
_SHORTEST_LANDMARK = 8

_UNITS = Statement(
    select(
        unit.c.code,
        unit.c.name,
        unit.c.full_name,
        unit_set.c.id.label("unit_set"),
        unit_set.c.valid_from,
        unit_set.c.valid_to,
        func.ST_X(unit.c.label_point, type_=Float).label("lon"),
        func.ST_Y(unit.c.label_point, type_=Float).label("lat"),
        func.ST_XMin(unit.c.geom, type_=Float).label("west"),
        func.ST_YMin(unit.c.geom, type_=Float).label("south"),
        func.ST_XMax(unit.c.geom, type_=Float).label("east"),
        func.ST_YMax(unit.c.geom, type_=Float).label("north"),
    )
    .join(unit_set_version, unit_set_version.c.id == unit.c.version)
    .join(unit_set, unit_set.c.id == unit_set_version.c.unit_set)
    .where(unit_set_version.c.status == "published")
    .order_by(unit.c.id)
)
_LANDMARKS = Statement(
    select(
        feature.c.properties.op("->>", return_type=Text())("name").label("name"),
        func.ST_X(feature.c.geom, type_=Float).label("lon"),
        func.ST_Y(feature.c.geom, type_=Float).label("lat"),
    ).where(
        feature.c.layer == func.any(bindparam("layers", type_=ARRAY(Text))),
        func.GeometryType(feature.c.geom) == "POINT",
    )
)


@dataclass(frozen=True)
class NamedUnit:
    """A unit of one generation, by its code there."""

    unit_set: str
    code: str
    name: str
    bare_name: str
    valid_from: date
    valid_to: date | None
    lon: float
    lat: float
    box: BBox

    def is_law_on(self, day: date) -> bool:
        """Whether the generation was in force that day (half-open)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Landmark:
    """A building or place of a register."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Names:
    """Everything that can be named, at one moment; ``area`` is around all units, ``None`` where there are none."""

    units: NameIndex[NamedUnit]
    landmarks: NameIndex[Landmark]
    area: BBox | None


class Gazetteer:
    """Names, read again from the database every half minute."""

    def __init__(self, registry: LayerRegistry) -> None:
        self._layers = sorted(
            spec.id
            for spec in registry.values()
            if spec.group.id == "facilities" and spec.geometry == "Point" and spec.title_field == "name"
        )
        self._names: Names | None = None
        self._read_at = 0.0

    async def names(self, connection: Connection) -> Names:
        """The names of this half minute."""
        if self._names is None or time.monotonic() - self._read_at > _FRESH_S:
            units = await connection.fetch(_UNITS.sql, *_UNITS.args())
            landmarks = await connection.fetch(_LANDMARKS.sql, *_LANDMARKS.args(layers=self._layers))
            self._names, self._read_at = _names(units, landmarks), time.monotonic()
        return self._names


def _names(units: Sequence[Any], landmarks: Sequence[Any]) -> Names:
    named = [
        NamedUnit(
            row["unit_set"], row["code"], row["full_name"] or row["name"], row["name"], row["valid_from"],
            row["valid_to"], row["lon"], row["lat"], BBox(row["west"], row["south"], row["east"], row["north"]),
        )
        for row in units
    ]  # fmt: skip
    known = [
        (row["name"], Landmark(row["name"], row["lon"], row["lat"]))
        for row in landmarks
        if row["name"] and len(row["name"]) >= _SHORTEST_LANDMARK and " " in row["name"]
    ]
    area = None
    if named:
        area = BBox(
            min(one.box.west for one in named) - _MARGIN_DEGREES,
            min(one.box.south for one in named) - _MARGIN_DEGREES,
            max(one.box.east for one in named) + _MARGIN_DEGREES,
            max(one.box.north for one in named) + _MARGIN_DEGREES,
        )
    return Names(NameIndex((row["name"], one) for row, one in zip(units, named, strict=True)), NameIndex(known), area)
