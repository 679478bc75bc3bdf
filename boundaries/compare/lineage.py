# SPDX-License-Identifier: Apache-2.0
"""Which unit went into which, told by the ground that they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import Shapes, area_of
from boundaries.compare.ground import Redrawn, spheroid_m2
from boundaries.compare.values import Origin

# Less of a unit than this is a border that was drawn again.
SHARE_OF_BEFORE = 0.005
# A small unit that is carved out of a large one takes less of it than that, and came from it all the same.
SHARE_OF_AFTER = 0.1
# Over this the ground is the same.
SAME_GROUND = 0.9


@dataclass(frozen=True)
class Shared:
    """Ground that a unit before and a unit after have in common; the two by their positions."""

    before: int
    after: int
    share_of_before: float
    share_of_after: float

    @property
    def iou(self) -> float:
        """Common ground over all ground of the two."""
        if not self.share_of_before or not self.share_of_after:
            return 0.0
        return 1 / (1 / self.share_of_before + 1 / self.share_of_after - 1)

    @property
    def is_origin(self) -> bool:
        """The unit after came from the unit before, at least in part."""
        return self.share_of_before >= SHARE_OF_BEFORE or self.share_of_after >= SHARE_OF_AFTER


@dataclass(frozen=True)
class Side:
    """The shapes of one side with their areas on the spheroid, in square metres."""

    shapes: Shapes
    area_m2: Sequence[float]


def meeting(before: Side, after: Side, same: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs of shapes that touch or overlap, without those that are the same and so share nothing with others."""
    old = np.setdiff1d(np.arange(len(before.shapes)), [one for one, _ in same])
    new = np.setdiff1d(np.arange(len(after.shapes)), [other for _, other in same])
    if not len(old) or not len(new):
        return []
    shapely.prepare(after.shapes[new])
    right, left = shapely.STRtree(before.shapes[old]).query(after.shapes[new], predicate="intersects")
    return [(int(one), int(other)) for one, other in zip(old[left], new[right], strict=True)]


def shared_ground(
    before: Side, after: Side, pairs: Sequence[tuple[int, int]], redrawn: Mapping[tuple[int, int], Redrawn]
) -> list[Shared]:
    """What each pair has in common; pairs with nothing, or too little to tell of, are left out.

    Args:
        before: one side.
        after: the other.
        pairs: those that meet.
        redrawn: of pairs that are one unit on both sides, what it won and lost: what it kept is the rest, and only what
            it lost can be in another unit, because units do not overlap. Laying whole units over their neighbours
            takes minutes where borders have millions of vertices.
    """
    lost = {one: (other, drawn.lost, spheroid_m2(drawn.lost)) for (one, other), drawn in redrawn.items()}
    found = []
    for one, other in pairs:
        sizes = before.area_m2[one], after.area_m2[other]
        if one not in lost:
            common = _common_m2(before.shapes[one], after.shapes[other])
        elif lost[one][0] == other:
            common = sizes[0] - lost[one][2]
        elif lost[one][2] < min(SHARE_OF_BEFORE * sizes[0], SHARE_OF_AFTER * sizes[1]):
            continue
        else:
            common = _common_m2(lost[one][1], after.shapes[other])
        if common > 0:
            found.append(Shared(one, other, *(min(common / size, 1.0) for size in sizes)))
    return found


def _common_m2(shape: BaseGeometry, whole: BaseGeometry) -> float:
    return spheroid_m2(
        shape if shapely.contains_properly(whole, shape) else area_of(shapely.intersection(shape, whole))
    )


def origins(shared: Sequence[Shared], codes: Sequence[str]) -> dict[int, tuple[Origin, ...]]:
    """For each unit after, by position, the units before that went into it, the largest share first."""
    found: dict[int, list[Origin]] = {}
    for one in shared:
        if one.is_origin:
            share = one.share_of_before if one.share_of_before < 0.999999 else 1.0
            found.setdefault(one.after, []).append((codes[one.before], share))
    return {after: tuple(sorted(rows, key=lambda row: (-row[1], row[0]))) for after, rows in found.items()}
