# SPDX-License-Identifier: Apache-2.0
"""A web server on a socket of this machine whose answers a test decides, and a visit to it."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl, urlsplit

import orjson

from geo.db.pool import Database
from layers.transports.base import Arrival, Visit
from layers.transports.http import _Pull
from layers.transports.http_options import HttpOptions

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
SECRETS = {"client": "right", "key": "k-1", "word": "mật khẩu"}


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes


Answer: TypeAlias = tuple[int, Any, dict[str, str]]


@dataclass
class Server:
    """What was asked, and what answers."""

    answer: Callable[[Seen], Answer]
    seen: list[Seen] = field(default_factory=list)
    url: str = ""

    def queries(self, path: str) -> list[dict[str, str]]:
        return [one.query for one in self.seen if one.path == path]


@contextlib.contextmanager
def serving(answer: Callable[[Seen], Answer]) -> Iterator[Server]:
    """Answer until the test is over. A body that is no bytes is sent as JSON."""
    server = Server(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(self.command, parts.path, dict(parse_qsl(parts.query)), headers, self.rfile.read(length))
            server.seen.append(seen)
            status, body, extra = server.answer(seen)
            data = body if isinstance(body, bytes) else orjson.dumps(body)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **extra, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(data)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.url = f"http://127.0.0.1:{listening.server_address[1]}"
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


@dataclass
class Visitor:
    """Visits one after another with the cursor that the last one left, by a clock that a test turns on."""

    options: HttpOptions
    cursor: Mapping[str, Any] = field(default_factory=dict)
    now: datetime = NOW
    pull: Any = field(default_factory=_Pull)

    def later(self, seconds: float) -> "Visitor":
        self.now += timedelta(seconds=seconds)
        return self

    async def visit(self) -> list[Arrival]:
        """Everything of one visit; what was brought before a failure is kept, as the runner keeps it."""
        visit = Visit("test", self.options, self.cursor, SECRETS.__getitem__, cast(Database, None), lambda: self.now)
        brought = []
        async for arrival in self.pull.arrivals(visit):
            brought.append(arrival)
            if arrival.cursor is not None:
                # Through JSON, as the database keeps it.
                self.cursor = orjson.loads(orjson.dumps(arrival.cursor))
        return brought

    async def bodies(self) -> list[Any]:
        return [orjson.loads(arrival.message.body) for arrival in await self.visit()]


def visitor(url: str, **options: Any) -> Visitor:
    return Visitor(HttpOptions.model_validate({"url": url, **options}))
