# SPDX-License-Identifier: Apache-2.0
"""One value of one field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import Rejected
from layers.spec import FieldSpec, Text
from layers.values import clean_text, clean_value, nested_deeper_than, shown

NUMBER = FieldSpec("level_m", Text("Mực nước", "Level"), "number", minimum=0, maximum=30)
WHOLE = FieldSpec("beds", Text("Giường", "Beds"), "integer")
TEXT = FieldSpec("address", Text("Địa chỉ", "Address"))
MOMENT = FieldSpec("seen_at", Text("Thấy lúc", "Seen at"), "datetime")
FLAG = FieldSpec("open", Text("Mở cửa", "Open"), "boolean")


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("field", [NUMBER, WHOLE, TEXT, MOMENT, FLAG], ids=lambda field: field.name)
def test_nothing_and_the_empty_text_are_no_value(field: FieldSpec, value: Any) -> None:
    assert clean_value(field, value) is None


@pytest.mark.parametrize(("field", "value", "stored"), [
    (NUMBER, 3, 3), (NUMBER, 2.5, 2.5), (WHOLE, 12.0, 12), (FLAG, False, False), (TEXT, "  Gia Sàng ", "Gia Sàng"),
    (MOMENT, "2026-11-20T08:00:00+07:00", "2026-11-20T01:00:00+00:00"),
])  # fmt: skip
def test_a_good_value_is_stored_in_one_form(field: FieldSpec, value: Any, stored: Any) -> None:
    assert clean_value(field, value) == stored


@pytest.mark.parametrize(("field", "value", "code"), [
    (NUMBER, "3", "value_wrong_type"), (NUMBER, True, "value_wrong_type"), (NUMBER, 31, "value_out_of_range"),
    (NUMBER, -0.1, "value_out_of_range"), (NUMBER, float("nan"), "value_out_of_range"),
    (NUMBER, 10**400, "value_out_of_range"), (WHOLE, 2**53 + 1, "value_out_of_range"), (WHOLE, 0.5, "value_wrong_type"),
    (FLAG, 1, "value_wrong_type"), (FLAG, "true", "value_wrong_type"), (MOMENT, "yesterday", "time_invalid"),
    (TEXT, {"a": 1}, "value_wrong_type"), (TEXT, "\udfff", "text_invalid"),
])  # fmt: skip
def test_a_wrong_value_is_refused_with_its_code(field: FieldSpec, value: Any, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        clean_value(field, value)
    assert caught.value.code == code


def test_composed_and_decomposed_vietnamese_are_one_text() -> None:
    assert clean_text("name", "Tha\u0301i Nguye\u0302n", 50) == "Th\u00e1i Nguy\u00ean"


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_shown_of_a_clients_name_can_be_encoded_and_stored(name: str) -> None:
    text = shown(name)
    assert len(text) <= 60 and "\0" not in text
    text.encode()


@given(st.integers(0, 60), st.integers(1, 40))
def test_depth_counts_levels_of_containers(depth: int, limit: int) -> None:
    value: Any = 1
    for level in range(depth):
        value = [value, 2] if level % 2 else {"a": value, "b": []} if level else [value]
    assert nested_deeper_than(value, limit) == (depth > limit)


def test_a_hundred_thousand_levels_are_judged_without_recursion() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    assert nested_deeper_than(value, 24)
    while value:  # taken apart from outside: the interpreter frees nested lists by recursion
        value = value[0]
