# SPDX-License-Identifier: Apache-2.0
"""GDAL reads the server as any GIS would: its OAPIF driver the collections, its MVT driver the tiles."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from geo.db.pool import Database
from geo.tile import tile_at
from tests.conftest import Seed
from tests.support.grid import OLD, middle, publish_grid
from tests.support.stack import Stack, running_stack

pytestmark = [
    pytest.mark.postgis,
    pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="needs GDAL's commands (gdal-bin)"),
]


@pytest.fixture(scope="module")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(database_url, tmp_path_factory.mktemp("gdal"), "serve") as stack:
        yield stack


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def exported(source: str, layer: str, folder: Path, *options: str) -> list[dict[str, Any]]:
    target = folder / f"{layer}.geojson"
    run("ogr2ogr", "-f", "GeoJSON", str(target), f"OAPIF:{source}", layer, *options)
    features: list[dict[str, Any]] = json.loads(target.read_text(encoding="utf-8"))["features"]
    return features


def counted(url: str, layer: str) -> int:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from feature where layer = %s", (layer,))
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


async def test_every_item_arrives_through_paging(server: Stack, seed: Seed, database_url: str, tmp_path: Path) -> None:
    records = [
        {"id": f"g{n}", "name": f"Trường {n}", "kind": "school", **(middle(0, 0) if n % 50 else {})}
        for n in range(1234)
    ]
    await seed("schools", records, source="gdal")
    summary = run("ogrinfo", "-ro", "-al", "-so", f"OAPIF:{server.url}", "schools")
    total = counted(database_url, "schools")
    assert f"Feature Count: {total}" in summary and "Geometry: Point" in summary
    features = exported(server.url, "schools", tmp_path)
    assert len(features) == total >= 1234
    assert len({(one["properties"]["source"], one["properties"]["external_id"]) for one in features}) == total


async def test_a_spatial_filter_is_answered_by_the_server(server: Stack, seed: Seed, tmp_path: Path) -> None:
    await seed("schools", [{"id": "alone", "name": "Một mình", "kind": "school", **middle(1.5, 1.5)}], source="gdal")
    place = middle(1.5, 1.5)
    box = [str(place["lon"] - 0.01), str(place["lat"] - 0.01), str(place["lon"] + 0.01), str(place["lat"] + 0.01)]
    features = exported(server.url, "schools", tmp_path, "-spat", *box)
    assert [one["properties"]["name"] for one in features] == ["Một mình"]


async def test_units_are_polygons(server: Stack, database: Database, tmp_path: Path) -> None:
    await publish_grid(database)
    features = exported(server.url, "units", tmp_path)
    assert {one["geometry"]["type"] for one in features} == {"MultiPolygon"}
    assert "00001" in {one["properties"]["code"] for one in features}


async def test_the_mvt_driver_reads_tiles_of_features_and_units(server: Stack, seed: Seed, database: Database) -> None:
    await publish_grid(database)
    await seed("cameras", [{"id": "g", "name": "Camera", "status": "online", **middle(0, 0)}], source="gdal")
    z, x, y = tile_at(middle(0, 0)["lon"], middle(0, 0)["lat"], 11)
    cameras = run("ogrinfo", "-ro", "-al", "-so", f"MVT:{server.url}/tiles/cameras/{z}/{x}/{y}.mvt")
    assert "Layer name: cameras" in cameras and "status: String" in cameras
    units = run("ogrinfo", "-ro", "-al", "-so", f"MVT:{server.url}/tiles/units/{z}/{x}/{y}.mvt?set={OLD}")
    assert "Layer name: units" in units and "Layer name: units_label" in units
