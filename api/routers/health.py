# SPDX-License-Identifier: Apache-2.0
"""Is the process alive, can it answer, and numbers for monitoring."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from api.deps import State
from geo.db.change_log import WAITING
from geo.errors import Unavailable

router = APIRouter(tags=["Health"])


@router.get("/health/live", summary="The process runs")
async def alive() -> dict[str, str]:
    """Always 200 while the event loop turns."""
    return {"status": "live"}


@router.get("/health/ready", summary="The process can answer")
async def ready(state: State) -> dict[str, Any]:
    """200 when PostGIS answers and the live log is followed, else 503."""
    await state.database.fetch(WAITING)
    if state.live.current is None:
        raise Unavailable("The live log is not followed yet.")
    return {"status": "ready"}


@router.get("/metrics", summary="Numbers for Prometheus", response_class=PlainTextResponse)
async def metrics(state: State) -> PlainTextResponse:
    """Text format 0.0.4."""
    rows = await state.database.fetch(WAITING)
    current, cache = state.live.current, state.tiles.cache
    text = state.telemetry.text(
        {
            "toancanh_changes_waiting": rows[0][0],
            "toancanh_live_seq": current.seq if current else 0,
            "toancanh_live_streams": state.live.streams,
            "toancanh_tiles_kept": len(cache),
            "toancanh_tiles_kept_bytes": cache.bytes,
            "toancanh_tiles_questions": cache.spaces,
            "toancanh_tiles_hits": cache.hits,
            "toancanh_tiles_made": cache.made,
            "toancanh_tiles_evicted": cache.evicted,
        }
    )
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")
