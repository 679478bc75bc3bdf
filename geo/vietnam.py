# SPDX-License-Identifier: Apache-2.0
"""Where a coordinate may lie at all: a generous outline of Vietnam, land and sea.

Not a border: some 20 km wider than the land, and a wide sea area with Quần đảo Hoàng Sa and Quần đảo Trường Sa. It
exists to catch swapped axes, lost signs and foreign places at the door, nothing else. Drawn by hand from the
coordinates of well-known places on either side.
"""

import shapely
from shapely import Polygon

OUTLINE = Polygon(
    [
        (102.0, 22.6), (102.6, 23.0), (103.6, 23.0), (104.6, 23.1), (105.3, 23.6), (106.1, 23.2), (106.9, 23.1),
        (107.0, 22.4), (107.6, 21.9), (108.2, 21.75), (109.0, 21.2), (110.0, 18.5), (111.0, 18.2), (114.0, 17.6),
        (117.8, 12.0), (117.8, 6.2), (108.0, 6.2), (103.0, 7.4), (102.6, 9.6), (103.8, 10.7), (104.9, 10.75),
        (105.6, 11.25), (105.65, 11.85), (106.2, 12.2), (107.2, 12.6), (107.2, 14.6), (106.9, 15.6), (106.3, 16.6),
        (105.5, 17.4), (104.9, 18.2), (103.7, 18.9), (103.7, 19.9), (102.9, 20.6), (102.5, 21.2), (102.0, 22.1),
    ]
)  # fmt: skip
shapely.prepare(OUTLINE)


def _squares_inside() -> frozenset[tuple[int, int]]:
    west, south, east, north = (int(side * _PER_DEGREE) for side in OUTLINE.bounds)
    corners = [(x, y) for x in range(west, east + 1) for y in range(south, north + 1)]
    squares = [shapely.box(*(side / _PER_DEGREE for side in (x, y, x + 1, y + 1))) for x, y in corners]
    inside = shapely.contains_properly(OUTLINE, squares)
    return frozenset(corner for corner, is_inside in zip(corners, inside, strict=True) if is_inside)


# Nearly every place lies in a square that lies in the outline, and looking that up costs a tenth of the geometry.
_PER_DEGREE = 4
_INSIDE = _squares_inside()


def in_vietnam(lon: float, lat: float) -> bool:
    """Whether the point can be in Vietnam."""
    if (int(lon * _PER_DEGREE), int(lat * _PER_DEGREE)) in _INSIDE:
        return True
    return bool(shapely.contains_xy(OUTLINE, lon, lat))
