# SPDX-License-Identifier: Apache-2.0
"""What the layers say of sensors and of what they observe, as SensorThings names it. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from layers.built_in import LayerRegistry
from layers.measures import ObservedProperty
from layers.spec import LayerSpec, Text

MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
GEOJSON = "application/geo+json"
# Stations of a layer that has no kinds, or of none of them.
NO_KIND = "any"


def observing_layers(registry: LayerRegistry) -> list[LayerSpec]:
    """The layers whose features observe something."""
    return [spec for spec in registry.values() if spec.store == "feature" and spec.observed]


def observed_rows(spec: LayerSpec, lang: str) -> list[dict[str, Any]]:
    """One row for each property that the layer observes."""
    return [
        {
            "id": f"{spec.id}.{observed.name}",
            "layer": spec.id,
            "property": observed.name,
            "name": _in(observed.title, lang),
            "definition": f"urn:toancanh:observed:{spec.id}:{observed.name}",
            "description": " · ".join(dict.fromkeys(observed.title)),
            "unit": unit_of(observed),
            "properties": _without_nothing(
                layer=spec.id,
                name=observed.name,
                unit=observed.unit,
                minimum=observed.minimum,
                maximum=observed.maximum,
            ),
        }
        for observed in spec.observed
    ]


def sensor_rows(spec: LayerSpec, lang: str) -> list[dict[str, Any]]:
    """One row for each kind of station: how its readings are made."""
    choices = {choice.value: choice.label for choice in spec.field("kind").choices} if has_kinds(spec) else {}
    return [
        {
            "id": f"{spec.id}.{kind}",
            "name": _in(title, lang),
            "description": _in(spec.description, lang),
            "encodingType": "text/plain",
            "metadata": _in(spec.description, lang),
            "properties": _without_nothing(layer=spec.id, kind=None if kind == NO_KIND else kind),
        }
        for kind, title in {**choices, NO_KIND: spec.title}.items()
    ]


def has_kinds(spec: LayerSpec) -> bool:
    """Whether stations of the layer are of kinds that the reader may know."""
    return "kind" in spec.field_names


def unit_of(observed: ObservedProperty) -> dict[str, str | None]:
    """``unitOfMeasurement``: all members null where there is no unit (18-088, table 11)."""
    return {"name": observed.unit, "symbol": observed.unit, "definition": None}


def observed_named(spec: LayerSpec, *names: Any) -> ObservedProperty | None:
    """The property that one of these names means: ours, its title, or the end of a definition or of an id of ours.

    "PM2.5" is ``pm25``: letters and digits count, nothing else.
    """
    squeezed = {
        _squeezed(one) for name in names if isinstance(name, str) for one in (name, re.split("[/:#.]", name)[-1])
    }
    for observed in spec.observed:
        known = {_squeezed(observed.name), *(_squeezed(title) for title in observed.title)}
        if known & squeezed - {""}:
            return observed
    return None


def same_unit(ours: str | None, theirs: Any) -> bool:
    """Whether a symbol means our unit: "ug/m3" is "µg/m³". Nothing said is not another unit."""
    if theirs is None or theirs == "":
        return True
    return isinstance(theirs, str) and _plain_unit(theirs) == _plain_unit(ours or "")


def _plain_unit(symbol: str) -> str:
    plain = unicodedata.normalize("NFKC", symbol).replace("\u03bc", "u").replace(" ", "")
    return plain.replace("^", "")


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()


def _in(text: Text, lang: str) -> str:
    return text.en if lang == "en" else text.vi


def _without_nothing(**members: Any) -> Mapping[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
