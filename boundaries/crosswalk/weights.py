# SPDX-License-Identifier: Apache-2.0
"""How a unit that must be split is split. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import Literal, TypeAlias

from boundaries.crosswalk.values import Crosswalk, Pair
from boundaries.errors import WeightMissing

Weight: TypeAlias = Literal["area", "population", "schools", "table"]
Counts: TypeAlias = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Weighting:
    """What splits units.

    Attributes:
        parts: a weight for each (code, target code): a table of the sender, or counts of schools.
        sizes: a weight for each target unit; only backwards, where the part of the target is known.
    """

    weight: Weight = "area"
    parts: Counts | None = None
    sizes: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Split:
    """One target of a unit; ``pair`` is None for the ground outside of the other set.

    Attributes:
        share: part of the unit's figure.
        by: the weight that gave it; None for a whole unit, of which nothing is estimated.
    """

    pair: Pair | None
    share: float
    by: Weight | None


def split_of(crosswalk: Crosswalk, code: str, weighting: Weighting) -> list[Split]:
    """Where the figure of one unit goes; the shares sum to 1.

    Raises:
        WeightMissing: the unit must be split, and the weight does not say how.
    """
    pairs = crosswalk.by_source.get(code, ())
    if not pairs:
        return [Split(None, 1.0, None)]
    if crosswalk.is_whole(code):
        return [Split(pairs[0], 1.0, None)]
    if weighting.weight == "area":
        return _by_area(crosswalk, code)
    if weighting.weight == "schools":
        counted = _normalised(
            pairs, [(weighting.parts or {}).get((code, pair.to_code), 0.0) for pair in pairs], "schools"
        )
        # Without a single school in it, the area is all there is to go by; the answer says which it was.
        return counted or _by_area(crosswalk, code)
    return _by_table(crosswalk, code, weighting)


def _by_area(crosswalk: Crosswalk, code: str) -> list[Split]:
    pairs, left = crosswalk.by_source[code], crosswalk.outside(code)
    if left is None:
        raise WeightMissing(
            f"The areas of the units of {crosswalk.to_set.id} are not known, so the figure of "
            f"{_named(crosswalk, code)} cannot be split by area. Send weight 'population' or 'table' with 'weights' "
            "{code of the old unit: size}.",
            units=[code],
            detail_vi=f"Không có diện tích của các đơn vị thuộc bộ {crosswalk.to_set.id} nên không thể chia số liệu "
            f"của {_named(crosswalk, code)} theo diện tích. Hãy gửi trọng số 'population' hoặc 'table' kèm 'weights'.",
        )
    shares = [pair.share_from or 0.0 for pair in pairs]
    total = fsum([*shares, left])
    found = [Split(pair, share / total, "area") for pair, share in zip(pairs, shares, strict=True)]
    return [*found, Split(None, left / total, "area")] if left else found


def _by_table(crosswalk: Crosswalk, code: str, weighting: Weighting) -> list[Split]:
    pairs, parts = crosswalk.by_source[code], weighting.parts
    if parts is not None:
        missing = [pair.to_code for pair in pairs if (code, pair.to_code) not in parts]
        weights = [parts.get((code, pair.to_code), 0.0) for pair in pairs]
    else:
        sizes = weighting.sizes or {}
        missing = [pair.to_code for pair in pairs if pair.to_code not in sizes or pair.share_to is None]
        weights = [sizes.get(pair.to_code, 0.0) * (pair.share_to or 0.0) for pair in pairs]
    found = None if missing else _normalised(pairs, weights, weighting.weight)
    if not found:
        targets = ", ".join(missing or [pair.to_code for pair in pairs])
        raise WeightMissing(
            f"{_named(crosswalk, code)} is split, and 'weights' says nothing (or only zeros) about its parts in "
            f'{targets}. Send {{"{code}": {{target code: weight}}}}.',
            units=[code],
            targets=missing or [pair.to_code for pair in pairs],
            detail_vi=f"{_named(crosswalk, code)} bị chia, nhưng 'weights' không có (hoặc chỉ có số 0) cho các phần "
            f"thuộc {targets}.",
        )
    return found


def _normalised(pairs: tuple[Pair, ...], weights: list[float], by: Weight) -> list[Split]:
    total = fsum(weights)
    if total <= 0:
        return []
    return [Split(pair, weight / total, by) for pair, weight in zip(pairs, weights, strict=True)]


def _named(crosswalk: Crosswalk, code: str) -> str:
    return f"{crosswalk.from_set.names.get(code, '')} ({code})".strip()
