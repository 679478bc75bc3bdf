# SPDX-License-Identifier: Apache-2.0
"""Clients of the live stream that only note when bytes came in; what was in them is read after the run.

A hundred clients that parsed as they listened would need the core that the server is measured on.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson

from benchmarks.load import percentiles


class Subscriber(asyncio.Protocol):
    """One stream, from its first byte."""

    def __init__(self, host: str, path: str) -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\n\r\n".encode()
        self._transport: asyncio.Transport | None = None
        self.opened = asyncio.get_running_loop().create_future()
        self.parts: list[tuple[float, bytes]] = []

    @classmethod
    async def open(cls, base: str, path: str) -> "Subscriber":
        """Connect, and wait for the event ``ready``."""
        parts = urlsplit(base)
        loop = asyncio.get_running_loop()
        _, stream = await loop.create_connection(
            lambda: cls(parts.netloc, path), parts.hostname or "", parts.port or 80
        )
        async with asyncio.timeout(10):
            await stream.opened
        return stream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note and keep."""
        self.parts.append((time.time(), data))
        if not self.opened.done() and b"event: ready" in b"".join(part for _, part in self.parts):
            self.opened.set_result(None)

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._transport.close()

    def changes(self) -> Iterator[tuple[float, tuple[int, int]]]:
        """When each (feature, revision) had come in whole."""
        held = b""
        for at, data in self.parts:
            *lines, held = (held + data).split(b"\n")
            for line in lines:
                if line.startswith(b"data: ") and b'"changes"' in line:
                    for change in orjson.loads(line[6:])["changes"]:
                        for feature in change["upserts"]:
                            yield at, (feature["id"], feature["properties"]["revision"])


def arrivals(
    streams: Sequence[Subscriber], since: Mapping[tuple[int, int], float], *, expects_all: bool
) -> dict[str, Any]:
    """Percentiles of (arrival - commit) over every delivery, and what was lost or came twice.

    Args:
        expects_all: every stream should have had every change; otherwise each change should have come somewhere.
    """
    delays: list[float] = []
    times: Counter[tuple[int, int]] = Counter()
    doubled = 0
    for stream in streams:
        own: Counter[tuple[int, int]] = Counter()
        for at, key in stream.changes():
            if key in since:
                own[key] += 1
                delays.append((at - since[key]) * 1000)
        doubled += sum(count - 1 for count in own.values())
        times.update(own.keys())
    lost = sum(len(streams) - times[key] for key in since) if expects_all else sum(key not in times for key in since)
    return {
        "ms": percentiles(delays),
        "deliveries": len(delays),
        "lost": lost,
        "doubled": doubled,
        "bytes": sum(len(data) for stream in streams for _, data in stream.parts),
    }
