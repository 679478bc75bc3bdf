# SPDX-License-Identifier: Apache-2.0
"""Use case: one vector tile of hexagons with counts.

The features of a box wider than the tile are counted, so that a hexagon cut by the tile's edge carries its whole count
on both sides; hexagons that do not reach the tile are dropped again.
"""

import asyncio
import math
import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import NotFound
from geo.hexgrid import edge_m, resolution_for, ring_of, to_hex
from geo.tile import HALF_WORLD_M, TileId
from layers.as_of import read_as_of
from layers.filters import FeatureQuery
from layers.spec import LayerSpec
from tiles.extent import BUFFER, EXTENT
from tiles.sql import select_hexagon_tile, select_tile_cells
from tiles.vector import Tile

# The longest way through a hexagon is two edges. Edges of one resolution differ by a third, and a cell's children (a
# feature belongs to the parent of its stored cell) stick out a little; three and a half edges cover both.
_REACH_EDGES = 3.5
_RADIUS_M = HALF_WORLD_M / math.pi

Box = tuple[float, float, float, float]


class Hexagons(NamedTuple):
    """Polygons (WKB, EPSG:3857), cells and counts, side by side."""

    shapes: list[bytes]
    cells: list[str]
    counts: list[int]


async def hexagon_tile(
    database: Database, spec: LayerSpec, query: FeatureQuery, tile: TileId, resolution: int | None
) -> Tile:
    """One tile of counts by cell, at a resolution or at the one that suits the zoom.

    Raises:
        NotFound: the layer is not counted by cells.
    """
    if not spec.h3 or spec.store != "feature":
        raise NotFound("This layer is not counted by hexagons.", code="cells_not_available", layer=spec.id)
    chosen = resolution_for(tile.z) if resolution is None else resolution
    seen = _grown(tile.bounds_m, BUFFER / EXTENT * (tile.bounds_m[2] - tile.bounds_m[0]))
    west, south, east, north = _grown(seen, _REACH_EDGES * edge_m(chosen) / _scale_at(tile))
    statement = _plain(spec, chosen) if query.is_everything else _asked(spec, query, chosen)
    rows = await database.fetch(statement, west=west, south=south, east=east, north=north)
    if not rows:
        return Tile(b"")
    counted = [(row["cell"], row["value"]) for row in rows]
    drawn = await asyncio.to_thread(_hexagons, counted, seen)
    if not drawn.shapes:
        return Tile(b"")
    made = await database.fetchrow(_encode(), **tile._asdict(), **drawn._asdict())
    return Tile(made["tile"] if made is not None else b"")


def _hexagons(counted: Sequence[tuple[int, int]], seen: Box) -> Hexagons:
    found = Hexagons([], [], [])
    for cell, count in sorted(counted):
        ring = [_mercator(lon, lat) for lon, lat in ring_of(cell)]
        xs, ys = [x for x, _ in ring], [y for _, y in ring]
        if max(xs) < seen[0] or min(xs) > seen[2] or max(ys) < seen[1] or min(ys) > seen[3]:
            continue
        found.shapes.append(_wkb(ring))
        found.cells.append(to_hex(cell))
        found.counts.append(count)
    return found


def _wkb(ring: Sequence[tuple[float, float]]) -> bytes:
    """A polygon of one ring as little-endian well-known binary (OGC 06-103r4, section 8)."""
    flat = [number for position in ring for number in position]
    return struct.pack(f"<BIII{len(flat)}d", 1, 3, 1, len(ring), *flat)


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    return (_RADIUS_M * math.radians(lon), _RADIUS_M * math.asinh(math.tan(math.radians(lat))))


def _grown(box: Box, by_m: float) -> Box:
    return (box[0] - by_m, box[1] - by_m, box[2] + by_m, box[3] + by_m)


def _scale_at(tile: TileId) -> float:
    """True metres per metre of the projection, at the tile's edge that is farthest from the equator."""
    return math.cos(math.radians(max(abs(tile.bbox.south), abs(tile.bbox.north))))


def _asked(spec: LayerSpec, query: FeatureQuery, resolution: int) -> Statement:
    return read_as_of(spec, query.as_of, select_tile_cells(spec, query, resolution))


@lru_cache(maxsize=256)
def _plain(spec: LayerSpec, resolution: int) -> Statement:
    return Statement(select_tile_cells(spec, FeatureQuery(), resolution))


@lru_cache(maxsize=1)
def _encode() -> Statement:
    return Statement(select_hexagon_tile())
