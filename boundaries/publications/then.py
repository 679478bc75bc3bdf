# SPDX-License-Identifier: Apache-2.0
"""What was published at a moment: any statement about units, read from the sets and versions as they were known then.

The statement is built on the tables ``unit_set`` and ``unit_set_version``, under these names or others. Pure.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Alias,
    ClauseElement,
    ColumnElement,
    DateTime,
    Subquery,
    Table,
    and_,
    case,
    literal,
    or_,
    select,
)
from sqlalchemy.sql import visitors

from boundaries.publications.tables import unit_set_state
from boundaries.tables import unit_set, unit_set_version
from geo.db.functions import text_literal

Clause = TypeVar("Clause", bound=ClauseElement)


def known_then(moment: datetime, clause: Clause) -> Clause:
    """The same statement, answered from what was published at a moment."""
    return aimed_at({unit_set_version: published_then(moment), unit_set: sets_then(moment)}, clause)


def aimed_at(aims: Mapping[Table, Subquery], clause: Clause) -> Clause:
    """The same statement on other rows: each table, also under another name, gives way to a subquery."""
    renamed: dict[Alias, Subquery] = {}

    def aim_of(element: Any) -> Subquery | None:
        if isinstance(element, Alias) and isinstance(element.element, Table) and element.element in aims:
            if element not in renamed:
                renamed[element] = aims[element.element].element.subquery(element.name)
            return renamed[element]
        return aims.get(element) if isinstance(element, Table) else None

    def replace(element: Any, **_: Any) -> Any:
        if (aim := aim_of(element)) is not None:
            return aim
        column_of = aim_of(getattr(element, "table", None))
        return None if column_of is None else column_of.c[element.name]

    return cast(Clause, visitors.replacement_traverse(clause, {}, replace))


def published_then(moment: datetime) -> Subquery:
    """Versions of units with the status that they had: also one that was taken back since was published then."""
    then = literal(moment, DateTime(timezone=True))
    of_it = unit_set_state.c.version == unit_set_version.c.id
    was_published = select(unit_set_state.c.version).where(of_it, _is_known(then)).exists()
    status = case((was_published, text_literal("published")), else_=text_literal("superseded")).label("status")
    others = [column for column in unit_set_version.c if column.name != "status"]
    return select(*others, status).subquery("versions_then")


def sets_then(moment: datetime) -> Subquery:
    """Sets with the days of validity that were known then."""
    then = literal(moment, DateTime(timezone=True))
    known = unit_set_state
    return (
        select(unit_set.c.id, unit_set.c.title_vi, unit_set.c.title_en, known.c.valid_from, known.c.valid_to)
        .join(known, and_(known.c.unit_set == unit_set.c.id, _is_known(then)))
        .subquery("sets_then")
    )


def _is_known(then: ColumnElement[datetime]) -> ColumnElement[bool]:
    known = unit_set_state.c
    return and_(known.known_from <= then, or_(known.known_to.is_(None), then < known.known_to))
