# SPDX-License-Identifier: Apache-2.0
"""Pages, single features and counts on real PostGIS, in the country of squares."""

import random
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from geo.db.pool import Database
from geo.hexgrid import cell_of, parent_of
from layers.aggregate import count_by_cell, count_by_unit
from layers.filters import PAGE_PARAMETERS, FeatureQuery, parameters_of, parse_query, single_values
from layers.query import one_of, page_of, statistics
from layers.registry import LayerRegistry
from tests.conftest import Seed
from tests.support.grid import AREA, NEW, OLD, SIDE, SOUTH, WEST, middle, publish_grid

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
BOX = ",".join(f"{side:.6f}" for side in AREA)


@pytest.fixture
async def grid(database: Database) -> None:
    await publish_grid(database)


def asked(registry: LayerRegistry, layer: str, **parameters: str) -> FeatureQuery:
    spec = registry[layer]
    return parse_query(spec, single_values(parameters.items(), {*parameters_of(spec, *PAGE_PARAMETERS), "set"}))


async def found(database: Database, registry: LayerRegistry, layer: str, **parameters: str) -> list[dict[str, Any]]:
    page = await page_of(database, registry[layer], asked(registry, layer, **parameters), NOW)
    return [orjson.loads(text) for text in page.features]


async def external_ids(database: Database, registry: LayerRegistry, layer: str, **parameters: str) -> set[str]:
    return {one["properties"]["external_id"] for one in await found(database, registry, layer, **parameters)}


def incident(name: str, **more: Any) -> dict[str, Any]:
    base = {
        "id": name,
        "title": name,
        "kind": "fire",
        "severity": "low",
        "status": "new",
        "time": "2026-01-01T00:00:00Z",
    }
    return base | more


@pytest.mark.parametrize("sort", ["id", "valid_from", "-valid_from"])
async def test_pages_give_every_feature_once_and_in_order(
    database: Database, registry: LayerRegistry, seed: Seed, sort: str
) -> None:
    rng = random.Random(5)
    # Equal times, so that the order among them matters.
    records = [incident(f"p{n}", time=f"2026-01-{rng.randint(1, 4):02d}T00:00:00Z") for n in range(57)]
    await seed("incidents", records, source="paging", now=NOW)
    seen: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        query = asked(registry, "incidents", source="paging", limit="10", sortby=sort, **after)
        page = await page_of(database, registry["incidents"], query, NOW)
        seen += [orjson.loads(text) for text in page.features]
        if page.after is None:
            break
        after = {"after": page.after}
    assert len(seen) == len({one["id"] for one in seen}) == 57
    keys = [(one["properties"]["valid_from"] if sort != "id" else "", one["id"]) for one in seen]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    ("when", "names"),
    [
        ("2026-03-10", {"event", "span"}),
        ("2026-03-10T12:00:00Z", {"event", "span"}),
        ("2026-03-10T12:00:01Z", {"span"}),
        ("2026-03-10T11:00:00Z/2026-03-10T11:59:59Z", {"span"}),
        ("2026-03-11T00:00:00Z", {"span"}),
        ("2026-03-12T00:00:00Z", set()),
        ("2026-03-12/..", set()),
        ("../2026-03-08", set()),
        ("../2026-03-09", {"span"}),
    ],
)
async def test_datetime_selects_what_happened_or_was_valid_then_half_open(
    database: Database, registry: LayerRegistry, seed: Seed, when: str, names: set[str]
) -> None:
    records = [
        incident("event", time="2026-03-10T12:00:00Z"),
        incident("span", time="2026-03-09T00:00:00Z", end_time="2026-03-12T00:00:00Z"),
    ]
    await seed("incidents", records, source="moments", now=NOW)
    assert await external_ids(database, registry, "incidents", source="moments", datetime=when) == names


