# SPDX-License-Identifier: Apache-2.0
"""A client of the live stream, as a browser's EventSource is one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import orjson


class Event(NamedTuple):
    """One event; a comment has the name ":" and its text as data."""

    name: str
    data: Any
    id: str | None

    @property
    def upserts(self) -> list[Any]:
        """The features that a change puts."""
        return [feature for change in self.data["changes"] for feature in change["upserts"]]

    @property
    def removes(self) -> list[int]:
        """The ids that a change takes away."""
        return [number for change in self.data["changes"] for number in change["removes"]]


class EventStream:
    """An open stream: events one by one, each waited for."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.last_id: str | None = None

    async def next(self, timeout_s: float = 10) -> Event | None:
        """The next event or comment; ``None`` at the end of the stream."""
        async with asyncio.timeout(timeout_s):
            return await self._read()

    async def expect(self, name: str, timeout_s: float = 10) -> Event:
        """The next event, which must have that name; comments are passed over."""
        while True:
            event = await self.next(timeout_s)
            if event is not None and event.name == ":" != name:
                continue
            assert event is not None and event.name == name, f"{event} instead of {name}"
            return event

    async def _read(self) -> Event | None:
        members: dict[str, str] = {}
        async for line in self._lines:
            if line.startswith(":"):
                return Event(":", line[1:].strip(), None)
            if line:
                name, _, value = line.partition(": ")
                members[name] = value
            elif members:
                self.last_id = members.get("id", self.last_id)
                return Event(members["event"], orjson.loads(members["data"]), members.get("id"))
        return None


@contextlib.asynccontextmanager
async def listening(url: str, last_id: str | None = None, **query: str) -> AsyncIterator[EventStream]:
    """Open ``/live`` of a server."""
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    async with httpx.AsyncClient(timeout=httpx.Timeout(10, read=60)) as client:
        async with client.stream("GET", f"{url}/live", params=query, headers=headers) as answer:
            assert answer.status_code == 200, await answer.aread()
            assert answer.headers["content-type"].startswith("text/event-stream")
            stream = EventStream(answer.aiter_lines())
            stream.last_id = last_id
            yield stream
