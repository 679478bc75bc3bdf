# SPDX-License-Identifier: Apache-2.0
"""Against the published version: the lost datum, units that moved, area that is gone."""

from math import hypot

import pytest
import shapely
from shapely.geometry import Point

from boundaries.checks.check import check_units
from boundaries.checks.difference import datum_shift
from boundaries.checks.plane import VN2000_DEGREES, from_plane, project, to_plane
from boundaries.checks.repairs import proposed, repair
from tests.boundaries.check_samples import KNOWN, codes, defect, only


def with_shapes(change: object, frame: object = None) -> object:
    """The clean upload with every shape changed."""
    assert callable(change)
    clean = defect("00")
    return clean.set_geometry([change(shape) for shape in clean.geometry], crs=4326)


def shifted(east_m: float, north_m: float) -> object:
    return with_shapes(lambda shape: from_plane(shapely.affinity.translate(to_plane(shape), east_m, north_m)))


def test_the_datum_is_224_metres() -> None:
    assert hypot(*datum_shift(Point(105.84, 21.59))) == pytest.approx(223.96, abs=0.05)


def test_a_lost_datum_is_told_and_nothing_else() -> None:
    """No gap, no unit outside: all else is compared after the shift is taken out."""
    frame = with_shapes(lambda shape: project(shape, 4326, VN2000_DEGREES))
    findings = check_units(frame, KNOWN)
    assert codes(findings) == {"CRS_DATUM_SUSPECT", "DIFF_SYSTEMATIC_SHIFT"}
    (shift,) = only(findings, "DIFF_SYSTEMATIC_SHIFT")
    assert shift.measure == pytest.approx(223.96, abs=0.05) and shift.threshold == 20
    assert "299" in shift.detail_en


def test_the_lost_datum_is_restored_by_the_proposed_repair() -> None:
    frame = with_shapes(lambda shape: project(shape, 4326, VN2000_DEGREES))
    repaired = repair(frame, proposed(check_units(frame, KNOWN)))
    assert check_units(repaired.frame, KNOWN) == []
    moved = shapely.hausdorff_distance(to_plane(repaired.frame.geometry[3]), to_plane(defect("00").geometry[3]))
    assert moved < 0.01


def test_a_datum_that_was_applied_twice_is_suspect_and_not_repaired() -> None:
    findings = check_units(with_shapes(lambda shape: project(shape, VN2000_DEGREES, 4326)), KNOWN)
    assert codes(findings) == {"CRS_DATUM_SUSPECT", "DIFF_SYSTEMATIC_SHIFT"}
    assert {one.repair for one in findings} == {None}


def test_another_common_vector_is_no_matter_of_the_datum() -> None:
    assert codes(check_units(shifted(0, 300), KNOWN)) == {"DIFF_SYSTEMATIC_SHIFT"}


def test_a_shift_below_the_threshold_is_a_redrawn_border() -> None:
    findings = codes(check_units(shifted(15, 0), KNOWN))
    assert "DIFF_SYSTEMATIC_SHIFT" not in findings and "TOPO_OUTSIDE_PARENT" in findings


def test_a_shift_is_seen_through_a_few_redrawn_units() -> None:
    frame = shifted(0, 300)
    frame.loc[frame.index[:3], "geometry"] = defect("00").geometry[:3].values  # type: ignore[attr-defined]
    assert "DIFF_SYSTEMATIC_SHIFT" in codes(check_units(frame, KNOWN))


def test_a_unit_elsewhere_is_measured_in_metres() -> None:
    (moved,) = only(check_units(defect("30"), KNOWN), "DIFF_MOVED")
    assert moved.units == ("05653",) and moved.measure == pytest.approx(61_450, rel=1e-2)
    assert moved.severity == "error"


def test_two_units_that_changed_places_have_moved() -> None:
    frame = defect("00")
    frame.loc[[0, 25], "geometry"] = frame.geometry[[25, 0]].values
    findings = check_units(frame, KNOWN)
    assert codes(findings) == {"DIFF_MOVED"}
    assert {one.units[0] for one in findings} == {"05431", "05653"}
