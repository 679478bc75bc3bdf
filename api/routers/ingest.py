# SPDX-License-Identifier: Apache-2.0
"""The ingest door: sources push, withdraw, and undo."""

import base64
import re
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request

from api.auth import pusher_of
from api.body import read_json, refuse_deep
from api.deps import State
from api.push import account, check_budget, check_switch, push_message
from api.writers import writer_of
from geo.errors import BadBody, BadParameter, TooLarge
from layers import dead_letters_sql as sql
from layers.batch import Batch
from layers.ingest import records_of
from layers.intake import Kind, take_in, withdrawal_of
from layers.undo import undo_import
from layers.unit_ingest import ingest_units

router = APIRouter(prefix="/ingest", tags=["Ingest"])
_IMPORT = re.compile(r"[\w.:-]{1,100}", re.ASCII)

Layer = Annotated[str, Query(description="The layer, as /collections lists it")]


@dataclass(frozen=True)
class Manner:
    """How a body is to be taken: as changes or as everything, as records or as observations of them, in what import."""

    mode: Literal["upsert", "snapshot"]
    kind: Kind
    import_name: str


def _manner(
    mode: Literal["upsert", "snapshot"] = "upsert",
    kind: Annotated[Kind, Query(description="What is pushed: the layer's records, or observations of sensors")] = (
        "features"
    ),
    name: Annotated[
        str | None, Query(alias="import", description="Groups requests, so that they can be undone")
    ] = None,
) -> Manner:
    if kind == "observations" and name is not None:
        raise BadParameter("Observations are corrected, not undone: leave 'import' out.", code="import_not_available")
    return Manner(mode, kind, _import_name(name))


@router.post("/{source}", summary="Push records of a layer, or a message of a configured source")
async def push(
    request: Request,
    source: str,
    state: State,
    manner: Annotated[Manner, Depends(_manner)],
    layer: Annotated[str | None, Query(description="The layer; without one the source's connector reads it")] = None,
) -> dict[str, Any]:
    """Push a Feature, a FeatureCollection, one record or a list; answers what became of each.

    Without ``layer`` the body is a message in the protocol of the source (docs/connected-systems.md).
    """
    if layer is None:
        return await push_message(request, state, source)
    spec = state.registry.require(layer)
    await pusher_of(request, state.database, source, layer)
    check_budget(state, source)
    await check_switch(state, source)
    body = await read_json(request, state.settings.max_body_bytes)
    if spec.store == "unit":
        refuse_deep(body)
        return await ingest_units(state.database, state.registry, source, body)
    records = records_of(body)
    if len(records) > state.settings.max_batch:
        raise TooLarge(f"A request may hold {state.settings.max_batch} records.", max_batch=state.settings.max_batch)
    batch = Batch(spec, source, manner.import_name, records, manner.mode == "snapshot")
    receipt = await take_in(state.database, batch, state.clock(), manner.kind)
    await account(state, source, receipt)
    return receipt.as_json()


@router.delete("/{source}/imports/{name}", summary="Undo a whole import")
async def undo(request: Request, source: str, name: str, layer: Layer, state: State) -> dict[str, Any]:
    """Everything that the import changed goes back to what was believed before it."""
    spec = state.registry.require(layer)
    await writer_of(request, state, source, spec)
    undone = await undo_import(state.database, source, spec, _import_name(name))
    return {"import": name, "layer": layer, "restored": undone.restored, "removed": undone.removed,
            "brought_back": undone.brought_back}  # fmt: skip


@router.get("/{source}/dead-letters", summary="Rejected records of a source, newest first")
async def dead_letters(
    request: Request,
    source: str,
    state: State,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    before: Annotated[int | None, Query(ge=1, le=2**62, description="Continue below this id")] = None,
) -> dict[str, Any]:
    """What was refused, why, and how often."""
    await pusher_of(request, state.database, source, "*")
    rows = await state.database.fetch(sql.SELECT_DEAD_LETTERS, source=source, before=before or 2**62, page=limit)
    return {"source": source, "dead_letters": [_letter(row) for row in rows]}


@router.delete("/{source}/{external_id:path}", summary="Withdraw one record")
async def withdraw(request: Request, source: str, external_id: str, layer: Layer, state: State) -> dict[str, Any]:
    """The record leaves the map; its history stays. An older revision does not bring it back."""
    spec = state.registry.require(layer)
    await pusher_of(request, state.database, source, layer)
    if spec.store == "unit":
        raise BadParameter(
            "Units are published as whole sets; one alone is not withdrawn.", code="layer_not_withdrawable"
        )
    batch = Batch(spec, source, _import_name(None), [withdrawal_of(spec, external_id)])
    return (await take_in(state.database, batch, state.clock())).as_json()


def _import_name(name: str | None) -> str:
    if name is None:
        return uuid.uuid4().hex
    if not _IMPORT.fullmatch(name):
        raise BadParameter("An import's name is 1 to 100 letters, digits and . : _ -", code="import_name_invalid")
    return name


def _letter(row: Any) -> dict[str, Any]:
    letter = {key: row[key] for key in ("id", "layer", "code", "detail", "times")}
    letter["first_seen"], letter["last_seen"] = row["first_seen"].isoformat(), row["last_seen"].isoformat()
    try:
        record = orjson.loads(row["record"])
        refuse_deep(record)  # nor could such a record be encoded again
        letter["record"] = record
    except (orjson.JSONDecodeError, BadBody):
        letter["record_base64"] = base64.b64encode(row["record"]).decode()
    return letter
