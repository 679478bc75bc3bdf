# SPDX-License-Identifier: Apache-2.0
"""Underlays over HTTP: sent, made ready by the job, seen as tiles by those who work on boundaries, deleted."""

import asyncio
import json
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi import FastAPI

from api.job_runner import run_job
from api.state import AppState
from boundaries.jobs import OPEN_JOBS
from geo.db.pool import Database
from layers.registry import LayerRegistry
from tests.boundaries.underlay_samples import GOLDEN, geotiff, paper, place_of, png
from tests.conftest import _database, migrated, new_key_of
from tests.support.stack import ROOT

pytestmark = pytest.mark.postgis
DRAFT = """
with sent as (
    insert into stored_file (sha256, size_bytes, name, media_type, stored_by)
    values (repeat('0', 64), 1, 'ranh.zip', 'application/zip', 'gis') returning id)
insert into boundary_draft (state, file, title, unit_set, title_vi, title_en, valid_from, created_by)
select $1, id, 'Ranh giới', 'grid-2010', 'Lưới', 'Grid', '2010-01-01', 'gis' from sent returning id
"""


@pytest.fixture(scope="module")
def database_url(cluster_url: str) -> Iterator[str]:
    """A database of this module's own: where units are published decides where an image may lie."""
    for url in _database(cluster_url):
        yield migrated(url)


@pytest.fixture(scope="module")
def gis_key(database_url: str) -> str:
    return new_key_of(database_url, "khao-sat", "--role", "gis")


@pytest.fixture
async def desk(client: httpx.AsyncClient, gis_key: str) -> AsyncIterator[httpx.AsyncClient]:
    """The client with a key of the role gis."""
    client.headers["Authorization"] = f"Bearer {gis_key}"
    yield client


def new_map(folder: Path) -> Path:
    """A map that no other test has sent: the same bytes would be the same raster."""
    pixels = paper()
    pixels[:, 20:60, 20:60] = np.random.default_rng().integers(0, 255, (3, 40, 40), dtype=np.uint8)
    return geotiff(folder / "map.tif", pixels)


async def draft_of(database: Database, state: str = "checked") -> int:
    async with database.connection() as connection:
        return int(await connection.fetchval(DRAFT, state))


async def send(desk: httpx.AsyncClient, draft: int, path: Path, **more: str) -> httpx.Response:
    query = {"draft": str(draft), "name": "quyet-dinh.tif", **more}
    return await desk.post("/boundaries/underlays", params=query, content=path.read_bytes())


async def work(app: FastAPI, registry: LayerRegistry, underlay: dict[str, Any]) -> None:
    state: AppState = app.state.toancanh
    await run_job(state.settings.database_url, underlay["job"]["id"], registry, state.files)


