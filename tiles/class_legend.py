# SPDX-License-Identifier: Apache-2.0
"""The legend of a choropleth: classes with colours and words, and what stands where nothing is known. Pure."""

from typing import Any

from layers.classes import Classes, colors_of
from layers.measures import Measure

_VIETNAMESE = str.maketrans({",": ".", ".": ","})


def legend_of_classes(measure: Measure, classes: Classes) -> dict[str, Any]:
    """The manifest's member ``legend`` of an indicator: its classes from little to much, then what has no value."""
    return {"field": "value", "entries": [*_entries(measure, classes), _no_data(measure)]}


def _entries(measure: Measure, classes: Classes) -> list[dict[str, Any]]:
    colors = colors_of(measure.ramp, len(classes.counts)) if classes.counts else ()
    return [
        {
            "value": None,
            "from": low,
            "to": high,
            "count": count,
            "label": {"vi": _range(low, high, nth, classes, "vi"), "en": _range(low, high, nth, classes, "en")},
            "color": color,
            "icon": None,
        }
        for nth, (low, high, count, color) in enumerate(
            zip(classes.edges, classes.edges[1:], classes.counts, colors, strict=False)
        )
    ]


def _no_data(measure: Measure) -> dict[str, Any]:
    label = measure.no_data._asdict()
    return {"value": None, "from": None, "to": None, "count": None, "label": label, "color": measure.no_data_color,
            "icon": None}  # fmt: skip


def _range(low: float, high: float, nth: int, classes: Classes, lang: str) -> str:
    first, last = _number(low, lang), _number(high, lang)
    if low == high:
        return first
    if nth == len(classes.counts) - 1:
        return f"{first} – {last}"
    return f"{first} – < {last}"


def _number(value: float, lang: str) -> str:
    """1234567.5 as 1.234.567,5 (vi) or 1,234,567.5 (en); two decimals at most."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(_VIETNAMESE) if lang == "vi" else text
