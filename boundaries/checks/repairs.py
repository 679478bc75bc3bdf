# SPDX-License-Identifier: Apache-2.0
"""Safe repairs of units, each by its id, on a copy, with the ground that moved.

Safe means: a strip narrower than SLIVER_WIDTH_M changes hands, never a piece of land that somebody has to decide about.
So a coverage is cleaned without the units that overlap by more, and wider gaps stay open.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from boundaries.checks.names import clean_name
from boundaries.checks.plane import VN2000_DEGREES, Shapes, area_of, as_array, project, to_plane, width_m
from boundaries.checks.rings import drop_repeated, drop_spikes, runs_clockwise
from boundaries.checks.rows import padded_code
from boundaries.checks.thresholds import EDGE_TOLERANCE_M, REPORT_M2, SAME_LINE_M, SLIVER_WIDTH_M
from geo.crs import VN2000_LOCAL


@dataclass(frozen=True)
class Effect:
    """What one repair did.

    Attributes:
        moved_m2: ground that one unit won or lost, summed over the units; planar in EPSG:9213.
        units: labels of the rows that it changed.
    """

    repair: str
    moved_m2: float
    units: tuple[str, ...]


@dataclass(frozen=True)
class Repaired:
    """The repaired copy, and what each repair did, in the order in which they were done."""

    frame: Any
    effects: tuple[Effect, ...]

    @property
    def moved_m2(self) -> float:
        """All ground that moved."""
        return sum(effect.moved_m2 for effect in self.effects)


def repair(frame: Any, ids: Iterable[str]) -> Repaired:
    """Apply repairs to a copy of a frame as check_units takes it.

    Whatever order they are asked in, they are done in the order of ``REPAIRS``: shapes before coverage.

    Raises:
        KeyError: an id is not in ``REPAIRS``.
    """
    wanted = set(ids)
    if unknown := wanted - REPAIRS.keys():
        raise KeyError(min(unknown))
    effects = []
    for name, change in REPAIRS.items():
        if name in wanted:
            after = change(frame) if name == "rings.orient" else _same_way_round(frame, change(frame))
            effects.append(_effect(name, frame, after))
            frame = after
    return Repaired(frame, tuple(effects))


def _same_way_round(before: Any, after: Any) -> Any:
    """Redrawn rings run as the rest of the file does: GEOS hands them back as it likes."""
    clockwise = [runs_clockwise(shape) for shape in before.geometry if _is_area(shape)]
    direction = 2 * sum(clockwise) > len(clockwise)
    old = before.geometry
    shapes = [
        shapely.orient_polygons(shape, exterior_cw=direction) if _is_area(shape) and shape is not old[index] else shape
        for index, shape in after.geometry.items()
    ]
    return _with_shapes(after, shapes)


def _with_shapes(frame: Any, shapes: Sequence[Any]) -> Any:
    return frame.set_geometry(type(frame.geometry)(list(shapes), index=frame.index, crs=frame.crs))


def _effect(name: str, before: Any, after: Any) -> Effect:
    """Compare row by row; a row that is gone was there twice, and its ground stays."""
    moved, units = 0.0, []
    columns = [column for column in ("code", "name", "type", "parent") if column in after]
    for index in before.index:
        if index not in after.index:
            units.append(str(before.at[index, "code"]) if "code" in before else f"row {index}")
            continue
        old, new = before.geometry[index], after.geometry[index]
        texts = any(before.at[index, column] is not after.at[index, column]
                    and before.at[index, column] != after.at[index, column] for column in columns)  # fmt: skip
        redrawn = old is not new and (old is None or new is None or shapely.to_wkb(old) != shapely.to_wkb(new))
        if redrawn:
            moved += _moved_m2(old, new)
        if texts or redrawn:
            units.append(str(after.at[index, "code"]) if "code" in after else f"row {index}")
    return Effect(name, moved, tuple(units))


def _moved_m2(old: Any, new: Any) -> float:
    if old is None or new is None or old.is_empty or new.is_empty:
        return 0.0
    one, other = (area_of(shapely.make_valid(to_plane(shapely.force_2d(shape)))) for shape in (old, new))
    return float(shapely.symmetric_difference(one, other).area)


def _each(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A repair that looks at one shape at a time; rows without a finite shape stay."""

    def apply(frame: Any) -> Any:
        return _with_shapes(frame, [change(shape) if _is_finite(shape) else shape for shape in frame.geometry])

    return apply


def _is_finite(shape: Any) -> bool:
    return shape is not None and not shape.is_empty and bool(np.isfinite(shapely.get_coordinates(shape)).all())


def _is_area(shape: Any) -> bool:
    return _is_finite(shape) and shape.geom_type in ("Polygon", "MultiPolygon")


