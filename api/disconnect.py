# SPDX-License-Identifier: Apache-2.0
"""Notices that a client went away while its answer is being made."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def waiting_for(
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
) -> AsyncIterator["asyncio.Task[None]"]:
    """A task that ends when the client is gone (ASGI's ``http.disconnect``), for as long as the answer is made."""
    gone = asyncio.create_task(_disconnected(receive))
    try:
        yield gone
    finally:
        gone.cancel()


async def _disconnected(receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
