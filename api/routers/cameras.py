# SPDX-License-Identifier: Apache-2.0
"""Cameras: what each sees, which see a point, a picture for staff, and how well each has answered."""

import asyncio
import logging
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.deps import Reading, State
from api.links import GEOJSON
from api.media import Json
from api.parameters import described, values_of
from api.readers import Reader
from geo.errors import BadParameter, NotAllowed, NotFound, NotSignedIn, Unavailable
from geo.interval import parse_datetime
from layers.camera_views import CAMERAS, camera_of, seeing, view_of
from layers.device_addresses import AddressRefused, login_of
from layers.device_checks import DeviceHistory, history_of
from layers.snapshots import marked
from layers.sources.secrets import secrets_of
from layers.visibility import STAFF

router = APIRouter(prefix="/cameras", tags=["Cameras"])
_VIETNAM = timezone(timedelta(hours=7))
_DAYS = 30
_log = logging.getLogger("toancanh.audit")


@router.get("/seeing", summary="Cameras that see a point")
async def seeing_point(
    reader: Reading,
    lon: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    lat: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """Nearest first, with the distance and the bearing from the camera to the point."""
    spec = reader.registry.require(CAMERAS)
    found = await seeing(reader.database, spec, (lon, lat), reader.visibility.units, limit)
    return Json({"type": "FeatureCollection", "features": found, "numberReturned": len(found)}, GEOJSON)


@router.get("/{camera}/view", summary="What a camera sees")
async def view(camera: str, reader: Reading) -> Response:
    """The field of view as a polygon, from azimuth, hfov and range_m of the register."""
    spec = reader.registry.require(CAMERAS)
    return Json(view_of(await camera_of(reader.database, spec, camera, reader.visibility.units)), GEOJSON)


@router.get("/{camera}/history", summary="When a camera answered", openapi_extra=described("datetime"))
async def history(camera: str, request: Request, state: State, reader: Reading) -> Response:
    """Changes between online and offline, and the availability over the time that is known; 30 days by default."""
    spec = reader.registry.require(CAMERAS)
    found = await camera_of(reader.database, spec, camera, reader.visibility.units)
    start, end = _span(values_of(request, "datetime").get("datetime"), state.clock())
    known = await history_of(state.database, spec, (found.source, found.external_id), start, end)
    told = _history(known, (start, end), facts=reader.role in STAFF)
    return Json({"camera": found.id, "name": found.name, "status": found.status, **told})


@router.get("/{camera}/snapshot", summary="A picture of now, for staff", response_class=Response)
async def snapshot(camera: str, state: State, reader: Reading) -> Response:
    """A JPEG of at most a few seconds ago, marked with who looked and when. Each look is in the log."""
    who = _staff(reader)
    found = await camera_of(reader.database, state.registry.require(CAMERAS), camera, reader.visibility.units)
    if found.snapshot_url is None:
        raise NotFound("The register states no snapshot address for this camera.", code="camera_no_snapshot")
    _log.info("snapshot camera=%s/%s by=%s role=%s", found.source, found.external_id, who, reader.role)
    try:
        login = login_of(found.login, secrets_of(state.settings.secrets))
    except AddressRefused as refusal:
        raise Unavailable(f"This camera cannot be asked: {refusal}.", code=f"camera_{refusal.code}") from None
    jpeg = await state.snapshots.of(found.id, found.snapshot_url, login)
    line = f"{who}  {state.clock().astimezone(_VIETNAM):%d/%m/%Y %H:%M:%S}"
    picture = await asyncio.to_thread(marked, jpeg, line)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _staff(reader: Reader) -> str:
    if reader.person is None and reader.source is None:
        raise NotSignedIn("Sign in to see pictures.", code="sign_in_required")
    if reader.role not in STAFF:
        raise NotAllowed("Your role does not see pictures.", code="role_not_allowed", roles=sorted(STAFF))
    return reader.person.name if reader.person is not None else str(reader.source)


def _span(text: str | None, now: datetime) -> tuple[datetime, datetime]:
    interval = None if text is None else parse_datetime(text)
    end = now if interval is None or interval.end is None else min(interval.end, now)
    start = end - timedelta(days=_DAYS) if interval is None or interval.start is None else interval.start
    if start >= end:
        raise BadParameter("datetime must be an interval that begins before now", code="datetime_invalid")
    return start, end


def _history(known: DeviceHistory, span: tuple[datetime, datetime], *, facts: bool) -> dict[str, Any]:
    state, share = known.state, known.availability
    told: dict[str, Any] = {
        "from": span[0].isoformat(),
        "to": span[1].isoformat(),
        "availability": {"percent": share.percent, "online_s": round(share.online_s), "known_s": round(share.known_s)},
        "changes": [{"at": one.at.isoformat(), "status": one.status, "problem": one.problem} for one in known.changes],
        "cut": known.is_cut,
        "checked_at": None if state is None else state.checked_at.isoformat(),
        "answered_at": None if state is None or state.answered_at is None else state.answered_at.isoformat(),
        "failures": 0 if state is None else state.failures,
        "problem": None if state is None else state.problem,
    }
    return told | ({"device": dict(state.facts)} if facts and state is not None else {})
