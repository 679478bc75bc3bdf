# SPDX-License-Identifier: Apache-2.0
"""What is to be said about an upload: one finding for each fault, with a stable code."""

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from boundaries.finding_kinds import KINDS, FindingKind, Severity, Unit

__all__ = ["KINDS", "Finding", "FindingKind", "Severity", "Unit", "found"]


@dataclass(frozen=True)
class Finding:
    """One fault, or one question, of an upload.

    Attributes:
        code: a key of ``KINDS``, e.g. TOPO_OVERLAP; never changes its meaning.
        units: codes of the units concerned, or labels of rows ("row 7") where there is no code.
        geometry: EPSG:4326, what the map zooms to.
        measure: how large it is, in ``measure_unit``.
        threshold: what the measure was held against, in the same unit.
        repair: id of a proposed repair, if there is one.
    """

    code: str
    severity: Severity
    detail_vi: str
    detail_en: str
    units: tuple[str, ...] = ()
    geometry: BaseGeometry | None = None
    measure: float | None = None
    measure_unit: Unit | None = None
    threshold: float | None = None
    repair: str | None = None


def found(
    code: str, vi: str = "", en: str = "", *, severity: Severity | None = None, units: tuple[str, ...] = ()
) -> Finding:
    """A finding with the kind's sentences, followed by what is particular; add the rest by dataclasses.replace.

    Raises:
        KeyError: the code is not in the table.
    """
    kind = KINDS[code]
    return Finding(
        code=code,
        severity=severity or kind.severity,
        detail_vi=f"{kind.text_vi} {vi}".rstrip(),
        detail_en=f"{kind.text_en} {en}".rstrip(),
        units=units,
    )