def _areas_only(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return _each(lambda shape: change(shape) if _is_area(shape) else shape)


def _keep_areas(shape: Any) -> Any:
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    return _plain(area_of(shape)) if not area_of(shape).is_empty else shape


def _without_spikes(shape: Any) -> Any:
    flat = shapely.force_2d(shape)
    plane = to_plane(flat)
    mended = drop_spikes(plane)
    same = shapely.get_num_coordinates(mended) >= shapely.get_num_coordinates(drop_repeated(plane))
    return shape if same else _plain(shapely.transform(mended, _way_back(plane, flat)))


def _make_valid(shape: Any) -> Any:
    if shapely.is_valid(shape):
        return shape
    mended = area_of(shapely.make_valid(shapely.force_2d(shape), method="structure", keep_collapsed=False))
    return shape if mended.is_empty else _plain(mended)


def _plain(shape: Any) -> Any:
    return shape.geoms[0] if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape


def _drop_rows(frame: Any) -> Any:
    """Rows that say again what an earlier one said, shape and texts."""
    said, keep = set(), []
    for index in frame.index:
        shape = frame.geometry[index]
        plain = shapely.normalize(shapely.remove_repeated_points(shapely.force_2d(shape), 0.0)) if shape else None
        texts = tuple(str(frame.at[index, column]) for column in ("code", "name") if column in frame)
        key = (*texts, shapely.to_wkb(plain) if plain is not None else index)
        keep.append(key not in said)
        said.add(key)
    return frame[keep]


def _text(column: str, change: Callable[[str], str]) -> Callable[[Any], Any]:
    def apply(frame: Any) -> Any:
        if column not in frame:
            return frame
        texts = [change(value) if isinstance(value, str) else value for value in frame[column]]
        return frame.assign(**{column: texts})

    return apply


def _clean_texts(frame: Any) -> Any:
    for column in ("name", "type", "parent"):
        frame = _text(column, clean_name)(frame)
    return frame


def _coverage(strip_m: float, gap_m: float, snap_m: float) -> Callable[[Any], Any]:
    """Clean the units together, without those that overlap by a strip that wide or wider."""

    def apply(frame: Any) -> Any:
        usable = [index for index, shape in enumerate(frame.geometry) if _is_area(shape) and shapely.is_valid(shape)]
        degrees = as_array(shapely.force_2d(frame.geometry.iloc[index]) for index in usable)
        plane = to_plane(degrees)
        safe = ~_overlapping(plane, strip_m)
        if shapely.coverage_is_valid(plane[safe], gap_width=max(gap_m, SAME_LINE_M)):
            return frame
        cleaned = shapely.coverage_clean(plane[safe], gap_width=gap_m, snapping_distance=snap_m)
        back = _way_back(plane, degrees)
        shapes = list(frame.geometry)
        for index, before, after in zip(np.array(usable)[safe], plane[safe], cleaned, strict=True):
            if not after.is_empty and not _same_ground(before, after):
                shapes[index] = _plain(area_of(shapely.transform(after, back)))
        return _with_shapes(frame, shapes)

    return apply


def _same_ground(one: Any, other: Any) -> bool:
    first, second = (shapely.to_wkb(shapely.normalize(area_of(shape))) for shape in (one, other))
    return bool(first == second)


def _way_back(plane: Any, degrees: Any) -> Callable[[Any], Any]:
    """From the plane to degrees, so that a vertex that did not move gets its own degrees again, to the last bit.

    Otherwise a cleaned unit would differ by a billionth from the neighbour that needed no cleaning.
    """
    known = dict(
        zip(map(tuple, shapely.get_coordinates(plane)), map(tuple, shapely.get_coordinates(degrees)), strict=True)
    )

    def back(points: Any) -> Any:
        found = project(shapely.points(points), VN2000_LOCAL, 4326)
        placed = shapely.get_coordinates(found)
        for index, point in enumerate(map(tuple, points)):
            placed[index] = known.get(point, placed[index])
        return placed

    return back


def _overlapping(plane: Shapes, strip_m: float) -> Any:
    wide = np.zeros(len(plane), dtype=bool)
    loose = ~shapely.is_empty(shapely.coverage_invalid_edges(plane))
    one, other = shapely.STRtree(plane).query(plane, predicate="intersects")
    for left, right in zip(*(side[(one < other) & (loose[one] | loose[other])] for side in (one, other)), strict=True):
        piece = area_of(shapely.intersection(plane[left], plane[right]))
        if piece.area >= REPORT_M2 and width_m(piece) >= strip_m:
            wide[[left, right]] = True
    return wide


def _restore_datum(shape: Any) -> Any:
    """Degrees of VN-2000 that were taken for WGS 84 (both on the same ellipsoid): shift them once."""
    return project(shape, VN2000_DEGREES, 4326)


# In the order in which they are done.
REPAIRS: dict[str, Callable[[Any], Any]] = {
    "heights.drop": _each(shapely.force_2d),
    "shapes.keep_areas": _each(_keep_areas),
    "points.drop_repeated": _areas_only(drop_repeated),
    "spikes.drop": _areas_only(_without_spikes),
    "rings.make_valid": _areas_only(_make_valid),
    "features.drop_repeated": _drop_rows,
    "codes.pad": _text("code", lambda code: padded_code(code) or code),
    "names.clean": _clean_texts,
    "datum.restore": _each(_restore_datum),
    "coverage.clean": _coverage(SLIVER_WIDTH_M, SLIVER_WIDTH_M, -1.0),
    "edges.snap": _coverage(EDGE_TOLERANCE_M, 0.0, EDGE_TOLERANCE_M),
    "rings.orient": _areas_only(lambda shape: shapely.orient_polygons(shape, exterior_cw=False)),
}


def proposed(findings: Sequence[Any]) -> tuple[str, ...]:
    """The repairs that findings propose, each once, in the order in which they are done."""
    wanted = {finding.repair for finding in findings}
    return tuple(name for name in REPAIRS if name in wanted)
