# SPDX-License-Identifier: Apache-2.0
"""Editing single features by hand (the shape of OGC API Features Part 4), with optimistic locking by revision."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from api.body import read_json
from api.deps import Reading, State
from api.state import AppState
from api.writers import editor_of
from geo.errors import BadBody, BadParameter, NotFound
from layers.editing import EDIT_PREFIX, Edited, change, create, remove
from layers.query import id_of
from layers.undo import undo_import

router = APIRouter(prefix="/collections/{layer}", tags=["Editing"])

IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=40, description='The revision, such as "7"')]
_MAX_BYTES = 1_000_000


@router.post("/items", summary="Add a feature", status_code=201)
async def add(layer: str, request: Request, response: Response, state: State, reader: Reading) -> dict[str, Any]:
    """The body is one record, as the ingest door takes it."""
    editor = editor_of(request, state, reader, layer)
    edited = await create(state.database, editor, await _record(request))
    return await _answer(state, layer, edited, response)


@router.patch("/items/{item}", summary="Change a feature")
async def edit(
    layer: str, item: str, request: Request, state: State, reader: Reading, if_match: IfMatch = None
) -> dict[str, Any]:
    """The body holds what changes; what is null loses its value."""
    editor = editor_of(request, state, reader, layer)
    edited = await change(state.database, editor, _id(item), await _record(request), _revision(if_match))
    return await _answer(state, layer, edited)


@router.delete("/items/{item}", summary="Withdraw a feature")
async def withdraw(
    layer: str, item: str, request: Request, state: State, reader: Reading, if_match: IfMatch = None
) -> dict[str, Any]:
    """It leaves the map; its history stays."""
    editor = editor_of(request, state, reader, layer)
    return await _answer(state, layer, await remove(state.database, editor, _id(item), _revision(if_match)))


@router.delete("/edits/{source}/{name}", summary="Undo an edit")
async def undo(layer: str, source: str, name: str, request: Request, state: State, reader: Reading) -> dict[str, Any]:
    """The feature goes back to what it was before the edit, unless it was changed again since."""
    editor = editor_of(request, state, reader, layer)
    if not name.startswith(EDIT_PREFIX):
        raise BadParameter("Only edits are undone here.", code="import_name_invalid")
    undone = await undo_import(state.database, source, editor.spec, name)
    return {"import": name, "restored": undone.restored, "removed": undone.removed, "brought_back": undone.brought_back}


async def _answer(state: AppState, layer: str, edited: Edited, response: Response | None = None) -> dict[str, Any]:
    feature_id = await id_of(state.database, state.registry[layer], edited.source, edited.external_id)
    if response is not None and feature_id is not None:
        response.headers["Location"] = f"/collections/{layer}/items/{feature_id}"
    return {
        "id": feature_id,
        "source": edited.source,
        "external_id": edited.external_id,
        "import": edited.import_name,
        "undo": f"/collections/{layer}/edits/{edited.source}/{edited.import_name}",
    }


async def _record(request: Request) -> dict[str, Any]:
    body = await read_json(request, _MAX_BYTES)
    if not isinstance(body, dict):
        raise BadBody("Send one record as a JSON object.")
    return body


def _revision(if_match: str | None) -> int:
    found = re.fullmatch(r'"?(\d{1,18})"?', if_match or "", re.ASCII)
    if found is None:
        raise BadParameter('Send the revision that you saw as If-Match, such as "7".', code="if_match_missing")
    return int(found[1])


def _id(item: str) -> int:
    if not (item.isascii() and item.isdigit() and len(item) <= 18):
        raise NotFound("The layer has no feature of this id.", code="feature_not_found")
    return int(item)
