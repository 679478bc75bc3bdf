# SPDX-License-Identifier: Apache-2.0
"""A client that takes nothing of its stream is cut off, under each server that the product runs on."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import ROOT, free_port, wait_for

# Sends without end; patience is cut to half a second.
_SERVER = """
import asyncio
import api.event_stream as streams
streams.SEND_TIMEOUT_S = 0.5

async def endless():
    while True:
        await asyncio.sleep(0)
        yield b"data: " + b"x" * 60_000 + b"\\n\\n"

async def app(scope, receive, send):
    if scope["type"] == "http":
        await streams.EventStream(endless())(scope, receive, send)

def create():
    return app
"""
_GRANIAN = (
    "from granian.server import Server\n"
    "Server('endless:create', port={port}, interface='asgi', factory=True, websockets=False).serve()"
)
_UVICORN = "import uvicorn\nuvicorn.run('endless:create', port={port}, factory=True, lifespan='off')"


@pytest.fixture(params=[_GRANIAN, _UVICORN], ids=["granian", "uvicorn"])
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """A server of an endless stream."""
    (tmp_path / "endless.py").write_text(_SERVER)
    number = free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", request.param.format(port=number)],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "PATH": ""},
        start_new_session=True,
    )
    try:
        wait_for(lambda: _connects(number), "the server listens")
        yield number
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _connects(number: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", number), timeout=1):
        return True
    return False


def _ask(number: int) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", number))
    client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return client


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux says which sockets are open")
async def test_who_takes_nothing_is_cut_off_and_nobody_else(port: int) -> None:
    with contextlib.closing(_ask(port)) as frozen, contextlib.closing(_ask(port)) as reading:
        reading.setblocking(False)
        loop = asyncio.get_running_loop()
        taken, end = 0, time.monotonic() + 4
        while time.monotonic() < end:
            part = await asyncio.wait_for(loop.sock_recv(reading, 1 << 20), 2)
            assert part, "who reads goes on"
            taken += len(part)
        assert taken > 1_000_000
        with pytest.raises(ConnectionResetError):
            while frozen.recv(1 << 20):
                pass
