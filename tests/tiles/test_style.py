# SPDX-License-Identifier: Apache-2.0
"""The generated style: valid by the specification, complete, and made from specs alone."""

import inspect
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import tiles.style
import tiles.style_layers
from geo.bbox import BBox
from layers.registry import discover
from layers.spec import Choice, FieldSpec, Group, LayerSpec, Render, Text
from tiles.style import Lang, StyleRequest, Theme, style_of

ROOT = Path(__file__).resolve().parents[2]
VALIDATOR = ROOT / "frontend/node_modules/@maplibre/maplibre-gl-style-spec/dist/index.mjs"
SCRIPT = """
import { readFileSync } from "node:fs";
const { validateStyleMin } = await import(process.argv[1]);
const errors = validateStyleMin(JSON.parse(readFileSync(0, "utf8")));
console.log(JSON.stringify(errors.map((error) => error.message)));
"""
SPECS = list(discover().values())
EVERYTHING = LayerSpec(
    id="zones",
    title=Text("Vùng", "Zones"),
    description=Text("Thử", "Test"),
    group=Group("test", Text("Thử", "Test"), 90),
    geometry="Geometry",
    render=Render(kind="area", color_by="status", labels=True, visible=False),
    fields=(
        FieldSpec("name", Text("Tên", "Name"), in_tiles=True),
        FieldSpec(
            "status",
            Text("Trạng thái", "Status"),
            "choice",
            choices=(Choice("on", Text("Có", "On"), "#00ff00"), Choice("off", Text("Không", "Off"), faded=True)),
            in_tiles=True,
        ),
    ),
    title_field="name",
    zooms=(9, 18),
)


def style(theme: Theme = "dark", lang: Lang = "vi", **more: Any) -> dict[str, Any]:
    asked = {"unit_set": "city-2017", "context_set": "province-2025", "view": BBox(105.7, 21.5, 105.9, 21.7)} | more
    return style_of([*SPECS, EVERYTHING], StyleRequest(theme, lang, "https://map.example", **asked))


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("sets", [{}, {"context_set": None}, {"unit_set": None, "view": None}])
def test_the_style_is_valid_by_the_specification(theme: Theme, sets: dict[str, Any]) -> None:
    node = shutil.which("node")
    if node is None or not VALIDATOR.is_file():
        pytest.skip("needs node and frontend/node_modules (npm ci)")
    done = subprocess.run(
        [node, "--input-type=module", "-e", SCRIPT, VALIDATOR.as_uri()],
        input=json.dumps(style(theme, **sets)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == []


def test_every_layer_is_drawn_and_names_itself_and_its_role() -> None:
    drawn = {layer["metadata"].get("toancanh:layer") for layer in style()["layers"]}
    assert drawn == {spec.id for spec in SPECS if spec.geometry != "None"} | {"zones", None}
    roles = {layer["metadata"]["toancanh:role"] for layer in style()["layers"]}
    assert roles == {"background", "context", "fill", "line", "point", "icon", "label", "fold", "count"}


def test_ids_are_unique_and_sources_exist() -> None:
    made = style()
    ids = [layer["id"] for layer in made["layers"]]
    assert len(ids) == len(set(ids))
    assert {layer["source"] for layer in made["layers"] if "source" in layer} == set(made["sources"])


def test_every_address_is_absolute_and_ours() -> None:
    made = style()
    for source in made["sources"].values():
        assert all(url.startswith("https://map.example/tiles/") for url in source["tiles"])
    faces = [face for faces in made["font-faces"].values() for face in faces]
    assert len(faces) == 6
    assert all(face["url"].startswith("https://map.example/assets/fonts/noto-sans-") for face in faces)


def test_units_are_asked_for_by_set_and_stand_on_the_ground_of_today() -> None:
    sources = style()["sources"]
    assert sources["units"]["tiles"][0].endswith(".mvt?set=city-2017")
    assert sources["units-context"]["tiles"][0].endswith(".mvt?set=province-2025")
    assert "units-context" not in style(unit_set="province-2025")["sources"]


def test_units_lie_under_areas_and_areas_under_points_and_names_on_top() -> None:
    order = [layer["id"] for layer in style()["layers"]]
    assert order[0] == "background" and order[-1] == "units-label"
    assert order.index("units-fill") < order.index("alerts-fill") < order.index("incidents-point")
    # What stands first in the panel lies on top on the map.
    assert order.index("schools-point") < order.index("cameras-point") < order.index("incidents-point")


def test_faded_choices_are_drawn_paler_and_their_edges_broken() -> None:
    layers = {layer["id"]: layer for layer in style()["layers"]}
    test = ["in", ["coalesce", ["get", "status"], ""], ["literal", ["off"]]]
    assert layers["zones-line-faded"]["filter"][-1] == test and "line-dasharray" in layers["zones-line-faded"]["paint"]
    assert layers["zones-point"]["paint"]["circle-opacity"][1] == test
    assert layers["schools-point"]["paint"]["circle-opacity"] == 1


def test_a_layer_that_starts_hidden_is_hidden_and_zooms_are_kept() -> None:
    zones = [layer for layer in style()["layers"] if layer["metadata"].get("toancanh:layer") == "zones"]
    assert all(layer["layout"]["visibility"] == "none" and layer["minzoom"] >= 9 for layer in zones)
    assert style()["sources"]["zones"]["minzoom"] == 9


def test_labels_use_only_the_fonts_that_are_served() -> None:
    made = style()
    fonts = {font for layer in made["layers"] for font in layer.get("layout", {}).get("text-font", [])}
    assert fonts <= set(made["font-faces"])


def test_no_layer_is_named_in_the_code_that_draws() -> None:
    code = inspect.getsource(tiles.style) + inspect.getsource(tiles.style_layers)
    for spec in SPECS:
        assert f'"{spec.id}"' not in code


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_folded_points_are_dots_with_their_number_and_single_points_are_not_drawn_twice(theme: Theme) -> None:
    layers = {layer["id"]: layer for layer in style(theme)["layers"]}
    order = list(layers)
    assert layers["incidents-fold"]["filter"] == ["has", "count"]
    for single in ("incidents-point", "incidents-icon"):
        assert layers[single]["filter"] == ["!", ["has", "count"]]
    assert order.index("incidents-fold") < order.index("incidents-point") < order.index("incidents-count")
    # The worst that is still open gives the colour; where nothing is open, the cell fades.
    assert layers["incidents-fold"]["paint"]["circle-color"] == layers["incidents-point"]["paint"]["circle-color"]
    # A number stands on its dot, which is as wide, in the dot's colour and above the dots without one.
    numbered = [">=", ["get", "count"], 10]
    assert layers["incidents-count"]["filter"] == ["all", ["has", "count"], numbered]
    assert layers["incidents-count"]["paint"]["text-halo-color"] == layers["incidents-fold"]["paint"]["circle-color"]
    assert layers["incidents-fold"]["layout"]["circle-sort-key"][1] == numbered
    assert ["==", ["get", "open"], 0] in layers["incidents-fold"]["paint"]["circle-opacity"][1]
    assert "cameras-fold" not in layers
