# SPDX-License-Identifier: Apache-2.0
"""Both encodings mean the same tree, and a tree has one spelling."""

import json
import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadParameter
from layers.catalog.incidents import LAYER as INCIDENTS
from layers.cql2.json_writer import to_json
from layers.cql2.limits import MAX_BYTES
from layers.cql2.parse import JSON, TEXT, check_filter_crs, parse_filter
from layers.cql2.text import canonical, to_text
from layers.cql2.tree import Text, Tree, properties
from tests.layers.cql2.expressions import Expressions
from tests.layers.cql2.zoo import ZOO


def text(filter_text: str) -> Tree:
    return parse_filter(filter_text, TEXT, ZOO)


def refusal(filter_text: str, lang: str = TEXT) -> str:
    with pytest.raises(BadParameter) as caught:
        parse_filter(filter_text, lang, ZOO)
    return caught.value.code


SAME = [
    ("name = 'a'", {"op": "=", "args": [{"property": "name"}, "a"]}),
    ("NOT name = 'a' AND open OR count > 1 + 2 * 3 ^ 2", None),
    ("name LIKE 'Smith%'", {"op": "like", "args": [{"property": "name"}, "Smith%"]}),
    ("level BETWEEN 100.0 AND 150.0", {"op": "between", "args": [{"property": "level"}, 100.0, 150.0]}),
    ("count NOT IN (1,2)", {"op": "not", "args": [{"op": "in", "args": [{"property": "count"}, [1, 2]]}]}),
    ("name IS NULL", {"op": "isNull", "args": [{"property": "name"}]}),
    ("CASEI(name) = CASEI('Straße')", {"op": "=", "args": [{"casei": {"property": "name"}}, {"casei": "Straße"}]}),
    (
        "ACCENTI(name) = ACCENTI('đá')",
        {"op": "=", "args": [{"op": "accenti", "args": [{"property": "name"}]}, {"op": "accenti", "args": ["đá"]}]},
    ),
    (
        "S_INTERSECTS(geometry,POINT(36.319836 32.288087))",
        {
            "op": "s_intersects",
            "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [36.319836, 32.288087]}],
        },
    ),
    (
        "S_INTERSECTS(geom, BBOX(160.6,-55.95,-170,-25.89))",
        {"op": "s_intersects", "args": [{"property": "geom"}, {"bbox": [160.6, -55.95, -170, -25.89]}]},
    ),
    (
        "T_DURING(INTERVAL(valid_from, valid_to), INTERVAL('1969-07-16T13:32:00Z', '..'))",
        {
            "op": "t_during",
            "args": [
                {"interval": [{"property": "valid_from"}, {"property": "valid_to"}]},
                {"interval": ["1969-07-16T13:32:00Z", ".."]},
            ],
        },
    ),
    ("seen = DATE('1969-07-20')", {"op": "=", "args": [{"property": "seen"}, {"date": "1969-07-20"}]}),
    (
        "seen > TIMESTAMP('1969-07-20T20:17:40Z')",
        {"op": ">", "args": [{"property": "seen"}, {"timestamp": "1969-07-20T20:17:40Z"}]},
    ),
    ("A_CONTAINS(('a', name), ('a'))", {"op": "a_contains", "args": [["a", {"property": "name"}], ["a"]]}),
    ("A_EQUALS((), ())", {"op": "a_equals", "args": [[], []]}),
    (
        "level > (count-1)",
        {"op": ">", "args": [{"property": "level"}, {"op": "-", "args": [{"property": "count"}, 1]}]},
    ),
]


@pytest.mark.parametrize(("written", "document"), SAME)
def test_the_examples_mean_the_same_in_both_encodings(written: str, document: object) -> None:
    tree = text(written)
    assert text(to_text(tree)) == tree
    for spelling in (document, to_json(tree)):
        if spelling is not None:
            assert parse_filter(json.dumps(spelling), JSON, ZOO) == tree


@given(st.integers(0, 2**63))
@settings(max_examples=400, deadline=None)
def test_what_is_printed_is_read_back_as_the_same_tree(seed: int) -> None:
    tree = Expressions(random.Random(seed)).draw()
    written, document = to_text(tree), json.dumps(to_json(tree), ensure_ascii=False)
    if max(len(written.encode()), len(document.encode())) <= MAX_BYTES:
        assert text(written) == tree
        assert parse_filter(document, JSON, ZOO) == tree


@given(st.text(alphabet=st.one_of(st.sampled_from("'\\%_\"a"), st.characters(codec="utf-8", exclude_characters="\0"))))
@settings(max_examples=300, deadline=None)
def test_every_text_can_be_written_as_a_literal(value: str) -> None:
    tree = parse_filter(json.dumps({"op": "=", "args": [{"property": "name"}, value[:300]]}), JSON, ZOO)
    assert tree.right == Text(unicodedata.normalize("NFC", value[:300]))  # type: ignore[union-attr]
    assert text(to_text(tree)) == tree


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("name='a' and not(open)", "  NAME_ = 'a'  AND  NOT open".replace("NAME_", "name")),
        ("(((name = 'a')))", "name = 'a'"),
        ("(name = 'a' AND open) AND count = 1", "name = 'a' AND (open AND count = 1)"),
        ("geom IS NULL", "geometry is null"),
        ("level = 1.0", "level = 1e0"),
        ("level = -0.0", "level = 0"),
        ("- 5 < level", "-5 < level"),
        ("name = 'Ho\u0300a'", "name = 'Hòa'"),
        ("name = 'it''s'", "name = 'it\\'s'"),
        ("seen = TIMESTAMP('2026-11-22T08:30:00+07:00')", "seen = TIMESTAMP('2026-11-22T01:30:00Z')"),
        ("S_WITHIN(geom, MULTIPOINT(1 2, 3 4))", "s_within(geom,multipoint((1 2),(3 4)))"),
        ("S_WITHIN(geom, POINT Z (1 2 3))", "S_WITHIN(geom, POINT(1 2))"),
        ("\"name\" = 'a'", "name = 'a'"),
    ],
)
def test_spellings_of_one_filter_have_one_canonical_text(one: str, other: str) -> None:
    assert canonical(text(one)) == canonical(text(other))


