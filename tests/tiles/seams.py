# SPDX-License-Identifier: Apache-2.0
"""Whether unit tiles are a coverage: gaps and overlaps between neighbours, measured on decoded tiles."""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import mapbox_vector_tile
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from boundaries.generalise import band_for, generalise, to_mercator
from geo.db.pool import Database
from geo.tile import HALF_WORLD_M, TileId
from layers.filters import FeatureQuery
from layers.spec import LayerSpec
from tiles.extent import EXTENT
from tiles.vector import layer_tile

_FRAME = shapely.box(0, 0, EXTENT, EXTENT)


class Seams(NamedTuple):
    """The widest gap and the widest overlap in a tile, in tile units: the diameter of the widest circle in it."""

    tile: TileId
    gap: float
    overlap: float


async def seams_of(
    database: Database, spec: LayerSpec, unit_set: str, units: Iterable[BaseGeometry], per_zoom: int
) -> list[Seams]:
    """Tiles of zooms 6 to 16 along shared borders; where there are more than ``per_zoom``, a sample of them.

    Args:
        database: where the set is published.
        spec: the units layer.
        unit_set: the id of the set.
        units: its shapes in lon/lat, which have no holes between them.
        per_zoom: how many tiles of a zoom are looked at.
    """
    mercator = to_mercator(np.asarray(list(units), dtype=object))
    found = []
    for zoom in range(6, 17):
        drawn = generalise(mercator, band_for(zoom))
        tiles = list(_along_borders(drawn, zoom))
        chosen = random.Random(zoom).sample(tiles, min(per_zoom, len(tiles)))
        ground = _without_holes(shapely.union_all(drawn))
        for tile in chosen:
            answer = await layer_tile(database, spec, FeatureQuery(unit_set=unit_set), tile, datetime.now(UTC))
            found.append(measure(tile, answer.data, ground))
    return found


def measure(tile: TileId, data: bytes, ground: BaseGeometry) -> Seams:
    """The seams of a tile; ``ground`` is what its units fill together, in EPSG:3857 metres."""
    features = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})["units"]["features"]
    shapes = [shapely.make_valid(shape(one["geometry"])) & _FRAME for one in features]
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [shapes[one] & shapes[other] for one, other in zip(first, second, strict=True) if one < other]
    # The outline itself is rounded to units: what must be filled begins one unit further inside.
    inside = _in_tile(ground, tile).buffer(-1) & _FRAME
    return Seams(tile, _width([inside - shapely.union_all(shapes)]), _width(pairs))


def _along_borders(units: npt.NDArray[np.object_], zoom: int) -> Iterator[TileId]:
    """Tiles in which two units meet."""
    side = 2 * HALF_WORLD_M / 2**zoom
    tree = shapely.STRtree(units)
    west, south, east, north = shapely.total_bounds(units)
    for x in range(int((west + HALF_WORLD_M) // side), int((east + HALF_WORLD_M) // side) + 1):
        for y in range(int((HALF_WORLD_M - north) // side), int((HALF_WORLD_M - south) // side) + 1):
            left, top = x * side - HALF_WORLD_M, HALF_WORLD_M - y * side
            if len(tree.query(shapely.box(left, top - side, left + side, top), predicate="intersects")) > 1:
                yield TileId(zoom, x, y)


def _in_tile(geometry: BaseGeometry, tile: TileId) -> BaseGeometry:
    left, _, right, top = tile.bounds_m
    scale = EXTENT / (right - left)
    moved: BaseGeometry = shapely.transform(geometry, lambda points: (points - (left, top)) * (scale, -scale))
    return moved


def _without_holes(geometry: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(geometry)
    filled: BaseGeometry = shapely.union_all([shapely.Polygon(part.exterior) for part in parts])
    return filled


def _width(shapes: Iterable[BaseGeometry]) -> float:
    parts = [
        part for one in shapes for part in shapely.get_parts(one) if part.geom_type == "Polygon" and part.area > 1e-6
    ]
    return max((2 * shapely.maximum_inscribed_circle(part, tolerance=0.05).length for part in parts), default=0.0)
