# SPDX-License-Identifier: Apache-2.0
"""Each shape by itself: the zoo of shapes that arrive, in one part and in several."""

import geopandas
import numpy as np
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from boundaries.checks.check import check_units
from boundaries.checks.rings import drop_repeated, drop_spikes, repeated_points, spike_tips
from tests.boundaries.check_samples import NOTHING, codes, frame_of, squares

SPIKED = Polygon([(0, 0), (1000, 0), (1000, 500), (1400, 500), (1000, 500), (1000, 1000), (0, 1000)])
BOW_TIE = Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
DOUBLED = Polygon([(0, 0), (0, 0), (1000, 0), (1000, 1000), (1000, 1000), (0, 1000)])
FAR = box(5000, 5000, 6000, 6000)
NOT_AREAS: dict[str, tuple[BaseGeometry | None, str]] = {
    "nothing": (None, "GEOM_NULL"),
    "an empty polygon": (Polygon(), "GEOM_EMPTY"),
    "an empty collection": (GeometryCollection(), "GEOM_EMPTY"),
    "a point": (Point(1, 1), "GEOM_TYPE"),
    "a line": (LineString([(0, 0), (1, 1)]), "GEOM_TYPE"),
    "a collection": (GeometryCollection([box(0, 0, 9, 9), Point(1, 1)]), "GEOM_TYPE"),
}


def found_in(shape: BaseGeometry | None) -> set[str]:
    return codes(check_units(frame_of(a=shape), NOTHING))


@pytest.mark.parametrize(("shape", "code"), NOT_AREAS.values(), ids=NOT_AREAS.keys())
def test_what_is_no_area_has_its_own_code(shape: BaseGeometry | None, code: str) -> None:
    assert found_in(shape) == {code}


@pytest.mark.parametrize("several", [False, True], ids=["one part", "several parts"])
@pytest.mark.parametrize(
    ("shape", "code"),
    [(SPIKED, "GEOM_SPIKE"), (BOW_TIE, "GEOM_INVALID_RING"), (DOUBLED, "GEOM_REPEATED_POINTS")],
    ids=["spike", "bow-tie", "repeated points"],
)
def test_a_fault_is_found_in_every_part(shape: Polygon, code: str, several: bool) -> None:
    assert found_in(MultiPolygon([FAR, shape]) if several else shape) == {code}


def test_a_fault_in_a_hole_is_found() -> None:
    hole = [(100, 100), (100, 300), (200, 300), (200, 500), (200, 300), (300, 300), (300, 100)]
    assert "GEOM_SPIKE" in found_in(Polygon(box(0, 0, 1000, 1000).exterior, [hole]))


def test_a_spike_is_measured_to_its_tip() -> None:
    (finding,) = check_units(frame_of(a=SPIKED), NOTHING)
    assert finding.measure == pytest.approx(400, rel=1e-3) and finding.measure_unit == "m"


def test_a_spike_of_several_steps_goes_altogether() -> None:
    there = [(1000, 500), (1200, 500), (1400, 500), (1200, 500), (1000, 500)]
    stepped = Polygon([(0, 0), (1000, 0), *there, (1000, 1000), (0, 1000)])
    assert drop_spikes(stepped).equals(box(0, 0, 1000, 1000))
    assert len(spike_tips(stepped)) == 2


def test_a_needle_of_some_width_is_a_shape_and_no_spike() -> None:
    needle = Polygon([(0, 0), (1000, 0), (1000, 499.9), (1400, 500), (1000, 500.1), (1000, 1000), (0, 1000)])
    assert len(spike_tips(needle)) == 0
    sliver = Polygon([(0, 0), (100, 0), (50, 0.001)])
    assert drop_spikes(sliver).equals(sliver), "nothing would be left of it"


def test_infinite_coordinates_reach_no_geometry_library() -> None:
    broken = Polygon([(105, 21), (np.inf, 21), (106, 22), (105, 21)])
    frame = geopandas.GeoDataFrame({"code": ["00001"], "name": ["A"]}, geometry=[broken], crs=4326)
    (finding,) = check_units(frame, NOTHING)
    assert (finding.code, finding.measure) == ("GEOM_NON_FINITE", 1.0)


def test_the_same_shape_again_is_told_once_however_its_rings_run() -> None:
    shape = Polygon([(0, 0), (1000, 0), (1000, 1000), (0, 1000)])
    turned = Polygon([(1000, 1000), (1000, 0), (0, 0), (0, 1000)])
    findings = check_units(frame_of(a=shape, b=turned), NOTHING)
    assert "GEOM_DUPLICATE_FEATURE" in codes(findings) and "TOPO_OVERLAP" not in codes(findings)
    (again,) = (one for one in findings if one.code == "GEOM_DUPLICATE_FEATURE")
    assert again.repair is None, "two names for one shape are for somebody to decide"


def test_a_uniform_direction_is_no_fault_and_a_mixed_one_is() -> None:
    """Shapefiles are clockwise throughout; a file that is both was patched by hand."""
    one, other = squares(2).values()
    for clockwise in (True, False):
        both = (shapely.orient_polygons(shape, exterior_cw=clockwise) for shape in (one, other))
        assert check_units(frame_of(**dict(zip("ab", both, strict=True))), NOTHING) == []
    mixed = frame_of(a=shapely.orient_polygons(one, exterior_cw=True), b=shapely.orient_polygons(other))
    (finding,) = check_units(mixed, NOTHING)
    assert (finding.code, finding.units) == ("GEOM_RING_ORDER", ("00001",))


def test_repeated_points_are_told_once_for_all_units() -> None:
    (finding,) = check_units(frame_of(a=DOUBLED, b=shapely.affinity.translate(DOUBLED, 5000, 0)), NOTHING)
    assert finding.code == "GEOM_REPEATED_POINTS" and finding.measure == 4
    assert finding.units == ("00001", "00002")
    assert len(repeated_points(drop_repeated(DOUBLED))) == 0
