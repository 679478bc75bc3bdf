# SPDX-License-Identifier: Apache-2.0
"""Every connected system by template in a drop folder, and by JSON push: from the file to what PostGIS holds."""

import io
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, cast

import httpx
import pytest
from openpyxl import load_workbook

from api.app import create_app
from api.auth import hash_of, new_key
from api.settings import Settings
from geo.db.pool import Database, DatabaseOptions, open_database
from layers.connectors.base import Message
from layers.connectors.table import CONNECTOR as TABLE
from layers.import_template import template_csv, template_xlsx
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry, discover
from layers.sources.book import read_source
from layers.sources.delivery import Delivery
from layers.sources.road import Road, receive
from layers.sources.spec import SourceSpec
from layers.systems import SYSTEMS
from layers.transports.base import Visit
from layers.unit_ingest import ingest_units
from simulators.boundaries import load_ground
from simulators.oneroster import ROOT as SERVICE
from simulators.oneroster import Roster
from simulators.schools import TABLES, drop, filled, schools
from simulators.small_server import BadDays
from tests.boundaries.unit_samples import PROVINCE
from tests.conftest import _database, migrated
from tests.connected.feeds import serving
from tests.support.stack import ROOT

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LAYERS = discover()
_SYSTEM = {layer: system.id for system in SYSTEMS.values() for layer in system.layers}
PAIRS = sorted((system.id, layer) for system in SYSTEMS.values() for layer in system.layers if layer in LAYERS)


@pytest.fixture(scope="module")
def province_url(cluster_url: str) -> Iterator[str]:
    """A database of this module's own."""
    for url in _database(cluster_url):
        yield migrated(url)


@pytest.fixture
async def province(province_url: str, registry: LayerRegistry) -> AsyncIterator[Database]:
    """The same with today's communes."""
    database = await open_database(DatabaseOptions(province_url, pool_size=4, statement_timeout_s=60))
    await ingest_units(database, registry, "units", PROVINCE)
    yield database
    await database.close()


def source_of(system: str, layer: str, folder: Path | None = None, connector: str = "table") -> SourceSpec:
    return SourceSpec.model_validate({
        "id": f"{connector.replace('_', '-')}-{uuid.uuid4().hex[:8]}", "system": system, "connector": connector,
        "title": {"vi": layer, "en": layer}, "options": {"layer": layer, "unit_set": "province-2025"},
        "door": None if folder is None else {"kind": "folder", "path": str(folder), "settle_s": 0},
    })  # fmt: skip


def _secret(name: str) -> str:
    return "mo-phong"


async def taken(road: Road, source: SourceSpec) -> list[Delivery]:
    """One visit to the folder, down the road, settled."""
    visit = Visit(source.id, source.transport_options, {}, _secret, cast(Database, None), lambda: datetime.now(UTC))
    assert source.transport is not None
    told = []
    async for arrival in source.transport.arrivals(visit):
        told += await receive(road, source, [arrival.message], NOW, arrival.cursor)
        if arrival.settle is not None:
            await arrival.settle()
    return told


def one_row(layer: str, form: str) -> bytes:
    """The template with its own example as a row, under a key of its own."""
    spec = LAYERS[layer]
    key = "05443" if spec.store == "indicator" else "TN-0001"
    if form == "csv":
        lines = template_csv(spec).decode("utf-8-sig").splitlines()
        return "\r\n".join([*lines, lines[1].replace("VÍ DỤ", key, 1), ""]).encode()
    book, content = load_workbook(io.BytesIO(template_xlsx(spec))), io.BytesIO()
    sheet = book.worksheets[0]
    for column in range(1, sheet.max_column + 1):
        sheet.cell(3, column, key if column == 1 else sheet.cell(2, column).value)
    book.save(content)
    return content.getvalue()


