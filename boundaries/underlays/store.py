# SPDX-License-Identifier: Apache-2.0
"""Underlays of a draft: added, listed, deleted, and where their tiles are cut from."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundaries.files import FileStore, Kept
from boundaries.jobs import enqueue
from boundaries.underlays import sql
from geo.bbox import BBox
from geo.db.pool import Database
from geo.errors import BadParameter, Conflict, NotFound

AS_DECLARED = "declared"
_CRS = re.compile(r"EPSG:\d{4,6}")
_NAME_CHARACTERS = 200


class UnderlayNotFound(NotFound):
    """There is no such underlay, or it has no tiles yet."""

    default_code = "underlay_not_found"


@dataclass(frozen=True)
class NewUnderlay:
    """What comes with the bytes of a raster.

    Attributes:
        crs: "EPSG:9213", or AS_DECLARED to take that of the file although it looks wrong; None: that of the file.
    """

    draft: int
    name: str
    created_by: str
    crs: str | None = None


@dataclass(frozen=True)
class Raster:
    """What tiles are cut from."""

    sha256: str
    path: Path
    min_zoom: int
    max_zoom: int
    bbox: BBox


async def judge(database: Database, asked: NewUnderlay) -> None:
    """Everything that can be judged before the bytes are taken.

    Raises:
        NotFound: there is no such draft.
        Conflict: it is not open any more.
        BadParameter: a name or coordinate system that is none.
    """
    if asked.crs is not None and asked.crs != AS_DECLARED and not _CRS.fullmatch(asked.crs):
        raise BadParameter(
            "crs is an EPSG code such as EPSG:9213, or 'declared'.",
            code="crs_invalid",
            detail_vi="Hệ toạ độ là một mã EPSG, ví dụ EPSG:9213.",
        )
    name = asked.name
    if not 0 < len(name) <= _NAME_CHARACTERS or not name.isprintable() or "/" in name or "\\" in name:
        raise BadParameter(
            "name is the file's own name, without folders.",
            code="name_invalid",
            detail_vi="Tên tệp không hợp lệ.",
        )
    if await database.fetchrow(sql.OPEN_DRAFT, draft=asked.draft) is None:
        await _require_draft(database, asked.draft)
        raise _closed()


async def add(database: Database, asked: NewUnderlay, kept: Kept) -> int:
    """The underlay of a file that is kept, and the job that makes its tiles; answers its id.

    Raises:
        Conflict: the draft was closed meanwhile.
    """
    async with database.transaction() as connection:
        if await connection.fetchval(sql.OPEN_DRAFT.sql, *sql.OPEN_DRAFT.args(draft=asked.draft)) is None:
            raise _closed()
        values = sql.KEEP_FILE.args(
            sha256=kept.sha256, size_bytes=kept.size_bytes, name=asked.name, stored_by=asked.created_by
        )
        file = await connection.fetchval(sql.KEEP_FILE.sql, *values)
        row = sql.ADD.args(draft=asked.draft, file=file, crs=asked.crs, created_by=asked.created_by)
        underlay = int(await connection.fetchval(sql.ADD.sql, *row))
        await enqueue(connection, "underlay", underlay, asked.created_by)
        return underlay


async def of_draft(database: Database, draft: int) -> list[dict[str, Any]]:
    """Every underlay of a draft, oldest first.

    Raises:
        NotFound: there is no such draft.
    """
    await _require_draft(database, draft)
    return [_shown(row) for row in await database.fetch(sql.OF_DRAFT, draft=draft)]


async def find(database: Database, underlay: int) -> dict[str, Any]:
    """One underlay.

    Raises:
        UnderlayNotFound: there is none.
    """
    row = await database.fetchrow(sql.FIND, underlay=underlay)
    if row is None:
        raise _unknown()
    return _shown(row)


async def raster_of(database: Database, files: FileStore, underlay: int) -> Raster:
    """What the tiles of an underlay are cut from.

    Raises:
        UnderlayNotFound: there is none, or it is not ready.
    """
    row = await database.fetchrow(sql.RASTER, underlay=underlay)
    if row is None:
        raise _unknown()
    sha256 = row["raster_sha256"]
    return Raster(sha256, files.path(sha256), row["min_zoom"], row["max_zoom"], BBox(*row["bbox"]))


async def remove(database: Database, files: FileStore, underlay: int) -> None:
    """Delete an underlay, stop its job, and delete what was made for its tiles. What was sent stays.

    Raises:
        UnderlayNotFound: there is none.
    """
    async with database.transaction() as connection:
        row = await connection.fetchrow(sql.DELETE.sql, *sql.DELETE.args(underlay=underlay))
        if row is None:
            raise _unknown()
        await connection.execute(sql.STOP.sql, *sql.STOP.args(underlay=underlay))
    sha256 = row["raster_sha256"]
    if sha256 is None:
        return
    async with database.transaction() as connection:
        # Another underlay of the same bytes has the same raster.
        await connection.execute(sql.IN_TURN.sql)
        if not await connection.fetchval(sql.IS_USED.sql, *sql.IS_USED.args(sha256=sha256)):
            files.path(sha256).unlink(missing_ok=True)


async def _require_draft(database: Database, draft: int) -> None:
    if await database.fetchrow(sql.DRAFT_EXISTS, draft=draft) is None:
        raise NotFound("There is no such draft.", code="draft_not_found", detail_vi="Không có dự thảo này.")


def _closed() -> Conflict:
    return Conflict(
        "The draft is published or withdrawn: it takes no more underlays.",
        code="draft_closed",
        detail_vi="Dự thảo đã công bố hoặc đã rút, không thêm được ảnh nền.",
    )


def _unknown() -> UnderlayNotFound:
    return UnderlayNotFound("There is no such underlay.", detail_vi="Không có ảnh nền này.")


def _shown(row: Any) -> dict[str, Any]:
    job = row["job"]
    state = row["state"]
    if state == "checking" and job is not None and job["state"] in ("failed", "cancelled"):
        state = job["state"]
    return {
        "id": row["id"],
        "draft": row["draft"],
        "state": state,
        "file": {"id": row["file"], "name": row["name"], "size_bytes": row["size_bytes"], "sha256": row["sha256"]},
        "crs": row["crs"],
        "findings": row["findings"],
        "facts": row["facts"],
        "tile_bytes": row["raster_bytes"],
        "min_zoom": row["min_zoom"],
        "max_zoom": row["max_zoom"],
        "bbox": row["bbox"],
        "job": None if job is None else {name: job[name] for name in _JOB},
        "created_by": row["created_by"],
        "created_at": row["created_at"].isoformat(),
        "ready_at": row["ready_at"] and row["ready_at"].isoformat(),
    }


_JOB = ("id", "kind", "state", "step", "share", "attempts", "problem")
