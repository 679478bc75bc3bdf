# SPDX-License-Identifier: Apache-2.0
"""Units to compare: the two synthetic generations of the city, and squares in metres."""

import json
from pathlib import Path
from typing import Any

import geopandas
from shapely.geometry import MultiPolygon, shape
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import area_of
from boundaries.compare.values import Comparison, UnitChange, UnitShape
from tests.boundaries.check_samples import degrees
from tests.boundaries.unit_samples import CITY, PROVINCE

_CITY_2025 = Path(__file__).parent / "data" / "synthetic_city_2025_8.geojson"


def unit_shapes(features: list[dict[str, Any]]) -> list[UnitShape]:
    rows = [(one["properties"], area_of(shape(one["geometry"]))) for one in features]
    return [UnitShape(one["code"], one["name"], one["full_name"], one["type"], area) for one, area in rows]


CITY_2017 = unit_shapes(CITY["features"])
CITY_2025 = unit_shapes(json.loads(_CITY_2025.read_text(encoding="utf-8"))["features"])
PROVINCE_2025 = unit_shapes(PROVINCE["features"])


def drawn(**shapes: BaseGeometry) -> list[UnitShape]:
    """Units "a", "b", ... with codes 00001, 00002, ... of shapes in metres."""
    return [
        UnitShape(f"{number:05d}", name, f"Xã {name}", "Xã", MultiPolygon([degrees(one)]))
        for number, (name, one) in enumerate(shapes.items(), 1)
    ]


def by_code(comparison: Comparison) -> dict[str, UnitChange]:
    return {change.code_before or change.code_after or "": change for change in comparison.changes}


def part_of(units: list[UnitShape]) -> Any:
    """Units as an upload of a part."""
    rows = {name: [getattr(unit, name) for unit in units] for name in ("code", "name", "type")}
    return geopandas.GeoDataFrame(rows, geometry=[unit.geometry for unit in units], crs=4326)


def units_of_frame(frame: Any) -> list[UnitShape]:
    """A merged coverage as units."""
    rows = zip(frame["code"], frame["name"], frame["type"], frame.geometry, strict=True)
    return [UnitShape(code, name, f"{kind} {name}", kind, area_of(one)) for code, name, kind, one in rows]
