# SPDX-License-Identifier: Apache-2.0
"""From one layer's spec to the style layers that draw it. Pure; knows kinds of drawing, never ids of layers."""

from typing import Any

from layers.spec import FieldSpec, LayerSpec
from tiles.palette import Palette
from tiles.tilejson import UNIT_LABELS

StyleLayer = dict[str, Any]
Expression = Any

REGULAR, BOLD = ["Noto Sans Regular"], ["Noto Sans Bold"]
ICONS_FROM_ZOOM = 13
FADED_AREAS_FROM_ZOOM = 15
LABELS_FROM_ZOOM = 15
# The page draws icons on a square of this side (CSS pixels).
_ICON_PX = 20
# How a point grows: shares of its radius by zoom.
_GROWTH = ((7, 0.42), (10, 0.62), (12, 0.9), (14, 1.25), (17, 2.1), (20, 2.8))
_POLYGONS = ["in", ["geometry-type"], ["literal", ["Polygon", "MultiPolygon"]]]
_POINTS = ["in", ["geometry-type"], ["literal", ["Point", "MultiPoint"]]]


def context_layers(source: str, source_layer: str, palette: Palette) -> list[StyleLayer]:
    """The ground around the shown units: the sets valid today, quiet, and not to be picked."""
    drawn = {"source": source, "source-layer": source_layer, "metadata": {"toancanh:role": "context"}}
    return [
        {
            **drawn,
            "id": f"{source}-fill",
            "type": "fill",
            "paint": {"fill-color": palette.context_fill, "fill-antialias": False},
        },
        {
            **drawn,
            "id": f"{source}-line",
            "type": "line",
            "layout": {"line-join": "round"},
            "paint": {"line-color": palette.context_line, "line-width": _by_zoom((8, 0.4), (12, 0.8), (16, 1.6))},
        },
    ]


def ground_layers(spec: LayerSpec, palette: Palette) -> list[StyleLayer]:
    """Units: a quiet fill, a soft glow, and an outline that gets crisper with the zoom."""
    rounded = {"line-join": "round", "line-cap": "round"}
    return [
        _layer(
            spec,
            "fill",
            "fill",
            paint={
                "fill-color": palette.unit_fill,
                "fill-opacity": palette.unit_fill_opacity,
                "fill-antialias": False,
            },
        ),
        _layer(
            spec,
            "line",
            "line",
            name="glow",
            layout=rounded,
            paint={
                "line-color": palette.unit_glow,
                "line-opacity": 0.16,
                "line-blur": _by_zoom((8, 1.5), (12, 4), (16, 7)),
                "line-width": _by_zoom((8, 2), (12, 6), (16, 12)),
            },
        ),
        _layer(
            spec,
            "line",
            "line",
            layout=rounded,
            paint={
                "line-color": palette.unit_line,
                "line-opacity": _by_zoom((7, 0.55), (11, 0.8), (14, 0.95)),
                "line-width": _by_zoom((7, 0.4), (10, 0.8), (12, 1.2), (15, 2), (18, 3.2)),
            },
        ),
    ]


def unit_label_layers(spec: LayerSpec, palette: Palette) -> list[StyleLayer]:
    """Names from label points, the largest unit first where there is no room for all."""
    names = [field.name for field in spec.tile_fields]
    full = spec.title_field or names[0]
    short = "name" if "name" in names else full
    label = _layer(
        spec,
        "label",
        "symbol",
        source_layer=UNIT_LABELS,
        layout={
            "text-field": ["step", ["zoom"], ["get", short], 13.5, ["get", full]],
            "text-font": REGULAR,
            "text-size": _by_zoom((8, 9.5), (10, 11), (12, 13), (14, 15), (17, 19)),
            "text-max-width": 7,
            "text-line-height": 1.15,
            "text-letter-spacing": 0.02,
            "text-padding": 5,
            "symbol-sort-key": ["*", -1, ["to-number", ["get", "area_m2"], 0]],
        },
        paint={
            "text-color": palette.text,
            "text-halo-color": palette.halo,
            "text-halo-width": 1.6,
            "text-halo-blur": 0.4,
            "text-opacity": _by_zoom((7, 0), (8, 0.9), (17, 1)),
        },
    )
    return [label]


def area_layers(spec: LayerSpec, palette: Palette) -> list[StyleLayer]:
    """Shapes of a layer that may have shapes: a veil of colour and an edge; faded ones a thin broken edge from near."""
    color, faded = _color(spec), _faded(spec)
    not_points = ["!", _POINTS]
    edge = {
        "line-color": color,
        "line-width": _by_zoom((8, 1), (12, 1.8), (16, 3)),
        "line-opacity": 0.95,
    }
    still_matters: list[Expression] = [] if faded is None else [["!", faded]]
    layers = [
        _layer(
            spec,
            "fill",
            "fill",
            filter=["all", _POLYGONS, *still_matters],
            paint={"fill-color": color, "fill-opacity": palette.area_opacity},
        ),
        _layer(
            spec,
            "line",
            "line",
            filter=["all", not_points, *still_matters],
            layout={"line-join": "round"},
            paint=edge,
        ),
    ]
    if faded is not None:
        layers.append(
            _layer(
                spec,
                "line",
                "line",
                name="line-faded",
                # Hundreds of ended warnings would cover the city.
                minzoom=13,
                filter=["all", not_points, faded],
                layout={"line-join": "round"},
                paint={"line-color": color, "line-width": 1, "line-opacity": 0.45, "line-dasharray": [3, 3]},
            )
        )
    return layers


