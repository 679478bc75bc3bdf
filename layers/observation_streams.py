# SPDX-License-Identifier: Apache-2.0
"""Observations that name their stream by its number, as SensorThings does, instead of by sensor and property."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.pool import Connection
from geo.db.statement import Statement
from layers.batch import Batch
from layers.errors import Rejected
from layers.metric_tables import datastream

_d = datastream.c
_MOST = 2**63
_BY_NUMBER = Statement(
    select(_d.id, _d.sensor, _d.property).where(
        _d.id == func.any(bindparam("numbers", type_=ARRAY(BigInteger))),
        _d.layer == bindparam("layer", type_=Text),
        _d.source == bindparam("source", type_=Text),
    )
)


async def with_sensors(connection: Connection, batch: Batch) -> Sequence[Any]:
    """The records with sensor and property in place of ``datastream``; refusals where the source has no such stream."""
    numbers = {number for record in batch.records if (number := _number_of(record)) is not None}
    if not numbers:
        return batch.records
    values = _BY_NUMBER.args(numbers=sorted(numbers), layer=batch.spec.id, source=batch.source)
    known = {row["id"]: row for row in await connection.fetch(_BY_NUMBER.sql, *values)}
    return [_named(record, known) for record in batch.records]


def _number_of(record: Any) -> int | None:
    number = record.get("datastream") if isinstance(record, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 < number < _MOST else None


def _named(record: Any, known: dict[int, Any]) -> Any:
    number = _number_of(record)
    if number is None:
        return record
    if number not in known:
        return Rejected("datastream_unknown", "this source has no datastream of that number")
    others = {name: value for name, value in record.items() if name != "datastream"}
    return {**others, "sensor": known[number]["sensor"], "property": known[number]["property"]}
