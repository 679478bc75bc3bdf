# SPDX-License-Identifier: Apache-2.0
"""A registry of health end to end: polled page by page and pushed, with patients on its pages, judged from outside."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import yaml
from fhir.resources.R4B.bundle import Bundle

from api.app import create_app
from api.auth import hash_of, new_key
from api.settings import Settings
from geo.db.pool import Database, DatabaseOptions, open_database
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry
from layers.sources.book import read_source
from layers.sources.delivery import Delivery
from layers.sources.road import Road, receive
from layers.sources.spec import SourceSpec
from layers.transports.base import Arrival, Visit
from layers.transports.http_answer import PullFailed
from layers.unit_ingest import ingest_units
from simulators.fhir_data import NOBODY
from simulators.fhir_registry import Facade, push
from simulators.small_server import BadDays, Service, listen
from tests.api.fhir_door import tables_that_hold
from tests.boundaries.unit_samples import PROVINCE
from tests.conftest import _database, migrated
from tests.support.stack import ROOT

pytestmark = pytest.mark.postgis
EXAMPLES = ROOT / "deploy" / "sources"


@pytest.fixture(scope="module")
def owner_url(cluster_url: str) -> Iterator[str]:
    """A database of this module's own, as its owner."""
    yield from _database(cluster_url)


@pytest.fixture(scope="module")
def province_url(owner_url: str) -> str:
    """The same, migrated, for the serving role."""
    return migrated(owner_url)


@pytest.fixture
async def province(province_url: str, registry: LayerRegistry) -> AsyncIterator[Database]:
    """The same with today's communes."""
    database = await open_database(DatabaseOptions(province_url, pool_size=4, statement_timeout_s=60))
    await ingest_units(database, registry, "units", PROVINCE)
    yield database
    await database.close()


