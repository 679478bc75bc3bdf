# SPDX-License-Identifier: Apache-2.0
"""Safe repairs: on a copy, each with what it moved, and none that decides about land."""

from unicodedata import is_normalized

import numpy as np
import pytest
import shapely
from shapely.geometry import GeometryCollection, Point, Polygon, box

from boundaries.checks.check import check_units
from boundaries.checks.plane import as_array, to_plane
from boundaries.checks.repairs import REPAIRS, proposed, repair
from tests.boundaries.check_samples import KNOWN, NOTHING, codes, cut, defect, disc, frame_of, squares

BOARD = squares(3, 3)
SLIVERS = dict(BOARD) | {
    "a": box(0, 0, 1003, 1000),
    "e": cut(BOARD["e"], box(1700, 1700, 1900, 1710)),
    "f": Polygon([(2000, 1000), (3000, 1000), (3000, 2000), (2000, 2000), (2000.03, 1500)]),
}


def test_an_unknown_repair_is_refused() -> None:
    with pytest.raises(KeyError):
        repair(frame_of(**BOARD), ["coverage.clean", "land.sell"])


@pytest.mark.parametrize("name", REPAIRS)
def test_no_repair_touches_what_is_sound(name: str) -> None:
    frame = frame_of(**BOARD)
    repaired = repair(frame, [name])
    (effect,) = repaired.effects
    if name not in ("datum.restore", "rings.orient"):
        assert effect.units == () and effect.moved_m2 == 0
        assert repaired.frame.equals(frame)


@pytest.mark.parametrize("name", REPAIRS)
def test_every_repair_bears_rows_without_a_usable_shape(name: str) -> None:
    for number in ("14", "31"):
        assert len(repair(defect(number), [name]).frame) == 32


def test_slivers_become_a_clean_coverage_and_the_ground_that_moved_is_told() -> None:
    frame = frame_of(**SLIVERS)
    repaired = repair(frame, proposed(check_units(frame, NOTHING)))
    shapes = as_array(repaired.frame.geometry)
    assert shapely.coverage_is_valid(shapes) and shapely.coverage_is_valid(to_plane(shapes))
    assert check_units(repaired.frame, NOTHING) == []
    assert repaired.moved_m2 == pytest.approx(3 * 1000 + 200 * 10 + 1000 * 0.03 / 2, rel=2e-2)


def test_what_did_not_move_keeps_its_coordinates_to_the_last_bit() -> None:
    frame = frame_of(**SLIVERS)
    repaired = repair(frame, ["coverage.clean"])
    before = {tuple(point) for point in shapely.get_coordinates(as_array(frame.geometry))}
    after = {tuple(point) for point in shapely.get_coordinates(as_array(repaired.frame.geometry))}
    assert len(after - before) <= 6, "the few where a strip was cut"
    for code in ("00003", "00009"):
        assert repaired.frame.set_index("code").geometry[code].equals_exact(frame.set_index("code").geometry[code])


def test_a_wide_overlap_and_a_wide_gap_stay() -> None:
    shapes = dict(BOARD) | {"a": box(0, 0, 1060, 1000), "i": cut(BOARD["i"], disc(2500, 2500, 120))}
    frame = frame_of(**shapes)
    repaired = repair(frame, ["coverage.clean"])
    assert repaired.moved_m2 == 0
    assert codes(check_units(repaired.frame, NOTHING)) == {"TOPO_OVERLAP", "TOPO_GAP"}


def test_a_vertex_on_one_side_alone_is_added_to_the_other() -> None:
    shapes = squares(2) | {"a": Polygon([(0, 0), (1000, 0), (1000.02, 500), (1000, 1000), (0, 1000)])}
    frame = frame_of(**shapes)
    repaired = repair(frame, ["edges.snap"])
    assert shapely.coverage_is_valid(to_plane(as_array(repaired.frame.geometry)))
    assert repaired.moved_m2 < 20


def test_the_area_is_kept_of_a_collection() -> None:
    frame = frame_of(a=GeometryCollection([box(0, 0, 100, 100), Point(5, 5)]), b=Point(1, 1))
    repaired = repair(frame, ["shapes.keep_areas"])
    assert list(repaired.frame.geom_type) == ["Polygon", "Point"]


def test_a_feature_that_is_there_twice_stays_once() -> None:
    repaired = repair(defect("33"), ["features.drop_repeated"])
    assert len(repaired.frame) == 32 and repaired.frame["code"].is_unique
    assert repaired.effects[0].units == ("05461",)


def test_codes_are_padded_and_what_cannot_be_told_stays() -> None:
    repaired = repair(defect("05"), ["codes.pad"])
    assert set(repaired.effects[0].units) == {"05446", "05449", "05452"}
    assert "O5458" in set(repaired.frame["code"])


def test_names_are_composed_and_tidied() -> None:
    frame = defect("23")
    repaired = repair(frame, ["names.clean"])
    assert list(repaired.frame["name"]) == list(defect("00")["name"])
    decomposed = {
        code for code, name in zip(frame["code"], frame["name"], strict=True) if not is_normalized("NFC", name)
    }
    assert set(repaired.effects[0].units) == decomposed


def test_repairs_of_every_defect_can_be_asked_together_and_again() -> None:
    for number in ("01", "02", "03", "05", "13", "33"):
        once = repair(defect(number), REPAIRS.keys() - {"datum.restore"}).frame
        again = repair(once, REPAIRS.keys() - {"datum.restore"})
        assert again.moved_m2 == 0 and all(effect.units == () for effect in again.effects)


def test_cleaning_finds_nothing_to_do_in_the_published_set() -> None:
    frame = repair(defect("00"), ["coverage.clean", "edges.snap"]).frame
    assert np.all([one.equals_exact(other) for one, other in zip(frame.geometry, defect("00").geometry, strict=True)])
    assert check_units(frame, KNOWN) == []
