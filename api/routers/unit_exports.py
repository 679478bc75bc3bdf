# SPDX-License-Identifier: Apache-2.0
"""A version of a set as a file."""

from collections.abc import Iterator
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from api.boundary_access import may_edit_boundaries
from api.deps import Reading, State
from boundaries.export.load import find_version, load_units
from boundaries.export.run import make_file
from boundaries.export.values import Crs, Format, Plan, etag, file_name, plan_of

router = APIRouter(prefix="/boundaries", tags=["Boundaries"])
_CHUNK_BYTES = 1 << 18


def _plan(
    f: Annotated[Format, Query(description="The format; shp is a zipped Shapefile")] = "geojson",
    crs: Annotated[Crs, Query(description="VN-2000 (EPSG:9213) for gpkg, shp and fgb")] = "EPSG:4326",
    encoding: Annotated[str, Query(description="UTF-8, the only one", max_length=20)] = "utf-8",
) -> Plan:
    return plan_of(f, crs, encoding)


Planned = Annotated[Plan, Depends(_plan)]


@router.get("/versions/{version}/export", summary="A version as a file", response_class=Response)
async def export(version: int, plan: Planned, request: Request, state: State, reader: Reading) -> Response:
    """The same version is the same bytes, whenever it is asked for."""
    reader.registry.require("units")
    facts = await find_version(state.database, version, sees_drafts=may_edit_boundaries(reader))
    headers = {"ETag": etag(facts, plan), "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    # One at a time: an export is memory and a processor that the map wants too.
    async with state.database.turn("export"):
        made = await make_file(await load_units(state.database, facts), plan)
    headers["Content-Disposition"] = f'attachment; filename="{file_name(facts, plan)}"'
    headers["Content-Length"] = str(made.seek(0, 2))
    return StreamingResponse(_chunks(made), media_type=plan.media_type, headers=headers)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
