# SPDX-License-Identifier: Apache-2.0
"""Traffic cameras end to end: posts through the door and files of a year, each violation once, and no plate anywhere.

The whole year of 224,301: ``VIOLATION_ROWS=224301 pytest tests/connected/test_traffic_cameras.py -k year``.
"""

import os
import shutil
import time
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.settings import Settings
from geo.db.pool import Database
from layers.connectors.base import Message
from layers.sources.road import receive
from layers.sources.spec import SourceSpec
from simulators.traffic_cameras import Knobs, posts, write_year
from tests.conftest import Seed, new_key_of
from tests.support.stack import ROOT

pytestmark = pytest.mark.postgis
ROWS = int(os.environ.get("VIOLATION_ROWS", "2000"))
SOURCE = "traffic-cameras"


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    """A server that reads the example of a source."""
    sources = tmp_path / "sources"
    sources.mkdir()
    shutil.copy(ROOT / "deploy" / "sources" / f"{SOURCE}.yaml", sources)
    return create_app(Settings(database_url=database_url, demo=True, files=tmp_path / "files", sources=sources))


async def rows(database: Database, sql: str, *values: Any) -> list[Any]:
    async with database.connection() as connection:
        return await connection.fetch(sql, *values)


async def test_cameras_post_each_violation_once_and_no_plate_is_kept(
    client: httpx.AsyncClient, database: Database, database_url: str, seed: Seed
) -> None:
    ids = [f"plate-{uuid.uuid4().hex[:8]}" for _ in range(3)]
    cameras = [
        {"id": one, "name": one, "kind": "plate", "lon": 105.84 + n / 1000, "lat": 21.59} for n, one in enumerate(ids)
    ]
    await seed("cameras", cameras, source="vms")
    key = new_key_of(database_url, SOURCE)
    knobs = Knobs(duplicates=0.3, corrupt=0.1, heartbeats=0.2)
    totals: Counter[str] = Counter()
    for post in posts(ids, 60, uuid.uuid4().hex, datetime.now(UTC), knobs):
        answer = await client.post(
            f"/ingest/{SOURCE}", content=post.body, headers={"Content-Type": post.content_type}, auth=("camera", key)
        )
        told = answer.json()
        totals[str(answer.status_code)] += 1
        totals.update({name: told[name] for name in ("accepted", "changed", "unchanged", "unlocated") if name in told})
        if answer.status_code == 400:
            assert told["code"] == "event_unreadable", told
    assert set(totals) & {"401", "403", "404", "413", "500", "503"} == set()
    assert totals["400"] > 0 and totals["unchanged"] > 0 and totals["changed"] == 0 and totals["unlocated"] == 0
    found = await rows(
        database,
        "select f.properties ->> 'camera' as camera, f.kind, ST_X(f.geom) as lon, f.location_radius_m "
        "from feature f where layer = 'detections' and source = $1 and f.properties ->> 'camera' = any ($2)",
        SOURCE, ids,
    )  # fmt: skip
    assert len(found) == totals["accepted"] and 45 <= len(found) <= 60
    places = {one["id"]: one["lon"] for one in cameras}
    assert all(row["lon"] == pytest.approx(places[row["camera"]]) for row in found)
    assert len({row["kind"] for row in found}) >= 4 and {row["location_radius_m"] for row in found} == {25.0}
    kept = await rows(database, "select body from raw_message where source = $1", SOURCE)
    letters = await rows(database, "select record as body from dead_letter where source = $1", SOURCE)
    assert len(kept) > 45 and letters
    assert not [row for row in (*kept, *letters) if b"99X-" in row["body"] or b"\xff\xd8" in row["body"]]


async def test_a_year_in_files_is_loaded_once_however_often_it_is_sent(
    app: FastAPI, client: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    source = SourceSpec(
        id=f"violations-{uuid.uuid4().hex[:8]}", system="traffic_cameras", title={"vi": "Tệp", "en": "Files"},
        connector="table", options={"layer": "detections"},
    )  # fmt: skip
    cameras = [(f"SIM-PLATE-{n}", 105.80 + n / 500, 21.59) for n in range(40)]
    files = write_year(tmp_path / "year", cameras, ROWS, "1", 2025)
    road = app.state.toancanh.road
    for outcome in ("accepted", "unchanged"):
        began = time.monotonic()
        for file in files:
            message = Message(file.read_bytes(), datetime.now(UTC), "text/csv", file.name)
            (delivery,) = await receive(road, source, [message], datetime.now(UTC))
            assert delivery.refused == [] and not delivery.dead, (delivery.detail, delivery.refused[:3])
            expected = len(file.read_text(encoding="utf-8").splitlines()) - 1
            assert getattr(delivery, outcome) == expected
        print(f"{ROWS} rows {outcome} in {time.monotonic() - began:.1f} s")
    (count,) = await rows(
        database, "select count(*) as n, count(distinct kind) as kinds from feature "
        "where layer = 'detections' and source = $1 and geom is not null", source.id
    )  # fmt: skip
    assert (count["n"], count["kinds"]) == (ROWS, 8)
    kept = await rows(database, "select body from raw_message where source = $1", source.id)
    assert len(kept) == len(files) and not [row for row in kept if b"99X-" in row["body"]]
