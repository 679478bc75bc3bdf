# SPDX-License-Identifier: Apache-2.0
"""Statements that write and read observations. Pure builders, compiled once."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    DateTime,
    Float,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from geo.db.statement import Statement
from geo.interval import Interval
from layers.metric_tables import datastream, observation, observation_hour
from layers.tables import feature

_MOMENT = DateTime(timezone=True)
_d, _o, _h = datastream.c, observation.c, observation_hour.c
_LAYER, _SOURCE = bindparam("layer", type_=Text), bindparam("source", type_=Text)


def _rows(**kinds: Any) -> Any:
    arrays = (bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items())
    return func.unnest(*arrays).table_valued(*(column(name, kind) for name, kind in kinds.items())).render_derived()


SELECT_STREAMS = Statement(
    select(_d.id, _d.sensor, _d.property).where(
        _d.layer == _LAYER, _d.source == _SOURCE, _d.sensor == func.any(bindparam("sensors", type_=ARRAY(Text)))
    )
)


def _keep_streams() -> Any:
    """Streams of sensors that exist. What a sensor shows already is of the time that it was pushed with."""
    rows = _rows(sensor=Text, property=Text, unit=Text)
    shown = case((feature.c.properties.op("->>")(rows.c.property).is_not(None), feature.c.valid_from))
    found = (
        select(feature.c.layer, feature.c.source, rows.c.sensor, rows.c.property, rows.c.unit, shown)
        .select_from(rows.join(feature, feature.c.external_id == rows.c.sensor))
        .where(feature.c.layer == _LAYER, feature.c.source == _SOURCE)
    )
    names = ["layer", "source", "sensor", "property", "unit", "shown_time"]
    return insert(datastream).from_select(names, found).on_conflict_do_nothing()


KEEP_STREAMS = Statement(_keep_streams())

_KEYS = _rows(stream=BigInteger, moment=_MOMENT)
SELECT_EXISTING = Statement(
    select(_o.datastream, _o.phenomenon_time, _o.revision, _o.value, _o.quality).where(
        _o.datastream == _KEYS.c.stream, _o.phenomenon_time == _KEYS.c.moment
    )
)


def _upsert() -> Any:
    rows = _rows(stream=BigInteger, moment=_MOMENT, value=Float, quality=Text, revision=BigInteger)
    statement = insert(observation).from_select(
        ["datastream", "phenomenon_time", "value", "quality", "revision"], select(*rows.c)
    )
    return statement.on_conflict_do_update(
        index_elements=["datastream", "phenomenon_time"],
        set_={name: statement.excluded[name] for name in ("value", "quality", "revision")},
        where=_o.revision < statement.excluded.revision,
    ).returning(_o.datastream, _o.phenomenon_time)


UPSERT = Statement(_upsert())

SELECT_STREAM_OF_FEATURE = Statement(
    select(_d.id)
    .join(
        feature,
        and_(feature.c.layer == _d.layer, feature.c.source == _d.source, feature.c.external_id == _d.sensor),
    )
    .where(
        feature.c.layer == _LAYER,
        feature.c.id == bindparam("feature", type_=BigInteger),
        _d.property == bindparam("property", type_=Text),
    )
)


class Slice(NamedTuple):
    """Which part of a stream: an interval of time, after a moment, at most so many."""

    interval: Interval | None
    after: datetime | None
    limit: int


def select_readings(stream: int, part: Slice) -> Select[Any]:
    """Readings in the order of time, and one more that tells whether there is another page."""
    columns = (_o.phenomenon_time.label("time"), _o.value, _o.quality, _o.revision, _o.recorded_at)
    return _page(select(*columns).where(_o.datastream == literal(stream, BigInteger)), _o.phenomenon_time, part)


def select_hours(stream: int, part: Slice) -> Select[Any]:
    """Hours in their order, and one more that tells whether there is another page."""
    columns = (_h.hour.label("time"), _h.mean, _h.minimum, _h.maximum, _h.counted, _h.left_out)
    return _page(select(*columns).where(_h.datastream == literal(stream, BigInteger)), _h.hour, part)


def _page(statement: Select[Any], time: Any, part: Slice) -> Select[Any]:
    interval = part.interval
    if interval is not None and interval.start is not None:
        statement = statement.where(time >= literal(interval.start, _MOMENT))
    if interval is not None and interval.end is not None:
        end = literal(interval.end, _MOMENT)
        statement = statement.where(time <= end if interval.is_instant else time < end)
    if part.after is not None:
        statement = statement.where(time > literal(part.after, _MOMENT))
    return statement.order_by(time).limit(literal(part.limit + 1, Integer))
