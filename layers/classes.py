# SPDX-License-Identifier: Apache-2.0
"""Values into classes for a choropleth, and colours for them. Pure."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

Method: TypeAlias = Literal["quantile", "jenks"]
MAX_CLASSES = 9
# Natural breaks cost the square of the number of values; more than this are thinned evenly first.
_MAX_JENKS = 300


class Classes(NamedTuple):
    """Classes ``edges[i] <= value < edges[i + 1]``, the last one with its upper edge; no edges where nothing is."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def breaks(self) -> tuple[float, ...]:
        """The edges between classes."""
        return self.edges[1:-1]

    def index_of(self, value: float) -> int:
        """The class of a value."""
        return bisect_right(self.breaks, value)


def classes_of(values: Sequence[float], count: int, method: Method) -> Classes:
    """Class values.

    Args:
        values: in any order; equal ones are never parted, so that there may be fewer classes.
        count: how many classes, 1 to 9.
        method: ``quantile``: as many values in each; ``jenks``: natural breaks (Fisher 1958).
    """
    ordered = sorted(values)
    if not ordered:
        return Classes((), ())
    inner = _quantile_breaks(ordered, count) if method == "quantile" else _jenks_breaks(ordered, count)
    breaks = [one for one in sorted(set(inner)) if one > ordered[0]]
    edges = (ordered[0], *breaks, ordered[-1])
    counts = [0] * (len(edges) - 1)
    for value in ordered:
        counts[bisect_right(breaks, value)] += 1
    return Classes(edges, tuple(counts))


def colors_of(ramp: Sequence[str], count: int) -> tuple[str, ...]:
    """So many colours, evenly along a ramp of ``#rrggbb``; one alone is the ramp's middle."""
    places = [0.5] if count == 1 else [nth / (count - 1) for nth in range(count)]
    return tuple(_between(ramp, place) for place in places)


def _quantile_breaks(ordered: Sequence[float], count: int) -> list[float]:
    return [ordered[math.ceil(len(ordered) * nth / count)] for nth in range(1, count) if len(ordered) > nth]


def _jenks_breaks(ordered: Sequence[float], count: int) -> list[float]:
    """The first value of each class but the first, such that the squares of deviations from class means are least."""
    if len(ordered) > _MAX_JENKS:
        ordered = [ordered[round(nth * (len(ordered) - 1) / (_MAX_JENKS - 1))] for nth in range(_MAX_JENKS)]
    # Around the middle, so that the differences of large sums of squares stay exact enough.
    middle = ordered[len(ordered) // 2]
    sums, squares = [0.0], [0.0]
    for value in ordered:
        sums.append(sums[-1] + value - middle)
        squares.append(squares[-1] + (value - middle) ** 2)

    def spread(start: int, end: int) -> float:
        total = sums[end] - sums[start]
        return squares[end] - squares[start] - total * total / (end - start)

    size, count = len(ordered), min(count, len(set(ordered)))
    best = [math.inf] + [spread(0, end) for end in range(1, size + 1)]
    cuts: list[list[int]] = []
    for classes in range(2, count + 1):
        before, best = best, [math.inf] * (size + 1)
        cut = [0] * (size + 1)
        for end in range(classes, size + 1):
            for start in range(classes - 1, end):
                cost = before[start] + spread(start, end)
                if cost < best[end]:
                    best[end], cut[end] = cost, start
        cuts.append(cut)
    found, end = [], size
    for cut in reversed(cuts):
        end = cut[end]
        found.append(ordered[end])
    return found


def _between(ramp: Sequence[str], place: float) -> str:
    left = min(int(place * (len(ramp) - 1)), len(ramp) - 2)
    share = place * (len(ramp) - 1) - left
    channels = []
    for nth in (1, 3, 5):
        low, high = int(ramp[left][nth : nth + 2], 16), int(ramp[left + 1][nth : nth + 2], 16)
        channels.append(round(low + (high - low) * share))
    return "#" + "".join(f"{channel:02x}" for channel in channels)
