# SPDX-License-Identifier: Apache-2.0
"""Records without a place, and the people who give them one. What a person says holds until the source says a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from geo.db.pool import Connection, Database
from geo.db.statement import Statement
from geo.errors import BadBody, Conflict, NotFound
from geo.hexgrid import cell_of
from layers.errors import Rejected
from layers.geometry import point_of
from layers.locate import queue_sql as sql
from layers.placements import PIN, PINNED_UNIT
from layers.registry import LayerRegistry
from layers.spec import LayerSpec

_LAST = (datetime(9999, 1, 1, tzinfo=UTC), 2**62)


class PlacedAlready(Conflict):
    """The record has a place, which its source gave."""

    default_code = "placed_already"


@dataclass(frozen=True)
class Where:
    """What a person said: a point with a radius in metres, or a unit of a set."""

    lon: float | None = None
    lat: float | None = None
    radius_m: float | None = None
    unit_set: str | None = None
    unit_code: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A page of the queue; ``after`` goes on below it."""

    items: list[Any]
    counts: dict[str, int]
    after: str | None


async def waiting(
    database: Database, registry: LayerRegistry, layer: str | None, after: str | None, limit: int
) -> Waiting:
    """Records without a place, newest first.

    Raises:
        BadBody: ``after`` is none of ours.
    """
    layers = [spec for spec in registry.values() if spec.store == "feature" and layer in (None, spec.id)]
    before, before_id = _LAST if after is None else _position(after)
    counts = {row["layer"]: row["n"] for row in await database.fetch(sql.COUNT_BY_LAYER) if row["layer"] in registry}
    if not layers:
        return Waiting([], counts, None)
    rows = await database.fetch(sql.select_page(layers), before=before, before_id=before_id, page=limit)
    last = f"{rows[-1]['recorded_at'].isoformat()}/{rows[-1]['id']}" if len(rows) == limit else None
    return Waiting(list(rows), counts, last)


async def put(database: Database, spec: LayerSpec, item: int, where: Where, who: str) -> None:
    """Give a record a place, or another one than a person gave it before.

    Raises:
        NotFound: the layer has no such record.
        PlacedAlready: its source knows where it is.
        BadBody: the place can be none.
    """
    _check(spec, where)
    async with database.transaction() as connection:
        row = await _one(connection, spec, item)
        if not row["is_nowhere"] and row["location_method"] not in (PIN, PINNED_UNIT):
            raise PlacedAlready("The source of this record says where it is. Edit the record to move it.")
        unit = await _unit(connection, where)
        key = {"layer": spec.id, "source": row["source"], "external_id": row["external_id"]}
        said = {"lon": where.lon, "lat": where.lat, "radius_m": where.radius_m}
        named = {"unit_set": where.unit_set, "unit_code": where.unit_code}
        await _run(connection, sql.KEEP, **key, **said, **named, placed_by=who)
        cell = None if where.lon is None or where.lat is None else cell_of(where.lon, where.lat)
        method = PINNED_UNIT if unit is not None else PIN
        await _move(connection, spec, item=item, **said, unit=unit, method=method, confidence=1.0, h3=cell)


async def take_back(database: Database, spec: LayerSpec, item: int) -> None:
    """Take away the place that a person gave a record: it waits again.

    Raises:
        NotFound: the layer has no such record, or no person placed it.
    """
    async with database.transaction() as connection:
        row = await _one(connection, spec, item)
        if not row["is_placed"] or row["location_method"] not in (PIN, PINNED_UNIT):
            raise NotFound("Nobody placed this record by hand.", code="placement_not_found")
        await _run(connection, sql.FORGET, layer=spec.id, source=row["source"], external_id=row["external_id"])
        nothing = dict.fromkeys(("lon", "lat", "radius_m", "unit", "confidence", "h3"))
        await _move(connection, spec, item=item, method="unlocated", **nothing)


def _check(spec: LayerSpec, where: Where) -> None:
    by_unit = where.unit_set is not None and where.unit_code is not None
    by_point = where.lon is not None and where.lat is not None
    if by_unit == by_point:
        raise BadBody("Send 'lon' and 'lat', or 'unit_set' and 'unit_code'.", code="place_missing")
    if by_point and spec.geometry == "None":
        raise BadBody("Records of this layer have no point: choose a unit.", code="geometry_not_taken")
    if by_point:
        try:
            point_of(where.lon, where.lat)
        except Rejected as rejection:
            raise BadBody(rejection.detail, code=rejection.code) from rejection
    if where.radius_m is not None and not 0 <= where.radius_m <= 100_000:
        raise BadBody("'radius_m' is metres from 0 to 100000.", code="value_out_of_range")


async def _one(connection: Connection, spec: LayerSpec, item: int) -> Any:
    statement = sql.select_one(spec)
    row = await connection.fetchrow(statement.sql, *statement.args(item=item))
    if row is None:
        raise NotFound("The layer has no feature of this id.", code="feature_not_found", layer=spec.id)
    return row


async def _unit(connection: Connection, where: Where) -> int | None:
    if where.unit_code is None:
        return None
    values = sql.SELECT_UNIT.args(unit_set=where.unit_set, unit_code=where.unit_code)
    found = await connection.fetchval(sql.SELECT_UNIT.sql, *values)
    if found is None:
        raise BadBody("There is no such unit in that set. /boundaries/sets lists the sets.", code="unit_unknown")
    return int(found)


async def _move(connection: Connection, spec: LayerSpec, **values: Any) -> None:
    await _run(connection, sql.BEGIN)
    await _run(connection, sql.move(spec), **values)
    await _run(connection, sql.END)


async def _run(connection: Connection, statement: Statement, **values: Any) -> None:
    await connection.execute(statement.sql, *statement.args(**values))


def _position(after: str) -> tuple[datetime, int]:
    moment, _, item = after.rpartition("/")
    try:
        found = datetime.fromisoformat(moment), int(item)
    except ValueError:
        raise BadBody("'after' is none that this server gave out.", code="cursor_invalid") from None
    if found[0].tzinfo is None or not 0 <= found[1] < 2**62:
        raise BadBody("'after' is none that this server gave out.", code="cursor_invalid")
    return found


def titles(registry: LayerRegistry, rows: Sequence[Any]) -> list[str]:
    """What each record is called: the layer's title field, else its id in the source."""
    names = []
    for row in rows:
        field = registry[row["layer"]].title_field
        names.append(str((field and row["properties"].get(field)) or row["external_id"]))
    return names
