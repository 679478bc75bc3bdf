# SPDX-License-Identifier: Apache-2.0
"""Tile shapes of units: at every band neighbours still share their edges."""

from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.generalise import BANDS, Band, band_for, generalise, to_mercator
from boundaries.unit_files import read_unit_set
from tests.boundaries.unit_samples import CITY, PROVINCE


@pytest.mark.parametrize("band", BANDS, ids=lambda band: f"up to z{band.max_zoom}")
@pytest.mark.parametrize("unit_set", [CITY, PROVINCE], ids=["city", "province"])
def test_every_band_is_a_coverage_of_valid_shapes(unit_set: Any, band: Band) -> None:
    exact = to_mercator(read_unit_set(unit_set).geometries)
    simple = generalise(exact, band)
    assert shapely.is_valid(simple).all() and not shapely.is_empty(simple).any()
    assert shapely.coverage_is_valid(simple, gap_width=0.0)
    # No gap and no overlap: the parts together are as large as their union.
    assert shapely.area(simple).sum() == pytest.approx(shapely.union_all(simple).area, rel=1e-9)
    assert shapely.get_num_coordinates(simple).sum() <= shapely.get_num_coordinates(exact).sum()


@pytest.mark.parametrize("band", BANDS, ids=lambda band: f"up to z{band.max_zoom}")
def test_neighbours_stay_neighbours(band: Band) -> None:
    exact = to_mercator(read_unit_set(CITY).geometries)
    simple = generalise(exact, band)
    for one in range(len(exact)):
        for other in range(one):
            if shapely.length(shapely.intersection(exact[one], exact[other])) > 4 * max(band.tolerance_m, 1):
                assert shapely.intersects(simple[one], simple[other])


def test_every_zoom_has_a_band_and_closer_ones_are_finer() -> None:
    tolerances = [band_for(zoom).tolerance_m for zoom in range(23)]
    assert tolerances == sorted(tolerances, reverse=True)
    assert tolerances[-1] == 0


def test_full_detail_is_left_as_it_is() -> None:
    exact = to_mercator(read_unit_set(CITY).geometries)
    assert np.array_equal(generalise(exact, BANDS[-1]), exact)
