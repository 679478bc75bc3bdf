# SPDX-License-Identifier: Apache-2.0
"""What a message was read as, and what became of it. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from layers.connectors.base import Found, Message, Refused
from layers.errors import Rejected


@dataclass(frozen=True)
class Reading:
    """A redacted message as its connector read it; ``dead`` says why it could not be read at all."""

    message: Message
    found: Sequence[Found] = ()
    refused: Sequence[Refused] = ()
    dead: Rejected | None = None


@dataclass
class Delivery:
    """What became of one message; ``message`` is the id under which it is kept, ``None`` where nothing is kept."""

    message: int | None = None
    accepted: int = 0
    changed: int = 0
    unchanged: int = 0
    stale: int = 0
    withdrawn: int = 0
    unlocated: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    dead: bool = False
    code: str | None = None
    detail: str | None = None

    @property
    def came_to_nothing(self) -> bool:
        """Whether nothing in the message was understood."""
        understood = self.accepted + self.changed + self.unchanged + self.stale + self.withdrawn
        return self.dead or (bool(self.refused) and not understood)

    def as_json(self) -> dict[str, Any]:
        """The answer of a door."""
        names = ("message", "accepted", "changed", "unchanged", "stale", "withdrawn", "unlocated")
        answer: dict[str, Any] = {name: getattr(self, name) for name in names} | {"rejected": self.refused}
        if self.dead:
            answer |= {"dead": True, "code": self.code, "detail": self.detail}
        return answer
