# SPDX-License-Identifier: Apache-2.0
"""YAML files turn a CKAN datastore, an OGC API and a GeoJSON file into whole layers, seen over HTTP, with no code."""

import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import orjson
import pytest
import yaml
from fastapi import FastAPI

from api import cli
from api.app import create_app
from api.cli import migrate_all
from api.settings import Settings
from api.source_drafts import infer
from geo.db.pool import DatabaseOptions, open_database
from geo.tile import tile_at
from layers.registry import LayerRegistry, discover
from layers.sources.book import read_source
from simulators.ckan_portal import WIFI, Portal
from simulators.ogc_api import Features
from simulators.small_server import BadDays
from tests.conftest import SERVING_ROLE, as_role
from tests.conftest import _database as database_of
from tests.support.fetching import fetching, letters_of
from tests.support.simulated import running
from tests.support.stack import ROOT
from tests.support.waiting import until

pytestmark = pytest.mark.postgis
EXAMPLES = {"ckan-hydrants": ("hydrants", 30), "ogc-bus-stops": ("bus_stops", 30), "wifi": ("wifi", 15)}


@pytest.fixture(scope="module")
def addresses() -> Iterator[tuple[str, str]]:
    quiet = BadDays()
    # The OGC server believes to have another address, as behind a gateway.
    with (
        running(Portal("test", 30, quiet)) as ckan,
        running(Features("test", 30, quiet, "http://inner.invalid")) as ogc,
    ):
        yield ckan, ogc


