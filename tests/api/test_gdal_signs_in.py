# SPDX-License-Identifier: Apache-2.0
"""GDAL and QGIS sign in with a key as the password of Basic, and see what the key may see."""

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.db.pool import Database
from tests.conftest import Seed, new_key_of
from tests.support.grid import OLD, middle, publish_grid
from tests.support.stack import Stack, running_stack

pytestmark = [
    pytest.mark.postgis,
    pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="needs GDAL's commands (gdal-bin)"),
]

_QGIS = """
import sys
from qgis.core import QgsApplication, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
layer = QgsVectorLayer(sys.argv[1], "layer", "OAPIF")
names = sorted(feature["external_id"] for feature in layer.getFeatures()) if layer.isValid() else None
print("SEEN", names, flush=True)
"""


@pytest.fixture(scope="module")
def closed(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A server where nobody reads without a name."""
    with running_stack(database_url, tmp_path_factory.mktemp("closed"), "serve", TOANCANH_ANONYMOUS="off") as stack:
        yield stack


async def seeded(seed: Seed, database: Database) -> str:
    await publish_grid(database)
    mark = uuid.uuid4().hex[:8]
    places = {"a": middle(0, 0), "b": middle(1, 0), "c": middle(0, 1)}
    await seed("clinics", [{"id": f"{mark}-{name}", "name": mark, **place} for name, place in places.items()])
    return mark


def keys_of(url: str, mark: str) -> dict[str, str]:
    return {
        "everywhere": new_key_of(url, f"all-{mark}", "--layers", "--role", "viewer"),
        "one unit": new_key_of(url, f"one-{mark}", "--layers", "--role", "viewer", "--area", f"{OLD}/00001"),
    }


async def test_gdal_sees_what_its_key_may_see(
    closed: Stack, database_url: str, seed: Seed, database: Database, tmp_path: Path
) -> None:
    mark = await seeded(seed, database)
    told = {}
    for name, key in keys_of(database_url, mark).items():
        target = tmp_path / f"{name}.geojson"
        command = [
            "ogr2ogr",
            "-f",
            "GeoJSON",
            str(target),
            f"OAPIF:{closed.url}",
            "clinics",
            "-oo",
            f"USERPWD=gis:{key}",
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        features = json.loads(target.read_text(encoding="utf-8"))["features"]
        told[name] = sorted(
            one["properties"]["external_id"][-1] for one in features if one["properties"]["name"] == mark
        )
    assert told == {"everywhere": ["a", "b", "c"], "one unit": ["a"]}
    refused = subprocess.run(
        ["ogrinfo", f"OAPIF:{closed.url}", "-oo", "USERPWD=gis:wrong"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode != 0 and "401" in refused.stderr


@pytest.mark.skipif(
    subprocess.run(["/usr/bin/python3", "-c", "import qgis.core"], capture_output=True, check=False).returncode != 0,
    reason="needs Debian's package python3-qgis",
)
async def test_qgis_sees_what_its_key_may_see(
    closed: Stack, database_url: str, seed: Seed, database: Database, tmp_path: Path
) -> None:
    mark = await seeded(seed, database)
    told = {}
    for name, key in keys_of(database_url, mark).items():
        source = f"url='{closed.url}' typename='clinics' username='gis' password='{key}' pagingEnabled='true'"
        done = subprocess.run(
            ["/usr/bin/python3", "-c", _QGIS, source],
            env={
                "QT_QPA_PLATFORM": "offscreen",
                "HOME": str(tmp_path),
                "XDG_RUNTIME_DIR": str(tmp_path),
                "PATH": os.environ["PATH"],
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        line = next((line for line in done.stdout.splitlines() if line.startswith("SEEN ")), "")
        assert line and line != "SEEN None", done.stderr[-2000:]
        told[name] = sorted(one[-1] for one in json.loads(line[5:].replace("'", '"')) if one.startswith(mark))
    assert told == {"everywhere": ["a", "b", "c"], "one unit": ["a"]}
