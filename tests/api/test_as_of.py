# SPDX-License-Identifier: Apache-2.0
"""When it happened, what we knew then, and which generation of units: three words that never mix."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import mapbox_vector_tile
import psycopg2
import pytest

from api.app import create_app
from api.settings import Settings
from geo.db.pool import DatabaseOptions, open_database
from geo.tile import tile_at
from layers.ingest import Batch, ingest
from layers.registry import discover
from layers.unit_ingest import ingest_units
from simulators.boundaries import upload
from tests.conftest import _database, migrated

pytestmark = pytest.mark.postgis

# Today in Phan Đình Phùng, until 30 June 2025 in Trưng Vương: the label of the older unit lies in both.
PLACE: dict[str, float] = {}
T0 = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
_BEFORE = T0 - timedelta(days=1)


class History:
    """Writes through the ingest door, and then moves what was written to a chosen moment."""

    def __init__(self, url: str, admin_url: str) -> None:
        self.url, self.admin_url = url, admin_url
        self.key = uuid.uuid4().hex

    async def write(self, moment: datetime, **record: Any) -> None:
        database = await open_database(DatabaseOptions(self.url, pool_size=1))
        batch = Batch(
            discover()["incidents"], "test", uuid.uuid4().hex, [{"id": self.key, "title": self.key, **record}]
        )
        receipt = await ingest(database, batch, datetime.now(UTC))
        await database.close()
        assert not receipt.rejected and not receipt.stale
        await asyncio.to_thread(self._set_clock, moment)

    def _set_clock(self, moment: datetime) -> None:
        """The last write happened at that moment: the only clock that a test of the past has."""
        connection = psycopg2.connect(self.admin_url)
        with connection, connection.cursor() as cursor:
            cursor.execute("set session_replication_role = replica")
            # The units were published before.
            cursor.execute("update unit_set_state set known_from = %s where known_from > %s", (_BEFORE, _BEFORE))
            cursor.execute("update feature set recorded_at = %s where external_id = %s", (moment, self.key))
            cursor.execute(
                "update feature_history set known_to = %s where external_id = %s "
                "and known_to > now() - interval '1 hour'",
                (moment, self.key),
            )
            cursor.execute(
                "update feature_history h set known_from = (select max(known_to) from feature_history p "
                "where p.external_id = h.external_id and p.known_to < h.known_to) "
                "where external_id = %s and known_from > now() - interval '1 hour' and exists "
                "(select from feature_history p where p.external_id = h.external_id and p.known_to < h.known_to)",
                (self.key,),
            )
            cursor.execute(
                "update feature_history set known_from = %s where external_id = %s "
                "and known_from > now() - interval '1 hour'",
                (T0, self.key),
            )
        connection.close()


@pytest.fixture
async def told(cluster_url: str) -> AsyncIterator[tuple[httpx.AsyncClient, History]]:
    """A server with both generations, and a report that was corrected an hour later and withdrawn after two."""
    for admin_url in _database(cluster_url):
        url = migrated(admin_url)
        database = await open_database(DatabaseOptions(url, pool_size=2))
        for unit_set in ("city-2017", "province-2025"):
            await ingest_units(database, discover(), "demo", upload(unit_set))
        await database.close()
        app = create_app(Settings(database_url=url, demo=True))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                unit = (await client.get("/boundaries/sets/city-2017/units/05443")).json()
                PLACE.update(zip(("lon", "lat"), unit["label_point"], strict=True))
                yield client, History(url, admin_url)


def at(hours: float) -> str:
    return (T0 + timedelta(hours=hours)).isoformat()


async def titles(client: httpx.AsyncClient, **query: str) -> list[Any]:
    answer = await client.get("/collections/incidents/items", params=query)
    assert answer.status_code == 200, answer.text
    return [feature["properties"] for feature in answer.json()["features"]]


async def test_as_of_tells_what_was_believed_before_and_after_a_correction_and_a_deletion(
    told: tuple[httpx.AsyncClient, History],
) -> None:
    client, history = told
    event = "2025-05-10T08:00:00+07:00"
    await history.write(T0, severity="low", time=event, **PLACE)
    feature_id = (await client.get("/collections/incidents/items")).json()["features"][0]["id"]
    await history.write(T0 + timedelta(hours=1), severity="high", time=event, lon=PLACE["lon"] + 0.2, lat=PLACE["lat"])
    await history.write(T0 + timedelta(hours=2), withdrawn=True, title=None)

    seen = {
        hours: [one["severity"] for one in await titles(client, as_of=at(hours))] for hours in (-0.5, 0.5, 1.5, 2.5)
    }
    assert seen == {-0.5: [], 0.5: ["low"], 1.5: ["high"], 2.5: []}
    assert await titles(client) == []

    item = f"/collections/incidents/items/{feature_id}"
    statuses = {hours: (await client.get(item, params={"as_of": at(hours)})).status_code for hours in (-0.5, 0.5, 2.5)}
    assert statuses == {-0.5: 404, 0.5: 200, 2.5: 404}

    for hours, unit in ((0.5, "05443"), (1.5, None)):
        values = (
            await client.get("/collections/incidents/units", params={"set": "city-2017", "as_of": at(hours)})
        ).json()
        assert [one["code"] for one in values["units"] if one["value"]] == ([unit] if unit else []), values
        assert values["total"] == 1
        cells = (await client.get("/collections/incidents/h3", params={"as_of": at(hours)})).json()
        assert cells["total"] == 1
    place = tile_at(PLACE["lon"], PLACE["lat"], 14)
    path = f"/tiles/incidents/{place.z}/{place.x}/{place.y}.mvt"
    drawn = {}
    for hours in (0.5, 1.5):
        tile = await client.get(path, params={"as_of": at(hours)})
        drawn[hours] = len(mapbox_vector_tile.decode(tile.content)["incidents"]["features"]) if tile.content else 0
    assert drawn == {0.5: 1, 1.5: 0}
    assert (await client.get(path)).status_code == 204


async def test_a_report_belongs_to_the_unit_of_its_own_time(told: tuple[httpx.AsyncClient, History]) -> None:
    client, history = told
    named = {}
    for event in ("2025-06-30T23:00:00+07:00", "2025-07-01T01:00:00+07:00"):
        await history.write(T0, time=event, **PLACE)
        values = (await client.get("/collections/incidents/units")).json()
        named[event] = [(one["set"], one["name"]) for one in values["units"] if one["value"]]
    assert list(named.values()) == [[("city-2017", "Trưng Vương")], [("province-2025", "Phan Đình Phùng")]]


async def test_the_three_words_are_taken_together(told: tuple[httpx.AsyncClient, History]) -> None:
    client, history = told
    await history.write(T0, severity="low", time="2025-05-10T08:00:00+07:00", **PLACE)
    await history.write(T0 + timedelta(hours=1), severity="high", time="2025-07-10T08:00:00+07:00", **PLACE)
    query = {"datetime": "2025-05-01/2025-05-31", "set": "province-2025"}
    for hours, total in ((0.5, 1), (1.5, 0)):
        values = (await client.get("/collections/incidents/units", params={**query, "as_of": at(hours)})).json()
        assert values["total"] == total
        assert [one["name"] for one in values["units"] if one["value"]] == ["Phan Đình Phùng"] * total


async def test_as_of_is_quantised_to_the_minute(told: tuple[httpx.AsyncClient, History]) -> None:
    client, history = told
    await history.write(T0 + timedelta(seconds=30), time="2025-05-10T08:00:00+07:00", **PLACE)
    assert await titles(client, as_of=(T0 + timedelta(seconds=59)).isoformat()) == []
    assert len(await titles(client, as_of=(T0 + timedelta(seconds=60)).isoformat())) == 1


@pytest.mark.parametrize("text", ["yesterday", "2026-01-01", "9999-12-31T23:59:59-23:59", ""])
async def test_what_is_no_moment_is_a_bad_request(told: tuple[httpx.AsyncClient, History], text: str) -> None:
    answer = await told[0].get("/collections/incidents/items", params={"as_of": text})
    assert answer.status_code == 400
