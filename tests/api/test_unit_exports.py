# SPDX-License-Identifier: Apache-2.0
"""Versions as files over HTTP: names, tags, drafts that others do not see, and what is not to be had."""

import io
import uuid
import zipfile
from collections.abc import AsyncIterator, Iterator

import httpx
import psycopg2
import pytest

from api.app import create_app
from api.settings import Settings
from geo.db.pool import DatabaseOptions, open_database
from layers.registry import discover
from layers.unit_ingest import ingest_units
from simulators.boundaries import upload
from tests.conftest import _database, migrated, new_key_of

pytestmark = pytest.mark.postgis


@pytest.fixture(scope="module")
def own_url(cluster_url: str) -> Iterator[str]:
    """A database of this module's own, because sets are published over the city."""
    for url in _database(cluster_url):
        yield migrated(url)


@pytest.fixture
async def published(own_url: str) -> int:
    """The version of the 32."""
    database = await open_database(DatabaseOptions(own_url, pool_size=2))
    await ingest_units(database, discover(), "demo", upload("city-2017"))
    await database.close()
    return _one(own_url, "select id from unit_set_version where unit_set = 'city-2017' and status = 'published'")


@pytest.fixture
async def http(own_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A server over it."""
    app = create_app(Settings(database_url=own_url, demo=True))
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client:
            yield client


def _one(url: str, statement: str) -> int:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    connection.close()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(("asked", "name", "media_type"), [
    ("f=geojson", "city-2017-v1.geojson", "application/geo+json"),
    ("f=gpkg&crs=EPSG:9213", "city-2017-v1-vn2000.gpkg", "application/geopackage+sqlite3"),
    ("f=shp&crs=EPSG:9213&encoding=utf-8", "city-2017-v1-vn2000.zip", "application/zip"),
    ("f=fgb", "city-2017-v1.fgb", "application/octet-stream"),
    ("f=topojson", "city-2017-v1.topojson", "application/json"),
    ("f=csv", "city-2017-v1.csv", "text/csv; charset=utf-8"),
])  # fmt: skip
async def test_a_version_is_downloaded_under_a_good_name(
    http: httpx.AsyncClient, published: int, asked: str, name: str, media_type: str
) -> None:
    answer = await http.get(f"/boundaries/versions/{published}/export?{asked}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["content-type"] == media_type
    assert int(answer.headers["content-length"]) == len(answer.content) > 1000


async def test_the_zip_holds_the_32_units(http: httpx.AsyncClient, published: int) -> None:
    answer = await http.get(f"/boundaries/versions/{published}/export?f=shp&crs=EPSG:9213")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        table = archive.read("city-2017-v1-vn2000.dbf")
    assert int.from_bytes(table[4:8], "little") == 32 and "Phường Gia Sàng".encode() in table


async def test_who_has_the_file_is_told_so(http: httpx.AsyncClient, published: int) -> None:
    path = f"/boundaries/versions/{published}/export?f=csv"
    tag = (await http.get(path)).headers["etag"]
    again = await http.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await http.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_superseded_version_is_still_the_same_file(
    http: httpx.AsyncClient, own_url: str, published: int
) -> None:
    path = f"/boundaries/versions/{published}/export?f=gpkg"
    before = await http.get(path)
    with psycopg2.connect(own_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "update unit_set_version set status = 'superseded', superseded_at = now() where id = %s", [published]
        )
        cursor.execute("update unit_set set valid_to = '2025-07-02' where id = 'city-2017'")
    connection.close()
    after = await http.get(path)
    with psycopg2.connect(own_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "update unit_set_version set status = 'published', superseded_at = null where id = %s", [published]
        )
    connection.close()
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


async def test_a_draft_is_there_for_gis_staff_alone(http: httpx.AsyncClient, own_url: str, published: int) -> None:
    draft = _one(
        own_url,
        "with made as (insert into unit_set_version (unit_set, status, content_hash) "
        "values ('city-2017', 'draft', 'x') returning id) "
        "insert into unit (version, code, name, full_name, type, valid_from, area_m2, geom, label_point) "
        "select made.id, u.code, u.name, u.full_name, u.type, u.valid_from, u.area_m2, u.geom, u.label_point "
        f"from made, unit u where u.version = {published} returning version",
    )
    path = f"/boundaries/versions/{draft}/export?f=geojson"
    assert (await http.get(path)).status_code == 404
    for role, status in (("viewer", 404), ("operator", 404), ("gis", 200), ("admin", 200)):
        key = new_key_of(own_url, f"{role}-{uuid.uuid4().hex[:6]}", "--layers", "--role", role)
        answer = await http.get(path, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status, role
    assert answer.headers["content-disposition"] == f'attachment; filename="city-2017-draft{draft}.geojson"'


@pytest.mark.parametrize(("path", "status", "code"), [
    ("999999/export", 404, "version_not_found"),
    ("-1/export", 404, "version_not_found"),
    (f"{2**63}/export", 404, "version_not_found"),
    ("1/export?f=geojson&crs=EPSG:9213", 400, "export_unsupported"),
    ("1/export?f=shp&encoding=tcvn3", 400, "export_unsupported"),
    ("1/export?f=dwg", 400, "parameter_invalid"),
    ("1/export?f=gpkg&crs=EPSG:3405", 400, "parameter_invalid"),
    ("one/export", 400, "parameter_invalid"),
])  # fmt: skip
async def test_what_is_not_to_be_had_is_a_problem(http: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await http.get(f"/boundaries/versions/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
