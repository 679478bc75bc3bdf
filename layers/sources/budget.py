# SPDX-License-Identifier: Apache-2.0
"""A source that sends nonsense in bulk is slowed down before it costs the others anything.

Each source has a bucket of bad messages that fills again with time. What was understood costs nothing, so a busy source
is never slowed; one whose every message is refused soon waits.
"""

import time
from collections.abc import Callable

CAPACITY = 200.0
REFILL_A_SECOND = 20.0
_LONGEST_S = 10.0


class Budget:
    """The buckets of one process, by source."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait_s(self, source: str) -> float:
        """How long the source has to wait before its next message; 0 when it may send."""
        left = self._now(source)
        return 0.0 if left >= 0 else min(_LONGEST_S, -left / REFILL_A_SECOND)

    def spend(self, source: str, bad: int) -> None:
        """So many messages of the source came to nothing."""
        if bad:
            floor = -_LONGEST_S * REFILL_A_SECOND
            self._left[source] = (max(floor, self._now(source) - bad), self._clock())

    def _now(self, source: str) -> float:
        left, at = self._left.get(source, (CAPACITY, self._clock()))
        return min(CAPACITY, left + (self._clock() - at) * REFILL_A_SECOND)
