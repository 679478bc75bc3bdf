# SPDX-License-Identifier: Apache-2.0
"""What a source has itself: its Things, its Datastreams and its Observations, to change them and to add to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Select, Text, and_, bindparam, func, select

from boundaries.tables import unit
from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import NotFound
from layers.measures import ObservedProperty
from layers.metric_tables import datastream, observation
from layers.observation_sql import KEEP_STREAMS
from layers.spec import LayerSpec
from layers.sta.address import Key, observation_key
from layers.sta.columns import thing_name, thing_properties
from layers.sta.model import ENTITY_TYPES
from layers.sta.select import nowhere
from layers.tables import feature
from layers.where_sql import is_layer, json_value

_f, _d, _o = feature.c, datastream.c, observation.c
_BIGGEST = 2**63
_SOURCE = bindparam("source", type_=Text)
# What properties hold beside the layer's fields.
_ABOUT = ("layer", "source", "external_id")


def _select_thing(spec: LayerSpec) -> Select[Any]:
    described = json_value("description") if "description" in spec.field_names else func.to_jsonb(None)
    return select(
        _f.external_id,
        thing_name(spec).label("name"),
        described.label("description"),
        thing_properties(spec).label("properties"),
        func.ST_AsGeoJSON(_f.geom, 9).label("location"),
        select(unit.c.full_name).where(unit.c.id == _f.location_unit).scalar_subquery().label("unit_name"),
    ).where(is_layer(_f.layer, spec), _f.source == _SOURCE, _f.id == bindparam("id", type_=BigInteger))


_STREAMS = Statement(
    select(_d.id, _d.property).where(
        _d.layer == bindparam("layer", type_=Text), _d.source == _SOURCE, _d.sensor == bindparam("sensor", type_=Text)
    )
)
_OBSERVATION = Statement(
    select(_o.value, _o.quality)
    .join_from(observation, datastream, _d.id == _o.datastream)
    .where(
        and_(_d.layer == bindparam("layer", type_=Text), _d.source == _SOURCE),
        _o.datastream == bindparam("stream", type_=BigInteger),
        _o.phenomenon_time == bindparam("moment", type_=DateTime(timezone=True)),
        _o.value.is_not(None),
    )
)


async def thing_of(database: Database, spec: LayerSpec, source: str, key: Any) -> dict[str, Any]:
    """A Thing of the source as its station would send it: name, description, properties and Locations.

    Raises:
        NotFound: the source has no such Thing.
    """
    row = None
    if isinstance(key, int) and not isinstance(key, bool) and 0 < key < _BIGGEST:
        row = await database.fetchrow(Statement(_select_thing(spec)), source=source, id=key)
    if row is None:
        raise NotFound("This source has no Thing of that id.", code="entity_not_found", entity="Thing")
    observed = {one.name for one in spec.observed}
    properties = {name: value for name, value in row["properties"].items() if name not in (*_ABOUT, *observed)}
    thing: dict[str, Any] = {"name": row["name"], "properties": {**properties, "external_id": row["external_id"]}}
    if row["description"] is not None:
        thing["description"] = row["description"]
    if row["location"] is not None:
        thing["Locations"] = [{"location": orjson.loads(row["location"])}]
    elif row["unit_name"] is not None:
        thing["Locations"] = [{"name": row["unit_name"]}]
    return thing


async def streams_of(database: Database, spec: LayerSpec, source: str, sensor: str) -> dict[str, int]:
    """The numbers of a sensor's datastreams by what they observe."""
    rows = await database.fetch(_STREAMS, layer=spec.id, source=source, sensor=sensor)
    return {row["property"]: row["id"] for row in rows}


async def declare_streams(
    database: Database, spec: LayerSpec, source: str, sensor: str, properties: Sequence[ObservedProperty]
) -> None:
    """A sensor of the source observes these; what it observes already stays as it is."""
    if not properties:
        return
    values = KEEP_STREAMS.args(
        layer=spec.id,
        source=source,
        sensor=[sensor] * len(properties),
        property=[observed.name for observed in properties],
        unit=[observed.unit for observed in properties],
    )
    async with database.transaction() as connection:
        await connection.execute(KEEP_STREAMS.sql, *values)


async def observation_of(
    database: Database, spec: LayerSpec, source: str, key: Key
) -> tuple[int, datetime, float, str]:
    """An observation of the source: its datastream, time, result and quality.

    Raises:
        NotFound: the source has no such observation.
    """
    found = observation_key(key)
    row = None
    if found is not None:
        row = await database.fetchrow(_OBSERVATION, layer=spec.id, source=source, stream=found[0], moment=found[1])
    if found is None or row is None:
        raise nowhere(ENTITY_TYPES["Observations"])
    return (*found, row["value"], row["quality"])
