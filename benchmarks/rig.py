# SPDX-License-Identifier: Apache-2.0
"""What every part runs on: a database with the city, the product's processes on it, and the options of the run."""

import contextlib
import signal
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn
from psycopg2.sql import SQL, Identifier

from api.cli import migrate_all
from api.settings import Settings
from benchmarks import city
from benchmarks.city_load import load_city
from benchmarks.peers import Peers
from tests.conftest import as_role, new_key_of
from tests.support.stack import Stack, running_stack

ROLE = "toancanh_bench_serve"


@dataclass(frozen=True)
class Options:
    """How long and how often. Peers and we get the same."""

    seconds: float = 4.0
    rounds: int = 5
    connections: int = 32
    tiles: int = 400
    seed: int = 7
    quick: bool = False
    sizes: city.Sizes = field(default_factory=city.Sizes)


QUICK = Options(seconds=1.0, rounds=2, tiles=60, quick=True, sizes=city.QUICK)


@dataclass
class Rig:
    """A running product on a filled database."""

    options: Options
    owner_url: str
    serving_url: str
    stack: Stack
    peers: Peers
    key: str
    loaded: dict[str, float]

    @property
    def url(self) -> str:
        """Where our server answers."""
        return self.stack.url

    @property
    def server_pid(self) -> int:
        """Our server's first process."""
        return self.stack.processes["serve"].pid

    def restart_server(self) -> None:
        """A new process: its tile cache is empty, and nothing else about it is different."""
        self.stack.kill("serve", signal.SIGTERM)
        self.stack.start("serve")
        self.stack.wait_ready()

    def owner(self) -> Any:
        """A psycopg2 connection of the owner, in autocommit."""
        connection = psycopg2.connect(self.owner_url)
        connection.autocommit = True
        return connection


def say(text: str) -> None:
    """One line of progress."""
    sys.stdout.write(f"[{time.strftime('%H:%M:%S')}] {text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def running_rig(
    cluster_url: str, folder: Path, peers: Peers, options: Options, keep: str | None = None
) -> Iterator[Rig]:
    """A rig on a database of its own, dropped at the end. ``keep`` names a database to keep and to find again."""
    with migrated_database(cluster_url, keep) as (owner, serving, fresh):
        loaded: dict[str, float] = {}
        if fresh:
            say(f"generating the city: {options.sizes}")
            loaded = load_city(owner, options.sizes, options.seed)
        key = new_key_of(serving, "bench")
        try:
            with running_stack(serving, folder, "serve", "relay", "worker") as stack:
                yield Rig(options, owner, serving, stack, peers, key, loaded)
        finally:
            peers.stop()


@contextlib.contextmanager
def migrated_database(cluster_url: str, keep: str | None = None) -> Iterator[tuple[str, str, bool]]:
    """A database of its own: the owner's address, the serving role's, and whether it is new. Dropped unless kept."""
    name = keep or f"tc_bench_{uuid.uuid4().hex[:10]}"
    fresh = _make_database(cluster_url, name)
    owner = as_role(make_dsn(cluster_url, dbname=name), parse_dsn(cluster_url).get("user", "postgres"))
    serving = as_role(owner, ROLE)
    try:
        migrate_all(Settings(database_url=serving, admin_url=owner))
        yield owner, serving, fresh
    finally:
        if keep is None:
            _on(cluster_url, SQL("drop database {} with (force)").format(Identifier(name)))


def _make_database(cluster_url: str, name: str) -> bool:
    connection = psycopg2.connect(cluster_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select exists (select from pg_database where datname = %s)", (name,))
            if cursor.fetchone() == (True,):
                return False
    finally:
        connection.close()
    _on(cluster_url, SQL("create database {}").format(Identifier(name)))
    _on(
        cluster_url,
        SQL("do $$ begin create role {} login; exception when duplicate_object then null; end $$").format(
            Identifier(ROLE)
        ),
    )
    return True


def _on(cluster_url: str, statement: Any) -> None:
    connection = psycopg2.connect(cluster_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
