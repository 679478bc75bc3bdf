# SPDX-License-Identifier: Apache-2.0
"""Reference underlays: scanned maps and orthophotos below a draft, for those who work on boundaries."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.boundary_access import boundary_editor
from api.deps import State
from api.links import base_of
from api.media import Json
from api.underlay_tiles import image_kind, raster_answer
from boundaries.underlays import store
from boundaries.underlays.tilejson import underlay_tilejson
from geo.tile import parse_tile

router = APIRouter(prefix="/boundaries/underlays", tags=["Boundaries"])
_TILE: dict[str, Any] = {"responses": {"200": {"content": {"image/png": {}, "image/webp": {}}}}}


@router.post("", status_code=201, summary="Lay a georeferenced image under a draft")
async def add(
    request: Request,
    state: State,
    draft: int,
    name: str,
    crs: Annotated[str | None, Query(description="EPSG:9213 where the file has none or a wrong one; declared")] = None,
) -> Response:
    """The body is the GeoTIFF. It is judged and made ready by a job; refused files say why in ``findings``."""
    asked = store.NewUnderlay(draft, name, await boundary_editor(request, state), crs)
    await store.judge(state.database, asked)
    kept = await state.files.take(request.stream(), state.settings.max_upload_bytes)
    underlay = await store.add(state.database, asked, kept)
    answer = Json(await store.find(state.database, underlay))
    answer.status_code = 201
    answer.headers["Location"] = f"/boundaries/underlays/{underlay}"
    return answer


@router.get("", summary="Underlays of a draft")
async def underlays(request: Request, state: State, draft: int) -> dict[str, Any]:
    """Oldest first."""
    await boundary_editor(request, state)
    return {"underlays": await store.of_draft(state.database, draft)}


@router.get("/{underlay}.json", summary="TileJSON 3.0 of an underlay")
async def tilejson(underlay: int, request: Request, state: State) -> Response:
    """What describes the tiles to MapLibre and QGIS."""
    await boundary_editor(request, state)
    raster = await state.underlays.about_to_be_shown(underlay)
    about = await store.find(state.database, underlay)
    url = f"{base_of(request, state.settings)}/boundaries/underlays/{underlay}/tiles/{{z}}/{{x}}/{{y}}.png"
    return Json(underlay_tilejson(about["file"]["name"], raster, url))


@router.get("/{underlay}", summary="One underlay")
async def one(underlay: int, request: Request, state: State) -> dict[str, Any]:
    """Its state, what was found, and how far its job is."""
    await boundary_editor(request, state)
    return await store.find(state.database, underlay)


@router.delete("/{underlay}", status_code=204, summary="Delete an underlay")
async def remove(underlay: int, request: Request, state: State) -> Response:
    """Its job is stopped and its tiles are gone; the bytes that were sent stay with the draft's files."""
    await boundary_editor(request, state)
    await store.remove(state.database, state.files, underlay)
    return Response(status_code=204)


@router.get("/{underlay}/tiles/{z}/{x}/{y}.png", summary="A raster tile", openapi_extra=_TILE)
async def tile(underlay: int, z: str, x: str, y: str, request: Request, state: State) -> Response:
    """256 pixels, ``{y}@2x`` 512; PNG, or WebP for who accepts it; 204 where the image does not reach."""
    await boundary_editor(request, state)
    side_px = 512 if y.endswith("@2x") else 256
    place = parse_tile(z, x, y.removesuffix("@2x"))
    kind = image_kind(request)
    return raster_answer(request, await state.underlays.tile(underlay, place, kind, side_px), kind)
