# SPDX-License-Identifier: Apache-2.0
"""Use case: one vector tile of a layer. Statements are built and compiled once per layer and used again."""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from boundaries.generalise import band_for
from geo.db.pool import Database
from geo.db.statement import Statement
from geo.tile import TileId
from layers.as_of import read_as_of
from layers.filters import FeatureQuery
from layers.query import require_set
from layers.spec import LayerSpec
from layers.units_sql import local_date
from tiles.sql import select_feature_tile, select_unit_tile


class Tile(NamedTuple):
    """A tile's bytes; none for a tile without features. The ETag is strong: equal tags mean equal bytes."""

    data: bytes

    @property
    def etag(self) -> str:
        """The entity tag, with its quotes."""
        return f'"{hashlib.blake2b(self.data, digest_size=12).hexdigest()}"'


async def layer_tile(database: Database, spec: LayerSpec, query: FeatureQuery, tile: TileId, now: datetime) -> Tile:
    """One tile of a layer; empty outside the layer's zooms.

    Raises:
        BadParameter: the query names a unit set that does not exist.
    """
    if not spec.zooms[0] <= tile.z <= spec.zooms[1]:
        return Tile(b"")
    place = tile._asdict()
    if spec.store == "unit":
        place["band"] = band_for(tile.z).id
        if query.unit_set is None:
            place["today"] = local_date(now)
        else:
            place["set"] = query.unit_set
        statement = _unit_statement(spec, query.unit_set is not None)
    else:
        statement = _statement(spec) if query.is_everything else _asked(spec, query)
    row = await database.fetchrow(statement, **place)
    data: bytes = row["tile"] if row is not None else b""
    if not data and query.unit_set is not None:
        await require_set(database, query.unit_set)
    return Tile(data)


def _asked(spec: LayerSpec, query: FeatureQuery) -> Statement:
    return read_as_of(spec, query.as_of, select_feature_tile(spec, query))


@lru_cache(maxsize=256)
def _statement(spec: LayerSpec) -> Statement:
    return Statement(select_feature_tile(spec, FeatureQuery()))


@lru_cache(maxsize=16)
def _unit_statement(spec: LayerSpec, by_set: bool) -> Statement:
    return Statement(select_unit_tile(spec, by_set=by_set))
