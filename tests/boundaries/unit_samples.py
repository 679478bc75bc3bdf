# SPDX-License-Identifier: Apache-2.0
"""The two synthetic generations of units as the door takes them."""

import json
from pathlib import Path
from typing import Any

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

_DATA = Path(__file__).resolve().parents[2] / "simulators" / "data"


def _set(file: str, unit_set: str, valid: tuple[str, str | None]) -> dict[str, Any]:
    features = json.loads((_DATA / file).read_text(encoding="utf-8"))["features"]
    about = {
        "id": unit_set,
        "title": {"vi": unit_set, "en": unit_set},
        "valid_from": valid[0],
        "valid_to": valid[1],
        "approximate": True,
    }
    return {"type": "FeatureCollection", "unit_set": about, "features": features}


CITY = _set("synthetic_city_2017_32.geojson", "city-2017", ("2017-08-18", "2025-07-01"))
PROVINCE = _set("synthetic_province_2025_92.geojson", "province-2025", ("2025-07-01", None))

# The same units while nobody knows when they will end.
OPEN_CITY = {
    **CITY,
    "unit_set": {**CITY["unit_set"], "valid_to": None},
    "features": [{**one, "properties": {**one["properties"], "valid_to": None}} for one in CITY["features"]],
}


def units_of(unit_set: dict[str, Any]) -> dict[str, BaseGeometry]:
    """The shapes of a set by code."""
    return {one["properties"]["code"]: shape(one["geometry"]) for one in unit_set["features"]}
