# SPDX-License-Identifier: Apache-2.0
"""Statements of the ingest door. Pure builders, compiled once; a batch travels as arrays, one per column."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    DateTime,
    LargeBinary,
    Text,
    and_,
    bindparam,
    cast,
    column,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from boundaries.tables import unit, unit_set, unit_set_version
from geo.db.statement import Statement
from layers.tables import feature, import_run, withdrawn

_MOMENT = DateTime(timezone=True)
# The columns of a pushed record, in the order in which the arrays travel.
_BATCH: dict[str, Any] = {
    "external_id": Text,
    "revision": BigInteger,
    "kind": Text,
    "severity": Text,
    "status": Text,
    "valid_from": _MOMENT,
    "valid_to": _MOMENT,
    # As text: the driver asks of every value in an array whether it is an array itself, and of a dict slowly.
    "properties": Text,
    "wkb": LargeBinary,
    "location_method": Text,
    "location_radius_m": REAL,
    "location_confidence": REAL,
    "location_unit": BigInteger,
    "h3": BigInteger,
    "content_hash": LargeBinary,
}
BATCH_COLUMNS = tuple(_BATCH)


def _array(name: str) -> Any:
    return bindparam(name, type_=ARRAY(_BATCH[name]))


def _upsert() -> Any:
    rows = (
        func.unnest(*(_array(name) for name in BATCH_COLUMNS))
        .table_valued(*(column(name, kind) for name, kind in _BATCH.items()))
        .render_derived()
    )
    made = {"wkb": func.ST_GeomFromWKB(rows.c.wkb, 4326), "properties": cast(rows.c.properties, JSONB)}
    values = [made.get(name, rows.c[name]) for name in BATCH_COLUMNS]
    names = ["geom" if name == "wkb" else name for name in BATCH_COLUMNS]
    statement = insert(feature).from_select(
        ["layer", "source", "import_id", *names],
        select(
            bindparam("layer", type_=Text),
            bindparam("source", type_=Text),
            bindparam("import_id", type_=BigInteger),
            *values,
        ),
    )
    return statement.on_conflict_do_update(
        index_elements=["layer", "source", "external_id"],
        set_={name: statement.excluded[name] for name in ("import_id", *names) if name != "external_id"},
        # Freshness: only a higher revision wins, also against a writer that we did not see.
        where=feature.c.revision < statement.excluded.revision,
    ).returning(feature.c.external_id)


def key_of(layer: str, source: str) -> str:
    """What LOCK_KEY locks."""
    return f"{layer}/{source}"


_KEYS = and_(
    feature.c.layer == bindparam("layer", type_=Text),
    feature.c.source == bindparam("source", type_=Text),
)
_IDS = bindparam("ids", type_=ARRAY(Text))

UPSERT = Statement(_upsert())


# One batch of a source and layer at a time: withdrawals, snapshots and revisions are judged on what is there, and two
# batches that lock the same rows in another order would stop each other.
def _lock_of(name: str) -> Any:
    return func.hashtextextended(bindparam(name, type_=Text), literal(7_120_003))


LOCK_KEY = Statement(select(func.pg_advisory_xact_lock(_lock_of("key"))))


def _key_by_key(table: Any, names: Sequence[str], keys: Any) -> Any:
    """The rows of a source's keys, looked up one by one: limited, so that no statistics of another moment turn it into
    a join that reads the whole layer."""
    return (
        select(*(table.c[name] for name in names))
        .where(
            table.c.layer == bindparam("layer", type_=Text),
            table.c.source == bindparam("source", type_=Text),
            table.c.external_id == keys.c.external_id,
        )
        .limit(literal_column("1"))
        .lateral()
    )


def _select_existing() -> Any:
    keys = func.unnest(_IDS).table_valued(column("external_id", Text)).render_derived(name="key")
    known = _key_by_key(feature, ("revision", "content_hash"), keys)
    return select(keys.c.external_id, known.c.revision, known.c.content_hash).join_from(keys, known, true())


def _select_known() -> Any:
    keys = func.unnest(_IDS).table_valued(column("external_id", Text)).render_derived(name="key")
    known = _key_by_key(feature, ("revision", "content_hash"), keys)
    gone = _key_by_key(withdrawn, ("revision",), keys)
    return (
        select(keys.c.external_id, known.c.revision, known.c.content_hash, gone.c.revision)
        .select_from(keys.outerjoin(known, true()).outerjoin(gone, true()))
        .where(or_(known.c.revision.is_not(None), gone.c.revision.is_not(None)))
    )


SELECT_EXISTING = Statement(_select_existing())

# What is stored under each key, and at what revision it was withdrawn.
SELECT_KNOWN = Statement(_select_known())

SELECT_WITHDRAWN = Statement(
    select(withdrawn.c.external_id, withdrawn.c.revision).where(
        withdrawn.c.layer == bindparam("layer", type_=Text),
        withdrawn.c.source == bindparam("source", type_=Text),
        withdrawn.c.external_id == func.any(_IDS),
    )
)

_KEYED_REVISIONS = (
    func.unnest(_IDS, bindparam("revisions", type_=ARRAY(BigInteger)))
    .table_valued(column("external_id", Text), column("revision", BigInteger))
    .render_derived()
)

# Not what a writer past the door has raised above the withdrawn revision since we looked.
DELETE_FEATURES = Statement(
    delete(feature)
    .where(
        _KEYS,
        feature.c.external_id == _KEYED_REVISIONS.c.external_id,
        feature.c.revision <= _KEYED_REVISIONS.c.revision,
    )
    .returning(feature.c.external_id, feature.c.revision)
)

SELECT_OTHER_KEYS = Statement(
    select(feature.c.external_id).where(_KEYS, feature.c.external_id != func.all(_IDS)).order_by(feature.c.external_id)
)


def _keep_tombstones(**also: Any) -> Any:
    rows = _KEYED_REVISIONS
    statement = insert(withdrawn).from_select(
        ["layer", "source", "import_id", "external_id", "revision"],
        select(
            bindparam("layer", type_=Text),
            bindparam("source", type_=Text),
            bindparam("import_id", type_=BigInteger),
            rows.c.external_id,
            rows.c.revision,
        ),
    )
    return statement.on_conflict_do_update(
        index_elements=["layer", "source", "external_id"],
        set_={"revision": func.greatest(withdrawn.c.revision, statement.excluded.revision), **also},
    )


# What an import took away is its own to bring back; withdrawing again what is gone already changes no owner.
KEEP_TOMBSTONES = Statement(
    _keep_tombstones(withdrawn_at=func.clock_timestamp(), import_id=bindparam("import_id", type_=BigInteger))
)
AFFIRM_TOMBSTONES = Statement(_keep_tombstones())

DROP_TOMBSTONES = Statement(
    delete(withdrawn).where(
        withdrawn.c.layer == bindparam("layer", type_=Text),
        withdrawn.c.source == bindparam("source", type_=Text),
        withdrawn.c.external_id == func.any(_IDS),
    )
)

RESOLVE_UNITS = Statement(
    select(unit.c.id, unit.c.code, unit_set.c.id.label("unit_set"), unit_set.c.valid_from, unit_set.c.valid_to)
    .join(unit_set_version, unit_set_version.c.id == unit.c.version)
    .join(unit_set, unit_set.c.id == unit_set_version.c.unit_set)
    .where(
        unit_set_version.c.status == "published",
        unit.c.code == func.any(bindparam("codes", type_=ARRAY(Text))),
    )
)


_IMPORT = ("name", "source", "layer")


def _open_import(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=["source", "layer", "name"],
        index_where=import_run.c.undone_at.is_(None),
        set_={"name": statement.excluded.name},
    ).returning(import_run.c.id)


def _open_alone() -> Any:
    # In one statement with the wait: its row is read when it is written, not when the statement began.
    alone = (
        select(
            func.pg_advisory_xact_lock(_lock_of("key")).label("locked"),
            # A batch is a small part of its layer, whatever plans were made for when the layer was empty.
            func.set_config(literal("enable_seqscan"), literal("off"), true()).label("planned"),
        )
        .cte("alone")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    values = select(*(bindparam(name, type_=Text) for name in _IMPORT)).select_from(alone)
    return _open_import(insert(import_run).from_select(list(_IMPORT), values))


OPEN_IMPORT = Statement(_open_import(insert(import_run).values({one: bindparam(one, type_=Text) for one in _IMPORT})))
# The same behind the source's other batches: one way to the database instead of two.
OPEN_ALONE = Statement(_open_alone())
