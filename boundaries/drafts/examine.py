# SPDX-License-Identifier: Apache-2.0
"""From uploaded rows to findings, units and changes. Pure: nothing is read or stored here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from boundaries.checks.check import check_units
from boundaries.checks.repairs import Effect, repair
from boundaries.checks.rings import runs_clockwise
from boundaries.checks.rows import Scope
from boundaries.compare.compare import compare
from boundaries.compare.merge import merge_part
from boundaries.compare.values import Comparison, Merged, UnitShape
from boundaries.drafts import summary
from boundaries.drafts.naming import named, published_shapes, unit_shapes, why_no_units
from boundaries.drafts.values import Inputs
from boundaries.findings import Finding
from boundaries.known import KnownUnits

_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class Repaired:
    """The rows as they are checked.

    Attributes:
        frame: repaired, and merged into the published coverage when the file covers certain units only.
        merged: what merging said; None for a whole set.
        uploaded: how many rows came with the file.
    """

    frame: Any
    effects: tuple[Effect, ...]
    merged: Merged | None
    uploaded: int


@dataclass(frozen=True)
class Compared:
    """What stands against the published version; no units where they cannot become a version yet."""

    summary: dict[str, Any]
    units: tuple[UnitShape, ...] | None = None
    comparison: Comparison | None = None
    neighbours: tuple[str, ...] = ()
    bbox: tuple[float, float, float, float] | None = None


def repaired(frame: Any, inputs: Inputs, known: KnownUnits) -> Repaired:
    """A copy of the rows with the repairs that were chosen, in the coverage that they belong to."""
    done = repair(frame, inputs.repairs)
    if inputs.scope is None or not known.current_units:
        return Repaired(done.frame, done.effects, None, len(frame))
    merged = merge_part(_turned(done.frame, known), published_shapes(known.current_units), inputs.scope)
    return Repaired(merged.frame, done.effects, merged, len(frame))


def _turned(frame: Any, known: KnownUnits) -> Any:
    """Rows whose rings all run one way, the way of the published ones: between whole files that is no fault."""
    areas = [shape for shape in frame.geometry if shape is not None and shape.geom_type in _AREAS]
    ways = {runs_clockwise(shape) for shape in areas if not shape.is_empty}
    published = [runs_clockwise(unit.geometry) for unit in known.current_units if unit.geometry is not None]
    clockwise = 2 * sum(published) > len(published)
    if ways != {not clockwise}:
        return frame
    shapes = [
        shapely.orient_polygons(shape, exterior_cw=clockwise)
        if shape is not None and shape.geom_type in _AREAS
        else shape
        for shape in frame.geometry
    ]
    return frame.set_geometry(type(frame.geometry)(shapes, index=frame.index, crs=frame.crs))


def checked(rows: Repaired, inputs: Inputs, known: KnownUnits) -> list[Finding]:
    """The findings of all checks.

    A file of certain units is judged in the whole coverage, but answers for itself and its neighbours alone: the rest
    was published as it is.
    """
    target = inputs.target.unit_set
    scope = Scope(unit_set=None if target == known.current else target)
    found = check_units(rows.frame, known, scope)
    if rows.merged is None:
        return found
    codes = {str(code).strip() for code in rows.frame["code"][: rows.uploaded]}
    ours = codes | set(inputs.scope or ()) | set(rows.merged.neighbours)
    return [*rows.merged.findings, *(one for one in found if not one.units or _about(one, ours))]


def _about(finding: Finding, ours: set[str]) -> bool:
    return not ours.isdisjoint(finding.units) or any(unit.startswith("row ") for unit in finding.units)


def compared(rows: Repaired, findings: Sequence[Finding], known: KnownUnits) -> Compared:
    """Units with full names beside the published ones, or why that cannot be."""
    frame = named(rows.frame, known.current_by_code)
    reasons = why_no_units(frame)
    if reasons:
        return Compared(summary.without_version(len(frame), findings, reasons))
    units = tuple(unit_shapes(frame))
    comparison = compare(published_shapes(known.current_units), units)
    west, south, east, north = (float(side) for side in frame.total_bounds)
    return Compared(
        summary.compared(len(units), comparison, findings),
        units,
        comparison,
        () if rows.merged is None else rows.merged.neighbours,
        (west, south, east, north),
    )
