# SPDX-License-Identifier: Apache-2.0
"""The shipped source files against the simulated sharing platform: every record ends on the map, on bad days too."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyproj import Transformer
from shapely.geometry import mapping, shape

from geo.db.pool import Database, DatabaseOptions, open_database
from layers.registry import LayerRegistry
from layers.sources.spec import SourceSpec
from layers.unit_ingest import ingest_units
from simulators.boundaries import PROVINCE_SET, upload
from simulators.lgsp import SECRET, Access, Platform
from simulators.lgsp_data import LOCAL, World
from simulators.small_server import Asked, BadDays, Reply, as_json
from tests.conftest import _database as database_of
from tests.conftest import migrated
from tests.support.fetching import fetching, letters_of, state_of
from tests.support.simulated import running
from tests.support.stack import ROOT
from tests.support.waiting import until

pytestmark = pytest.mark.postgis

# Ten hours of events, ended; the clock stands still, so that what must arrive is known.
NOW = datetime.now(LOCAL).replace(microsecond=0) - timedelta(minutes=5)
WORLD = World("test", NOW - timedelta(hours=10), every_s=120, count=60)


def source(name: str, url: str, **door: Any) -> SourceSpec:
    """A file of deploy/sources, at the test's address and in a hurry."""
    text = (ROOT / "deploy" / "sources" / f"{name}.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text.replace("http://127.0.0.1:8091", url))
    document |= {"id": f"{name}-{uuid.uuid4().hex[:8]}", "every_s": 0.2}
    document["door"] |= door
    return SourceSpec.model_validate(document)


@dataclass(frozen=True)
class Here:
    """Our side: PostGIS, the layers, and a folder of secrets."""

    database: Database
    registry: LayerRegistry
    url: str
    secrets: Path

    async def features(self, spec: SourceSpec) -> dict[str, Any]:
        """External id -> the feature as PostGIS has it."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(
                "select external_id, kind, status, location_method, properties, revision, st_x(geom) as lon,"
                " st_y(geom) as lat from feature where source = $1",
                spec.id,
            )
        return {row["external_id"]: dict(row) for row in rows}

    async def visit_until(
        self, spec: SourceSpec, condition: Callable[[], Awaitable[bool]], within_s: float = 20
    ) -> None:
        """Visit the source again and again until something is so."""
        async with fetching(self.database, self.registry, spec, self.url, self.secrets):
            await until(condition, within_s=within_s)

    async def pull(self, spec: SourceSpec, count: int, within_s: float = 20) -> dict[str, Any]:
        """What a source brought, once so many features are there."""

        async def arrived() -> bool:
            return len(await self.features(spec)) >= count

        await self.visit_until(spec, arrived, within_s)
        return await self.features(spec)


def small_communes() -> dict[str, Any]:
    """Today's communes by their codes, each as a little square within: their shapes matter to nothing here."""
    made = upload(PROVINCE_SET)
    for feature in made["features"]:
        middle = shape(feature["geometry"]).representative_point()
        feature["geometry"] = mapping(middle.buffer(0.001, cap_style="square"))
    return made


@pytest.fixture(scope="module")
def url(cluster_url: str) -> Iterator[str]:
    """A database that knows today's communes: the platform names them by code."""
    for admin_url in database_of(cluster_url):
        yield migrated(admin_url)


@pytest.fixture
async def here(url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[Here]:
    (tmp_path / "lgsp-client").write_text(f"{SECRET}\n")
    database = await open_database(DatabaseOptions(url, pool_size=4, statement_timeout_s=60))
    async with database.connection() as connection:
        known = await connection.fetchval("select count(*) from unit_set where id = $1", PROVINCE_SET)
    if not known:
        await ingest_units(database, registry, "demo", small_communes())
    yield Here(database, registry, url, tmp_path)
    await database.close()


@pytest.fixture
def platform() -> Iterator[tuple[Platform, str]]:
    made = Platform(WORLD, Access(), BadDays(), clock=NOW.timestamp)
    with running(made) as url:
        yield made, url


@pytest.mark.parametrize(
    ("name", "data_set"),
    [
        ("lgsp-places", "dia-diem"),
        ("meeting-points", "diem-cau"),
        ("tourism", "diem-du-lich"),
        ("traffic-events", "su-kien-giao-thong"),
        ("public-order", "trat-tu-do-thi"),
    ],
)
async def test_every_record_of_a_data_set_becomes_a_feature(
    name: str, data_set: str, platform: tuple[Platform, str], here: Here
) -> None:
    spec = source(name, platform[1])
    records = WORLD.records(data_set, NOW, None)
    found = await here.pull(spec, len(records))
    keys = {str(next(iter(record.values()))) for record in records}
    assert set(found) == keys and len(keys) == len(records)
    assert await letters_of(here.database, spec) == []
    assert all(row["lon"] is not None or row["location_method"] != "source_coordinates" for row in found.values())


async def test_places_keep_their_coordinates_and_kinds(platform: tuple[Platform, str], here: Here) -> None:
    spec = source("lgsp-places", platform[1])
    found = await here.pull(spec, 60)
    to_degrees = Transformer.from_crs("EPSG:9213", "EPSG:4326", always_xy=True)
    kinds = {"TSCA": "police", "UBND": "townhall", "NVH": "community_centre", "CHO": "marketplace", "TV": "library"}
    placed = 0
    for record in WORLD.records("dia-diem", NOW, None):
        row = found[record["maDiaDiem"]]
        assert (row["properties"]["name"], row["kind"]) == (record["ten"], kinds[record["loai"]])
        if "toaDo" in record:
            lon, lat = to_degrees.transform(record["toaDo"]["y"], record["toaDo"]["x"])
            assert (row["lon"], row["lat"]) == pytest.approx((lon, lat), abs=1e-8)
            placed += 1
    assert 50 < placed < 60


async def test_the_platform_is_asked_with_token_agency_and_window(platform: tuple[Platform, str], here: Here) -> None:
    service, url = platform
    spec = source("traffic-events", url, overlap_s=600)

    async def asked_again() -> bool:
        return len([one for one in service.asked if one.query.get("trang") == "1"]) >= 2

    await here.visit_until(spec, asked_again)
    tokens = [one for one in service.asked if one.path == "/oauth2/token"]
    data = [one for one in service.asked if one.path != "/oauth2/token"]
    assert len(tokens) == 1, "a token serves all pages and visits while it is good"
    assert all(one.headers["x-agency-code"] == "H55.IOC" for one in data)
    first, second = [one.query["tuNgay"] for one in data if one.query["trang"] == "1"][:2]
    ahead = datetime.strptime(second, "%d/%m/%Y %H:%M:%S") - datetime.strptime(first, "%d/%m/%Y %H:%M:%S")
    # The first window reaches a day back, the second ten minutes before the first one's end.
    assert timedelta(hours=23, minutes=50) <= ahead < timedelta(hours=23, minutes=52)


async def test_a_wrong_secret_is_explained_on_the_source_page(platform: tuple[Platform, str], here: Here) -> None:
    (here.secrets / "lgsp-client").write_text("wrong")
    spec = source("tourism", platform[1])

    async def failed() -> bool:
        return bool((await state_of(here.database, spec)).get("last_error"))

    await here.visit_until(spec, failed)
    error = (await state_of(here.database, spec))["last_error"]
    assert error["code"] == "oauth2_refused" and "invalid_client" in error["detail"] and "wrong" not in error["detail"]


class Limping(Platform):
    """Every third request for data is answered with 503: no visit gets further than two pages."""

    def answer(self, asked: Asked) -> Reply:
        if asked.path.startswith("/api") and len([one for one in self.asked if one.path.startswith("/api")]) % 3 == 0:
            return as_json({"message": "Hệ thống đang bảo trì"}, 503)
        return super().answer(asked)


async def test_bad_days_lose_nothing(here: Here) -> None:
    paging = {"kind": "page", "page": "trang", "limit": "kichThuoc", "size": 100, "items": "duLieu.danhSach"}
    with running(Limping(WORLD, Access(), BadDays(), NOW.timestamp)) as url:
        spec = source("public-order", url, paging=paging)
        records = WORLD.records("trat-tu-do-thi", NOW, None)
        found = await here.pull(spec, len(records), within_s=6)
    assert set(found) == {record["soPhieu"] for record in records} and len(records) > 3 * 100


async def test_who_sent_a_report_is_kept_nowhere(platform: tuple[Platform, str], here: Here) -> None:
    spec = source("public-order", platform[1])
    await here.pull(spec, 1)
    async with here.database.connection() as connection:
        bodies = await connection.fetch("select body from raw_message where source = $1", spec.id)
    kept = b"".join(row["body"] for row in bodies).decode()
    assert "soPhieu" in kept and "0900" not in kept and "Giả Định" not in kept


async def test_values_of_an_indicator_are_pulled_too(platform: tuple[Platform, str], here: Here) -> None:
    spec = source("app-accounts", platform[1])

    async def values() -> int:
        async with here.database.connection() as connection:
            return int(await connection.fetchval("select count(*) from indicator_value where source = $1", spec.id))

    async def arrived() -> bool:
        return await values() >= 3 * 92

    await here.visit_until(spec, arrived)
    assert await values() == 3 * 92 and await letters_of(here.database, spec) == []
