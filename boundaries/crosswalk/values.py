# SPDX-License-Identifier: Apache-2.0
"""A crosswalk between two sets. Pure.

Shares are parts of the unit that a figure comes from. Forwards they are facts or overlaps; backwards, from new units to
old ones, only the part of the OLD unit is known as a rule, and the share follows from a weight.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum
from typing import Literal, TypeAlias

Basis: TypeAlias = Literal["legal", "overlap"]
Confidence: TypeAlias = Literal["high", "medium", "low"]
# Edges of two surveys never match to the last metre: what is smaller is no part of its own, and no ground outside.
NOISE_SHARE = 0.001
OUTSIDE_SHARE = 0.005


@dataclass(frozen=True)
class CodeSet:
    """The units of a set by code: names, and areas in m² where shapes are published."""

    id: str
    title_vi: str
    title_en: str
    names: Mapping[str, str]
    areas_m2: Mapping[str, float] = field(default_factory=dict)

    @property
    def has_shapes(self) -> bool:
        return bool(self.areas_m2)


@dataclass(frozen=True)
class Pair:
    """One unit and where a part of it lies.

    Attributes:
        share_from: part of the area of the unit that figures come from; None when nobody knows.
        share_to: part of the area of the other unit; None when nobody knows.
    """

    from_code: str
    to_code: str
    share_from: float | None
    share_to: float | None
    basis: Basis
    confidence: Confidence
    legal_basis: str | None = None


@dataclass(frozen=True)
class Crosswalk:
    """All pairs of two sets, ordered by code."""

    from_set: CodeSet
    to_set: CodeSet
    is_backwards: bool
    pairs: tuple[Pair, ...]

    @cached_property
    def by_source(self) -> dict[str, tuple[Pair, ...]]:
        """The pairs of each unit that figures come from; units without any are left out."""
        found: dict[str, list[Pair]] = {}
        for pair in self.pairs:
            found.setdefault(pair.from_code, []).append(pair)
        return {code: tuple(pairs) for code, pairs in found.items()}

    @cached_property
    def by_target(self) -> dict[str, tuple[Pair, ...]]:
        """The pairs of each unit that figures go to."""
        found: dict[str, list[Pair]] = {}
        for pair in self.pairs:
            found.setdefault(pair.to_code, []).append(pair)
        return {code: tuple(pairs) for code, pairs in found.items()}

    def outside(self, code: str) -> float | None:
        """The part of a unit's area that lies in no unit of the other set; None when areas are not known."""
        pairs = self.by_source.get(code, ())
        if not pairs:
            return 1.0
        shares = [pair.share_from for pair in pairs]
        if any(share is None for share in shares):
            return None
        left = 1.0 - fsum(share for share in shares if share is not None)
        return left if left > OUTSIDE_SHARE else 0.0

    def is_whole(self, code: str) -> bool:
        """Whether all of a unit lies in one unit of the other set, so that its figures go there undivided."""
        return len(self.by_source.get(code, ())) == 1 and self.outside(code) in (0.0, None)

    def covered(self, code: str) -> float | None:
        """The part of a target's area that lies in the set that figures come from; None when not known."""
        shares = [pair.share_to for pair in self.by_target.get(code, ())]
        if any(share is None for share in shares):
            return None
        part = fsum(share for share in shares if share is not None)
        return 1.0 if part > 1.0 - OUTSIDE_SHARE else part


def turned(crosswalk: Crosswalk) -> Crosswalk:
    """The same pairs the other way round."""
    pairs = [
        Pair(one.to_code, one.from_code, one.share_to, one.share_from, one.basis, one.confidence, one.legal_basis)
        for one in crosswalk.pairs
    ]
    pairs.sort(key=lambda pair: (pair.from_code, pair.to_code))
    return Crosswalk(crosswalk.to_set, crosswalk.from_set, not crosswalk.is_backwards, tuple(pairs))


def without_noise(pairs: list[Pair]) -> list[Pair]:
    """Overlaps without slivers; what is left of each unit sums to 1 again where it nearly did before."""
    kept = [pair for pair in pairs if pair.share_from is None or pair.share_from >= NOISE_SHARE]
    sums: dict[str, list[float]] = {}
    for pair in kept:
        sums.setdefault(pair.from_code, []).append(pair.share_from or 0.0)
    whole = {code: fsum(shares) for code, shares in sums.items() if fsum(shares) > 1.0 - OUTSIDE_SHARE}
    return [
        Pair(
            one.from_code,
            one.to_code,
            one.share_from / whole[one.from_code] if one.share_from and one.from_code in whole else one.share_from,
            one.share_to,
            one.basis,
            one.confidence,
            one.legal_basis,
        )
        for one in kept
    ]
