# SPDX-License-Identifier: Apache-2.0
"""What is compared, and what a comparison says. Pure values; shapes in EPSG:4326, areas on the spheroid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from shapely.geometry import MultiPolygon

from boundaries.findings import Finding

ChangeKind: TypeAlias = Literal["added", "removed", "renamed", "retyped", "recoded", "reshaped", "split", "merged"]
# (code of the older unit, the part of its area that came here: over 0, up to 1), largest first.
Origin: TypeAlias = tuple[str, float]
# From the code of a newer unit to where its ground came from.
Lineage: TypeAlias = Mapping[str, tuple[Origin, ...]]


@dataclass(frozen=True)
class UnitShape:
    """One unit of either side."""

    code: str
    name: str
    full_name: str
    type: str
    geometry: MultiPolygon


@dataclass(frozen=True)
class UnitChange:
    """A unit that is not the same on both sides.

    Attributes:
        kinds: what changed, in the order of ``ChangeKind``. "split": the unit before went into several; "merged": the
            unit after came from several; "recoded": the same ground under another code.
        code_before: None for a unit that is added; ``code_after`` None for one that is removed.
        won: ground that the unit has now and had not before; pieces below 1 m² are left out. ``lost`` likewise.
        won_m2: its area on the spheroid; 0.0 when there is none.
        moved_m: the farthest that a point of one border lies from the other border, in VN-2000 (EPSG:9213); None when
            the unit is there on one side only, 0.0 when the shape is the same.
        lineage: the units before whose ground is in the unit after; for a removed unit it is empty.
    """

    kinds: tuple[ChangeKind, ...]
    code_before: str | None
    code_after: str | None
    name_before: str | None = None
    name_after: str | None = None
    type_before: str | None = None
    type_after: str | None = None
    area_before_m2: float | None = None
    area_after_m2: float | None = None
    won_m2: float = 0.0
    lost_m2: float = 0.0
    moved_m: float | None = None
    won: MultiPolygon | None = None
    lost: MultiPolygon | None = None
    lineage: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class Totals:
    """Sums over the units. A square metre that passes from one unit to another is won once and lost once."""

    area_before_m2: float
    area_after_m2: float
    won_m2: float
    lost_m2: float


@dataclass(frozen=True)
class Comparison:
    """All changes by code, how many units are the same on both sides, and where every unit after came from."""

    changes: tuple[UnitChange, ...]
    unchanged: int
    totals: Totals
    lineage: Lineage


@dataclass(frozen=True)
class Merged:
    """A partial upload in a copy of the published coverage.

    Attributes:
        frame: GeoDataFrame in EPSG:4326 with code, name, type, full_name (None for uploaded rows) and source_row (0 for
            published units): first the uploaded rows, then the published ones that were not uploaded.
        neighbours: codes of published units outside the scope whose shape changed.
        findings: what nobody covers any more, and what was taken out of the middle of a neighbour.
    """

    frame: Any
    neighbours: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class DraftTarget:
    """What a draft's version is stored as: the columns of ``boundary_draft`` of the same names.

    Attributes:
        base_set: the set that the lineage names; None when there was none. When it is the target itself (better lines
            under the same law), the lineage of its published version is kept and that of the comparison is not stored.
    """

    unit_set: str
    title_vi: str
    title_en: str
    valid_from: date
    valid_to: date | None = None
    base_set: str | None = None
    approximate: bool = False
    attribution_vi: str | None = None
    attribution_en: str | None = None
    licence: str | None = None
