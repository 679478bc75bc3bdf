# SPDX-License-Identifier: Apache-2.0
"""A tile that nobody waits for any more is no longer made: its statement is cancelled in PostgreSQL."""

import contextlib
import socket
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg2
import pytest
from psycopg2.extensions import connection as PgConnection

from geo.tile import tile_at
from tests.conftest import _database, migrated
from tests.support.stack import running_stack, wait_for

pytestmark = pytest.mark.postgis
TILE = tile_at(105.844, 21.593, 14)
PLAIN = f"/tiles/incidents/{TILE.z}/{TILE.x}/{TILE.y}.mvt"
_AT_WORK = (
    "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'toancanh' "
    "and state = 'active' and wait_event_type = 'Lock'"
)


class Slow(NamedTuple):
    """A server whose incidents are locked away: their tiles are never ready."""

    port: int
    look: PgConnection

    def at_work(self) -> int:
        """How many tiles PostgreSQL makes now."""
        with self.look, self.look.cursor() as cursor:
            cursor.execute(_AT_WORK)
            row: Any = cursor.fetchone()
        return int(row[0])

    def ask(self, path: str) -> socket.socket:
        """Ask, and do not wait for the answer."""
        client = socket.create_connection(("127.0.0.1", self.port))
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return client


@pytest.fixture
def slow(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slow]:
    for url in _database(cluster_url):
        with running_stack(migrated(url), tmp_path_factory.mktemp("slow"), "serve", "relay") as stack:
            with contextlib.closing(psycopg2.connect(url)) as holder, contextlib.closing(psycopg2.connect(url)) as look:
                with holder.cursor() as cursor:
                    cursor.execute("lock table feature_incidents in access exclusive mode")
                yield Slow(int(stack.url.rpartition(":")[2]), look)


@pytest.mark.parametrize("path", [PLAIN, f"{PLAIN}?filter=severity%3D%27high%27"], ids=["plain", "filtered"])
def test_who_goes_away_takes_the_statement_along(slow: Slow, path: str) -> None:
    first = slow.ask(path)
    wait_for(lambda: slow.at_work() == 1, "the tile is being made")
    second = slow.ask(path)
    time.sleep(0.3)
    assert slow.at_work() == 1, "once for both"
    first.close()
    time.sleep(0.5)
    assert slow.at_work() == 1, "the other one still waits"
    second.close()
    wait_for(lambda: slow.at_work() == 0, "the statement was cancelled", timeout_s=5)
    third = slow.ask(path)
    wait_for(lambda: slow.at_work() == 1, "the tile is made anew")
    third.close()
