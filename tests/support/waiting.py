# SPDX-License-Identifier: Apache-2.0
"""Waiting for a condition, without sleeping longer than it takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(condition: Callable[[], Awaitable[bool]], *, within_s: float) -> None:
    """Until the condition holds, or fail."""
    deadline = time.monotonic() + within_s
    while not await condition():
        assert time.monotonic() < deadline, f"the condition did not hold within {within_s:g} s"
        await asyncio.sleep(0.02)