async def test_a_filled_template_of_every_system_arrives_once(
    province: Database, registry: LayerRegistry, tmp_path: Path
) -> None:
    road = Road(province, registry, Gazetteer(registry))
    assert {layer for system in SYSTEMS.values() for layer in system.layers} <= set(LAYERS)
    for system, layer in PAIRS:
        for form in ("csv", "xlsx"):
            folder = tmp_path / f"{system}-{layer}-{form}"
            source = source_of(system, layer, folder)
            drop(folder, f"{layer}.{form}", one_row(layer, form))
            (first,) = await taken(road, source)
            assert (first.accepted, first.refused, first.dead) == (1, [], False), (system, layer, form)
            assert [path.name for path in folder.iterdir()] == ["done"], "what was taken is moved away"
            drop(folder, "again.csv", one_row(layer, "csv"))
            (again,) = await taken(road, source)
            assert (again.accepted, again.changed, again.unchanged) == (0, 0, 1), (system, layer, form)


async def test_a_json_record_of_every_system_arrives_through_the_door(
    province: Database, registry: LayerRegistry, province_url: str, tmp_path: Path
) -> None:
    sources = [(source_of(system, layer, connector="records_json"), layer) for system, layer in PAIRS]
    for source, _ in sources:
        (tmp_path / f"{source.id}.yaml").write_text(source.model_dump_json(exclude={"door", "send"}), encoding="utf-8")
    app = create_app(Settings(database_url=province_url, demo=True, files=tmp_path / "files", sources=tmp_path))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client,
    ):
        for source, layer in sources:
            key = new_key()
            async with province.connection() as connection:
                made = "insert into api_key (source, key_hash, layers) values ($1, $2, '{*}')"
                await connection.execute(made, source.id, hash_of(key))
            (row,) = [
                dict(found.record)
                for found in TABLE.parse(Message(one_row(layer, "csv"), NOW, "text/csv"), source.protocol_options)
            ]
            answer = await client.post(f"/ingest/{source.id}", json=[row], headers={"Authorization": f"Bearer {key}"})
            assert (answer.status_code, answer.json()["accepted"]) == (200, 1), (layer, answer.text)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_offices_fill_in_is_on_the_map(
    province: Database, registry: LayerRegistry, province_url: str, tmp_path: Path, form: str
) -> None:
    """The simulator takes the templates from the server, as a person would."""
    road, day, units = Road(province, registry, Gazetteer(registry)), NOW.date(), load_ground().province
    app = create_app(Settings(database_url=province_url, demo=True, files=tmp_path / "files"), clock=lambda: NOW)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client,
    ):
        sent: dict[str, list[dict[str, Any]]] = {}
        names: dict[str, str] = {}
        for layer, made in TABLES.items():
            template = await client.get("/imports/template", params={"layer": layer, "f": form})
            sent[layer] = made(Random(layer), units, day)
            drop(tmp_path / layer, f"{layer}.{form}", filled(template.content, form, sent[layer]))
            source = source_of(_SYSTEM[layer], layer, tmp_path / layer)
            names[layer] = source.id
            (told,) = await taken(road, source)
            assert (told.accepted, told.refused, told.unlocated) == (len(sent[layer]), [], 0), layer
        few = {row["Mã ĐVHC"] for row in sent["vaccinations"] if min(row["Số đạt"], row["Số trong diện"]) < 11}
        handful = {row["Mã ĐVHC"] for row in sent["app_accounts"] if row["Tài khoản"] < 5}
        assert few and handful
        for layer, hidden in (("vaccinations", few), ("app_accounts", handful), ("health_records", set())):
            answer = (
                await client.get(f"/collections/{layer}/units", params={"set": "province-2025", "period": "2026-10"})
            ).json()
            assert {unit["code"] for unit in answer["units"] if unit["value"] is None} == hidden, layer
        tile = await client.get("/tiles/vaccinations.json")
        assert tile.status_code == 200, "an indicator is a choropleth by itself"
    async with province.connection() as connection:
        rows = await connection.fetch(
            "select location_method as how, count(*) as n from feature where source = $1 group by 1", names["schools"]
        )
    methods = {row["how"]: row["n"] for row in rows}
    without = sum(row["Kinh độ"] is None for row in sent["schools"])
    assert methods == {"source_coordinates": len(sent["schools"]) - without, "unit_name": without}


