# SPDX-License-Identifier: Apache-2.0
"""Statements of the common road. Pure builders, compiled once."""

from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    DateTime,
    Integer,
    LargeBinary,
    Text,
    bindparam,
    case,
    cast,
    column,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from geo.db.statement import Statement
from layers.sources.tables import raw_message, source_minute, source_state, unlocated_hint
from layers.tables import dead_letter

_MOMENT = DateTime(timezone=True)
_SOURCE = bindparam("source", type_=Text)
_NOW = bindparam("now", type_=_MOMENT)


def _rows(**columns: Any) -> Any:
    """Arrays of one length as rows."""
    return (
        func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in columns.items()))
        .table_valued(*(column(name, kind) for name, kind in columns.items()))
        .render_derived(name="given")
    )


def _keep_messages() -> Any:
    given = _rows(
        digest=LargeBinary, name=Text, content_type=Text, headers=Text, body=LargeBinary, trace=Text, state=Text
    )
    statement = insert(raw_message).from_select(
        ["source", "received_at", "last_at", "digest", "name", "content_type", "headers", "body", "trace", "state"],
        select(
            _SOURCE, _NOW, _NOW, given.c.digest, given.c.name, given.c.content_type, cast(given.c.headers, JSONB),
            given.c.body, given.c.trace, given.c.state,
        ),
    )  # fmt: skip
    return statement.on_conflict_do_update(
        index_elements=["source", "digest"],
        set_={
            "last_at": statement.excluded.last_at,
            "times": raw_message.c.times + 1,
            "state": statement.excluded.state,
        },
    ).returning(raw_message.c.digest, raw_message.c.id)


# Digests of one statement differ: the road folds equal messages before.
KEEP_MESSAGES = Statement(_keep_messages())

MARK_MESSAGES = Statement(
    update(raw_message)
    .values(state="partly")
    .where(raw_message.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
)

SELECT_MESSAGE = Statement(
    select(*(raw_message.c[n] for n in ("id", "source", "received_at", "last_at", "times", "name", "content_type")),
           *(raw_message.c[n] for n in ("headers", "body", "trace", "state")))
    .where(raw_message.c.id == bindparam("message", type_=BigInteger), raw_message.c.source == _SOURCE)
)  # fmt: skip


def _note() -> Any:
    """What became of a batch: newest message and event, lag, cursor; whatever failed before is over."""
    event = bindparam("event_at", type_=_MOMENT)
    cursor = bindparam("cursor", type_=JSONB(none_as_null=True))
    statement = insert(source_state).values(
        source=_SOURCE,
        cursor=func.coalesce(cursor, cast(literal("{}", Text), JSONB)),
        first_message_at=_NOW,
        last_message_at=_NOW,
        last_event_at=event,
        lag_s=bindparam("lag_s", type_=REAL),
        failures=0,
    )
    excluded = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["source"],
        set_={
            "cursor": case((cursor.is_(None), source_state.c.cursor), else_=excluded.cursor),
            "first_message_at": func.coalesce(source_state.c.first_message_at, excluded.first_message_at),
            "last_message_at": excluded.last_message_at,
            "last_event_at": func.greatest(source_state.c.last_event_at, excluded.last_event_at),
            "lag_s": func.coalesce(excluded.lag_s, source_state.c.lag_s),
            "failures": 0,
            "open_until": None,
        },
    )


NOTE = Statement(_note())


def _count() -> Any:
    statement = insert(source_minute).values(
        source=_SOURCE,
        minute=func.date_trunc("minute", _NOW),
        messages=bindparam("messages", type_=Integer),
        accepted=bindparam("accepted", type_=Integer),
        rejected=bindparam("rejected", type_=Integer),
    )
    return statement.on_conflict_do_update(
        index_elements=["source", "minute"],
        set_={name: source_minute.c[name] + statement.excluded[name] for name in ("messages", "accepted", "rejected")},
    )


COUNT = Statement(_count())

# A visit that brought nothing and did not fail.
REACHED = Statement(
    insert(source_state)
    .values(source=_SOURCE, failures=0)
    .on_conflict_do_update(index_elements=["source"], set_={"failures": 0, "open_until": None})
)

FAILED = Statement(
    insert(source_state)
    .values(
        source=_SOURCE,
        failures=1,
        open_until=bindparam("until", type_=_MOMENT),
        last_error=bindparam("error", type_=JSONB),
    )
    .on_conflict_do_update(
        index_elements=["source"],
        set_={
            "failures": source_state.c.failures + 1,
            "open_until": bindparam("until", type_=_MOMENT),
            "last_error": bindparam("error", type_=JSONB),
        },
    )
    .returning(source_state.c.failures)
)

SELECT_SWITCHES = Statement(select(source_state.c.source, source_state.c.enabled))

SELECT_STATE = Statement(select(source_state).where(source_state.c.source == _SOURCE))

# How many dead letters of the source are open, as far as it matters.
COUNT_OPEN_LETTERS = Statement(
    select(func.count()).select_from(
        select(literal_column("1"))
        .select_from(dead_letter)
        .where(dead_letter.c.source == _SOURCE, dead_letter.c.closed_at.is_(None))
        .limit(bindparam("most", type_=Integer))
        .subquery()
    )
)

CLOSE_LETTERS_OF_MESSAGES = Statement(
    update(dead_letter)
    .values(closed_at=func.clock_timestamp(), closed_by="replayed")
    .where(
        dead_letter.c.source == _SOURCE,
        dead_letter.c.message == func.any(bindparam("messages", type_=ARRAY(BigInteger))),
        dead_letter.c.closed_at.is_(None),
    )
)


def _keep_hints() -> Any:
    given = _rows(layer=Text, external_id=Text, said=Text, reason=Text, candidates=Text)
    statement = insert(unlocated_hint).from_select(
        ["source", "layer", "external_id", "said", "reason", "candidates"],
        select(_SOURCE, given.c.layer, given.c.external_id, given.c.said, given.c.reason,
               cast(given.c.candidates, JSONB)),
    )  # fmt: skip
    return statement.on_conflict_do_update(
        index_elements=["layer", "source", "external_id"],
        set_={name: statement.excluded[name] for name in ("said", "reason", "candidates")},
    )


KEEP_HINTS = Statement(_keep_hints())

FORGET_MESSAGES = Statement(
    delete(raw_message).where(
        raw_message.c.last_at < bindparam("moment", type_=_MOMENT),
        ~select(literal_column("1"))
        .where(dead_letter.c.message == raw_message.c.id, dead_letter.c.closed_at.is_(None))
        .correlate(raw_message)
        .exists(),
    )
)
FORGET_MINUTES = Statement(delete(source_minute).where(source_minute.c.minute < bindparam("moment", type_=_MOMENT)))
FORGET_LETTERS = Statement(
    delete(dead_letter).where(
        or_(
            dead_letter.c.closed_at < bindparam("moment", type_=_MOMENT),
            dead_letter.c.last_seen < bindparam("oldest", type_=_MOMENT),
        )
    )
)
