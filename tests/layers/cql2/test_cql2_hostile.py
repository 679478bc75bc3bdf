# SPDX-License-Identifier: Apache-2.0
"""Hostile filters: group C of the negative cases, the limits, and noise. Each a 400, each at once."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadParameter
from layers.cql2.parse import JSON, TEXT, parse_filter
from layers.cql2.row import matcher
from tests.layers.cql2.zoo import ZOO

LIMIT_S = 0.05


def code_of(text: str, lang: str = TEXT) -> str | None:
    """Why it is refused, ``None`` if it is not; in less than 50 ms of this thread's own time."""
    best = LIMIT_S + 1
    for _ in range(3):
        started = time.thread_time()
        try:
            parse_filter(text, lang, ZOO)
            code = None
        except BadParameter as refused:
            code = refused.code
        best = min(best, time.thread_time() - started)
        if best < LIMIT_S:
            return code
    raise AssertionError(f"took {best:.3f} s")


REFUSED = [
    ("C1", "(" * 1700 + "count=1" + ")" * 1700, "filter_too_deep"),
    ("C2", " OR ".join(["count=1"] * 20_000), "filter_too_long"),
    ("C2 within 8 KB", " OR ".join(["count=1"] * 700), "filter_too_large"),
    ("C4", "NOT " * 5000 + "count=1", "filter_too_long"),
    ("C4 within 8 KB", "NOT " * 1500 + "count=1", "filter_too_deep"),
    ("C6 union", "name = 'a' UNION SELECT 1", "filter_syntax"),
    ("C6 stacked", "name = 'a'; DELETE FROM feature", "filter_syntax"),
    ("C6 comment", "name = 'a' /* */", "filter_syntax"),
    ("C6 line comment", "name = 'a' --", "filter_syntax"),
    ("C7 sleep", "pg_sleep(3)=1", "filter_function_unknown"),
    ("C7 file", "pg_read_file('/etc/passwd')='a'", "filter_function_unknown"),
    ("C7 version", "version()='a'", "filter_function_unknown"),
    ("C7 setting", "current_setting('x')='a'", "filter_function_unknown"),
    ("C7 import", "lo_import('/etc/passwd')=1", "filter_function_unknown"),
    ("C7 dblink", "dblink('host=x','select 1')=1", "filter_function_unknown"),
    ("C7 our own functions", "cql2_shape('a')=1", "filter_function_unknown"),
    ("C8", "nosuch=1", "filter_property_unknown"),
    ("C9", "exec(java.lang.Runtime.getRuntime(),'id')=1", "filter_function_unknown"),
    ("C9 path", "a/b[1] = 1", "filter_property_unknown"),
    ("C10", "strEndsWith(name,'x'') = 1 --')=true", "filter_function_unknown"),
    ("C10 array", "jsonArrayContains(name, '/a', 'b') = true", "filter_function_unknown"),
    ("C11", "name LIKE '" + "%" * 2000 + "'", "filter_pattern_too_wild"),
    ("C11 letters", "name LIKE '" + "%a" * 9 + "'", "filter_pattern_too_wild"),
    ("C12", "count IN (" + ",".join(["1"] * 100_000) + ")", "filter_too_long"),
    ("C12 within 8 KB", "count IN (" + ",".join(["1"] * 501) + ")", "filter_list_too_long"),
    ("C13", "S_INTERSECTS(geom, POLYGON((" + ",".join(["1 1"] * 100_000) + ")))", "filter_too_long"),
    ("C13 in 8 KB", "S_INTERSECTS(geom, LINESTRING(" + ",".join(["1 1"] * 2010) + "))", "filter_geometry_too_large"),
    ("C14", "S_INTERSECTS(geom, " + "GEOMETRYCOLLECTION(" * 20_000 + ")" * 20_001, "filter_too_long"),
    ("C14 within 8 KB", "S_INTERSECTS(geom, " + "GEOMETRYCOLLECTION(" * 400 + ")" * 401, "filter_syntax"),
    ("C15 buffer", "S_BUFFER(geom, 1e308) = 1", "filter_function_unknown"),
    ("C15 distance", "S_DISTANCE(geom, POINT(1 1), 1e308) = 1", "filter_function_unknown"),
    ("C15 not a number", "S_WITHIN(geom, POINT(NaN 1))", "filter_syntax"),
    ("C15 infinite", "S_WITHIN(geom, POINT(1e999 1))", "filter_geometry_invalid"),
    ("C15 empty", "S_WITHIN(geom, POINT EMPTY)", "filter_syntax"),
    ("C16 year", "T_BEFORE(seen, TIMESTAMP('99999-01-01T00:00:00Z'))", "filter_time_invalid"),
    ("C16 infinity", "T_BEFORE(seen, TIMESTAMP('-infinity'))", "filter_time_invalid"),
    ("C17", "CASEI(ACCENTI(" * 250 + "name" + "))" * 250 + "='a'", "filter_too_deep"),
    ("C18 large", "level = 1e309", "filter_number_invalid"),
    ("C18 hexadecimal", "level = 0x41", "filter_syntax"),
    ("C18 long", "level = " + "9" * 10_000, "filter_too_long"),
    ("C18 long within 8 KB", "level = " + "9" * 8000, "filter_number_invalid"),
    ("C19 Cyrillic", "n\u0430me = 'a'", "filter_property_unknown"),
    ("C19 joiner", "na\u200dme = 'a'", "filter_property_unknown"),
    ("C19 right to left", "\u202ename = 'a'", "filter_syntax"),
    ("C22", "secret LIKE '09%'", "filter_property_unknown"),
    ("3 KB of brackets", "(" * 1536 + ")" * 1536, "filter_too_deep"),
    ("1 MB", "name = '" + "a" * 1_000_000 + "'", "filter_too_long"),
    ("10,000 ANDs", " AND ".join(["count=1"] * 10_001), "filter_too_long"),
    ("bytes, not characters", "name = '" + "ữ" * 2800 + "'", "filter_too_long"),
    ("NUL", "name = '\0'", "filter_text_invalid"),
    ("half a pair", "name = '\ud800'", "filter_text_invalid"),
    ("minus", "level = " + "- " * 2000 + "(1)", "filter_too_deep"),
    ("sums", "level = " + "+".join(["1"] * 200), "filter_too_deep"),
]
REFUSED_JSON = [
    ("C3", '{"op":"and","args":[true,' * 1600, "filter_too_long"),
    ("C3 within 8 KB", '{"op":"and","args":[true,' * 300, "filter_too_deep"),
    ("nested nots", '{"op":"not","args":[' * 33 + "true" + "]}" * 33, "filter_too_deep"),
    ("arrays", "[" * 5000, "filter_too_deep"),
    ("positions", '{"type":"Point","coordinates":' + "[" * 90 + "1" + "]" * 90 + "}", "filter_geometry_invalid"),
    ("list", '{"op":"in","args":[1,[' + ",".join(["1"] * 501) + "]]}", "filter_list_too_long"),
    ("digits", '{"op":"=","args":[1,' + "9" * 8000 + "]}", "filter_number_invalid"),
]


