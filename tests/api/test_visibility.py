# SPDX-License-Identifier: Apache-2.0
"""No row, cell, count or tile outside a reader's area: readers x layers x endpoints x filters, twice each.

The oracle knows the seeded places and the grid's squares, and nothing of the server. ``datetime`` and property filters
are counted by the test itself.
"""

import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import mapbox_vector_tile
import pytest
import shapely

from api.app import create_app
from api.settings import Settings
from geo.db.pool import DatabaseOptions, open_database
from geo.tile import tile_at
from tests.conftest import _database, migrated, new_key_of
from tests.support.grid import AREA, NEW, OLD, SIDE, SOUTH, WEST, publish_grid

pytestmark = pytest.mark.postgis

LAYERS = ("incidents", "cameras", "alerts")
SEVERITY = {"incidents": "severity", "cameras": "status", "alerts": "severity"}
VALUES = {"incidents": ("low", "high"), "cameras": ("online", "offline"), "alerts": ("minor", "severe")}
AREAS: dict[str, list[str] | None] = {
    "everywhere": None,
    "old-1": [f"{OLD}/00001"],
    "old-2-3": [f"{OLD}/00002", f"{OLD}/00003"],
    "new-1": [f"{NEW}/00001"],
    "old-4-new-1": [f"{OLD}/00004", f"{NEW}/00001"],
    "nowhere": [f"{OLD}/99999"],
}
SQUARES = {
    f"{OLD}/0000{n}": shapely.box(
        WEST + ((n - 1) % 2) * SIDE, SOUTH + ((n - 1) // 2) * SIDE,
        WEST + ((n - 1) % 2 + 1) * SIDE, SOUTH + ((n - 1) // 2 + 1) * SIDE,
    )
    for n in range(1, 5)
} | {f"{NEW}/00001": shapely.box(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE)}  # fmt: skip
ROUNDS = 2
WINDOW = "2015-06-01T00:00:00Z/2020-06-01T00:00:00Z"


@dataclass(frozen=True)
class Seeded:
    """One feature as the oracle knows it."""

    id: str
    layer: str
    value: str
    time: str
    shape: Any
    units: frozenset[str]

    def seen_from(self, area: list[str] | None) -> bool:
        return area is None or not self.units.isdisjoint(area)

    def passes(self, query: dict[str, str]) -> bool:
        if "bbox" in query:
            box = shapely.box(*(float(part) for part in query["bbox"].split(",")))
            if self.shape is None or not self.shape.intersects(box):
                return False
        if "datetime" in query and self.time and not "2015-06-01" <= self.time < "2020-06-02":
            return False
        return query.get(SEVERITY[self.layer]) in (None, self.value)


def seeded(chance: random.Random) -> Iterator[tuple[dict[str, Any], Seeded]]:
    """Points in and around the grid, shapes over its borders, some known to their unit only, some nowhere."""
    for layer in LAYERS:
        for number in range(60):
            key, value = f"{layer}-{number}", chance.choice(VALUES[layer])
            time = "" if layer == "cameras" else f"{chance.choice((2012, 2016, 2022))}-03-04"
            record: dict[str, Any] = {"id": key, "title" if layer != "cameras" else "name": key, SEVERITY[layer]: value}
            if time:
                record["time"] = f"{time}T00:00:00Z"
            lon, lat = chance.uniform(WEST - 0.05, WEST + 0.25), chance.uniform(SOUTH - 0.05, SOUTH + 0.25)
            shape: Any = shapely.Point(lon, lat)
            kind = number % 10
            units: frozenset[str]
            if kind == 0:
                shape, units = None, frozenset()
            elif kind == 1:
                code = f"0000{chance.randint(1, 4)}"
                record |= {"unit_code": code, "unit_set": OLD}
                shape, units = None, frozenset({f"{OLD}/{code}"})
            else:
                if kind == 2 and layer == "alerts":
                    shape = shapely.box(lon, lat, lon + 0.06, lat + 0.06)
                    record["geometry"] = shapely.geometry.mapping(shape)
                else:
                    record |= {"lon": lon, "lat": lat}
                units = frozenset(
                    name
                    for name, square in SQUARES.items()
                    if (
                        square.covers(shape)
                        if shape.geom_type == "Point"
                        else shape.relate_pattern(square, "T********")
                    )
                )
            yield record, Seeded(key, layer, value, time, shape, units)


@dataclass(frozen=True)
class World:
    """The server, a key for each area, and what was seeded."""

    client: httpx.AsyncClient
    keys: dict[str, str]
    features: list[Seeded]


@pytest.fixture
async def world(cluster_url: str) -> AsyncIterator[World]:
    for admin_url in _database(cluster_url):
        url = migrated(admin_url)
        database = await open_database(DatabaseOptions(url, pool_size=2))
        await publish_grid(database)
        await database.close()
        push = new_key_of(url, "test")
        keys = {
            name: new_key_of(url, name, "--layers", "--role", "operator", *(["--area", *area] if area else []))
            for name, area in AREAS.items()
        }
        app = create_app(Settings(database_url=url, demo=True))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                made = list(seeded(random.Random(7)))
                for layer in LAYERS:
                    records = [record for record, one in made if one.layer == layer]
                    answer = await client.post(
                        f"/ingest/test?layer={layer}", json=records, headers={"Authorization": f"Bearer {push}"}
                    )
                    assert answer.json()["rejected"] == [], answer.text
                yield World(client, keys, [one for _, one in made])


def queries(layer: str) -> Iterator[dict[str, str]]:
    """The filters: none, boxes, a window of time, a value, and all at once."""
    yield {}
    yield {"bbox": ",".join(str(side) for side in AREA)}
    yield {"bbox": f"{WEST},{SOUTH},{WEST + SIDE},{SOUTH + SIDE}"}
    yield {"datetime": WINDOW}
    yield {SEVERITY[layer]: VALUES[layer][0]}
    yield {
        "bbox": f"{WEST},{SOUTH},{WEST + SIDE},{SOUTH + 2 * SIDE}",
        "datetime": WINDOW,
        SEVERITY[layer]: VALUES[layer][1],
    }


async def test_nothing_outside_the_area_is_told_by_any_endpoint(world: World) -> None:
    checks = 0
    for _ in range(ROUNDS):  # cold, then warm
        for name, area in AREAS.items():
            for layer in LAYERS:
                for query in queries(layer):
                    checks += await _check(world, name, area, (layer, query))
                checks += await _check_singles(world, name, area, layer)
    assert checks >= 5_000, checks


async def _get(world: World, name: str, path: str, query: dict[str, str] | None = None) -> httpx.Response:
    return await world.client.get(path, params=query, headers={"Authorization": f"Bearer {world.keys[name]}"})


async def _check(world: World, name: str, area: list[str] | None, asked: tuple[str, dict[str, str]]) -> int:
    layer, query = asked
    seen = [one for one in world.features if one.layer == layer and one.seen_from(area)]
    expected = {one.id for one in seen if one.passes(query)}
    where = f"/collections/{layer}"

    items = (await _get(world, name, f"{where}/items", {**query, "limit": "1000"})).json()
    told = {feature["properties"]["external_id"] for feature in items["features"]}
    assert told == expected, (name, layer, query, told ^ expected)
    checks = len(expected) + 1

    points = [one for one in seen if one.passes(query) and one.shape is not None and one.shape.geom_type == "Point"]
    cells = (await _get(world, name, f"{where}/h3", {**query, "resolution": "7"})).json()
    assert (cells["total"], sum(cell["value"] for cell in cells["cells"])) == (len(points), len(points))
    checks += 2

    for unit_set in (OLD, NEW):
        values = (await _get(world, name, f"{where}/units", {**query, "set": unit_set})).json()
        counted = Counter(unit for one in seen if one.passes(query) for unit in one.units if unit.startswith(unit_set))
        told_units = {f"{unit['set']}/{unit['code']}": unit["value"] for unit in values["units"] if unit["value"]}
        assert told_units == dict(counted), (name, layer, query)
        assert values["total"] == len(expected)
        checks += len(told_units) + 1

    without_box = {part: value for part, value in query.items() if part != "bbox"}
    drawn = {one.id for one in seen if one.passes(without_box) and one.shape is not None}
    tile = tile_at(WEST + SIDE, SOUTH + SIDE, 6)
    answer = await _get(world, name, f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt", without_box)
    decoded = mapbox_vector_tile.decode(answer.content)[layer]["features"] if answer.content else []
    label = "name" if layer == "cameras" else "title"
    # Incidents that lie close together travel as one that says for how many it stands.
    named = {feature["properties"][label] for feature in decoded if label in feature["properties"]}
    number = sum(feature["properties"].get("count", 1) for feature in decoded)
    assert named <= drawn and number == len(drawn), (name, layer, without_box)
    assert layer == "incidents" or named == drawn, (name, layer, without_box)
    return checks + len(drawn) + 1


async def _check_singles(world: World, name: str, area: list[str] | None, layer: str) -> int:
    """Single features by the ids that only who sees everywhere can list; counts of the manifest and of each unit."""
    every = (await _get(world, "everywhere", f"/collections/{layer}/items", {"limit": "1000"})).json()["features"]
    seen = {one.id for one in world.features if one.layer == layer and one.seen_from(area)}
    for feature in every:
        answer = await _get(world, name, f"/collections/{layer}/items/{feature['id']}")
        assert answer.status_code == (200 if feature["properties"]["external_id"] in seen else 404)
    manifest = (await _get(world, name, f"/collections/{layer}")).json()["toancanh"]
    assert manifest["count"] == len(seen)
    for unit in SQUARES:
        unit_set, _, code = unit.partition("/")
        facts = (await _get(world, name, f"/boundaries/sets/{unit_set}/units/{code}")).json()
        value = next(one["value"] for one in facts["values"] if one["layer"] == layer)
        assert value == sum(one.id in seen and unit in one.units for one in world.features if one.layer == layer)
    return len(every) + 1 + len(SQUARES)


async def test_row_level_security_stands_behind_a_forgotten_predicate(world: World, cluster_url: str) -> None:
    """The second lock alone: a bare select as the area's role sees the area only, and without units nothing."""
    state = world.client._transport.app.state.toancanh  # type: ignore[attr-defined]
    units = {
        f"{row['unit_set']}/{row['code']}": row["id"]
        for row in await _rows(
            state.database, "select u.id, v.unit_set, u.code from unit u join unit_set_version v on v.id = u.version"
        )
    }
    for area in (["grid-2010/00001"], ["grid-2010/00002", "grid-2010/00003"], []):
        within = state.database.within([units[name] for name in area])
        told = {row["external_id"] for row in await _rows(within, "select external_id from feature")}
        assert told == {one.id for one in world.features if area and one.seen_from(area)}


async def _rows(database: Any, text: str) -> list[Any]:
    async with database.connection() as connection:
        rows: list[Any] = await connection.fetch(text)
        return rows
