# SPDX-License-Identifier: Apache-2.0
"""The job "underlay": from the bytes that were sent to a raster for tiles, or to the findings that say why not."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

from boundaries.findings import Finding, found
from boundaries.jobs import Cancelled, JobContext, end
from boundaries.reading.faults import Fault
from boundaries.reading.sandbox import Refused
from boundaries.underlays import sql
from boundaries.underlays.limits import RasterLimits
from boundaries.underlays.mercator import lonlat_box
from boundaries.underlays.sandbox import Order, make
from geo.bbox import BBox
from geo.db.pool import Database
from geo.vietnam import OUTLINE


async def run(context: JobContext) -> None:
    """Make one underlay ready, or refuse it. What is stored is stored with the end of the job."""
    row = await context.database.fetchrow(sql.TO_MAKE, underlay=context.job.subject)
    if row is None:
        await _end(context)
        return
    folder = context.files.new_folder()
    try:
        await asyncio.to_thread(_place, context.files.path(row["sha256"]), folder / "upload")
        order = Order(folder, row["crs"], await _area(context.database))
        try:
            answer = await make(order, context.tell, RasterLimits())
        except Refused as refused:
            await _refuse(context, [_finding(fault) for fault in refused.faults])
            return
        await _store(context, folder / "made.tif", answer["made"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


async def _area(database: Database) -> BBox:
    """Where the published units lie; the country before there are any."""
    row = await database.fetchrow(sql.PUBLISHED_AREA)
    if row is None or row["west"] is None:
        return BBox(*OUTLINE.bounds)
    return BBox(row["west"], row["south"], row["east"], row["north"])


async def _end(context: JobContext) -> None:
    async with context.database.transaction() as connection:
        await end(connection, context.job)


async def _refuse(context: JobContext, findings: list[Finding]) -> None:
    async with context.database.transaction() as connection:
        values = sql.REFUSED.args(underlay=context.job.subject, new_findings=[_json(one) for one in findings])
        await connection.execute(sql.REFUSED.sql, *values)
        await end(connection, context.job)


async def _store(context: JobContext, made: Path, told: dict[str, Any]) -> None:
    await context.tell("storing", 0.98)
    async with context.database.transaction() as connection:
        # Nobody deletes these bytes as unused before they are used.
        await connection.execute(sql.IN_TURN.sql)
        underlay = context.job.subject
        if await connection.fetchval(sql.STILL_WANTED.sql, *sql.STILL_WANTED.args(underlay=underlay)) is None:
            raise Cancelled
        kept = await asyncio.to_thread(context.files.keep, made)
        values = sql.READY.args(
            underlay=underlay,
            new_findings=[_json(_finding(Fault(**note))) for note in told["notes"]],
            new_facts=told["facts"],
            new_sha256=kept.sha256,
            new_bytes=kept.size_bytes,
            new_min_zoom=told["min_zoom"],
            new_max_zoom=told["max_zoom"],
            new_bbox=list(lonlat_box(told["bounds_m"])),
        )
        await connection.execute(sql.READY.sql, *values)
        await end(connection, context.job)


def _finding(fault: Fault) -> Finding:
    return found(fault.code, fault.vi, fault.en, severity=fault.severity)


def _json(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "detail": {"vi": finding.detail_vi, "en": finding.detail_en},
    }
