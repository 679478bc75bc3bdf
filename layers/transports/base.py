# SPDX-License-Identifier: Apache-2.0
"""What a transport is: it brings messages of one source, and says when they may be forgotten where they came from.

A module of this folder defines ``TRANSPORT``. ``arrivals`` is one visit to a source that is polled (it ends, and is
called again after ``every_s``), or a stream that goes on until it is cancelled or fails. What it raises is a failure of
the visit: the runner waits longer each time and opens the circuit breaker (layers/sources/breaker.py).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo.db.pool import Database
from layers.connectors.base import Message, Options
from layers.spec import Text

# A header that a transport sets on a message that it did not bring (too large, not allowed): why. It is a dead letter.
NOT_READ = "not-read"


@dataclass(frozen=True)
class Arrival:
    """One message.

    Args:
        cursor: where to go on after it; kept in the transaction that keeps its records.
        settle: called once that transaction is durable: acknowledge, move or delete the original. It must be safe to
            lose: the same message again changes nothing.
    """

    message: Message
    cursor: Mapping[str, Any] | None = None
    settle: Callable[[], Awaitable[None]] | None = None


async def _nobody() -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Visit:
    """What a transport may use.

    Args:
        options: the transport's own, checked.
        cursor: what the last arrival left, ``{}`` at first.
        secret: the text of a named secret (a password, a client secret); raises ``KeyError``.
        database: for transports that ask which devices there are.
        reached: to be awaited by a stream once it is connected: whatever failed before is over.
    """

    source: str
    options: Any
    cursor: Mapping[str, Any]
    secret: Callable[[str], str]
    database: Database
    clock: Callable[[], datetime]
    reached: Callable[[], Awaitable[None]] = _nobody


@dataclass(frozen=True)
class Transport:
    """One way to fetch.

    Args:
        kind: the module's name.
        streams: ``arrivals`` waits for what comes, instead of looking once.
    """

    kind: str
    title: Text
    arrivals: Callable[[Visit], AsyncIterator[Arrival]]
    options: type[Options]
    streams: bool = False
