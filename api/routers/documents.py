# SPDX-License-Identifier: Apache-2.0
"""The legal basis of boundaries: resolutions and decisions, and their PDFs."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import FileResponse, Response

from api.body import WrongMediaType, media_type_of, read_json
from api.boundary_access import boundary_editor
from api.deps import State
from boundaries.drafts.legal import PDF, document_of, keep_document, keep_legal
from geo.errors import BadBody

router = APIRouter(prefix="/boundaries", tags=["Drafts of boundaries"])
_MAX_BODY_BYTES = 100_000


@router.post("/documents", summary="Send the PDF of a legal document", status_code=201)
async def send(
    request: Request, state: State, name: Annotated[str, Query(max_length=1_000, description="The file's name")]
) -> dict[str, Any]:
    """The body is the PDF, up to 50 MB."""
    editor = await boundary_editor(request, state)
    if media_type_of(request) != PDF:
        raise WrongMediaType(f"Send the document as {PDF}.", allowed=[PDF], detail_vi="Chỉ nhận tệp PDF.")
    return await keep_document(state.database, state.files, name, request.stream(), editor)


@router.get("/documents/{file}", summary="The PDF of a legal document", response_class=Response)
async def fetch(file: Annotated[int, Path(ge=1, lt=2**63)], request: Request, state: State) -> Response:
    """To be saved, not shown: it came from outside."""
    await boundary_editor(request, state)
    row = await document_of(state.database, file)
    disposition = f"attachment; filename*=utf-8''{quote(row['name'], safe='')}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff", "Cache-Control": "private"}
    return FileResponse(state.files.path(row["sha256"]), media_type=PDF, headers=headers)


@router.post("/legal", summary="Note a legal document", status_code=201)
async def note(request: Request, state: State) -> dict[str, Any]:
    """Number, issuer, title, the days of signing and of effect, and the id of its PDF."""
    editor = await boundary_editor(request, state)
    body = await read_json(request, _MAX_BODY_BYTES)
    if not isinstance(body, dict):
        raise BadBody("Send the document as a JSON object.", detail_vi="Hãy gửi thông tin văn bản dạng JSON.")
    return await keep_legal(state.database, body, editor)
