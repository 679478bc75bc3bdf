# SPDX-License-Identifier: Apache-2.0
"""Units together: what naive checks miss, and what they report without reason."""

import pytest
import shapely
from shapely.affinity import translate
from shapely.geometry import Polygon, box

from boundaries.checks.check import check_units
from boundaries.checks.rows import Scope
from boundaries.checks.thresholds import FINDINGS_PER_CODE
from boundaries.known import KnownUnits
from tests.boundaries.check_samples import NOTHING, codes, cut, disc, frame_of, only, published, squares

BOARD = squares(3, 3)


def test_a_clean_board_has_no_finding_with_or_without_a_published_set() -> None:
    frame = frame_of(**BOARD)
    assert check_units(frame, NOTHING) == []
    assert check_units(frame, published(frame)) == []


def test_a_ring_shaped_gap_is_measured_without_the_unit_inside() -> None:
    """A hole of the union would count the ring and the unit in it."""
    inner = disc(500, 500, 100)
    shapes = {"a": cut(box(0, 0, 1000, 1000), disc(500, 500, 110)), "b": inner}
    (finding,) = check_units(frame_of(**shapes), NOTHING)
    assert finding.code == "TOPO_SLIVER_GAP" and finding.units == ("00001", "00002")
    assert finding.measure == pytest.approx(disc(500, 500, 110).area - inner.area, rel=1e-3)


def test_a_gap_that_is_open_to_the_outside_is_a_gap() -> None:
    """It is no hole at all; only the published land shows it."""
    shapes = dict(BOARD)
    whole = published(frame_of(**shapes))
    shapes["b"] = box(1000, 0, 2000, 990)
    shapes["a"] = box(0, 0, 995, 1000)
    shapes["e"] = box(1000, 1010, 2000, 2000)
    findings = check_units(frame_of(**shapes), whole)
    assert codes(findings) == {"TOPO_SLIVER_GAP"}
    assert sum(finding.measure or 0 for finding in findings) == pytest.approx(5 * 1000 + 20 * 1000, rel=1e-3)


def test_a_wide_gap_is_not_repaired_and_a_sliver_is() -> None:
    shapes = dict(BOARD) | {"e": cut(BOARD["e"], disc(1300, 1300, 150), box(1700, 1700, 1900, 1710))}
    findings = {finding.code: finding for finding in check_units(frame_of(**shapes), NOTHING)}
    assert findings["TOPO_GAP"].repair is None and findings["TOPO_GAP"].severity == "error"
    assert findings["TOPO_SLIVER_GAP"].repair == "coverage.clean"


def test_small_overlaps_are_warnings_and_land_is_an_error() -> None:
    shapes = dict(BOARD) | {
        "a": Polygon([(0, 0), (1000, 0), (1000, 400), (1001, 500), (1000, 600), (1000, 1000), (0, 1000)])
    }
    (small,) = check_units(frame_of(**shapes), NOTHING)
    assert (small.code, small.severity, small.units) == ("TOPO_OVERLAP", "warning", ("00001", "00002"))
    assert small.measure == pytest.approx(100, rel=1e-3)
    (large,) = check_units(frame_of(**BOARD | {"a": box(0, 0, 1050, 1000)}), NOTHING)
    assert (large.code, large.severity, large.repair) == ("TOPO_OVERLAP", "error", None)


def test_a_unit_inside_another_one_overlaps_it() -> None:
    """No edge of the larger one is amiss."""
    (finding,) = check_units(frame_of(a=box(0, 0, 1000, 1000), b=box(400, 400, 600, 600)), NOTHING)
    assert finding.code == "TOPO_OVERLAP" and finding.measure == pytest.approx(40_000, rel=1e-3)


def test_a_vertex_on_one_side_of_an_edge_is_told_with_its_length() -> None:
    """Simplifying would tear such an edge, though there is neither overlap nor gap."""
    shapes = squares(2) | {"a": Polygon([(0, 0), (1000, 0), (1000, 500), (1000, 1000), (0, 1000)])}
    findings = check_units(frame_of(**shapes), NOTHING)
    assert codes(findings) == {"TOPO_EDGE_MISMATCH"}
    assert {finding.measure_unit for finding in findings} == {"m"}
    assert all(finding.measure == pytest.approx(1000, rel=1e-3) for finding in findings)


