# SPDX-License-Identifier: Apache-2.0
"""Whether a place can be in Vietnam: the quick look agrees with the outline."""

import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.vietnam import OUTLINE, in_vietnam

_QUARTERS = st.integers(400, 480).map(lambda quarter: quarter / 4)


@given(lon=st.floats(-360, 360) | st.floats(101, 119) | _QUARTERS, lat=st.floats(-360, 360) | st.floats(5, 24))
def test_the_quick_look_agrees_with_the_outline(lon: float, lat: float) -> None:
    assert in_vietnam(lon, lat) == shapely.contains_xy(OUTLINE, lon, lat)
