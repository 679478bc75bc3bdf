# SPDX-License-Identifier: Apache-2.0
"""People's edits of single features: through the ingest use case, so that rules, history and undo are the same.

An edit is an import of its own, named ``edit-…``; undoing it is undoing that import.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, bindparam, func, select

from boundaries.lookup import units_at
from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import BadBody, NotAllowed, NotFound, Outdated
from layers.batch import Batch, Receipt
from layers.ingest import ingest
from layers.records import normalise
from layers.spec import LayerSpec
from layers.tables import feature
from layers.where_sql import in_area, is_layer

MANUAL = "manual"
EDIT_PREFIX = "edit-"
_PLACE = ("lon", "lat", "geometry")
_PATCHABLE = frozenset({*_PLACE, "time", "end_time", "location_radius_m"})
_RACED = frozenset({"revision_conflict", "write_conflict"})


@dataclass(frozen=True)
class Editor:
    """Who edits what: the whole layer, the fields that this person may see, and the area."""

    spec: LayerSpec
    fields: frozenset[str]
    area: tuple[int, ...] | None
    now: datetime


@dataclass(frozen=True)
class Edited:
    """What was done: the record's identity, and the import by which it can be undone."""

    source: str
    external_id: str
    import_name: str


async def create(database: Database, editor: Editor, record: Mapping[str, Any]) -> Edited:
    """Add a feature of the source "manual".

    Raises:
        BadBody: the record is refused, with the ingest door's code.
        NotAllowed: the place is outside the editor's area.
    """
    _check_names(editor, record, extra=frozenset({"id"}))
    external_id = str(record.get("id") or uuid.uuid4().hex)
    return await _write(database, editor, MANUAL, {**record, "id": external_id})


async def change(database: Database, editor: Editor, item: int, patch: Mapping[str, Any], revision: int) -> Edited:
    """Change fields or the place of a feature that still has the revision.

    Raises:
        NotFound: there is no such feature for this editor.
        Outdated: somebody changed it meanwhile.
        BadBody, NotAllowed: as in ``create``.
    """
    _check_names(editor, patch)
    row = await _current(database, editor, item, revision)
    record: dict[str, Any] = {**row["properties"], **{name: row[name] for name in ("kind", "severity", "status")}}
    record = {name: value for name, value in record.items() if name in {field.name for field in editor.spec.fields}}
    record |= {
        "id": row["external_id"],
        "time": row["valid_from"] and row["valid_from"].isoformat(),
        "end_time": row["valid_to"] and row["valid_to"].isoformat(),
        "location_radius_m": row["location_radius_m"],
        "geometry": None if row["geometry"] is None else orjson.loads(row["geometry"]),
    }
    if any(name in patch for name in _PLACE):
        record["geometry"] = None
    # Explicit: whoever writes between our look and our write has this revision first, and we are refused.
    return await _write(database, editor, row["source"], {**record, **patch, "revision": revision + 1})


async def remove(database: Database, editor: Editor, item: int, revision: int) -> Edited:
    """Withdraw a feature that still has the revision; its history stays.

    Raises:
        NotFound, Outdated: as in ``change``.
    """
    row = await _current(database, editor, item, revision)
    record = {"id": row["external_id"], "withdrawn": True, "revision": revision}
    return await _write(database, editor, row["source"], record, leaves=True)


async def _current(database: Database, editor: Editor, item: int, revision: int) -> Any:
    statement = Statement(
        select(
            *(feature.c[name] for name in ("source", "external_id", "revision", "properties", "kind", "severity")),
            *(feature.c[name] for name in ("status", "valid_from", "valid_to", "location_radius_m")),
            func.ST_AsGeoJSON(feature.c.geom, 15).label("geometry"),
        ).where(
            is_layer(feature.c.layer, editor.spec),
            feature.c.id == bindparam("item", type_=BigInteger),
            *in_area(editor.spec, editor.area),
        )
    )
    row = await database.fetchrow(statement, item=item)
    if row is None:
        raise NotFound("The layer has no feature of this id.", code="feature_not_found", layer=editor.spec.id)
    if row["revision"] != revision:
        raise Outdated("Somebody changed this feature: look at it again.", revision=row["revision"])
    return row


async def _write(
    database: Database, editor: Editor, source: str, record: dict[str, Any], *, leaves: bool = False
) -> Edited:
    if editor.area is not None and not leaves:
        await _check_area(database, editor, record)
    name = EDIT_PREFIX + uuid.uuid4().hex
    receipt = await ingest(database, Batch(editor.spec, source, name, [record]), editor.now)
    _check_receipt(receipt)
    return Edited(source, record["id"], name)


def _check_receipt(receipt: Receipt) -> None:
    if receipt.rejected:
        refusal = receipt.rejected[0]
        if refusal["code"] in _RACED:
            raise Outdated("Somebody changed this feature: look at it again.")
        raise BadBody(refusal["detail"], code=refusal["code"])
    if receipt.stale:
        raise Outdated("Somebody changed this feature: look at it again.")


async def _check_area(database: Database, editor: Editor, record: Mapping[str, Any]) -> None:
    shape = normalise(editor.spec, record, editor.now).geometry
    if shape is not None:
        point = shape.representative_point()
        if any(unit["id"] in (editor.area or ()) for unit in await units_at(database, point.x, point.y)):
            return
    raise NotAllowed("The place is outside your area.", code="outside_area")


def _check_names(editor: Editor, record: Mapping[str, Any], extra: frozenset[str] = frozenset()) -> None:
    allowed = editor.fields | _PATCHABLE | extra
    unknown = sorted(str(name)[:60] for name in record if name not in allowed)
    if unknown:
        raise BadBody(f"'{unknown[0]}' is no field of the layer.", code="field_unknown", fields=sorted(editor.fields))
