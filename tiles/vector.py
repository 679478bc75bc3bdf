# SPDX-License-Identifier: Apache-2.0
"""Use case: one vector tile of a layer. Statements are built and compiled once per layer and used again."""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from geo.db.pool import Database
from geo.db.statement import Statement
from geo.tile import TileId
from layers.as_of import read_as_of
from layers.filters import FeatureQuery
from layers.query import require_set
from layers.spec import LayerSpec
from layers.units_sql import local_date
from tiles.sql import select_feature_tile
from tiles.unit_sql import UnitChoice, select_unit_tile


class Tile(NamedTuple):
    """A tile's bytes; none for a tile without features."""

    data: bytes


async def layer_tile(database: Database, spec: LayerSpec, query: FeatureQuery, tile: TileId, now: datetime) -> Tile:
    """One tile of a layer; empty outside the layer's zooms.

    Raises:
        BadParameter: the query names a unit set that does not exist.
    """
    if not spec.zooms[0] <= tile.z <= spec.zooms[1]:
        return Tile(b"")
    if spec.store == "unit":
        statement, chosen = _units_of(spec, query, now)
        row = await database.fetchrow(statement, **tile._asdict(), **chosen)
    else:
        statement = _statement(spec) if query.is_everything else _asked(spec, query)
        row = await database.fetchrow(statement, **tile._asdict())
    data: bytes = row["tile"] if row is not None else b""
    if not data and query.unit_set is not None:
        await require_set(database, query.unit_set)
    return Tile(data)


def _units_of(spec: LayerSpec, query: FeatureQuery, now: datetime) -> tuple[Statement, dict[str, Any]]:
    if query.unit_version is not None:
        return _unit_statement(spec, "version"), {"version": query.unit_version}
    if query.as_of is not None:
        return _units_as_of(spec, query, query.as_of)
    if query.unit_set is not None:
        return _unit_statement(spec, "set"), {"set": query.unit_set}
    return _unit_statement(spec, "today"), {"today": local_date(now)}


def _units_as_of(spec: LayerSpec, query: FeatureQuery, then: datetime) -> tuple[Statement, dict[str, Any]]:
    """What was published then; of the sets that were the law on that day, if none is asked for."""
    if query.unit_set is not None:
        return read_as_of(spec, then, select_unit_tile(spec, "set")), {"set": query.unit_set}
    return read_as_of(spec, then, select_unit_tile(spec, "today")), {"today": local_date(then)}


def _asked(spec: LayerSpec, query: FeatureQuery) -> Statement:
    return read_as_of(spec, query.as_of, select_feature_tile(spec, query))


@lru_cache(maxsize=256)
def _statement(spec: LayerSpec) -> Statement:
    return Statement(select_feature_tile(spec, FeatureQuery()))


@lru_cache(maxsize=16)
def _unit_statement(spec: LayerSpec, chosen: UnitChoice) -> Statement:
    return Statement(select_unit_tile(spec, chosen))
