# SPDX-License-Identifier: Apache-2.0
"""The live stream of a reader with an area: nothing from outside, and the leaving of what was inside."""

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from geo.db.pool import DatabaseOptions, open_database
from tests.api.test_session import command
from tests.conftest import SERVING_ROLE, new_key_of
from tests.support.grid import OLD, middle, publish_grid
from tests.support.stack import running_stack

pytestmark = pytest.mark.postgis
SQUARES = [(0, 0), (1, 0), (0, 1), (1, 1)]
MINE = (0, 0)


def test_no_event_from_outside_the_area_and_the_stream_ends_when_the_key_is_revoked(
    fresh_url: str, tmp_path: Path
) -> None:
    asyncio.run(_publish(fresh_url))
    push = {"Authorization": f"Bearer {new_key_of(fresh_url, 'test')}"}
    key = new_key_of(fresh_url, "area", "--layers", "--role", "viewer", "--area", f"{OLD}/00001")
    mine = {"Authorization": f"Bearer {key}"}
    chance = random.Random(3)
    where: dict[str, tuple[int, int]] = {}
    entered, left = 0, 0
    with running_stack(fresh_url, tmp_path, "serve", "relay") as stack:
        with httpx.stream("GET", f"{stack.url}/live?layers=incidents", headers=mine, timeout=30) as stream:
            lines = stream.iter_lines()
            _next(lines, "ready")
            for step in range(200):
                name = f"i{chance.randrange(40)}"
                square = chance.choice(SQUARES)
                was, where[name] = where.get(name), square
                record = {"id": name, "title": str(step), "time": "2026-01-01T00:00:00Z", **middle(*square)}
                httpx.post(f"{stack.url}/ingest/test?layer=incidents", json=record, headers=push).raise_for_status()
                if MINE in (was, square):
                    change = _next(lines, "change")["changes"][0]
                    if square == MINE:
                        assert [one["properties"]["external_id"] for one in change["upserts"]] == [name]
                        assert [one["properties"]["title"] for one in change["upserts"]] == [str(step)]
                        entered += 1
                    else:
                        assert change["upserts"] == [] and len(change["removes"]) == 1
                        left += 1
            assert entered > 20 and left > 20
            owner = fresh_url.replace(SERVING_ROLE, "postgres")
            number = command(owner, "key", "list").stdout.splitlines()[-1].split("\t")[0]
            assert command(owner, "key", "revoke", number).returncode == 0
            assert _next(lines, "auth") == {"reason": "rights_changed"}


async def _publish(url: str) -> None:
    database = await open_database(DatabaseOptions(url, pool_size=1))
    await publish_grid(database)
    await database.close()


def _next(lines: Any, wanted: str) -> Any:
    """The next event, which must be of that kind."""
    event = ""
    for line in lines:
        if line.startswith("event: "):
            event = line[7:]
        elif line.startswith("data: "):
            assert event == wanted, (event, line)
            return json.loads(line[6:])
    raise AssertionError("the stream ended")