def test_a_redrawn_outer_border_within_rounding_is_no_gap() -> None:
    whole = published(frame_of(**BOARD))
    shifted = {name: translate(shape, 0.2, -0.1) for name, shape in BOARD.items()}
    assert check_units(frame_of(**shifted), whole) == []


def test_ground_outside_the_published_land_is_told_per_unit() -> None:
    shapes = dict(BOARD) | {"i": Polygon([(2000, 2000), (3000, 2000), (3040, 2000), (3040, 3000), (2000, 3000)])}
    (finding,) = check_units(frame_of(**shapes), published(frame_of(**BOARD)))
    assert (finding.code, finding.units) == ("TOPO_OUTSIDE_PARENT", ("00009",))
    assert finding.measure == pytest.approx(40_000, rel=1e-2)


def test_ground_of_an_absent_unit_is_no_gap_as_well() -> None:
    left = {name: shape for name, shape in BOARD.items() if name != "e"}
    frame = frame_of(**left)
    frame["code"] = ["00001", "00002", "00003", "00004", "00006", "00007", "00008", "00009"]
    findings = check_units(frame, published(frame_of(**BOARD)))
    assert codes(findings) == {"CODE_MISSING_UNIT", "DIFF_AREA_LOST"}


def test_ground_of_a_shape_that_cannot_be_used_is_neither_gap_nor_lost() -> None:
    shapes: dict[str, shapely.Geometry | None] = dict(BOARD) | {"e": None}
    assert codes(check_units(frame_of(**shapes), published(frame_of(**BOARD)))) == {"GEOM_NULL"}


def part(known: KnownUnits, **shapes: shapely.Geometry) -> set[str]:
    """Check an upload of the units e and f of the board alone."""
    frame = frame_of(**shapes)
    frame["code"] = ["00005", "00006"]
    return codes(check_units(frame, known, Scope(codes=("00005", "00006"))))


def test_a_part_is_checked_against_the_published_neighbours() -> None:
    known = published(frame_of(**BOARD))
    assert part(known, e=BOARD["e"], f=BOARD["f"]) == set()
    assert part(known, e=box(990, 1000, 2000, 2000), f=BOARD["f"]) == {"TOPO_OVERLAP"}
    assert part(known, e=box(1010, 1000, 2000, 2000), f=BOARD["f"]) == {"TOPO_SLIVER_GAP"}
    assert part(known, e=BOARD["e"], f=box(2000, 1000, 2900, 2000)) == {"TOPO_GAP", "DIFF_AREA_LOST"}


def test_a_part_that_lacks_a_unit_of_its_scope_says_so() -> None:
    known = published(frame_of(**BOARD))
    frame = frame_of(e=BOARD["e"])
    frame["code"] = ["00005"]
    assert check_units(frame, known, Scope(codes=("00005",))) == []
    lacking = check_units(frame, known, Scope(codes=("00005", "00006")))
    assert [one.units for one in only(lacking, "CODE_MISSING_UNIT")] == [("00006",)]


def test_the_same_edge_with_other_decimals_is_a_mismatch_not_land() -> None:
    known = published(frame_of(**BOARD))
    assert part(known, e=box(1000.04, 1000, 2000, 2000), f=BOARD["f"]) <= {"TOPO_EDGE_MISMATCH"}


def test_sawdust_is_counted_and_not_listed() -> None:
    """Each fault is found, but nobody reads a page of ten thousand lines."""
    dust = [box(x * 20, y * 20, x * 20 + 2, y * 20 + 2) for x in range(1, 30) for y in range(1, 30)]
    findings = check_units(frame_of(a=cut(box(0, 0, 1000, 1000), *dust)), NOTHING)
    assert len(findings) == FINDINGS_PER_CODE + 1
    assert findings[-1].measure == len(dust) - FINDINGS_PER_CODE and findings[-1].measure_unit == "count"
