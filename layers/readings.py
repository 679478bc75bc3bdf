# SPDX-License-Identifier: Apache-2.0
"""Sensors show their newest good reading in the field of the same name (see migrations/l003_metrics.sql)."""

from collections.abc import Sequence

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.pool import Connection
from geo.db.statement import Statement
from layers.batch import Batch
from layers.metric_tables import datastream
from layers.spec import LayerSpec

_SENSORS = (
    bindparam("layer", type_=Text),
    bindparam("source", type_=Text),
    bindparam("sensors", type_=ARRAY(Text)),
)
_PUSHED = Statement(select(func.sensors_pushed(*_SENSORS)))
_SENSORS_OF_SOURCE = Statement(
    select(datastream.c.sensor)
    .distinct()
    .where(datastream.c.layer == bindparam("layer", type_=Text), datastream.c.source == bindparam("source", type_=Text))
)
_SHOW = Statement(select(func.show_readings(*_SENSORS, bindparam("fields", type_=ARRAY(Text)))))


def shown_fields(spec: LayerSpec) -> list[str]:
    """Observed properties that a field of the layer shows."""
    names = {field.name for field in spec.fields if not field.is_column}
    return [observed.name for observed in spec.observed if observed.name in names]


async def show_readings(connection: Connection, spec: LayerSpec, source: str, sensors: Sequence[str]) -> int:
    """Bring sensors' features to their newest readings; answers how many changed."""
    values = _SHOW.args(layer=spec.id, source=source, sensors=sorted(set(sensors)), fields=shown_fields(spec))
    return int(await connection.fetchval(_SHOW.sql, *values))


async def show_readings_of_pushed(connection: Connection, batch: Batch, sensors: Sequence[str]) -> None:
    """Sensors were pushed: what they said stands, and newer or other readings are shown again."""
    values = _PUSHED.args(layer=batch.spec.id, source=batch.source, sensors=list(sensors))
    await connection.execute(_PUSHED.sql, *values)
    await show_readings(connection, batch.spec, batch.source, sensors)


async def show_readings_of_source(connection: Connection, spec: LayerSpec, source: str) -> None:
    """Every sensor of a source shows its newest reading again, whatever it went back to."""
    rows = await connection.fetch(_SENSORS_OF_SOURCE.sql, *_SENSORS_OF_SOURCE.args(layer=spec.id, source=source))
    if rows:
        await show_readings(connection, spec, source, [row["sensor"] for row in rows])
