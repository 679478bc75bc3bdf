# SPDX-License-Identifier: Apache-2.0
"""Statements of underlays. Pure builders, compiled once."""

from typing import Any

from sqlalchemy import BigInteger, Float, SmallInteger, Text, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from boundaries.draft_tables import boundary_draft, boundary_job, stored_file
from boundaries.tables import unit, unit_set_version
from boundaries.underlays.tables import boundary_underlay
from geo.db.functions import text_literal
from geo.db.statement import Statement

_u = boundary_underlay.c
_BY_ID = _u.id == bindparam("underlay", type_=BigInteger)
# A draft in one of these states can still change.
_CLOSED = ("publishing", "published", "withdrawn")

OPEN_DRAFT = Statement(
    select(boundary_draft.c.id)
    .where(
        boundary_draft.c.id == bindparam("draft", type_=BigInteger),
        boundary_draft.c.state.not_in([text_literal(state) for state in _CLOSED]),
    )
    .with_for_update(read=True)
)
DRAFT_EXISTS = Statement(select(boundary_draft.c.id).where(boundary_draft.c.id == bindparam("draft", type_=BigInteger)))
KEEP_FILE = Statement(
    insert(stored_file)
    .values(
        sha256=bindparam("sha256", type_=Text),
        size_bytes=bindparam("size_bytes", type_=BigInteger),
        name=bindparam("name", type_=Text),
        media_type=text_literal("image/tiff"),
        stored_by=bindparam("stored_by", type_=Text),
    )
    .returning(stored_file.c.id)
)
ADD = Statement(
    insert(boundary_underlay)
    .values(
        draft=bindparam("draft", type_=BigInteger),
        file=bindparam("file", type_=BigInteger),
        crs=bindparam("crs", type_=Text),
        created_by=bindparam("created_by", type_=Text),
    )
    .returning(_u.id)
)


def _shown() -> Any:
    """Underlays with their file and their job, which is one."""
    job = func.to_jsonb(boundary_job.table_valued()).label("job")
    own_job = (boundary_job.c.kind == text_literal("underlay")) & (boundary_job.c.subject == _u.id)
    tables = boundary_underlay.join(stored_file, stored_file.c.id == _u.file).outerjoin(boundary_job, own_job)
    return select(
        boundary_underlay, stored_file.c.name, stored_file.c.size_bytes, stored_file.c.sha256, job
    ).select_from(tables)


FIND = Statement(_shown().where(_BY_ID))
OF_DRAFT = Statement(_shown().where(_u.draft == bindparam("draft", type_=BigInteger)).order_by(_u.id))
RASTER = Statement(
    select(_u.raster_sha256, _u.min_zoom, _u.max_zoom, _u.bbox).where(_BY_ID, _u.state == text_literal("ready"))
)
TO_MAKE = Statement(
    select(_u.id, _u.crs, stored_file.c.sha256)
    .join(stored_file, stored_file.c.id == _u.file)
    .where(_BY_ID, _u.state == text_literal("checking"))
)
STILL_WANTED = Statement(select(_u.id).where(_BY_ID, _u.state == text_literal("checking")).with_for_update())
READY = Statement(
    update(boundary_underlay)
    .values(
        state=text_literal("ready"),
        findings=bindparam("new_findings", type_=JSONB),
        facts=bindparam("new_facts", type_=JSONB),
        raster_sha256=bindparam("new_sha256", type_=Text),
        raster_bytes=bindparam("new_bytes", type_=BigInteger),
        min_zoom=bindparam("new_min_zoom", type_=SmallInteger),
        max_zoom=bindparam("new_max_zoom", type_=SmallInteger),
        bbox=bindparam("new_bbox", type_=ARRAY(Float)),
        ready_at=func.clock_timestamp(),
    )
    .where(_BY_ID)
)
REFUSED = Statement(
    update(boundary_underlay)
    .values(state=text_literal("refused"), findings=bindparam("new_findings", type_=JSONB))
    .where(_BY_ID)
)
# Also the job that works on it: whoever runs it finds nothing to store its result in.
DELETE = Statement(delete(boundary_underlay).where(_BY_ID).returning(_u.raster_sha256))
STOP = Statement(
    update(boundary_job)
    .values(cancel_asked=True)
    .where(
        boundary_job.c.kind == text_literal("underlay"),
        boundary_job.c.subject == bindparam("underlay", type_=BigInteger),
        boundary_job.c.state.in_([text_literal("queued"), text_literal("running")]),
    )
)
IN_TURN = Statement(select(func.pg_advisory_xact_lock(func.underlay_lock())))
IS_USED = Statement(
    select(func.count() > 0).select_from(boundary_underlay).where(_u.raster_sha256 == bindparam("sha256", type_=Text))
)
_EXTENT = func.ST_Extent(unit.c.geom)
PUBLISHED_AREA = Statement(
    select(
        func.ST_XMin(_EXTENT, type_=Float).label("west"),
        func.ST_YMin(_EXTENT, type_=Float).label("south"),
        func.ST_XMax(_EXTENT, type_=Float).label("east"),
        func.ST_YMax(_EXTENT, type_=Float).label("north"),
    )
    .join(unit_set_version, unit_set_version.c.id == unit.c.version)
    .where(unit_set_version.c.status == text_literal("published"))
)
