# SPDX-License-Identifier: Apache-2.0
"""Statements that undo an import, from what feature_history and the tombstones know. Pure builders, compiled once."""

from typing import Any

from sqlalchemy import BigInteger, Select, Text, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from geo.db.statement import Statement
from layers.tables import feature, feature_history, import_run, withdrawn

_RESTORED = tuple(
    name
    for name in feature.columns.keys()
    if name not in ("layer", "id", "source", "external_id", "geom_3857", "recorded_at")
)


CLOSE_IMPORT = Statement(
    update(import_run)
    .values(undone_at=func.clock_timestamp())
    .where(
        import_run.c.name == bindparam("of_name", type_=Text),
        import_run.c.source == bindparam("of_source", type_=Text),
        import_run.c.layer == bindparam("of_layer", type_=Text),
        import_run.c.undone_at.is_(None),
    )
    .returning(import_run.c.id)
)


def _beliefs_before(where: Any, *identity: Any) -> Select[Any]:
    """The newest belief of each identity that neither the import itself wrote nor one that was undone before."""
    history = feature_history.c
    undone = select(import_run.c.id).where(import_run.c.undone_at.is_not(None))
    return (
        select(feature_history)
        .ext(distinct_on(*identity))
        .where(
            history.layer == bindparam("layer", type_=Text),
            or_(
                history.import_id.is_(None),
                and_(
                    history.import_id != bindparam("import_id", type_=BigInteger),
                    history.import_id.not_in(undone),
                ),
            ),
            where,
        )
        .order_by(*identity, history.known_to.desc())
    )


def _undo_changes() -> Any:
    written = select(feature.c.id).where(
        feature.c.layer == bindparam("layer", type_=Text), feature.c.import_id == bindparam("import_id")
    )
    before = _beliefs_before(feature_history.c.id.in_(written), feature_history.c.id).subquery("before")
    return (
        update(feature)
        .values({name: before.c.known_from if name == "recorded_at" else before.c[name] for name in _RESTORED})
        .where(
            feature.c.layer == before.c.layer,
            feature.c.layer == bindparam("layer", type_=Text),
            feature.c.id == before.c.id,
            feature.c.import_id == bindparam("import_id"),
        )
    )


UNDO_CHANGES = Statement(_undo_changes())

UNDO_INSERTS = Statement(
    delete(feature).where(
        feature.c.layer == bindparam("layer", type_=Text),
        feature.c.import_id == bindparam("import_id", type_=BigInteger),
    )
)


def _undo_withdrawals() -> Any:
    history = feature_history.c
    gone = (
        select(history.id)
        .join(
            withdrawn,
            and_(
                withdrawn.c.layer == history.layer,
                withdrawn.c.source == history.source,
                withdrawn.c.external_id == history.external_id,
            ),
        )
        .where(withdrawn.c.import_id == bindparam("import_id", type_=BigInteger), history.ended_by == "delete")
    )
    # A key that went and came and went has several ids: its newest belief comes back.
    before = _beliefs_before(history.id.in_(gone), history.source, history.external_id).subquery("before")
    names = ("layer", "id", "source", "external_id", *_RESTORED)
    return (
        insert(feature).from_select(list(names), select(*(before.c[name] for name in names))).on_conflict_do_nothing()
    )


UNDO_WITHDRAWALS = Statement(_undo_withdrawals())

DROP_TOMBSTONES_OF_IMPORT = Statement(
    delete(withdrawn).where(withdrawn.c.import_id == bindparam("import_id", type_=BigInteger))
)
