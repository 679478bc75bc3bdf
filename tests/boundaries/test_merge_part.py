# SPDX-License-Identifier: Apache-2.0
"""A survey of some units in a copy of the published coverage."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, box

from boundaries.checks.check import check_units
from boundaries.checks.plane import as_array
from boundaries.compare.compare import compare
from boundaries.compare.merge import merge_part
from boundaries.compare.values import Merged, UnitShape
from tests.boundaries.check_samples import NOTHING, codes, degrees, squares
from tests.boundaries.compare_samples import CITY_2017, by_code, drawn, part_of, units_of_frame

BOARD = drawn(**squares(3, 3))


def surveyed(index: int, *bounds: float) -> UnitShape:
    return replace(BOARD[index], geometry=MultiPolygon([degrees(box(*bounds))]))


def is_clean(merged: Merged) -> bool:
    shapes = as_array(merged.frame.geometry)
    return bool(shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes))


def test_the_same_shapes_change_nothing() -> None:
    merged = merge_part(part_of(BOARD[4:5]), BOARD, ["00005"])
    assert merged.neighbours == () and merged.findings == ()
    assert compare(BOARD, units_of_frame(merged.frame)).changes == ()


def test_the_survey_wins_and_neighbours_give_up_and_take_over() -> None:
    """The unit in the middle moves 10 m east: the west takes over a strip, the east gives one up."""
    merged = merge_part(part_of([surveyed(4, 1010, 1000, 2010, 2000)]), BOARD, ["00005"])
    assert is_clean(merged) and merged.findings == ()
    changes = by_code(compare(BOARD, units_of_frame(merged.frame)))
    assert changes["00004"].won_m2 == pytest.approx(10_000, rel=1e-3)
    assert changes["00006"].lost_m2 == pytest.approx(10_000, rel=1e-3)


def test_a_strip_along_several_neighbours_goes_to_each_of_them() -> None:
    """The upper row is one unit; what it leaves is shared among the three below."""
    row = squares(3)
    upper = drawn(a=box(0, 1000, 3000, 2000), b=row["a"], c=row["b"], d=row["c"])
    smaller = replace(upper[0], geometry=MultiPolygon([degrees(box(0, 1010, 3000, 2000))]))
    merged = merge_part(part_of([smaller]), upper, ["00001"])
    changes = by_code(compare(upper, units_of_frame(merged.frame)))
    assert [changes[code].won_m2 for code in ("00002", "00003", "00004")] == pytest.approx([10_000] * 3, rel=1e-2)
    assert merged.neighbours == ("00002", "00003", "00004")


def test_ground_that_nobody_lies_beside_stays_open_and_the_checks_find_it() -> None:
    hollow = BOARD[4].geometry - degrees(box(1400, 1400, 1600, 1600))
    merged = merge_part(
        part_of([replace(BOARD[4], geometry=MultiPolygon([shapely.orient_polygons(hollow)]))]), BOARD, ["00005"]
    )
    assert codes(check_units(merged.frame, NOTHING)) == {"TOPO_GAP"}


def test_ground_from_the_middle_of_a_neighbour_is_a_finding() -> None:
    island = MultiPolygon([*BOARD[4].geometry.geoms, degrees(box(400, 400, 600, 600))])
    merged = merge_part(part_of([replace(BOARD[4], geometry=island)]), BOARD, ["00005"])
    (finding,) = merged.findings
    assert (finding.code, finding.severity, finding.units) == ("TOPO_OVERLAP", "error", ("00005", "00001"))
    assert finding.measure == pytest.approx(40_000, rel=1e-3) and is_clean(merged)


def test_a_unit_of_the_scope_that_is_not_uploaded_keeps_its_shape_and_is_said() -> None:
    merged = merge_part(part_of(BOARD[4:5]), BOARD, ["00005", "00006"])
    assert [(finding.code, finding.units) for finding in merged.findings] == [("CODE_MISSING_UNIT", ("00006",))]
    assert len(merged.frame) == 9


def test_a_row_without_a_usable_shape_is_left_as_it_is() -> None:
    part = part_of(BOARD[4:6])
    part.loc[0, "geometry"] = None
    merged = merge_part(part, BOARD, ["00005", "00006"])
    assert merged.frame.geometry[0] is None and merged.neighbours == ()


def test_overlapping_rows_of_the_survey_stay_as_they_are_for_the_checks() -> None:
    wide = surveyed(3, 0, 1000, 1100, 2000)
    merged = merge_part(part_of([wide, BOARD[4]]), BOARD, ["00004", "00005"])
    assert "TOPO_OVERLAP" in codes(check_units(merged.frame, NOTHING))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_surveyed_the_coverage_stays_clean(seed: int) -> None:
    """Borders with other vertices, moved by a decimetre, a metre or a hundred of them."""
    draw = np.random.default_rng(seed)
    first = CITY_2017[draw.integers(len(CITY_2017))].geometry
    chosen = sorted(CITY_2017, key=lambda unit: float(unit.geometry.distance(first)))[: 1 + seed % 3]
    moves: dict[tuple[float, ...], np.ndarray] = {}

    def move(points: np.ndarray) -> np.ndarray:
        for point in map(tuple, points):
            moves.setdefault(point, draw.normal(size=2) * 10.0 ** -(4 + seed % 4))
        return np.asarray(points + [moves[point] for point in map(tuple, points)])

    moved = [
        replace(unit, geometry=shapely.transform(shapely.segmentize(unit.geometry, 0.003), move)) for unit in chosen
    ]
    shapes = as_array(unit.geometry for unit in moved)
    if not shapely.is_valid(shapes).all() or not shapely.coverage_is_valid(shapes):
        pytest.skip("moved into itself")
    assert is_clean(merge_part(part_of(moved), CITY_2017, [unit.code for unit in chosen]))
