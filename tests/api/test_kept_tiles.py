# SPDX-License-Identifier: Apache-2.0
"""Kept tiles of a real server beside a real relay: ready answers, and never an old one for long."""

import asyncio
import gzip
import time
import uuid
from collections.abc import Iterator

import brotli
import httpx
import mapbox_vector_tile
import psycopg2
import pytest

from geo.db.pool import DatabaseOptions, open_database
from geo.tile import TileId, tile_at
from tests.conftest import _database, migrated, new_key_of
from tests.layers.ingest_samples import incident
from tests.support.grid import NEW, OLD, publish_grid
from tests.support.stack import Stack, running_stack

pytestmark = pytest.mark.postgis
LON, LAT = 105.844, 21.593
# Near enough that points are not folded.
TILE = tile_at(LON, LAT, 16)
ADDRESS = f"/tiles/incidents/{TILE.z}/{TILE.x}/{TILE.y}.mvt"


@pytest.fixture(scope="module")
def stack(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    for url in _database(cluster_url):
        serving = migrated(url)
        asyncio.run(_publish(serving))
        with running_stack(serving, tmp_path_factory.mktemp("kept"), "serve", "relay") as running:
            yield running


async def _publish(url: str) -> None:
    database = await open_database(DatabaseOptions(url))
    await publish_grid(database)
    await database.close()


@pytest.fixture(scope="module")
def door(stack: Stack) -> Iterator[httpx.Client]:
    key = new_key_of(stack.database_url, "test")
    with httpx.Client(base_url=stack.url, headers={"Authorization": f"Bearer {key}"}, timeout=20) as client:
        yield client


@pytest.fixture
def web(stack: Stack) -> Iterator[httpx.Client]:
    """Takes what it is given: no coding unless asked for."""
    with httpx.Client(base_url=stack.url, headers={"Accept-Encoding": "identity"}, timeout=20) as client:
        yield client


def push(door: httpx.Client, *records: object) -> None:
    answer = door.post("/ingest/test?layer=incidents", json=list(records))
    assert answer.status_code == 200 and answer.json()["rejected"] == []


def named(body: bytes, layer: str = "incidents") -> set[str]:
    """The titles in a tile."""
    features = mapbox_vector_tile.decode(body)[layer]["features"] if body else []
    return {feature["properties"].get("title") for feature in features}


def number(web: httpx.Client, name: str) -> float:
    lines = web.get("/metrics").text.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))


def settled(web: httpx.Client) -> None:
    """Until every change so far has dropped what it made stale: nothing waits, and the log stands still."""
    seen = -1.0
    while number(web, "toancanh_changes_waiting") or number(web, "toancanh_live_seq") != seen:
        seen = number(web, "toancanh_live_seq")
        time.sleep(0.3)


def soon(web: httpx.Client, address: str, title: str, *, there: bool = True) -> httpx.Response:
    """The first answer that has (or has not) the title."""
    deadline = time.monotonic() + 5
    while True:
        answer = web.get(address)
        if (title in named(answer.content)) == there:
            return answer
        assert time.monotonic() < deadline, "the tile stayed old"


