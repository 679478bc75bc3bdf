# SPDX-License-Identifier: Apache-2.0
"""Where the pixels of the result lie: exactly on those of web map tiles, so that a tile is cut and never resampled."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from boundaries.underlays.mercator import Bounds
from geo.tile import HALF_WORLD_M, MAX_ZOOM

TILE_PX = 256
# So much of its resolution a raster may lose before the next zoom, with four times the pixels, is taken.
_LOST = 0.2
_EDGE_STEPS = 24
# (x, y) pairs of the raster's own system to EPSG:3857.
Project = Callable[[Sequence[float], Sequence[float]], tuple[Sequence[float], Sequence[float]]]
Place = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Grid:
    """Whole tiles of one zoom: ``columns`` by ``rows`` of them from (``first_x``, ``first_y``) on.

    Attributes:
        pixel_m: length of a pixel of the original at its middle, in EPSG:3857.
        bounds_m: of what is shown, EPSG:3857.
    """

    zoom: int
    first_x: int
    first_y: int
    columns: int
    rows: int
    pixel_m: float
    bounds_m: Bounds

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.columns * TILE_PX, self.rows * TILE_PX

    @property
    def made_pixel_m(self) -> float:
        """Length of a pixel, EPSG:3857."""
        return float(2 * HALF_WORLD_M / TILE_PX / 2**self.zoom)

    @property
    def corner_m(self) -> tuple[float, float]:
        """The north-western corner, EPSG:3857."""
        side = self.made_pixel_m * TILE_PX
        return self.first_x * side - HALF_WORLD_M, HALF_WORLD_M - self.first_y * side

    @property
    def min_zoom(self) -> int:
        """From where on it is more than a speck."""
        return max(0, self.zoom - math.ceil(math.log2(max(self.columns, self.rows))) - 2)


def grid_of(place: Place, size: tuple[int, int], project: Project, area_m: Bounds, made_pixels: int) -> Grid | None:
    """The grid for a raster; None where no part of it lies in the area.

    Args:
        place: from (column, row) to the raster's own system.
        size: width and height in pixels.
        project: from there to EPSG:3857.
        area_m: what may be shown, EPSG:3857.
        made_pixels: a grid with more is made coarser.
    """
    width, height = size
    shares = [step / _EDGE_STEPS for step in range(_EDGE_STEPS + 1)]
    edge = [(share * width, row) for share in shares for row in (0.0, float(height))]
    edge += [(column, share * height) for share in shares for column in (0.0, float(width))]
    xs, ys = project(*zip(*(place(*one) for one in edge), strict=True))
    if not all(map(math.isfinite, (*xs, *ys))):
        return None
    bounds = (
        max(min(xs), area_m[0]), max(min(ys), area_m[1]), min(max(xs), area_m[2]), min(max(ys), area_m[3])
    )  # fmt: skip
    pixel_m = _pixel_m(place, size, project)
    if bounds[0] >= bounds[2] or bounds[1] >= bounds[3] or not pixel_m > 0:
        return None
    zoom = math.ceil(math.log2(2 * HALF_WORLD_M / TILE_PX / pixel_m) - _LOST)
    zoom = max(0, min(MAX_ZOOM, zoom))
    while zoom > 0 and _pixels(grid := _at(zoom, bounds, pixel_m)) > made_pixels:
        zoom -= 1
    return grid if zoom > 0 else _at(0, bounds, pixel_m)


def _pixels(grid: Grid) -> int:
    width, height = grid.size
    return width * height


def _at(zoom: int, bounds: Bounds, pixel_m: float) -> Grid:
    side = 2 * HALF_WORLD_M / 2**zoom
    most = 2**zoom
    west, east = (bounds[0] + HALF_WORLD_M) / side, (bounds[2] + HALF_WORLD_M) / side
    north, south = (HALF_WORLD_M - bounds[3]) / side, (HALF_WORLD_M - bounds[1]) / side
    first_x, first_y = max(0, math.floor(west)), max(0, math.floor(north))
    last_x, last_y = min(most, math.ceil(east)), min(most, math.ceil(south))
    return Grid(zoom, first_x, first_y, max(1, last_x - first_x), max(1, last_y - first_y), pixel_m, bounds)


def _pixel_m(place: Place, size: tuple[int, int], project: Project) -> float:
    column, row = size[0] / 2, size[1] / 2
    points = [place(column + right, row + down) for right, down in ((0, 0), (1, 0), (0, 1))]
    (x0, x1, x2), (y0, y1, y2) = project(*zip(*points, strict=True))
    pixel = math.sqrt(abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)))
    return pixel if math.isfinite(pixel) else 0.0
