# SPDX-License-Identifier: Apache-2.0
"""How an indicator is drawn: each unit in the colour that its tile brings, pale where nothing is known."""

from typing import Any

from layers.spec import LayerSpec
from tiles.palette import Palette


def choropleth_layers(spec: LayerSpec, palette: Palette) -> list[dict[str, Any]]:
    """A fill in the class's colour, and an edge that keeps neighbours of one class apart."""
    assert spec.measure is not None
    known = ["has", "color"]
    return [
        _layer(
            spec,
            "fill",
            {
                "fill-color": ["to-color", ["get", "color"], spec.measure.no_data_color],
                "fill-opacity": ["case", known, 0.72, 0.18],
                "fill-antialias": False,
            },
        ),
        _layer(
            spec,
            "line",
            {
                "line-color": palette.unit_line,
                "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.4, 12, 1, 16, 2],
                "line-opacity": 0.8,
            },
        ),
    ]


def _layer(spec: LayerSpec, role: str, paint: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{spec.id}-{role}",
        "type": role,
        "source": spec.id,
        "source-layer": spec.id,
        "metadata": {"toancanh:layer": spec.id, "toancanh:role": role},
        "layout": {"visibility": "visible" if spec.render.visible else "none"},
        "paint": paint,
    }
