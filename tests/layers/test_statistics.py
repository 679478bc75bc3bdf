# SPDX-License-Identifier: Apache-2.0
"""What a layer holds, told without counting: the same as counting, whatever was written, and by whom."""

import random
from datetime import UTC, datetime

import pytest

from api.worker import settle_tally
from geo.db.pool import Database, DatabaseOptions, connect, open_database
from geo.db.statement import Statement
from layers.query import LayerStatistics, statistics
from layers.registry import LayerRegistry
from layers.statistics_sql import select_kept_statistics
from tests.conftest import as_role

NOW = datetime(2026, 3, 1, tzinfo=UTC)
_COUNTED = """select count(*), count(*) filter (where geom is null and location_unit is null) as unlocated,
 count(*) filter (where geom is null and location_unit is not null) as unit_only, max(recorded_at) as latest,
 min(valid_from) as time_from, greatest(max(valid_from), max(valid_to)) as time_to,
 ST_XMin(ST_Extent(geom)) as xmin, ST_YMin(ST_Extent(geom)) as ymin, ST_XMax(ST_Extent(geom)) as xmax,
 ST_YMax(ST_Extent(geom)) as ymax from feature where layer = $1"""
_POINT = "ST_SetSRID(ST_MakePoint(100 + 10 * random(), 8 + 15 * random()), 4326)"
_SHAPE = f"ST_Buffer({_POINT}, 0.3)"
_WRITES = (
    "insert into feature (layer, source, external_id, valid_from, valid_to, geom) select $1, 'many', "
    "gen_random_uuid()::text, '2026-01-01'::timestamptz + n * interval '1 hour', case when n % 3 = 0 then "
    "'2026-02-01'::timestamptz + n * interval '1 hour' end, case n % 4 when 0 then null when 1 then {shape} "
    "else {point} end from generate_series(1, 20) n",
    "insert into feature (layer, source, external_id, location_unit) select $1, 'many', gen_random_uuid()::text, "
    "(select min(id) from unit) from generate_series(1, 3)",
    "update feature set geom = {point} where layer = $1 and random() < 0.2",
    "update feature set geom = null, location_method = 'unlocated' where layer = $1 and random() < 0.1",
    "update feature set location_unit = (select min(id) from unit) where layer = $1 and random() < 0.1",
    'update feature set properties = \'{{"title": "x"}}\' where layer = $1 and random() < 0.1',
    "delete from feature where layer = $1 and random() < 0.2",
)


async def told(database: Database, registry: LayerRegistry, layer: str) -> LayerStatistics:
    return (await statistics(database, registry.values(), (), NOW))[layer]


async def check(database: Database, registry: LayerRegistry, layer: str) -> None:
    kept = await told(database, registry, layer)
    async with database.connection() as connection:
        counted = await connection.fetchrow(_COUNTED, layer)
    assert counted is not None
    assert (kept.count, kept.unlocated, kept.unit_only) == tuple(counted)[:3]
    assert (kept.time_from, kept.time_to) == (counted["time_from"], counted["time_to"])
    assert kept.bbox == (None if counted["xmin"] is None else pytest.approx(tuple(counted)[6:], abs=1e-12))
    # The newest arrival stays known when it is withdrawn.
    assert kept.latest == counted["latest"] or (kept.latest and kept.count and kept.latest > counted["latest"])


@pytest.mark.parametrize("layer", ["incidents", "alerts"])
async def test_what_is_told_is_what_counting_finds(fresh_url: str, registry: LayerRegistry, layer: str) -> None:
    drawn = random.Random(layer)
    database = await open_database(DatabaseOptions(fresh_url, pool_size=2))
    worker = await connect(fresh_url)
    try:
        assert await told(database, registry, layer) == LayerStatistics()
        for step in range(60):
            write = drawn.choice(_WRITES).format(point=_POINT, shape=_SHAPE)
            async with database.connection() as connection:
                transaction = connection.transaction()
                await transaction.start()
                await connection.execute("select set_config('toancanh.bulk', $1, true)", drawn.choice(["on", "off"]))
                await connection.execute(write, layer)
                await (transaction.rollback() if drawn.random() < 0.2 else transaction.commit())
            if step % 20 == 19:
                await worker.execute("insert into feature_tally select $1, 0, 0, 0 from generate_series(1, 200)", layer)
                assert await settle_tally(worker) >= 200
                assert await settle_tally(worker) == 0
            await check(database, registry, layer)
        async with database.transaction() as connection:
            await connection.execute("delete from feature where layer = $1", layer)
        assert await told(database, registry, layer) == LayerStatistics()
    finally:
        await worker.close()
        await database.close()


async def test_no_feature_is_read_to_tell_how_many_there_are(fresh_url: str, registry: LayerRegistry) -> None:
    statement = Statement(select_kept_statistics(registry["incidents"]))
    owner = await connect(as_role(fresh_url, "postgres"))
    try:
        await owner.execute("set toancanh.bulk = 'on'")
        await owner.execute(
            "insert into feature (layer, source, external_id, valid_from, valid_to, geom) select 'incidents', 'many', "
            "n, '2026-01-01'::timestamptz + n * interval '1 min', case when n % 10 = 0 then '2027-01-01'::timestamptz "
            f"end, {_POINT} from generate_series(1, 3000) n"
        )
        await owner.execute("analyze feature_incidents")
        plan = "\n".join(row[0] for row in await owner.fetch("explain " + statement.sql))
    finally:
        await owner.close()
    assert "Seq Scan on feature_incidents" not in plan and "Sort" not in plan, plan
    for index in ("feature_incidents_geom", "feature_incidents_valid_from", "feature_incidents_valid_to"):
        assert index in plan, plan
