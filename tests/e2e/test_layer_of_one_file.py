# SPDX-License-Identifier: Apache-2.0
"""A layer is one file: a copy of the product with one more file in the catalog shows it everywhere."""

import shutil
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import SERVING_ROLE, _database, as_role, new_key_of
from tests.support.stack import ROOT, Stack, running_stack, wait_for

pytestmark = pytest.mark.browser

WELLS = '''"""Public wells."""

from layers.groups import FACILITIES
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text

LAYER = LayerSpec(
    id="wells",
    title=Text("Giếng công cộng", "Public wells"),
    description=Text("Giếng nước dùng chung", "Shared wells"),
    group=FACILITIES,
    render=Render(color="#4cc9f0", color_by="status"),
    fields=(
        FieldSpec("name", Text("Tên", "Name"), required=True, in_tiles=True),
        FieldSpec("status", Text("Tình trạng", "State"), "choice", in_tiles=True, choices=(
            Choice("open", Text("Đang dùng", "In use"), "#4cc9f0"),
            Choice("closed", Text("Ngừng", "Closed"), "#8d99ae"),
        )),
    ),
    title_field="name",
)
'''
WELL = {"id": "G-1", "name": "Giếng làng", "status": "open", "lon": 105.835, "lat": 21.59}


@pytest.fixture(scope="module")
def with_wells(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running copy of the product that has one file more, and one well."""
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        pytest.skip("needs the built front end (npm run build in frontend/)")
    root = tmp_path_factory.mktemp("product")
    for package in ("geo", "boundaries", "layers", "tiles", "api"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "layers" / "catalog" / "wells.py").write_text(WELLS, encoding="utf-8")
    for admin_url in _database(cluster_url):
        url = as_role(admin_url, SERVING_ROLE)
        logs = tmp_path_factory.mktemp("logs")
        places = {"TOANCANH_ADMIN_URL": admin_url, "TOANCANH_STATIC": str(ROOT / "frontend" / "dist")}
        environment = {"DATABASE_URL": url, "PYTHONPATH": str(root), **places}
        subprocess.run(
            [sys.executable, "-m", "api.cli", "migrate"], cwd=root, env=environment, check=True, capture_output=True
        )
        key = new_key_of(url, "demo")
        with running_stack(url, logs, root=root, **places) as stack:
            answer = httpx.post(
                f"{stack.url}/ingest/demo?layer=wells", json=WELL, headers={"Authorization": f"Bearer {key}"}
            )
            assert answer.json()["accepted"] == 1, answer.text
            yield stack


def test_one_file_gives_collection_tiles_style_cells_legend_and_schema(with_wells: Stack) -> None:
    with httpx.Client(base_url=with_wells.url, headers={"Accept": "application/json"}) as client:
        wells = next(one for one in client.get("/collections").json()["collections"] if one["id"] == "wells")
        assert wells["toancanh"]["title"]["vi"] == "Giếng công cộng" and wells["toancanh"]["count"] == 1
        assert [entry["label"]["vi"] for entry in wells["toancanh"]["legend"]["entries"]] == ["Đang dùng", "Ngừng"]
        assert "status" in client.get("/collections/wells/queryables").json()["properties"]
        items = client.get("/collections/wells/items", params={"status": "open"}).json()
        assert [item["properties"]["name"] for item in items["features"]] == ["Giếng làng"]
        tile = client.get("/tiles/wells/12/3252/1796.mvt")
        assert tile.status_code == 200 and "Giếng làng".encode() in tile.content
        assert client.get("/tiles/wells.json").json()["vector_layers"][0]["id"] == "wells"
        style = client.get("/styles/dark.json").json()
        assert any(layer.get("metadata", {}).get("toancanh:layer") == "wells" for layer in style["layers"])
        cells = client.get("/collections/wells/h3", params={"resolution": "8"}).json()
        assert [cell["value"] for cell in cells["cells"]] == [1]


def test_one_file_gives_a_row_in_the_layer_panel_and_a_point_on_the_map(with_wells: Stack, page: Page) -> None:
    page.goto(with_wells.url)
    expect(page.get_by_text("Giếng công cộng").first).to_be_visible()
    wait_for(lambda: page.evaluate("() => window.__toancanh?.ready === true"), "the map is drawn", timeout_s=60)
    page.evaluate("() => window.__toancanh.map.jumpTo({center: [105.835, 21.59], zoom: 13})")
    seen = "() => window.__toancanh.map.queryRenderedFeatures().some((f) => f.properties.name === 'Giếng làng')"
    wait_for(lambda: page.evaluate(seen), "the well is drawn")
