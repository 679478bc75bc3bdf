# SPDX-License-Identifier: Apache-2.0
"""``boundaries check`` beside a published set: what a person in the GIS office sees, and what a script can read."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from boundaries.publish import publish
from boundaries.unit_files import read_unit_set
from geo.db.pool import DatabaseOptions, open_database
from tests.conftest import _database, migrated
from tests.support.stack import ROOT

pytestmark = pytest.mark.postgis
DATA = Path(__file__).parents[1] / "boundaries" / "data"


@pytest.fixture(scope="module")
def published(cluster_url: str) -> Iterator[str]:
    """A database in which the control's units are published."""
    for url in _database(cluster_url):
        serving = migrated(url)
        asyncio.run(_publish(serving))
        yield serving


async def _publish(url: str) -> None:
    database = await open_database(DatabaseOptions(url))
    features = json.loads(_defect("00_control_ok.geojson").read_text(encoding="utf-8"))["features"]
    for feature in features:
        own = feature["properties"]
        name, kind = own.get("name") or own["ten"], own.get("type") or own.get("loai") or "Phường"
        feature["properties"] = {"code": own["code"], "name": name, "full_name": f"{kind} {name}", "type": kind}
    about = {"id": "city-2017", "valid_from": "2017-08-18", "valid_to": "2025-07-01", "approximate": True,
             "title": {"vi": "Thành phố", "en": "City"}, "attribution": "CC0"}  # fmt: skip
    async with database.transaction() as connection:
        body = {"type": "FeatureCollection", "unit_set": about, "features": features}
        await publish(connection, read_unit_set(body))
    await database.close()


def _defect(name: str) -> Path:
    (found,) = DATA.rglob(name)
    return found


def check(url: str, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "api.cli", "boundaries", "check", str(file), "--set", "city-2017", *options]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_good_file_has_no_finding(published: str) -> None:
    done = check(published, _defect("00_control_ok.geojson"))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "0 findings, 0 stand in the way")


def test_an_overlap_is_named_measured_and_drawn(published: str, tmp_path: Path) -> None:
    done = check(published, _defect("01_overlap.geojson"), "--findings", str(tmp_path / "f.geojson"), "--lang", "en")
    assert done.returncode == 1 and "TOPO_OVERLAP" in done.stdout and "m2]" in done.stdout
    features = json.loads((tmp_path / "f.geojson").read_text(encoding="utf-8"))["features"]
    assert {one["properties"]["code"] for one in features} == {"TOPO_OVERLAP"}
    assert all(one["geometry"] and one["properties"]["measure"] > 1 for one in features)


def test_a_file_without_its_coordinate_system_asks_and_takes_the_answer(published: str) -> None:
    asked = check(published, _defect("10_no_prj.zip"))
    assert asked.returncode == 1 and "--crs: EPSG:9213" in asked.stdout
    answered = check(published, _defect("10_no_prj.zip"), "--crs", "EPSG:9213")
    assert answered.returncode == 0, answered.stdout


def test_repairs_are_made_on_a_copy(published: str, tmp_path: Path) -> None:
    broken = _defect("33_ring_order_repeat_points_duplicate_feature.geojson")
    before = broken.read_bytes()
    done = check(published, broken, "--repair", "--repaired", str(tmp_path / "r.geojson"))
    assert broken.read_bytes() == before and "repair    rings.orient" in done.stdout
    assert check(published, tmp_path / "r.geojson").returncode == 0


def test_a_wrong_command_says_so(published: str, tmp_path: Path) -> None:
    for options in (["--field", "colour=x"], ["--repair", "everything"]):
        done = check(published, _defect("00_control_ok.geojson"), *options)
        assert done.returncode == 2 and "Traceback" not in done.stderr
    assert check(published, tmp_path / "none.zip").returncode == 2
