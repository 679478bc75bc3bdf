# SPDX-License-Identifier: Apache-2.0
"""Cutting the connection of a client that takes nothing, which no ASGI server does for an application.

When an application gives up, Granian and uvicorn still wait until the client has taken what they hold for it. Measured:
twenty frozen clients kept twenty sockets with 4 MB each in the kernel, without end.
"""

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_OPEN_FILES = Path("/proc/self/fd")
# Closing throws away what was not taken, instead of going on to offer it for minutes.
_AT_ONCE = struct.pack("ii", 1, 0)


def hang_up(client: tuple[str, int | str] | None) -> bool:
    """Cut this process's connection with a client; whether one was found. Only Linux says which sockets are open.

    Args:
        client: ASGI's host and port. Granian says the port as text.
    """
    if client is None or not _OPEN_FILES.exists():
        return False
    host, port = client
    for descriptor in [int(name) for name in os.listdir(_OPEN_FILES)]:
        with _lent(descriptor) as connection:
            if connection is not None and _peer(connection) == (host, int(port)):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                connection.shutdown(socket.SHUT_RDWR)
                return True
    return False


@contextlib.contextmanager
def _lent(descriptor: int) -> Iterator[socket.socket | None]:
    """A descriptor as a socket, without becoming its owner; ``None`` if it is something else."""
    try:
        one = socket.socket(fileno=descriptor)
    except OSError:
        yield None
        return
    try:
        yield one
    except OSError:
        pass  # it went away by itself meanwhile
    finally:
        one.detach()


def _peer(connection: socket.socket) -> Any:
    if connection.family not in (socket.AF_INET, socket.AF_INET6) or connection.type != socket.SOCK_STREAM:
        return None
    try:
        host, port = connection.getpeername()[:2]
    except OSError:
        return None  # it listens
    return host, port
