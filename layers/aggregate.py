# SPDX-License-Identifier: Apache-2.0
"""Use cases that count: by H3 cell and by administrative unit."""

from datetime import datetime
from typing import Any, NamedTuple

from geo.db.pool import Database
from geo.errors import BadParameter, NotFound
from layers.aggregate_sql import select_cells, select_values_by_unit
from layers.as_of import read_as_of
from layers.filters import FeatureQuery
from layers.query import require_set
from layers.spec import FieldSpec, LayerSpec


class CellCounts(NamedTuple):
    """Counts by cell; ``total`` is what is in the cells, the rest says what has no cell.

    ``unlocated`` and ``unit_only`` have no coordinates, so the box of the query does not restrict them.
    ``without_cell`` are shapes, and points that another writer stored a moment ago.
    """

    cells: list[tuple[int, int]]
    total: int
    unlocated: int
    unit_only: int
    without_cell: int


class UnitCounts(NamedTuple):
    """Counts by unit. ``total`` features were selected, ``unlocated`` and ``outside`` of them are in no unit.

    ``groups`` says how many of the total have each value of the field that was asked for, ``None`` if none was.
    """

    total: int
    unlocated: int
    outside: int
    units: list[dict[str, Any]]
    groups: dict[str, int] | None


def choice_of(spec: LayerSpec, name: str | None) -> FieldSpec | None:
    """The field by whose choices is grouped, ``None`` for none.

    Raises:
        BadParameter: not a field of the layer that has choices.
    """
    if name is None:
        return None
    fields = {field.name: field for field in spec.queryables if field.type == "choice"}
    if name not in fields:
        raise BadParameter(
            "group_by is a field of the layer that has choices.", code="group_by_invalid", allowed=sorted(fields)
        )
    return fields[name]


async def count_by_cell(database: Database, spec: LayerSpec, query: FeatureQuery, resolution: int) -> CellCounts:
    """Count features by the H3 parent of their stored cell.

    Raises:
        NotFound: the layer is not counted by cells.
    """
    if not spec.h3 or spec.store != "feature":
        raise NotFound("This layer is not counted by hexagons.", code="cells_not_available", layer=spec.id)
    rows = await database.fetch(read_as_of(spec, query.as_of, select_cells(spec, query, resolution)))
    cells = [(row["cell"], row["value"]) for row in rows if row["kind"] == "cell"]
    rest = {row["kind"]: row["value"] for row in rows if row["kind"] != "cell"}
    total = sum(value for _, value in cells)
    return CellCounts(cells, total, rest["unlocated"], rest["unit_only"], rest["without_cell"])


async def count_by_unit(
    database: Database,
    spec: LayerSpec,
    query: FeatureQuery,
    group_by: FieldSpec | None = None,
    now: datetime | None = None,
) -> UnitCounts:
    """Count features by administrative unit: of ``query.unit_set``, else of each feature's own time.

    What has no time counts in the units of ``query.as_of``, else of ``now``.

    With ``group_by``, each unit also says how many of its features have which value of that choice.

    Raises:
        BadParameter: there is no such set.
        NotFound: the layer is itself the units.
    """
    if spec.store != "feature":
        raise NotFound("This layer is not counted by units.", code="units_not_available", layer=spec.id)
    if query.unit_set is not None:
        await require_set(database, query.unit_set)
    statement = read_as_of(spec, query.as_of, select_values_by_unit(spec, query, group_by, now))
    async with database.transaction() as connection:
        # After a large load the planner still believes that there are few rows, and would walk them against each other.
        await connection.execute("set local enable_nestloop = off")
        rows = await connection.fetch(statement.sql, *statement.args())
    whole = rows[0]
    units = [
        {name: row[name] for name in ("set", "code", "name", "type", "value", "unit_only")}
        | ({"groups": _ordered(group_by, row["groups"])} if group_by is not None else {})
        for row in rows
        if row["code"] is not None
    ]
    groups = None if group_by is None else _ordered(group_by, whole["all_groups"])
    return UnitCounts(whole["total"], whole["unlocated"], whole["outside"], units, groups)


def _ordered(field: FieldSpec, found: dict[str, int] | None) -> dict[str, int]:
    """Every choice of the field in its order, with zeros; what no choice names is left out."""
    counts = found or {}
    return {choice.value: counts.get(choice.value, 0) for choice in field.choices}
