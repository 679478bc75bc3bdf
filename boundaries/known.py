# SPDX-License-Identifier: Apache-2.0
"""What is known before an upload is read: codes and names of every period, shapes of the current version."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class KnownUnit:
    """A unit of a period.

    Attributes:
        unit_set: slug of the set, e.g. "city_2017"; codes are unique within a set only.
        geometry: EPSG:4326; None for a period of which only codes and names are known.
    """

    code: str
    name: str
    full_name: str
    type: str
    unit_set: str
    geometry: BaseGeometry | None = None


@dataclass(frozen=True)
class KnownUnits:
    """Every unit that is known, and which set is the published one that an upload is compared with.

    Attributes:
        current: slug of the set with the shapes to compare with; "" when nothing was published yet.
        province: outline to tell where shapes may lie at all, EPSG:4326; the current set's union when None.
    """

    units: tuple[KnownUnit, ...]
    current: str = ""
    province: BaseGeometry | None = None

    @cached_property
    def current_units(self) -> tuple[KnownUnit, ...]:
        """The units of the published set that have shapes."""
        return tuple(unit for unit in self.units if unit.unit_set == self.current and unit.geometry is not None)

    @cached_property
    def current_by_code(self) -> dict[str, KnownUnit]:
        return {unit.code: unit for unit in self.current_units}

    @cached_property
    def outline(self) -> BaseGeometry | None:
        """Union of the published shapes; None when there are none."""
        shapes = [unit.geometry for unit in self.current_units]
        return shapely.union_all(shapes) if shapes else None

    @cached_property
    def area(self) -> BaseGeometry | None:
        """Where the shapes of an upload may lie: the province, or else the outline."""
        return self.province if self.province is not None else self.outline


def known_from_features(features: Iterable[dict[str, Any]], unit_set: str) -> tuple[KnownUnit, ...]:
    """Units of a GeoJSON feature list whose properties are code, name, full_name and type."""
    return tuple(
        KnownUnit(
            code=one["properties"]["code"],
            name=one["properties"]["name"],
            full_name=one["properties"].get("full_name") or one["properties"]["name"],
            type=one["properties"].get("type") or "",
            unit_set=unit_set,
            geometry=shapely.geometry.shape(one["geometry"]) if one.get("geometry") else None,
        )
        for one in features
    )
