# SPDX-License-Identifier: Apache-2.0
"""Boxes in lon/lat degrees (OGC API Features Part 1, section 7.15.3)."""

import math
from typing import NamedTuple

from geo.errors import BadParameter


class BBox(NamedTuple):
    """West, south, east, north in degrees; ``west > east`` crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    @property
    def crosses_antimeridian(self) -> bool:
        """Whether the box wraps around 180°."""
        return self.west > self.east

    def split(self) -> tuple["BBox", ...]:
        """One box, or the two halves of a box that crosses the antimeridian."""
        if not self.crosses_antimeridian:
            return (self,)
        return (
            BBox(self.west, self.south, 180.0, self.north),
            BBox(-180.0, self.south, self.east, self.north),
        )

    def contains(self, lon: float, lat: float) -> bool:
        """Whether the point lies in the box, edges included."""
        if not self.south <= lat <= self.north:
            return False
        if self.crosses_antimeridian:
            return lon >= self.west or lon <= self.east
        return self.west <= lon <= self.east

    def widened(self, degrees: float) -> "BBox":
        """The box grown on every side, cut at the poles and the antimeridian."""
        return BBox(
            max(-180.0, self.west - degrees),
            max(-90.0, self.south - degrees),
            min(180.0, self.east + degrees),
            min(90.0, self.north + degrees),
        )


def parse_bbox(text: str) -> BBox:
    """Read ``west,south,east,north`` (or the six numbers of a 3D box, whose heights are ignored).

    Raises:
        BadParameter: not four or six finite numbers, out of range, or south above north.
    """
    if len(text) > 200:
        raise BadParameter("bbox has too many characters", code="bbox_invalid")
    parts = text.split(",")
    if len(parts) not in (4, 6):
        raise BadParameter("bbox needs four numbers: west,south,east,north", code="bbox_invalid")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        raise BadParameter("bbox holds something that is not a number", code="bbox_invalid") from None
    if not all(math.isfinite(number) for number in numbers):
        raise BadParameter("bbox numbers must be finite", code="bbox_invalid")
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    west, south, east, north = numbers
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise BadParameter("bbox is outside -180..180, -90..90 (lon,lat order)", code="bbox_invalid")
    if south > north:
        raise BadParameter("bbox has south above north", code="bbox_invalid")
    return BBox(west, south, east, north)
