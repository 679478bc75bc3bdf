# SPDX-License-Identifier: Apache-2.0
"""Query parameters become one frozen query, or a precise refusal."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadParameter
from layers.cursor import Cursor, read_cursor, write_cursor
from layers.filters import (
    PAGE_PARAMETERS,
    FeatureQuery,
    parameters_of,
    parse_query,
    single_values,
)
from layers.registry import discover

LAYERS = discover()


def parsed(layer: str, **parameters: str) -> FeatureQuery:
    spec = LAYERS[layer]
    return parse_query(spec, single_values(parameters.items(), parameters_of(spec, *PAGE_PARAMETERS)))


def code_of(layer: str, *pairs: tuple[str, str]) -> str:
    spec = LAYERS[layer]
    with pytest.raises(BadParameter) as caught:
        parse_query(spec, single_values(pairs, parameters_of(spec, *PAGE_PARAMETERS)))
    return caught.value.code


def test_no_parameters_select_everything_a_hundred_at_a_time() -> None:
    query = parsed("incidents")
    assert query.is_everything and query.limit == 100 and query.sort == "id"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("limit", "0", "limit_invalid"),
        ("limit", "-1", "limit_invalid"),
        ("limit", "1e3", "limit_invalid"),
        ("limit", "10001", "limit_invalid"),
        ("limit", "٥", "limit_invalid"),
        ("bbox", "nan,0,1,1", "bbox_invalid"),
        ("bbox", "1,2,3", "bbox_invalid"),
        ("datetime", "garbage", "datetime_invalid"),
        ("datetime", "../..", "datetime_invalid"),
        ("after", "abc", "cursor_invalid"),
        ("sortby", "id;select", "sortby_invalid"),
        ("severity", "999", "value_not_allowed"),
        ("agency", "a\x00b", "text_invalid"),
        ("agency", "a\ufffd", "text_invalid"),
        ("agency", "a" * 201, "value_invalid"),
        ("agency", "a" * 5000, "value_too_long"),
        ("description", "not queryable", "parameter_unknown"),
        ("set", "city-2017", "parameter_unknown"),
        ("foo", "1", "parameter_unknown"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_stable_code(name: str, value: str, code: str) -> None:
    assert code_of("incidents", (name, value)) == code


def test_an_unknown_parameter_is_answered_with_those_that_exist_and_without_an_echo() -> None:
    spec = LAYERS["incidents"]
    with pytest.raises(BadParameter) as caught:
        single_values([('"; drop table x', "")], parameters_of(spec, *PAGE_PARAMETERS))
    assert "severity" in caught.value.facts["allowed"] and "drop" not in caught.value.detail


def test_a_parameter_given_twice_is_refused() -> None:
    assert code_of("incidents", ("limit", "1"), ("limit", "1000")) == "parameter_repeated"


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("5.0", 5), ("1e2", 100)])
def test_an_integer_field_takes_every_spelling_of_a_whole_number(text: str, number: int) -> None:
    assert parsed("clinics", beds=text).equals[0].value == number


@pytest.mark.parametrize("text", ["nan", "inf", "1_000", "0x41", "1e309", "1.5", "", "٥", "9" * 41, "--1"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert code_of("clinics", ("beds", text)) == "value_invalid"


def test_text_is_compared_in_nfc() -> None:
    decomposed = unicodedata.normalize("NFD", "Sở Xây dựng")
    assert parsed("incidents", agency=decomposed) == parsed("incidents", agency="Sở Xây dựng")


moments = st.none() | st.datetimes(timezones=st.just(UTC))


@given(moments, st.integers(0, 2**63 - 1), st.sampled_from(["id", "valid_from", "-valid_from"]))
def test_a_cursor_is_read_as_it_was_written(moment: datetime | None, number: int, sort: str) -> None:
    cursor = Cursor(moment, number)
    assert read_cursor(write_cursor(cursor, "incidents", sort), "incidents", sort) == cursor


@given(st.integers(0, 2**63 - 1), st.data())
def test_a_cursor_with_one_changed_character_is_refused(number: int, data: st.DataObject) -> None:
    token = write_cursor(Cursor(None, number), "incidents", "id")
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != token[at]))
    with pytest.raises(BadParameter):
        read_cursor(token[:at] + other + token[at + 1 :], "incidents", "id")


def test_a_cursor_of_another_layer_or_order_is_refused() -> None:
    token = write_cursor(Cursor(None, 7), "incidents", "id")
    for layer, sort in (("alerts", "id"), ("incidents", "valid_from")):
        with pytest.raises(BadParameter):
            read_cursor(token, layer, sort)
