# SPDX-License-Identifier: Apache-2.0
"""TileJSON and the layer manifest, from specs alone."""

from datetime import UTC, datetime, timedelta

import pytest

from geo.bbox import BBox
from layers.query import LayerStatistics
from layers.registry import discover
from layers.spec import LayerSpec
from tiles.manifest import freshness_of, manifest_of
from tiles.tilejson import tilejson_of

LAYERS = discover()
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize("spec", LAYERS.values(), ids=list(LAYERS))
def test_tilejson_names_every_field_that_travels(spec: LayerSpec) -> None:
    document = tilejson_of(spec, "https://map.example/tiles/a/{z}/{x}/{y}.mvt", BBox(105, 21, 106, 22), "vi")
    assert document["tilejson"] == "3.0.0" and document["bounds"] == [105, 21, 106, 22]
    layer = document["vector_layers"][0]
    assert layer["id"] == spec.id and set(layer["fields"]) >= {field.name for field in spec.tile_fields}
    assert document["minzoom"] <= document["maxzoom"] <= 14


def test_tiles_of_units_have_a_layer_of_label_points() -> None:
    document = tilejson_of(LAYERS["units"], "u", None, "en")
    assert [layer["id"] for layer in document["vector_layers"]] == ["units", "units_label"]
    assert "bounds" not in document


@pytest.mark.parametrize("spec", LAYERS.values(), ids=list(LAYERS))
def test_the_manifest_is_enough_for_panel_legend_and_popup(spec: LayerSpec) -> None:
    manifest = manifest_of(spec, LayerStatistics(count=3), NOW, "u")
    assert manifest["title"]["vi"] and manifest["title"]["en"] and manifest["group"]["title"]["vi"]
    assert manifest["legend"]["entries"] and all(entry["color"] for entry in manifest["legend"]["entries"])
    assert [field["name"] for field in manifest["fields"]] == [field.name for field in spec.fields]
    assert manifest["count"] == 3 and manifest["tilejson"] == "u"


@pytest.mark.parametrize(
    ("expected_s", "age_s", "state"),
    [(None, None, "static"), (60, None, "silent"), (60, 60, "fresh"), (60, 61, "stale"), (60, 241, "silent")],
)
def test_freshness_follows_what_is_expected(expected_s: int | None, age_s: int | None, state: str) -> None:
    latest = None if age_s is None else NOW - timedelta(seconds=age_s)
    assert freshness_of(expected_s, latest, NOW) == state
