# SPDX-License-Identifier: Apache-2.0
"""The maps of the HTML report, written by folium: two maps, before and after, whose views move together.

Folium writes links to its own copies of Leaflet, Bootstrap, jQuery and icon fonts; none of them stays. Names reach the
page as JSON and are set as text, never as HTML.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import folium
import numpy as np
import shapely
from folium.utilities import JsCode
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from boundaries.report import style
from boundaries.report.changes import names_of
from boundaries.report.facts import DrawnUnit, ReportFacts
from boundaries.report.shapes import extent, focus, label_point
from boundaries.report.wording import foreign

# A degree of 1e-5 is a metre; what is not simplified keeps its decimetres.
_DECIMALS = {True: 5, False: 6}
_MARGIN_DEGREES = 0.29  # 30 km around the units, as far as any map of the product may move
_OLD = {"color": style.OLD_BORDER, "weight": 1.5, "dashArray": "4 4", "lineCap": "butt", "fill": False}
_OPEN = {"color": style.UNAGREED, "weight": 2.6, "dashArray": "6 5", "lineCap": "butt", "fill": False}
_RANDOM_ID = re.compile(r"^(.*)_[0-9a-f]{32}$")


@dataclass(frozen=True)
class DrawnMap:
    """One map: the element that it fills, and the script that fills it. Its variables are named after ``side``."""

    side: str
    html: str
    script: str


def draw(facts: ReportFacts) -> tuple[DrawnMap, ...]:
    """The maps before and after; the first set of all has only the one after."""
    maps, decimals = facts.maps, _DECIMALS[facts.maps.tolerance_m > 0]
    names = {"before": names_of(maps.before), "after": names_of(maps.after)}
    found = []
    if maps.before:
        layers = {"units_before": _units(maps.before, decimals)}
        layers["lost"] = _pieces(maps.lost, names["before"], style.LOST, decimals)
        found.append(_rendered(facts, "before", layers))
    if maps.after:
        layers = {"units_after": _units(maps.after, decimals)}
        layers["won"] = _pieces(maps.won, names["after"], style.WON, decimals)
        unagreed = [one.geometry for one in facts.unagreed if one.geometry is not None]
        layers["old"] = _lines([maps.old_lines] if maps.old_lines else [], _OLD, decimals)
        layers["unagreed"] = _lines(unagreed, _OPEN, decimals)
        found.append(_rendered(facts, "after", layers))
    return tuple(found)


def _rendered(facts: ReportFacts, side: str, layers: Mapping[str, folium.GeoJson]) -> DrawnMap:
    whole, seen = extent(facts.maps), focus(facts.maps)
    assert whole is not None
    assert seen is not None
    west, south, east, north = whole
    drawn = folium.Map(
        location=[(seen[1] + seen[3]) / 2, (seen[0] + seen[2]) / 2],
        tiles=None,
        min_lat=south - _MARGIN_DEGREES,
        max_lat=north + _MARGIN_DEGREES,
        min_lon=west - _MARGIN_DEGREES,
        max_lon=east + _MARGIN_DEGREES,
        max_bounds=True,
        zoom_snap=0.1,
        zoom_animation=False,
        fade_animation=False,
        inertia=False,
        attribution_control=False,
        scroll_wheel_zoom=False,
        max_bounds_viscosity=1.0,
    )
    drawn.default_js, drawn.default_css = [], []
    for layer in layers.values():
        layer.add_to(drawn)
    # report.js fits the view once there is room: Leaflet cannot fit what a window that is hidden yet has no place for.
    figure: Any = drawn.get_root()
    figure.render()
    renamed = {drawn.get_name(): f"map_{side}", **{layer.get_name(): name for name, layer in layers.items()}}
    html, script = (_with_names(part.render(), renamed) for part in (figure.html, figure.script))
    return DrawnMap(side, html.strip(), script)


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """The names that folium draws by lot, by ours: the same facts give the same bytes."""
    for drawn, ours in names.items():
        assert _RANDOM_ID.match(drawn)
        text = text.replace(drawn, ours)
    return text


def _geojson(
    features: Iterable[tuple[BaseGeometry, Mapping[str, Any]]],
    decimals: int,
    look: Callable[[Any], dict[str, Any]],
    **options: Any,
) -> folium.GeoJson:
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": str(index), "properties": properties, "geometry": _rounded(shape, decimals)}
            for index, (shape, properties) in enumerate(features)
        ],
    }
    return folium.GeoJson(collection, style_function=look, smooth_factor=0.6, **options)


def _rounded(shape: BaseGeometry, decimals: int) -> dict[str, Any]:
    made: dict[str, Any] = mapping(shapely.transform(shape, lambda points: np.round(points, decimals)))
    return made


def _units(units: tuple[DrawnUnit, ...], decimals: int) -> folium.GeoJson:
    def properties(unit: DrawnUnit) -> dict[str, Any]:
        lon, lat = label_point(unit.geometry)
        # The largest names go first where there is no room for all.
        size = float(unit.geometry.area) * (1 if unit.colour is None else 100)
        return {
            "code": foreign(unit.code, 40),
            "name": foreign(unit.name),
            "label": [round(lat, 5), round(lon, 5)],
            "rank": float(f"{size:.4g}"),
            "colour": unit.colour,
        }

    return _geojson(
        ((unit.geometry, properties(unit)) for unit in units),
        decimals,
        lambda feature: _look_of_unit(feature["properties"]["colour"]),
        on_each_feature=JsCode("toancanhReport.describe"),
    )


def _look_of_unit(colour: int | None) -> dict[str, Any]:
    if colour is None:
        return {"color": style.FAINT_BORDER, "weight": 0.8, "fillColor": style.UNCHANGED, "fillOpacity": 1}
    return {"color": style.BORDER, "weight": 1.1, "fillColor": style.UNIT_COLOURS[colour], "fillOpacity": 1}


def _pieces(
    pieces: tuple[tuple[str, BaseGeometry], ...], names: Mapping[str, str], colour: str, decimals: int
) -> folium.GeoJson:
    look = {"color": colour, "weight": 1.6, "fillColor": colour, "fillOpacity": 0.45}
    return _geojson(
        ((shape, {"code": foreign(code, 40), "name": foreign(names.get(code, ""))}) for code, shape in pieces),
        decimals,
        lambda _: look,
        interactive=False,
    )


def _lines(lines: Iterable[BaseGeometry], look: dict[str, Any], decimals: int) -> folium.GeoJson:
    known = [line for line in lines if not line.is_empty]
    return _geojson(((line, {}) for line in known), decimals, lambda _: look, interactive=False)
