# SPDX-License-Identifier: Apache-2.0
"""What a comparison says of two sets of units."""

from dataclasses import replace

import pytest
import shapely
from shapely.geometry import box

from boundaries.compare.compare import compare
from geo.measure import area_m2
from tests.boundaries.check_samples import squares
from tests.boundaries.compare_samples import CITY_2017, CITY_2025, PROVINCE_2025, by_code, drawn


def test_the_same_units_are_unchanged() -> None:
    found = compare(PROVINCE_2025, PROVINCE_2025)
    assert found.changes == () and found.unchanged == 92
    assert found.totals.area_before_m2 == found.totals.area_after_m2 == pytest.approx(8_374.05e6, rel=1e-5)
    assert found.lineage["05443"] == (("05443", 1.0),)


def test_rings_that_begin_elsewhere_and_run_the_other_way_are_no_change() -> None:
    turned = [replace(unit, geometry=shapely.reverse(shapely.normalize(unit.geometry))) for unit in CITY_2017]
    assert compare(CITY_2017, turned).changes == ()


def test_rounding_below_a_square_metre_is_no_change() -> None:
    shifted = [replace(unit, geometry=shapely.set_precision(unit.geometry, 1e-8)) for unit in CITY_2017]
    shifted = [replace(unit, geometry=shapely.transform(unit.geometry, lambda xy: xy + 1e-10)) for unit in shifted]
    assert compare(CITY_2017, shifted).unchanged == 32


def test_the_32_of_2017_against_the_8_of_2025() -> None:
    found = compare(CITY_2017, CITY_2025)
    changes = by_code(found)
    assert found.unchanged == 0 and len(found.changes) == 32
    assert changes["05443"].kinds == ("renamed", "reshaped", "merged")
    assert (changes["05443"].name_before, changes["05443"].name_after) == ("Trưng Vương", "Phan Đình Phùng")
    assert changes["05461"].kinds == ("removed", "split")
    assert changes["05467"].kinds == ("renamed", "reshaped", "split", "merged")
    assert changes["05500"].kinds == ("reshaped", "merged")
    assert dict(found.lineage["05443"])["05461"] == pytest.approx(0.205, abs=0.001)
    assert dict(found.lineage["05467"])["05461"] == pytest.approx(0.795, abs=0.001)
    assert dict(found.lineage["05500"])["05467"] == pytest.approx(0.09, abs=0.001)
    assert sum(share for rows in found.lineage.values() for code, share in rows) == pytest.approx(32, abs=1e-6)
    assert found.totals.won_m2 == pytest.approx(found.totals.lost_m2, abs=1)


def test_a_border_drawn_again_is_won_once_and_lost_once() -> None:
    board = squares(2)
    moved = {"a": box(0, 0, 1020, 1000), "b": box(1020, 0, 2000, 1000)}
    found = compare(drawn(**board), drawn(**moved))
    first, second = found.changes
    assert first.kinds == second.kinds == ("reshaped",)
    assert first.won_m2 == pytest.approx(20_000, rel=1e-3) and first.lost is None
    assert second.lost_m2 == pytest.approx(first.won_m2, abs=0.01) and second.won is None
    assert first.won is not None and area_m2(first.won) == pytest.approx(first.won_m2, rel=1e-6)
    assert first.moved_m == pytest.approx(20, abs=0.01) and second.moved_m == pytest.approx(20, abs=0.01)


def test_the_same_ground_under_another_code_is_recoded_and_not_removed() -> None:
    board = drawn(**squares(2))
    again = [replace(board[0], code="09999"), board[1]]
    (change,) = compare(board, again).changes
    assert change.kinds == ("recoded",) and (change.code_before, change.code_after) == ("00001", "09999")


def test_two_units_that_exchange_their_codes_are_recoded() -> None:
    one, other = drawn(**squares(2))
    swapped = [replace(one, code=other.code), replace(other, code=one.code)]
    assert [change.kinds for change in compare([one, other], swapped).changes] == [("recoded",), ("recoded",)]


def test_another_name_and_another_type_are_told_apart() -> None:
    one, other = drawn(**squares(2))
    found = compare([one, other], [replace(one, name="z"), replace(other, type="Phường")])
    assert [change.kinds for change in found.changes] == [("renamed",), ("retyped",)]
    assert all(change.moved_m == 0.0 and change.won is None for change in found.changes)


def test_a_unit_cut_in_two_is_split_and_the_new_half_added() -> None:
    whole = drawn(a=box(0, 0, 2000, 1000))
    halves = drawn(a=box(0, 0, 1000, 1000), b=box(1000, 0, 2000, 1000))
    first, second = compare(whole, halves).changes
    assert first.kinds == ("reshaped", "split") and second.kinds == ("added",)
    assert dict(second.lineage) == {"00001": pytest.approx(0.5, abs=1e-4)}


def test_an_empty_side_is_all_added_or_all_removed() -> None:
    board = drawn(**squares(2))
    assert {change.kinds for change in compare([], board).changes} == {("added",)}
    gone = compare(board, [])
    assert {change.kinds for change in gone.changes} == {("removed",)}
    assert gone.totals.lost_m2 == pytest.approx(gone.totals.area_before_m2)
