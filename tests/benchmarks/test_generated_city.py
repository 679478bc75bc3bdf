# SPDX-License-Identifier: Apache-2.0
"""The benchmark's city: the same seed, the same city; its units are a clean coverage."""

import numpy as np
import shapely

from benchmarks import city
from boundaries.unit_files import read_unit_set

UNITS = city.make_units(7)


def test_the_units_meet_in_common_borders_and_are_detailed() -> None:
    assert len(UNITS) == city.UNITS
    assert shapely.coverage_is_valid(UNITS)
    assert min(len(unit.exterior.coords) for unit in UNITS) > 1_000


def test_the_units_pass_the_checks_of_the_ingest_door() -> None:
    assert len(read_unit_set(city.unit_set_body(UNITS)).units) == city.UNITS


def test_one_seed_gives_one_city() -> None:
    assert all(one.equals_exact(other) for one, other in zip(UNITS, city.make_units(7), strict=True))
    assert np.array_equal(city.scatter(UNITS, 500, 3), city.scatter(UNITS, 500, 3))
    assert not np.array_equal(city.scatter(UNITS, 500, 3), city.scatter(UNITS, 500, 4))


def test_every_point_lies_in_a_unit() -> None:
    points = city.scatter(UNITS, 500, 3)
    whole = shapely.union_all(UNITS).buffer(1e-6)
    assert shapely.contains_xy(whole, points[:, 0], points[:, 1]).all()
