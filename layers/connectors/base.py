# SPDX-License-Identifier: Apache-2.0
"""What a connector is: a pure function from one message to records, with the options that a source may set.

A module of this folder defines ``CONNECTOR``. Its ``parse`` is deterministic and does no I/O, so that every kept
message can be replayed by a newer version, and fuzzed: whatever the bytes, it yields ``Found`` and ``Refused``, or
raises ``Rejected`` when the message as a whole cannot be read. Nothing else may escape it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from layers.connectors.redaction import scrubbed
from layers.spec import Text


class Options(BaseModel):
    """What a source may set. Unknown names are refused when the source's file is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoOptions(Options):
    """Nothing to set."""


@dataclass(frozen=True)
class Message:
    """Bytes as they arrived.

    Args:
        name: the file's name, the topic or the address below the door; what tells one message from another.
        headers: what the protocol said beside the body, names in lower case; nothing secret.
    """

    body: bytes
    received_at: datetime
    content_type: str = "application/octet-stream"
    name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.content_type.partition(";")[0].strip().lower()


@dataclass(frozen=True)
class PlaceHints:
    """What else a message says about a place, for records without usable coordinates (research, section 11.3).

    Args:
        asset: layer and external id of a device or building that has a place: ``("cameras", "CAM-12")``.
        unit_name: a commune or ward by name, as the source has it.
        text: an address or prose that may name one.
        units: several units by set and code, in layers that take shapes: the record's place is all of them.
    """

    asset: tuple[str, str] | None = None
    unit_name: str | None = None
    text: str | None = None
    units: tuple[tuple[str, str], ...] = ()


NO_HINTS = PlaceHints()
# Checks: whether devices that a register keeps answer (layers/device_checks.py).
Kind: TypeAlias = Literal["features", "observations", "checks"]


@dataclass(frozen=True)
class Origin:
    """Of a record that another map server passes on: the source that it has here, and the servers it came through."""

    source: str
    hops: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """One record of a layer, flat, as ``layers/records.py`` and ``layers/observation_records.py`` take it."""

    layer: str
    record: Mapping[str, Any]
    kind: Kind = "features"
    hints: PlaceHints = NO_HINTS
    origin: Origin | None = None


@dataclass(frozen=True)
class Refused:
    """A part of a message that becomes no record.

    Args:
        record: what was refused, redacted, as far as it may be kept; ``None`` keeps nothing of it.
        policy: refused because it may not come in at all (people, patients), not because it is wrong.
    """

    code: str
    detail: str
    record: Any = None
    layer: str = "*"
    policy: bool = False


Parsed: TypeAlias = Found | Refused


@dataclass(frozen=True)
class Connector:
    """One protocol.

    Args:
        kind: the module's name.
        parse: message and options to records. Raises ``Rejected`` (layers/errors.py) for what cannot be read at all.
        redact: what must be gone before a message is kept (research, section 12). The default takes phones, identity
            numbers, plates and addresses of electronic mail out of texts, and members whose names are personal.
    """

    kind: str
    title: Text
    parse: Callable[[Message, Any], Iterator[Parsed]]
    options: type[Options] = NoOptions
    redact: Callable[[Message], Message] = scrubbed