@pytest.fixture(scope="module")
def folder(addresses: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped examples at the test's addresses, and a file that ``source infer`` drafted."""
    made = tmp_path_factory.mktemp("sources")
    ckan, ogc = addresses
    for name in ("ckan-hydrants", "ogc-bus-stops"):
        text = (ROOT / "deploy" / "sources" / f"{name}.yaml").read_text(encoding="utf-8")
        text = text.replace("http://127.0.0.1:8092", ckan).replace("http://127.0.0.1:8093", ogc)
        (made / f"{name}.yaml").write_text(text.replace("limit: 100", "limit: 12"), encoding="utf-8")
    environment = {"DATABASE_URL": "postgresql:///none", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    drafted = subprocess.run(
        [sys.executable, "-m", "api.cli", "source", "infer",
         f"{ckan}/dataset/wifi-cong-cong/resource/{WIFI}/download/wifi.geojson"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (made / "wifi.yaml").write_text(drafted.stdout, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def settings(cluster_url: str, folder: Path) -> Iterator[Settings]:
    """A fresh database, migrated with the folder: the declared layers get their partitions and views."""
    for admin_url in database_of(cluster_url):
        made = Settings(
            database_url=as_role(admin_url, SERVING_ROLE), admin_url=admin_url, demo=True, sources=folder,
            files=folder / "files",
        )  # fmt: skip
        assert migrate_all(made) == 0
        yield made


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app: FastAPI = create_app(settings)
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as talking:
            yield talking


async def pull(settings: Settings, registry: LayerRegistry, name: str, client: httpx.AsyncClient) -> dict[str, Any]:
    """All items of an example's layer, once they are there."""
    layer, count = EXAMPLES[name]
    assert settings.sources is not None
    spec = read_source(settings.sources / f"{name}.yaml").model_copy(update={"every_s": 0.2})
    database = await open_database(DatabaseOptions(settings.database_url, pool_size=3))

    async def items() -> list[dict[str, Any]]:
        answer = await client.get(f"/collections/{layer}/items", params={"limit": 1000})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["features"])

    async def arrived() -> bool:
        return len(await items()) >= count

    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        await stack.enter_async_context(fetching(database, registry, spec, settings.database_url))
        await until(arrived, within_s=20)
        assert await letters_of(database, spec) == []
    return {item["properties"]["external_id"]: item for item in await items()}


@pytest.mark.parametrize("name", list(EXAMPLES))
async def test_a_file_makes_a_whole_layer(name: str, settings: Settings, client: httpx.AsyncClient) -> None:
    layer, count = EXAMPLES[name]
    items = await pull(settings, discover(settings.sources), name, client)
    assert len(items) == count

    collections = (await client.get("/collections")).json()["collections"]
    (manifest,) = [one["toancanh"] for one in collections if one["id"] == layer]
    assert manifest["count"] == count and manifest["group"]["id"] == "facilities" and manifest["legend"]["entries"]

    spot = next(iter(items.values()))["geometry"]["coordinates"]
    z, x, y = tile_at(spot[0], spot[1], 14)
    tile = await client.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt")
    assert tile.status_code == 200 and mapbox_vector_tile.decode(tile.content)[layer]["features"]

    style = (await client.get("/styles/dark.json")).json()
    assert f"{layer}-point" in {one["id"] for one in style["layers"]}
    queryables = (await client.get(f"/collections/{layer}/queryables")).json()["properties"]
    assert {field["name"] for field in manifest["fields"]} <= set(queryables)
    cells = (await client.get(f"/collections/{layer}/h3?resolution=8")).json()
    assert cells["total"] == count


async def test_values_are_those_of_the_foreign_records(settings: Settings, client: httpx.AsyncClient) -> None:
    items = await pull(settings, discover(settings.sources), "ckan-hydrants", client)
    states = {"Tốt": "ready", "Hỏng": "broken", "Đang sửa": "repair"}
    for row in Portal("test", 30, BadDays()).hydrants:
        item = items[row["ma_tru"]]
        assert item["properties"]["status"] == states[row["tinh_trang"]]
        assert item["properties"]["pressure_bar"] == float(row["ap_luc_bar"].replace(",", "."))
        assert item["geometry"]["coordinates"] == pytest.approx([row["kinh_do"], row["vi_do"]], abs=1e-7)


async def test_the_one_filter_language_holds_for_declared_fields(settings: Settings, client: httpx.AsyncClient) -> None:
    items = await pull(settings, discover(settings.sources), "ogc-bus-stops", client)
    expected = sorted(key for key, item in items.items() if item["properties"]["seats"] > 10)
    answer = await client.get("/collections/bus_stops/items", params={"filter": "seats > 10", "limit": 1000})
    assert sorted(item["properties"]["external_id"] for item in answer.json()["features"]) == expected != []


async def test_a_catalogue_lists_what_can_be_drafted(addresses: tuple[str, str], settings: Settings) -> None:
    with pytest.raises(ValueError, match=r"Wi-Fi công cộng · GeoJSON: http://.*wifi\.geojson"):
        await infer(settings, f"{addresses[0]}/api/3/action/package_search", {})


async def test_an_ogc_collection_and_a_datastore_are_drafted_from_the_address_that_people_copy(
    addresses: tuple[str, str], settings: Settings
) -> None:
    ckan, ogc = addresses
    stops = yaml.safe_load(await infer(settings, f"{ogc}/collections/bus_stops", {"layer": "stops"}))
    assert stops["layer"]["id"] == "stops" and stops["source"]["door"]["paging"] == {"kind": "link"}
    hydrants = yaml.safe_load(await infer(settings, f"{ckan}/dataset/tru-nuoc/resource/{WIFI}", {}))
    assert hydrants["source"]["options"]["format"] == "geojson"


@dataclass
class Command:
    """``source check``, and what it said."""

    settings: Settings
    capsys: pytest.CaptureFixture[str]

    def __call__(self, file: Path, *words: str) -> tuple[int, str]:
        code = cli.main(["source", "check", str(file), *words])
        said = self.capsys.readouterr()
        return code, said.out + said.err


@pytest.fixture
def check(settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setattr(cli, "read_settings", lambda: settings)
    return Command(settings, capsys)


def test_the_command_shows_the_first_rows_of_what_would_come(check: Command, folder: Path) -> None:
    code, said = check(folder / "ogc-bus-stops.yaml")
    assert code == 0
    assert "3 messages: 30 bus_stops would be taken in, 0 refused" in said and "30 by coordinates" in said
    assert "Điểm dừng số 1" in said


def test_the_command_tells_refusals_by_code_and_line(check: Command, folder: Path, tmp_path: Path) -> None:
    rows = [{"ma_tru": "A", "tinh_trang": "Mất", "ten": "a"}, {"ma_tru": "B", "ten": "b"}, {"ma_tru": "B", "ten": "b"}]
    sample = tmp_path / "sample.json"
    sample.write_bytes(orjson.dumps({"success": True, "result": {"records": rows}}))
    code, said = check(folder / "ckan-hydrants.yaml", "--sample", str(sample))
    assert code == 1
    assert "refused 1 × mapping_value_unknown: record 0: fields.status (path tinh_trang): 'Mất'" in said
    assert "2 hydrants would be taken in, 1 refused" in said and "1 records repeat an id" in said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("rebase: true", "rebase: false"), "host_refused"),
        (("id: id", "ids: id"), "names its 'id'"),
        (("seats: properties.so_cho", "seats: 'properties['"), "fields.seats: 'properties[' is no JMESPath"),
        (("kind: link", "kind: links"), "paging"),
        (("layer: bus_stops", "layer: bus_stop"), "there is no layer 'bus_stop'"),
        (("type: integer", "type: int"), "fields.3.type"),
        (("layer:", "layer: ["), "no YAML"),
    ],
)
def test_the_command_says_what_is_wrong_with_a_file(
    change: tuple[str, str], sentence: str, check: Command, folder: Path, tmp_path: Path
) -> None:
    text = (folder / "ogc-bus-stops.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace(*change, 1), encoding="utf-8")
    code, said = check(wrong)
    assert code == 2 and sentence in said, said