@contextlib.contextmanager
def serving(service: Service) -> Iterator[str]:
    """The address at which a simulated server listens."""
    server = listen(service, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def example(name: str, base: str | None = None, **door: Any) -> SourceSpec:
    """A source as we ship it, at the address of a test's server."""
    declared = read_source(EXAMPLES / f"{name}.yaml").model_dump()
    if base is not None:
        declared["door"] = {**declared["door"], "base": f"{base}/fhir", **door}
    return SourceSpec.model_validate(declared)


async def visited(source: SourceSpec, cursor: Any = None) -> list[Arrival]:
    """What one visit brings; a visit that fails brings what came before."""
    visit = Visit(
        source.id, source.transport_options, cursor or {}, _no_secret, cast(Database, None), lambda: datetime.now(UTC)
    )
    assert source.transport is not None
    found: list[Arrival] = []
    with contextlib.suppress(PullFailed):
        async for arrival in source.transport.arrivals(visit):
            found.append(arrival)
    return found


def _no_secret(name: str) -> str:
    raise KeyError(name)


async def taken(road: Road, source: SourceSpec, arrivals: list[Arrival]) -> list[Delivery]:
    now = datetime.now(UTC)
    return [one for arrival in arrivals for one in await receive(road, source, [arrival.message], now, arrival.cursor)]


async def test_a_registry_is_polled_once_and_then_for_what_changed(
    province: Database, registry: LayerRegistry, owner_url: str
) -> None:
    road, facade = Road(province, registry, Gazetteer(registry)), Facade("poll", 1, 0.5, BadDays())
    with serving(facade) as url:
        source = example("health-fhir", url, count=50)
        first = await visited(source)
        for arrival in first:
            Bundle.model_validate_json(arrival.message.body)
        assert any(NOBODY.encode() in arrival.message.body for arrival in first), "there are patients on its pages"
        told = await taken(road, source, first)
        refused = [one["code"] for delivery in told for one in delivery.refused]
        assert set(refused) == {"patient_level_refused"} and len(refused) % 3 == 0
        assert sum(one.accepted for one in told) == 92 + 2 * 92
        assert sum(one.unlocated for one in told) == 0
        again = await visited(source, first[-1].cursor)
        assert [one for one in await taken(road, source, again) if one.accepted or one.changed] == []
        assert len(again) < len(first), "what did not change is not asked for"
        code = facade.change().removeprefix("loc-")
        facade.correct()
        later = await taken(road, source, await visited(source, again[-1].cursor))
        assert (sum(one.changed for one in later), sum(one.accepted for one in later)) == (1, 2)
    assert tables_that_hold(owner_url, NOBODY, "gia-0001", "urn:example:cccd") == []
    async with province.connection() as connection:
        rows = await connection.fetch(
            "select external_id, status, location_method from feature where layer = 'clinics'"
        )
        counted = await connection.fetchval("select sum(rejected) from source_minute where source = $1", source.id)
    assert len(rows) == 92
    assert {row["external_id"] for row in rows if row["status"] == "suspended"} == {code}
    assert {row["location_method"] for row in rows} == {"source_coordinates", "unit_name"}
    assert counted >= len(refused), "they are counted"


async def test_a_poll_that_breaks_off_goes_on_where_it_stopped(province: Database, registry: LayerRegistry) -> None:
    road, facade = Road(province, registry, Gazetteer(registry)), Facade("breaks", 1, 0.0, BadDays("bad", down=0.3))
    with serving(facade) as url:
        source = example("health-fhir", url, count=20)
        cursor: Any = None
        pages = 0
        for _ in range(60):
            arrivals = await visited(source, cursor)
            await taken(road, source, arrivals)
            cursor = arrivals[-1].cursor if arrivals else cursor
            pages += len(arrivals)
            if cursor and all("since" in cursor.get(kind, {}) for kind in ("Location", "MeasureReport")):
                break
        else:
            raise AssertionError(f"it never came to its end: {cursor}")
        tried = sum(one.path != "/fhir/metadata" for one in facade.asked)
        assert pages < tried <= pages * 3, "some requests failed, and no page was asked for again and again"
    async with province.connection() as connection:
        counted = await connection.fetchval(
            "select count(*) from feature where layer = 'clinics' and source = $1", source.id
        )
    assert counted == 92


async def test_a_registry_pushes_and_its_patients_are_told_to_stay_away(
    province: Database, province_url: str, owner_url: str, tmp_path: Path
) -> None:
    source, key = example("health-fhir-push"), new_key()
    (tmp_path / "source.yaml").write_text(yaml.safe_dump(source.model_dump(exclude={"send", "door"})), encoding="utf-8")
    async with province.connection() as connection:
        made = "insert into api_key (source, key_hash, layers) values ($1, $2, '{*}')"
        await connection.execute(made, source.id, hash_of(key))
    app = create_app(Settings(database_url=province_url, demo=True, files=tmp_path / "files", sources=tmp_path))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client,
    ):
        facade = Facade("push", 1, 0.0, BadDays())
        told = await _pushed(client, key, facade)
        again = await _pushed(client, key, facade)
    batches = -(-92 // 50) + -(-184 // 50)
    poisoned = -(-batches // 3)
    expected = {"200": 3 * 92 + 184, "403": 3 * poisoned, "http_403": 2}
    assert told["answers"] == again["answers"] == expected
    assert tables_that_hold(owner_url, NOBODY, "urn:example:cccd") == []
    async with province.connection() as connection:
        rows = await connection.fetch(
            "select max(revision) as most, count(*) as n from feature where source = $1", source.id
        )
    assert (rows[0]["n"], rows[0]["most"]) == (92, 1), "the same again changes nothing"


async def _pushed(client: httpx.AsyncClient, key: str, facade: Facade) -> Any:
    """The simulator's own push, over a client that answers in this process."""
    loop = asyncio.get_running_loop()

    class Bridge(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            sent = client.request(request.method, request.url, content=request.read(), headers=dict(request.headers))
            answer = asyncio.run_coroutine_threadsafe(sent, loop).result(60)
            return httpx.Response(
                answer.status_code, content=answer.content, headers={"Content-Type": "application/json"}
            )

    with httpx.Client(transport=Bridge(), base_url="http://testserver") as bridged:
        return await asyncio.to_thread(push, bridged, key, facade, 50)
