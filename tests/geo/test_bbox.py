# SPDX-License-Identifier: Apache-2.0
"""Laws of boxes, before examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.bbox import BBox, parse_bbox
from geo.errors import BadParameter

lons = st.floats(-180, 180)
lats = st.floats(-90, 90)


@given(lons, lats, lons, lats)
def test_a_box_written_and_read_is_the_same_box(west: float, south: float, east: float, north: float) -> None:
    box = BBox(west, min(south, north), east, max(south, north))
    assert parse_bbox(",".join(repr(number) for number in box)) == box


@given(lons, lats, lons, lats, lons, lats)
def test_the_halves_of_a_box_hold_what_the_box_holds(
    west: float, south: float, east: float, north: float, lon: float, lat: float
) -> None:
    box = BBox(west, min(south, north), east, max(south, north))
    assert box.contains(lon, lat) == any(half.contains(lon, lat) for half in box.split())


@pytest.mark.parametrize(
    "text",
    ["", "1,2,3", "1,2,3,4,5", "nan,0,1,1", "inf,0,1,1", "1e400,0,1,1", "105,22,106,21", "-200,0,200,0", "a,b,c,d",
     ",".join("1" for _ in range(10_000))],
)  # fmt: skip
def test_what_is_no_box_is_refused_with_its_code(text: str) -> None:
    with pytest.raises(BadParameter) as caught:
        parse_bbox(text)
    assert caught.value.code == "bbox_invalid"
