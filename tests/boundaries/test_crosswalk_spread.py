# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of figures between two sets: nothing is lost, whole units are exact, the rest has a range."""

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.crosswalk.spread import Part, by_target, range_of_rate, spread, sum_of
from boundaries.crosswalk.values import Crosswalk, Pair, turned, without_noise
from boundaries.crosswalk.weights import Weighting
from boundaries.errors import WeightMissing
from tests.boundaries.crosswalk_samples import FACTS, crosswalks, of_2025, of_the_city, synthetic_shares

SPLIT = {"05461": {"05443", "05467"}, "05467": {"05500", "05467"}, "05932": {"05908", "05941"}}
AREA = Weighting()
FIGURE = st.floats(-1e9, 1e9, allow_nan=False)


def same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-6)


def test_the_law_of_2025_is_283_pairs_of_280_units_with_92_and_three_are_split() -> None:
    assert (len(FACTS), len({f.from_code for f in FACTS}), len({f.to_code for f in FACTS})) == (283, 280, 92)
    crosswalk = of_2025()
    for code, pairs in crosswalk.by_source.items():
        assert math.fsum(pair.share_from or 0 for pair in pairs) == pytest.approx(1.0, abs=1e-12)
        assert crosswalk.is_whole(code) == (code not in SPLIT)
    assert {code: {pair.to_code for pair in crosswalk.by_source[code]} for code in SPLIT} == SPLIT


def test_sums_over_whole_units_are_exact_to_the_last_digit() -> None:
    crosswalk = of_2025()
    figures = {code: float(number * 7919 % 100_003) for number, code in enumerate(crosswalk.by_source)}
    for code, parts in by_target(spread(crosswalk, figures, AREA)).items():
        total, expected = sum_of(parts), 0.0
        for fact in FACTS:
            if fact.to_code == code and fact.from_code not in SPLIT:
                expected += figures[fact.from_code]
        assert total.exact == expected
        touched = any(code in targets for targets in SPLIT.values())
        assert (total.low < total.high) == touched == (total.estimated != 0)


def test_the_synthetic_city_is_divided_as_its_table_says() -> None:
    figures = {old: 1000.0 + number for number, (old, _, _) in enumerate(synthetic_shares())}
    expected: dict[str, list[float]] = {}
    for old, new, share in synthetic_shares():
        expected.setdefault(new, []).append(figures[old] * share)
    found = by_target(spread(of_the_city(), figures, AREA))
    assert found.keys() == expected.keys() and len(found) == 8
    for code, parts in found.items():
        assert sum_of(parts).value == pytest.approx(math.fsum(expected[code]), rel=1e-12)
    assert math.fsum(sum_of(parts).value for parts in found.values()) == math.fsum(figures.values())


def test_the_range_is_all_or_nothing_of_the_split_unit() -> None:
    parts = by_target(spread(of_2025(), {"05461": 1000.0, "05464": 50.0}, AREA))
    small = sum_of(parts["05443"])
    assert (small.exact, round(small.estimated, 6), small.low, small.high) == (0.0, 14.1, 0.0, 1000.0)


@given(crosswalks(), st.data())
def test_totals_are_kept_in_both_directions(crosswalk: Crosswalk, data: st.DataObject) -> None:
    for way in (crosswalk, turned(crosswalk)):
        figures = {code: data.draw(FIGURE) for code in way.from_set.names}
        parts = spread(way, figures, AREA)
        assert same(math.fsum(part.amount for part in parts), math.fsum(figures.values()))
        for code, figure in figures.items():
            assert same(math.fsum(part.amount for part in parts if part.from_code == code), figure)
        for grouped in by_target(parts).values():
            total = sum_of(grouped)
            assert same(total.exact + total.estimated, total.value)
            assert total.low - 1e-6 <= total.value <= total.high + 1e-6


@given(crosswalks(), st.data())
def test_a_density_is_the_same_there_and_back(crosswalk: Crosswalk, data: st.DataObject) -> None:
    """What is spread evenly over the ground comes back to where it was."""
    density = data.draw(st.floats(0.1, 100))
    there = spread(crosswalk, {code: area * density for code, area in crosswalk.from_set.areas_m2.items()}, AREA)
    arrived = {code: sum_of(parts).value for code, parts in by_target(there).items()}
    for code, value in arrived.items():
        covered = crosswalk.covered(code) or 0.0
        assert value == pytest.approx(crosswalk.to_set.areas_m2[code] * density * covered, rel=0.02)
    back = by_target(spread(turned(crosswalk), arrived, AREA))
    for code, parts in back.items():
        inside = 1 - (crosswalk.outside(code) or 0.0)
        assert sum_of(parts).value == pytest.approx(crosswalk.from_set.areas_m2[code] * density * inside, rel=0.02)


