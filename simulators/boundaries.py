# SPDX-License-Identifier: Apache-2.0
"""The two demonstration unit sets: as shapes to place things in, and as uploads for the product."""

import csv
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Polygon, shape

Json = dict[str, Any]

DATA = Path(__file__).parent / "data"
CITY_SET = "city-2017"
PROVINCE_SET = "province-2025"
CITY_CENTRE = (105.8440, 21.5930)

_FILES = {
    CITY_SET: "synthetic_city_2017_32.geojson",
    PROVINCE_SET: "synthetic_province_2025_92.geojson",
}
_PROPERTIES = ("code", "name", "full_name", "type", "valid_from", "valid_to")
_CREDIT = {
    "vi": "Ranh giới mô phỏng (CC0), không phải ranh giới thật; mã và tên là thật",
    "en": "Simulated boundaries (CC0), not the real ones; codes and names are real",
}
UNIT_SETS: dict[str, Json] = {
    CITY_SET: {
        "id": CITY_SET,
        "title": {"vi": "32 xã, phường trước 01/7/2025", "en": "32 wards and communes until 30 June 2025"},
        "valid_from": "2017-08-18",
        "valid_to": "2025-07-01",
        "approximate": True,
        "attribution": _CREDIT,
        "licence": "CC0-1.0",
    },
    PROVINCE_SET: {
        "id": PROVINCE_SET,
        "title": {"vi": "92 xã, phường hiện nay", "en": "Today's 92 wards and communes"},
        "valid_from": "2025-07-01",
        "valid_to": None,
        "approximate": True,
        "attribution": _CREDIT,
        "licence": "CC0-1.0",
    },
}


@dataclass(frozen=True)
class Unit:
    """An administrative unit of one generation; its shape is in lon, lat (EPSG:4326)."""

    set: str
    code: str
    name: str
    full_name: str
    type: str
    shape: Polygon = field(compare=False)

    @property
    def place(self) -> str:
        """The unit's name as it reads inside a sentence: "phường Gia Sàng"."""
        return f"{self.type.lower()} {self.name}"

    @property
    def urban(self) -> bool:
        """Whether the unit is a ward."""
        return self.type == "Phường"

    @cached_property
    def core(self) -> Polygon:
        """The shape drawn in by about five metres and simplified: what lies in it is inside."""
        return self.shape.buffer(-0.00005).simplify(0.00004)


@dataclass(frozen=True)
class Ground:
    """Both generations of units over the same ground."""

    city: tuple[Unit, ...]
    province: tuple[Unit, ...]

    def today_at(self, lon: float, lat: float) -> Unit | None:
        """Today's unit that contains the point, or None outside the province."""
        return _containing(self.province, self._province_tree, lon, lat)

    def before_at(self, lon: float, lat: float) -> Unit | None:
        """The unit of the former city that contains the point, or None outside the city."""
        return _containing(self.city, self._city_tree, lon, lat)

    @cached_property
    def _province_tree(self) -> shapely.STRtree:
        return shapely.STRtree([unit.shape for unit in self.province])

    @cached_property
    def _city_tree(self) -> shapely.STRtree:
        return shapely.STRtree([unit.shape for unit in self.city])

    @property
    def city_today(self) -> tuple[Unit, ...]:
        """Today's units that succeeded the 32."""
        codes = {row["new_code"] for row in read_crosswalk()}
        return tuple(unit for unit in self.province if unit.code in codes)

    @property
    def outer(self) -> tuple[Unit, ...]:
        """Today's units that have no ground of the former city."""
        codes = {row["new_code"] for row in read_crosswalk()}
        return tuple(unit for unit in self.province if unit.code not in codes)


def load_ground() -> Ground:
    """Read both sets from the data folder."""
    return Ground(_units(CITY_SET), _units(PROVINCE_SET))


def read_crosswalk() -> list[dict[str, str]]:
    """Rows (old_code, new_code, share), exact for the synthetic shapes; share is the part of the old unit."""
    with (DATA / "synthetic_crosswalk.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def upload(set_id: str) -> Json:
    """The FeatureCollection that publishes one set; the newer set carries the lineage."""
    predecessors: dict[str, list[Json]] = {}
    if set_id == PROVINCE_SET:
        for row in read_crosswalk():
            entry = {"set": CITY_SET, "code": row["old_code"], "share": float(row["share"])}
            predecessors.setdefault(row["new_code"], []).append(entry)
    features = []
    for feature in _read(set_id)["features"]:
        given = feature["properties"]
        properties = {name: given[name] for name in _PROPERTIES}
        if given["code"] in predecessors:
            properties["predecessors"] = predecessors[given["code"]]
        geometry = feature["geometry"]
        features.append(
            {"type": "Feature", "id": given["code"], "properties": properties, "geometry": geometry}
        )
    return {"type": "FeatureCollection", "unit_set": UNIT_SETS[set_id], "features": features}


def _units(set_id: str) -> tuple[Unit, ...]:
    units = []
    for feature in _read(set_id)["features"]:
        given = feature["properties"]
        area = shape(feature["geometry"])
        shapely.prepare(area)
        units.append(Unit(set_id, given["code"], given["name"], given["full_name"], given["type"], area))
    return tuple(units)


def _read(set_id: str) -> Json:
    content: Json = json.loads((DATA / _FILES[set_id]).read_text(encoding="utf-8"))
    return content


def _containing(units: tuple[Unit, ...], tree: shapely.STRtree, lon: float, lat: float) -> Unit | None:
    found = tree.query(shapely.Point(lon, lat), predicate="within")
    return units[int(found[0])] if len(found) else None
