# SPDX-License-Identifier: Apache-2.0
"""From one layer's spec to the style layers that draw it. Pure; knows kinds of drawing, never ids of layers."""

from layers.spec import LayerSpec
from tiles.palette import Palette
from tiles.style_folds import IS_FOLDED, fold_layers
from tiles.style_parts import (
    REGULAR,
    Expression,
    StyleLayer,
    by_zoom,
    color_of,
    faded_of,
    layer_of,
    opacity_of,
    paler,
    rank_of,
)
from tiles.tilejson import UNIT_LABELS

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
            "paint": {"line-color": palette.context_line, "line-width": by_zoom((8, 0.4), (12, 0.8), (16, 1.6))},
        },
    ]


def ground_layers(spec: LayerSpec, palette: Palette) -> list[StyleLayer]:
    """Units: a quiet fill, a soft glow, and an outline that gets crisper with the zoom."""
    rounded = {"line-join": "round", "line-cap": "round"}
    return [
        layer_of(
            spec,
            "fill",
            "fill",
            paint={
                "fill-color": palette.unit_fill,
                "fill-opacity": palette.unit_fill_opacity,
                "fill-antialias": False,
            },
        ),
        layer_of(
            spec,
            "line",
            "line",
            name="glow",
            layout=rounded,
            paint={
                "line-color": palette.unit_glow,
                "line-opacity": 0.16,
                "line-blur": by_zoom((8, 1.5), (12, 4), (16, 7)),
                "line-width": by_zoom((8, 2), (12, 6), (16, 12)),
            },
        ),
        layer_of(
            spec,
            "line",
            "line",
            layout=rounded,
            paint={
                "line-color": palette.unit_line,
                "line-opacity": by_zoom((7, 0.55), (11, 0.8), (14, 0.95)),
                "line-width": by_zoom((7, 0.4), (10, 0.8), (12, 1.2), (15, 2), (18, 3.2)),
            },
        ),
    ]


def unit_label_layers(spec: LayerSpec, palette: Palette) -> list[StyleLayer]:
    """Names from label points, the largest unit first where there is no room for all."""
    names = [field.name for field in spec.tile_fields]
    full = spec.title_field or names[0]
    short = "name" if "name" in names else full
    label = layer_of(
        spec,
        "label",
        "symbol",
        source_layer=UNIT_LABELS,
        layout={
            "text-field": ["step", ["zoom"], ["get", short], 13.5, ["get", full]],
            "text-font": REGULAR,
            "text-size": by_zoom((8, 9.5), (10, 11), (12, 13), (14, 15), (17, 19)),
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
            "text-opacity": by_zoom((7, 0), (8, 0.9), (17, 1)),
        },
    )
    return [label]


def area_layers(spec: LayerSpec, palette: Palette) -> list[StyleLayer]:
    """Shapes of a layer that may have shapes: a veil of colour and an edge; faded ones a thin broken edge from near."""
    color, faded = color_of(spec), faded_of(spec)
    not_points = ["!", _POINTS]
    edge = {
        "line-color": color,
        "line-width": by_zoom((8, 1), (12, 1.8), (16, 3)),
        "line-opacity": 0.95,
    }
    still_matters: list[Expression] = [] if faded is None else [["!", faded]]
    layers = [
        layer_of(
            spec,
            "fill",
            "fill",
            filter=["all", _POLYGONS, *still_matters],
            paint={"fill-color": color, "fill-opacity": palette.area_opacity},
        ),
        layer_of(
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
            layer_of(
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
    radius, faded = spec.render.radius_px, faded_of(spec)
    only_points = {} if spec.geometry == "Point" else {"filter": _POINTS}
    if spec.folded:
        only_points = {"filter": ["!", IS_FOLDED]}
    opacity = 1 if faded is None else opacity_of(faded, 1, palette.faded)
    circle = layer_of(
        spec,
        "point",
        "circle",
        **only_points,
        layout={"circle-sort-key": rank_of(spec, faded)},
        paint={
            "circle-color": color_of(spec),
            "circle-radius": by_zoom(*((zoom, paler(faded, radius * share)) for zoom, share in _GROWTH)),
            "circle-stroke-color": palette.rim,
            "circle-stroke-width": by_zoom((8, 0.6), (12, 1.1), (16, 2)),
            "circle-opacity": opacity,
            "circle-stroke-opacity": opacity,
        },
    )
    # An icon fills seven tenths of its dot's diameter.
    icon = layer_of(
        spec,
        "icon",
        "symbol",
        **only_points,
        layout={
            "icon-image": spec.render.icon,
            "icon-size": by_zoom(
                *((zoom, round(1.4 * radius * share / _ICON_PX, 3)) for zoom, share in _GROWTH if zoom > 12)
            ),
            "icon-allow-overlap": True,
            "icon-ignore-placement": True,
            "symbol-sort-key": rank_of(spec, faded),
        },
        paint={"icon-opacity": 1 if faded is None else opacity_of(faded, 1, 0)},
    )
    icon["minzoom"] = max(ICONS_FROM_ZOOM, spec.zooms[0])
    dots, numbers = fold_layers(spec, palette)
    return [*dots, circle, icon, *_point_labels(spec, palette, only_points), *numbers]


def _point_labels(spec: LayerSpec, palette: Palette, only_points: dict[str, Expression]) -> list[StyleLayer]:
    if not spec.render.labels or spec.title_field is None:
        return []
    label = layer_of(
        spec,
        "label",
        "symbol",
        **only_points,
        layout={
            "text-field": ["get", spec.title_field],
            "text-font": REGULAR,
            "text-size": by_zoom((15, 11), (18, 14)),
            "text-anchor": "top",
            "text-offset": [0, 0.9],
            "text-max-width": 9,
            "text-optional": True,
        },
        paint={"text-color": palette.text_strong, "text-halo-color": palette.halo, "text-halo-width": 1.5},
    )
    label["minzoom"] = max(LABELS_FROM_ZOOM, spec.zooms[0])
    return [label]
