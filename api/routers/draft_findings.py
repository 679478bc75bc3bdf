# SPDX-License-Identifier: Apache-2.0
"""What a check found in a draft, what would change, and findings that are waived with a reason."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.body import read_json
from api.boundary_access import boundary_editor
from api.deps import State
from api.media import Json
from boundaries.drafts.results import changes_geojson, findings_geojson, take_back_waiver, waive, waive_all
from geo.errors import BadBody

router = APIRouter(prefix="/boundaries/drafts/{draft}", tags=["Drafts of boundaries"])

Id = Annotated[int, Path(ge=1, lt=2**63)]
Number = Annotated[int, Path(ge=1, lt=2**31, description="Of the finding, in the latest check")]
_GEOJSON = "application/geo+json"
_MAX_BODY_BYTES = 100_000


@router.get("/findings", summary="Findings of the latest check, as GeoJSON")
async def findings(draft: Id, request: Request, state: State) -> Response:
    """Each with the place to zoom to, its measure, a proposed repair, and the waiver if there is one."""
    await boundary_editor(request, state)
    return Json(await findings_geojson(state.database, draft), _GEOJSON)


@router.get("/changes", summary="What would change, as GeoJSON")
async def changes(draft: Id, request: Request, state: State) -> Response:
    """Ground that each unit wins and loses, exactly; a change without ground is a feature without geometry."""
    await boundary_editor(request, state)
    return Json(await changes_geojson(state.database, draft), _GEOJSON)


@router.put("/waivers", summary="Waive every finding of one code, with one reason")
async def add_waivers(draft: Id, request: Request, state: State) -> Response:
    """The body is {"code": "TOPO_GAP", "why": "..."}; those that block and may be waived."""
    editor = await boundary_editor(request, state)
    body = await read_json(request, _MAX_BODY_BYTES)
    if not isinstance(body, dict):
        raise BadBody('Send {"code": "...", "why": "..."}.', detail_vi="Hãy gửi mã lỗi và lý do chấp nhận.")
    await waive_all(state.database, draft, body.get("code"), body.get("why"), editor)
    return Json(await findings_geojson(state.database, draft), _GEOJSON)


@router.put("/findings/{number}/waiver", summary="Waive a finding, with the reason")
async def add_waiver(draft: Id, number: Number, request: Request, state: State) -> Response:
    """The body is {"why": "..."}; the waiver outlives the next check as long as the finding is the same."""
    editor = await boundary_editor(request, state)
    body = await read_json(request, _MAX_BODY_BYTES)
    if not isinstance(body, dict):
        raise BadBody('Send {"why": "..."}.', detail_vi="Hãy ghi lý do chấp nhận.")
    await waive(state.database, draft, number, body.get("why"), editor)
    return Json(await findings_geojson(state.database, draft), _GEOJSON)


@router.delete("/findings/{number}/waiver", summary="Take a waiver back")
async def remove_waiver(draft: Id, number: Number, request: Request, state: State) -> Response:
    """The finding blocks again."""
    await boundary_editor(request, state)
    await take_back_waiver(state.database, draft, number)
    return Json(await findings_geojson(state.database, draft), _GEOJSON)
