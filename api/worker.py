# SPDX-License-Identifier: Apache-2.0
"""The worker: what follows the change log but is not urgent, and what is done by the clock.

- H3 cells of features that other writers (psql, QGIS) stored without one,
- features whose end time has passed (warnings) get the status of their layer for that,
- counts by cell: what writers left as differences moves into the settled cells,
- retention of layers that declare it, of the live log, and of what sources sent,
- months of observations ahead of time, and folders that dead jobs left,
- jobs of boundaries, each in a process of its own (api/job_runner.py).
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from api.job_runner import JobRunner
from boundaries.files import FileStore
from geo.db.change_log import FORGET_BEFORE
from geo.db.pool import AWAY, Connection, connect
from geo.db.statement import Statement
from geo.hexgrid import cells_of
from layers.expiry import end_what_is_over
from layers.registry import LayerRegistry
from layers.sources.retention import forget_messages
from layers.tables import feature

_PAGE = 5_000
_LIVE_LOG_KEPT = timedelta(days=7)
_RETENTION_EVERY_S = 3600.0
_SETTLE_EVERY_S = 2.0
_log = logging.getLogger(__name__)


def _coordinate(of: Any) -> ColumnElement[float]:
    """Asked of points alone: PostgreSQL may judge the conditions in any order, and ST_X fails on other shapes."""
    point = func.GeometryType(feature.c.geom) == "POINT"
    return case((point, of(feature.c.geom, type_=Float)))


_WITHOUT_CELL = Statement(
    select(
        feature.c.layer,
        feature.c.id,
        func.ST_X(feature.c.geom, type_=Float).label("lon"),
        func.ST_Y(feature.c.geom, type_=Float).label("lat"),
    )
    # An empty point has no place: it would be found again for ever.
    .where(feature.c.h3.is_(None), func.GeometryType(feature.c.geom) == "POINT", ~func.ST_IsEmpty(feature.c.geom))
    .limit(bindparam("page", type_=Integer))
    # Never waits for a writer: of two who wait for each other PostgreSQL ends one, and that was the writer.
    .with_for_update(skip_locked=True)
)
_CELLS = (
    func.unnest(
        bindparam("layers", type_=ARRAY(Text)),
        bindparam("ids", type_=ARRAY(BigInteger)),
        bindparam("lons", type_=ARRAY(Float)),
        bindparam("lats", type_=ARRAY(Float)),
        bindparam("cells", type_=ARRAY(BigInteger)),
    )
    .table_valued("layer", "id", "lon", "lat", "cell")
    .render_derived()
)
_FILL_CELLS = Statement(
    update(feature)
    .values(h3=_CELLS.c.cell)
    .where(
        and_(feature.c.layer == _CELLS.c.layer, feature.c.id == _CELLS.c.id, feature.c.h3.is_(None)),
        # Not moved since we read it.
        _coordinate(func.ST_X) == _CELLS.c.lon,
        _coordinate(func.ST_Y) == _CELLS.c.lat,
    )
)
_RETIRE = Statement(
    delete(feature).where(
        feature.c.layer == bindparam("layer", type_=Text),
        feature.c.valid_from < bindparam("moment", type_=DateTime(timezone=True)),
    )
)
_MAKE_PARTITIONS = Statement(select(func.make_observation_partitions(bindparam("today", type_=Date))))
_SETTLE = Statement(select(func.settle_folds()))
_ADD_UP = Statement(select(func.settle_tally()))


async def fill_cells(connection: Connection) -> int:
    """Give an H3 cell to one page of points that lack it; answers how many."""
    async with connection.transaction():
        rows = await connection.fetch(_WITHOUT_CELL.sql, *_WITHOUT_CELL.args(page=_PAGE))
        if not rows:
            return 0
        lons, lats = [row["lon"] for row in rows], [row["lat"] for row in rows]
        # A derived value: neither a new revision nor a new belief (see the trigger feature_before_write).
        await connection.execute("set local toancanh.maintenance = 'on'")
        values = _FILL_CELLS.args(
            layers=[row["layer"] for row in rows],
            ids=[row["id"] for row in rows],
            lons=lons,
            lats=lats,
            cells=cells_of(lons, lats),
        )
        await connection.execute(_FILL_CELLS.sql, *values)
    return len(rows)


async def apply_retention(connection: Connection, registry: LayerRegistry, now: datetime) -> None:
    """Delete what is older than its layer keeps; each layer is one transaction and one bulk change."""
    for spec in registry.values():
        if spec.retention_days is not None:
            async with connection.transaction():
                await connection.execute("set local toancanh.bulk = 'on'")
                moment = now - timedelta(days=spec.retention_days)
                await connection.execute(_RETIRE.sql, *_RETIRE.args(layer=spec.id, moment=moment))
    await connection.execute(FORGET_BEFORE.sql, *FORGET_BEFORE.args(moment=now - _LIVE_LOG_KEPT))
    await forget_messages(connection, now)


async def make_partitions(connection: Connection, now: datetime) -> int:
    """Months of observations ahead of time; answers how many were made. Where somebody reads for long, later."""
    try:
        return int(await connection.fetchval(_MAKE_PARTITIONS.sql, *_MAKE_PARTITIONS.args(today=now.date())))
    except asyncpg.LockNotAvailableError:
        return 0


async def settle_folds(connection: Connection) -> int:
    """Settle the differences of all layers that fold; answers how many. Readers always count both (migration l005)."""
    return int(await connection.fetchval(_SETTLE.sql))


async def settle_tally(connection: Connection) -> int:
    """Add up what writers left about how much each layer holds; answers how many differences (migration l007)."""
    return int(await connection.fetchval(_ADD_UP.sql))


async def run_worker(url: str, registry: LayerRegistry, files: FileStore, *, poll_s: float = 0.5) -> None:
    """Work for ever; comes back after the database was away."""
    loop = asyncio.get_running_loop()
    jobs = JobRunner()
    while True:
        try:
            connection = await connect(url, statement_timeout_s=600)
        except AWAY:
            await asyncio.sleep(0.5)
            continue
        retention_due = settling_due = loop.time()
        try:
            while True:
                if loop.time() >= retention_due:
                    await apply_retention(connection, registry, datetime.now(UTC))
                    await make_partitions(connection, datetime.now(UTC))
                    await asyncio.to_thread(files.clear_staging)
                    retention_due = loop.time() + _RETENTION_EVERY_S
                if loop.time() >= settling_due:
                    await settle_folds(connection)
                    await settle_tally(connection)
                    await end_what_is_over(connection, registry, datetime.now(UTC))
                    settling_due = loop.time() + _SETTLE_EVERY_S
                await jobs.look(connection)
                if not await fill_cells(connection):
                    await asyncio.sleep(poll_s)
        except AWAY:
            _log.warning("the worker lost the database and tries again")
            await asyncio.sleep(0.2)
        finally:
            connection.terminate()
