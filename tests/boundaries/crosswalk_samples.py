# SPDX-License-Identifier: Apache-2.0
"""Crosswalks to count with: the 280 of 2025, the exact one of the synthetic city, and whatever Hypothesis thinks of."""

import csv
from pathlib import Path

from hypothesis import strategies as st

from boundaries.crosswalk.facts import BEFORE_2025, SINCE_2025, Fact, read_facts
from boundaries.crosswalk.values import CodeSet, Crosswalk, Pair
from tests.boundaries.unit_samples import CITY, PROVINCE

_DATA = Path(__file__).resolve().parents[2] / "simulators" / "data"
FACTS: list[Fact] = read_facts()


def code_set(id_: str, names: dict[str, str], areas: dict[str, float] | None = None) -> CodeSet:
    return CodeSet(id_, id_, id_, names, areas or {})


def of_2025() -> Crosswalk:
    """The 283 pairs of the law."""
    alone = [fact.to_code for fact in FACTS]
    pairs = [
        Pair(
            fact.from_code, fact.to_code, fact.share_area, 1.0 if alone.count(fact.to_code) == 1 else None,
            "legal" if fact.basis == "legal" else "overlap", "high" if fact.confidence == "high" else "low",
        )
        for fact in FACTS
    ]  # fmt: skip
    before = code_set(BEFORE_2025.id, {fact.from_code: fact.from_name for fact in FACTS})
    return Crosswalk(before, code_set(SINCE_2025.id, {f.to_code: f.to_name for f in FACTS}), False, tuple(pairs))


def synthetic_shares() -> list[tuple[str, str, float]]:
    """(old code, new code, share), exact for the synthetic shapes."""
    with (_DATA / "synthetic_crosswalk.csv").open(encoding="utf-8", newline="") as file:
        return [(row["old_code"], row["new_code"], float(row["share"])) for row in csv.DictReader(file)]


def of_the_city() -> Crosswalk:
    """The 32 and their successors by the synthetic shapes."""
    names = [
        {one["properties"]["code"]: one["properties"]["full_name"] for one in s["features"]} for s in (CITY, PROVINCE)
    ]
    pairs = [Pair(old, new, share, None, "overlap", "medium") for old, new, share in synthetic_shares()]
    return Crosswalk(code_set("city-2017", names[0]), code_set("province-2025", names[1]), False, tuple(pairs))


@st.composite
def crosswalks(draw: st.DrawFn) -> Crosswalk:
    """A few units with areas on each side, cut through each other at will; some ground may lie outside."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    cell = st.one_of(st.just(0.0), st.floats(0.5, 1e6))
    ground = [[draw(cell) for _ in range(columns)] for _ in range(rows)]
    left = [draw(st.one_of(st.just(0.0), st.floats(0.5, 1e6))) for _ in range(rows)]
    old = {f"a{i}": sum(row) + left[i] for i, row in enumerate(ground) if sum(row) + left[i] > 0}
    new = {f"b{j}": sum(row[j] for row in ground) for j in range(columns) if sum(row[j] for row in ground) > 0}
    pairs = [
        Pair(f"a{i}", f"b{j}", area / old[f"a{i}"], area / new[f"b{j}"], "overlap", "medium")
        for i, row in enumerate(ground)
        for j, area in enumerate(row)
        if area > 0
    ]
    return Crosswalk(
        code_set("old", {code: code for code in old}, old), code_set("new", {code: code for code in new}, new),
        False, tuple(pairs),
    )  # fmt: skip
