# SPDX-License-Identifier: Apache-2.0
"""Newspapers end to end: two feeds become items of communes; copies are one story; nothing comes twice."""

from datetime import UTC, datetime, timedelta

import pytest

from geo.db.pool import Database
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry
from layers.sources.road import Road
from layers.unit_ingest import ingest_units
from simulators.press import Press
from tests.boundaries.unit_samples import PROVINCE
from tests.connected.feeds import serving, source_of, taken_in, visited

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
_ITEMS = """select f.external_id, f.valid_from, f.properties->>'story' as story, f.properties->>'title' as title,
    f.geom is null as nowhere, f.location_method, u.full_name from feature f left join unit u on u.id = f.location_unit
    where layer = 'media' and source = $1"""


async def test_two_newspapers_become_items_of_communes(database: Database, registry: LayerRegistry) -> None:
    press = Press(40, "two papers", NOW)
    await ingest_units(database, registry, "units", PROVINCE)
    road = Road(database, registry, Gazetteer(registry))
    with serving(press) as url:
        first = source_of("paper-one", "rss", {"address": f"{url}/rss.xml"}, outlet="Báo Một")
        second = source_of("paper-two", "rss", {"address": f"{url}/atom.xml"}, outlet="Báo Hai")
        for source in (first, second):
            (arrival,) = await visited(source, NOW)
            await taken_in(road, source, [arrival], NOW)
            assert await visited(source, NOW, arrival.cursor) == []
        # The whole feed again an hour later: also those that have no date keep the time at which they were first seen.
        (again,) = await visited(first, NOW + timedelta(hours=1))
        (delivery,) = await taken_in(road, first, [again], NOW + timedelta(hours=1))
    assert (delivery.accepted, delivery.changed) == (0, 0) and delivery.stale > 0
    async with database.connection() as connection:
        one, two = [await connection.fetch(_ITEMS, name) for name in ("paper-one", "paper-two")]
        kept = await connection.fetchval("select string_agg(convert_from(body, 'UTF8'), '') from raw_message "
                                         "where source like 'paper-%'")  # fmt: skip
    assert (len(one), len(two)) == (40, 14)
    assert all(row["nowhere"] and row["valid_from"] <= NOW and "<" not in row["title"] for row in [*one, *two])
    placed = [row for row in one if row["full_name"]]
    assert len(placed) >= 30
    for row in placed:
        assert row["location_method"] == "unit_name" and row["full_name"].lower() in row["title"].lower()
    assert len({row["story"] for row in two} & {row["story"] for row in one}) >= 8
    assert "toasoan" not in kept and "Tòa soạn" not in kept
