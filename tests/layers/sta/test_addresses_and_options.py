# SPDX-License-Identifier: Apache-2.0
"""SensorThings' language: addresses and query options are read, and what is none of them is refused by name."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadParameter, NotFound
from layers.registry import discover
from layers.sta.address import observation_id, observation_key, parse_address
from layers.sta.encode import Page, Row, next_link
from layers.sta.entities import World
from layers.sta.expression import Call, Infix, Logical, Not, Path, Value, parse_filter
from layers.sta.model import ENTITY_TYPES
from layers.sta.options import MAX_TOP, Options, parse_options
from layers.sta.select import select_count, select_page
from layers.sta.vocabulary import observed_named, same_unit
from tests.support.fuzz import FUZZ

THINGS = ENTITY_TYPES["Things"]
SENSORS = discover()["sensors"]
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "names", "keys", "tail", "member"),
    [
        ("Things", ["Thing"], [None], "entities", None),
        ("/Things(1)/", ["Thing"], [1], "entities", None),
        ("Sensors('sensors.air')", ["Sensor"], ["sensors.air"], "entities", None),
        ("Things(1)/Datastreams(5)/Thing", ["Thing", "Datastream", "Thing"], [1, 5, None], "entities", None),
        ("Things/$ref", ["Thing"], [None], "reference", None),
        ("Datastreams(5)/Thing/$ref", ["Datastream", "Thing"], [5, None], "reference", None),
        ("Things(1)/name", ["Thing"], [1], "property", "name"),
        ("Observations('5-1')/Datastream/name/$value", ["Observation", "Datastream"], ["5-1", None], "value", "name"),
    ],
)
def test_addresses_are_read(path: str, names: list[str], keys: list[object], tail: str, member: str | None) -> None:
    address = parse_address(path)
    assert [step.kind.name for step in address.steps] == names
    assert [step.key for step in address.steps] == keys
    assert (address.tail, address.member) == (tail, member)


@pytest.mark.parametrize(
    "path",
    [
        "", "Nothings", "things", "Things()", "Things(x)", "Things(1", "Things(1)(2)", "Things/1", "Things/name",
        "Things/Datastreams", "Things(1)/Sensor", "Datastreams(1)/Thing(2)", "Things(1)/$ref", "Things(1)/name/x",
        "Things(1)/name/$value/x", "Things(1)/$value", "/".join(["Things(1)/Locations(1)"] * 5),
    ],
)  # fmt: skip
def test_what_is_no_address_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        parse_address(path)


@given(st.integers(1, 10**15), st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)))
def test_an_observation_is_found_by_its_id(stream: int, moment: datetime) -> None:
    assert observation_key(observation_id(stream, moment)) == (stream, moment)


@pytest.mark.parametrize("text", ["", "5", "5-", "-5", "5-x", "5-999999999999999999", "٥-1", "5-1 "])
def test_what_is_no_id_of_an_observation_names_none(text: str) -> None:
    assert observation_key(text) is None


def test_filters_bind_as_the_standard_says() -> None:
    name, result = Path(("name",)), Path(("result",))
    one, two = Value("number", 1), Value("number", 2)
    a, b = Infix("eq", name, Value("text", "it's")), Infix("gt", Infix("add", result, Infix("mul", two, two)), one)
    assert parse_filter("name eq 'it''s' or result add 2 mul 2 gt 1 and not name eq 'it''s'") == Logical(
        "or", a, Logical("and", b, Not(a))
    )
    assert parse_filter("(name eq 'it''s' or name eq 'it''s') and name eq 'it''s'") == Logical(
        "and", Logical("or", a, a), a
    )
    assert parse_filter("substringof('x',tolower(Datastream/name))") == Call(
        "substringof", (Value("text", "x"), Call("tolower", (Path(("Datastream", "name")),)))
    )


@pytest.mark.parametrize("offset", ["+07:00", " 07:00", "Z"])
def test_a_moment_keeps_its_offset_also_where_the_plus_came_as_a_blank(offset: str) -> None:
    hour = 5 if offset == "Z" else 12
    for second in ("", ":00", ":00.000"):
        node = parse_filter(f"phenomenonTime lt 2026-11-20T{hour:02d}:00{second}{offset}")
        assert isinstance(node, Infix)
        assert node.right == Value("moment", NOW)


@pytest.mark.parametrize(
    "text",
    [
        "", "name", "name eq", "eq 1", "name eq 'x", "(name eq 1", "name eq 1)", "name eq 1 1", "name = 1", "f(",
        "f(1,)", "name eq 2026-13-01", "name eq 2026-02-30T00:00:00Z", "result eq 1e999", "not", "a/b/c/d/e/f/g eq 1",
        "(" * 40 + "1 eq 1" + ")" * 40, " and ".join(["1 eq 1"] * 300), "geography'POINT (1 2)",
        "x eq geography'POINT (1)'",
        "x eq geography'POINT EMPTY'", "x eq geography'POLYGON((0 0,1 1,0 1,1 0,0 0))'",
        "x eq geography'POINT (999 0)'", "x eq geography'GEOMETRYCOLLECTION(POINT(1 2))'",
        "name eq '" + "x" * 9000 + "'",
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        select_page(
            world(), parse_address("Observations"), parse_options(ENTITY_TYPES["Observations"], [("$filter", text)])
        )


def test_expand_has_options_of_its_own_and_paths() -> None:
    words = "Datastreams($top=1;$filter=name eq 'a;b,(c';$expand=Observations($orderby=result desc)),Locations/Things"
    first, second = parse_options(THINGS, [("$expand", words)]).expand
    assert (first.relation.name, first.options.top) == ("Datastreams", 1)
    assert first.options.filter == Infix("eq", Path(("name",)), Value("text", "a;b,(c"))
    assert first.options.expand[0].options.order[0].descending
    assert (second.relation.name, second.options.expand[0].relation.name) == ("Locations", "Things")
    (both,) = parse_options(THINGS, [("$expand", "Datastreams/Sensor,Datastreams/Observations")]).expand
    assert [one.relation.name for one in both.options.expand] == ["Sensor", "Observations"]


@pytest.mark.parametrize(
    "pairs",
    [
        [("$top", "x")], [("$top", "-1")], [("$skip", "1.5")], [("$skip", "99999999")], [("$count", "yes")],
        [("top", "1")],
        [("$top", "1"), ("$top", "2")], [("$select", "nothing")], [("$select", "")], [("$orderby", "name up")],
        [("$orderby", "name asc desc")], [("$orderby", ",".join(["name"] * 6))], [("$expand", "Sensor")],
        [("$expand", "Datastreams(")], [("$expand", "Datastreams($top)")], [("$expand", "Datastreams($foo=1)")],
        [("$expand", "Datastreams($skiptoken=1)")], [("$expand", ",".join(["Datastreams/Thing"] * 40))],
        [("$expand", "/".join(["Datastreams/Thing"] * 9))], [("$resultFormat", "dataArray")], [("$filter", "a\0b")],
        [("$expand", "Datastreams($top=1),Datastreams($top=2)")],
    ],
)  # fmt: skip
def test_what_is_no_option_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(BadParameter):
        parse_options(THINGS, pairs)


def test_more_than_we_give_at_once_comes_in_pages() -> None:
    assert parse_options(THINGS, [("$top", "100000")]).top == MAX_TOP


def test_the_next_page_begins_after_the_last_row_and_in_an_order_of_the_client_by_number() -> None:
    page = Page([Row({"id": 17})], more=True)
    plain = parse_options(THINGS, [("$top", "1"), ("$filter", "name eq 'a b'")])
    assert next_link("x", THINGS, page, plain) == "x?$top=1&$filter=name%20eq%20'a%20b'&$skiptoken=17"
    ordered = parse_options(THINGS, [("$top", "1"), ("$skip", "3"), ("$orderby", "name")])
    assert next_link("x", THINGS, page, ordered) == "x?$top=1&$orderby=name&$skip=4"


@pytest.mark.parametrize(
    ("names", "ours"),
    [
        (["PM2.5"], "pm25"), (["pm2,5"], "pm25"), (["http://x.org/def#PM10"], "pm10"), (["sensors.rain_mm"], "rain_mm"),
        (["Nhiệt độ"], "temp"), (["Temperature"], "temp"), (["Độ vui"], None), ([""], None), ([None, 5, "pH"], "ph"),
    ],
)  # fmt: skip
def test_observed_properties_are_known_by_name_title_and_definition(names: list[object], ours: str | None) -> None:
    found = observed_named(SENSORS, *names)
    assert (None if found is None else found.name) == ours


def test_units_are_the_same_however_they_are_spelt() -> None:
    assert all(same_unit("µg/m³", text) for text in ("µg/m³", "μg/m3", "ug/m3", "ug / m^3", None, ""))
    assert not any(same_unit("µg/m³", text) for text in ("mg/m3", "ppm", 5))


def world() -> World:
    return World(discover(), None, NOW)


@FUZZ
@given(st.sampled_from(sorted(ENTITY_TYPES)), st.text(max_size=60))
def test_any_text_is_an_address_or_not_found(plural: str, text: str) -> None:
    for path in (text, f"{plural}{text}", f"{plural}(1)/{text}"):
        try:
            parse_address(path)
        except NotFound:
            continue


WORDS = st.sampled_from(
    ["name", "id", "result", "phenomenonTime", "Datastream/id", "Datastreams/Thing/properties/kind", "1", "2.5", "'a'",
     "null", "true", "2026-11-20", "2026-11-20T00:00:00Z", "eq", "ne", "lt", "and", "or", "not", "add", "div", "(", ")",
     ",", "length(", "now(", "date(", "st_within(", "geography'POINT (1 2)'", "location", "feature", "time"]
)  # fmt: skip


@FUZZ
@given(st.sampled_from(sorted(ENTITY_TYPES)), st.lists(WORDS, max_size=12), st.text(max_size=20))
def test_any_words_are_a_filter_that_compiles_or_refused(plural: str, words: list[str], tail: str) -> None:
    kind = ENTITY_TYPES[plural]
    for text in (" ".join(words), " ".join(words) + tail):
        try:
            options = parse_options(kind, [("$filter", text)])
            select_page(world(), parse_address(plural), options)
            select_count(world(), parse_address(plural), options)
        except BadParameter as refusal:
            assert refusal.code


@FUZZ
@given(st.sampled_from(["$expand", "$select", "$orderby", "$top", "$skip", "$count"]), st.text(max_size=60))
def test_any_text_is_an_option_or_refused(name: str, text: str) -> None:
    try:
        assert isinstance(parse_options(THINGS, [(name, text)]), Options)
    except BadParameter as refusal:
        assert refusal.code