@given(crosswalks(), st.data())
def test_totals_are_kept_by_a_table_of_the_sender(crosswalk: Crosswalk, data: st.DataObject) -> None:
    weights = {(pair.from_code, pair.to_code): data.draw(st.floats(0.01, 1e6)) for pair in crosswalk.pairs}
    figures = {code: data.draw(FIGURE) for code in crosswalk.by_source}
    parts = spread(crosswalk, figures, Weighting("table", parts=weights))
    assert same(math.fsum(part.amount for part in parts), math.fsum(figures.values()))


def test_backwards_the_law_alone_knows_no_areas_and_says_so() -> None:
    backwards = turned(of_2025())
    with pytest.raises(WeightMissing, match="05443"):
        spread(backwards, {"05443": 10.0}, AREA)


def test_backwards_a_unit_that_is_the_old_one_is_exact() -> None:
    backwards = turned(of_2025())
    same_units = {code for code, pairs in backwards.by_source.items() if len(pairs) == 1}
    assert {backwards.from_set.names[code] for code in same_units} >= {"Xã Sảng Mộc", "Xã Thượng Quan"}
    parts = spread(backwards, {code: 5.0 for code in same_units}, AREA)
    assert all(part.is_exact and part.amount == 5.0 for part in parts)


def test_backwards_the_sizes_of_the_old_units_split_the_new_one() -> None:
    backwards = turned(of_2025())
    sizes = {pair.to_code: 1000.0 for pair in backwards.by_source["05443"]}
    parts = spread(backwards, {"05443": 500.0}, Weighting("population", sizes=sizes))
    gia_sang = next(part for part in parts if part.to_code == "05461")
    assert gia_sang.share == pytest.approx(14.1 / (1000 * (len(parts) - 1) + 14.1))
    assert math.fsum(part.amount for part in parts) == 500.0


@pytest.mark.parametrize("weights", [
    {}, {("05461", "05443"): 1.0}, {("05461", "05443"): 0.0, ("05461", "05467"): 0.0},
])  # fmt: skip
def test_a_table_that_does_not_say_how_to_split_is_refused_by_name(weights: dict[tuple[str, str], float]) -> None:
    with pytest.raises(WeightMissing, match="Gia Sàng"):
        spread(of_2025(), {"05461": 10.0}, Weighting("table", parts=weights))


def test_where_no_school_is_the_area_decides_and_the_part_says_so() -> None:
    parts = spread(of_2025(), {"05461": 10.0, "05467": 10.0}, Weighting("schools", parts={("05467", "05500"): 3.0}))
    assert {(part.from_code, part.by) for part in parts} == {("05461", "area"), ("05467", "schools")}


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 100)), max_size=6), st.floats(0, 100), st.floats(0.1, 100))
def test_the_range_of_a_rate_is_that_of_every_choice(
    divided: list[tuple[float, float]], top: float, bottom: float
) -> None:
    def part(code: int, figure: float, is_exact: bool) -> Part:
        return Part(str(code), "t", figure, figure / 2, 0.5, None if is_exact else "area", None)

    exact = [Part("x", "t", figure, figure, 1.0, None, None) for figure in (top, bottom)]
    above = [exact[0], *(part(index, pair[0], False) for index, pair in enumerate(divided))]
    below = [exact[1], *(part(index, pair[1], False) for index, pair in enumerate(divided))]
    every = [
        (top + sum(p[0] for p, taken in zip(divided, choice, strict=True) if taken))
        / (bottom + sum(p[1] for p, taken in zip(divided, choice, strict=True) if taken))
        for choice in product((False, True), repeat=len(divided))
    ]
    low, high = range_of_rate(above, below)
    assert low == pytest.approx(min(every)) and high == pytest.approx(max(every))


def test_slivers_of_two_surveys_are_no_parts() -> None:
    pairs = [Pair("a", "b", 0.9994, None, "overlap", "medium"), Pair("a", "c", 0.0005, None, "overlap", "medium")]
    assert [(pair.to_code, pair.share_from) for pair in without_noise(pairs)] == [("b", 1.0)]
