# SPDX-License-Identifier: Apache-2.0
"""Statements about how sources do. Pure builders, compiled once."""

from sqlalchemy import Boolean, DateTime, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from geo.db.statement import Statement
from layers.sources.tables import source_minute, source_state
from layers.tables import dead_letter

_MOMENT = DateTime(timezone=True)
_minute = source_minute.c

SELECT_STATES = Statement(select(source_state))
SELECT_SWITCH = Statement(
    select(source_state.c.enabled).where(source_state.c.source == bindparam("source", type_=Text))
)

SELECT_DAY = Statement(
    select(
        _minute.source,
        *(func.sum(_minute[name]).label(name) for name in ("messages", "accepted", "rejected")),
        func.coalesce(func.sum(_minute.messages).filter(_minute.minute >= bindparam("recent", type_=_MOMENT)), 0).label(
            "recent"
        ),
    )
    .where(_minute.minute >= bindparam("since", type_=_MOMENT))
    .group_by(_minute.source)
)

COUNT_LETTERS = Statement(
    select(dead_letter.c.source, func.count().label("n"))
    .where(dead_letter.c.closed_at.is_(None))
    .group_by(dead_letter.c.source)
)

SELECT_MINUTES = Statement(
    select(_minute.minute, _minute.messages, _minute.accepted, _minute.rejected)
    .where(_minute.source == bindparam("source", type_=Text), _minute.minute >= bindparam("since", type_=_MOMENT))
    .order_by(_minute.minute)
)

SWITCH = Statement(
    insert(source_state)
    .values(source=bindparam("source", type_=Text), enabled=bindparam("enabled", type_=Boolean))
    .on_conflict_do_update(
        index_elements=["source"],
        # Switched on again it is visited at once, whatever failed before.
        set_={"enabled": bindparam("enabled", type_=Boolean), "failures": 0, "open_until": None},
    )
)
