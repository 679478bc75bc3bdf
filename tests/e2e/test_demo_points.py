# SPDX-License-Identifier: Apache-2.0
"""Every point of the demonstration has the unit that contains it, in both generations; shapely is the oracle."""

import json
from typing import Any

import psycopg2
import pytest
import shapely

from tests.support.stack import ROOT, Stack

pytestmark = pytest.mark.browser
_FILES = {"city-2017": "synthetic_city_2017_32", "province-2025": "synthetic_province_2025_92"}


def test_every_point_has_the_unit_that_contains_it_in_both_generations(shown: tuple[Stack, str]) -> None:
    units: dict[str, Any] = {}
    for unit_set, name in _FILES.items():
        file = json.loads((ROOT / "simulators" / "data" / f"{name}.geojson").read_text(encoding="utf-8"))
        for feature in file["features"]:
            units[f"{unit_set}/{feature['properties']['code']}"] = shapely.geometry.shape(feature["geometry"])
    names = list(units)
    tree = shapely.STRtree([units[name] for name in names])
    with psycopg2.connect(shown[0].database_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select f.layer, f.external_id, st_x(f.geom), st_y(f.geom), array(select v.unit_set || '/' || u.code "
            "from feature_unit fu join unit u on u.id = fu.unit join unit_set_version v on v.id = u.version "
            "where fu.layer = f.layer and fu.feature = f.id) from feature f where geometrytype(f.geom) = 'POINT'"
        )
        rows = cursor.fetchall()
    in_the_city = 0
    for layer, key, lon, lat, told in rows:
        contained = {names[index] for index in tree.query(shapely.Point(lon, lat), predicate="covered_by")}
        assert set(told) == contained, (layer, key)
        in_the_city += any(name.startswith("city") for name in contained)
    assert len(rows) > 3_000 and in_the_city > 1_500
