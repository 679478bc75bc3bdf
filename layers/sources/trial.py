# SPDX-License-Identifier: Apache-2.0
"""A dry run: what messages of a source would become, without a database. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from layers.connectors.base import NO_HINTS, Found, Message
from layers.errors import Rejected
from layers.indicator_records import normalise_value
from layers.observation_records import normalise_observation
from layers.records import normalise
from layers.registry import LayerRegistry
from layers.sources.reading import read
from layers.sources.spec import SourceSpec


@dataclass
class Trial:
    """What came out.

    Args:
        places: how many records have coordinates, only a unit, only a hint, or nothing.
        reasons: refusals by code, with how often and the first sentence.
    """

    messages: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    reasons: dict[str, tuple[int, str]] = field(default_factory=dict)
    ids: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def repeated(self) -> int:
        """Records whose id came before: pages that overlap, or an id that does not tell records apart."""
        return sum(count - 1 for count in self.ids.values())

    def refuse(self, code: str, detail: str) -> None:
        """Count one refusal."""
        count, first = self.reasons.get(code, (0, detail))
        self.reasons[code] = (count + 1, first)


def try_source(
    source: SourceSpec, messages: Iterable[Message], registry: LayerRegistry, now: datetime, keep_rows: int = 10
) -> Trial:
    """Redact, read and check messages as the road does; nothing is stored."""
    trial = Trial()
    for message in messages:
        trial.messages += 1
        reading = read(source, message, registry)
        if reading.dead is not None:
            trial.refuse(reading.dead.code, reading.dead.detail)
        for refused in reading.refused:
            trial.refuse(refused.code, refused.detail)
        for one in reading.found:
            _judge(one, registry, now, trial)
            if len(trial.rows) < keep_rows:
                trial.rows.append({"layer": one.layer, **one.record})
    return trial


def _judge(one: Found, registry: LayerRegistry, now: datetime, trial: Trial) -> None:
    spec, record = registry[one.layer], dict(one.record)
    trial.ids[one.layer, _key(record)] += 1
    try:
        if one.kind == "observations":
            normalise_observation(spec, record, now)
        elif spec.store == "indicator":
            normalise_value(spec, record, now.date())
        else:
            trial.places[_claim(one, record)] += 1
            normalise(spec, record, now)
    except Rejected as error:
        trial.refuse(error.code, f"{_key(record)}: {error.detail}")
        return
    trial.taken[one.layer] += 1


def _key(record: Mapping[str, Any]) -> str:
    if "id" in record:
        return str(record["id"])
    names = ("sensor", "property", "time", "unit_set", "unit_code", "period")
    return "/".join(str(record[name]) for name in names if name in record)


def _claim(one: Found, record: Mapping[str, Any]) -> str:
    if record.get("withdrawn"):
        return "withdrawn"
    if record.get("lon") is not None or record.get("geometry") is not None:
        return "coordinates"
    if record.get("unit_code") is not None:
        return "unit code"
    return "hints" if one.hints != NO_HINTS else "nothing"
