# SPDX-License-Identifier: Apache-2.0
"""Load: ``wrk`` for rates of one address, and a keep-alive client of our own for lists of addresses.

Contenders take turns, forwards and backwards, and the median of the rounds counts: what the machine does meanwhile
meets everybody. Every answer is checked: a refused request is no throughput.
"""

import asyncio
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

WRK = shutil.which("wrk")
GENERATOR = "wrk" if WRK else "asyncio client (wrk is not there)"
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_WRONG = re.compile(r"(Non-2xx or 3xx responses: \d+|Socket errors: .*)")


@dataclass
class Answers:
    """What a list of addresses gave: times in ms, sizes and statuses, in the order of the list."""

    seconds: float
    ms: list[float]
    sizes: list[int]
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.ms) / self.seconds if self.seconds else 0.0

    def summary(self) -> dict[str, Any]:
        """Rate, percentiles of time, sizes."""
        return {
            "rate": round(self.rate, 1),
            "statuses": self.statuses,
            "bytes_max": max(self.sizes, default=0),
            "bytes_mean": round(statistics.fmean(self.sizes)) if self.sizes else 0,
            **percentiles(self.ms),
        }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and the largest."""
    if not values:
        return {}
    ordered = sorted(values)
    picked = {f"p{part}": ordered[min(len(ordered) - 1, len(ordered) * part // 100)] for part in (50, 95, 99)}
    return {name: round(value, 3) for name, value in {**picked, "max": ordered[-1]}.items()}


def in_turns(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Each contender once a round, the order turned round every time."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        names = list(contenders)
        for name in names if number % 2 == 0 else reversed(names):
            found[name].append(round(contenders[name](), 2))
    return found


def median_of(found: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The middle round of each."""
    return {name: statistics.median(values) for name, values in found.items()}


def rate_of(url: str, seconds: float, connections: int, headers: Mapping[str, str], cpu: int | None = None) -> float:
    """Answers a second from one address.

    Raises:
        AssertionError: not every answer was 2xx or 3xx.
    """
    if WRK is None:
        return asyncio.run(_hammer(url, seconds, connections, headers))
    command = ["taskset", "-c", str(cpu)] if cpu is not None and shutil.which("taskset") else []
    command += [WRK, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    shown = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    wrong = _WRONG.search(shown)
    rate = _RATE.search(shown)
    assert wrong is None and rate is not None, f"{url}: {shown}"
    return float(rate.group(1))


def fetch_all(base: str, paths: Sequence[str], concurrency: int, headers: Mapping[str, str] | None = None) -> Answers:
    """Each path once, ``concurrency`` at a time on as many connections that stay open."""
    return asyncio.run(_fetch_all(base, paths, concurrency, headers or {}))


async def _fetch_all(base: str, paths: Sequence[str], concurrency: int, headers: Mapping[str, str]) -> Answers:
    waiting = iter(enumerate(paths))
    ms, sizes = [0.0] * len(paths), [0] * len(paths)
    statuses: dict[int, int] = {}

    async def work() -> None:
        line = await Line.open(base)
        try:
            for index, path in waiting:
                started = time.perf_counter()
                status, _, body = await line.get(path, headers)
                ms[index] = (time.perf_counter() - started) * 1000
                sizes[index] = len(body)
                statuses[status] = statuses.get(status, 0) + 1
        finally:
            line.close()

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(concurrency)))
    return Answers(time.perf_counter() - started, ms, sizes, statuses)


async def _hammer(url: str, seconds: float, connections: int, headers: Mapping[str, str]) -> float:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    count, until = 0, time.perf_counter() + seconds

    async def work() -> None:
        nonlocal count
        line = await Line.open(f"{parts.scheme}://{parts.netloc}")
        while time.perf_counter() < until:
            status, _, _ = await line.get(path, headers)
            assert status < 400, status
            count += 1
        line.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return count / seconds


class Line:
    """One HTTP/1.1 connection that stays open; GET only."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self.reader = reader
        self._writer = writer
        self._host = host

    @classmethod
    async def open(cls, base: str) -> "Line":
        """Connect to ``http://host:port``."""
        parts = urlsplit(base)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 22)
        return cls(reader, writer, parts.netloc)

    async def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower-case names) and body."""
        status, found = await self.head(path, headers)
        if status in (204, 304):
            return status, found, b""
        if "content-length" in found:
            return status, found, await self.reader.readexactly(int(found["content-length"]))
        return status, found, b"".join([part async for part in self._chunks()])

    async def head(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str]]:
        """Send a GET and read the answer's head; the body is left in ``reader``."""
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {self._host}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        first, *rest = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in rest if line)
        return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}

    async def _chunks(self) -> Any:
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            yield await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def pin(leader: int, cpus: Iterable[int]) -> None:
    """Keep a process group, every thread of it, on some cores. What has gone meanwhile needs no pinning."""
    wanted = set(cpus)
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if os.getpgid(int(entry.name)) == leader:
                for task in (entry / "task").iterdir():
                    os.sched_setaffinity(int(task.name), wanted)
