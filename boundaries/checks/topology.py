# SPDX-License-Identifier: Apache-2.0
"""TOPO_*: the units together. Gaps are what the parent has and the union lacks.

Holes of the union are not counted: a ring-shaped gap would swallow the unit inside, and a gap that is open to the
outside is no hole. Ground of units that are absent or have no usable shape is said once, by their own finding.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from boundaries.checks.ground import Ground
from boundaries.checks.plane import area_of, from_plane, polygons_of, width_m
from boundaries.checks.thresholds import (
    BORDER_TOLERANCE_M,
    EDGE_TOLERANCE_M,
    ERROR_M2,
    REPORT_M2,
    SAME_LINE_M,
    SLIVER_WIDTH_M,
)
from boundaries.findings import Finding, found


def topology_findings(ground: Ground) -> list[Finding]:
    """TOPO_OVERLAP, _GAP, _SLIVER_GAP, _OUTSIDE_PARENT and _EDGE_MISMATCH."""
    if not ground.rows:
        return []
    overlaps, overlapped = _overlaps(ground)
    gaps, open_ground = _gaps(ground)
    outside = _outside(ground)
    edges = _edges(ground, [*overlapped, *open_ground])
    return [*overlaps, *gaps, *outside, *edges]


def _overlaps(ground: Ground) -> tuple[list[Finding], list[BaseGeometry]]:
    shapes = np.concatenate((ground.shapes, ground.beside))
    # Without a loose edge on either side there is no overlap, and most pairs need not be cut.
    loose = ~shapely.is_empty(ground.loose_edges)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    wanted = (one < other) & (loose[one] | loose[other]) & (one < len(ground.rows))
    findings, pieces = [], []
    for left, right in zip(one[wanted], other[wanted], strict=True):
        piece = area_of(shapely.intersection(shapes[left], shapes[right]))
        line_m = EDGE_TOLERANCE_M if right >= len(ground.rows) else SAME_LINE_M
        if piece.area >= REPORT_M2 and width_m(piece) >= line_m:
            pieces.append(piece)
            units = (_label(ground, int(left)), _label(ground, int(right)))
            narrow = width_m(piece) < SLIVER_WIDTH_M
            findings.append(_area("TOPO_OVERLAP", units, piece, "coverage.clean" if narrow else None))
    return findings, pieces


def _gaps(ground: Ground) -> tuple[list[Finding], list[BaseGeometry]]:
    lacking = shapely.difference(ground.parent, ground.union)
    for excused in (ground.unusable, ground.absent):
        if not excused.is_empty:
            lacking = shapely.difference(lacking, excused)
    border = ground.parent.boundary
    shapely.prepare(border)
    tree = shapely.STRtree(ground.shapes)
    findings, pieces = [], []
    for part in polygons_of(lacking):
        if part.area < REPORT_M2:
            continue
        at_border = bool(shapely.dwithin(border, part, EDGE_TOLERANCE_M))
        for piece in _deeper_than(part, BORDER_TOLERANCE_M) if at_border else [part]:
            if piece.area < REPORT_M2 or width_m(piece) < ground.same_line_m:
                continue
            beside = tree.query(piece, predicate="dwithin", distance=BORDER_TOLERANCE_M)
            if not len(beside):
                continue
            pieces.append(piece)
            narrow = width_m(piece) < SLIVER_WIDTH_M
            units = tuple(_label(ground, int(index)) for index in sorted(beside))
            repair = "coverage.clean" if narrow and not at_border else None
            findings.append(_area("TOPO_SLIVER_GAP" if narrow else "TOPO_GAP", units, piece, repair))
    return findings, pieces


def _deeper_than(part: BaseGeometry, depth_m: float) -> list[BaseGeometry]:
    """Pieces that are wider than a redrawn line, without the thread of rounding that joins them along the border."""
    core = shapely.buffer(part, -depth_m / 2)
    if core.is_empty:
        return []
    return list(polygons_of(shapely.intersection(part, shapely.buffer(core, depth_m))))


def _outside(ground: Ground) -> list[Finding]:
    if ground.outline.is_empty:
        return []
    reach = shapely.buffer(ground.outline, BORDER_TOLERANCE_M)
    shapely.prepare(reach)
    findings = []
    for row, shape in zip(ground.rows, ground.shapes, strict=True):
        if not shapely.covers(reach, shape):
            beyond = _deeper_than(area_of(shapely.difference(shape, ground.outline)), BORDER_TOLERANCE_M)
            piece = area_of(shapely.union_all(beyond))
            if piece.area >= REPORT_M2:
                findings.append(_area("TOPO_OUTSIDE_PARENT", (row.label,), piece, None))
    return findings


def _edges(ground: Ground, explained: Iterable[BaseGeometry]) -> list[Finding]:
    """Unmatched edges that no overlap or gap explains: a vertex on one side alone, or less than REPORT_M2 between."""
    near = shapely.buffer(shapely.union_all(list(explained)), 1.0)
    shapely.prepare(near)
    findings = []
    for row, edges in zip(ground.rows, ground.loose_edges[: len(ground.rows)], strict=True):
        lines = shapely.get_parts(edges)
        left = [line for line in lines if not line.is_empty and not shapely.intersects(near, line)]
        if left:
            length = float(sum(line.length for line in left))
            finding = found("TOPO_EDGE_MISMATCH", *_both(f"({length:.1f} m)"), units=(row.label,))
            findings.append(
                replace(
                    finding,
                    geometry=from_plane(_lines(left)),
                    measure=length,
                    measure_unit="m",
                    threshold=0.0,
                    repair="edges.snap" if ground.whole else None,
                )
            )
    return findings


def _lines(lines: list[BaseGeometry]) -> BaseGeometry:
    return MultiLineString([LineString(line.coords) for line in lines])


def _label(ground: Ground, index: int) -> str:
    rows = len(ground.rows)
    return ground.rows[index].label if index < rows else ground.neighbours[index - rows]


def _area(code: str, units: tuple[str, ...], piece: BaseGeometry, repair: str | None) -> Finding:
    """One finding about a piece of land; beyond ERROR_M2 it blocks."""
    area = float(piece.area)
    finding = found(
        code,
        f"({area:.1f} m2, rộng {width_m(piece):.2f} m)",
        f"({area:.1f} m2, {width_m(piece):.2f} m wide)",
        severity="error" if area > ERROR_M2 else "warning",
        units=units,
    )
    return replace(
        finding, geometry=from_plane(piece), measure=area, measure_unit="m2", threshold=REPORT_M2, repair=repair
    )


def _both(text: str) -> tuple[str, str]:
    return text, text
