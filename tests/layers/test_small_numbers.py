# SPDX-License-Identifier: Apache-2.0
"""Numbers of too few people are not kept, whichever door they come through: the record's own check drops them."""

from datetime import date
from typing import Any

import pytest

from layers.errors import Rejected
from layers.import_columns import map_columns
from layers.indicator_records import normalise_value
from layers.registry import discover

LAYERS = discover()
TODAY = date(2026, 11, 22)


def kept(layer: str, **members: Any) -> float | None:
    record = {"unit_code": "05467", "period": "2026-10", **members}
    return normalise_value(LAYERS[layer], record, TODAY).value


@pytest.mark.parametrize(("value", "stored"), [(0, 0), (1, None), (4, None), (5, 5), (9120, 9120)])
def test_a_count_below_five_accounts_is_no_value(value: int, stored: float | None) -> None:
    assert kept("app_accounts", value=value) == stored


@pytest.mark.parametrize(
    ("numerator", "denominator", "stored"),
    [(41, 52, 78.85), (11, 11, 100), (10, 52, None), (0, 52, None), (11, 10_000, 0.11), (3, 9, None)],
)
def test_a_share_of_fewer_than_eleven_is_no_value(numerator: int, denominator: int, stored: float | None) -> None:
    for layer in ("vaccinations", "health_records"):
        parts = {"numerator": numerator, "denominator": denominator}
        assert kept(layer, **parts) == stored
        said = None if stored is None else 78.8
        assert kept(layer, value=78.8, **parts) == said, "what the source computed stands where it may be shown"


def test_a_share_alone_is_believed_and_the_numbers_of_other_layers_are_left_alone() -> None:
    assert kept("vaccinations", value=93.5) == 93.5
    assert kept("school_pupils", value=3) == 3


@pytest.mark.parametrize(
    "members",
    [
        {"numerator": 5},
        {"numerator": 12.5, "denominator": 20},
        {"numerator": -1, "denominator": 20},
        {"numerator": 30, "denominator": 20},
        {"numerator": True, "denominator": 20},
    ],
)
def test_two_numbers_that_are_no_share_are_refused(members: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        kept("vaccinations", **members)


def test_only_shares_of_people_have_two_numbers() -> None:
    with pytest.raises(Rejected, match="denominator"):
        kept("app_accounts", value=9, numerator=9, denominator=9)
    header = ["Mã ĐVHC", "Kỳ", "Số đạt", "Số trong diện"]
    assert map_columns(LAYERS["vaccinations"], header).has("denominator")