async def test_a_camera_without_an_end_is_still_there_and_one_without_a_start_always_was(
    database: Database, registry: LayerRegistry, seed: Seed
) -> None:
    records = [
        {"id": "since", "name": "a", "time": "2020-01-01T00:00:00Z", **middle(0, 0)},
        {"id": "always", "name": "b", **middle(0, 0)},
    ]
    await seed("cameras", records, source="devices", now=NOW)
    assert await external_ids(database, registry, "cameras", source="devices", datetime="2026-01-01") == {
        "since",
        "always",
    }
    assert await external_ids(database, registry, "cameras", source="devices", datetime="2019-01-01") == {"always"}


async def test_a_box_selects_shapes_that_meet_it_and_not_those_whose_box_does(
    database: Database, registry: LayerRegistry, seed: Seed
) -> None:
    west, south = WEST, SOUTH
    corner = [[west, south], [west + SIDE, south], [west, south + SIDE], [west, south]]
    alert: dict[str, Any] = {"id": "triangle", "kind": "flood", "severity": "severe", "status": "actual", "title": "t"}
    alert |= {"time": "2026-01-01T00:00:00Z", "geometry": {"type": "Polygon", "coordinates": [corner]}}
    await seed("alerts", [alert], source="boxes", now=NOW)
    near = f"{west + 0.08},{south + 0.08},{west + 0.09},{south + 0.09}"
    assert await external_ids(database, registry, "alerts", source="boxes", bbox=near) == set()
    touching = f"{west + 0.02},{south + 0.02},{west + 0.09},{south + 0.09}"
    assert await external_ids(database, registry, "alerts", source="boxes", bbox=touching) == {"triangle"}


async def test_numbers_are_compared_by_value_and_texts_in_nfc(
    database: Database, registry: LayerRegistry, seed: Seed
) -> None:
    await seed("clinics", [{"id": "c", "name": "Trạm y tế", "beds": 12, **middle(1, 1)}], source="values", now=NOW)
    assert await external_ids(database, registry, "clinics", source="values", beds="12.0") == {"c"}
    assert await external_ids(database, registry, "clinics", source="values", beds="13") == set()
    assert await external_ids(database, registry, "clinics", source="values", name="Trạm y tế") == {"c"}


async def test_one_feature_names_its_unit_in_every_generation(
    database: Database, registry: LayerRegistry, seed: Seed, grid: None
) -> None:
    await seed("incidents", [incident("one", **middle(1, 0))], source="one", now=NOW)
    (listed,) = await found(database, registry, "incidents", source="one")
    text = await one_of(database, registry["incidents"], str(listed["id"]))
    units = [unit for unit in orjson.loads(text)["properties"]["units"] if unit["set"].startswith("grid")]
    assert units == [
        {"set": OLD, "code": "00002", "name": "Ô cũ 2"},
        {"set": NEW, "code": "00001", "name": "Ô mới 1"},
    ]
    assert set(listed["properties"]) >= {field.name for field in registry["incidents"].fields}


async def test_cells_add_up_and_say_what_has_no_cell(
    database: Database, registry: LayerRegistry, seed: Seed, grid: None
) -> None:
    rng = random.Random(7)
    places = [(WEST + rng.random() * 0.2, SOUTH + rng.random() * 0.2) for _ in range(200)]
    records = [incident(f"h{n}", lon=lon, lat=lat) for n, (lon, lat) in enumerate(places)]
    records += [incident("nowhere"), incident("by-unit", unit_code="00003", unit_set=OLD)]
    await seed("incidents", records, source="cells", now=NOW)
    for resolution in (4, 8, 12):
        query = asked(registry, "incidents", source="cells")
        counts = await count_by_cell(database, registry["incidents"], query, resolution)
        expected: dict[int, int] = {}
        for lon, lat in places:
            cell = parent_of(cell_of(round(lon, 9), round(lat, 9)), resolution)
            expected[cell] = expected.get(cell, 0) + 1
        assert dict(counts.cells) == expected
        assert (counts.total, counts.unlocated, counts.unit_only, counts.without_cell) == (200, 1, 1, 0)


