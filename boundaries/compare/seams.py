# SPDX-License-Identifier: Apache-2.0
"""A survey and its neighbours as faces of one network of lines: what is cut from the same lines has the same edges."""

from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import Shapes, area_of, as_array, polygons_of

# A tenth of a millimetre in degrees.
NEAR = 1e-9
# Published borders may differ by one step of the sixth decimal on their two sides.
_BESIDE = 1.5e-6
_LINE_WIDTH = 1e-7
# A hundredth of a square metre in square degrees: rounding between lines that were computed.
_DUST = 1e-12


def settle(new: Shapes, old: Shapes, others: Shapes) -> tuple[Shapes, Shapes]:
    """The new shapes and the others as one coverage; a shape of which nothing changes stays the same object.

    Each face of all lines belongs to the new shapes that cover it; else to the other that covers it; else, when it is
    ground that the new shapes leave, to the other with the longest common border. Ground beside nobody stays open.

    Args:
        new: uploaded shapes; they keep all of their ground.
        old: the published shapes that they replace.
        others: published shapes around them.
    """
    lines = [shape.boundary for shape in (*new, *old, *others) if not shape.is_empty]
    left, _ = _left(_faces(lines), new, old, others)
    cuts = [cut for face in left for cut in _cuts(face, others, new)]
    faces = _faces([*lines, *cuts]) if cuts else _faces(lines)
    left, owned = _left(faces, new, old, others)
    for face in left:
        taker = _taker(face, others)
        if taker is not None:
            owned[len(new) + taker].append(face)
    every = [*new, *others]
    settled = as_array(_drawn(shape, owned[index]) for index, shape in enumerate(every))
    return settled[: len(new)], settled[len(new) :]


def _faces(lines: Iterable[BaseGeometry]) -> Shapes:
    network = shapely.union_all(list(lines))
    return as_array(polygons_of(shapely.polygonize(list(shapely.get_parts(network)))))


def _left(
    faces: Shapes, new: Shapes, old: Shapes, others: Shapes
) -> tuple[list[BaseGeometry], list[list[BaseGeometry]]]:
    """Faces that somebody may take over, and the faces of each new shape and each other one."""
    points = shapely.point_on_surface(faces)
    owned: list[list[BaseGeometry]] = [[] for _ in range(len(new) + len(others))]
    by_new, by_old, by_other = (_within(points, shapes) for shapes in (new, old, others))
    left = []
    for index, face in enumerate(faces):
        owners = by_new[index] or [len(new) + one for one in by_other[index]]
        for owner in owners:
            owned[owner].append(face)
        if not owners and (by_old[index] or face.area < _DUST):
            left.append(face)
    return left, owned


def _within(points: Shapes, shapes: Shapes) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in points]
    shapely.prepare(shapes)
    for shape, point in zip(*shapely.STRtree(points).query(shapes, predicate="contains"), strict=True):
        found[point].append(int(shape))
    return found


def _taker(face: BaseGeometry, others: Shapes) -> int | None:
    """Beside whom most of the face lies, as deep as it is wide on the average; a common corner is not beside.

    The common length alone would count a strip's hair-thin tail along another neighbour.
    """
    least = 2 * _BESIDE if face.area >= _DUST else 0.0
    width = max(2 * face.area / face.length, _BESIDE)
    best, most = None, 0.0
    for index in sorted(shapely.STRtree(others).query(face, predicate="dwithin", distance=_BESIDE)):
        near = shapely.clip_by_rect(others[index], *shapely.buffer(face.envelope, 2 * width).bounds)
        common = shapely.intersection(face.boundary, shapely.buffer(near, _BESIDE)).length
        beside = float(shapely.intersection(face, shapely.buffer(near, width)).area)
        if common > least and beside > most:
            best, most = int(index), beside
    return best


def _cuts(face: BaseGeometry, others: Shapes, new: Shapes) -> list[LineString]:
    """A strip along several neighbours is cut where their own borders meet it, straight across to the new shapes."""
    beside = others[shapely.STRtree(others).query(face, predicate="dwithin", distance=_BESIDE)]
    ends: set[tuple[float, float]] = set()
    for number, one in enumerate(beside):
        for other in beside[number + 1 :]:
            meeting = shapely.get_coordinates(shapely.intersection(one.boundary, other.boundary))
            at_face = shapely.dwithin(face, shapely.points(meeting), _BESIDE)
            ends.update((float(x), float(y)) for x, y in meeting[at_face])
    if not ends:
        return []
    across = _edges_on(face, shapely.union_all([shape.boundary for shape in new]))
    if across.is_empty:
        return []
    straight = (shapely.shortest_line(Point(end), across) for end in ends)
    lines = [line for line in straight if line.length > NEAR and _is_across(line, face)]
    return [_longer(line) for line in [*lines, *_necks(across, beside)]]


def _necks(across: BaseGeometry, beside: Shapes) -> list[BaseGeometry]:
    """Where a face narrows to the width of a line: behind it lies a tail along another neighbour."""
    corners = shapely.points(np.unique(shapely.get_coordinates(across), axis=0))
    lines = shapely.shortest_line(corners, shapely.union_all([shape.boundary for shape in beside]))
    length = shapely.length(lines)
    return list(lines[(length > NEAR) & (length < _LINE_WIDTH)])


def _edges_on(face: BaseGeometry, border: BaseGeometry) -> BaseGeometry:
    """The edges of a face that are part of a border."""
    shapely.prepare(border)
    points = shapely.get_coordinates(face.exterior)
    middles = shapely.points((points[:-1] + points[1:]) / 2)
    on_it = shapely.dwithin(border, middles, NEAR)
    return shapely.multilinestrings(shapely.linestrings(np.stack((points[:-1], points[1:]), axis=1)[on_it]))


def _is_across(line: BaseGeometry, face: BaseGeometry) -> bool:
    """It cuts the face and does not run along its edge."""
    middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
    return bool(shapely.distance(middle, face.boundary) > 0.05 * line.length and face.contains(middle))


def _longer(line: BaseGeometry) -> LineString:
    """A line that surely crosses what it begins and ends at."""
    start, end = shapely.get_coordinates(line)
    step = end - start
    return LineString([start - step * (_BESIDE / line.length), end + step * 1e-6])


def _drawn(shape: BaseGeometry, faces: list[BaseGeometry]) -> BaseGeometry:
    """The shape that the faces make; the same object when no vertex of it changed."""
    if shape.is_empty:
        return shape
    made: MultiPolygon = area_of(shapely.union_all(faces))
    one, other = (np.unique(shapely.get_coordinates(each), axis=0) for each in (made, shape))
    if one.shape == other.shape and (one == other).all():
        return shape
    return shapely.orient_polygons(made, exterior_cw=False)
