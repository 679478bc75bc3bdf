# SPDX-License-Identifier: Apache-2.0
"""Shapes for the maps of a report: simplified as one coverage until they fit in a file that can be sent by mail."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import Shapes, area_of, as_array, from_plane, polygons_of, to_plane
from boundaries.report.facts import Change, DrawnUnit, Maps

# Some 19 bytes each in the file; both sides together stay under 2 MB.
MAX_VERTICES = 45_000
# Ground that changed hands is drawn over the units, so it gets the same detail and fewer vertices.
MAX_OVERLAY_VERTICES = 12_000
_TOLERANCES_M = (0.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 70.0, 100.0, 150.0, 250.0)
COLOURS = 6
# Where along a border it is asked whether another one runs beside it.
_PLACES = (0.12, 0.31, 0.5, 0.69, 0.88)


@dataclass(frozen=True)
class Named:
    """A unit as it is stored."""

    code: str
    name: str
    geometry: BaseGeometry


def drawn_maps(
    before: Sequence[Named],
    after: Sequence[Named],
    changes: Sequence[Change],
    won: Sequence[tuple[str, BaseGeometry]],
    lost: Sequence[tuple[str, BaseGeometry]],
) -> Maps:
    """Both sides and the ground that changed hands, with as much detail as a report can carry."""
    if not before or not after:
        # All of it is new, or all of it is gone: the units themselves show it.
        won = lost = ()
    planes = [as_array(to_plane(as_array(unit.geometry for unit in side))) for side in (before, after)]
    tolerance_m, (plain_before, plain_after) = _fitting(planes, MAX_VERTICES)
    colours_after = _colours(after, plain_after, changes)
    colours_before = _colours_before(changes, colours_after)
    return Maps(
        before=_drawn(before, plain_before, colours_before),
        after=_drawn(after, plain_after, colours_after),
        won=_overlay(won, tolerance_m),
        lost=_overlay(lost, tolerance_m),
        old_lines=_old_lines(plain_before, plain_after, tolerance_m),
        tolerance_m=tolerance_m,
    )


def _old_lines(before: Shapes, after: Shapes, tolerance_m: float) -> BaseGeometry | None:
    """Borders that are no more: those before that no border after runs along."""
    if len(before) == 0 or len(after) == 0:
        return None
    old, new = (shapely.union_all(shapely.boundary(side)) for side in (before, after))
    lines = shapely.get_parts(shapely.line_merge(shapely.difference(old, new)))
    # Lines that were simplified from other ends run side by side without being the same; narrow slivers do, too.
    width_m = 2 * tolerance_m + 1
    lines = lines[shapely.length(lines) > width_m]
    strands = shapely.STRtree(shapely.get_parts(new))
    is_apart = np.zeros(len(lines), dtype=bool)
    for place in _PLACES:
        points = shapely.line_interpolate_point(lines, place, normalized=True)
        away = np.ones(len(lines), dtype=bool)
        away[strands.query(points, predicate="dwithin", distance=width_m)[0]] = False
        is_apart |= away
    if not is_apart.any():
        return None
    found: BaseGeometry = from_plane(shapely.line_merge(shapely.multilinestrings(lines[is_apart])))
    return found


def _fitting(sides: list[Shapes], most: int) -> tuple[float, list[Shapes]]:
    """The finest simplification of both sides that stays under the limit, or the coarsest one there is."""
    made, tolerance_m = sides, 0.0
    for tolerance_m in _TOLERANCES_M:
        made = [simplified(side, tolerance_m) for side in sides]
        if all(int(shapely.get_num_coordinates(side).sum()) <= most for side in made):
            break
    return tolerance_m, made


def simplified(plane: Shapes, tolerance_m: float) -> Shapes:
    """The shapes of a plane as one coverage; a unit that would vanish keeps the shape that it had."""
    if tolerance_m == 0 or len(plane) == 0:
        return plane
    made = as_array(shapely.coverage_simplify(plane, tolerance=tolerance_m, simplify_boundary=True))
    gone = shapely.is_empty(made) | shapely.is_missing(made)
    made[gone] = plane[gone]
    return made


def _drawn(units: Sequence[Named], plane: Shapes, colours: dict[str, int]) -> tuple[DrawnUnit, ...]:
    return tuple(
        DrawnUnit(unit.code, unit.name, _degrees(shape), colours.get(unit.code))
        for unit, shape in zip(units, plane, strict=True)
    )


def _degrees(shape: BaseGeometry) -> MultiPolygon:
    return area_of(from_plane(shape))


def _overlay(pieces: Sequence[tuple[str, BaseGeometry]], tolerance_m: float) -> tuple[tuple[str, BaseGeometry], ...]:
    """Ground that changed hands; where it is too much to draw, the largest pieces of it.

    Each piece by itself: a strip that is narrower than the tolerance stays, or the map would hide it.
    """
    codes = [code for code, shape in pieces for _ in polygons_of(shape)]
    parts = as_array(part for _, shape in pieces for part in polygons_of(shape))
    if int(shapely.get_num_coordinates(parts).sum()) > MAX_OVERLAY_VERTICES:
        planes = shapely.simplify(to_plane(parts), max(tolerance_m, 2.0), preserve_topology=True)
        largest = np.argsort(-shapely.area(planes), kind="stable")
        fits = np.cumsum(shapely.get_num_coordinates(planes[largest])) <= MAX_OVERLAY_VERTICES
        chosen = np.sort(largest[fits])
        parts, codes = from_plane(planes[chosen]), [codes[index] for index in chosen]
    by_code: dict[str, list[Polygon]] = {}
    for code, part in zip(codes, parts, strict=True):
        by_code.setdefault(code, []).append(part)
    return tuple((code, MultiPolygon(found)) for code, found in by_code.items())


def _colours(units: Sequence[Named], plane: Shapes, changes: Sequence[Change]) -> dict[str, int]:
    """Few colours, so that changed units side by side differ: greedy, in the order of the codes."""
    codes = [unit.code for unit in units]
    changed = {change.code_after for change in changes}
    tree = shapely.STRtree(plane)
    near: dict[str, set[str]] = {code: set() for code in codes}
    for one, other in tree.query(plane, predicate="intersects").T:
        if one != other:
            near[codes[one]].add(codes[other])
    colours: dict[str, int] = {}
    for code in sorted(changed & set(codes), key=str):
        assert code is not None
        taken = {colours[other] for other in near[code] if other in colours}
        used = [sum(1 for found in colours.values() if found == colour) for colour in range(COLOURS)]
        free = [colour for colour in range(COLOURS) if colour not in taken] or list(range(COLOURS))
        colours[code] = min(free, key=lambda colour: (used[colour], colour))
    return colours


def _colours_before(changes: Sequence[Change], after: dict[str, int]) -> dict[str, int]:
    """A unit before has the colour of the unit that most of it went into."""
    best: dict[str, tuple[float, int]] = {}
    for change in changes:
        colour = after.get(change.code_after or "")
        if colour is None:
            continue
        origins = change.lineage or (((change.code_before, 1.0),) if change.code_before else ())
        for code, part in origins:
            if part > best.get(code, (0.0, 0))[0]:
                best[code] = (part, colour)
    return {code: colour for code, (_, colour) in best.items()}


def extent(maps: Maps) -> tuple[float, float, float, float] | None:
    """West, south, east, north of both sides."""
    return _box([unit.geometry for unit in (*maps.before, *maps.after)])


def focus(maps: Maps) -> tuple[float, float, float, float] | None:
    """What the maps open with: the changed units and the ground that changed hands, or everything."""
    changed = [unit.geometry for unit in (*maps.before, *maps.after) if unit.colour is not None]
    pieces = [shape for _, shape in (*maps.won, *maps.lost)]
    return _box([*changed, *pieces]) or extent(maps)


def _box(shapes: Sequence[BaseGeometry]) -> tuple[float, float, float, float] | None:
    found = [shape for shape in shapes if not shape.is_empty]
    if not found:
        return None
    west, south, east, north = (float(side) for side in shapely.total_bounds(as_array(found)))
    return west, south, east, north


def label_point(shape: BaseGeometry) -> tuple[float, float]:
    """Where the name stands: in the middle of the largest inscribed circle of the largest part."""
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    middle = shapely.maximum_inscribed_circle(largest, tolerance=max(np.sqrt(largest.area) / 50, 1e-6))
    x, y = middle.coords[0]
    return float(x), float(y)
