# SPDX-License-Identifier: Apache-2.0
"""Slows down guessing: after some failures a name must wait, longer each time. Nobody else is locked out."""

import time
from collections import OrderedDict
from collections.abc import Callable

from geo.errors import TooMany

_FREE = 5
_LONGEST_S = 300.0
_KEPT = 10_000


class TooManyAttempts(TooMany):
    """Too many failures for this name: wait."""

    default_code = "too_many_attempts"


class Attempts:
    """Failures by name, in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, name: str) -> None:
        """Whether the name may try now.

        Raises:
            TooManyAttempts: not yet; the facts say for how long.
        """
        count, last = self._failures.get(name, (0, 0.0))
        if count < _FREE:
            return
        wait_s = min(_LONGEST_S, 2.0 ** (count - _FREE)) - (self._clock() - last)
        if wait_s > 0:
            raise TooManyAttempts("Too many wrong passwords: wait a moment.", retry_after_s=round(wait_s, 1))

    def failed(self, name: str) -> None:
        """Count a failure."""
        count, _ = self._failures.get(name, (0, 0.0))
        self._failures[name] = (count + 1, self._clock())
        self._failures.move_to_end(name)
        while len(self._failures) > _KEPT:
            self._failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget the failures."""
        self._failures.pop(name, None)
