# SPDX-License-Identifier: Apache-2.0
"""PostGIS, columns, rows and pandas give one answer. The long run is benchmarks/cql2_equivalence.py."""

import json
import random
import unicodedata
from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from geo.db.statement import compiled
from layers.cql2.folding import fold_accents, fold_case
from layers.cql2.like import pattern_of
from layers.cql2.moments import stored_ticks
from layers.cql2.numbers import calculate, stored_number
from layers.cql2.parse import TEXT, parse_filter
from layers.cql2.sql import condition
from layers.cql2.text import to_text
from layers.cql2.tokens import quoted_text
from layers.cql2.tree import Text
from tests.layers.cql2.equivalence import Arena
from tests.layers.cql2.expressions import Expressions
from tests.layers.cql2.oracle import by_pandas
from tests.layers.cql2.zoo import NUMBERS, STRANGE_MOMENTS, TEXTS, ZOO

pytestmark = pytest.mark.postgis

_SEEDS = st.lists(st.integers(0, 2**63), min_size=20, max_size=20)
_ONCE = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])

INJECTIONS = (
    "x'; drop table feature--", "x''; drop table feature--", "' OR 1=1 --", "'; SELECT pg_sleep(3) --", "\\'; --",
    "$1", "%s", "%(a)s", ":name", "{0}", "E'\\x27'", "\u02bc OR 1=1", "') UNION SELECT 1 --", "/*", "*/", "\\",
)  # fmt: skip


@given(_SEEDS)
@settings(_ONCE, max_examples=100)
def test_the_three_evaluators_agree(arena: Arena, seeds: list[int]) -> None:
    """2,000 filters over 200 features, NULL kept apart from FALSE."""
    assert arena.mismatches([Expressions(random.Random(seed)).draw() for seed in seeds]) == []


@pytest.mark.parametrize(
    "text",
    [
        "(NOT DATE('2025-06-29') >= TIMESTAMP('2025-07-01T00:00:00Z')) IS NULL",
        "S_INTERSECTS(GEOMETRYCOLLECTION(POINT(0 0), POINT(1 1)), POINT(1 1))",
        "S_DISJOINT(geom, GEOMETRYCOLLECTION(POLYGON((105 21, 106 21, 106 22, 105 21)), "
        "POLYGON((105 21, 106 21, 105.5 22, 105 21))))",
        "S_EQUALS(geom, geom)",
        "valid_from <= TIMESTAMP('9999-12-31T23:59:59.999999Z') AND valid_from >= TIMESTAMP('0001-01-01T00:00:00Z')",
        "NOT name IN ('a', 'b')",
    ],
)
def test_what_was_once_answered_differently_is_not_any_more(arena: Arena, text: str) -> None:
    assert arena.mismatches([parse_filter(text, TEXT, ZOO)]) == []


@given(_SEEDS)
@settings(_ONCE, max_examples=25)
def test_pandas_agrees_on_what_it_can_express(arena: Arena, seeds: list[int]) -> None:
    trees = [Expressions(random.Random(seed), simple=True).draw() for seed in seeds]
    assert arena.mismatches(trees) == []
    for tree in trees:
        assert by_pandas(tree, arena.rows) == arena.by_rows(tree), to_text(tree)


@pytest.fixture(scope="module")
def cursor(database_url: str, arena: Arena) -> Any:
    connection = psycopg2.connect(database_url)
    with connection.cursor() as opened:
        yield opened
    connection.close()


def test_case_and_accents_fold_alike_for_every_character(cursor: Any) -> None:
    characters = [chr(code) for code in range(1, 0x30000) if not 0xD800 <= code < 0xE000]
    texts = ["".join(characters[start : start + 50]) for start in range(0, len(characters), 50)]
    cursor.execute(
        "select cql2_casei(t), cql2_accenti(t) from unnest(%s::text[]) with ordinality as u(t, n) order by n", (texts,)
    )
    folded = cursor.fetchall()
    same_unicode = unicodedata.unidata_version == _unicode_of(cursor)
    for text, (case, accents) in zip(texts, folded, strict=True):
        assert case == fold_case(text)
        if same_unicode or max(text) < "\u3100":
            assert accents == fold_accents(text)


def _unicode_of(cursor: Any) -> str:
    cursor.execute("select current_setting('server_version_num')::int / 10000")
    return {15: "14.0.0", 16: "15.0.0", 17: "15.1.0"}.get(cursor.fetchone()[0], "")


_MOMENTS = st.one_of(
    st.sampled_from([text for text in STRANGE_MOMENTS if isinstance(text, str)]),
    st.from_regex(
        r"\A[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,9})?"
        r"([zZ]|[+-][0-2][0-9]:[0-6][0-9])\Z"
    ),
    st.text(alphabet="0123456789-:TZ+. ", max_size=30),
)


@given(st.lists(_MOMENTS, min_size=20, max_size=20))
@settings(_ONCE, max_examples=50)
def test_stored_moments_are_read_alike(cursor: Any, texts: list[str]) -> None:
    cursor.execute(
        "select (extract(epoch from cql2_moment(t)) * 1000000)::bigint "
        "from unnest(%s::text[]) with ordinality as u(t, n) order by n",
        (texts,),
    )
    assert [row[0] for row in cursor.fetchall()] == [stored_ticks(text) for text in texts]


_FLOATS = st.one_of(st.sampled_from(NUMBERS), st.floats(allow_nan=False, allow_infinity=False), st.integers(-99, 99))


