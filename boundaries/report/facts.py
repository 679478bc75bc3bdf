# SPDX-License-Identifier: Apache-2.0
"""What a change report says. Pure values: shapes in EPSG:4326, areas on the spheroid, moments with their zone.

Texts are as they were sent, hostile ones included: who writes them out escapes them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias

from shapely.geometry.base import BaseGeometry

Subject: TypeAlias = Literal["draft", "publish", "rollback", "import"]
Deed: TypeAlias = Literal["created", "asked", "approved", "published", "loaded", "reverted", "superseded"]


class Both(NamedTuple):
    """A text in both languages."""

    vi: str
    en: str


@dataclass(frozen=True)
class SetFacts:
    """A set of units, and the version of it that is meant; a draft's version has no number yet."""

    id: str
    title: Both
    valid_from: date
    valid_to: date | None = None
    version: int | None = None
    number: int | None = None
    approximate: bool = False


@dataclass(frozen=True)
class LegalBasis:
    """The document that a change rests on."""

    number: str
    issuer: str
    title: str | None
    signed_on: date
    effective_on: date
    file_name: str | None = None


@dataclass(frozen=True)
class Act:
    """Who did what, when; None: not kept."""

    deed: Deed
    who: str | None
    at: datetime | None


@dataclass(frozen=True)
class SourceFile:
    """Where the shapes come from; a set that was loaded by command has no file."""

    name: str = ""
    size_bytes: int = 0
    sha256: str = ""
    producer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    licence: str | None = None
    attribution: Both | None = None


@dataclass(frozen=True)
class Totals:
    """Sums over the units of both sides, in m²."""

    units_before: int
    units_after: int
    unchanged: int
    area_before_m2: float
    area_after_m2: float
    won_m2: float
    lost_m2: float
    kinds: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class DrawnUnit:
    """A unit as a map of the report draws it; simplified together with its neighbours.

    Attributes:
        colour: which of the few colours of changed units; a unit before has that of the unit that most of it went into.
    """

    code: str
    name: str
    geometry: BaseGeometry
    colour: int | None = None


@dataclass(frozen=True)
class Maps:
    """What the maps show.

    Attributes:
        tolerance_m: how much detail the lines lost; 0: none.
        won, lost: ground that changed hands, by the unit that won or lost it: (code, shape).
        old_lines: borders before that are none after.
    """

    before: tuple[DrawnUnit, ...] = ()
    after: tuple[DrawnUnit, ...] = ()
    won: tuple[tuple[str, BaseGeometry], ...] = ()
    lost: tuple[tuple[str, BaseGeometry], ...] = ()
    old_lines: BaseGeometry | None = None
    tolerance_m: float = 0.0


@dataclass(frozen=True)
class Change:
    """A unit that is not the same on both sides; see ``boundaries.compare.values.UnitChange``."""

    kinds: tuple[str, ...]
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
    is_neighbour: bool = False
    lineage: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Waiver:
    """Why a finding does not stop the publication."""

    why: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Finding:
    """One finding of the check."""

    number: int
    code: str
    severity: str
    detail: Both
    units: tuple[str, ...] = ()
    measure: float | None = None
    measure_unit: str | None = None
    threshold: float | None = None
    repair: str | None = None
    waiver: Waiver | None = None


@dataclass(frozen=True)
class Repair:
    """A repair that was applied, and the ground that it moved."""

    id: str
    moved_m2: float
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Move:
    """Features of a layer that pass from one unit to another; None: outside of every unit."""

    source: str | None
    target: str | None
    features: int


@dataclass(frozen=True)
class Consequence:
    """What follows for the features of one layer."""

    layer: str
    title: Both
    total: int
    changed: int
    gained: int = 0
    lost: int = 0
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True)
class UnagreedBorder:
    """A border that both sides have not agreed on."""

    code_a: str
    code_b: str
    geometry: BaseGeometry | None = None
    length_m: float | None = None


@dataclass(frozen=True)
class ReportFacts:
    """Everything that a report says.

    Attributes:
        number: of the draft or of the publication.
        state: of the draft; of a publication: of the version that it made.
        dated: when the facts were last true: the moment of the publication, or the draft's last change.
        title: empty: that of the set.
        is_current: whether the check is of the draft's latest revision.
        is_examined: whether there are findings and repairs of a check, be it none.
        reverts: the publication that a rollback took back.
        reason: what was given as the reason of a publication.
    """

    subject: Subject
    number: int
    state: str
    title: str
    dated: datetime
    target: SetFacts
    base: SetFacts | None = None
    revision: int | None = None
    is_current: bool = True
    is_examined: bool = True
    reverts: int | None = None
    scope: tuple[str, ...] | None = None
    sentence: Both | None = None
    reason: str | None = None
    legal: LegalBasis | None = None
    acts: tuple[Act, ...] = ()
    source: SourceFile = field(default_factory=SourceFile)
    totals: Totals | None = None
    maps: Maps = field(default_factory=Maps)
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    repairs: tuple[Repair, ...] = ()
    consequences: tuple[Consequence, ...] | None = None
    unagreed: tuple[UnagreedBorder, ...] = ()
