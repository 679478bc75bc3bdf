# SPDX-License-Identifier: Apache-2.0
"""A layer that is data makes the same value as one that is code, and is refused by name where it is wrong."""

import logging
from pathlib import Path
from typing import Any

import pytest
import yaml

from layers.declared import declared_layers, layer_of
from layers.registry import discover
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from tests.support.stack import ROOT

HYDRANTS: dict[str, Any] = {
    "id": "hydrants",
    "title": {"vi": "Trụ nước", "en": "Hydrants"},
    "description": "Trụ nước chữa cháy",
    "group": "devices",
    "render": {"color": "#d62828", "color_by": "status", "order": 40},
    "title_field": "name",
    "editors": ["gis", "admin"],
    "fields": [
        {"name": "name", "title": "Tên", "required": True, "in_tiles": True, "max_length": 200},
        {
            "name": "status", "title": {"vi": "Tình trạng", "en": "State"}, "type": "choice", "in_tiles": True,
            "choices": [
                {"value": "ok", "label": "Tốt", "color": "#2a9d8f"}, {"value": "bad", "label": "Hỏng", "faded": True},
            ],
        },
        {"name": "pressure", "title": "Áp lực", "type": "number", "unit": "bar", "minimum": 0, "readers": ["gis"]},
    ],
}  # fmt: skip


def wells(**changed: Any) -> dict[str, Any]:
    return {**HYDRANTS, **changed}


def test_a_declared_layer_is_the_same_value_as_a_file_of_the_catalog() -> None:
    same = LayerSpec(
        id="hydrants",
        title=Text("Trụ nước", "Hydrants"),
        description=Text("Trụ nước chữa cháy", "Trụ nước chữa cháy"),
        group=discover()["cameras"].group,
        render=Render(color="#d62828", color_by="status", order=40),
        title_field="name",
        editors=frozenset({"gis", "admin"}),
        fields=(
            FieldSpec("name", Text("Tên", "Tên"), required=True, in_tiles=True, max_length=200),
            FieldSpec(
                "status",
                Text("Tình trạng", "State"),
                "choice",
                in_tiles=True,
                choices=(
                    Choice("ok", Text("Tốt", "Tốt"), "#2a9d8f"),
                    Choice("bad", Text("Hỏng", "Hỏng"), faded=True),
                ),
            ),
            FieldSpec(
                "pressure", Text("Áp lực", "Áp lực"), "number", unit="bar", minimum=0, readers=frozenset({"gis"})
            ),
        ),
    )
    assert layer_of(HYDRANTS) == same


def test_shapes_are_drawn_as_areas_and_counted_by_no_hexagon() -> None:
    spec = layer_of(wells(geometry="Polygon"))
    assert spec.render.kind == "area" and not spec.h3


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"id": "Hydrants"}, "id: String should match"),
        ({"id": "x" * 25}, "id: String should match"),
        ({"id": "unit"}, "'unit' is used by the database itself"),
        ({"id": "history"}, "'history' is used by the database itself"),
        ({"group": "wells"}, "group: there is no 'wells'; there are: operations"),
        ({"fields": []}, "fields: there are none; './toancanh source infer"),
        ({"fields": [{"name": "geom", "title": "x"}]}, "fields.geom: this name is used"),
        ({"fields": [{"name": "id", "title": "x"}]}, "field name 'id' is not allowed"),
        ({"fields": [{"name": "kind", "title": "x"}], "render": {}, "title_field": None}, "must be a choice"),
        ({"fields": [{"name": "a", "title": "x", "type": "text"}]}, "fields.0.type"),
        ({"render": {"color": "red"}}, "render.color"),
        ({"render": {"color_by": "name"}}, "coloured by 'name', which has no choices"),
        ({"title_field": "nmae"}, "uses the field 'nmae', which it does not have"),
        ({"readers": ["everybody"]}, "readers.0"),
        ({"colour": "#ffffff"}, "colour: Extra inputs"),
        ({"retention_days": 30}, "retention but no time"),
    ],
)
def test_a_wrong_layer_is_refused_by_the_name_of_its_member(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the sentence is compared below
        layer_of(wells(**changed))
    assert sentence in str(caught.value)


def write(folder: Path, name: str, document: Any) -> None:
    text = document if isinstance(document, str) else yaml.safe_dump(document, allow_unicode=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_folder_of_sources_declares_layers_and_says_which_file_is_wrong(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", {"layer": HYDRANTS, "source": {}})
    write(tmp_path, "b.yaml", {"id": "a-source-without-a-layer"})
    assert [spec.id for spec in declared_layers(tmp_path)] == ["hydrants"]
    write(tmp_path, "c.yaml", {"layer": HYDRANTS})
    with pytest.raises(ValueError, match=r"c\.yaml: layer: id: 'hydrants' is a layer of a\.yaml already"):
        declared_layers(tmp_path)


def test_one_wrong_file_hides_no_other_and_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path, "a.yaml", {"layer": wells(id="cameras")})
    write(tmp_path, "b.yaml", "layer: [")
    write(tmp_path, "c.yaml", {"layer": HYDRANTS})
    with caplog.at_level(logging.ERROR):
        found = discover(tmp_path)
    assert set(found) - set(discover()) == {"hydrants"}
    told = caplog.text
    assert "a.yaml: layer: id: 'cameras' is a layer of the catalog already" in told and "b.yaml" in told


def test_the_layers_of_the_examples_are_sound() -> None:
    assert {"hydrants", "bus_stops"} <= {spec.id for spec in declared_layers(ROOT / "deploy" / "sources")}
