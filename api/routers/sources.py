# SPDX-License-Identifier: Apache-2.0
"""Sources: how each connected system does, its dead letters, and the switch."""

import base64
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request

from api.body import read_json, refuse_deep
from api.deps import Reading, State
from api.media import Json
from api.source_access import check_admin, check_staff, desk_of
from geo.errors import BadBody
from layers.sources.health import health_of, last_hour, switch
from layers.sources.letters import letters_of
from layers.systems import SYSTEMS

router = APIRouter(prefix="/sources", tags=["Sources"])
_MAX_BYTES = 10_000

Letter = Annotated[int, Path(ge=1, le=2**62, description="The id of a dead letter")]


@router.get("", summary="Every connected system and how its sources do")
async def sources(state: State, reader: Reading) -> Json:
    """Systems of the design, also those that nothing connects yet; sources with state, lag, rate and what waits."""
    check_staff(reader)
    members = await health_of(state.database, list(state.sources.all.values()), state.clock())
    systems = [
        {
            "id": system.id,
            "title": {"vi": system.title.vi, "en": system.title.en},
            "layers": [layer for layer in system.layers if layer in reader.registry],
            "sources": [one["id"] for one in members if one["system"] == system.id],
        }
        for system in SYSTEMS.values()
    ]
    faults = [{"file": fault.file, "reason": fault.reason} for fault in state.sources.faults]
    return Json({"sources": members, "systems": systems, "faults": faults})


@router.get("/{source}", summary="One source, with its last hour")
async def source(source: str, state: State, reader: Reading) -> Json:
    """As in the list, and messages by minute."""
    check_staff(reader)
    spec, now = state.sources.require(source), state.clock()
    (member,) = await health_of(state.database, [spec], now)
    return Json({**member, "minutes": [dict(row) for row in await last_hour(state.database, source, now)]})


@router.patch("/{source}", summary="Turn a source on or off")
async def change(source: str, request: Request, state: State, reader: Reading) -> Json:
    """The body is ``{"enabled": true}`` or false; it goes before what the source's file says."""
    check_admin(request, reader)
    spec = state.sources.require(source)
    body = await _object(request)
    if set(body) != {"enabled"} or not isinstance(body["enabled"], bool):
        raise BadBody('Send {"enabled": true} or false.', code="body_invalid")
    await switch(state.database, source, enabled=body["enabled"])
    (member,) = await health_of(state.database, [spec], state.clock())
    return Json(member)


@router.get("/{source}/dead-letters", summary="What was refused of a source, newest first")
async def dead_letters(
    source: str,
    state: State,
    reader: Reading,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    code: Annotated[str | None, Query(max_length=100)] = None,
) -> Json:
    """Open letters with their reason and what was refused, without personal data; ``codes`` counts them by reason."""
    check_staff(reader)
    found = await letters_of(state.road, source, code, before, limit)
    following = found.rows[-1]["id"] if len(found.rows) == limit else None
    return Json({"dead_letters": [_letter(row) for row in found.rows], "codes": found.codes, "next": following})


@router.post("/{source}/dead-letters/{letter}/replay", summary="Try one dead letter again")
async def replay(source: str, letter: Letter, request: Request, state: State, reader: Reading) -> Json:
    """Its message is read again with today's connector and options; known records stay as they are."""
    check_staff(reader, request)
    resolved, code, detail = await desk_of(state, source).replay(letter)
    return Json({"outcome": "resolved" if resolved else "refused", "code": code, "detail": detail})


@router.post("/{source}/replay", summary="Try all dead letters of a source again")
async def replay_all(source: str, request: Request, state: State, reader: Reading) -> Json:
    """All open letters, or those of the ``code`` in the body."""
    check_staff(reader, request)
    body = await _object(request)
    code = body.get("code")
    if code is not None and not isinstance(code, str):
        raise BadBody("'code' is the code of dead letters.", code="body_invalid")
    done = await desk_of(state, source).replay_all(code)
    return Json({"replayed": done.tried, "resolved": done.resolved, "refused": done.refused})


@router.post("/{source}/dead-letters/{letter}/discard", summary="Put a dead letter away")
async def discard(source: str, letter: Letter, request: Request, state: State, reader: Reading) -> Json:
    """The body is ``{"reason": "…"}``; the letter is kept as closed for a while, with who and why."""
    check_staff(reader, request)
    reason = (await _object(request)).get("reason")
    if not isinstance(reason, str):
        raise BadBody("Say why the letter is discarded.", code="reason_missing")
    who = reader.person.name if reader.person is not None else (reader.source or "")
    await desk_of(state, source).discard(letter, who, reason)
    return Json({"outcome": "discarded"})


async def _object(request: Request) -> dict[str, Any]:
    body = await read_json(request, _MAX_BYTES)
    if not isinstance(body, dict):
        raise BadBody("Send a JSON object.")
    return body


def _letter(row: Any) -> dict[str, Any]:
    names = ("id", "layer", "code", "detail", "times", "first_seen", "last_seen", "message")
    letter = {name: row[name] for name in names}
    try:
        record = orjson.loads(row["record"])
        refuse_deep(record)
        return {**letter, "record": record}
    except (orjson.JSONDecodeError, BadBody):
        return {**letter, "record_base64": base64.b64encode(row["record"]).decode()}
