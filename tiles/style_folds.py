# SPDX-License-Identifier: Apache-2.0
"""How folded points are drawn: a dot that grows with how many they are, in the colour of the worst, and their number.

A cell is 8 pixels wide, so the dots of a few points stay small and have no number, which would hide them. From ten
points on a dot is as wide as its number, lies on top, and the number's halo has the dot's own colour. Pure.
"""

from layers.spec import LayerSpec
from tiles.palette import Palette
from tiles.style_parts import BOLD, Expression, StyleLayer, by_zoom, color_of, faded_of, layer_of, opacity_of, rank_of

IS_FOLDED: Expression = ["has", "count"]
_COUNT: Expression = ["get", "count"]
# Radius in pixels by the decimal logarithm of the number, and how all of them grow by zoom.
_NUMBERED = 10
_RADII = ((0.3, 3.6), (0.99, 4.8), (1, 6.4), (2, 8.4), (3, 10.5), (4, 13), (5, 16))
_GROWTH = ((7, 0.9), (12, 1.05), (16, 1.5))
# Above the ranks of choices, which order what has no number.
_ABOVE_ALL = 100
# No wider than the font can carry at its least size.
_GROUND_PX = 2


def fold_layers(spec: LayerSpec, palette: Palette) -> tuple[list[StyleLayer], list[StyleLayer]]:
    """What lies beneath the single points of the layer, the dots, and what lies above them, the numbers."""
    if not spec.folded:
        return [], []
    faded = faded_of(spec)
    opacity = palette.folded if faded is None else opacity_of(faded, palette.folded, palette.faded)
    dots = layer_of(
        spec,
        "fold",
        "circle",
        filter=IS_FOLDED,
        layout={"circle-sort-key": _order(rank_of(spec, faded))},
        paint={
            "circle-color": color_of(spec),
            "circle-radius": by_zoom(*((zoom, _radius(share)) for zoom, share in _GROWTH)),
            "circle-stroke-color": palette.rim,
            "circle-stroke-width": by_zoom((8, 0.4), (12, 0.8), (16, 1.4)),
            "circle-opacity": opacity,
            "circle-stroke-opacity": opacity,
        },
    )
    numbers = layer_of(
        spec,
        "count",
        "symbol",
        filter=["all", IS_FOLDED, [">=", _COUNT, _NUMBERED]],
        layout={
            "text-field": ["step", _COUNT, ["to-string", _COUNT], 1000, _thousands(1), 10_000, _thousands(0)],
            "text-font": BOLD,
            "text-size": by_zoom((7, 10), (12, 11), (16, 13)),
            "text-padding": 4,
            # The largest numbers find their room first.
            "symbol-sort-key": ["-", 0, _COUNT],
        },
        paint={
            "text-color": palette.number,
            "text-halo-color": color_of(spec),
            "text-halo-width": _GROUND_PX,
            "text-opacity": 1 if faded is None else opacity_of(faded, 1, palette.faded),
        },
    )
    return [dots], [numbers]


def _order(rank: Expression) -> Expression:
    """Dots with numbers by how many they are, above the others by how bad they are."""
    return ["case", [">=", _COUNT, _NUMBERED], ["+", _ABOVE_ALL, _COUNT], rank]


def _radius(share: float) -> Expression:
    stops = [part for size, radius in _RADII for part in (size, round(radius * share, 2))]
    return ["interpolate", ["linear"], ["log10", _COUNT], *stops]


def _thousands(decimals: int) -> Expression:
    """12345 as "12k", the same in both languages."""
    shown = ["number-format", ["/", _COUNT, 1000], {"locale": "vi", "max-fraction-digits": decimals}]
    return ["concat", shown, "k"]
