# SPDX-License-Identifier: Apache-2.0
"""The live stream."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request

from api.deps import Reading, State
from api.event_stream import EventStream
from api.frames import StreamQuery
from api.stream import events
from geo.bbox import parse_bbox
from geo.errors import BadParameter, MapError
from geo.tile import MAX_ZOOM
from layers.cql2.parse import TEXT, parse_filter
from layers.cql2.row import matcher
from layers.deltas import Window

router = APIRouter(tags=["Live"])

_MAX_ZOOMS = 8
_SHOWN = ("layers", "bbox", "filter", "filter-lang")


def _window(
    reader: Reading,
    layers: Annotated[str | None, Query(description="Comma-separated layers; default: all live ones")] = None,
    bbox: Annotated[str | None, Query(description="west,south,east,north")] = None,
    condition: Annotated[str | None, Query(alias="filter", description="CQL2, over each layer of the stream")] = None,
    encoding: Annotated[str, Query(alias="filter-lang")] = TEXT,
) -> Window:
    names = [spec.id for spec in reader.registry.values() if spec.live] if layers is None else layers.split(",")
    if len(names) > 100:
        raise BadParameter("A stream may show 100 layers.", code="layers_too_many")
    chosen = frozenset(reader.registry.require(name).id for name in names)
    matchers = {}
    if condition is not None:
        matchers = {name: matcher(parse_filter(condition, encoding, reader.registry[name])) for name in chosen}
    return Window(chosen, None if bbox is None else parse_bbox(bbox), reader.visibility, matchers)


def _zooms(
    zoom: Annotated[str | None, Query(description="Zooms of the tiles on the screen, such as 11 or 10,11")] = None,
) -> tuple[int, ...]:
    if zoom is None:
        return ()
    parts = zoom.split(",")
    if len(parts) > _MAX_ZOOMS or not all(re.fullmatch(r"\d{1,2}", part, re.ASCII) for part in parts):
        raise BadParameter(f"zoom is one to {_MAX_ZOOMS} numbers with commas.", code="zoom_invalid")
    zooms = sorted({int(part) for part in parts})
    if zooms[-1] > MAX_ZOOM:
        raise BadParameter(f"zoom is at most {MAX_ZOOM}.", code="zoom_invalid", maximum=MAX_ZOOM)
    return tuple(zooms)


def _key(request: Request, zooms: tuple[int, ...], reader: Reading) -> str:
    asked = sorted((name, value) for name, value in request.query_params.multi_items() if name in _SHOWN)
    return repr((asked, zooms, reader.visibility.key))


def _last_event(
    last_event_id: Annotated[str | None, Query(max_length=100)] = None,
    resume: Annotated[str | None, Header(alias="Last-Event-ID", max_length=100)] = None,
) -> str | None:
    return resume or last_event_id


@router.get(
    "/live", summary="Changes as they are committed (server-sent events)", status_code=200, response_class=EventStream
)
async def live(
    request: Request,
    state: State,
    reader: Reading,
    window: Annotated[Window, Depends(_window)],
    zooms: Annotated[tuple[int, ...], Depends(_zooms)],
    last_event: Annotated[str | None, Depends(_last_event)],
) -> EventStream:
    """Events ``ready``, ``change``, ``reset`` and ``auth``; resumes after ``Last-Event-ID``, nothing lost or repeated.

    ``auth`` ends the stream when the reader's rights change. With ``zoom``, a change names the tiles that it made
    stale (``tiles``; null: all of the layer).
    """

    async def may_go_on() -> bool:
        try:
            return (await state.readers.of(request)).visibility == reader.visibility
        except MapError:
            return False

    query = StreamQuery(_key(request, zooms, reader), window, zooms, reader.features, last_event, may_go_on)
    return EventStream(events(query, state.live, state.database))
