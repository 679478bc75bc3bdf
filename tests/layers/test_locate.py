# SPDX-License-Identifier: Apache-2.0
"""The location ladder: which rung holds, how sure it is, and what is not guessed at."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.bbox import BBox
from layers.connectors.base import NO_HINTS, PlaceHints
from layers.locate.gazetteer import Landmark, NamedUnit, Names
from layers.locate.ladder import Claimed, Ground, claim
from layers.locate.names import NameIndex
from tests.support.fuzz import FUZZ

OLD, NEW = (date(2017, 8, 18), date(2025, 7, 1)), (date(2025, 7, 1), None)
BOX = BBox(105.6, 21.4, 106.1, 21.8)
TODAY = date(2026, 11, 20)


def unit(name: str, code: str, period: tuple[date, date | None] = NEW) -> tuple[str, NamedUnit]:
    unit_set = "province-2025" if period == NEW else "city-2017"
    return name, NamedUnit(unit_set, code, f"Phường {name}", name, *period, 105.84, 21.59, BOX)


UNITS = [
    unit("Phan Đình Phùng", "05443"), unit("Gia Sàng", "05467"), unit("Tân Thành", "05500"), unit("Sơn", "05600"),
    unit("Gia Sàng", "05461", OLD), unit("Trưng Vương", "05443", OLD), unit("Túc Duyên", "05437", OLD),
]  # fmt: skip
MARKS = [("Chợ Đồng Quang", Landmark("Chợ Đồng Quang", 105.835, 21.59))]
AREA = BBox(105.4, 21.3, 106.3, 22.8)
NAMES = Names(NameIndex(UNITS), NameIndex(MARKS), AREA)
CAMERA = ("cameras", "CAM-1")
GROUND = Ground(NAMES, {CAMERA: (105.83, 21.6)}, TODAY, True)


def told(record: dict[str, Any], hints: PlaceHints = NO_HINTS, ground: Ground = GROUND) -> Claimed:
    return claim({"id": "a", **record}, hints, ground)


def unit_of(claimed: Claimed) -> tuple[Any, ...]:
    return tuple(claimed.record.get(name) for name in ("unit_set", "unit_code", "location_confidence"))


def test_good_coordinates_stay_as_they_are() -> None:
    record = {"lon": 105.84, "lat": 21.59, "location_radius_m": 5}
    assert told(record) == Claimed({"id": "a", **record})


def test_swapped_coordinates_are_turned_round_and_doubted() -> None:
    found = told({"lon": 21.59, "lat": 105.84}).record
    assert (found["lon"], found["lat"], found["location_method"], found["location_confidence"]) == (
        105.84, 21.59, "coordinate_swapped", 0.6,
    )  # fmt: skip


@pytest.mark.parametrize(("lon", "lat", "reason"), [
    (0, 0, "coordinate_zero"), (0.0, -0.0, "coordinate_zero"),
    (108.2, 16.05, "outside_area"), (2.35, 48.85, "outside_area"),
    ("105.8", "21.5", "coordinate_invalid"), (None, 21.5, "coordinate_invalid"), (10**400, 1, "coordinate_invalid"),
    (float("nan"), 21.5, "coordinate_invalid"), (True, 21.5, "coordinate_invalid"),
])  # fmt: skip
def test_coordinates_that_cannot_be_are_not_believed(lon: Any, lat: Any, reason: str) -> None:
    claimed = told({"lon": lon, "lat": lat})
    assert claimed.nowhere is not None and claimed.nowhere.reason == reason
    assert "lon" not in claimed.record and "lat" not in claimed.record


def test_a_device_lends_its_place() -> None:
    found = told({}, PlaceHints(asset=CAMERA)).record
    assert (found["lon"], found["location_method"], found["location_radius_m"]) == (105.83, "device", 25.0)


def test_an_unknown_device_is_told() -> None:
    claimed = told({}, PlaceHints(asset=("cameras", "CAM-9")))
    assert claimed.nowhere is not None and claimed.nowhere.reason == "device_unknown"


@pytest.mark.parametrize(("text", "expected"), [
    ("Cây đổ tại phường Phan Đình Phùng", ("province-2025", "05443", 0.8)),
    ("cay do o p phan dinh phung", ("province-2025", "05443", 0.8)),
    ("P. Túc Duyên, TPTN", ("city-2017", "05437", 0.6)),
    ("P.Trưng Vương", ("city-2017", "05443", 0.6)),
    ("phường Gia Sàng", ("province-2025", "05467", 0.5)),
    ("xã Sơn có ổ gà", ("province-2025", "05600", 0.8)),
    ("ngã tư đường, Phan Đình Phùng", ("province-2025", "05443", 0.8)),
])  # fmt: skip
def test_prose_names_a_unit(text: str, expected: tuple[str, str, float]) -> None:
    assert unit_of(told({}, PlaceHints(text=text))) == expected


def test_the_law_of_the_day_decides_between_two_of_a_name() -> None:
    then = Ground(NAMES, {}, date(2024, 5, 1), True)
    assert unit_of(told({}, PlaceHints(unit_name="Gia Sàng"), then))[:2] == ("city-2017", "05461")
    assert unit_of(told({}, PlaceHints(unit_name="Gia Sàng")))[:2] == ("province-2025", "05467")


@pytest.mark.parametrize(("text", "reason"), [
    ("núi cao, trời mưa", "no_name_known"),
    ("Sơn gọi điện", "no_name_known"),
    ("phường Tân Thanh", "no_name_known"),
    ("giữa phường Phan Đình Phùng và phường Tân Thành", "several_units"),
])  # fmt: skip
def test_what_is_not_clear_is_not_guessed(text: str, reason: str) -> None:
    claimed = told({}, PlaceHints(text=text))
    assert claimed.nowhere is not None and claimed.nowhere.reason == reason
    assert unit_of(claimed) == (None, None, None)
    assert len(claimed.nowhere.candidates) == (2 if reason == "several_units" else 0)


def test_a_landmark_is_a_point_with_a_wide_radius() -> None:
    found = told({}, PlaceHints(text="Ổ gà đối diện chợ Đồng Quang")).record
    assert (found["lon"], found["location_method"], found["location_radius_m"]) == (105.835, "landmark", 300.0)


def test_a_layer_without_points_takes_units_only() -> None:
    ground = Ground(NAMES, {CAMERA: (105.83, 21.6)}, TODAY, False)
    hints = PlaceHints(asset=CAMERA, text="chợ Đồng Quang, phường Phan Đình Phùng")
    assert unit_of(told({"lon": 105.84, "lat": 21.59}, hints, ground)) == ("province-2025", "05443", 0.8)


def test_a_code_of_the_source_goes_before_names() -> None:
    record = {"unit_code": "05500", "unit_set": "province-2025"}
    assert told(record, PlaceHints(text="phường Phan Đình Phùng")) == Claimed({"id": "a", **record})


@FUZZ
@given(st.text(), st.text(), st.floats() | st.text() | st.none(), st.floats() | st.integers() | st.none())
def test_any_text_and_any_coordinates_end_on_a_rung(text: str, name: str, lon: Any, lat: Any) -> None:
    claimed = told({"lon": lon, "lat": lat}, PlaceHints(unit_name=name, text=text))
    has_point = "lon" in claimed.record
    assert has_point or "unit_code" in claimed.record or claimed.nowhere is not None
