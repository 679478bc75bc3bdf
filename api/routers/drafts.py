# SPDX-License-Identifier: Apache-2.0
"""Drafts of boundaries: a file is sent, people answer, choose repairs and dates, and every change is checked anew."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import Response

from api.body import media_type_of, read_json, refuse_deep
from api.boundary_access import boundary_editor
from api.deps import State
from api.media import Json
from api.state import AppState
from boundaries.drafts.change import cancel_draft, change_draft, withdraw_draft
from boundaries.drafts.create import Upload, create_draft, judge_upload
from boundaries.drafts.show import Viewer, draft_json, drafts_json, job_or_none
from boundaries.drafts.target import Wanted
from boundaries.drafts.values import DraftState
from geo.errors import BadBody, BadParameter, NotFound, TooLarge

router = APIRouter(prefix="/boundaries", tags=["Drafts of boundaries"])

Id = Annotated[int, Path(ge=1, lt=2**63)]
Text = Annotated[str | None, Query(max_length=400)]
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=40, description='The revision, such as "3"')]
_MAX_BODY_BYTES = 1_000_000


@router.post("/uploads", summary="Send a file: it becomes a draft, and is checked", status_code=201)
async def upload(
    request: Request,
    state: State,
    name: Annotated[str, Query(max_length=1_000, description="The file's name; its ending says which format it has")],
    base: Annotated[str | None, Query(max_length=100, description="The published set to compare with")] = None,
    producer: Annotated[str | None, Query(max_length=400, description="Who drew it; answers are remembered")] = None,
    title: Text = None,
) -> Response:
    """The body is the file. For the first day of a new set: ``set``, ``valid_from``, ``title_vi``, ``title_en``."""
    editor = await boundary_editor(request, state)
    said = {parameter: request.query_params.get(parameter) for parameter in ("valid_from", "title_vi", "title_en")}
    wanted = Wanted(base, request.query_params.get("set"), **said)
    sent = await judge_upload(state.database, Upload(name, editor, wanted, producer, title))
    kept = await state.files.take(body_of(request, state), state.settings.max_upload_bytes)
    media_type = media_type_of(request)[:100] or "application/octet-stream"
    draft, is_new = await create_draft(state.database, sent, kept, media_type)
    answer = await _draft(state, draft, editor, 201 if is_new else 200)
    answer.headers["Location"] = f"/boundaries/drafts/{draft}"
    return answer


@router.get("/drafts", summary="Drafts, the newest first")
async def drafts(
    request: Request, app_state: State, state: Annotated[DraftState | None, Query(description="Only these")] = None
) -> Response:
    """In short: questions, sheets and effects are with each draft."""
    viewer = _viewer(app_state, await boundary_editor(request, app_state))
    return Json({"drafts": await drafts_json(app_state.database, state, viewer)})


@router.get("/drafts/{draft}", summary="A draft with everything about it")
async def one(draft: Id, request: Request, state: State) -> Response:
    """The ETag is the revision that a change names."""
    return await _draft(state, draft, await boundary_editor(request, state))


@router.patch("/drafts/{draft}", summary="Change a draft")
async def change(draft: Id, request: Request, state: State, if_match: IfMatch = None) -> Response:
    """Any of title, producer, target, scope, answers, repairs, unagreed, legal; an empty object checks once more."""
    editor = await boundary_editor(request, state)
    body = await read_json(request, _MAX_BODY_BYTES)
    refuse_deep(body)
    if not isinstance(body, dict):
        raise BadBody("Send what changes as a JSON object.", detail_vi="Hãy gửi nội dung thay đổi dạng JSON.")
    await change_draft(state.database, draft, _revision(if_match), body, editor)
    return await _draft(state, draft, editor)


@router.post("/drafts/{draft}/cancel", summary="Cancel the work on a draft")
async def cancel(draft: Id, request: Request, state: State) -> Response:
    """The check ends as soon as the worker sees it; the draft can be checked again."""
    editor = await boundary_editor(request, state)
    await cancel_draft(state.database, draft)
    return await _draft(state, draft, editor)


@router.delete("/drafts/{draft}", summary="Withdraw a draft")
async def withdraw(draft: Id, request: Request, state: State) -> Response:
    """It stays in the list as withdrawn, and its file is kept."""
    editor = await boundary_editor(request, state)
    await withdraw_draft(state.database, draft)
    return await _draft(state, draft, editor)


@router.get("/jobs/{job}", summary="How far a job is")
async def job(job: Id, request: Request, state: State) -> dict[str, Any]:
    """Checks, publications and rollbacks, and underlays."""
    await boundary_editor(request, state)
    found = await job_or_none(state.database, job)
    if found is None:
        raise NotFound("There is no such job.", code="job_not_found", detail_vi="Không có việc này.")
    return found


async def body_of(request: Request, state: AppState) -> AsyncIterator[bytes]:
    """The body as it arrives; a length that is too great is refused before anything is read.

    Raises:
        TooLarge: the declared length passes the limit of uploads.
        BadBody: there is no body.
    """
    most = state.settings.max_upload_bytes
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise TooLarge(
            f"The file is larger than {most // 1_000_000} MB.",
            code="file_too_large",
            max_bytes=most,
            detail_vi=f"Tệp lớn hơn {most // 1_000_000} MB.",
        )
    is_empty = True
    async for chunk in request.stream():
        is_empty = is_empty and not chunk
        yield chunk
    if is_empty:
        raise BadBody("The file is empty.", code="file_empty", detail_vi="Tệp không có nội dung.")


def _viewer(state: AppState, editor: str) -> Viewer:
    return Viewer(editor, state.settings.boundary_approval)


async def _draft(state: AppState, draft: int, editor: str, status: int = 200) -> Response:
    found = await draft_json(state.database, draft, _viewer(state, editor))
    answer = Json(found)
    answer.status_code = status
    answer.headers["ETag"] = f'"{found["revision"]}"'
    return answer


def _revision(if_match: str | None) -> int:
    found = re.fullmatch(r'(?:W/)?"?(\d{1,9})"?', if_match or "", re.ASCII)
    if found is None:
        raise BadParameter(
            'Send the revision that you saw as If-Match, such as "3".',
            code="if_match_missing",
            detail_vi="Thiếu số lần sửa (If-Match) của dự thảo.",
        )
    return int(found[1])