@pytest.mark.parametrize(("text", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_hostile_text_is_refused_at_once(text: str, code: str) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(("text", "code"), [row[1:] for row in REFUSED_JSON], ids=[row[0] for row in REFUSED_JSON])
def test_a_hostile_document_is_refused_at_once(text: str, code: str) -> None:
    assert code_of(text, JSON) == code


def test_another_language_is_refused() -> None:
    """C20."""
    assert code_of("name = 'a'", "sql") == "filter_lang_unknown"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 31 + "count=1" + ")" * 31,
        "NOT " * 30 + "count=1",
        " OR ".join(["count=1"] * 127),
        "count IN (" + ",".join(["1"] * 500) + ")",
        "name LIKE '" + "%a" * 8 + "'",
        "S_INTERSECTS(geom, LINESTRING(" + ",".join(["1 1", "2 2"] * 990) + "))",
        "name = '" + "ữ" * 2700 + "'",
    ],
)
def test_what_is_just_within_the_limits_is_read_at_once(text: str) -> None:
    assert code_of(text) is None


def test_a_hostile_pattern_is_matched_at_once() -> None:
    """A backtracking matcher would take years here."""
    matches = matcher(parse_filter("name LIKE '" + "%a" * 7 + "%b'", TEXT, ZOO))
    started = time.thread_time()
    assert matches({"name": "a" * 100_000}) is False
    assert matcher(parse_filter("name LIKE '%_a_a_%'", TEXT, ZOO))({"name": "a" * 5000}) is True
    assert time.thread_time() - started < LIMIT_S


_WORDS = st.sampled_from(
    "name count level open seen geom ( ) , = <> < >= + - * / % ^ div AND OR NOT LIKE BETWEEN IN IS NULL TRUE 'a' '%_' "
    "1 -2.5 1e9 CASEI( ACCENTI( S_WITHIN( T_AFTER( A_EQUALS( INTERVAL( DATE( TIMESTAMP( BBOX( POINT( POLYGON(( "
    "MULTIPOINT( GEOMETRYCOLLECTION( '2026-01-01' '..' 105.5 21.5 \\' ' \" x.y Đ".split(" ")
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
    | st.sampled_from(["name", "geom", "2026-01-01", "..", "and", "in", "like", "s_within", "a_equals", "Point"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.fixed_dictionaries(
        {"op": st.sampled_from(["and", "or", "not", "=", "in", "like", "between", "isNull", "casei", "+", "t_after",
                                "s_within", "a_contains", "x"]), "args": st.lists(inner, max_size=3)}
    )
    | st.dictionaries(
        st.sampled_from(["op", "args", "property", "date", "timestamp", "interval", "bbox", "type", "coordinates",
                         "geometries", "casei"]), inner, max_size=3,
    ),
    max_leaves=20,
)  # fmt: skip


@given(st.text(max_size=200))
@settings(max_examples=500, deadline=None)
def test_arbitrary_text_is_a_filter_or_a_bad_parameter(text: str) -> None:
    code_of(text)
    code_of(text, JSON)


@given(st.lists(_WORDS, max_size=60).map(" ".join))
@settings(max_examples=500, deadline=None)
def test_arbitrary_words_are_a_filter_or_a_bad_parameter(text: str) -> None:
    code_of(text)


@given(_VALUES.map(json.dumps))
@settings(max_examples=500, deadline=None)
def test_arbitrary_json_is_a_filter_or_a_bad_parameter(text: str) -> None:
    code_of(text, JSON)
