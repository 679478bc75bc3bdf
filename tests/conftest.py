# SPDX-License-Identifier: Apache-2.0
"""Real PostGIS for every test that asks: one migrated database per session on the cluster of TOANCANH_TEST_URL."""

import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import psycopg2
import pytest
from fastapi import FastAPI
from psycopg2.extensions import make_dsn, parse_dsn
from psycopg2.sql import SQL, Identifier

from api.app import create_app
from api.cli import migrate_all
from api.settings import Settings
from geo.db.pool import Database, DatabaseOptions, open_database
from layers.ingest import Batch, Receipt, ingest
from layers.registry import LayerRegistry, discover
from tests.support.stack import ROOT

Seed: TypeAlias = Callable[..., Awaitable[Receipt]]
SERVING_ROLE = "toancanh_test_serve"


@pytest.fixture(scope="session")
def cluster_url() -> str:
    """The superuser's address of a throw-away cluster."""
    url = os.environ.get("TOANCANH_TEST_URL")
    if not url:
        pytest.skip("needs TOANCANH_TEST_URL, the superuser's address of a throw-away PostGIS cluster")
    return url


@pytest.fixture(scope="session")
def admin_url(cluster_url: str) -> Iterator[str]:
    """A database of this session's own, as its owner."""
    yield from _database(cluster_url)


@pytest.fixture(scope="session")
def database_url(admin_url: str) -> str:
    """The same database, migrated, as the serving role."""
    return migrated(admin_url)


@pytest.fixture
def fresh_url(cluster_url: str) -> Iterator[str]:
    """A migrated database that only this test uses, as the serving role."""
    for url in _database(cluster_url):
        yield migrated(url)


@pytest.fixture(scope="module")
def own_admin_url(cluster_url: str) -> Iterator[str]:
    """A database that only this module uses, as its owner."""
    yield from _database(cluster_url)


@pytest.fixture(scope="module")
def own_database_url(own_admin_url: str) -> str:
    """The same, migrated, as the serving role: nobody else's units, stations and values are in it."""
    return migrated(own_admin_url)


@pytest.fixture(scope="session")
def registry() -> LayerRegistry:
    """The product's layers."""
    return discover()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The session's database through the product's pool."""
    opened = await open_database(DatabaseOptions(database_url, pool_size=4))
    yield opened
    await opened.close()


@pytest.fixture
def seed(database: Database, registry: LayerRegistry) -> Seed:
    """Push records through the ingest use case: ``await seed("incidents", records, source="a")``."""

    async def push(layer: str, records: list[Any], **options: Any) -> Receipt:
        source = options.get("source", "test")
        batch = Batch(
            registry[layer],
            source,
            options.get("name", uuid.uuid4().hex),
            records,
            options.get("snapshot", False),
        )
        return await ingest(database, batch, options.get("now", datetime.now(UTC)))

    return push


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    """The server, wired as in production; its files are this test's own."""
    return create_app(Settings(database_url=database_url, demo=True, files=tmp_path / "files"))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to the server in this process, lifespan included."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as talking:
            yield talking


@pytest.fixture(scope="session")
def push_key(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A key of the source "test" for every layer."""
    return new_key_of(database_url, "test")


def new_key_of(url: str, source: str, *options: str) -> str:
    """Make a key as the command does."""
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "api.cli", "key", "create", "--source", source, *options]
    made = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return made.stdout.strip()


def migrated(admin_url: str) -> str:
    """Migrate a database; answers its address for the serving role."""
    serving = as_role(admin_url, SERVING_ROLE)
    assert migrate_all(Settings(database_url=serving, admin_url=admin_url)) == 0
    return serving


def as_role(url: str, role: str) -> str:
    """The same database for another role."""
    parts = parse_dsn(url)
    query = "&".join(f"{name}={parts[name]}" for name in ("host", "port") if name in parts)
    return f"postgresql://{role}@/{parts['dbname']}?{query}"


def _database(cluster_url: str) -> Iterator[str]:
    name = f"tc_test_{uuid.uuid4().hex[:12]}"
    _on_cluster(cluster_url, SQL("create database {}").format(Identifier(name)))
    _on_cluster(
        cluster_url,
        SQL(
            "do $$ begin create role {} login; exception when duplicate_object or unique_violation then null; end $$"
        ).format(Identifier(SERVING_ROLE)),
    )
    parts = parse_dsn(make_dsn(cluster_url, dbname=name))
    yield as_role(make_dsn(**parts), parts.get("user", "postgres"))
    _on_cluster(cluster_url, SQL("drop database {} with (force)").format(Identifier(name)))


def _on_cluster(cluster_url: str, statement: Any) -> None:
    connection = psycopg2.connect(cluster_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
