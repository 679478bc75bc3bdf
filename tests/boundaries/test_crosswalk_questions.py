# SPDX-License-Identifier: Apache-2.0
"""What is asked of a crosswalk is checked first: codes of another period, bare rates, weights that say nothing."""

from typing import Any

import pytest

from boundaries.crosswalk.periods import check_period
from boundaries.crosswalk.question import read_question
from boundaries.errors import AnotherPeriod, CodesUnknown, FiguresInvalid
from tests.boundaries.crosswalk_samples import of_2025, of_the_city

BEFORE, SINCE = of_2025().from_set, of_2025().to_set
CITY = of_the_city().from_set
SETS = (BEFORE, SINCE, CITY)
ASKED = {"from": BEFORE.id, "to": SINCE.id, "values": {"05461": 10}}


def test_codes_of_another_set_are_named() -> None:
    retired = next(code for code in BEFORE.names if code not in SINCE.names)
    with pytest.raises(CodesUnknown) as caught:
        check_period([retired, "05443"], {}, SINCE, SETS, confirmed=False)
    assert BEFORE.id in caught.value.facts["belongs_to"] and caught.value.facts["codes"] == [retired]
    assert BEFORE.id in caught.value.detail and BEFORE.id in caught.value.facts["detail_vi"]


def test_codes_of_no_set_are_named_too() -> None:
    with pytest.raises(CodesUnknown) as caught:
        check_period(["99999"], {}, BEFORE, SETS, confirmed=True)
    assert (caught.value.facts["codes"], caught.value.facts["belongs_to"]) == (["99999"], [])


def test_all_92_codes_are_no_table_of_the_280_although_each_is_a_code_of_it() -> None:
    assert set(SINCE.names) <= set(BEFORE.names)
    with pytest.raises(AnotherPeriod, match="codes of province-2025,"):
        check_period(list(SINCE.names), {}, BEFORE, SETS, confirmed=False)
    check_period(list(SINCE.names), {}, BEFORE, SETS, confirmed=True)


def test_the_32_of_the_city_are_units_of_the_280() -> None:
    check_period(list(CITY.names), {}, BEFORE, SETS, confirmed=False)


def test_a_few_codes_are_taken_at_their_word_unless_their_names_say_otherwise() -> None:
    check_period(["05467", "05443"], {}, BEFORE, SETS, confirmed=False)
    check_period(["05467", "05443"], {"05467": "Cam Giá", "05443": "P. Trưng Vương"}, BEFORE, SETS, confirmed=False)
    with pytest.raises(AnotherPeriod, match="province-2025"):
        named = {"05467": "Phường Gia Sàng", "05443": "Phan Đình Phùng"}
        check_period(["05467", "05443"], named, BEFORE, SETS, confirmed=False)


@pytest.mark.parametrize("value", [0.25, {"numerator": 1}, {"numerator": 1, "denominator": 2, "rate": 0.5}, None])
def test_a_bare_rate_is_refused_and_told_what_to_send(value: Any) -> None:
    with pytest.raises(FiguresInvalid, match="numerator, denominator") as caught:
        read_question(ASKED | {"kind": "rate", "values": {"05461": value}})
    assert caught.value.code == "rate_needs_parts"


@pytest.mark.parametrize("body", [
    [], {}, ASKED | {"extra": 1}, ASKED | {"to": BEFORE.id}, ASKED | {"from": 1}, ASKED | {"kind": "mean"},
    ASKED | {"values": {}}, ASKED | {"values": [1]}, ASKED | {"values": {"05461": "10"}},
    ASKED | {"values": {"05461": True}}, ASKED | {"values": {"05461": float("nan")}},
    ASKED | {"values": {"05461": float("inf")}}, ASKED | {"values": {"05461": 10**400}},
    ASKED | {"values": {"\ud800": 1}}, ASKED | {"values": {"a b": 1}}, ASKED | {"weight": "roads"},
    ASKED | {"weight": "table"}, ASKED | {"weights": {"05461": {"05443": 1}}}, ASKED | {"period_confirmed": 1},
    ASKED | {"weight": "table", "weights": {"05461": {"05443": -1}}},
    ASKED | {"weight": "table", "weights": {"05461": {"05443": 1}, "05467": 3}},
    ASKED | {"names": {"05461": 7}}, ASKED | {"names": {"05467": "Cam Giá"}},
    ASKED | {"kind": "rate", "values": {"05461": {"numerator": 1, "denominator": -1}}},
], ids=repr)  # fmt: skip
def test_what_makes_no_sense_is_refused(body: Any) -> None:
    with pytest.raises(FiguresInvalid):
        read_question(body)
