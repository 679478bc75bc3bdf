# SPDX-License-Identifier: Apache-2.0
"""Tiles of the WebMercatorQuad matrix set (OGC 17-083r4, annex D.1)."""

import math
from typing import NamedTuple

from geo.bbox import BBox
from geo.errors import NotFound

MAX_ZOOM = 22
HALF_WORLD_M = 20037508.342789244


class TileId(NamedTuple):
    """Matrix (zoom), column and row; row 0 is the north."""

    z: int
    x: int
    y: int

    @property
    def bbox(self) -> BBox:
        """Bounds in lon/lat degrees."""
        return BBox(_lon(self.x, self.z), _lat(self.y + 1, self.z), _lon(self.x + 1, self.z), _lat(self.y, self.z))

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """Bounds in EPSG:3857 metres: west, south, east, north."""
        size = 2 * HALF_WORLD_M / 2**self.z
        west = -HALF_WORLD_M + self.x * size
        north = HALF_WORLD_M - self.y * size
        return (west, north - size, west + size, north)

    def parent(self) -> "TileId":
        """The tile one zoom up that covers this one; the root is its own parent."""
        return self if self.z == 0 else TileId(self.z - 1, self.x >> 1, self.y >> 1)

    def children(self) -> tuple["TileId", ...]:
        """The four tiles one zoom down."""
        z, x, y = self.z + 1, self.x << 1, self.y << 1
        return (TileId(z, x, y), TileId(z, x + 1, y), TileId(z, x, y + 1), TileId(z, x + 1, y + 1))


def parse_tile(z: str, x: str, y: str) -> TileId:
    """Read the three numbers of a tile address as plain decimal digits without leading zeros.

    One address, one spelling: ``05/1/2`` would make a second cache key for the same tile.

    Raises:
        NotFound: not plain digits, or outside the matrix of that zoom.
    """
    for part in (z, x, y):
        if not (part.isascii() and part.isdigit()) or len(part) > 8 or (part[0] == "0" and part != "0"):
            raise NotFound("a tile address is z/x/y in plain digits", code="tile_not_found")
    tile = TileId(int(z), int(x), int(y))
    if tile.z > MAX_ZOOM or tile.x >= 2**tile.z or tile.y >= 2**tile.z:
        raise NotFound(
            f"there is no tile {tile.z}/{tile.x}/{tile.y}: zoom 0 to {MAX_ZOOM}, x and y below 2^z",
            code="tile_not_found",
        )
    return tile


def tile_at(lon: float, lat: float, z: int) -> TileId:
    """The tile that contains a point; latitudes beyond the projection fall into the edge rows."""
    n = 2**z
    x = math.floor((lon + 180.0) / 360.0 * n)
    sin = math.sin(math.radians(max(-85.05112878, min(85.05112878, lat))))
    y = math.floor((0.5 - math.log((1 + sin) / (1 - sin)) / (4 * math.pi)) * n)
    return TileId(z, max(0, min(n - 1, x)), max(0, min(n - 1, y)))


def tiles_covering(bbox: BBox, z: int) -> list[TileId]:
    """Every tile of one zoom that a box touches."""
    tiles = []
    for part in bbox.split():
        first = tile_at(part.west, part.north, z)
        last = tile_at(part.east, part.south, z)
        tiles += [TileId(z, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1)]
    return tiles


def _lon(x: int, z: int) -> float:
    return float(x / 2**z * 360.0 - 180.0)


def _lat(y: int, z: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**z))))
