# SPDX-License-Identifier: Apache-2.0
"""GEOM_*: each shape by itself.

Stops where the next question makes no sense: a shape that is no area has no rings, and one with an infinite coordinate
is shown to no geometry library. A row without a usable shape takes no part in topology and difference.

A file whose outer rings are all clockwise is turned without a word: shapefiles do so by their own rule, GDAL hands
other formats over like that, and RFC 7946 (3.1.6) tells parsers of GeoJSON not to refuse it. GEOM_RING_ORDER is said
where outer rings disagree among each other, or where rings have to be written anew anyway (repeated points). Of the
broken uploads that we keep, the sound one and the one with this fault run the same way: direction alone is no fault.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import from_plane, polygons_of, to_plane
from boundaries.checks.rings import Points, drop_spikes, repeated_points, runs_clockwise, spike_tips
from boundaries.checks.rows import Row
from boundaries.checks.thresholds import SHOWN_POINTS, SPIKE_LENGTH_M
from boundaries.findings import Finding, found


@dataclass(frozen=True)
class Judged:
    """The findings, and which rows (by number) have a shape that can be used, each ground once."""

    findings: tuple[Finding, ...]
    sound: frozenset[int]
    repeats: frozenset[int]


def geometry_findings(rows: Sequence[Row]) -> Judged:
    """Judge every shape by itself."""
    findings: list[Finding] = []
    areas: list[Row] = []
    for row in rows:
        fault = _no_area(row)
        if fault is None:
            areas.append(row)
        else:
            findings.append(fault)
    # Degrees beyond the globe are the reader's to tell (CRS_OUT_OF_RANGE); here they are only kept out of the plane.
    areas = [row for row in areas if _on_globe(row.geometry)]
    findings += _heights(areas)
    broken = frozenset(row.number for row in areas if not shapely.is_valid(shapely.force_2d(row.geometry)))
    for row in areas:
        findings += _rings(row, broken=row.number in broken)
    again = _again(areas)
    findings += [_duplicate(first, others) for first, others in again]
    findings += _vertices(areas)
    return Judged(
        tuple(findings),
        frozenset(row.number for row in areas) - broken,
        frozenset(row.number for _, others in again for row in others),
    )


def _no_area(row: Row) -> Finding | None:
    shape = row.geometry
    if shape is None:
        return replace(found("GEOM_NULL", units=(row.label,)), geometry=row.place)
    if shape.is_empty:
        return replace(found("GEOM_EMPTY", units=(row.label,)), geometry=row.place)
    infinite = int((~np.isfinite(shapely.get_coordinates(shape))).any(axis=1).sum())
    if infinite:
        finding = found("GEOM_NON_FINITE", units=(row.label,))
        return replace(finding, geometry=row.place, measure=float(infinite), measure_unit="count", threshold=0.0)
    if not isinstance(shape, Polygon | MultiPolygon):
        repair = "shapes.keep_areas" if polygons_of(shape) else None
        finding = found("GEOM_TYPE", f"({shape.geom_type})", f"({shape.geom_type})", units=(row.label,))
        return replace(finding, geometry=row.place, repair=repair)
    return None


def _on_globe(shape: BaseGeometry | None) -> bool:
    west, south, east, north = shapely.bounds(shape)
    return bool(-180 <= west and east <= 180 and -90 <= south and north <= 90)


def _heights(areas: Sequence[Row]) -> list[Finding]:
    raised = [row for row in areas if row.geometry is not None and row.geometry.has_z]
    return [_about_all("GEOM_3D_DROPPED", raised, "heights.drop")] if raised else []


def _rings(row: Row, *, broken: bool) -> list[Finding]:
    shape = to_plane(shapely.force_2d(row.geometry))
    findings = []
    tips = spike_tips(shape)
    if len(tips):
        length = float(max(Point(tip).distance(drop_spikes(shape)) for tip in tips))
        finding = found("GEOM_SPIKE", f"({length:.0f} m)", f"({length:.0f} m)", units=(row.label,))
        findings.append(
            replace(
                finding,
                geometry=from_plane(MultiPoint(tips)),
                measure=length,
                measure_unit="m",
                threshold=SPIKE_LENGTH_M,
                repair="spikes.drop",
            )
        )
    if broken and (not len(tips) or not shapely.is_valid(drop_spikes(shape))):
        findings.append(_invalid(row, shape))
    return findings


def _invalid(row: Row, shape: BaseGeometry) -> Finding:
    """What make_valid would take away or add is the measure: the even-odd area against the ring's own."""
    made = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    moved = abs(float(made.area) - abs(float(shape.area)))
    reason = shapely.is_valid_reason(shape).split("[")[0]
    spot = shapely.is_valid_reason(row.geometry).partition("[")[2].rstrip("]").split()
    near = Point(float(spot[0]), float(spot[1])).buffer(0.0005) if len(spot) >= 2 else row.place
    finding = found("GEOM_INVALID_RING", f"({reason})", f"({reason})", units=(row.label,))
    repair = "rings.make_valid" if polygons_of(made) else None
    return replace(finding, geometry=near, measure=moved, measure_unit="m2", repair=repair)


def _again(areas: Sequence[Row]) -> list[tuple[Row, list[Row]]]:
    """Rows whose shape was there before, point for point, wherever its rings begin and however they run."""
    same: dict[bytes, list[Row]] = defaultdict(list)
    for row in areas:
        plain = shapely.normalize(shapely.remove_repeated_points(shapely.force_2d(row.geometry), 0.0))
        same[shapely.to_wkb(plain)].append(row)
    return [(rows[0], rows[1:]) for rows in same.values() if len(rows) > 1]


def _duplicate(first: Row, others: Sequence[Row]) -> Finding:
    units = tuple(dict.fromkeys((first.label, *(row.label for row in others))))
    whole = all((row.code, row.name) == (first.code, first.name) for row in others)
    return replace(
        found("GEOM_DUPLICATE_FEATURE", units=units),
        geometry=first.place,
        measure=float(len(others) + 1),
        measure_unit="count",
        threshold=1.0,
        repair="features.drop_repeated" if whole else None,
    )


def _vertices(areas: Sequence[Row]) -> list[Finding]:
    repeated = [(row, points) for row in areas if len(points := repeated_points(row.geometry))]
    findings = [_repeated(repeated)] if repeated else []
    clockwise = [row for row in areas if runs_clockwise(row.geometry)]
    if clockwise and (repeated or len(clockwise) < len(areas)):
        findings.append(_about_all("GEOM_RING_ORDER", clockwise, "rings.orient"))
    return findings


def _repeated(repeated: Sequence[tuple[Row, Points]]) -> Finding:
    """One for all: digitised lines have thousands, and one repair takes them all."""
    points = np.vstack([points for _, points in repeated])
    finding = found("GEOM_REPEATED_POINTS", *(f"({len(points)})",) * 2, units=tuple(row.label for row, _ in repeated))
    return replace(
        finding,
        geometry=MultiPoint(points[:SHOWN_POINTS]),
        measure=float(len(points)),
        measure_unit="count",
        threshold=0.0,
        repair="points.drop_repeated",
    )


def _about_all(code: str, rows: Sequence[Row], repair: str) -> Finding:
    boxes = np.array([row.geometry.bounds for row in rows if row.geometry is not None])
    around = box(*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
    return replace(
        found(code, units=tuple(row.label for row in rows)),
        geometry=around,
        measure=float(len(rows)),
        measure_unit="count",
        threshold=0.0,
        repair=repair,
    )
