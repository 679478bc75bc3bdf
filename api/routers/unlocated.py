# SPDX-License-Identifier: Apache-2.0
"""The queue of records without a place: what was said of where they are, and giving them a place by hand."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict

from api.deps import Reading, State
from api.media import Json
from api.source_access import check_staff
from layers.locate.queue import Where, put, take_back, titles, waiting

router = APIRouter(prefix="/unlocated", tags=["Sources"])
Item = Annotated[int, Path(ge=0, le=2**62, description="The id of a feature")]


class Place(BaseModel):
    """A point with a radius in metres, or a unit of a set."""

    model_config = ConfigDict(extra="forbid")

    lon: float | None = None
    lat: float | None = None
    radius_m: float | None = None
    unit_set: str | None = None
    unit_code: str | None = None


@router.get("", summary="Records without a place, newest first")
async def queue(
    state: State,
    reader: Reading,
    layer: Annotated[str | None, Query(description="Only this layer")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=100)] = None,
) -> Json:
    """What each source said of the place, why that was not enough, and units that may be meant."""
    check_staff(reader)
    if layer is not None:
        reader.registry.require(layer)
    found = await waiting(state.database, reader.registry, layer, after, limit)
    items = [_item(row, title) for row, title in zip(found.items, titles(reader.registry, found.items), strict=True)]
    total = sum(found.counts.values())
    return Json({"total": total, "counts": found.counts, "items": items, "next": found.after})


@router.post("/{layer}/{item}", summary="Give a record a place")
async def place(layer: str, item: Item, given: Place, request: Request, state: State, reader: Reading) -> Json:
    """It holds until the source says a place itself; sent again it moves the record."""
    check_staff(reader, request)
    spec = reader.registry.require(layer)
    who = reader.person.name if reader.person is not None else (reader.source or "")
    await put(state.database, spec, item, Where(**given.model_dump()), who)
    return Json({"layer": layer, "id": item, "outcome": "placed"})


@router.delete("/{layer}/{item}", summary="Take back a place that was given by hand")
async def back(layer: str, item: Item, request: Request, state: State, reader: Reading) -> Json:
    """The record waits in the queue again."""
    check_staff(reader, request)
    spec = reader.registry.require(layer)
    await take_back(state.database, spec, item)
    return Json({"layer": layer, "id": item, "outcome": "waiting"})


def _item(row: Any, title: str) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("layer", "id", "source", "external_id", "recorded_at")},
        "title": title,
        "time": row["valid_from"],
        "text": row["said"],
        "reason": row["reason"] or "no_place",
        "candidates": row["candidates"] or [],
    }
