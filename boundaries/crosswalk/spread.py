# SPDX-License-Identifier: Apache-2.0
"""Figures of one set on the units of another. Pure.

Whole units are added, nothing else happens to them. The figure of a split unit is divided by a weight; the range says
what the sum would be if all of it lay in this unit, or none. Sums are ``math.fsum``: the order of the rows is nothing
that a total may depend on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import fsum

from boundaries.crosswalk.values import Confidence, Crosswalk
from boundaries.crosswalk.weights import Split, Weight, Weighting, split_of


@dataclass(frozen=True)
class Part:
    """What one unit gives to one target; ``to_code`` is None for the ground outside of the other set.

    Attributes:
        figure: the whole figure of the unit.
        amount: what of it goes here.
        by: the weight; None when all of the unit lies here and nothing is estimated.
        confidence: None where the weight is the sender's or counted.
    """

    from_code: str
    to_code: str | None
    figure: float
    amount: float
    share: float
    by: Weight | None
    confidence: Confidence | None

    @property
    def is_exact(self) -> bool:
        return self.by is None


@dataclass(frozen=True)
class Sum:
    """The figure of one target: an exact part, an estimated one, and what it could be at least and at most."""

    exact: float
    estimated: float
    value: float
    low: float
    high: float


def spread(crosswalk: Crosswalk, figures: Mapping[str, float], weighting: Weighting) -> list[Part]:
    """Every part of every figure; the parts of a figure sum to it.

    Raises:
        WeightMissing: a unit must be split, and the weight does not say how.
    """
    return [
        part
        for code, figure in sorted(figures.items())
        for part in _parts(code, figure, split_of(crosswalk, code, weighting))
    ]


def _parts(code: str, figure: float, splits: list[Split]) -> list[Part]:
    parts = [
        Part(
            code,
            one.pair.to_code if one.pair else None,
            figure,
            figure * one.share,
            one.share,
            one.by,
            one.pair.confidence if one.pair and one.by in (None, "area") else None,
        )
        for one in splits
    ]
    # Shares are rounded numbers: the largest part takes what they leave, so that nothing is lost on the way.
    largest = max(range(len(parts)), key=lambda index: parts[index].share)
    others = [-part.amount for index, part in enumerate(parts) if index != largest]
    parts[largest] = replace(parts[largest], amount=fsum([figure, *others]))
    return parts


def sum_of(parts: list[Part]) -> Sum:
    """The figure of one target from its parts."""
    exact = [part.amount for part in parts if part.is_exact]
    divided = [part for part in parts if not part.is_exact]
    return Sum(
        fsum(exact),
        fsum(part.amount for part in divided),
        fsum(part.amount for part in parts),
        fsum([*exact, *(min(0.0, part.figure) for part in divided)]),
        fsum([*exact, *(max(0.0, part.figure) for part in divided)]),
    )


def range_of_rate(numerators: list[Part], denominators: list[Part]) -> tuple[float | None, float | None]:
    """The least and the greatest rate when each split unit lies in the target altogether or not at all.

    The best choice takes split units in the order of their own rates up to one of them, so only those are tried.

    Args:
        numerators, denominators: parts of one target, for the same units in the same order.
    """
    above = {part.from_code: part for part in numerators}
    exact = [fsum(part.amount for part in parts if part.is_exact) for parts in (numerators, denominators)]
    divided = [(above[part.from_code].figure, part.figure) for part in denominators if not part.is_exact]
    rates: list[float] = []
    for descending in (True, False):
        ordered = sorted(divided, key=lambda pair: pair[0] / pair[1] if pair[1] else float("inf"), reverse=descending)
        for taken in range(len(ordered) + 1):
            top = fsum([exact[0], *(pair[0] for pair in ordered[:taken])])
            bottom = fsum([exact[1], *(pair[1] for pair in ordered[:taken])])
            if bottom:
                rates.append(top / bottom)
    return (min(rates), max(rates)) if rates else (None, None)


def by_target(parts: list[Part]) -> dict[str, list[Part]]:
    """Parts of each target, without what lies outside."""
    found: dict[str, list[Part]] = {}
    for part in parts:
        if part.to_code is not None:
            found.setdefault(part.to_code, []).append(part)
    return dict(sorted(found.items()))
