# SPDX-License-Identifier: Apache-2.0
"""Records in our own form, from a table or from JSON: whose layer, what says where they are, and their check. Pure.

Beside the layer's own fields a record may say ``unit_name`` (a commune or ward by its name) and ``place_text`` (an
address); both only help to find the place and are not kept as fields.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import model_validator

from layers.built_in import LayerRegistry, read_catalog
from layers.connectors.base import Found, Kind, Message, Options, PlaceHints
from layers.errors import Rejected
from layers.indicator_records import normalise_value
from layers.observation_records import normalise_observation
from layers.records import normalise
from layers.spec import LayerSpec

_PLACE = ("lon", "lat", "geometry")


class LayerOptions(Options):
    """Of which layer the records are; ``unit_set`` is what their unit codes belong to where they do not say so."""

    layer: str
    kind: Kind = "features"
    unit_set: str | None = None

    @model_validator(mode="after")
    def _known(self) -> "LayerOptions":
        spec = catalog().get(self.layer)
        if spec is None or spec.store == "unit":
            raise ValueError(f"there is no layer '{self.layer}' that is filled by records")
        if self.kind == "observations" and not spec.observed:
            raise ValueError(f"the layer '{self.layer}' has no sensors")
        return self


@cache
def catalog() -> LayerRegistry:
    """The layers of the product, read once."""
    return read_catalog()


def check_read(message: Message) -> None:
    """Whether the transport could read the file at all (layers/transports/drop.py).

    Raises:
        Rejected: it was too large, or may not be read.
    """
    if (why := message.headers.get("not-read")) is not None:
        raise Rejected("file_not_read", f"the file was not read: {why[:200]}")


def found_of(spec: LayerSpec, options: LayerOptions, record: dict[str, Any]) -> Found:
    """A record in our own form, with what it says of its place in words beside it."""
    name, text = (_words(record.pop(member, None)) for member in ("unit_name", "place_text"))
    if record.get("unit_code") and options.unit_set is not None:
        record.setdefault("unit_set", options.unit_set)
    hints = PlaceHints(
        asset=("cameras", record["camera"]) if isinstance(record.get("camera"), str) else None,
        unit_name=name,
        text=text or _prose(spec, record),
    )
    return Found(spec.id, record, options.kind, hints)


def _words(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _prose(spec: LayerSpec, record: Mapping[str, Any]) -> str | None:
    """An address; of an event also what is told of it. A building's name often names another commune than its own."""
    if spec.store != "feature":
        return None
    told = ("address", spec.title_field or "", "description") if spec.has_time else ("address",)
    return next((words for name in told if (words := _words(record.get(name)))), None)


def check(spec: LayerSpec, found: Found, now: datetime) -> None:
    """What the road will check, done here so that a refusal can name its row. A place may still be found.

    Raises:
        Rejected: the record is wrong in something that is not its place.
    """
    record = dict(found.record)
    if found.kind == "observations":
        normalise_observation(spec, record, now)
    elif spec.measure is not None:
        if found.hints.unit_name:
            record.setdefault("unit_code", "00000")
        normalise_value(spec, record, now.date())
    else:
        try:
            normalise(spec, record, now)
        except Rejected as problem:
            if spec.geometry == "None" or not problem.code.startswith("coordinate"):
                raise
            placeless = {name: value for name, value in record.items() if name not in _PLACE}
            normalise(spec, placeless, now)
