# SPDX-License-Identifier: Apache-2.0
"""A connector of one line a record, and sources that use it: ``id;title;text`` where ``!`` spoils a line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from layers.connectors.base import Connector, Found, Message, Parsed, PlaceHints, Refused
from layers.errors import Rejected
from layers.spec import Text

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def parse_lines(message: Message, _: Any) -> Iterator[Parsed]:
    """One incident a line."""
    if message.body.startswith(b"\xff"):
        raise Rejected("lines_unreadable", "these are no lines")
    for line in message.body.decode().splitlines():
        name, title, text = line.split(";")
        if title == "!":
            yield Refused("line_spoilt", "the line is spoilt", line)
            continue
        record = {"id": name, "title": title, "time": "2026-11-20T08:00:00+07:00"}
        yield Found("incidents", record, hints=PlaceHints(text=text or None))


LINES = Connector("lines", Text("Dòng", "Lines"), parse_lines)


def message(*lines: str, name: str = "") -> Message:
    """A message of these lines."""
    return Message("\n".join(lines).encode(), NOON, "text/plain", name)
