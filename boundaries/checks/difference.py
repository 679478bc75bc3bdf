# SPDX-License-Identifier: Apache-2.0
"""DIFF_* and CRS_DATUM_SUSPECT: the upload against the published version.

A lost datum leaves every shape valid and the coverage clean; only the vector that all units have in common shows it.
"""

from dataclasses import replace
from math import atan2, degrees, hypot

import numpy as np
import shapely
from shapely.geometry import MultiPoint, Point, box
from shapely.geometry.base import BaseGeometry

from boundaries.checks.ground import Ground
from boundaries.checks.plane import VN2000_DEGREES, area_of, from_plane, project, to_plane
from boundaries.checks.rows import Row
from boundaries.checks.thresholds import (
    AREA_CHANGE,
    DATUM_MATCH_M,
    MOVED_M,
    MOVED_SHARE,
    REPORT_M2,
    SHIFT_M,
    SHIFT_SHARE,
    SHIFT_SPREAD_M,
    SHIFT_UNITS,
)
from boundaries.findings import Finding, Severity, found
from geo.measure import area_m2

Vector = tuple[float, float]
STILL: Vector = (0.0, 0.0)


def systematic_shift(ground: Ground) -> Vector:
    """(east_m, north_m) that nearly all units moved by in common; (0, 0) when there is no such vector."""
    moves = np.array(
        [_move(shape, old) for shape, old in zip(ground.shapes, ground.old, strict=True) if old is not None]
    )
    if len(moves) < SHIFT_UNITS:
        return STILL
    middle = np.median(moves, axis=0)
    spread = np.hypot(*(moves - middle).T)
    if np.hypot(*middle) <= SHIFT_M or (spread < SHIFT_SPREAD_M).mean() < SHIFT_SHARE:
        return STILL
    return float(middle[0]), float(middle[1])


def datum_shift(near: Point) -> Vector:
    """How far VN-2000 degrees lie off when they are taken for WGS 84, in the plane; ``near`` in EPSG:4326."""
    right = project(near, VN2000_DEGREES, 4326)
    return _move(to_plane(near), to_plane(right))


def shift_findings(ground: Ground, shift: Vector) -> list[Finding]:
    """DIFF_SYSTEMATIC_SHIFT, and CRS_DATUM_SUSPECT when the vector is the one of the datum."""
    if shift == STILL:
        return []
    length, azimuth = hypot(*shift), degrees(atan2(shift[0], shift[1])) % 360
    around = box(*from_plane(box(*shapely.total_bounds(ground.shapes))).bounds)
    units = tuple(row.label for row in ground.rows)
    vi, en = f"({length:.1f} m, hướng {azimuth:.0f} độ)", f"({length:.1f} m, azimuth {azimuth:.0f} degrees)"
    suspect = datum_shift(around.centroid)
    lost = hypot(shift[0] - suspect[0], shift[1] - suspect[1]) < DATUM_MATCH_M
    twice = hypot(shift[0] + suspect[0], shift[1] + suspect[1]) < DATUM_MATCH_M
    findings = []
    if lost or twice:
        why = ("Phép chuyển mốc bị áp dụng hai lần.", "The datum shift was applied twice.") if twice else (vi, en)
        findings.append(found("CRS_DATUM_SUSPECT", *why, units=units))
    findings.append(found("DIFF_SYSTEMATIC_SHIFT", vi, en, units=units))
    repair = "datum.restore" if lost else None
    return [
        replace(one, geometry=around, measure=length, measure_unit="m", threshold=SHIFT_M, repair=repair)
        for one in findings
    ]


def difference_findings(ground: Ground) -> list[Finding]:
    """DIFF_MOVED and DIFF_AREA_LOST, against published land that was moved along with a systematic shift."""
    findings = []
    for row, shape, old in zip(ground.rows, ground.shapes, ground.old, strict=True):
        if old is not None:
            findings += _moved(row, shape, old)
    return findings + _area_change(ground)


def _move(shape: BaseGeometry, old: BaseGeometry) -> Vector:
    to, start = shape.centroid, old.centroid
    return float(to.x - start.x), float(to.y - start.y)


def _moved(row: Row, shape: BaseGeometry, old: BaseGeometry) -> list[Finding]:
    distance = hypot(*_move(shape, old))
    shared = 1.0
    if distance > SHIFT_M:
        shared = shapely.intersection(shape, old).area / min(shape.area, old.area)
    if distance <= MOVED_M and shared >= MOVED_SHARE:
        return []
    text = f"({distance:,.0f} m)"
    severity: Severity = "error" if shared < MOVED_SHARE else "warning"
    both = MultiPoint([shape.representative_point(), old.representative_point()])
    finding = found("DIFF_MOVED", text, text, severity=severity, units=(row.label,))
    return [replace(finding, geometry=from_plane(both), measure=distance, measure_unit="m", threshold=MOVED_M)]


def _area_change(ground: Ground) -> list[Finding]:
    """Ground whose shapes cannot be used counts as unchanged; ground of absent units counts as lost."""
    if ground.outline.is_empty or not ground.rows:
        return []
    now = area_of(shapely.union(ground.union, ground.unusable)) if not ground.unusable.is_empty else ground.union
    before_m2, change_m2 = float(ground.outline.area), float(now.area - ground.outline.area)
    if abs(change_m2) <= AREA_CHANGE * before_m2:
        return []
    piece = shapely.difference(ground.outline, now) if change_m2 < 0 else shapely.difference(now, ground.outline)
    place = from_plane(area_of(piece))
    text = f"({change_m2 / 1e6:+.4f} km2, {100 * change_m2 / before_m2:+.2f} %)"
    shared = shapely.area(shapely.intersection(ground.published, piece)) if change_m2 < 0 else ()
    units = tuple(code for code, m2 in zip(ground.codes, shared, strict=True) if m2 >= REPORT_M2) if len(shared) else ()
    finding = found("DIFF_AREA_LOST", text, text, units=units or tuple(row.label for row in ground.rows))
    measure = area_m2(place)
    return [replace(finding, geometry=place, measure=measure, measure_unit="m2", threshold=AREA_CHANGE * before_m2)]
