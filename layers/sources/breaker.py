# SPDX-License-Identifier: Apache-2.0
"""How long a source is left alone after it failed: longer each time, never all at the same moment. Pure.

One dead source costs one visit a quarter of an hour and delays no other. The first few failures are tried again soon:
networks stumble. From ``OPENS_AFTER`` on the breaker is open, which the source page shows.
"""

from random import Random

FIRST_S = 1.0
LONGEST_S = 900.0
OPENS_AFTER = 5


def pause_s(failures: int, dice: Random) -> float:
    """Seconds until the next try after so many failures in a row: doubling, capped, with full jitter above a half."""
    whole = min(LONGEST_S, FIRST_S * 2.0 ** min(max(failures - 1, 0), 20))
    return whole * dice.uniform(0.5, 1.0)


def is_open(failures: int) -> bool:
    """Whether the source is treated as broken."""
    return failures >= OPENS_AFTER
