# SPDX-License-Identifier: Apache-2.0
"""Statements that write indicators and undo imports of them. Pure builders, compiled once."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Float,
    LargeBinary,
    Select,
    Text,
    and_,
    bindparam,
    column,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert

from geo.db.statement import Statement
from layers.metric_tables import indicator_value, indicator_value_history
from layers.tables import import_run, withdrawn

_KEY: dict[str, Any] = {"unit_set": Text, "unit_code": Text, "valid_from": Date, "valid_to": Date}
_CONTENT: dict[str, Any] = {"value": Float, "estimated": Boolean, "revision": BigInteger, "content_hash": LargeBinary}
KEY_COLUMNS = tuple(_KEY)
ROW_COLUMNS = (*_KEY, *_CONTENT)
_v, _h = indicator_value.c, indicator_value_history.c
_LAYER, _SOURCE = bindparam("layer", type_=Text), bindparam("source", type_=Text)
_IMPORT = bindparam("import_id", type_=BigInteger)
_RESTORED = ("value", "estimated", "revision", "content_hash", "import_id")


def _rows(kinds: dict[str, Any]) -> Any:
    arrays = (bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items())
    return func.unnest(*arrays).table_valued(*(column(name, kind) for name, kind in kinds.items())).render_derived()


_KEYS = _rows(_KEY)
_OURS = and_(_v.indicator == _LAYER, _v.source == _SOURCE, *(_v[name] == _KEYS.c[name] for name in KEY_COLUMNS))

SELECT_EXISTING = Statement(select(*(_v[name] for name in KEY_COLUMNS), _v.revision, _v.content_hash).where(_OURS))

DELETE_VALUES = Statement(
    delete(indicator_value).where(_OURS).returning(*(_v[name] for name in KEY_COLUMNS), _v.revision)
)


def _upsert() -> Any:
    rows = _rows({**_KEY, **_CONTENT})
    statement = insert(indicator_value).from_select(
        ["indicator", "source", "import_id", *ROW_COLUMNS], select(_LAYER, _SOURCE, _IMPORT, *rows.c)
    )
    return statement.on_conflict_do_update(
        index_elements=["indicator", "source", *KEY_COLUMNS],
        set_={name: statement.excluded[name] for name in ("import_id", *_CONTENT)},
        where=_v.revision < statement.excluded.revision,
    ).returning(*(_v[name] for name in KEY_COLUMNS))


UPSERT = Statement(_upsert())


def _beliefs_before(where: Any, *identity: Any) -> Select[Any]:
    """The newest belief of each identity that neither the import itself wrote nor one that was undone before."""
    undone = select(import_run.c.id).where(import_run.c.undone_at.is_not(None))
    return (
        select(indicator_value_history)
        .ext(distinct_on(*identity))
        .where(
            _h.indicator == _LAYER,
            or_(_h.import_id.is_(None), and_(_h.import_id != _IMPORT, _h.import_id.not_in(undone))),
            where,
        )
        .order_by(*identity, _h.known_to.desc())
    )


def _undo_changes() -> Any:
    written = select(_v.id).where(_v.indicator == _LAYER, _v.import_id == _IMPORT)
    before = _beliefs_before(_h.id.in_(written), _h.id).subquery("before")
    return (
        update(indicator_value)
        .values({name: before.c[name] for name in _RESTORED})
        .where(_v.id == before.c.id, _v.indicator == _LAYER, _v.import_id == _IMPORT)
    )


def _undo_withdrawals() -> Any:
    """What the import withdrew comes back as it was believed before, unless it is there again."""
    names = ("indicator", "source", *KEY_COLUMNS)
    gone = select(withdrawn.c.source, withdrawn.c.external_id).where(
        withdrawn.c.layer == _LAYER, withdrawn.c.import_id == _IMPORT
    )
    spelt = func.concat_ws("/", _h.unit_set, _h.unit_code, _h.valid_from, _h.valid_to)
    before = _beliefs_before(
        and_(_h.ended_by == "delete", tuple_(_h.source, spelt).in_(gone)), *(_h[name] for name in names[1:])
    ).subquery("before")
    wanted = (*names, *_RESTORED)
    return (
        insert(indicator_value)
        .from_select(list(wanted), select(*(before.c[name] for name in wanted)))
        .on_conflict_do_nothing()
    )


UNDO_CHANGES = Statement(_undo_changes())
UNDO_INSERTS = Statement(delete(indicator_value).where(_v.indicator == _LAYER, _v.import_id == _IMPORT))
UNDO_WITHDRAWALS = Statement(_undo_withdrawals())
