# SPDX-License-Identifier: Apache-2.0
"""Tiles of dense layers: under a budget, with the number folded, the same from kept cells and from points."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import mapbox_vector_tile
import psycopg2
import pytest

from geo.db.pool import Database
from geo.db.statement import Statement
from geo.tile import TileId, tile_at
from layers.filters import Equal, FeatureQuery
from layers.registry import LayerRegistry
from tiles.sql import select_feature_tile
from tiles.vector import layer_tile

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
# Far from what other tests put on the map.
LON, LAT = 103.02, 19.01
EVERYTHING = FeatureQuery()
CROWD = """
insert into feature (layer, source, external_id, severity, status, properties, geom)
select 'incidents', 'crowd', n::text, (array['low', 'medium', 'high'])[1 + n %% 3],
       (array['new', 'resolved', 'in_progress', 'rejected'])[1 + n %% 4],
       jsonb_build_object('title', 'Sự việc có tên khá dài, số ' || n),
       ST_SetSRID(ST_MakePoint(%(lon)s + 0.004 * sqrt(n %% 977) * cos(n),
                               %(lat)s + 0.004 * sqrt(n %% 977) * sin(n)), 4326)
from generate_series(1, 30000) n
"""


@pytest.fixture(scope="module")
def crowd(admin_url: str, database_url: str) -> None:
    """30,000 incidents around one place, where 977 directions meet."""
    with psycopg2.connect(admin_url) as owner, owner.cursor() as cursor:
        cursor.execute("set local toancanh.bulk = 'on'")
        cursor.execute(CROWD, {"lon": LON, "lat": LAT})
        cursor.execute("analyze feature_incidents")
    owner.close()


def features_of(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = mapbox_vector_tile.decode(data)["incidents"]["features"] if data else []
    return found


def of_source(source: str) -> FeatureQuery:
    return FeatureQuery(equals=(Equal("source", None, source),))


async def settle(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("select settle_folds()")


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("zoom", range(17))
async def test_kept_cells_and_points_give_the_same_bytes_within_the_budget(
    database: Database, registry: LayerRegistry, zoom: int
) -> None:
    # A filter that leaves nothing out counts the points themselves.
    spec, tile = registry["incidents"], tile_at(LON, LAT, zoom)
    asked = await layer_tile(database, spec, of_source("crowd"), tile, NOW)
    plain = await layer_tile(database, spec, EVERYTHING, tile, NOW)
    assert len(plain.data) < 100_000 and len(asked.data) < 100_000
    if zoom >= 10:  # Other tests' incidents are in the tiles of lower zooms.
        assert plain == asked
    await settle(database)
    assert await layer_tile(database, spec, EVERYTHING, tile, NOW) == plain


@pytest.mark.usefixtures("crowd")
async def test_no_point_is_lost_in_cells_and_none_is_told_twice(database: Database, registry: LayerRegistry) -> None:
    spec = registry["incidents"]
    for zoom in (11, 12, 13, 14):
        first = tile_at(LON, LAT, zoom)
        total = 0
        around = 2 ** (zoom - 11) + 1
        for x in range(first.x - around, first.x + around + 1):
            for y in range(first.y - around, first.y + around + 1):
                data = (await layer_tile(database, spec, EVERYTHING, TileId(zoom, x, y), NOW)).data
                inside = [
                    one for one in features_of(data) if all(0 <= part < 4096 for part in one["geometry"]["coordinates"])
                ]
                total += sum(one["properties"].get("count", 1) for one in inside)
        assert total == pytest.approx(30_000, rel=0.002), zoom  # a point on an edge may be rounded over it


async def test_a_cell_tells_the_worst_that_is_still_open(
    database: Database, registry: LayerRegistry, seed: Any
) -> None:
    def record(name: str, severity: str, status: str, lon: float) -> dict[str, Any]:
        return {"id": name, "title": name, "severity": severity, "status": status, "lon": lon, "lat": 18.9,
                "time": "2026-01-01T00:00:00Z"}  # fmt: skip

    records = [
        record("a", "critical", "resolved", 105.52), record("b", "medium", "new", 105.52),
        record("c", "low", "new", 105.52),
        record("d", "high", "resolved", 105.62), record("e", "high", "rejected", 105.62),
        record("f", "high", "resolved", 105.72),
    ]  # fmt: skip
    assert (await seed("incidents", records, source="worst", now=NOW)).accepted == 6
    spec = registry["incidents"]
    found = features_of((await layer_tile(database, spec, EVERYTHING, tile_at(105.62, 18.9, 8), NOW)).data)
    told = sorted(found, key=lambda one: one["geometry"]["coordinates"][0])
    assert [one["properties"] for one in told] == [
        {"count": 3, "open": 2, "severity": "medium"},
        {"count": 2, "open": 0},
        {"title": "f", "severity": "high", "status": "resolved"},
    ]
    assert told[2]["id"] > 0 and told[0].get("id", 0) == told[1].get("id", 0) == 0
    # From the layer's zoom on each travels for itself again.
    each = features_of((await layer_tile(database, spec, EVERYTHING, tile_at(105.52, 18.9, 13), NOW)).data)
    assert sorted(one["properties"]["title"] for one in each) == ["a", "b", "c"]


def test_only_points_fold_and_only_by_fields_that_everybody_may_read(registry: LayerRegistry) -> None:
    spec = registry["incidents"]
    for changes in (
        {"geometry": "Geometry"},
        {"fields": tuple(_hidden(field, "severity") for field in spec.fields)},
        {"fields": tuple(_hidden(field, "status") for field in spec.fields)},
    ):
        with pytest.raises(ValueError, match="fold"):
            replace(spec, **changes)


def _hidden(field: Any, name: str) -> Any:
    return replace(field, readers=frozenset({"admin"})) if field.name == name else field


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(("zoom", "mode"), [(z, mode) for z in (8, 12) for mode in ("custom", "generic")])
async def test_a_dense_tile_reads_kept_cells_by_their_key(
    database: Database, registry: LayerRegistry, zoom: int, mode: str
) -> None:
    await settle(database)
    statement = Statement(select_feature_tile(registry["incidents"], EVERYTHING))
    async with database.connection() as connection:
        await connection.execute(f"set plan_cache_mode = force_{mode}_plan")
        try:
            rows = await connection.fetch(
                f"explain (analyze, timing off) {statement.sql}", *statement.args(**tile_at(LON, LAT, zoom)._asdict())
            )
        finally:
            await connection.execute("reset plan_cache_mode")
    plan = "\n".join(row[0] for row in rows)
    assert "feature_fold_pkey" in plan and "Gather" not in plan, plan
    done = [line for line in plan.splitlines() if "never executed" not in line]
    assert not any("Seq Scan on feature_incidents" in line or "feature_incidents_geom" in line for line in done), plan
