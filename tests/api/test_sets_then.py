# SPDX-License-Identifier: Apache-2.0
"""Sets, units and their tiles as they are told after a publication, and as they were published at a moment."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from geo.db.pool import DatabaseOptions, open_database
from layers.registry import LayerRegistry
from layers.unit_ingest import ingest_units
from tests.boundaries.publication_samples import PLACE, Office
from tests.boundaries.unit_samples import OPEN_CITY
from tests.conftest import as_role, new_key_of

pytestmark = pytest.mark.postgis
# The states of the sets are moved to these moments: moments are asked for to the minute.
IMPORTED, PUBLISHED, TAKEN_BACK = (datetime(2026, month, 1, tzinfo=UTC) for month in (2, 4, 6))
MARCH, MAY, JULY = (f"as_of=2026-{month:02}-01T00:00:00Z" for month in (3, 5, 7))
OLD, NEW = "/boundaries/sets/city-2017/units/05443", "/boundaries/sets/city-2025/units/05443"


@dataclass
class Counter:
    """A server whose sets were imported, published over and taken back, and one of its GIS staff."""

    client: httpx.AsyncClient
    office: Office
    gis: dict[str, str]

    async def get(self, path: str, status: int = 200, **options: Any) -> Any:
        answer = await self.client.get(path, **options)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
async def counter(fresh_url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[Counter]:
    opened = await open_database(DatabaseOptions(fresh_url, pool_size=4, statement_timeout_s=60))
    office = Office(fresh_url, opened, registry, tmp_path)
    await ingest_units(opened, registry, "test", OPEN_CITY)
    gis = {"Authorization": f"Bearer {new_key_of(fresh_url, 'lan', '--role', 'gis')}"}
    app = create_app(Settings(database_url=fresh_url, demo=True, files=tmp_path))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield Counter(client, office, gis)
    await opened.close()


async def test_a_unit_ends_with_its_set(counter: Counter) -> None:
    assert (await counter.get(OLD))["valid_to"] is None
    await counter.office.publish(await counter.office.draft())
    assert (await counter.get(OLD))["valid_to"] == "2025-07-01"
    assert (await counter.get(NEW))["valid_from"] == "2025-07-01"
    item = await counter.get("/collections/units/items/city-2017.05443")
    assert item["properties"]["valid_to"] == "2025-07-01"


async def test_sets_and_units_are_told_as_they_were_published_then(counter: Counter) -> None:
    publication = await counter.office.publish(await counter.office.draft())
    await counter.office.job("rollback", publication)
    await moved(counter.office)
    told = {}
    for moment in (MARCH, MAY, JULY):
        sets = (await counter.get(f"/boundaries/sets?{moment}"))["sets"]
        told[moment] = [(one["id"], one["units"], one["valid_to"]) for one in sets]
    assert told == {
        MARCH: [("city-2017", 32, None)],
        MAY: [("city-2017", 32, "2025-07-01"), ("city-2025", 8, None)],
        JULY: [("city-2017", 32, None)],
    }
    assert (await counter.get(f"{OLD}?{MARCH}"))["valid_to"] is None
    in_may = await counter.get(f"{OLD}?{MAY}")
    assert (in_may["valid_to"], "values" in in_may) == ("2025-07-01", False)
    assert [one["set"] for one in in_may["successors"]] == ["city-2025"]
    assert (await counter.get(f"{NEW}?{MAY}"))["predecessors"][0]["set"] == "city-2017"
    assert (await counter.get(OLD))["successors"] == []
    await counter.get(f"{NEW}?{JULY}", 404)
    at = f"/boundaries/at?lon={PLACE[0]}&lat={PLACE[1]}&"
    assert [one["name"] for one in (await counter.get(at + MAY))["units"]] == ["Trưng Vương", "Phan Đình Phùng"]
    assert [one["name"] for one in (await counter.get(at))["units"]] == ["Trưng Vương"]
    assert (await counter.get("/boundaries/sets?as_of=yesterday", 400))["code"] == "as_of_invalid"


async def test_tiles_of_a_set_and_of_a_version_are_described(counter: Counter) -> None:
    await counter.office.draft()
    listed = (await counter.get("/boundaries/versions", headers=counter.gis))["versions"]
    draft, published = (one["id"] for one in listed)
    of_set = await counter.get("/tiles/units.json?set=city-2017")
    assert of_set["tiles"][0].endswith("/tiles/units/{z}/{x}/{y}.mvt?set=city-2017")
    of_version = await counter.get(f"/tiles/units.json?version={published}")
    assert of_version["tiles"][0].endswith(f"?version={published}") and of_version["bounds"] == of_set["bounds"]
    assert (await counter.get(f"/tiles/units.json?version={draft}", 404))["code"] == "version_unknown"
    seen = await counter.get(f"/tiles/units.json?version={draft}", headers=counter.gis)
    assert seen["bounds"] == next(one["bbox"] for one in listed if one["id"] == draft)
    for query, status, code in (
        (f"set=city-2017&version={published}", 400, "parameters_conflict"),
        ("version=x", 400, "version_unknown"),
        ("version=999999", 404, "version_unknown"),
        ("set=nowhere", 400, "set_unknown"),
    ):
        assert (await counter.get(f"/tiles/units.json?{query}", status))["code"] == code
    await counter.get(f"/tiles/incidents.json?version={published}", 400)


async def moved(office: Office) -> None:
    """What was known when, as if it had happened in other months."""
    owner = await open_database(DatabaseOptions(as_role(office.url, "postgres"), pool_size=1))
    async with owner.connection() as connection:
        real = [row[0] for row in await connection.fetch("select distinct known_from from unit_set_state order by 1")]
        ended = await connection.fetchval("select max(known_to) from unit_set_state")
        for moment, instead in zip(sorted({*real, ended}), (IMPORTED, PUBLISHED, TAKEN_BACK), strict=True):
            for column in ("known_to", "known_from"):
                statement = f"update unit_set_state set {column} = $1 where {column} = $2"
                await connection.execute(statement, instead, moment)
    await owner.close()