async def test_wrong_rows_are_dead_letters_with_their_numbers(
    province: Database, registry: LayerRegistry, tmp_path: Path
) -> None:
    road, source = Road(province, registry, Gazetteer(registry)), source_of("education", "schools", tmp_path)
    rows = "Mã;Tên;Bậc học;Số điện thoại\nA1;Trường A;Mầm non;0912345678\nA2;;Mầm non;\nA3;Trường C;Viện;\n"
    drop(tmp_path, "rows.csv", rows.encode())
    drop(tmp_path, "~$rows.xlsx", b"what Excel leaves beside an open file")
    drop(tmp_path, "broken.xlsx", b"PK\x03\x04 no workbook")
    told = {("dead" if one.dead else "read"): one for one in await taken(road, source)}
    assert told.keys() == {"dead", "read"}
    assert [one["detail"].partition(":")[0] for one in told["read"].refused] == ["row 3", "row 4"]
    assert (told["read"].accepted, told["dead"].code) == (1, "file_not_xlsx")
    async with province.connection() as connection:
        bodies = await connection.fetch("select body from raw_message where source = $1", source.id)
    assert bodies and not any(b"0912345678" in row["body"] for row in bodies)


async def test_schools_of_oneroster_stand_where_the_register_has_their_codes(
    province: Database, registry: LayerRegistry, tmp_path: Path
) -> None:
    road, roster = Road(province, registry, Gazetteer(registry)), Roster("roster", BadDays())
    register = source_of("education", "schools", tmp_path)
    rows = schools(Random("register"), load_ground().province, NOW.date())
    drop(tmp_path, "register.csv", filled(template_csv(LAYERS["schools"]), "csv", rows))
    await taken(road, register)
    with serving(roster) as url:
        declared = read_source(ROOT / "deploy" / "sources" / "schools-oneroster.yaml").model_dump(exclude={"send"})
        door = {**declared["door"], "url": f"{url}{SERVICE}/orgs"}
        door["auth"] = {**door["auth"], "token_url": f"{url}/token"}
        source = SourceSpec.model_validate({**declared, "door": door})
        told = await taken(road, source)
    active = {one["identifier"] for one in roster.orgs if one["type"] == "school" and one["status"] == "active"}
    assert sum(one.accepted for one in told) == len(active) and not any(one.refused for one in told)
    assert not any(one.path.endswith("/users") for one in roster.asked)
    async with province.connection() as connection:
        found = await connection.fetch(
            "select external_id as code, location_method as how from feature where source = $1", source.id
        )
        registered = await connection.fetch(
            "select external_id as code from feature where layer = 'schools' and geom is not null and source <> $1",
            source.id,
        )
    known = {row["code"] for row in registered}
    assert {row["code"] for row in found if row["how"] == "device"} == active & known
    by_address = {row["code"] for row in found if row["how"] == "unit_name"}
    assert by_address == active - known, "the rest stands for its commune by its address"


async def test_values_that_name_their_commune_are_counted_for_it(
    province: Database, registry: LayerRegistry, tmp_path: Path
) -> None:
    road, source = Road(province, registry, Gazetteer(registry)), source_of("citizen_app", "app_accounts", tmp_path)
    drop(
        tmp_path,
        "by-name.csv",
        "Xã, phường;Tháng;Số lượng\nPhan Đình Phùng;09/2026;9.120\nKhông Có;09/2026;5\n".encode(),
    )
    (told,) = await taken(road, source)
    assert (told.accepted, [one["code"] for one in told.refused]) == (1, ["field_missing"])
    async with province.connection() as connection:
        values = await connection.fetch("select * from indicator_value where source = $1", source.id)
    assert [row["value"] for row in values] == [9120]
