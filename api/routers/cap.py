# SPDX-License-Identifier: Apache-2.0
"""Public alerts in CAP 1.2: an Atom index, one message each, and the door at which others push theirs."""

import hashlib
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.auth import pusher_of
from api.body import read_bytes
from api.cap_alerts import ALERTS, index, message
from api.deps import Reading, State
from api.parameters import values_of
from api.push import check_budget, take_message
from geo.errors import BadParameter
from layers.connectors.base import Message
from layers.connectors.cap_words import MEDIA_TYPE
from layers.connectors.cap_xml import MAX_BYTES

router = APIRouter(prefix="/cap", tags=["CAP 1.2"])


@router.get("/alerts.atom", summary="Alerts in force, as an Atom index of CAP messages")
async def alerts_index(request: Request, state: State, reader: Reading) -> Response:
    """Newest first, with GeoRSS; called-off alerts stay for a week as Cancel. ``?all`` lists what is over too."""
    body = await index(request, state, reader, values_of(request, "all", "bbox", "limit"))
    return _answer(request, body, "application/atom+xml; charset=utf-8")


@router.get("/alerts/{item}.xml", summary="One alert as a CAP message")
async def alert(item: str, request: Request, state: State, reader: Reading) -> Response:
    """The message of its present revision: Alert, Update or Cancel, with references to the earlier ones."""
    values_of(request)
    return _answer(request, await message(request, state, reader, item), f"{MEDIA_TYPE}; charset=utf-8")


@router.post("/{source}", summary="Push a CAP message of a source")
async def push(source: str, request: Request, state: State) -> dict[str, Any]:
    """One ``<alert>``, with the source's key as Bearer; answers what became of it."""
    spec = state.sources.require(source)
    await pusher_of(request, state.database, source, ALERTS)
    if spec.connector != "cap":
        raise BadParameter(f"This source speaks {spec.connector}: push to /ingest/{source}.", code="source_not_cap")
    check_budget(state, source)
    body = await read_bytes(request, min(state.settings.max_body_bytes, MAX_BYTES))
    delivery = await take_message(state, spec, Message(body, state.clock(), MEDIA_TYPE))
    return {"source": source, **delivery.as_json()}


def _answer(request: Request, body: bytes, content_type: str) -> Response:
    """The document with its tag, or 304 when the client has it (RFC 9110, section 13.1.2)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=content_type, headers=headers)
