# SPDX-License-Identifier: Apache-2.0
"""Warnings of another publisher end to end: index, messages, chains, exercises and broken ones; then our own index."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from geo.db.pool import Database, DatabaseOptions, open_database
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry
from layers.sources.road import Road
from layers.sources.spec import SourceSpec
from layers.transports.base import Arrival
from layers.transports.http_answer import PullFailed
from layers.unit_ingest import ingest_units
from simulators.cap_feed import CapFeed
from simulators.small_server import BadDays
from tests.boundaries.unit_samples import PROVINCE
from tests.connected.feeds import serving, source_of, taken_in, visited
from tests.support.cap_schema import cap_judge

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
BROKEN = {
    "MP-SAI-swapped": "cap_axes_swapped", "MP-SAI-open": "cap_polygon_open", "MP-SAI-crossing": "cap_polygon_invalid",
    "MP-SAI-zulu": "cap_time_zulu", "MP-SAI-order": "cap_times_order",
}  # fmt: skip


@pytest.fixture
async def province(fresh_url: str, registry: LayerRegistry) -> AsyncIterator[Database]:
    """A database of this test's own with today's communes."""
    database = await open_database(DatabaseOptions(fresh_url, pool_size=4))
    await ingest_units(database, registry, "units", PROVINCE)
    yield database
    await database.close()


async def alerts_in(database: Database) -> dict[str, Any]:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "select properties->>'cap_id' as cap_id, status, geom is null as nowhere, location_method from feature "
            "where layer = 'alerts'"
        )
    return {row["cap_id"]: row for row in rows}


async def beliefs_in(database: Database) -> list[Any]:
    async with database.connection() as connection:
        return await connection.fetch(
            "select id, revision, recorded_at from feature where layer = 'alerts' union all "
            "select id, revision, known_to from feature_history where layer = 'alerts' order by 1, 2, 3"
        )


async def test_a_publishers_warnings_come_once_and_end_as_their_chains_say(
    province: Database, registry: LayerRegistry, fresh_url: str, tmp_path: Path
) -> None:
    feed = CapFeed(48, "chains", NOW, duplicates=0.1)
    road = Road(province, registry, Gazetteer(registry))
    with serving(feed) as url:
        source = source_of("kttv", "cap", {"address": f"{url}/alerts.atom", "follow": True})
        # The first visit ends in the middle; the second goes on where it was.
        first = await visited(source, NOW, most=40)
        told = await taken_in(road, source, first, NOW)
        rest = await visited(source, NOW, first[-1].cursor)
        told += await taken_in(road, source, rest, NOW)
        assert len(first) + len(rest) == len(feed.documents)
        assert await visited(source, NOW, rest[-1].cursor) == []
        assert "if-none-match" in feed.asked[-1].headers
        assert sum(one.path != "/alerts.atom" for one in feed.asked) == len(feed.documents)
        # All of it once more, the newest first, changes nothing.
        before = await beliefs_in(province)
        await taken_in(road, source, [*first, *rest][::-1], NOW)
        assert await beliefs_in(province) == before
    shown = await alerts_in(province)
    ends = {chain[-1].kind for chain in feed.chains}
    assert ends == {"Alert", "Update", "Cancel"}
    for chain in feed.chains:
        cancelled = chain[-1].kind == "Cancel"
        last = chain[-2] if cancelled else chain[-1]
        state = "cancelled" if cancelled else "expired" if last.expires <= NOW else "actual"
        assert shown.pop(last.identifier)["status"] == state
    codes = {one.message.name.rpartition("/")[2].removesuffix(".xml"): delivery for one, delivery in
             zip([*first, *rest], told, strict=True)}  # fmt: skip
    for name, code in BROKEN.items():
        delivery = codes[name]
        assert code == (delivery.code if delivery.dead else delivery.refused[0]["code"]), name
    # What is broken only in its area is shown in the commune that it names; nothing else is left: no exercise.
    assert {name: row["location_method"] for name, row in shown.items()} == dict.fromkeys(
        ("MP-SAI-swapped", "MP-SAI-open", "MP-SAI-crossing"), "unit_name"
    )
    await _our_index_is_read_by_others(fresh_url, tmp_path)


async def _our_index_is_read_by_others(url: str, tmp_path: Path) -> None:
    """Every message that we give is valid for the OASIS schema, and feedparser reads the index."""
    app = create_app(Settings(database_url=url, demo=True, files=tmp_path), clock=lambda: NOW)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            every = await client.get("/cap/alerts.atom?all")
            read = feedparser.parse(every.content)
            assert not read.bozo and read.version == "atom10" and len(read.entries) >= 48
            places = [entry.where.type for entry in read.entries if "where" in entry]
            assert "Polygon" in places
            documents = [
                (await client.get(httpx.URL(entry.links[0].href).raw_path.decode())).content for entry in read.entries
            ]
    judge = cap_judge()
    await asyncio.to_thread(lambda: [judge(document) for document in documents])


async def test_a_document_that_fails_is_asked_again_and_hides_no_other() -> None:
    feed = CapFeed(12, "bad", NOW, bad_days=BadDays("bad", down=0.3))
    with serving(feed) as url:
        source = source_of("kttv", "cap", {"address": f"{url}/alerts.atom", "follow": True})
        names: list[str] = []
        cursor: dict[str, Any] = {}
        for _ in range(40):
            arrivals, failed = await _until_failure(source, cursor)
            names += [one.message.name for one in arrivals]
            cursor = dict(arrivals[-1].cursor or {}) if arrivals else cursor
            if not failed:
                break
        assert sorted(name.rpartition("/")[2] for name in names) == sorted(f"{one.name}.xml" for one in feed.documents)


async def _until_failure(source: SourceSpec, cursor: dict[str, Any]) -> tuple[list[Arrival], bool]:
    found: list[Arrival] = []
    try:
        await visited(source, NOW, cursor, into=found)
    except PullFailed as failure:
        assert failure.code in ("documents_missing", "unavailable"), failure
        return found, True
    return found, False


async def test_time_passes_and_only_what_is_new_is_fetched() -> None:
    feed = CapFeed(6, "slowly", NOW, every_s=1e9)
    with serving(feed) as url:
        source = source_of("kttv", "cap", {"address": f"{url}/alerts.atom", "follow": True})
        (first,) = await visited(source, NOW)
        feed.every_s = 0
        rest = await visited(source, NOW + timedelta(minutes=1), first.cursor)
        assert len(rest) == len(feed.documents) - 1 and first.message not in [one.message for one in rest]
