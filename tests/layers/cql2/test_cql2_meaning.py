# SPDX-License-Identifier: Apache-2.0
"""What filters mean, written down by hand: NULL, case, accents, numbers, time and space."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # ships no types
import pytest
from shapely.geometry import GeometryCollection, Point, box

from geo.errors import BadParameter
from layers.catalog.units import LAYER as UNITS
from layers.cql2.columns import select
from layers.cql2.parse import TEXT, parse_filter
from layers.cql2.row import matcher, truth
from layers.cql2.stored import row_of_feature
from tests.layers.cql2.zoo import ZOO

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)
ROW: dict[str, Any] = {
    "name": "Trường Tiểu học Hòa Bình",
    "note": None,
    "kind": "a",
    "count": 7,
    "level": -2.5,
    "open": True,
    "seen": "2025-07-01T05:00:00+00:00",
    "source": "demo",
    "valid_from": NOON,
    "geometry": Point(105.75, 21.5),
}

TRUTHS: list[tuple[str, bool | None]] = [
    ("name = 'Trường Tiểu học Hòa Bình'", True),
    ("name = 'trường tiểu học hòa bình'", False),
    ("CASEI(name) = CASEI('TRƯỜNG TIỂU HỌC HÒA BÌNH')", True),
    ("ACCENTI(name) = ACCENTI('Truong Tieu hoc Hoà Bính')", True),
    ("ACCENTI(CASEI(name)) LIKE ACCENTI(CASEI('%HOA B%'))", True),
    ("ACCENTI('Đường') = 'Duong'", True),
    ("name LIKE 'Trường%Bình'", True),
    ("name LIKE 'Trường%Binh'", False),
    ("name LIKE '_rường%'", True),
    ("'100%' LIKE '100\\%'", True),
    ("'1000' LIKE '100\\%'", False),
    ("note = 'a'", None),
    ("NOT note = 'a'", None),
    ("note IS NULL", True),
    ("note <> 'a' OR open", True),
    ("note = 'a' AND count = 8", False),
    ("note = 'a' AND count = 7", None),
    ("note IN ('a')", None),
    ("kind IN ('b', note)", None),
    ("kind IN ('a', note)", True),
    ("kind NOT IN ('b', note)", None),
    ("kind = 'no such choice'", False),
    ("count BETWEEN 7 AND 7", True),
    ("count / 2 = 3.5", True),
    ("count DIV 2 = 3", True),
    ("count % 4 = 3", True),
    ("level % 2 = -0.5", True),
    ("level DIV 2 = -1", True),
    ("count / 0 = 1", None),
    ("count / (count - 7) IS NULL", True),
    ("1e200 * 10 IS NULL", True),
    ("level ^ 0.5 IS NULL", True),
    ("-2 ^ 2 = 4", True),
    ("2 ^ 10 = 1024", True),
    ("'a' < 'ă'", True),
    ("'Z' < 'a'", True),
    ("'z' < 'Đ'", True),
    ("valid_from = DATE('2025-07-01')", True),
    ("valid_from > DATE('2025-07-01')", False),
    ("valid_from < DATE('2025-07-02')", True),
    ("valid_from <= DATE('2025-07-01')", True),
    ("valid_from = TIMESTAMP('2025-07-01T19:00:00+07:00')", True),
    ("seen < valid_from", True),
    ("T_INTERSECTS(valid_from, INTERVAL('2025-06-01', '2025-07-01'))", True),
    ("T_AFTER(valid_from, DATE('2025-06-30'))", True),
    ("T_DURING(INTERVAL(seen, valid_from), INTERVAL('2025-07-01', '2025-07-01'))", True),
    ("T_INTERSECTS(INTERVAL(valid_from, valid_to), INTERVAL('2025-07-01', '..'))", None),
    ("T_MEETS(INTERVAL('..', valid_from), INTERVAL(valid_from, '..'))", True),
    ("S_INTERSECTS(geometry, BBOX(105, 21, 106, 22))", True),
    ("S_WITHIN(geom, POLYGON((105.75 21, 106 21, 106 22, 105.75 22, 105.75 21)))", False),
    ("S_TOUCHES(geom, POLYGON((105.75 21, 106 21, 106 22, 105.75 22, 105.75 21)))", True),
    ("S_DISJOINT(geom, POINT(0 0))", True),
    ("S_INTERSECTS(geom, BBOX(170, 20, 106, 22))", True),
    ("S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(0 0), POINT(105.75 21.5)))", True),
    ("A_CONTAINS(('a', 'b'), (kind))", True),
    ("A_EQUALS((1, 1, 2), (2, 1))", True),
    ("A_OVERLAPS(('1', TRUE), (1, FALSE))", False),
    ("A_CONTAINS(('a'), (note))", None),
    ("A_CONTAINEDBY((), ('a'))", True),
    ("open", True),
    ("(count > 1) = TRUE", True),
]


@pytest.mark.parametrize(("text", "expected"), TRUTHS)
def test_a_row_is_judged_as_written(text: str, expected: bool | None) -> None:
    tree = parse_filter(text, TEXT, ZOO)
    assert truth(tree)(ROW) is expected
    assert matcher(tree)(ROW) is (expected is True)


@pytest.mark.parametrize(("text", "expected"), TRUTHS)
def test_columns_are_judged_as_written(text: str, expected: bool | None) -> None:
    columns = {name: np.array([value, value], dtype=object) for name, value in ROW.items()}
    assert select(parse_filter(text, TEXT, ZOO), columns, 2).tolist() == [expected is True] * 2


def test_pandas_columns_serve_too() -> None:
    frame = pd.DataFrame(
        {
            "name": pd.array(["a", None], dtype="str"),
            "level": pd.array([1.5, None], dtype="Float64"),
            "count": [7, 8],
            "open": pd.array([True, None], dtype="boolean"),
            "valid_from": pd.to_datetime(["2025-07-01T12:00:00Z", None]),
        }
    )
    columns = {name: frame[name] for name in frame}
    for text in ("name = 'a'", "level = 1.5", "count < 8", "open", "valid_from = DATE('2025-07-01')"):
        assert select(parse_filter(text, TEXT, ZOO), columns, 2).tolist() == [True, False]
        assert select(parse_filter(f"NOT ({text})", TEXT, ZOO), columns, 2).tolist() == [False, text == "count < 8"]


def test_a_streamed_feature_is_a_row() -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [105.75, 21.5]},
        "properties": {"name": "a", "valid_from": "2025-07-01T12:00:00+00:00"},
    }
    row = row_of_feature(feature)
    tree = parse_filter("S_WITHIN(geom, BBOX(105, 21, 106, 22)) AND valid_from > DATE('2025-06-30')", TEXT, ZOO)
    assert matcher(tree)(row)
    assert not matcher(tree)(row_of_feature({**feature, "geometry": None}))


def test_a_stored_shape_that_geos_refuses_meets_nothing() -> None:
    inside = parse_filter("S_INTERSECTS(geom, BBOX(105, 21, 106, 22))", TEXT, ZOO)
    for shape in (GeometryCollection([Point(105.5, 21.5)]), Point(), box(105, 21, 106, 22).boundary.union(Point())):
        assert matcher(inside)({"geometry": shape}) is (shape.geom_type == "LineString")


def test_units_have_times_and_no_source() -> None:
    assert parse_filter("code = '05443' AND valid_from < DATE('2025-07-01')", TEXT, UNITS)
    with pytest.raises(BadParameter):
        parse_filter("source = 'a'", TEXT, UNITS)
