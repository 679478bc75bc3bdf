# SPDX-License-Identifier: Apache-2.0
"""Times as clients write them."""

from datetime import UTC, datetime

import pytest

from geo.errors import BadParameter
from geo.interval import parse_datetime, parse_instant


def test_an_instant_is_read_as_utc() -> None:
    assert parse_instant("2025-07-01T00:00:00+07:00") == datetime(2025, 6, 30, 17, tzinfo=UTC)


def test_a_day_is_that_whole_day() -> None:
    interval = parse_datetime("2025-06-30")
    assert (interval.start, interval.end) == (
        datetime(2025, 6, 30, tzinfo=UTC),
        datetime(2025, 7, 1, tzinfo=UTC),
    )


def test_an_interval_includes_the_day_that_it_ends_with() -> None:
    assert parse_datetime("2025-06-01/2025-06-30").end == datetime(2025, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-01-01/..", "2026-01-01/"])
def test_an_end_may_be_open(text: str) -> None:
    assert parse_datetime(text).end is None


@pytest.mark.parametrize(
    "text",
    ["garbage", "../..", "/",
     "2026-13-45", "2026-01-02/2026-01-01", "2026-01-01T00:00:00", "9999-12-31T23:59:59-23:59", "a/b/c",
     "99999-01-01T00:00:00Z", "2026-01-01T25:00:00Z", "9999-12-31"],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_its_code(text: str) -> None:
    with pytest.raises(BadParameter) as caught:
        parse_datetime(text)
    assert caught.value.code == "datetime_invalid"
