# SPDX-License-Identifier: Apache-2.0
"""OGC SensorThings API 1.1 (18-088): sensors and what they observe, to read and to create (docs/connected)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Reading, State
from api.sensorthings import ROOT, answer, service_root
from api.sensorthings_write import change, create, remove

router = APIRouter(prefix=ROOT, tags=["SensorThings 1.1"])


@router.get("", summary="Service root: the collections and what the server can do")
@router.get("/", include_in_schema=False)
async def root(request: Request, state: State, reader: Reading) -> Response:
    """The addresses of the eight collections, and the conformance classes."""
    return service_root(request, state)


@router.get("/{path:path}", summary="Entities, one entity, its relations and its properties")
async def read(path: str, request: Request, state: State, reader: Reading) -> Response:
    """``Things``, ``Things(1)``, ``Things(1)/Datastreams``, ``…/$ref``, ``…/name/$value``, with query options."""
    return await answer(path, request, state, reader)


@router.post("/{path:path}", summary="Create Things, Datastreams and Observations, inline ones too", status_code=201)
async def post(path: str, request: Request, state: State) -> Response:
    """With the key of a source of SensorThings; durable when it is answered, with the address in ``Location``."""
    return await create(path, request, state)


@router.patch("/{path:path}", summary="Change a Thing or an Observation")
@router.put("/{path:path}", include_in_schema=False)
async def patch(path: str, request: Request, state: State) -> Response:
    """``application/json`` with the properties that change; PUT replaces all of them."""
    return await change(path, request, state)


@router.delete("/{path:path}", summary="Withdraw a Thing, take back an Observation")
async def delete(path: str, request: Request, state: State) -> Response:
    """It leaves the map, its history stays."""
    return await remove(path, request, state)
