# SPDX-License-Identifier: Apache-2.0
"""Undo a whole import: every record goes back to what was believed before it, what it brought goes away."""

from dataclasses import dataclass

from geo.db.pool import Database
from geo.db.statement import Statement
from layers import indicator_write_sql as values_sql
from layers import undo_sql as sql
from layers.check_records import is_checked
from layers.device_checks import show_checks_of_pushed
from layers.errors import ImportNotFound
from layers.readings import show_readings_of_source
from layers.spec import LayerSpec
from layers.write_sql import LOCK_KEY, key_of


@dataclass(frozen=True)
class Undone:
    """What an undo did."""

    restored: int
    removed: int
    brought_back: int


# What goes back, what goes away, what comes back.
_OF_FEATURES = (sql.UNDO_CHANGES, sql.UNDO_INSERTS, sql.UNDO_WITHDRAWALS)
_OF_VALUES = (values_sql.UNDO_CHANGES, values_sql.UNDO_INSERTS, values_sql.UNDO_WITHDRAWALS)


async def undo_import(database: Database, source: str, spec: LayerSpec, name: str) -> Undone:
    """Undo an import of one source into one layer, in one transaction.

    Records that another import or a person has changed since keep that later change.

    Raises:
        ImportNotFound: no such import, or undone already.
    """
    layer = spec.id
    steps: tuple[Statement, ...] = _OF_VALUES if spec.store == "indicator" else _OF_FEATURES
    async with database.transaction() as connection:
        await connection.execute(LOCK_KEY.sql, *LOCK_KEY.args(key=key_of(layer, source)))
        import_id = await connection.fetchval(
            sql.CLOSE_IMPORT.sql, *sql.CLOSE_IMPORT.args(of_name=name, of_source=source, of_layer=layer)
        )
        if import_id is None:
            raise ImportNotFound("This source has no such import in this layer, or it was undone already.")
        counts = []
        for statement in steps:
            values = {"import_id": import_id, "layer": layer}
            counts.append(int((await connection.execute(statement.sql, *statement.args(**values))).rsplit(" ", 1)[1]))
        await connection.execute(
            sql.DROP_TOMBSTONES_OF_IMPORT.sql, *sql.DROP_TOMBSTONES_OF_IMPORT.args(import_id=import_id)
        )
        if spec.observed:
            await show_readings_of_source(connection, spec, source)
        if is_checked(spec):
            await show_checks_of_pushed(connection, spec, source)
    return Undone(restored=counts[0], removed=counts[1], brought_back=counts[2])
