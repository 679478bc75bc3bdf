# SPDX-License-Identifier: Apache-2.0
"""Coordinate systems judged by where units land, and drawings by what their shapes cover."""

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import CRS

from boundaries.known import KnownUnits
from boundaries.reading import crs, drawings, shapes
from boundaries.reading.candidates import EPSG, Placement, fits, places_of, suggestion
from tests.boundaries.upload_samples import known_units

UNITS = known_units().current_units
CODES = [unit.code for unit in UNITS]
NAMES = [unit.name for unit in UNITS]
NOTHING = KnownUnits(())
SHAPES = [unit.geometry for unit in UNITS if unit.geometry is not None]


def _in(system: str, some: slice = slice(None)) -> shapes.Shapes:
    series = geopandas.GeoSeries([unit.geometry for unit in UNITS[some]], crs="EPSG:4326")
    return np.asarray(series.to_crs(system).array, dtype=object)


def _points(system: str, some: slice = slice(None)) -> np.ndarray:
    return shapes.centres(_in(system, some))


@pytest.mark.parametrize("code", [9213, 9212, 9210, 5897, 3405, 4756, 4326, 32648, 3857])
@pytest.mark.parametrize("swapped", [False, True])
def test_the_system_that_is_missing_is_found_among_all_candidates(code: int, swapped: bool) -> None:
    points = _points(f"EPSG:{code}")
    points = points[:, ::-1] if swapped else points
    places = places_of(CODES, NAMES, known_units())
    best = suggestion(fits(points, places), places)
    assert best is not None and best.placement == Placement(f"EPSG:{code}", swapped)
    assert best.median_m < 10


def test_one_survey_of_two_communes_is_enough() -> None:
    places = places_of(CODES[:2], NAMES[:2], known_units())
    verdict = crs.judge(_points("EPSG:9213", slice(2)), None, False, places)
    assert [finding.code for finding in verdict.findings] == ["CRS_MISSING", "CRS_SUGGEST"]
    assert verdict.candidates[0].placement.crs == "EPSG:9213"


def test_the_next_meridian_is_noticed_although_its_units_stay_in_the_province() -> None:
    """25.9 km to the west: 84 % of the units are still inside."""
    outline = known_units().outline
    assert outline is not None
    known = KnownUnits(known_units().units, "city-2017", province=outline.buffer(0.4))
    verdict = crs.judge(_points("EPSG:9213"), "EPSG:9212", False, places_of(CODES, NAMES, known))
    assert [finding.code for finding in verdict.findings] == ["CRS_OUTSIDE_AREA", "CRS_SUGGEST"]


def test_units_that_moved_themselves_are_not_taken_for_a_wrong_system() -> None:
    points = _points("EPSG:4326")
    points[:5] += 0.4
    verdict = crs.judge(points, "EPSG:4326", False, places_of(CODES, NAMES, known_units()))
    assert verdict.findings == () and verdict.placement == Placement("EPSG:4326")


def test_without_anything_known_candidates_are_offered_and_none_is_proposed() -> None:
    verdict = crs.judge(_points("EPSG:9213"), None, False, places_of(CODES, NAMES, NOTHING))
    assert [finding.code for finding in verdict.findings] == ["CRS_MISSING"]
    assert "EPSG:9213" in {one.placement.crs for one in verdict.candidates}
    fine = crs.judge(_points("EPSG:9213"), "EPSG:9213", False, places_of(CODES, NAMES, NOTHING))
    assert fine.findings == ()


def test_a_grid_named_by_esri_is_the_one_with_the_number() -> None:
    wkt = CRS.from_epsg(9213).to_wkt("WKT1_ESRI")
    verdict = crs.judge(_points("EPSG:9213"), wkt, False, places_of(CODES, NAMES, known_units()))
    assert verdict.placement == Placement("EPSG:9213") and verdict.findings == ()


@pytest.mark.parametrize("answer", ["EPSG:999999", "+proj=tmerc +nadgrids=/etc/passwd", "nonsense"])
def test_an_answer_that_is_no_code_is_asked_again(answer: str) -> None:
    verdict = crs.judge_answer(_points("EPSG:9213"), Placement(answer))
    assert verdict.placement is None and [finding.code for finding in verdict.findings] == ["CRS_MISSING"]


def test_heights_survive_the_move_and_rings_are_put_in_order() -> None:
    shape = shapely.from_wkt("POLYGON Z ((430000 2388000 7, 430000 2389000 8, 431000 2389000 9, 430000 2388000 7))")
    (moved,) = shapes.in_ring_order(shapes.to_4326(np.array([shape]), Placement("EPSG:9213")))
    assert moved.exterior.is_ccw and {point[2] for point in moved.exterior.coords} == {7.0, 8.0, 9.0}


def test_every_candidate_is_a_system_that_proj_knows() -> None:
    assert len({CRS.from_epsg(code).name for code in EPSG}) == len(EPSG)


def test_lines_that_neighbours_share_are_made_into_faces_with_their_labels() -> None:
    edges = list(shapely.get_parts(shapely.unary_union([shape.boundary for shape in SHAPES])))
    labels = [shapely.point_on_surface(shape) for shape in SHAPES]
    texts = [None] * len(edges) + [r"P. " + unit.name for unit in UNITS]
    areas = drawings.areas_of([*edges, *labels], texts)
    assert len(areas) == 32
    assigned = drawings.assign(areas, known_units())
    assert {unit.code: area.label for unit, area in assigned if unit} == {
        unit.code: f"P. {unit.name}" for unit in UNITS
    }


def test_closed_lines_are_areas_one_by_one() -> None:
    rings = [shape.exterior for shape in SHAPES]
    assert len(drawings.areas_of(rings, [None] * 32)) == 32


def test_a_filled_legend_does_not_hide_units_that_are_drawn_as_lines() -> None:
    legend = shapely.box(105.0, 21.0, 105.01, 21.01)
    rings = [shape.exterior for shape in SHAPES]
    assert len(drawings.areas_of([legend, *rings], [None] * 33)) == 33


def test_an_area_that_is_filled_and_outlined_counts_once() -> None:
    drawn = [one for shape in SHAPES for one in (shape, shape.exterior)]
    assert len(drawings.areas_of(drawn, [None] * 64)) == 32


def test_a_shape_that_no_unit_covers_gets_no_code() -> None:
    far = drawings.Labelled(shapely.box(100, 10, 101, 11), None)
    assert drawings.assign([far], known_units()) == [(None, far)]


@pytest.mark.parametrize(
    ("text", "words"),
    [(r"Quan Tri\U+1ec1u", "Quan Triều"), (r"{\fArial|b0;Quang}\PVinh", "Quang Vinh"), ("Túc Duyên", "Túc Duyên")],
)
def test_labels_lose_their_escapes_and_formatting(text: str, words: str) -> None:
    assert drawings.label_text(text) == words
