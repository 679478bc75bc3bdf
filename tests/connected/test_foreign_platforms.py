# SPDX-License-Identifier: Apache-2.0
"""Programs that are not ours: we read a real pygeoapi; GDAL and ckanapi read the servers that we test against."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyogrio
import pytest
import yaml

from api.settings import Settings
from api.source_drafts import infer, visit_of
from layers.declared import layer_of
from layers.registry import LayerRegistry
from layers.sources.spec import SourceSpec
from layers.sources.trial import try_source
from simulators.ckan_portal import HYDRANTS, Portal
from simulators.ogc_api import Features
from simulators.small_server import BadDays
from tests.layers.transports.http_server import NOW
from tests.support.simulated import running
from tests.support.stack import ROOT, free_port, wait_for

FOLDER = ROOT / ".venv" / "platforms"
PAGES = 9


def environment(**more: str) -> dict[str, str]:
    """The judges' own packages first; absent ones skip the test."""
    if not (FOLDER / "pygeoapi").exists():
        pytest.skip("needs pip install --target .venv/platforms pygeoapi==0.21.0 ckanapi==4.11")
    return {**os.environ, "PYTHONPATH": str(FOLDER), **more}


def judged(command: list[str], variables: dict[str, str]) -> Any:
    """What a judge says as JSON, within a minute."""
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-800:]
    return json.loads(done.stdout)


@pytest.fixture
def pygeoapi(tmp_path: Path) -> Iterator[str]:
    """A real pygeoapi that serves the bus stops of our simulator from a file."""
    stops = [dict(one) for one in Features("judge", 250, BadDays()).stored("bus_stops")]
    data = tmp_path / "stops.geojson"
    data.write_text(json.dumps({"type": "FeatureCollection", "features": stops}), encoding="utf-8")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    said = {"title": "t", "description": "d", "keywords": ["a"], "terms_of_service": "x", "url": url}
    config = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": url, "mimetype": "application/json",
            "encoding": "utf-8", "languages": ["en-US"], "limits": {"default_items": 20, "max_items": 1000},
            "map": {"url": "https://tile.invalid/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": said, "license": {"name": "CC0", "url": url}, "provider": {"name": "p", "url": url},
            "contact": {"name": "c", "email": "a@example.org"},
        },
        "resources": {
            "stops": {
                "type": "collection", "title": "Điểm dừng", "description": "Điểm dừng xe buýt", "keywords": ["bus"],
                "extents": {"spatial": {"bbox": [105, 21, 107, 23]}},
                "providers": [{"type": "feature", "name": "GeoJSON", "data": str(data), "id_field": "id"}],
            }
        },
    }  # fmt: skip
    (tmp_path / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (tmp_path / "serve.py").write_text(
        "from pygeoapi import flask_app\n"
        f"flask_app.APP.run(host='127.0.0.1', port={port}, threaded=True, use_reloader=False)\n"
    )
    variables = environment(
        PYGEOAPI_CONFIG=str(tmp_path / "config.yml"), PYGEOAPI_OPENAPI=str(tmp_path / "openapi.yml")
    )  # fmt: skip
    generate = "from pygeoapi import cli; cli()"
    arguments = ["openapi", "generate", str(tmp_path / "config.yml"), "--output-file", str(tmp_path / "openapi.yml")]
    subprocess.run([sys.executable, "-c", generate, *arguments], env=variables, check=True, capture_output=True)
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, str(tmp_path / "serve.py")], env=variables, stdout=log, stderr=log)

    def answers() -> bool:
        assert process.poll() is None, (tmp_path / "log").read_text()[-800:]
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{url}/conformance?f=json", timeout=2).status_code == 200
        return False

    try:
        wait_for(answers, "pygeoapi answers", timeout_s=40)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.mark.slow
async def test_a_real_pygeoapi_becomes_a_layer_and_every_page_of_it_is_read(pygeoapi: str) -> None:
    settings = Settings()
    document = yaml.safe_load(await infer(settings, f"{pygeoapi}/collections/stops", {"layer": "stops"}))
    layer, source = layer_of(document["layer"]), SourceSpec.model_validate(document["source"])
    door = {**document["source"]["door"], "params": {"limit": 30}}
    messages = [arrival.message async for arrival in visit_of(settings, door)]
    assert len(messages) == PAGES
    trial = try_source(source, messages, LayerRegistry([layer]), NOW, keep_rows=300)
    assert trial.taken == {"stops": 250} and trial.reasons == {} and trial.repeated == 0
    expected = {
        one["id"]: (one["properties"]["so_cho"], one["geometry"]["coordinates"])
        for one in Features("judge", 250, BadDays()).stored("bus_stops")
    }
    assert {row["id"]: (row["so_cho"], row["geometry"]["coordinates"]) for row in trial.rows} == expected


def test_gdal_reads_every_page_of_the_simulated_ogc_api() -> None:
    if "OAPIF" not in pyogrio.list_drivers():
        pytest.skip("needs GDAL with OAPIF")
    # In a process of its own: GDAL keeps Python's lock while it waits for the server in ours.
    program = (
        "import json, sys, pyogrio\nat = f'OAPIF:{sys.argv[1]}/'\n"
        "frame = pyogrio.read_dataframe(at, layer='bus_stops')\n"
        "said = {'layers': [str(name) for name, _ in pyogrio.list_layers(at)], 'ids': sorted(frame['id']),\n"
        "        'crs': frame.crs.to_epsg()}\nprint(json.dumps(said))\n"
    )
    with running(Features("judge", 250, BadDays())) as url:
        said = judged([sys.executable, "-c", program, url], dict(os.environ))
    assert said["layers"] == ["bus_stops", "flood_marks"] and said["crs"] == 4326
    assert said["ids"] == sorted(f"s{number}" for number in range(1, 251))


def test_ckanapi_reads_the_simulated_portal() -> None:
    program = (
        "import json, sys\nfrom ckanapi import RemoteCKAN, NotFound\n"
        "portal = RemoteCKAN(sys.argv[1])\n"
        "found = portal.action.datastore_search(resource_id=sys.argv[2], limit=7, offset=20)\n"
        "try:\n    portal.action.package_show(id='none')\n    missing = False\nexcept NotFound:\n    missing = True\n"
        "said = {'names': portal.action.package_list(), 'total': found['total'], 'records': len(found['records']),\n"
        "        'missing': missing, 'hits': portal.action.package_search(q='wi-fi')['count']}\n"
        "print(json.dumps(said))\n"
    )
    with running(Portal("judge", 25, BadDays())) as url:
        said = judged([sys.executable, "-c", program, url, HYDRANTS], environment())
    assert said == {
        "names": ["tru-nuoc", "wifi-cong-cong"], "total": 25, "records": 5, "missing": True, "hits": 1,
    }  # fmt: skip
