# SPDX-License-Identifier: Apache-2.0
"""Clients of the live stream that cost little: some that read all the time, and some that stop reading.

A changed feature's title carries the moment of the write (``t=`` and microseconds since 1970), which is found in the
raw bytes: two hundred streams of two hundred changes a second leave no time for reading JSON.
"""

import asyncio
import re
import socket
import time
from dataclasses import dataclass, field

MARK = b"t="
_MOMENT = re.compile(rb"t=(\d{16});")
_REQUEST = "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{more}\r\n"


def title_now(number: int) -> str:
    """A title that says when the write began."""
    return f"Sự việc {number} t={time.time_ns() // 1000};"


@dataclass
class Seen:
    """What the reading streams saw: how many changes each, and after how many milliseconds."""

    delays_ms: list[float] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)
    closed: int = 0
    resets: int = 0

    def quantiles(self) -> dict[str, float]:
        """p50, p95, p99 and the longest delay."""
        ordered = sorted(self.delays_ms)
        if not ordered:
            return {}
        found = {f"p{share}_ms": ordered[len(ordered) * share // 100] for share in (50, 95, 99)}
        return {name: round(value, 1) for name, value in {**found, "max_ms": ordered[-1]}.items()}


class Reading(asyncio.Protocol):
    """A stream that takes everything at once."""

    def __init__(self, seen: Seen, path: str) -> None:
        self._seen = seen
        self._path = path
        self._number = len(seen.changes)
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        seen.changes.append(0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(_REQUEST.format(path=self._path, more="").encode())

    def data_received(self, data: bytes) -> None:
        now = time.time() * 1000
        data = self._rest + data
        found = _MOMENT.findall(data)
        # Keep what may be the beginning of a moment.
        self._rest = data[max(data.rfind(MARK), 0) :][-18:] if not data.endswith(b";") else b""
        if _MOMENT.search(self._rest):
            self._rest = b""
        self._seen.changes[self._number] += len(found)
        self._seen.delays_ms += [now - int(moment) / 1000 for moment in found[:: max(1, len(found) // 4)]]
        if b"event: reset" in data:
            self._seen.resets += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._seen.closed += 1

    def close(self) -> None:
        """Go away."""
        if self._transport is not None:
            self._transport.abort()


async def read_streams(port: int, path: str, count: int) -> tuple[Seen, list[Reading]]:
    """Open so many reading streams."""
    seen, readers = Seen(), []
    loop = asyncio.get_running_loop()
    for _ in range(count):
        _, reader = await loop.create_connection(lambda: Reading(seen, path), "127.0.0.1", port)
        readers.append(reader)
    return seen, readers


class Frozen:
    """A stream that reads its first event and then nothing, with little room in its own machine."""

    def __init__(self, port: int, path: str, last_id: str | None = None) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(20)
        self._socket.connect(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        more = "" if last_id is None else f"Last-Event-ID: {last_id}\r\n"
        self._socket.sendall(_REQUEST.format(path=path, more=more).encode())
        self.first = b""
        while b"\n\n" not in self.first:
            part = self._socket.recv(1024)
            assert part, "the stream ended before its first event"
            self.first += part

    @property
    def last_id(self) -> str:
        """The id of the event that was read."""
        found = re.search(rb"id: (\S+)", self.first)
        assert found is not None, self.first
        return found[1].decode()

    def thaw(self, within_s: float) -> bytes:
        """Read again, until the server ends the stream; answers the end of what came."""
        end, tail = time.monotonic() + within_s, b""
        self._socket.settimeout(1)
        while time.monotonic() < end:
            try:
                part = self._socket.recv(1 << 20)
            except TimeoutError:
                continue
            except OSError:
                break
            if not part:
                break
            tail = (tail + part)[-100_000:]
        return tail

    def close(self) -> None:
        """Go away."""
        self._socket.close()
