# SPDX-License-Identifier: Apache-2.0
"""Use case: what one sensor observed, reading by reading or hour by hour."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import BadParameter, NotFound
from geo.interval import Interval
from layers.cursor import Cursor, read_cursor, write_cursor
from layers.filters import FeatureQuery
from layers.measures import ObservedProperty
from layers.observation_sql import SELECT_STREAM_OF_FEATURE, Slice, select_hours, select_readings
from layers.query import one_of
from layers.spec import LayerSpec

Every: TypeAlias = Literal["raw", "hour"]
MAX_LIMIT = 10_000
DEFAULT_LIMIT = 1_000


@dataclass(frozen=True)
class ObservationQuery:
    """What is asked of one sensor."""

    item: str
    observed: ObservedProperty
    every: Every
    interval: Interval | None
    limit: int
    after: str | None

    @property
    def order(self) -> str:
        """What a cursor belongs to."""
        return f"{self.item}/{self.observed.name}/{self.every}"


@dataclass(frozen=True)
class Observations:
    """Readings or hours in the order of time, and the cursor of the next page if there is one."""

    rows: list[Any]
    after: str | None


def observed_of(spec: LayerSpec, name: str | None) -> ObservedProperty:
    """The observed property of that name.

    Raises:
        NotFound: the layer's features observe nothing.
        BadParameter: none is named, or the layer does not observe it.
    """
    names = [observed.name for observed in spec.observed]
    if not names:
        raise NotFound("This layer's features observe nothing.", code="observations_not_available", layer=spec.id)
    if name is None:
        raise BadParameter("Name the 'property' that is observed.", code="parameter_missing", allowed=names)
    for observed in spec.observed:
        if observed.name == name:
            return observed
    raise BadParameter(f"property is one of {', '.join(names)}", code="property_unknown", allowed=names)


async def observations_of(
    database: Database, spec: LayerSpec, query: ObservationQuery, area: tuple[int, ...] | None = None
) -> Observations:
    """A page of what one sensor observed.

    Raises:
        NotFound: the layer has no such sensor, or not for this reader.
        BadParameter: a cursor of something else.
    """
    after = _after(spec, query)
    await one_of(database, spec, query.item, FeatureQuery(area=area))
    stream = await database.fetchrow(
        SELECT_STREAM_OF_FEATURE, layer=spec.id, feature=int(query.item), property=query.observed.name
    )
    if stream is None:
        return Observations([], None)
    part = Slice(query.interval, after, query.limit)
    build = select_readings if query.every == "raw" else select_hours
    rows = await database.fetch(Statement(build(stream["id"], part)))
    shown = rows[: query.limit]
    if len(rows) <= query.limit:
        return Observations(shown, None)
    return Observations(shown, write_cursor(Cursor(shown[-1]["time"], 0), spec.id, query.order))


def _after(spec: LayerSpec, query: ObservationQuery) -> datetime | None:
    if query.after is None:
        return None
    moment = read_cursor(query.after, spec.id, query.order).valid_from
    if moment is None:
        raise BadParameter("'after' is not a cursor of this address", code="cursor_invalid")
    return moment
