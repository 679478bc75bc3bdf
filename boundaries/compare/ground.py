# SPDX-License-Identifier: Apache-2.0
"""Pieces of ground: which shapes are the same, what one has and another lacks, how far a border moved."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import Shapes, area_of, as_array, project, to_plane
from boundaries.checks.thresholds import REPORT_M2, SAME_LINE_M
from geo.measure import area_m2

# Cylindrical, on WGS 84; a hectare in square degrees.
_EQUAL_AREA = 6933
_SMALL_DEGREES2 = 8.7e-7
_MOST_VERTICES = 4_000


def areas(shapes: Sequence[BaseGeometry]) -> Shapes:
    """The shapes as valid areas; what is no area is the empty one."""
    found = as_array(area_of(shape) if shape is not None else MultiPolygon() for shape in shapes)
    for index in np.flatnonzero(~shapely.is_valid(found)):
        found[index] = area_of(shapely.make_valid(found[index], method="structure", keep_collapsed=False))
    return found


def is_same(one: BaseGeometry, other: BaseGeometry) -> bool:
    """The same vertices, wherever the rings begin and whichever way they run."""
    if shapely.get_num_coordinates(one) != shapely.get_num_coordinates(other):
        return False
    first, second = shapely.to_wkb(one), shapely.to_wkb(other)
    return bool(first == second or shapely.normalize(one).equals_exact(shapely.normalize(other), 0.0))


def spheroid_m2(shape: BaseGeometry) -> float:
    """Area on the spheroid, rings in whichever order.

    Small pieces come by the ten thousand where a border was drawn again. They are measured together in an equal-area
    projection of the same spheroid, in which edges as short as theirs are the same lines.
    """
    parts = as_array(area_of(shape).geoms)
    small = shapely.area(parts) < _SMALL_DEGREES2
    together = float(shapely.area(project(parts[small], 4326, _EQUAL_AREA)).sum()) if small.any() else 0.0
    return together + sum(area_m2(part) for part in shapely.orient_polygons(parts[~small]))


def beyond(shape: BaseGeometry, other: BaseGeometry) -> MultiPolygon:
    """What the shape has and the other lacks, without pieces that are no ground (see ``land``)."""
    return land(shapely.difference(shape, other))


@dataclass(frozen=True)
class Redrawn:
    """What a unit won and lost when its border was drawn again; either may be empty."""

    won: MultiPolygon
    lost: MultiPolygon


def redraw(pairs: Sequence[tuple[BaseGeometry, BaseGeometry]]) -> list[Redrawn]:
    """For each pair of a shape before and after; GEOS lets several threads work at once."""
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as threads:
        won = threads.map(lambda pair: beyond(pair[1], pair[0]), pairs)
        lost = threads.map(lambda pair: beyond(pair[0], pair[1]), pairs)
        return [Redrawn(*both) for both in zip(won, lost, strict=True)]


def land(shape: BaseGeometry) -> MultiPolygon:
    """The pieces of a shape in degrees that are ground and not rounding."""
    parts = area_of(shape).geoms
    if not len(parts):
        return MultiPolygon()
    pieces = as_array(parts)
    plane = to_plane(pieces)
    area, length = shapely.area(plane), shapely.length(plane)
    kept = (area >= REPORT_M2) & (2 * area >= SAME_LINE_M * length)
    return MultiPolygon(list(pieces[kept]))


def moved_m(before: BaseGeometry, after: BaseGeometry, changed: Sequence[BaseGeometry]) -> float:
    """The farthest that a vertex of either border lies from the other border, in metres of VN-2000 (EPSG:9213).

    Args:
        before: the shape as it was.
        after: as it is.
        changed: the ground that the two do not share; of very long borders only its widest pieces are looked at.
    """
    points = _vertices(changed)
    return max(_farthest(points, shape) for shape in (before, after))


def _vertices(changed: Sequence[BaseGeometry]) -> Shapes:
    pieces = to_plane(as_array(part for shape in changed for part in area_of(shape).geoms))
    widest = pieces[np.argsort(-shapely.area(pieces) / shapely.length(pieces), kind="stable")]
    upto = np.searchsorted(np.cumsum(shapely.get_num_coordinates(widest)), _MOST_VERTICES) + 1
    points: Shapes = shapely.points(np.unique(shapely.get_coordinates(widest[:upto]), axis=0))
    return points


def _farthest(points: Shapes, shape: BaseGeometry) -> float:
    """Each of the points lies on one of the two borders: the distance to its own one is nothing."""
    drawn = shapely.get_rings(shapely.get_parts(to_plane(shape)))
    rings, index = shapely.get_coordinates(drawn, return_index=True)
    within = index[1:] == index[:-1]
    segments = shapely.linestrings(np.stack((rings[:-1][within], rings[1:][within]), axis=1))
    _, distance = shapely.STRtree(segments).query_nearest(points, return_distance=True, all_matches=False)
    return float(distance.max(initial=0.0))
