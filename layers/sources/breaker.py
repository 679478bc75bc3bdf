# SPDX-License-Identifier: Apache-2.0
"""How long a source is left alone after it failed: longer each time, never all at the same moment. Pure.

One dead source costs one visit a quarter of an hour and delays no other. The first few failures are tried again soon:
networks stumble. From ``FAILING_AFTER`` on the source
counts as failing, which the source page shows.
"""

from random import Random

FIRST_S = 1.0
LONGEST_S = 900.0
FAILING_AFTER = 3


def pause_s(failures: int, dice: Random, longest_s: float = LONGEST_S) -> float:
    """Seconds until the next try after so many failures in a row: doubling, capped, with full jitter above a half."""
    whole = min(longest_s, FIRST_S * 2.0 ** min(max(failures - 1, 0), 20))
    return whole * dice.uniform(0.5, 1.0)