def test_a_kept_tile_has_every_coding_with_its_own_tag(door: httpx.Client, web: httpx.Client) -> None:
    push(door, *(incident(uuid.uuid4().hex, title="Sự việc", lon=LON + n / 1e5) for n in range(60)))
    settled(web)
    plain = soon(web, ADDRESS, "Sự việc")
    assert plain.headers["cache-control"] == "private, no-cache" and plain.headers["vary"] == "accept-encoding"
    assert "content-encoding" not in plain.headers
    made = number(web, "toancanh_tiles_made")
    tags = {plain.headers["etag"]}
    for coding, decode in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        with web.stream("GET", ADDRESS, headers={"Accept-Encoding": coding}) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == coding and int(answer.headers["content-length"]) == len(raw)
        assert decode(raw) == plain.content and len(raw) < len(plain.content)
        tags.add(answer.headers["etag"])
        again = web.get(ADDRESS, headers={"Accept-Encoding": coding, "If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
        assert again.headers["vary"] == "accept-encoding" and again.headers["cache-control"] == "private, no-cache"
    assert len(tags) == 3 and all(tag.startswith('"') for tag in tags)
    other = web.get(ADDRESS, headers={"If-None-Match": '"other", W/' + plain.headers["etag"]})
    assert other.status_code == 304
    assert number(web, "toancanh_tiles_made") == made


def test_whoever_writes_the_tile_follows(stack: Stack, door: httpx.Client, web: httpx.Client) -> None:
    name, far = uuid.uuid4().hex, uuid.uuid4().hex
    elsewhere = tile_at(105.2, 21.9, 16)
    far_address = f"/tiles/incidents/{elsewhere.z}/{elsewhere.x}/{elsewhere.y}.mvt"
    push(door, incident(far, title=far, lon=105.2, lat=21.9))
    kept = soon(web, far_address, far)
    web.get(ADDRESS)
    made = number(web, "toancanh_tiles_made")
    with psycopg2.connect(stack.database_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into layer_incidents (source, external_id, title, geom) "
            "values ('psql', %s, %s, ST_Point(%s, %s, 4326))",
            (name, name, LON, LAT),
        )
    connection.close()
    soon(web, ADDRESS, name)
    push(door, incident(name, title=name))
    push(door, incident(name, title=name, lon=105.2, lat=21.9))
    soon(web, far_address, name)
    assert web.get(far_address).headers["etag"] != kept.headers["etag"]
    assert number(web, "toancanh_tiles_evicted") > 0 and number(web, "toancanh_tiles_made") > made


def test_a_filter_is_one_question_however_it_is_spelt(door: httpx.Client, web: httpx.Client) -> None:
    push(door, incident(uuid.uuid4().hex, title="lọc", severity="high"))
    settled(web)
    soon(web, ADDRESS, "lọc")
    made = number(web, "toancanh_tiles_made")
    spelt = ["severity='high'", "severity = 'high'", "(severity = 'high')"]
    answers = [web.get(ADDRESS, params={"filter": text}) for text in (*spelt, *spelt)]
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert number(web, "toancanh_tiles_made") == made + 1
    push(door, incident(uuid.uuid4().hex, title="lọc thêm", severity="high"))
    soon(web, f"{ADDRESS}?filter=severity='high'", "lọc thêm")


def test_layers_together_are_the_layers_one_after_the_other(door: httpx.Client, web: httpx.Client) -> None:
    push(door, incident("chung", title="chung"))
    alone = soon(web, ADDRESS, "chung").content
    both = web.get(ADDRESS.replace("incidents", "incidents,cameras,incidents"))
    assert both.content == alone, "no camera stands there, and each layer is in it once"
    push(door, incident("chung nữa", title="chung nữa"))
    soon(web, ADDRESS.replace("incidents", "cameras,incidents"), "chung nữa")
    assert web.get(ADDRESS.replace("incidents", "incidents,nowhere")).status_code == 404
    assert web.get(ADDRESS.replace("incidents", "incidents,population")).json()["code"] == "layer_not_composable"
    many = ADDRESS.replace("incidents", ",".join(["incidents"] * 3) + "?severity=high")
    assert web.get(many.replace(".mvt", "") + ".mvt").status_code in (400, 404)


def test_only_a_version_of_units_never_changes(stack: Stack, web: httpx.Client) -> None:
    with psycopg2.connect(stack.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("select unit_set, id from unit_set_version")
        versions = dict(cursor.fetchall())
    connection.close()
    tile = tile_at(107.05, 16.25, 9)
    address = f"/tiles/units/{tile.z}/{tile.x}/{tile.y}.mvt"
    for unit_set in (OLD, NEW):
        kept = web.get(address, params={"version": versions[unit_set]})
        live = web.get(address, params={"set": unit_set})
        assert kept.content == live.content and kept.content
        assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert live.headers["cache-control"] == "private, no-cache"
    assert web.get(address).headers["cache-control"] == "private, no-cache"
    assert web.get(address, params={"version": 999_999}).json()["code"] == "version_unknown"
    assert web.get(address, params={"version": "x"}).json()["code"] == "version_unknown"
    both = web.get(address, params={"version": versions[OLD], "set": OLD})
    assert both.json()["code"] == "parameters_conflict"
    assert web.get(ADDRESS, params={"version": versions[OLD]}).status_code == 400


def test_a_head_is_an_answer_without_its_content(web: httpx.Client) -> None:
    for address in (ADDRESS, "/collections", "/tiles/incidents/3/1/1.mvt", "/nowhere"):
        whole, head = web.get(address), web.head(address)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        assert head.headers.get("content-type") == whole.headers.get("content-type")
    assert web.head("/live").status_code == 405


def test_without_a_relay_nothing_is_kept(stack: Stack, door: httpx.Client, web: httpx.Client) -> None:
    web.get(ADDRESS)
    stack.kill("relay")
    deadline = time.monotonic() + 5
    while number(web, "toancanh_tiles_kept"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    try:
        for title in ("một mình", "vẫn một mình"):
            push(door, incident(title, title=title))
            assert title in named(web.get(ADDRESS).content), "straight from the database"
        assert number(web, "toancanh_tiles_kept") == 0
    finally:
        stack.start("relay")
    deadline = time.monotonic() + 10
    while not number(web, "toancanh_tiles_kept"):
        web.get(ADDRESS)
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_address_that_is_none(web: httpx.Client) -> None:
    place = TileId(12, 5_000, 1)
    for address in (f"/tiles/incidents/{place.z}/{place.x}/{place.y}.mvt", "/tiles/incidents/012/1/1.mvt",
                    "/tiles/nothing/1/1/1.mvt", "/tiles/incidents/1/1/x.mvt"):  # fmt: skip
        answer = web.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
