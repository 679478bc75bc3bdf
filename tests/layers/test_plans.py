# SPDX-License-Identifier: Apache-2.0
"""EXPLAIN on a seeded layer: boxes and tiles go through the spatial index, and only one partition is touched."""

from typing import Any

import psycopg2
import pytest

from geo.bbox import BBox
from geo.db.pool import Database
from geo.db.statement import Statement
from geo.tile import tile_at
from layers.aggregate_sql import select_cells
from layers.filters import Equal, FeatureQuery
from layers.registry import LayerRegistry
from layers.sql import select_page
from tiles.sql import select_feature_tile, select_tile_cells

pytestmark = pytest.mark.postgis
SMALL = BBox(108.10, 15.00, 108.11, 15.01)
MANY = """
insert into feature (layer, source, external_id, kind, properties, geom, h3)
select 'places', 'plans', n::text, 'other', jsonb_build_object('name', 'Nơi ' || n),
       ST_SetSRID(ST_MakePoint(108.0 + (n % 141) * 0.005, 14.8 + (n / 141) * 0.005), 4326), 599686042433355775 + n
from generate_series(1, 20000) n
"""


@pytest.fixture(scope="session")
def many_places(admin_url: str, database_url: str) -> None:
    """20,000 places on a lattice, analysed."""
    connection = psycopg2.connect(admin_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("select set_config('toancanh.bulk', 'on', false)")
        cursor.execute(MANY)
        cursor.execute("vacuum analyze feature_places")
    connection.close()


async def plan_of(database: Database, statement: Statement, **values: Any) -> str:
    async with database.connection() as connection:
        rows = await connection.fetch(f"explain (analyze, timing off) {statement.sql}", *statement.args(**values))
    return "\n".join(row[0] for row in rows)


@pytest.mark.usefixtures("many_places")
async def test_a_page_in_a_small_box_uses_the_spatial_index(database: Database, registry: LayerRegistry) -> None:
    plan = await plan_of(database, Statement(select_page(registry["places"], FeatureQuery(bbox=SMALL))))
    assert "feature_places_geom" in plan and "Seq Scan" not in plan, plan
    assert "feature_incidents" not in plan


@pytest.mark.usefixtures("many_places")
async def test_cells_in_a_small_box_use_the_spatial_index(database: Database, registry: LayerRegistry) -> None:
    plan = await plan_of(database, Statement(select_cells(registry["places"], FeatureQuery(bbox=SMALL), 8)))
    assert "feature_places_geom" in plan, plan
    assert "feature_incidents" not in plan


@pytest.mark.usefixtures("many_places")
async def test_tiles_use_the_index_on_projected_points(database: Database, registry: LayerRegistry) -> None:
    statement = Statement(select_feature_tile(registry["places"], FeatureQuery()))
    plan = await plan_of(database, statement, **tile_at(108.105, 15.005, 14)._asdict())
    assert "feature_places_geom_3857" in plan and "Seq Scan" not in plan, plan
    hexagons = Statement(select_tile_cells(registry["places"], FeatureQuery(), 8))
    sides = {"west": 12033000.0, "south": 1687000.0, "east": 12035000.0, "north": 1689000.0}
    plan = await plan_of(database, hexagons, **sides)
    assert "feature_places_geom_3857" in plan and "Seq Scan" not in plan, plan


@pytest.mark.usefixtures("many_places")
async def test_equality_on_a_property_uses_the_catalogs_index(database: Database, registry: LayerRegistry) -> None:
    equal = Equal("name", registry["places"].field("name"), "Nơi 777")
    plan = await plan_of(database, Statement(select_page(registry["places"], FeatureQuery(equals=(equal,)))))
    assert "feature_places_q_name" in plan, plan


@pytest.mark.usefixtures("many_places")
async def test_a_prepared_tile_statement_keeps_its_plan(database: Database, registry: LayerRegistry) -> None:
    """After five runs PostgreSQL may switch to a plan without the values; it must still be the index."""
    statement = Statement(select_feature_tile(registry["places"], FeatureQuery()))
    async with database.connection() as connection:
        await connection.execute("set plan_cache_mode = force_generic_plan")
        try:
            rows = await connection.fetch(
                f"explain {statement.sql}", *statement.args(**tile_at(108.105, 15.005, 14)._asdict())
            )
        finally:
            await connection.execute("reset plan_cache_mode")
    plan = "\n".join(row[0] for row in rows)
    assert "feature_places_geom_3857" in plan and "feature_incidents" not in plan, plan