@pytest.mark.parametrize(
    ("loose", "tight"),
    [
        ("open OR open AND NOT open", "open OR (open AND (NOT open))"),
        ("level = 1 + 2 * 3", "level = 1 + (2 * 3)"),
        ("level = 10 - 2 - 3", "level = (10 - 2) - 3"),
        ("level = 2 * 3 ^ 2", "level = 2 * (3 ^ 2)"),
        ("level = -2 ^ 2", "level = (-2) ^ 2"),
        ("level BETWEEN 1 AND 2 AND open", "(level BETWEEN 1 AND 2) AND open"),
        ("NOT level = 1", "NOT (level = 1)"),
        ("count = 7 div 2 % 2", "count = (7 DIV 2) % 2"),
    ],
)
def test_operators_bind_as_the_standard_says(loose: str, tight: str) -> None:
    assert text(loose) == text(tight)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "filter_syntax"),
        ("name", "filter_type_mismatch"),
        ("name = ", "filter_syntax"),
        ("name = 'a", "filter_syntax"),
        ("name = 'a' 'b'", "filter_syntax"),
        ("level = 1 = 1", "filter_syntax"),
        ("level = 2 ^ 3 ^ 4", "filter_syntax"),
        ("name = 5", "filter_type_mismatch"),
        ("open > TRUE", "filter_type_mismatch"),
        ("open AND name", "filter_type_mismatch"),
        ("NOT level", "filter_type_mismatch"),
        ("CASEI(level) = 'a'", "filter_type_mismatch"),
        ("name LIKE name", "filter_pattern_invalid"),
        ("name LIKE 'a\\\\'", "filter_pattern_invalid"),
        ("level IN ()", "filter_syntax"),
        ("T_DURING(seen, INTERVAL('..','..'))", "filter_type_mismatch"),
        ("T_AFTER(seen, '2020-01-01')", "filter_type_mismatch"),
        ("seen = DATE('2026-02-30')", "filter_time_invalid"),
        ("seen = TIMESTAMP('2026-02-01')", "filter_time_invalid"),
        ("T_AFTER(seen, INTERVAL('2026-01-02','2026-01-01'))", "filter_time_invalid"),
        ("S_WITHIN(geom, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "filter_geometry_invalid"),
        ("S_WITHIN(geom, POLYGON((0 0, 1 1, 1 0)))", "filter_geometry_invalid"),
        ("S_WITHIN(geom, LINESTRING(0 0))", "filter_geometry_invalid"),
        ("S_WITHIN(geom, POINT(200 0))", "filter_geometry_invalid"),
        ("S_WITHIN(geom, GEOMETRYCOLLECTION(POINT(1 1)))", "filter_geometry_invalid"),
        ("S_WITHIN(geom, name)", "filter_type_mismatch"),
        ("A_EQUALS(('a'), (geom))", "filter_type_mismatch"),
        ("CASEI('a', 'b') = 'a'", "filter_syntax"),
        ("secret = 'a'", "filter_property_unknown"),
        ("properties = 'a'", "filter_property_unknown"),
        ("level = 1 /* a */", "filter_syntax"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(written: str, code: str) -> None:
    assert refusal(written) == code


@pytest.mark.parametrize(
    "document",
    [
        "null", "[]", "5", '"a"', "{}", '{"op":"="}', '{"op":"=","args":[1]}', '{"op":"and","args":[true]}',
        '{"op":"=","args":[NaN,1]}', '{"op":"=","args":[1e999,1]}', '{"op":"=","op":"=","args":[1,1]}',
        '{"op":"in","args":[1,2]}', '{"op":"in","args":[1,[]]}', '{"op":"not","args":[true,true]}',
        '{"op":"=","args":["\\ud800","a"]}', '{"op":"=","args":["\\u0000","a"]}', '{"op":5,"args":[]}',
        '{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point","coordinates":[]}]}',
        '{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point","coordinates":[[1,2]]}]}',
        '{"op":"s_intersects","args":[{"property":"geom"},{"type":["Point"],"coordinates":[1,2]}]}',
        '{"op":"s_intersects","args":[{"property":"geom"},{"bbox":[1,2]}]}',
        '{"op":"t_after","args":[{"property":"seen"},{"interval":["..","..","x"]}]}',
    ],
)  # fmt: skip
def test_json_that_is_no_filter_is_refused(document: str) -> None:
    assert refusal(document, JSON).startswith("filter_")


def test_a_hidden_property_is_as_unknown_as_one_that_never_was() -> None:
    with pytest.raises(BadParameter) as hidden:
        parse_filter("agency = 'a'", TEXT, INCIDENTS, hidden={"agency"})
    with pytest.raises(BadParameter) as absent:
        parse_filter("nosuch = 'a'", TEXT, INCIDENTS)
    assert (hidden.value.code, hidden.value.detail) == (absent.value.code, absent.value.detail)


def test_the_crs_of_a_filter_is_lon_lat() -> None:
    check_filter_crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84")
    with pytest.raises(BadParameter, match="filter-crs"):
        check_filter_crs("evil")


def test_a_tree_says_on_which_properties_it_depends() -> None:
    assert properties(text("S_WITHIN(geom, BBOX(1,1,2,2)) AND T_AFTER(INTERVAL(valid_from, '..'), seen)")) == {
        "geometry",
        "valid_from",
        "seen",
    }