def point_layers(spec: LayerSpec, palette: Palette) -> list[StyleLayer]:
    """Points: a dot in the layer's colours, an icon on it from a zoom on, a name where the layer wants one."""
    radius, faded = spec.render.radius_px, _faded(spec)
    only_points = {} if spec.geometry == "Point" else {"filter": _POINTS}
    opacity = 1 if faded is None else _opacity(faded, 1, palette.faded)
    circle = _layer(
        spec,
        "point",
        "circle",
        **only_points,
        layout={"circle-sort-key": _rank(spec, faded)},
        paint={
            "circle-color": _color(spec),
            "circle-radius": _by_zoom(*((zoom, _paler(faded, radius * share)) for zoom, share in _GROWTH)),
            "circle-stroke-color": palette.rim,
            "circle-stroke-width": _by_zoom((8, 0.6), (12, 1.1), (16, 2)),
            "circle-opacity": opacity,
            "circle-stroke-opacity": opacity,
        },
    )
    # An icon fills seven tenths of its dot's diameter.
    icon = _layer(
        spec,
        "icon",
        "symbol",
        **only_points,
        layout={
            "icon-image": spec.render.icon,
            "icon-size": _by_zoom(
                *((zoom, round(1.4 * radius * share / _ICON_PX, 3)) for zoom, share in _GROWTH if zoom > 12)
            ),
            "icon-allow-overlap": True,
            "icon-ignore-placement": True,
            "symbol-sort-key": _rank(spec, faded),
        },
        paint={"icon-opacity": 1 if faded is None else _opacity(faded, 1, 0)},
    )
    icon["minzoom"] = max(ICONS_FROM_ZOOM, spec.zooms[0])
    return [circle, icon, *_point_labels(spec, palette, only_points)]


def _point_labels(spec: LayerSpec, palette: Palette, only_points: dict[str, Expression]) -> list[StyleLayer]:
    if not spec.render.labels or spec.title_field is None:
        return []
    label = _layer(
        spec,
        "label",
        "symbol",
        **only_points,
        layout={
            "text-field": ["get", spec.title_field],
            "text-font": REGULAR,
            "text-size": _by_zoom((15, 11), (18, 14)),
            "text-anchor": "top",
            "text-offset": [0, 0.9],
            "text-max-width": 9,
            "text-optional": True,
        },
        paint={"text-color": palette.text_strong, "text-halo-color": palette.halo, "text-halo-width": 1.5},
    )
    label["minzoom"] = max(LABELS_FROM_ZOOM, spec.zooms[0])
    return [label]


def _layer(spec: LayerSpec, role: str, kind: str, **parts: Any) -> StyleLayer:
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


def _by_zoom(*stops: tuple[float, Any]) -> Expression:
    return ["interpolate", ["linear"], ["zoom"], *(part for stop in stops for part in stop)]


def _paler(faded: Expression | None, size: float) -> Any:
    """What is over (resolved, expired) is drawn smaller."""
    return round(size, 2) if faded is None else ["case", faded, round(size * 0.62, 2), round(size, 2)]


def _opacity(faded: Expression, full: float, pale: float) -> Expression:
    return ["case", faded, round(pale, 3), full]


def _size(faded: Expression | None, radius_px: float) -> Expression:
    """A radius; what is faded is also smaller."""
    full = round(radius_px, 2)
    return full if faded is None else ["case", faded, round(radius_px * 0.65, 2), full]


def _color(spec: LayerSpec) -> Expression:
    """The layer's colour, or that of the feature's choice."""
    if spec.render.color_by is None:
        return spec.render.color
    field = spec.field(spec.render.color_by)
    colors = [part for choice in field.choices if choice.color for part in (choice.value, choice.color)]
    return ["match", ["get", field.name], *colors, spec.render.color] if colors else spec.render.color


def _faded(spec: LayerSpec) -> Expression | None:
    """Whether a feature has a value that fades it; ``None`` when no choice of the layer does."""
    tests = [_one_of(field) for field in spec.tile_fields if any(choice.faded for choice in field.choices)]
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else ["any", *tests]


def _one_of(field: FieldSpec) -> Expression:
    # A choice may be missing; "in" wants a string.
    return ["in", ["coalesce", ["get", field.name], ""], ["literal", [c.value for c in field.choices if c.faded]]]


def _rank(spec: LayerSpec, faded: Expression | None) -> Expression:
    """Later choices lie on top of earlier ones (critical on low), faded features beneath all."""
    rank: Expression = 0
    if spec.render.color_by is not None:
        field = spec.field(spec.render.color_by)
        ranks = [part for at, choice in enumerate(field.choices, 1) for part in (choice.value, at)]
        rank = ["match", ["get", field.name], *ranks, 0]
    return rank if faded is None else ["case", faded, -1, rank]
