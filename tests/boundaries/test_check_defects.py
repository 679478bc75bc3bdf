# SPDX-License-Identifier: Apache-2.0
"""The broken uploads about units raise exactly what the manifest says, each finding with something to zoom to."""

import pytest

from boundaries.checks.check import check_units
from boundaries.checks.repairs import REPAIRS, proposed, repair
from tests.boundaries.check_samples import CASES, KNOWN, codes, defect

# Those that the checks alone find; the others are found while reading.
ABOUT_UNITS = ("00", "01", "02", "03", "04", "05", "06", "13", "14", "23", "24", "25", "30", "31", "33")
# What is left when every safe repair that was proposed has been made.
LEFT = {
    "00": set(),
    "01": {"TOPO_OVERLAP"},
    "02": {"TOPO_GAP", "TOPO_SLIVER_GAP"},
    "03": {"TOPO_OVERLAP"},
    "05": {"CODE_NULL", "CODE_FORMAT"},
    "13": set(),
    "23": set(),
    "24": {"NAME_VARIANT"},
    "33": set(),
}


def file_of(number: str) -> str:
    return next(name for name in CASES if name.startswith(f"{number}_"))


@pytest.mark.parametrize("number", ABOUT_UNITS)
def test_a_broken_upload_raises_exactly_its_findings(number: str) -> None:
    findings = check_units(defect(number), KNOWN)
    assert codes(findings) == set(CASES[file_of(number)]["expect"])


@pytest.mark.parametrize("number", ABOUT_UNITS)
def test_every_finding_names_units_and_a_place(number: str) -> None:
    for finding in check_units(defect(number), KNOWN):
        assert finding.units and finding.measure is not None and finding.measure_unit is not None
        assert finding.geometry is not None and not finding.geometry.is_empty
        west, south, east, north = finding.geometry.bounds
        assert 105 < west <= east < 107 and 21 < south <= north < 23
        assert finding.repair is None or finding.repair in REPAIRS


@pytest.mark.parametrize("number", LEFT)
def test_safe_repairs_leave_only_what_somebody_must_decide(number: str) -> None:
    frame = defect(number)
    before = frame.copy()
    repaired = repair(frame, proposed(check_units(frame, KNOWN)))
    assert codes(check_units(repaired.frame, KNOWN)) == LEFT[number]
    assert frame.equals(before), "repairs work on a copy"


def test_the_overlaps_have_the_areas_of_the_manifest() -> None:
    facts = CASES[file_of("01")]["facts"]
    findings = check_units(defect("01"), KNOWN)
    measured = {frozenset(finding.units): finding.measure for finding in findings}
    expected = {frozenset(pair[:2]): pair[2] for pair in facts["pairs"]}
    assert measured.keys() == expected.keys()
    for pair, area_m2 in expected.items():
        assert measured[pair] == pytest.approx(area_m2, rel=2e-4)


def test_the_gaps_have_the_areas_of_the_manifest() -> None:
    findings = check_units(defect("02"), KNOWN)
    measured = sorted((finding.measure or 0 for finding in findings), reverse=True)
    assert measured == pytest.approx(CASES[file_of("02")]["facts"]["missing_parts_m2"], rel=2e-4)


def test_the_absent_unit_is_named_with_its_area() -> None:
    findings = {finding.code: finding for finding in check_units(defect("25"), KNOWN)}
    lost_m2 = CASES[file_of("25")]["facts"]["area_lost_km2"] * 1e6
    for code in ("DIFF_AREA_LOST", "CODE_MISSING_UNIT"):
        assert findings[code].units == ("05914",)
        assert findings[code].measure == pytest.approx(lost_m2, rel=1e-4)


def test_the_other_period_is_named() -> None:
    (finding,) = (one for one in check_units(defect("06"), KNOWN) if one.code == "CODE_WRONG_PERIOD")
    assert "province_2025" in finding.detail_vi
    assert set(finding.units) == set(CASES[file_of("06")]["facts"]["swapped"].values())
