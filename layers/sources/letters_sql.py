# SPDX-License-Identifier: Apache-2.0
"""Statements about dead letters and kept messages. Pure builders, compiled once."""

from sqlalchemy import BigInteger, Integer, Text, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from geo.db.statement import Statement
from layers.sources.tables import raw_message
from layers.tables import dead_letter

_SOURCE = bindparam("source", type_=Text)
_COLUMNS = (
    "id",
    "layer",
    "kind",
    "position",
    "code",
    "detail",
    "record",
    "message",
    "first_seen",
    "last_seen",
    "times",
)
_IS_OPEN = dead_letter.c.closed_at.is_(None)
_CODE = or_(bindparam("code", type_=Text).is_(None), dead_letter.c.code == bindparam("code", type_=Text))

SELECT_PAGE = Statement(
    select(*(dead_letter.c[name] for name in _COLUMNS))
    .where(dead_letter.c.source == _SOURCE, _IS_OPEN, _CODE, dead_letter.c.id < bindparam("before", type_=BigInteger))
    .order_by(dead_letter.c.id.desc())
    .limit(bindparam("page", type_=Integer))
)

SELECT_OLDEST = Statement(
    select(*(dead_letter.c[name] for name in _COLUMNS))
    .where(dead_letter.c.source == _SOURCE, _IS_OPEN, _CODE, dead_letter.c.id > bindparam("after", type_=BigInteger))
    .order_by(dead_letter.c.id)
    .limit(bindparam("page", type_=Integer))
)

SELECT_ONE = Statement(
    select(*(dead_letter.c[name] for name in (*_COLUMNS, "closed_at", "closed_by"))).where(
        dead_letter.c.source == _SOURCE, dead_letter.c.id == bindparam("letter", type_=BigInteger)
    )
)

COUNT_BY_CODE = Statement(
    select(dead_letter.c.code, func.count().label("n"))
    .where(dead_letter.c.source == _SOURCE, _IS_OPEN)
    .group_by(dead_letter.c.code)
    .order_by(func.count().desc(), dead_letter.c.code)
)

CLOSE = Statement(
    update(dead_letter)
    .values(
        closed_at=func.clock_timestamp(),
        closed_by=bindparam("how", type_=Text),
        closed_why=bindparam("why", type_=Text),
        closed_who=bindparam("who", type_=Text),
    )
    .where(dead_letter.c.source == _SOURCE, dead_letter.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
    .where(_IS_OPEN)
    .returning(dead_letter.c.id)
)

SELECT_OPEN_OF = Statement(
    select(dead_letter.c.id).where(
        dead_letter.c.source == _SOURCE,
        dead_letter.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))),
        _IS_OPEN,
    )
)

# The refusals of a message, as they stand after it was read again: the newest of each message.
SELECT_WHY = Statement(
    select(dead_letter.c.message, dead_letter.c.code, dead_letter.c.detail)
    .ext(distinct_on(dead_letter.c.message))
    .where(dead_letter.c.source == _SOURCE, dead_letter.c.message == bindparam("message", type_=BigInteger), _IS_OPEN)
    .order_by(dead_letter.c.message, dead_letter.c.id.desc())
)

SELECT_MESSAGES = Statement(
    select(*(raw_message.c[name] for name in ("id", "received_at", "name", "content_type", "headers", "body")))
    .where(raw_message.c.source == _SOURCE, raw_message.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
    .order_by(raw_message.c.id)
)
