# SPDX-License-Identifier: Apache-2.0
"""Addresses of SensorThings below the service root: ``Things(1)/Datastreams(5)/Observations/$ref``. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from geo.errors import NotFound
from layers.sta.model import ENTITY_TYPES, EntityType, Relation

Tail: TypeAlias = Literal["entities", "reference", "property", "value"]
MAX_STEPS = 8
_SEGMENT = re.compile(r"(?P<name>[A-Za-z]{1,40})(?:\((?P<key>-?\d{1,19}|'(?:[^']|''){1,200}')\))?")
_OBSERVATION = re.compile(r"(?P<stream>\d{1,18})-(?P<micros>-?\d{1,18})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Key: TypeAlias = int | str


@dataclass(frozen=True)
class Step:
    """One segment: an entity type, how it is reached from the segment before, and which of it.

    Args:
        relation: ``None`` for the first.
        key: ``None`` for a whole collection, and for the one that a relation leads to.
    """

    kind: EntityType
    relation: Relation | None
    key: Key | None

    @property
    def is_one(self) -> bool:
        """Whether the segment is one entity."""
        return self.key is not None or (self.relation is not None and not self.relation.many)


@dataclass(frozen=True)
class Address:
    """Where somebody reads or writes; ``member`` is the property that is asked for."""

    steps: tuple[Step, ...]
    tail: Tail = "entities"
    member: str | None = None

    @property
    def last(self) -> Step:
        """The segment that the answer is made of."""
        return self.steps[-1]


def parse_address(path: str) -> Address:
    """Read what comes after the service root.

    Raises:
        NotFound: there is nothing of that kind.
    """
    segments = path.strip("/").split("/")
    if len(segments) > MAX_STEPS:
        raise _nothing(path)
    steps: list[Step] = []
    while segments:
        step = _step(steps, segments[0])
        if step is None:
            break
        steps.append(step)
        segments.pop(0)
    if not steps:
        raise _nothing(path)
    tail, member = _tail(steps[-1], segments, path)
    return Address(tuple(steps), tail, member)


def _step(before: list[Step], segment: str) -> Step | None:
    match = _SEGMENT.fullmatch(segment)
    if match is None:
        return None
    key = _key(match["key"])
    if not before:
        kind = ENTITY_TYPES.get(match["name"])
        return None if kind is None else Step(kind, None, key)
    if not before[-1].is_one:
        return None
    relation = before[-1].kind.relation(match["name"])
    if relation is None or (key is not None and not relation.many):
        return None
    return Step(ENTITY_TYPES[relation.target], relation, key)


def _tail(last: Step, rest: list[str], path: str) -> tuple[Tail, str | None]:
    match rest:
        case []:
            return "entities", None
        case ["$ref"] if not (last.is_one and last.key is not None):
            return "reference", None
        case [name] if last.is_one and name in last.kind.properties:
            return "property", name
        case [name, "$value"] if last.is_one and name in last.kind.properties:
            return "value", name
    raise _nothing(path)


def _key(text: str | None) -> Key | None:
    if text is None:
        return None
    return text[1:-1].replace("''", "'") if text.startswith("'") else int(text)


def _nothing(path: str) -> NotFound:
    return NotFound(
        f"There is no '{path[:100]}' here; the service root lists the collections.",
        code="address_unknown",
        collections=list(ENTITY_TYPES),
    )


def observation_id(stream: int, moment: datetime) -> str:
    """The id of an observation: its datastream and its time in microseconds, which no correction changes."""
    return f"{stream}-{(moment - _EPOCH) // timedelta(microseconds=1)}"


def observation_key(text: Key) -> tuple[int, datetime] | None:
    """Datastream and time of an observation's id; ``None`` where it is none."""
    match = _OBSERVATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    try:
        return int(match["stream"]), _EPOCH + timedelta(microseconds=int(match["micros"]))
    except OverflowError:
        return None


def quoted(key: Key) -> str:
    """A key as it stands in an address."""
    return str(key) if isinstance(key, int) else "'" + key.replace("'", "''") + "'"
