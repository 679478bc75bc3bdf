# SPDX-License-Identifier: Apache-2.0
"""How points of a layer that folds are ranked, and the catalog's part in keeping their cells (migration l005).

Rank 0 is what is over (a faded choice). Every other point has rank 1, or one more than the place of its choice in the
field that colours the map: the choices go from the least to the worst, and a cell shows the worst that still matters.
"""

from collections.abc import Iterable

from psycopg2.extensions import cursor as PgCursor
from psycopg2.sql import SQL, Identifier, Literal

from layers.spec import FieldSpec, LayerSpec

# The finest cells that are kept, and all levels that are. A cell of level L is a tile of zoom L.
FINEST = 20
LEVELS = (12, 14, 16, 18, FINEST)
# Places inside cells are summed on a grid of 2^30 steps along the world's side: 4 cm.
GRID = 30
RANKS = range(1, 8)
_EVENTS = (
    ("inserted", "insert", "new table as new_rows"),
    ("updated", "update", "old table as old_rows new table as new_rows"),
    ("deleted", "delete", "old table as old_rows"),
)


def rank_rule(spec: LayerSpec) -> str:
    """The rank of a point of the layer as SQL over ``kind``, ``severity``, ``status`` and ``properties``."""
    ended = [_is_one_of(field) for field in spec.fading_fields]
    over = f"when {' or '.join(ended)} then 0 " if ended else ""
    field = spec.rank_field
    if field is None:
        return f"case {over}else 1 end" if over else "1"
    ranks = " ".join(f"when {_quoted(choice.value)} then {rank}" for rank, choice in enumerate(field.choices, 2))
    return f"case {over}else case {_value(field)} {ranks} else 1 end end"


def sync_folds(cursor: PgCursor, specs: Iterable[LayerSpec]) -> list[str]:
    """Turn folding on and off as the layers say; answers the layers that were counted afresh.

    A layer whose rule changed is counted again under a lock that its writers wait for. Layers that are not named stay
    as they are.
    """
    cursor.execute("select layer, rule from feature_fold_layer")
    kept: dict[str, str] = dict(cursor.fetchall())
    stored = [spec for spec in specs if spec.store == "feature"]
    wanted = {spec.id: rank_rule(spec) for spec in stored if spec.folded}
    for spec in stored:
        _hang_triggers(cursor, spec)
    changed = [spec.id for spec in stored if wanted.get(spec.id) != kept.get(spec.id)]
    if not changed:
        return []
    for layer in changed:
        # Before the new rule is there: a writer of this layer either ended or will see it.
        cursor.execute(SQL("lock table {} in share row exclusive mode").format(Identifier(f"feature_{layer}")))
        cursor.execute("delete from feature_fold_layer where layer = %s", (layer,))
        if layer in wanted:
            cursor.execute("insert into feature_fold_layer values (%s, %s)", (layer, wanted[layer]))
    _write_rule(cursor)
    for layer in changed:
        cursor.execute("select refold(%s)", (layer,))
    return [layer for layer in changed if layer in wanted]


def _write_rule(cursor: PgCursor) -> None:
    cursor.execute("select layer, rule from feature_fold_layer order by layer")
    cases = [SQL("when {} then {}").format(Literal(layer), SQL(rule)) for layer, rule in cursor.fetchall()]
    body = SQL("case of_layer {} end").format(SQL(" ").join(cases)) if cases else SQL("null")
    cursor.execute(
        SQL(
            "create or replace function fold_rank(of_layer text, kind text, severity text, status text, "
            "properties jsonb) returns smallint language sql immutable as $rule$ "
            "select ({})::smallint $rule$"
        ).format(body)
    )


def _hang_triggers(cursor: PgCursor, spec: LayerSpec) -> None:
    """A write straight to the partition fires only the partition's own statement triggers."""
    table = f"feature_{spec.id}"
    cursor.execute("select tgname from pg_trigger where tgrelid = %s::regclass", (table,))
    there = {name for (name,) in cursor.fetchall()}
    for name, event, rows in _EVENTS:
        trigger = f"fold_{name}"
        parts = {"trigger": Identifier(trigger), "table": Identifier(table), "event": SQL(event), "rows": SQL(rows)}
        if spec.folded and trigger not in there:
            cursor.execute(
                SQL(
                    "create trigger {trigger} after {event} on {table} referencing {rows} "
                    "for each statement execute function {trigger}()"
                ).format(**parts)
            )
        elif not spec.folded and trigger in there:
            cursor.execute(SQL("drop trigger {trigger} on {table}").format(**parts))


def _is_one_of(field: FieldSpec) -> str:
    ended = ", ".join(_quoted(choice.value) for choice in field.choices if choice.faded)
    return f"{_value(field)} in ({ended})"


def _value(field: FieldSpec) -> str:
    return field.name if field.is_column else f"(properties ->> {_quoted(field.name)})"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
