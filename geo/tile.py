# SPDX-License-Identifier: Apache-2.0
"""Tiles of the WebMercatorQuad matrix set (OGC 17-083r4, annex D.1)."""

import math
from collections.abc import Iterator
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
    return TileId(z, _column((lon + 180.0) / 360.0 * n, n), _column(_depth(lat) * n, n))


def tiles_covering(bbox: BBox, z: int) -> list[TileId]:
    """Every tile of one zoom that a box touches."""
    tiles = []
    for part in bbox.split():
        first = tile_at(part.west, part.north, z)
        last = tile_at(part.east, part.south, z)
        tiles += [TileId(z, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1)]
    return tiles


class Patch(NamedTuple):
    """A box as shares of the world's square: 0 is the western and northern edge, 1 the eastern and southern."""

    west: float
    north: float
    east: float
    south: float

    def span(self, z: int, margin: float = 0.0) -> "Span":
        """The tiles of one zoom that show something of the patch.

        Args:
            z: zoom.
            margin: what tiles show beyond their own square, as a share of a tile's side.
        """
        n = 2**z
        columns = (_column(self.west * n - margin, n), _column(self.east * n + margin, n))
        rows = (_column(self.north * n - margin, n), _column(self.south * n + margin, n))
        return Span(z, columns[0], rows[0], columns[1], rows[1])


class Span(NamedTuple):
    """Tiles of one zoom: first and last column and row, all included."""

    z: int
    first_x: int
    first_y: int
    last_x: int
    last_y: int

    @property
    def size(self) -> int:
        """How many tiles."""
        return (self.last_x - self.first_x + 1) * (self.last_y - self.first_y + 1)

    def tiles(self) -> Iterator[TileId]:
        """Each of them."""
        for x in range(self.first_x, self.last_x + 1):
            for y in range(self.first_y, self.last_y + 1):
                yield TileId(self.z, x, y)

    def holds(self, x: int, y: int) -> bool:
        """Whether a tile of this zoom is among them."""
        return self.first_x <= x <= self.last_x and self.first_y <= y <= self.last_y


def patch_of(west: float, south: float, east: float, north: float) -> Patch:
    """A box of lon/lat degrees; latitudes beyond the projection end at its edge."""
    return Patch((west + 180.0) / 360.0, _depth(north), (east + 180.0) / 360.0, _depth(south))


def _depth(lat: float) -> float:
    sin = math.sin(math.radians(max(-85.05112878, min(85.05112878, lat))))
    return 0.5 - math.log((1 + sin) / (1 - sin)) / (4 * math.pi)


def _column(share: float, n: int) -> int:
    return max(0, min(n - 1, math.floor(share)))


def _lon(x: int, z: int) -> float:
    return float(x / 2**z * 360.0 - 180.0)


def _lat(y: int, z: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**z))))
