# SPDX-License-Identifier: Apache-2.0
"""Versions of unit sets, and what was published, approved and taken back."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.body import read_json, refuse_deep
from api.boundary_access import boundary_editor, counted_layers, may_edit_boundaries
from api.deps import Reading, State
from api.links import GEOJSON
from api.media import Json, JsonText
from api.state import AppState
from boundaries.jobs import job_json
from boundaries.publications import ask, show
from boundaries.publications.sql import SELECT_JOB
from geo.errors import BadBody
from layers.filters import parse_set

router = APIRouter(prefix="/boundaries", tags=["Publications of boundaries"])

Id = Annotated[int, Path(ge=1, lt=2**63)]
_MAX_BODY_BYTES = 20_000
_MAX_REASON = 2_000


@router.get("/versions", summary="Versions of unit sets, the newest first")
async def versions(
    reader: Reading, state: State, unit_set: Annotated[str | None, Query(alias="set", max_length=100)] = None
) -> dict[str, Any]:
    """Published, superseded and withdrawn ones; those of drafts for who works on boundaries."""
    reader.registry.require("units")
    chosen = None if unit_set is None else parse_set(unit_set)
    drafts = may_edit_boundaries(reader)
    return {"versions": await show.versions_json(state.database, chosen, drafts=drafts)}


@router.get("/versions/{version}/unagreed", summary="Borders of a version that are not agreed yet")
async def unagreed(version: Id, reader: Reading, state: State) -> Response:
    """Lines between two units each, to be drawn dashed."""
    reader.registry.require("units")
    edges = await show.unagreed_edges(state.database, version, drafts=may_edit_boundaries(reader))
    features = [
        f'{{"type":"Feature","geometry":{geometry},"properties":{orjson.dumps({"units": [one, other]}).decode()}}}'
        for one, other, geometry in edges
    ]
    return JsonText(f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}', GEOJSON)


@router.get("/publications", summary="What was published and taken back, the newest first")
async def publications(reader: Reading, state: State) -> dict[str, Any]:
    """The log of the sets that everybody sees."""
    layers, may = counted_layers(reader), may_edit_boundaries(reader)
    return {"publications": await show.publications_json(state.database, layers, may_roll_back=may)}


@router.get("/publications/{publication}", summary="One publication")
async def publication(publication: Id, reader: Reading, state: State) -> dict[str, Any]:
    """Who published what, when, on which legal basis, and what followed."""
    layers, may = counted_layers(reader), may_edit_boundaries(reader)
    return await show.publication_json(state.database, publication, layers, may_roll_back=may)


@router.post("/drafts/{draft}/approval-request", summary="Ask for approval", status_code=204)
async def approval_request(draft: Id, request: Request, state: State) -> Response:
    """A second person is asked to approve the draft as it is now."""
    await ask.ask_approval(state.database, draft, await boundary_editor(request, state))
    return Response(status_code=204)


@router.post("/drafts/{draft}/approval", summary="Approve a draft", status_code=204)
async def approval(draft: Id, request: Request, state: State) -> Response:
    """By another person than who asked."""
    await ask.approve(state.database, draft, await boundary_editor(request, state))
    return Response(status_code=204)


@router.post("/drafts/{draft}/publication", summary="Publish a draft", status_code=202)
async def publish(draft: Id, request: Request, state: State) -> Response:
    """Body: {"confirm": the id of the target set, "reason"}. The worker does it; the job says how far it is."""
    who = await boundary_editor(request, state)
    said = _said(await read_json(request, _MAX_BODY_BYTES))
    approval = state.settings.boundary_approval
    return await _job(state, await ask.ask_publication(state.database, draft, who, said, approval=approval))


@router.post("/publications/{publication}/rollback", summary="Take a publication back", status_code=202)
async def rollback(publication: Id, request: Request, state: State) -> Response:
    """Body: {"confirm": the id of the set, "reason"}. Only the latest publication of its sets."""
    who = await boundary_editor(request, state)
    said = _said(await read_json(request, _MAX_BODY_BYTES))
    return await _job(state, await ask.ask_rollback(state.database, publication, who, said))


def _said(body: Any) -> tuple[str, str | None]:
    refuse_deep(body)
    confirm = body.get("confirm") if isinstance(body, dict) else None
    reason = body.get("reason") if isinstance(body, dict) else None
    if not isinstance(confirm, str) or not (reason is None or isinstance(reason, str) and len(reason) <= _MAX_REASON):
        raise BadBody("Send {'confirm', 'reason'}.", detail_vi="Hãy nhập mã bộ địa giới để xác nhận và lý do.")
    return confirm, (reason or "").strip() or None


async def _job(state: AppState, job: int) -> Response:
    answer = Json({"job": job_json(await state.database.fetchrow(SELECT_JOB, job=job))})
    answer.status_code = 202
    return answer
