# SPDX-License-Identifier: Apache-2.0
"""A version to export: the 32 synthetic units of the former city."""

from datetime import UTC, date, datetime

import shapely
from shapely.geometry import MultiPolygon, shape

from boundaries.export.run import make_file
from boundaries.export.values import Export, Plan, UnitRecord, VersionFacts
from geo.measure import area_m2
from tests.boundaries.unit_samples import CITY

VERSION = VersionFacts(
    id=12,
    unit_set="city-2017",
    number=2,
    title_vi="32 xã, phường",
    title_en="32 wards and communes",
    valid_from=date(2017, 8, 18),
    published_at=datetime(2025, 9, 1, 3, 4, 5, 678901, tzinfo=UTC),
    approximate=True,
    attribution_vi="Ranh giới mô phỏng",
    attribution_en="Simulated boundaries",
    licence="CC0-1.0",
    content_hash="0" * 64,
)


def record(code: str, name: str, geometry: MultiPolygon) -> UnitRecord:
    """A unit as the database would hand it over."""
    days = (date(2017, 8, 18), date(2025, 7, 1))
    return UnitRecord(code, name, f"Xã {name}", "Xã", *days, area_m2(geometry), [], shapely.to_wkb(geometry))


def _city() -> Export:
    found = sorted(CITY["features"], key=lambda one: str(one["properties"]["code"]))
    units = [
        record(one["properties"]["code"], one["properties"]["name"], MultiPolygon([shape(one["geometry"])]))
        for one in found
    ]
    return Export(VERSION, tuple(units))


EXPORT = _city()


async def bytes_of(plan: Plan, export: Export = EXPORT) -> bytes:
    """The file as the product makes it, in its child process."""
    with await make_file(export, plan) as file:
        return file.read()
