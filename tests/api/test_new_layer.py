# SPDX-License-Identifier: Apache-2.0
"""A layer is one file: with it in the catalog's folder, everything else follows."""

import importlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import mapbox_vector_tile
import pytest

import layers.catalog
from api.app import create_app
from api.settings import Settings
from geo.tile import tile_at
from tests.conftest import new_key_of
from tests.support.grid import middle

pytestmark = pytest.mark.postgis
FILE = '''# SPDX-License-Identifier: Apache-2.0
"""Fire hydrants."""

from layers.groups import DEVICES
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text

LAYER = LayerSpec(
    id="hydrants",
    title=Text("Trụ nước chữa cháy", "Fire hydrants"),
    description=Text("Trụ nước và tình trạng", "Hydrants and their state"),
    group=DEVICES,
    render=Render(icon="hydrant", color="#d62828", color_by="status", order=40),
    fields=(
        FieldSpec("name", Text("Tên", "Name"), required=True, in_tiles=True),
        FieldSpec(
            "status",
            Text("Tình trạng", "State"),
            "choice",
            choices=(Choice("ready", Text("Sẵn sàng", "Ready"), "#2a9d8f"), Choice("broken", Text("Hỏng", "Broken"))),
            in_tiles=True,
        ),
        FieldSpec("pressure", Text("Áp lực", "Pressure"), "number", unit="bar", minimum=0),
    ),
    title_field="name",
)
'''


@pytest.fixture
def catalog_with_hydrants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "hydrants.py").write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(layers.catalog, "__path__", [*layers.catalog.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield


@pytest.fixture
async def client(catalog_with_hydrants: None, fresh_url: str) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    settings = Settings(database_url=fresh_url, demo=True)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as talking:
            yield talking, new_key_of(fresh_url, "fire-brigade")


async def test_one_file_adds_a_layer_everywhere(client: tuple[httpx.AsyncClient, str]) -> None:
    talking, key = client
    place = middle(0, 0)
    record = {"id": "h1", "name": "Trụ số 1", "status": "ready", "pressure": 4.5, **place}
    pushed = await talking.post(
        "/ingest/fire-brigade?layer=hydrants", json=record, headers={"Authorization": f"Bearer {key}"}
    )
    assert pushed.json()["accepted"] == 1, pushed.text

    collections = (await talking.get("/collections")).json()["collections"]
    (manifest,) = [one["toancanh"] for one in collections if one["id"] == "hydrants"]
    assert manifest["count"] == 1 and manifest["group"]["id"] == "devices"
    assert [entry["label"]["vi"] for entry in manifest["legend"]["entries"]] == ["Sẵn sàng", "Hỏng"]

    items = (await talking.get("/collections/hydrants/items?pressure=4.5")).json()["features"]
    assert [item["properties"]["name"] for item in items] == ["Trụ số 1"]

    z, x, y = tile_at(place["lon"], place["lat"], 12)
    tile = await talking.get(f"/tiles/hydrants/{z}/{x}/{y}.mvt")
    assert len(mapbox_vector_tile.decode(tile.content)["hydrants"]["features"]) == 1
    assert (await talking.get("/tiles/hydrants.json")).json()["vector_layers"][0]["id"] == "hydrants"

    cells = (await talking.get("/collections/hydrants/h3?resolution=8")).json()
    assert cells["total"] == 1 and len(cells["cells"]) == 1

    style = (await talking.get("/styles/dark.json")).json()
    assert {"hydrants-point", "hydrants-icon"} <= {layer["id"] for layer in style["layers"]}
    queryables = (await talking.get("/collections/hydrants/queryables")).json()
    assert {"name", "status", "pressure"} <= set(queryables["properties"])
