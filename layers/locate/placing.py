# SPDX-License-Identifier: Apache-2.0
"""Records of a batch climb the ladder together: the places of all devices that they name are asked for at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
from sqlalchemy import Float, Text, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.pool import Connection
from geo.db.statement import Statement
from layers.connectors.base import Found
from layers.locate.gazetteer import Names
from layers.locate.ladder import Claimed, Ground, claim, name_unit
from layers.locate.unions import union_of
from layers.registry import LayerRegistry
from layers.sources import sql
from layers.tables import feature

# The law's days are those of Hanoi; Vietnam has had no other offset since 1975.
_VIETNAM = timezone(timedelta(hours=7))
_GIVEN = (
    func.unnest(bindparam("layers", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Text)))
    .table_valued(column("layer", Text), column("external_id", Text))
    .render_derived(name="given")
)
_DEVICES = Statement(
    select(
        feature.c.layer,
        feature.c.external_id,
        func.ST_X(func.ST_PointOnSurface(feature.c.geom), type_=Float).label("lon"),
        func.ST_Y(func.ST_PointOnSurface(feature.c.geom), type_=Float).label("lat"),
    )
    .join_from(_GIVEN, feature, (feature.c.layer == _GIVEN.c.layer) & (feature.c.external_id == _GIVEN.c.external_id))
    .where(feature.c.geom.is_not(None))
    .order_by(feature.c.id.desc())
)


async def place(
    connection: Connection, names: Names, registry: LayerRegistry, found: Sequence[Found], about: tuple[str, datetime]
) -> list[Mapping[str, Any]]:
    """The records with their places; of those without one the reason is kept for who works on the queue.

    Args:
        about: the source, and the moment that is now.
    """
    source, now = about
    devices = await _devices(connection, found)
    placed: list[Mapping[str, Any]] = []
    nowhere: list[tuple[str, str, Claimed]] = []
    for one in found:
        spec = registry[one.layer]
        if spec.store == "indicator":
            placed.append(name_unit(one.record, one.hints, names, now.astimezone(_VIETNAM).date()))
            continue
        if one.kind != "features" or spec.store != "feature":
            placed.append(one.record)
            continue
        day = _moment(one.record.get("time"), now).astimezone(_VIETNAM).date()
        if one.hints.units and spec.geometry in ("Geometry", "Polygon") and one.record.get("geometry") is None:
            shape = await union_of(connection, one.hints.units)
            if shape is not None:
                placed.append({**one.record, "geometry": shape, "location_method": "unit"})
                continue
        claimed = claim(one.record, one.hints, Ground(names, devices, day, spec.geometry != "None"))
        placed.append(claimed.record)
        if claimed.nowhere is not None:
            nowhere.append((one.layer, source if one.origin is None else one.origin.source, claimed))
    for sender in sorted({sender for _, sender, _ in nowhere}):
        await _keep_hints(connection, sender, [(layer, claimed) for layer, of, claimed in nowhere if of == sender])
    return placed


async def _devices(connection: Connection, found: Sequence[Found]) -> dict[tuple[str, str], tuple[float, float]]:
    wanted = sorted({one.hints.asset for one in found if one.hints.asset is not None})
    if not wanted:
        return {}
    values = _DEVICES.args(layers=[layer for layer, _ in wanted], ids=[name for _, name in wanted])
    rows = await connection.fetch(_DEVICES.sql, *values)
    # The oldest register's word, where two sources know a device of that id.
    return {(row["layer"], row["external_id"]): (row["lon"], row["lat"]) for row in rows}


async def _keep_hints(connection: Connection, source: str, nowhere: Sequence[tuple[str, Claimed]]) -> None:
    rows: dict[tuple[str, str], Any] = {}
    for layer, claimed in nowhere:
        name = claimed.record.get("id")
        if isinstance(name, str | int) and claimed.nowhere is not None:
            rows[layer, str(name)[:200]] = claimed.nowhere
    if not rows:
        return
    values = sql.KEEP_HINTS.args(
        source=source,
        layer=[layer for layer, _ in rows],
        external_id=[name.replace("\0", "") for _, name in rows],
        said=[None if one.said is None else one.said.replace("\0", "") for one in rows.values()],
        reason=[one.reason for one in rows.values()],
        candidates=[
            orjson.dumps(
                [{"unit_set": u.unit_set, "code": u.code, "name": u.name, "lon": u.lon, "lat": u.lat}
                 for u in one.candidates]
            ).decode()
            for one in rows.values()
        ],
    )  # fmt: skip
    await connection.execute(sql.KEEP_HINTS.sql, *values)


def _moment(value: Any, otherwise: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else otherwise
    except ValueError:
        return otherwise
    return moment if moment.tzinfo is not None else otherwise