@given(st.lists(st.tuples(_FLOATS, _FLOATS), min_size=50, max_size=50))
@settings(_ONCE, max_examples=60)
def test_arithmetic_is_alike_to_the_last_bit(cursor: Any, pairs: list[tuple[float, float]]) -> None:
    names = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo", "div": "div", "^": "power"}
    calls = ", ".join(f"cql2_{name}(a, b)" for name in names.values())
    numbers = [[float(pair[side]) for pair in pairs] for side in (0, 1)]
    cursor.execute(
        f"select {calls} from unnest(%s::float8[], %s::float8[]) with ordinality as u(a, b, n) order by n",
        tuple([repr(number) for number in side] for side in numbers),
    )
    for (a, b), results in zip(zip(*numbers, strict=True), cursor.fetchall(), strict=True):
        assert list(results) == [calculate(op, a, b) for op in names], (a, b)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "stored",
    [
        "1e400", "-1e400", "1e-400", "5e-324", "1.7976931348623157e308", "0.1", "9007199254740993",
        "12345678901234567890", '"5"', "true", "null", "[1]", "{}",
    ],
)  # fmt: skip
def test_stored_numbers_never_raise(cursor: Any, stored: str) -> None:
    cursor.execute("select cql2_number(%s::jsonb)", (stored,))
    assert cursor.fetchone()[0] == stored_number(json.loads(stored))


_PATTERNS = st.text(alphabet="ab%_\\'ữ", max_size=8)


@given(st.lists(st.tuples(_PATTERNS, _PATTERNS), min_size=40))
@settings(_ONCE, max_examples=40)
def test_patterns_match_alike(cursor: Any, pairs: list[tuple[str, str]]) -> None:
    kept = [(text, pattern) for text, pattern in pairs if (len(pattern) - len(pattern.rstrip("\\"))) % 2 == 0]
    patterns = [pattern_of(Text(pattern)) for _, pattern in kept]
    cursor.execute(
        "select t like p from unnest(%s::text[], %s::text[]) with ordinality as u(t, p, n) order by n",
        ([text for text, _ in kept], [pattern.sql() for pattern in patterns]),
    )
    answers = [pattern.matcher()(text) for (text, _), pattern in zip(kept, patterns, strict=True)]
    assert [row[0] for row in cursor.fetchall()] == answers


@pytest.mark.parametrize("value", INJECTIONS)
def test_an_injection_is_a_value_like_any_other(arena: Arena, cursor: Any, value: str) -> None:
    """C5: no row, or exactly those that hold that text; never a word of the statement."""
    written = quoted_text(value)
    pattern = quoted_text(value.replace("\\", "\\\\"))
    for text in (
        f"name = {written}",
        f"CASEI(name) IN ({written})",
        f"name LIKE {pattern}",
        f"A_OVERLAPS((name), ({written}))",
    ):
        tree = parse_filter(text, TEXT, ZOO)
        assert arena.mismatches([tree]) == []
        sql, arguments = compiled(condition(tree))
        assert value == "$1" or value not in sql
        assert arguments
    cursor.execute("select count(*) from feature where layer = %s", (ZOO.id,))
    assert cursor.fetchone()[0] == len(arena.rows)


def test_the_same_statement_serves_other_literals() -> None:
    """What a client sends changes the arguments, never the text."""
    texts = {
        compiled(condition(parse_filter(f"name = '{value}' AND level > {number}", TEXT, ZOO)))[0]
        for value, number in (("a", 1), ("drop", -5), ("ữ", 1e300))
    }
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("name = 'a'", "q_name"),
        ("name IN ('a', 'b')", "q_name"),
        ("kind = 'a'", "q_kind"),
        ("valid_from >= TIMESTAMP('2025-07-01T00:00:00Z')", "valid_from"),
        ("T_AFTER(valid_from, DATE('2025-07-01'))", "valid_from"),
        ("valid_from = DATE('2025-07-01')", "valid_from"),
        ("S_INTERSECTS(geom, BBOX(105.5, 21.5, 105.51, 21.51))", "geom"),
        ("S_WITHIN(geom, POLYGON((105.5 21.5, 105.6 21.5, 105.6 21.6, 105.5 21.5)))", "geom"),
        ("open AND S_INTERSECTS(geom, POINT(105.5 21.5))", "geom"),
    ],
)
def test_the_catalogs_indexes_are_found(cursor: Any, text: str, index: str) -> None:
    dialect = postgresql.psycopg2.dialect()  # type: ignore[no-untyped-call]
    written = condition(parse_filter(text, TEXT, ZOO)).compile(dialect=dialect)
    cursor.execute("set local enable_seqscan = off")
    cursor.execute(
        f"explain select id from feature_{ZOO.id} feature where {written}",
        {name: psycopg2.Binary(value) if isinstance(value, bytes) else value for name, value in written.params.items()},
    )
    plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"{ZOO.id}_{index}" in plan, plan


def test_the_zoo_is_awkward_enough(arena: Arena) -> None:
    """The comparison is worth something only if all three answers are common."""
    trees = [Expressions(random.Random(seed)).draw() for seed in range(100)]
    answers = [answer for tree in trees for answer in arena.by_rows(tree)]
    assert min(answers.count(answer) for answer in (True, False, None)) > len(answers) // 20
    assert len({row["name"] for row in arena.rows if row.get("name")}) > len(TEXTS) // 2
