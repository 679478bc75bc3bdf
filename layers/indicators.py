# SPDX-License-Identifier: Apache-2.0
"""Use cases that read indicators: a page, one value, values by unit, classes, the series of a unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from boundaries.errors import UnitNotFound
from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import NotFound
from layers import indicator_sql as sql
from layers.classes import Classes, Method, classes_of
from layers.cursor import Cursor, write_cursor
from layers.indicator_query import IndicatorQuery
from layers.periods import Period
from layers.query import LayerStatistics, Page, require_set
from layers.spec import LayerSpec

_MAX_ID = 2**63 - 1
MAX_SERIES = 2_000


@dataclass(frozen=True)
class UnitValues:
    """The values of a set's units for one period. ``periods``: those that have any value, the newest first."""

    unit_set: str
    asked: Period | None
    periods: list[Period]
    units: list[Any]

    @property
    def numbers(self) -> list[float]:
        """The values that there are."""
        return [row["value"] for row in self.units if row.get("value") is not None]

    def classes(self, count: int, method: Method) -> Classes:
        """The values in classes."""
        return classes_of(self.numbers, count, method)


@dataclass(frozen=True)
class Series:
    """One unit's values by period; ``is_cut`` when there are more than one answer holds."""

    unit: Any
    values: list[Any]
    is_cut: bool


async def values_by_unit(database: Database, spec: LayerSpec, query: IndicatorQuery, unit_set: str) -> UnitValues:
    """Every unit of a set with its value for the days asked for, else for the newest period that has any.

    Raises:
        BadParameter: there is no such set.
    """
    await require_set(database, unit_set)
    periods = await periods_of(database, spec, query, unit_set)
    asked = query.period or query.during or (periods[0] if periods else None)
    rows = await database.fetch(Statement(sql.select_values_by_unit(spec, query, unit_set, asked)))
    return UnitValues(unit_set, asked, periods, rows)


async def periods_of(database: Database, spec: LayerSpec, query: IndicatorQuery, unit_set: str) -> list[Period]:
    """The periods for which any unit of the set has a value, the newest first."""
    rows = await database.fetch(Statement(sql.select_periods(spec, query, unit_set)))
    return [Period(row["valid_from"], row["valid_to"]) for row in rows]


async def series_of(database: Database, spec: LayerSpec, query: IndicatorQuery, unit_set: str, code: str) -> Series:
    """One unit's values, one for each period, in the order of time.

    Raises:
        UnitNotFound: there is no such unit, or not for this reader.
    """
    unit = await database.fetchrow(Statement(sql.select_unit(unit_set, code, query.area)))
    if unit is None:
        raise UnitNotFound("There is no such unit in that set. /boundaries/sets lists the sets.")
    rows = await database.fetch(Statement(sql.select_series(spec, query, unit_set, code)))
    return Series(unit, rows[: query.limit], len(rows) > query.limit)


async def page_of_values(database: Database, spec: LayerSpec, query: IndicatorQuery) -> Page:
    """One page of values as features.

    Raises:
        BadParameter: the query names a unit set that does not exist.
    """
    rows = await database.fetch(Statement(sql.select_value_page(spec, query)))
    if not rows and query.unit_set is not None:
        await require_set(database, query.unit_set)
    shown = rows[: query.limit]
    after = write_cursor(Cursor(None, shown[-1]["id"]), spec.id, "id") if len(rows) > query.limit else None
    return Page([row["json"] for row in shown], after)


async def one_value(database: Database, spec: LayerSpec, item_id: str, query: IndicatorQuery) -> str:
    """One value as GeoJSON text.

    Raises:
        NotFound: the layer has none of that id.
    """
    row = None
    if item_id.isascii() and item_id.isdigit() and len(item_id) <= 19 and int(item_id) <= _MAX_ID:
        row = await database.fetchrow(Statement(sql.select_one_value(spec, int(item_id), query)))
    if row is None:
        raise NotFound("The layer has no feature of this id.", code="feature_not_found", layer=spec.id)
    text: str = row["json"]
    return text


async def value_statistics(
    database: Database, specs: Iterable[LayerSpec], area: tuple[int, ...] | None = None
) -> dict[str, LayerStatistics]:
    """What each indicator holds; other layers are passed over."""
    found = {}
    for spec in specs:
        if spec.store == "indicator":
            row = await database.fetchrow(Statement(sql.select_value_statistics(spec, area)))
            assert row is not None
            found[spec.id] = LayerStatistics(
                count=row["count"],
                latest=row["latest"],
                time_from=_midnight(row["time_from"]),
                time_to=_midnight(row["time_to"]),
            )
    return found


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)