async def test_each_feature_counts_in_the_units_of_its_own_time_unless_a_set_is_named(
    database: Database, registry: LayerRegistry, seed: Seed, grid: None
) -> None:
    records = [
        incident("then", time="2015-05-05T00:00:00Z", **middle(1, 0)),
        # 17:00 UTC is the first midnight of the new law in Vietnam.
        incident("last", time="2019-12-31T16:59:59Z", **middle(1, 0)),
        incident("first", time="2019-12-31T17:00:00Z", **middle(1, 0)),
        incident("north", time="2025-05-05T00:00:00Z", **middle(1, 1)),
        incident("nowhere", time="2025-05-05T00:00:00Z"),
        incident("by-unit", time="2015-05-05T00:00:00Z", unit_code="00003", unit_set=OLD),
    ]
    await seed("incidents", records, source="law", now=NOW)
    spec = registry["incidents"]

    async def counted(**more: str) -> tuple[dict[tuple[str, str], int], tuple[int, int, int]]:
        counts = await count_by_unit(database, spec, asked(registry, "incidents", source="law", **more))
        return {(unit["set"], unit["code"]): unit["value"] for unit in counts.units}, counts[:3]

    known = await count_by_unit(database, spec, asked(registry, "incidents", source="law", set=OLD))
    no_nearer = {unit["code"]: unit["unit_only"] for unit in known.units}
    assert no_nearer == {"00001": 0, "00002": 0, "00003": 1, "00004": 0}, "of a value, what has no coordinates"
    by_own_time, whole = await counted()
    assert by_own_time == {(OLD, "00002"): 2, (OLD, "00003"): 1, (NEW, "00001"): 1}
    assert whole == (6, 1, 1)
    by_new, whole = await counted(set=NEW)
    assert by_new == {(NEW, "00001"): 3} and whole == (6, 2, 1)
    by_old, whole = await counted(set=OLD)
    assert by_old == {(OLD, "00001"): 0, (OLD, "00002"): 3, (OLD, "00003"): 1, (OLD, "00004"): 1}
    assert whole == (6, 1, 0)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"set": OLD}, 4),
        ({"set": NEW}, 1),
        ({}, 1),
        ({"datetime": "2019-12-31"}, 4),
        ({"datetime": "2020-01-01"}, 1),
        ({"datetime": "2019-12-31/2020-01-01"}, 5),
        ({"datetime": "2019-12-31T17:00:00Z"}, 1),
        ({"set": OLD, "code": "00002"}, 1),
        ({"set": OLD, "bbox": f"{WEST + 0.01},{SOUTH + 0.01},{WEST + 0.02},{SOUTH + 0.02}"}, 1),
    ],
)
async def test_units_are_those_of_the_set_or_of_the_moment_or_of_today(
    database: Database, registry: LayerRegistry, grid: None, parameters: dict[str, str], expected: int
) -> None:
    box = {"bbox": BOX} | parameters
    units = await found(database, registry, "units", **box)
    assert len(units) == expected
    assert all(unit["id"] == f"{unit['properties']['unit_set']}.{unit['properties']['code']}" for unit in units)


async def test_statistics_tell_what_has_no_place(database: Database, registry: LayerRegistry, seed: Seed) -> None:
    before = await statistics(database, registry.values(), (), NOW)
    await seed("incidents", [incident("s1"), incident("s2", **middle(0, 0))], source="statistics", now=NOW)
    after = await statistics(database, registry.values(), (), NOW)
    assert after["incidents"].count - before["incidents"].count == 2
    assert after["incidents"].unlocated - before["incidents"].unlocated == 1


async def test_what_another_writer_stored_never_breaks_a_query(database: Database, registry: LayerRegistry) -> None:
    """A wrong type in the jsonb must not turn a filter or a tile into an internal error."""
    async with database.transaction() as connection:
        await connection.execute(
            "insert into feature (layer, source, external_id, properties, geom) values ('clinics', 'psql', 'odd', $1, "
            "ST_SetSRID(ST_MakePoint($2, $3), 4326)) on conflict do nothing",
            {"beds": "many", "name": 5},
            *middle(0, 1).values(),
        )
    assert await external_ids(database, registry, "clinics", source="psql", beds="5") == set()
    assert await external_ids(database, registry, "clinics", source="psql") == {"odd"}