async def shown(desk: httpx.AsyncClient, underlay: dict[str, Any]) -> dict[str, Any]:
    answer = await desk.get(f"/boundaries/underlays/{underlay['id']}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture
async def ready(
    desk: httpx.AsyncClient, app: FastAPI, database: Database, registry: LayerRegistry, tmp_path: Path
) -> dict[str, Any]:
    """An underlay that is ready."""
    sent = (await send(desk, await draft_of(database), new_map(tmp_path))).json()
    await work(app, registry, sent)
    return await shown(desk, sent)


async def test_an_image_becomes_tiles(desk: httpx.AsyncClient, ready: dict[str, Any]) -> None:
    assert (ready["state"], ready["job"]["state"], ready["findings"]) == ("ready", "done", [])
    west, south, east, north = ready["bbox"]
    assert west < GOLDEN[0] < east and south < GOLDEN[1] < north
    about = (await desk.get(f"/boundaries/underlays/{ready['id']}.json")).json()
    assert (about["tilejson"], about["maxzoom"], about["name"]) == ("3.0.0", 15, "quyet-dinh.tif")
    (z, x, y), _, _ = place_of(*GOLDEN, about["maxzoom"])
    url = about["tiles"][0].format(z=z, x=x, y=y)
    tile = await desk.get(url)
    assert tile.status_code == 200 and tile.headers["content-type"] == "image/png"
    assert tile.headers["cache-control"] == "private, max-age=31536000, immutable"
    again = await desk.get(url, headers={"If-None-Match": tile.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    small = await desk.get(url, headers={"Accept": "image/webp,*/*"})
    assert small.headers["content-type"] == "image/webp" and small.content[8:12] == b"WEBP"
    assert (await desk.get(url.replace(".png", "@2x.png"))).status_code == 200


async def test_where_the_image_does_not_reach_there_is_nothing(desk: httpx.AsyncClient, ready: dict[str, Any]) -> None:
    (_, x, y), _, _ = place_of(*GOLDEN, 16)
    tiles = f"/boundaries/underlays/{ready['id']}/tiles"
    for place, status in ((f"16/{x}/{y}", 204), ("15/0/0", 204), ("3/9/9", 404), ("03/1/1", 404)):
        assert (await desk.get(f"{tiles}/{place}.png")).status_code == status, place


async def test_a_file_that_is_no_geotiff_is_refused_with_a_finding(
    desk: httpx.AsyncClient, app: FastAPI, database: Database, registry: LayerRegistry, tmp_path: Path
) -> None:
    sent = (await send(desk, await draft_of(database), png(tmp_path / "map.tif"))).json()
    await work(app, registry, sent)
    refused = await shown(desk, sent)
    assert (refused["state"], refused["job"]["state"]) == ("refused", "done")
    (finding,) = refused["findings"]
    assert (finding["code"], finding["severity"]) == ("RASTER_NOT_TIFF", "reject")
    assert "GeoTIFF" in finding["detail"]["vi"] and "GeoTIFF" in finding["detail"]["en"]
    assert (await desk.get(f"/boundaries/underlays/{sent['id']}.json")).status_code == 404
    assert (await desk.get(f"/boundaries/underlays/{sent['id']}/tiles/1/1/1.png")).status_code == 404


async def test_only_who_works_on_boundaries_sees_underlays(
    app: FastAPI, desk: httpx.AsyncClient, ready: dict[str, Any], database_url: str
) -> None:
    pusher = new_key_of(database_url, f"gui-{uuid.uuid4().hex[:6]}")
    viewer = new_key_of(database_url, f"xem-{uuid.uuid4().hex[:6]}", "--role", "operator")
    (z, x, y), _, _ = place_of(*GOLDEN, 15)
    one = f"/boundaries/underlays/{ready['id']}"
    assert (await desk.get(f"{one}/tiles/{z}/{x}/{y}.png")).status_code == 200
    for key, status in ((None, 401), (pusher, 401), (viewer, 403)):
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as other:
            for path in (one, f"{one}.json", f"{one}/tiles/{z}/{x}/{y}.png", "/boundaries/underlays?draft=1"):
                assert (await other.get(path)).status_code == status, path
            assert (await other.delete(one)).status_code == status
            refused = await other.post("/boundaries/underlays?draft=1&name=a.tif", content=b"II*\0")
            assert refused.status_code == status


async def test_underlays_are_listed_by_draft_and_deleted(
    desk: httpx.AsyncClient, app: FastAPI, ready: dict[str, Any], database: Database
) -> None:
    state: AppState = app.state.toancanh
    listed = (await desk.get("/boundaries/underlays", params={"draft": ready["draft"]})).json()["underlays"]
    assert [one["id"] for one in listed] == [ready["id"]]
    async with database.connection() as connection:
        made = await connection.fetchval("select raster_sha256 from boundary_underlay where id = $1", ready["id"])
    assert state.files.path(made).exists()
    assert (await desk.delete(f"/boundaries/underlays/{ready['id']}")).status_code == 204
    assert not state.files.path(made).exists() and state.files.path(ready["file"]["sha256"]).exists()
    assert (await desk.get(f"/boundaries/underlays/{ready['id']}")).status_code == 404
    assert (await desk.delete(f"/boundaries/underlays/{ready['id']}")).json()["code"] == "underlay_not_found"


async def test_the_same_image_twice_is_one_raster_until_the_last_is_deleted(
    desk: httpx.AsyncClient, app: FastAPI, registry: LayerRegistry, ready: dict[str, Any], tmp_path: Path
) -> None:
    state: AppState = app.state.toancanh
    again = (await send(desk, ready["draft"], tmp_path / "map.tif")).json()
    await work(app, registry, again)
    assert (await shown(desk, again))["state"] == "ready"
    await desk.delete(f"/boundaries/underlays/{ready['id']}")
    (z, x, y), _, _ = place_of(*GOLDEN, 15)
    assert (await desk.get(f"/boundaries/underlays/{again['id']}/tiles/{z}/{x}/{y}.png")).status_code == 200
    assert len(list(state.settings.files.glob("??/*"))) == 2
    await desk.delete(f"/boundaries/underlays/{again['id']}")
    assert len(list(state.settings.files.glob("??/*"))) == 1


async def test_what_cannot_be_asked_is_refused_before_the_bytes_are_taken(
    desk: httpx.AsyncClient, app: FastAPI, database: Database, tmp_path: Path
) -> None:
    path = new_map(tmp_path)
    draft = await draft_of(database)
    for query, status, code in (
        ({"draft": "999999999"}, 404, "draft_not_found"),
        ({"draft": str(await draft_of(database, "withdrawn"))}, 409, "draft_closed"),
        ({"draft": str(draft), "crs": "+proj=tmerc"}, 400, "crs_invalid"),
        ({"draft": str(draft), "name": "../a.tif"}, 400, "name_invalid"),
    ):
        answer = await desk.post("/boundaries/underlays", params={"name": "a.tif", **query}, content=path.read_bytes())
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["detail_vi"]
    assert not app.state.toancanh.settings.files.exists()


async def test_a_job_that_is_killed_leaves_nothing_half_and_is_begun_again(
    desk: httpx.AsyncClient, app: FastAPI, database: Database, registry: LayerRegistry, tmp_path: Path
) -> None:
    state: AppState = app.state.toancanh
    sent = (await send(desk, await draft_of(database), new_map(tmp_path))).json()
    environment = {
        **os.environ, "DATABASE_URL": state.settings.database_url, "PYTHONPATH": str(ROOT),
        "TOANCANH_FILES": str(state.settings.files),
    }  # fmt: skip
    command = [sys.executable, "-m", "api.cli", "job", str(sent["job"]["id"])]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, start_new_session=True)
    while (await shown(desk, sent))["job"]["state"] == "queued":
        await asyncio.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    half = await shown(desk, sent)
    assert half["state"] == "checking" and half["bbox"] is None
    assert not [name for name in state.settings.files.glob("??/*") if not sent["file"]["sha256"].endswith(name.name)]
    async with database.connection() as connection:
        assert sent["job"]["id"] in [row["id"] for row in await connection.fetch(OPEN_JOBS.sql)]
    # The lock of a process that was killed is free as soon as PostgreSQL has noticed.
    for _ in range(100):
        await work(app, registry, sent)
        if (await shown(desk, sent))["state"] == "ready":
            break
        await asyncio.sleep(0.05)
    finished = await shown(desk, sent)
    assert (finished["state"], finished["job"]["attempts"]) == ("ready", 2)


async def test_a_deleted_underlay_stops_its_job(
    desk: httpx.AsyncClient, app: FastAPI, database: Database, registry: LayerRegistry, tmp_path: Path
) -> None:
    state: AppState = app.state.toancanh
    sent = (await send(desk, await draft_of(database), new_map(tmp_path))).json()
    assert (await desk.delete(f"/boundaries/underlays/{sent['id']}")).status_code == 204
    await work(app, registry, sent)
    async with database.connection() as connection:
        job = await connection.fetchval("select state from boundary_job where id = $1", sent["job"]["id"])
    assert job in ("cancelled", "done")
    assert len(list(state.settings.files.glob("??/*"))) == 1


async def test_a_failed_job_is_shown_as_the_state(desk: httpx.AsyncClient, database: Database, tmp_path: Path) -> None:
    sent = (await send(desk, await draft_of(database), new_map(tmp_path))).json()
    async with database.connection() as connection:
        problem = {"code": "job_died", "detail": "It died."}
        await connection.execute(
            "update boundary_job set state = 'failed', problem = $2 where id = $1", sent["job"]["id"], problem
        )
    failed = await shown(desk, sent)
    assert (failed["state"], failed["job"]["problem"]["code"]) == ("failed", "job_died")
    assert json.dumps(failed)
