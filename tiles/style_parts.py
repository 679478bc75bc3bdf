# SPDX-License-Identifier: Apache-2.0
"""What style layers are built of: expressions from a layer's choices, and the frame of a layer. Pure."""

from typing import Any

from layers.spec import FieldSpec, LayerSpec

StyleLayer = dict[str, Any]
Expression = Any

REGULAR, BOLD = ["Noto Sans Regular"], ["Noto Sans Bold"]


def layer_of(spec: LayerSpec, role: str, kind: str, **parts: Any) -> StyleLayer:
    """A layer's frame: its source, its zooms, whether it is shown, and whose it is."""
    name = parts.pop("name", role)
    layer: StyleLayer = {
        "id": f"{spec.id}-{name}",
        "type": kind,
        "source": spec.id,
        "source-layer": parts.pop("source_layer", spec.id),
        "metadata": {"toancanh:layer": spec.id, "toancanh:role": role},
    }
    if spec.zooms[0] > 0:
        layer["minzoom"] = spec.zooms[0]
    layout = {"visibility": "visible" if spec.render.visible else "none", **parts.pop("layout", {})}
    return {**layer, "layout": layout, **parts}


def by_zoom(*stops: tuple[float, Any]) -> Expression:
    """A value that changes evenly between zooms."""
    return ["interpolate", ["linear"], ["zoom"], *(part for stop in stops for part in stop)]


def paler(faded: Expression | None, size: float) -> Any:
    """What is over (resolved, expired) is drawn smaller."""
    return round(size, 2) if faded is None else ["case", faded, round(size * 0.62, 2), round(size, 2)]


def opacity_of(faded: Expression, full: float, pale: float) -> Expression:
    """An opacity; what is faded is also paler."""
    return ["case", faded, round(pale, 3), full]


def color_of(spec: LayerSpec) -> Expression:
    """The layer's colour, or that of the feature's choice."""
    if spec.render.color_by is None:
        return spec.render.color
    field = spec.field(spec.render.color_by)
    colors = [part for choice in field.choices if choice.color for part in (choice.value, choice.color)]
    return ["match", ["get", field.name], *colors, spec.render.color] if colors else spec.render.color


def faded_of(spec: LayerSpec) -> Expression | None:
    """Whether a feature has a value that fades it; ``None`` when no choice of the layer does.

    A cell, and a point in a tile too heavy for fields, tell by ``open`` when nothing of them still matters.
    """
    tests = [_one_of(field) for field in spec.fading_fields]
    if not tests:
        return None
    if spec.folded:
        tests.append(["==", ["get", "open"], 0])
    return tests[0] if len(tests) == 1 else ["any", *tests]


def _one_of(field: FieldSpec) -> Expression:
    # A choice may be missing; "in" wants a string.
    return ["in", ["coalesce", ["get", field.name], ""], ["literal", [c.value for c in field.choices if c.faded]]]


def rank_of(spec: LayerSpec, faded: Expression | None) -> Expression:
    """Later choices lie on top of earlier ones (critical on low), faded features beneath all."""
    rank: Expression = 0
    if spec.render.color_by is not None:
        field = spec.field(spec.render.color_by)
        ranks = [part for at, choice in enumerate(field.choices, 1) for part in (choice.value, at)]
        rank = ["match", ["get", field.name], *ranks, 0]
    return rank if faded is None else ["case", faded, -1, rank]
