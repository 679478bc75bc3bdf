# SPDX-License-Identifier: Apache-2.0
"""What the worker does by the clock and after other writers."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from api.worker import apply_retention, fill_cells, make_partitions
from geo.db.pool import Connection, Database
from geo.hexgrid import cell_of
from layers.expiry import end_what_is_over
from layers.registry import LayerRegistry
from tests.conftest import Seed
from tests.layers.ingest_samples import incident

pytestmark = pytest.mark.postgis

_INSERT = (
    "insert into layer_sensors (source, external_id, name, kind, geom) "
    "values ($1, $2, 'Trạm', 'rain', $3::text::geometry)"
)


async def _fill_all(connection: Connection) -> int:
    pages = 0
    while await fill_cells(connection):
        pages += 1
        assert pages < 100, "the same rows are found again and again"
    return pages


async def test_cells_never_wait_for_a_writer(database: Database) -> None:
    source = f"s-{uuid.uuid4().hex[:12]}"
    filled = "select external_id from feature where source = $1 and h3 is not null"
    async with database.connection() as worker, database.connection() as writer:
        for name in ("held", "free"):
            await writer.execute(_INSERT, source, name, "SRID=4326;POINT(105.844 21.593)")
        async with writer.transaction():
            await writer.execute("select from feature where source = $1 and external_id = 'held' for update", source)
            async with asyncio.timeout(10):
                await _fill_all(worker)
            assert [row["external_id"] for row in await worker.fetch(filled, source)] == ["free"]
        await _fill_all(worker)
        assert len(await worker.fetch(filled, source)) == 2


async def test_points_of_other_writers_get_their_cell_and_stay_the_same_belief(database: Database) -> None:
    source = f"s-{uuid.uuid4().hex[:12]}"
    async with database.connection() as connection:
        await connection.execute(_INSERT, source, "a", "SRID=4326;POINT(105.844 21.593)")
        look = "select h3, revision, recorded_at from feature where source = $1"
        before = await connection.fetchrow(look, source)
        assert before is not None and before["h3"] is None
        await _fill_all(connection)
        after = await connection.fetchrow(look, source)
        assert after is not None and after["h3"] == cell_of(105.844, 21.593)
        assert (after["revision"], after["recorded_at"]) == (before["revision"], before["recorded_at"])
        assert await connection.fetchval("select count(*) from feature_history where source = $1", source) == 0


async def test_an_empty_point_does_not_stop_the_others(database: Database) -> None:
    source = f"s-{uuid.uuid4().hex[:12]}"
    async with database.connection() as connection:
        await connection.execute(_INSERT, source, "empty", "SRID=4326;POINT EMPTY")
        await connection.execute(_INSERT, source, "good", "SRID=4326;POINT(105.844 21.593)")
        await _fill_all(connection)
        rows = await connection.fetch("select external_id from feature where source = $1 and h3 is not null", source)
    assert [row[0] for row in rows] == ["good"]


async def test_a_moved_point_gets_its_new_cell(database: Database, seed: Seed) -> None:
    source = f"s-{uuid.uuid4().hex[:12]}"
    await seed("incidents", [incident()], source=source)
    async with database.connection() as connection:
        await connection.execute(
            "update layer_incidents set geom = ST_Point(105.9, 21.6, 4326) where source = $1", source
        )
        await _fill_all(connection)
        assert await connection.fetchval("select h3 from feature where source = $1", source) == cell_of(105.9, 21.6)


async def test_retention_removes_what_is_too_old_as_one_bulk_change(
    database: Database, seed: Seed, registry: LayerRegistry
) -> None:
    source = f"s-{uuid.uuid4().hex[:12]}"
    now = datetime.now(UTC)
    days = registry["incidents"].retention_days
    assert days is not None
    ages = {"older": days + 1, "old": days + 2, "young": days - 1}
    records = [incident(name, time=(now - timedelta(days=age)).isoformat()) for name, age in ages.items()]
    await seed("incidents", records, source=source)
    async with database.connection() as connection:
        mark = await connection.fetchval("select max(id) from change_log")
        await apply_retention(connection, registry, now)
        kept = await connection.fetch("select external_id from feature where source = $1", source)
        logged = await connection.fetch(
            "select op, affected from change_log where id > $1 and layer = 'incidents'", mark
        )
    assert [row[0] for row in kept] == ["young"]
    assert [row["op"] for row in logged] == ["bulk"]
    assert logged[0]["affected"] >= 2


async def test_shapes_without_a_cell_do_not_stop_the_worker(database: Database, seed: Seed) -> None:
    square = {"type": "Polygon", "coordinates": [[[105.8, 21.5], [105.9, 21.5], [105.9, 21.6], [105.8, 21.5]]]}
    source = f"s-{uuid.uuid4().hex[:12]}"
    alert = {"id": "a", "title": "Vùng ngập", "time": "2026-01-01T00:00:00Z", "geometry": square}
    await seed("alerts", [alert], source=source)
    async with database.connection() as connection:
        await connection.execute(_INSERT, source, "p", "SRID=4326;POINT(105.844 21.593)")
        await _fill_all(connection)
        cell = await connection.fetchval("select h3 from feature where source = $1 and layer = 'sensors'", source)
        assert cell is not None
        assert (
            await connection.fetchval("select h3 from feature where source = $1 and layer = 'alerts'", source) is None
        )


async def test_months_of_observations_are_made_ahead_once(database: Database) -> None:
    async with database.connection() as connection:
        later = datetime.now(UTC) + timedelta(days=62)
        assert await make_partitions(connection, later) > 0
        assert await make_partitions(connection, later) == 0
        assert await connection.fetchval("select to_regclass($1) is not null", f"observation_{later:%Y_%m}")


async def test_a_warning_whose_end_has_passed_is_over_and_its_source_may_still_speak(
    database: Database, registry: LayerRegistry, seed: Seed
) -> None:
    source, now = f"s-{uuid.uuid4().hex[:12]}", datetime.now(UTC)
    times = {"time": (now - timedelta(hours=3)).isoformat(), "end_time": (now - timedelta(hours=1)).isoformat()}
    warning = {"id": "w", "title": "Mưa lớn", "status": "actual", "revision": 1, **times}
    later = {**warning, "id": "later", "end_time": (now + timedelta(hours=1)).isoformat()}
    await seed("alerts", [warning, later], source=source)
    query = "select external_id, status, revision from feature where source = $1 order by 1"
    async with database.connection() as connection:
        await end_what_is_over(connection, registry, now)
        assert [tuple(row) for row in await connection.fetch(query, source)] == [
            ("later", "actual", 1),
            ("w", "expired", 1),
        ]
    again = await seed("alerts", [warning], source=source)
    assert (again.unchanged, again.changed) == (1, 0)
    longer = {**warning, "revision": 2, "end_time": (now + timedelta(hours=2)).isoformat()}
    assert (await seed("alerts", [longer], source=source)).changed == 1
    async with database.connection() as connection:
        await end_what_is_over(connection, registry, now)
        assert [row["status"] for row in await connection.fetch(query, source)] == ["actual", "actual"]
