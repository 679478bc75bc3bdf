# SPDX-License-Identifier: Apache-2.0
"""Use cases that read: one page of a layer, one feature, what there is in each layer and unit set."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from boundaries.lookup import unit_sets
from geo.bbox import BBox
from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import BadParameter, NotFound
from layers.as_of import read_as_of
from layers.cursor import Cursor, write_cursor
from layers.filters import FeatureQuery
from layers.spec import LayerSpec
from layers.sql import select_id, select_one, select_page
from layers.statistics_sql import select_counted_statistics, select_kept_statistics
from layers.units_sql import local_date, select_unit, select_unit_page

_MAX_ID = 2**63 - 1
EVERYTHING = FeatureQuery()


class Page(NamedTuple):
    """GeoJSON texts of one page, and the cursor of the next one if there is one."""

    features: list[str]
    after: str | None


@dataclass(frozen=True)
class UnitSet:
    """A published set of administrative units, as far as readers of layers need it."""

    id: str
    valid_from: date
    valid_to: date | None
    units: int
    latest: datetime
    approximate: bool
    attribution: tuple[str, str] | None
    bbox: BBox
    version_id: int

    def is_valid_on(self, day: date) -> bool:
        """Whether the set is the law on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class LayerStatistics:
    """What a layer holds now. ``bbox`` and the times are ``None`` where nothing has them."""

    count: int = 0
    unlocated: int = 0
    unit_only: int = 0
    latest: datetime | None = None
    time_from: datetime | None = None
    time_to: datetime | None = None
    bbox: BBox | None = None
    approximate: bool = False


async def page_of(database: Database, spec: LayerSpec, query: FeatureQuery, now: datetime) -> Page:
    """One page.

    Raises:
        BadParameter: the query names a unit set that does not exist, or sorts units by time.
    """
    if spec.store == "unit":
        if query.sort != "id":
            raise BadParameter("units are sorted by id only", code="sortby_invalid", allowed=["id"])
        statement = read_as_of(spec, query.as_of, select_unit_page(spec, query, local_date(query.as_of or now)))
    else:
        statement = read_as_of(spec, query.as_of, select_page(spec, query))
    rows = await database.fetch(statement)
    if not rows and query.unit_set is not None:
        await require_set(database, query.unit_set)
    shown = rows[: query.limit]
    after = None
    if len(rows) > query.limit:
        last = Cursor(shown[-1]["valid_from"] if query.sort != "id" else None, shown[-1]["id"])
        after = write_cursor(last, spec.id, query.sort)
    return Page([row["json"] for row in shown], after)


async def one_of(database: Database, spec: LayerSpec, item_id: str, within: FeatureQuery = EVERYTHING) -> str:
    """One feature as GeoJSON text, within the area and as of the moment of a query.

    Raises:
        NotFound: the layer has none of that id.
    """
    row = None
    if spec.store == "unit":
        set_id, dot, code = item_id.partition(".")
        if dot and len(item_id) <= 100 and "\x00" not in item_id:
            row = await database.fetchrow(read_as_of(spec, within.as_of, select_unit(spec, set_id, code)))
    elif item_id.isascii() and item_id.isdigit() and len(item_id) <= 19 and int(item_id) <= _MAX_ID:
        row = await database.fetchrow(read_as_of(spec, within.as_of, select_one(spec, int(item_id), within.area)))
    if row is None:
        raise NotFound("The layer has no feature of this id.", code="feature_not_found", layer=spec.id)
    text: str = row["json"]
    return text


async def id_of(database: Database, spec: LayerSpec, source: str, external_id: str) -> int | None:
    """The id of the record that a source knows by this id; ``None`` when there is none."""
    row = await database.fetchrow(Statement(select_id(spec, source, external_id)))
    return None if row is None else int(row["id"])


async def statistics(
    database: Database,
    specs: Iterable[LayerSpec],
    sets: Iterable[UnitSet],
    now: datetime,
    area: tuple[int, ...] | None = None,
) -> dict[str, LayerStatistics]:
    """What each layer holds; the units layer holds the sets valid today.

    For readers who see everywhere nothing is counted: asked often, over millions, it costs the same as over none.
    """
    known = list(specs)
    found = {spec.id: LayerStatistics() for spec in known}
    stored = [spec for spec in known if spec.store == "feature"]
    if area is not None and stored:
        rows = await database.fetch(Statement(select_counted_statistics(stored, area)))
        found |= {row["layer"]: _statistics(row) for row in rows}
    elif stored:
        async with database.connection() as connection:
            for spec in stored:
                row = await connection.fetchrow(_kept(spec).sql)
                assert row is not None
                found[spec.id] = _statistics(row)
    valid = [unit_set for unit_set in sets if unit_set.is_valid_on(local_date(now))]
    if valid:
        of_units = LayerStatistics(
            count=sum(unit_set.units for unit_set in valid),
            latest=max(unit_set.latest for unit_set in valid),
            bbox=box_around(unit_set.bbox for unit_set in valid),
            approximate=any(unit_set.approximate for unit_set in valid),
        )
        found |= {spec.id: of_units for spec in known if spec.store == "unit"}
    return found


@lru_cache(maxsize=256)
def _kept(spec: LayerSpec) -> Statement:
    return Statement(select_kept_statistics(spec))


def _statistics(row: Any) -> LayerStatistics:
    box = None if row["xmin"] is None else BBox(row["xmin"], row["ymin"], row["xmax"], row["ymax"])
    numbers = (row["count"], row["unlocated"], row["unit_only"])
    return LayerStatistics(*numbers, row["latest"], row["time_from"], row["time_to"], box)


async def published_sets(database: Database) -> tuple[UnitSet, ...]:
    """Every published set of units, oldest first."""
    return tuple(_unit_set(row) for row in await unit_sets(database))


async def require_set(database: Database, set_id: str) -> None:
    """Check a set's id.

    Raises:
        BadParameter: there is no published set of that id.
    """
    known = [unit_set.id for unit_set in await published_sets(database)]
    if set_id not in known:
        raise BadParameter(
            "There is no such set of units; /boundaries/sets lists them.", code="set_unknown", sets=known
        )


def box_around(boxes: Iterable[BBox]) -> BBox | None:
    """The smallest box that holds them all; ``None`` for none."""
    found = list(boxes)
    if not found:
        return None
    return BBox(
        min(box.west for box in found),
        min(box.south for box in found),
        max(box.east for box in found),
        max(box.north for box in found),
    )


def _unit_set(row: Any) -> UnitSet:
    attribution = (row["attribution_vi"], row["attribution_en"] or row["attribution_vi"])
    return UnitSet(
        row["id"],
        row["valid_from"],
        row["valid_to"],
        row["units"],
        row["published_at"],
        row["approximate"],
        attribution if row["attribution_vi"] else None,
        BBox(*row["bbox"]),
        row["version_id"],
    )
