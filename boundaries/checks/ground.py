# SPDX-License-Identifier: Apache-2.0
"""The land that an upload is laid on: its shapes, the published ones beside it, and where nothing can be said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from boundaries.checks.codes import Identified
from boundaries.checks.geometry import Judged
from boundaries.checks.plane import Shapes, area_of, as_array, filled, to_plane
from boundaries.checks.rows import Row, Scope
from boundaries.checks.thresholds import EDGE_TOLERANCE_M, PARENT_HOLE_M2, SAME_LINE_M
from boundaries.known import KnownUnits

_NOWHERE = MultiPolygon()


@dataclass(frozen=True)
class Ground:
    """Everything in the plane (EPSG:9213).

    Attributes:
        rows: the uploaded rows with a usable shape, the same ground once.
        shapes: their shapes.
        old: the published shape of the same unit for each row, None where that is not known.
        neighbours: published units that the upload does not cover, and ``beside`` their shapes.
        published: all published shapes, and ``codes`` their codes.
        unusable: published ground of rows whose shape cannot be used.
        absent: published ground of units that the upload lacks.
        whole: the upload is the whole set.
    """

    rows: tuple[Row, ...]
    shapes: Shapes
    old: tuple[BaseGeometry | None, ...]
    neighbours: tuple[str, ...]
    beside: Shapes
    published: Shapes
    codes: tuple[str, ...]
    unusable: BaseGeometry
    absent: BaseGeometry
    whole: bool

    @cached_property
    def union(self) -> BaseGeometry:
        """The upload with the published units beside it."""
        return fast_union(np.concatenate((self.shapes, self.beside)), self.loose_edges)

    @cached_property
    def loose_edges(self) -> Shapes:
        """For each shape and then each neighbour, the edges that do not match: where overlaps are, and nowhere else."""
        together = np.concatenate((self.shapes, self.beside))
        edges: Shapes = shapely.coverage_invalid_edges(together, gap_width=self.same_line_m)
        return edges

    @property
    def same_line_m(self) -> float:
        """How far apart two edges are one line: beside published neighbours it comes with other decimals."""
        return SAME_LINE_M if self.whole else EDGE_TOLERANCE_M

    @cached_property
    def outline(self) -> BaseGeometry:
        """The published land, its own pinholes closed; empty when nothing was published."""
        if not len(self.published):
            return _NOWHERE
        return filled(fast_union(self.published, shapely.coverage_invalid_edges(self.published)), PARENT_HOLE_M2)

    @cached_property
    def parent(self) -> BaseGeometry:
        """Where the upload should leave no gap: the published land, and what the upload encloses besides."""
        own = filled(self.union)
        if self.outline.is_empty:
            return own
        not_ours = shapely.difference(filled(self.outline), self.outline)
        return area_of(shapely.difference(shapely.union(self.outline, own), not_ours))

    def moved(self, shift: tuple[float, float]) -> "Ground":
        """The same upload on published land that is moved: all of it lies off by that much."""
        if shift == (0.0, 0.0):
            return self

        def move(shape: BaseGeometry) -> BaseGeometry:
            return translate(shape, *shift)

        return replace(
            self,
            old=tuple(None if one is None else move(one) for one in self.old),
            beside=as_array(move(one) for one in self.beside),
            published=as_array(move(one) for one in self.published),
            unusable=move(self.unusable),
            absent=move(self.absent),
        )


def fast_union(shapes: Shapes, loose: Shapes) -> BaseGeometry:
    """The union; shapes with nothing but matching edges are merged as a coverage, which is six times as fast."""
    tight = shapely.is_empty(loose)
    merged = shapely.coverage_union_all(shapes[tight]) if tight.any() else _NOWHERE
    return area_of(shapely.union_all([*polygons(merged), *shapes[~tight]]))


def polygons(shape: BaseGeometry) -> Sequence[BaseGeometry]:
    """The parts of an area."""
    return list(area_of(shape).geoms)


def lay(identified: Identified, judged: Judged, known: KnownUnits, scope: Scope) -> Ground:
    """Lay an upload on the published land."""
    usable = judged.sound - judged.repeats
    rows = tuple(row for row in identified.rows if row.number in usable)
    comparable = identified.target.unit_set == known.current and not identified.all_strange
    # Some units of another period lie across the published ones: neither neighbours nor gaps can be told.
    published = {
        unit.code: to_plane(unit.geometry) for unit in known.current_units if comparable or scope.codes is None
    }
    old = tuple(published.get(row.known.code) if comparable and row.known else None for row in rows)
    bad = {row.known.code for row in identified.rows if row.known and row.number not in judged.sound}
    missing = {unit.code for unit in identified.absent}
    covered = {unit.code for unit in identified.target.units}
    neighbours = tuple(code for code in published if code not in covered) if scope.codes is not None else ()
    return Ground(
        rows=rows,
        shapes=as_array(to_plane(shapely.force_2d(row.geometry)) for row in rows),
        old=old,
        neighbours=neighbours,
        beside=as_array(published[code] for code in neighbours),
        published=as_array(published.values()),
        codes=tuple(published),
        unusable=shapely.union_all([published[code] for code in sorted(bad) if code in published and comparable]),
        absent=shapely.union_all([published[code] for code in sorted(missing) if code in published and comparable]),
        whole=scope.codes is None,
    )
