# SPDX-License-Identifier: Apache-2.0
"""Events of the CloudEvents SDK arrive in all three modes; events that we send are read by the SDK."""

import argparse
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from geo.db.pool import Database
from layers.exchange.outbox import Outbox, Progress
from layers.registry import LayerRegistry
from simulators.peer_ioc import SOURCE, messages
from tests.api.source_desk import SourceDesk, open_source_desk

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
async def desk(fresh_url: str, tmp_path: Path) -> AsyncIterator[SourceDesk]:
    async with open_source_desk(fresh_url, tmp_path / "sources") as opened:
        opened.declare(SOURCE, system="city_ioc", connector="cloudevents", options={})
        yield opened


def sent(**knobs: Any) -> list[tuple[dict[str, str], bytes]]:
    manner = {"count": 5, "revisions": 3, "duplicates": 0.0, "late": 0.0, "corrupt": 0.0, "mode": "structured"}
    return messages(argparse.Namespace(**{**manner, **knobs}), random.Random(1), NOW)


async def post(desk: SourceDesk, batch: list[tuple[dict[str, str], bytes]]) -> list[dict[str, Any]]:
    key = desk.key(SOURCE)
    answers = [
        await desk.client.post(f"/ingest/{SOURCE}", content=body, headers={**headers, **key}) for headers, body in batch
    ]
    return [answer.json() for answer in answers]


@pytest.mark.parametrize("mode", ["structured", "binary", "batch"])
async def test_incidents_of_another_ioc_are_here_once_at_their_last_revision(desk: SourceDesk, mode: str) -> None:
    await post(desk, sent(mode=mode, duplicates=0.5))
    await post(desk, sent(mode=mode, late=1.0))
    database: Database = desk.client._transport.app.state.toancanh.database  # type: ignore[attr-defined]
    async with database.connection() as connection:
        rows = await connection.fetch("select revision, status, geom is not null as placed from feature")
    assert [tuple(row) for row in rows] == [(3, "in_progress", True)] * 5


async def test_a_spoilt_event_is_told_and_kept_and_the_others_arrive(desk: SourceDesk) -> None:
    answers = await post(desk, sent(corrupt=0.4))
    spoilt = [answer for answer in answers if answer.get("code") == "event_not_json"]
    assert spoilt and len(spoilt) < len(answers)
    letters = (await desk.client.get(f"/sources/{SOURCE}/dead-letters", headers=desk.staff)).json()
    assert sum(one["times"] for one in letters["dead_letters"]) == len(spoilt)


async def test_what_we_send_is_read_by_the_sdk(desk: SourceDesk, registry: LayerRegistry) -> None:
    await post(desk, sent())
    database: Database = desk.client._transport.app.state.toancanh.database  # type: ignore[attr-defined]
    outbox = Outbox(registry, ("incidents",), "province", "song-cong")
    async with database.connection() as connection:
        page = await outbox.next(connection, Progress("any", 0, {"incidents": 0}))
    assert len(page.events) == 5
    for told in page.events:
        message = HTTPMessage({"content-type": "application/cloudevents+json"}, orjson.dumps(told))
        event = from_http_event(message)
        assert event.get_id() == told["id"] and event.get_source() == "urn:toancanh:province"
        assert event.get_extension("iocorigin") == "province" and event.get_extension("iochops") == "province"
        assert event.get_data() == told["data"]
