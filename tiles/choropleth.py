# SPDX-License-Identifier: Apache-2.0
"""Use case: one tile of an indicator. Units as shapes, each with its value and the colour of its class."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.generalise import band_for
from boundaries.tables import unit, unit_set_version, unit_tile_geom
from geo.db.functions import as_mvt, boxes_meet, text_literal, tile_envelope
from geo.db.pool import Database
from geo.db.statement import Statement
from geo.tile import TileId
from layers.classes import Method, colors_of
from layers.indicator_query import IndicatorQuery
from layers.indicator_sql import believed, best_of, is_visible
from layers.indicators import UnitValues, values_by_unit
from layers.spec import LayerSpec
from tiles.extent import BUFFER, EXTENT
from tiles.vector import Tile

_GEOMETRY = "_geometry"


async def choropleth_tile(
    database: Database, spec: LayerSpec, query: IndicatorQuery, unit_set: str, tile: TileId, how: tuple[int, Method]
) -> Tile:
    """One tile of an indicator by the units of a set; empty outside the layer's zooms.

    Classes are of the whole set, so that a colour means the same in every tile and in the legend.

    Raises:
        BadParameter: there is no such set.
    """
    if not spec.zooms[0] <= tile.z <= spec.zooms[1]:
        return Tile(b"")
    found = await values_by_unit(database, spec, query, unit_set)
    row = await database.fetchrow(Statement(_select_tile(spec, query, found, tile, how)))
    return Tile(row["tile"] if row is not None else b"")


def _select_tile(
    spec: LayerSpec, query: IndicatorQuery, found: UnitValues, tile: TileId, how: tuple[int, Method]
) -> Select[Any]:
    of_set = literal(found.unit_set, Text)
    square = tile_envelope(*(literal(part, Integer) for part in (tile.z, tile.x, tile.y)), margin=BUFFER / EXTENT)
    clip = tile_envelope(*(literal(part, Integer) for part in (tile.z, tile.x, tile.y)))
    shape = unit_tile_geom.c.geom_3857
    columns: list[ColumnElement[Any]] = [unit.c.code.label("code"), unit.c.full_name.label("name")]
    source: Any = unit.join(unit_set_version, unit_set_version.c.id == unit.c.version).join(
        unit_tile_geom, unit_tile_geom.c.unit == unit.c.id
    )
    if found.asked is not None:
        best = best_of(believed(spec, query.as_of), of_set, found.asked, exactly=query.period is not None)
        source = source.join(best, true(), isouter=True)
        columns += [best.c.period, best.c.value, best.c.estimated, _color(spec, found, how, best.c.value)]
    rows = (
        select(
            unit.c.id,
            func.ST_AsMVTGeom(shape, clip, EXTENT, BUFFER, True).label(_GEOMETRY),
            of_set.label("unit_set"),
            *columns,
        )
        .select_from(source)
        .where(
            unit_set_version.c.status == text_literal("published"),
            unit_set_version.c.unit_set == of_set,
            is_visible(query.area),
            unit_tile_geom.c.band == literal(band_for(tile.z).id, SmallInteger),
            boxes_meet(shape, square),
        )
        .order_by(unit.c.id)
        .subquery("_rows")
    )
    made = as_mvt(rows.table_valued(), spec.id, EXTENT, _GEOMETRY, "id").filter(rows.c[_GEOMETRY].is_not(None))
    return select(func.coalesce(made, literal(b"", LargeBinary)).label("tile"))


def _color(
    spec: LayerSpec, found: UnitValues, how: tuple[int, Method], value: ColumnElement[Any]
) -> ColumnElement[Any]:
    """The colour of a value's class; null where there is no value."""
    assert spec.measure is not None
    classes = found.classes(*how)
    colors: Sequence[str] = colors_of(spec.measure.ramp, max(1, len(classes.counts)))
    place = func.width_bucket(value, cast(literal(list(classes.breaks), ARRAY(Float)), ARRAY(Float)), type_=Integer)
    picked = case(*((place == literal(nth, Integer), literal(color, Text)) for nth, color in enumerate(colors)))
    return picked.label("color")
