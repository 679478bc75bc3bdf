# SPDX-License-Identifier: Apache-2.0
"""The little web server under the simulated platforms: JSON answers, bad days on request, an end on SIGTERM."""

import json
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class BadDays:
    """Shares of answers that go wrong, and how long a slow one takes."""

    seed: str = "bad days"
    busy: float = 0.0
    down: float = 0.0
    slow: float = 0.0
    slow_s: float = 3.0


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What was asked; ``query`` has the last value of each name."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Service:
    """What a simulated platform is; it answers requests and remembers them, for tests."""

    def __init__(self, bad_days: BadDays) -> None:
        self.bad_days = bad_days
        self.asked: list[Asked] = []
        self.spoilt = 0
        self._rng = random.Random(bad_days.seed)
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Reply:
        """The reply to one request."""
        raise NotImplementedError

    def reply(self, asked: Asked) -> Reply:
        """The reply, or what a bad day makes of it."""
        with self._lock:
            self.asked.append(asked)
            busy, down, slow = (self._rng.random() for _ in range(3))
            self.spoilt += busy < self.bad_days.busy or down < self.bad_days.down
        if slow < self.bad_days.slow:
            time.sleep(self.bad_days.slow_s)
        if busy < self.bad_days.busy:
            return as_json({"message": "Quá nhiều yêu cầu"}, 429, {"Retry-After": "2"})
        if down < self.bad_days.down:
            return as_json({"message": "Hệ thống đang bảo trì"}, 503, {"Retry-After": "5"})
        return self.answer(asked)


def as_json(value: Any, status: int = 200, headers: dict[str, str] | None = None, kind: str = "json") -> Reply:
    """A reply in JSON; ``kind`` may be ``geo+json``."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(
        status, body, f"application/{kind}; charset=utf-8" if kind == "json" else f"application/{kind}", headers or {}
    )


def listen(service: Service, port: int) -> ThreadingHTTPServer:
    """A server on a port of this machine (0: any), not yet serving."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body go out in two writes; the second would wait 40 ms for the first to be acknowledged.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length) if length else b""
            reply = service.reply(Asked(self.command, parts.path, query, headers, body))
            try:
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(reply.body)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_POST = do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


def run(service: Service, port: int, told: str) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    server = listen(service, port)

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(told.format(url=f"http://127.0.0.1:{server.server_address[1]}"), flush=True)
    server.serve_forever()
    server.server_close()
    return 0
