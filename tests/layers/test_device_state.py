# SPDX-License-Identifier: Apache-2.0
"""What a device is after checks, and how available it was."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.device_state import FAILURES, GAP, Change, Check, DeviceState, after_check, availability

T0 = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def run(pattern: str, said: str | None = "online", step: timedelta = MINUTE) -> tuple[DeviceState, list[Change]]:
    """Checks one step apart: "+" answered, "-" failed, "." nobody looked."""
    state: DeviceState | None = None
    changes: list[Change] = []
    for number, mark in enumerate(pattern):
        if mark == ".":
            continue
        check = Check(T0 + number * step, mark == "+", None if mark == "+" else "timeout")
        state, told = after_check(state, check, said)
        changes += told
    assert state is not None
    return state, changes


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("+", [(0, "online")]),
        ("+--+", [(0, "online")]),
        ("+--+--+-+", [(0, "online")]),
        ("+---", [(0, "online"), (1, "offline")]),
        ("+-----+", [(0, "online"), (1, "offline"), (6, "online")]),
        ("--", []),
        ("---", [(0, "offline")]),
        ("---+", [(0, "offline"), (3, "online")]),
    ],
)
def test_three_failed_checks_make_offline_since_the_first_and_one_good_brings_back(
    pattern: str, expected: list[tuple[int, str]]
) -> None:
    _, changes = run(pattern)
    assert [((change.at - T0) // MINUTE, change.status) for change in changes] == expected


def test_where_nobody_looked_nothing_is_known() -> None:
    gap = "." * (int(GAP / MINUTE) + 1)
    state, changes = run("+" + gap + "-")
    assert [(change.at - T0, change.status) for change in changes] == [(0 * MINUTE, "online"), (0 * MINUTE, "unknown")]
    assert (state.status, state.failures) == ("unknown", 1)
    _, changes = run("++" + gap + "+")
    assert [change.status for change in changes] == ["online", "unknown", "online"]


def test_failures_on_both_sides_of_a_gap_are_not_in_a_row() -> None:
    state, _ = run("+--" + "." * (int(GAP / MINUTE) + 1) + "-")
    assert state.status == "unknown" and state.failures == 1


def test_a_feature_is_written_for_its_moment_of_check_only_now_and_then() -> None:
    state, _ = run("+" * 10)
    assert state.shown["checked_at"] == T0.isoformat() and state.checked_at == T0 + 9 * MINUTE
    state, _ = run("+" * 40)
    assert state.shown["checked_at"] == (T0 + 30 * MINUTE).isoformat()


@pytest.mark.parametrize(
    ("facts", "is_shown"),
    [
        ({"clock_skew_s": 2}, False),
        ({"clock_skew_s": 90}, True),
        ({"firmware": "2"}, True),
        ({"took_ms": 900}, False),
    ],
)
def test_a_jitter_of_the_clock_is_no_news_and_another_firmware_is(facts: dict[str, Any], is_shown: bool) -> None:
    first = {"clock_skew_s": 0, "firmware": "1", "took_ms": 10}
    state, _ = after_check(None, Check(T0, True, facts=first), None)
    state, _ = after_check(state, Check(T0 + MINUTE, True, facts={**first, **facts}), None)
    assert (state.shown["checked_at"] != T0.isoformat()) == is_shown
    assert state.facts == {**first, **facts}


def test_a_failed_check_keeps_what_the_device_told_before() -> None:
    state, _ = after_check(None, Check(T0, True, facts={"model": "A"}), None)
    state, _ = after_check(state, Check(T0 + MINUTE, False, "timeout"), None)
    assert state.facts == {"model": "A"} and state.problem == "timeout"


def test_availability_counts_known_time_only() -> None:
    changes = [
        Change(T0, "online"),
        Change(T0 + 60 * MINUTE, "offline"),
        Change(T0 + 90 * MINUTE, "unknown"),
        Change(T0 + 200 * MINUTE, "online"),
    ]
    whole = availability(changes, T0, T0 + 210 * MINUTE)
    assert (whole.online_s, whole.known_s, whole.percent) == (70 * 60, 100 * 60, 70.0)
    assert availability(changes, T0 + 100 * MINUTE, T0 + 190 * MINUTE).percent is None
    assert availability([], T0, T0 + MINUTE).percent is None


@given(st.text("+-.", min_size=1, max_size=200))
def test_any_checks_leave_alternating_changes_in_the_order_of_time(pattern: str) -> None:
    if not pattern.strip("."):
        return
    state, changes = run(pattern)
    assert all(one.at <= other.at and one.status != other.status for one, other in pairwise(changes))
    assert not changes or changes[-1].status == state.status
    assert state.status != "online" or state.failures < FAILURES
    end = T0 + len(pattern) * MINUTE
    found = availability(changes, T0, end)
    assert 0 <= found.online_s <= found.known_s <= (end - T0).total_seconds()
