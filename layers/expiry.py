# SPDX-License-Identifier: Apache-2.0
"""Features that are over: once its end time has passed, a warning in force is one no longer, though nobody says so.

It is no new word of its source: revision and content stay the source's (see the trigger feature_before_write), so that
its next message is judged as ever. History and change are written.
"""

from datetime import datetime

from sqlalchemy import DateTime, Text, bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from geo.db.pool import Connection
from geo.db.statement import Statement
from layers.registry import LayerRegistry
from layers.spec import LayerSpec
from layers.tables import feature
from layers.where_sql import is_layer

_BEGIN = Statement(select(func.set_config("toancanh.placing", "on", literal_column("true"))))


def _end(spec: LayerSpec) -> Statement:
    # Never waits for a writer: of two who wait for each other PostgreSQL ends one, and that was the writer.
    due = (
        select(feature.c.id)
        .where(
            is_layer(feature.c.layer, spec),
            feature.c.valid_to < bindparam("now", type_=DateTime(timezone=True)),
            feature.c.status == func.any(bindparam("open", type_=ARRAY(Text))),
        )
        .with_for_update(skip_locked=True)
    )
    return Statement(
        update(feature)
        .values(status=bindparam("over", type_=Text))
        .where(is_layer(feature.c.layer, spec), feature.c.id.in_(due))
    )


async def end_what_is_over(connection: Connection, registry: LayerRegistry, now: datetime) -> None:
    """Give features whose end time has passed the status of their layer for that."""
    for spec in registry.values():
        if spec.over_status is None:
            continue
        open_states = [choice.value for choice in spec.field("status").choices if not choice.faded]
        statement = _end(spec)
        async with connection.transaction():
            await connection.execute(_BEGIN.sql, *_BEGIN.args())
            await connection.execute(statement.sql, *statement.args(over=spec.over_status, now=now, open=open_states))
