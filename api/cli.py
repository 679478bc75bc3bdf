# SPDX-License-Identifier: Apache-2.0
"""The product's own commands. ``./toancanh`` sets the machine up and calls these."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Coroutine
from typing import Any

import psycopg2
from psycopg2.extensions import parse_dsn

from api import accounts_cli, boundaries_cli, source_words
from api.job_runner import run_job
from api.settings import Settings, read_settings
from api.worker import run_worker
from boundaries.crosswalk.sync import sync_crosswalk
from boundaries.files import FileStore
from geo.db.change_log import run_relay
from geo.db.migrate import MIGRATION_LOCK, migrate
from layers.catalog_sync import lock_areas, sync_catalog
from layers.registry import discover


def main(arguments: list[str] | None = None) -> int:
    """Run one command; answers the exit code."""
    parser = argparse.ArgumentParser(prog="toancanh", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="the web server")
    commands.add_parser("relay", help="moves changes into the live log; exactly one works at a time")
    commands.add_parser("connect", help="fetches from connected systems; exactly one works at a time")
    commands.add_parser("worker", help="jobs that follow the change log or the clock")
    commands.add_parser("job", help="one job of the worker's; it starts this itself").add_argument("id", type=int)
    commands.add_parser("migrate", help="bring the database to this version")
    accounts_cli.add_commands(commands)
    boundaries_cli.add_commands(commands)
    source_words.add_commands(commands)
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It tells every address that is asked, with its query.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = read_settings()
    match chosen.command:
        case "serve":
            return serve(settings)
        case "relay":
            return _forever(run_relay(settings.database_url))
        case "connect":
            # Every protocol of every system: 50 MB that the other commands can do without.
            from api.connect import run_connect

            return _forever(run_connect(settings, discover(settings.sources)))
        case "worker":
            return _forever(run_worker(settings.database_url, discover(settings.sources), FileStore(settings.files)))
        case "job":
            return asyncio.run(
                run_job(settings.database_url, chosen.id, discover(settings.sources), FileStore(settings.files))
            )
        case "migrate":
            return migrate_all(settings)
        case "boundaries":
            return boundaries_cli.run(settings, chosen)
        case "source":
            from api import sources_cli

            return sources_cli.run(settings, chosen)
        case _:
            return accounts_cli.run(settings, chosen)


def serve(settings: Settings) -> int:
    """Granian serves; uvicorn works too: ``uvicorn --factory api.app:create_server``."""
    from granian.constants import Interfaces, Loops
    from granian.server import Server

    Server(
        "api.app:create_server",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        factory=True,
        workers=1,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    ).serve()
    return 0


def migrate_all(settings: Settings) -> int:
    """Schema, then the catalog's partitions, indexes and views, then facts, under one lock. Again changes nothing."""
    migrate(settings.owner_url)
    owner, server = parse_dsn(settings.owner_url).get("user"), parse_dsn(settings.database_url).get("user")
    connection = psycopg2.connect(settings.owner_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
            made = sync_catalog(connection, discover(settings.sources).values(), None if server == owner else server)
            sync_crosswalk(cursor)
            lock_areas(cursor, server or owner or "current_user")
    finally:
        connection.close()
    sys.stdout.write(f"migrated; new layers: {', '.join(made) or 'none'}\n")
    return 0


def _forever(work: Coroutine[Any, Any, None]) -> int:
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
