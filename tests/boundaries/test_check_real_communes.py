# SPDX-License-Identifier: Apache-2.0
"""The 92 communes of 2025 with their natural defects; these shapes may not be published, so they lie elsewhere."""

from functools import cache
from typing import Any

import geopandas
import pytest
import shapely

from boundaries.checks.check import check_units
from boundaries.checks.plane import as_array
from boundaries.checks.repairs import Repaired, proposed, repair
from boundaries.findings import Finding
from boundaries.known import KnownUnit, KnownUnits
from geo.measure import area_m2
from tests.boundaries.check_samples import KNOWN, SHARED, codes, only

FILE = SHARED / "thai_nguyen_2025_communes.geojson"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="needs ../shared with the real communes")
OFFICIAL_KM2 = 8_375.21


@cache
def communes() -> Any:
    return geopandas.read_file(FILE)[["code", "name", "type", "geometry"]]


@cache
def known() -> KnownUnits:
    frame = communes()
    columns = zip(frame["code"], frame["name"], frame["type"], frame.geometry, strict=True)
    real = (KnownUnit(code, name, f"{kind} {name}", kind, "real_2025", shape) for code, name, kind, shape in columns)
    return KnownUnits((*real, *(unit for unit in KNOWN.units if unit.unit_set == "city_2017")), current="real_2025")


@cache
def findings() -> tuple[Finding, ...]:
    return tuple(check_units(communes(), known()))


@cache
def repaired() -> Repaired:
    return repair(communes(), proposed(findings()))


def test_the_four_overlaps_are_found_and_no_other() -> None:
    overlaps = only(findings(), "TOPO_OVERLAP")
    assert {one.units for one in overlaps} == {
        ("02107", "05542"), ("05542", "05563"), ("05665", "05674"), ("05818", "05830"),
    }  # fmt: skip
    assert sum(one.measure or 0 for one in overlaps) == pytest.approx(6_311, abs=1)


def test_the_pinholes_of_a_square_metre_and_more_are_found() -> None:
    pinholes = only(findings(), "TOPO_SLIVER_GAP")
    assert sorted(one.measure or 0 for one in pinholes) == pytest.approx([4.27, 5.16, 6.01], abs=0.01)
    assert only(findings(), "TOPO_GAP") == []


def test_besides_there_are_only_unmatched_edges_and_repeated_points() -> None:
    assert codes(findings()) == {
        "TOPO_OVERLAP", "TOPO_SLIVER_GAP", "TOPO_EDGE_MISMATCH", "GEOM_REPEATED_POINTS", "GEOM_RING_ORDER",
    }  # fmt: skip
    (repeated,) = only(findings(), "GEOM_REPEATED_POINTS")
    assert repeated.measure == 1_900


def test_they_are_repaired_to_a_clean_coverage() -> None:
    shapes = as_array(repaired().frame.geometry)
    assert shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)
    assert check_units(repaired().frame, known()) == []
    assert repaired().moved_m2 == pytest.approx(6_327, abs=1)


def test_the_area_stays_within_a_two_thousandth_of_the_official_one() -> None:
    total_km2 = sum(area_m2(shape) for shape in repaired().frame.geometry) / 1e6
    assert total_km2 == pytest.approx(OFFICIAL_KM2, rel=0.0005)


def test_without_a_published_set_the_same_topology_is_found() -> None:
    first = check_units(communes(), KnownUnits(()))
    assert codes(first) == codes(findings())
    assert len(only(first, "TOPO_OVERLAP")) == 4 and len(only(first, "TOPO_SLIVER_GAP")) == 3
