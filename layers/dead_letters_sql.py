# SPDX-License-Identifier: Apache-2.0
"""Statements that keep what was refused. Pure builders, compiled once."""

from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Text, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from geo.db.statement import Statement
from layers.tables import dead_letter


def _keep_dead_letters() -> Any:
    rows = (
        func.unnest(
            bindparam("digests", type_=ARRAY(LargeBinary)),
            bindparam("positions", type_=ARRAY(BigInteger)),
            bindparam("codes", type_=ARRAY(Text)),
            bindparam("details", type_=ARRAY(Text)),
            bindparam("records", type_=ARRAY(LargeBinary)),
            bindparam("messages", type_=ARRAY(BigInteger)),
        )
        .table_valued(
            column("digest", LargeBinary),
            column("position", BigInteger),
            column("code", Text),
            column("detail", Text),
            column("record", LargeBinary),
            column("message", BigInteger),
        )
        .render_derived()
    )
    statement = insert(dead_letter).from_select(
        ["source", "layer", "kind", "digest", "position", "code", "detail", "record", "message"],
        select(*(bindparam(name, type_=Text) for name in ("source", "layer", "kind")), *rows.c),
    )
    return statement.on_conflict_do_update(
        index_elements=["source", "layer", "digest"],
        set_={
            "code": statement.excluded.code,
            "detail": statement.excluded.detail,
            "message": func.coalesce(statement.excluded.message, dead_letter.c.message),
            "last_seen": func.clock_timestamp(),
            "times": dead_letter.c.times + 1,
            # Refused again: whoever closed it did not mend what sends it.
            "closed_at": None,
            "closed_by": None,
        },
    )


KEEP_DEAD_LETTERS = Statement(_keep_dead_letters())

SELECT_DEAD_LETTERS = Statement(
    select(
        *(dead_letter.c[name] for name in ("id", "layer", "position", "code", "detail", "record")),
        dead_letter.c.first_seen,
        dead_letter.c.last_seen,
        dead_letter.c.times,
    )
    .where(
        dead_letter.c.source == bindparam("source", type_=Text),
        dead_letter.c.id < bindparam("before"),
        dead_letter.c.closed_at.is_(None),
    )
    .order_by(dead_letter.c.id.desc())
    .limit(bindparam("page"))
)
