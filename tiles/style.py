# SPDX-License-Identifier: Apache-2.0
"""The MapLibre style of the whole map: a pure function of the layers, the theme and what is asked for.

Order from below: background, the ground around (sets valid today), units, areas, points, names. Within a kind the
layers lie as in the panel: what stands first there lies on top here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from geo.bbox import BBox
from layers.spec import LayerSpec
from tiles.palette import THEMES, Palette
from tiles.style_choropleth import choropleth_layers
from tiles.style_layers import (
    area_layers,
    context_layers,
    ground_layers,
    point_layers,
    unit_label_layers,
)
from tiles.style_parts import StyleLayer
from tiles.tilejson import TILE_MAX_ZOOM, attribution_of

Theme = Literal["dark", "light"]
Lang = Literal["vi", "en"]

# Subsets and ranges of the Noto Sans files that the front end ships (Fontsource 5).
_SUBSETS = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,"
    "U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    "vietnamese": "U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,"
    "U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB",
    "latin-ext": "U+0100-0101,U+0104-010F,U+0112-0127,U+012A-0130,U+0132-0151,U+0154-0167,U+016A-019F,U+01A2-01AE,"
    "U+01B1-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1E00-1E9F,U+1EF2-1EFF",
}
_WEIGHTS = {"Noto Sans Regular": 400, "Noto Sans Bold": 700}


@dataclass(frozen=True)
class StyleRequest:
    """What a style is asked for. ``context_set``: the units drawn around those of ``unit_set``, if others.

    ``versions`` are the published versions of sets: addresses that name one may be kept for ever.
    """

    theme: Theme
    lang: Lang
    base_url: str
    unit_set: str | None = None
    context_set: str | None = None
    view: BBox | None = None
    versions: Mapping[str, int] = field(default_factory=dict)


def style_of(specs: Iterable[LayerSpec], asked: StyleRequest) -> dict[str, Any]:
    """A complete style (MapLibre Style Specification, version 8) with absolute addresses."""
    palette = THEMES[asked.theme]
    known = [spec for spec in specs if spec.geometry != "None"]
    upwards = known[::-1]
    sources = {spec.id: _source(spec, asked, asked.unit_set) for spec in known}
    layers: list[StyleLayer] = [
        {
            "id": "background",
            "type": "background",
            "metadata": {"toancanh:role": "background"},
            "paint": {"background-color": palette.background},
        }
    ]
    units = [spec for spec in upwards if spec.render.kind == "unit"]
    if asked.context_set is not None and asked.context_set != asked.unit_set:
        for spec in units:
            around = f"{spec.id}-context"
            sources[around] = _source(spec, asked, asked.context_set)
            layers += context_layers(around, spec.id, palette)
    for spec in units:
        layers += ground_layers(spec, palette)
    layers += _drawn(upwards, palette)
    for spec in units:
        layers += unit_label_layers(spec, palette) if spec.render.labels else []
    style: dict[str, Any] = {
        "version": 8,
        "name": {"dark": "Toàn Cảnh (tối)", "light": "Toàn Cảnh (sáng)"}[asked.theme],
        "metadata": {"toancanh:theme": asked.theme, "toancanh:set": asked.unit_set},
        "font-faces": _font_faces(asked.base_url),
        "sources": sources,
        "layers": layers,
    }
    if asked.view is not None:
        box = asked.view
        style |= {"center": [round((box.west + box.east) / 2, 5), round((box.south + box.north) / 2, 5)], "zoom": 11}
    return style


def _drawn(upwards: list[LayerSpec], palette: Palette) -> list[StyleLayer]:
    """What lies on the ground: choropleths, areas, points."""
    found: list[StyleLayer] = []
    for spec in upwards:
        found += choropleth_layers(spec, palette) if spec.render.kind == "choropleth" else []
    for spec in upwards:
        found += area_layers(spec, palette) if spec.render.kind == "area" else []
    for spec in upwards:
        found += point_layers(spec, palette) if spec.render.kind in ("point", "area") else []
    return found


def _source(spec: LayerSpec, asked: StyleRequest, unit_set: str | None) -> dict[str, Any]:
    query = ""
    version = asked.versions.get(unit_set or "")
    if spec.store == "unit" and version is not None:
        query = f"?version={version}"
    elif spec.store != "feature" and unit_set is not None:
        query = f"?set={unit_set}"
    source: dict[str, Any] = {
        "type": "vector",
        "tiles": [f"{asked.base_url}/tiles/{spec.id}/{{z}}/{{x}}/{{y}}.mvt{query}"],
        "minzoom": spec.zooms[0],
        "maxzoom": min(TILE_MAX_ZOOM, spec.zooms[1]),
    }
    credit = attribution_of(spec, asked.lang)
    return source | ({"attribution": credit} if credit else {})


def _font_faces(base_url: str) -> dict[str, Any]:
    return {
        name: [
            {
                "url": f"{base_url}/assets/fonts/noto-sans-{subset}-{weight}-normal.woff2",
                "unicode-range": ranges.split(","),
            }
            for subset, ranges in _SUBSETS.items()
        ]
        for name, weight in _WEIGHTS.items()
    }
