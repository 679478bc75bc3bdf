# SPDX-License-Identifier: Apache-2.0
"""A source that is fetched as the process does it, and what its sensors have in PostGIS."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from api.connect import Runner
from api.settings import Settings
from geo.db.pool import Database
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry
from layers.sources.budget import Budget
from layers.sources.road import Road
from layers.sources.spec import SourceSpec


def source_of(connector: str, options: Mapping[str, Any], door: Mapping[str, Any] | None, **more: Any) -> SourceSpec:
    """A source of this test alone."""
    return SourceSpec.model_validate(
        {
            "id": f"test-{uuid.uuid4().hex[:12]}",
            "system": "environment",
            "title": {"vi": "Thử", "en": "Test"},
            "connector": connector,
            "options": options,
            "door": door,
            "every_s": 0.2,
            **more,
        }
    )


@contextlib.asynccontextmanager
async def fetching(
    database: Database, registry: LayerRegistry, source: SourceSpec, url: str, secrets: Path | None = None
) -> AsyncIterator[None]:
    """Visit a source again and again, meanwhile."""
    settings = Settings(database_url=url, secrets=secrets)
    runner = Runner(Road(database, registry, Gazetteer(registry)), source, settings, Budget())
    task = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def readings_of(database: Database, source: SourceSpec) -> dict[tuple[str, str, datetime], tuple[Any, str, int]]:
    """(sensor, property, time) -> (value, quality, revision)."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "select d.sensor, d.property, o.phenomenon_time, o.value, o.quality, o.revision"
            " from observation o join datastream d on d.id = o.datastream where d.source = $1",
            source.id,
        )
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5]) for row in rows}


async def letters_of(database: Database, source: SourceSpec) -> list[str]:
    """The codes of the open dead letters."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "select code from dead_letter where source = $1 and closed_at is null order by id", source.id
        )
    return [row["code"] for row in rows]


async def state_of(database: Database, source: SourceSpec) -> Mapping[str, Any]:
    """What the source page knows; empty before the first visit."""
    async with database.connection() as connection:
        row = await connection.fetchrow("select * from source_state where source = $1", source.id)
    return {} if row is None else dict(row)


async def sensors_of(database: Database, source: SourceSpec) -> dict[str, Mapping[str, Any]]:
    """External id -> the feature's id, state, revision and place."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "select external_id, id, status, kind, revision, properties, st_x(geom) as lon from feature"
            " where layer = 'sensors' and source = $1",
            source.id,
        )
    return {row["external_id"]: dict(row) for row in rows}
