# SPDX-License-Identifier: Apache-2.0
"""TopoJSON: every shared border once, as an arc. Pure.

Written by hand because the ready-made package quantises to a grid over the box of the data; here the grid is that of
the GeoJSON export (1e-7 degrees), so both hold the same shapes to the last digit. Follows M. Bostock, "How To Infer
Topology": rings are cut where their neighbours differ, equal pieces are stored once.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import orjson
import shapely

from boundaries.export.coordinates import DECIMALS, rounded, shapes_of
from boundaries.export.texts import about, properties
from boundaries.export.values import Export

Point: TypeAlias = tuple[int, int]
Line: TypeAlias = tuple[Point, ...]
_SCALE = 10**DECIMALS


def topojson(export: Export) -> bytes:
    """A Topology with the object "units"; arcs are differences on the grid."""
    shapes = rounded(shapes_of(export))
    units = [_rings(shape) for shape in shapes]
    arcs = Arcs([ring for parts in units for part in parts for ring in part])
    geometries = [
        {
            "type": "MultiPolygon",
            "id": unit.code,
            "properties": properties(unit),
            "arcs": [[arcs.of_ring(ring) for ring in part] for part in parts],
        }
        for unit, parts in zip(export.units, units, strict=True)
    ]
    west, south = (round(float(side) * _SCALE) for side in shapely.total_bounds(shapes)[:2])
    topology = {
        "type": "Topology",
        "bbox": [float(side) for side in shapely.total_bounds(shapes)],
        "unit_set": about(export.version),
        "transform": {"scale": [1 / _SCALE] * 2, "translate": [west / _SCALE, south / _SCALE]},
        "objects": {"units": {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [_differences(line, (west, south)) for line in arcs.lines],
    }
    return orjson.dumps(topology) + b"\n"


class Arcs:
    """The arcs of closed rings; a ring is a list of them, the complement of a number when backwards (-1 is 0)."""

    def __init__(self, rings: list[Line]) -> None:
        self.lines: list[Line] = []
        self._known: dict[Line, int] = {}
        self._junctions = _junctions(rings)

    def of_ring(self, ring: Line) -> list[int]:
        return [self._number(line) for line in self._cut(ring)]

    def _cut(self, ring: Line) -> Iterator[Line]:
        open_ring = ring[:-1]
        cuts = [index for index, point in enumerate(open_ring) if point in self._junctions]
        # A ring that nothing meets begins at its least point, so that a hole and the unit in it are one arc.
        first = cuts[0] if cuts else open_ring.index(min(open_ring))
        turned = (*open_ring[first:], *open_ring[:first], open_ring[first])
        ends = [*(cut - first for cut in cuts), len(open_ring)] if cuts else [0, len(open_ring)]
        for start, end in zip(ends[:-1], ends[1:], strict=True):
            yield turned[start : end + 1]

    def _number(self, line: Line) -> int:
        if line in self._known:
            return self._known[line]
        number = len(self.lines)
        self.lines.append(line)
        self._known[line[::-1]] = ~number
        self._known[line] = number
        return number


def _junctions(rings: list[Line]) -> set[Point]:
    """Points where one ring leaves another."""
    seen: dict[Point, tuple[Point, Point]] = {}
    junctions: set[Point] = set()
    for ring in rings:
        before = ring[-2]
        for here, after in zip(ring[:-1], ring[1:], strict=True):
            sides = (before, after) if before < after else (after, before)
            if seen.setdefault(here, sides) != sides:
                junctions.add(here)
            before = here
    return junctions


def _rings(shape: shapely.MultiPolygon) -> list[list[Line]]:
    return [[_on_grid(ring) for ring in (part.exterior, *part.interiors)] for part in shape.geoms]


def _on_grid(ring: Any) -> Line:
    points = np.rint(shapely.get_coordinates(ring) * _SCALE).astype(np.int64).tolist()
    return tuple((x, y) for x, y in points)


def _differences(line: Line, origin: Point) -> list[list[int]]:
    points = np.array(line, dtype=np.int64) - np.array(origin, dtype=np.int64)
    steps: list[list[int]] = np.vstack([points[:1], np.diff(points, axis=0)]).tolist()
    return steps
