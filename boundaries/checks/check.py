# SPDX-License-Identifier: Apache-2.0
"""All checks of units, in the order in which one makes the next worth asking."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from boundaries.checks.codes import code_findings, identify
from boundaries.checks.difference import difference_findings, shift_findings, systematic_shift
from boundaries.checks.geometry import geometry_findings
from boundaries.checks.ground import lay
from boundaries.checks.names import name_findings
from boundaries.checks.rows import WHOLE, Scope, read_rows
from boundaries.checks.thresholds import FINDINGS_PER_CODE
from boundaries.checks.topology import topology_findings
from boundaries.findings import Finding, found
from boundaries.known import KnownUnits


def check_units(frame: Any, known: KnownUnits, scope: Scope = WHOLE) -> list[Finding]:
    """What is wrong with normalised units.

    Args:
        frame: GeoDataFrame in EPSG:4326 with code, name, type and source_row.
        known: names and codes of every period, shapes of the published version.
        scope: whether the upload is the whole set or certain units, and of which period.

    Returns:
        Findings: geometry, topology, codes, names, difference. At most FINDINGS_PER_CODE of each code, and one that
        counts the rest.
    """
    identified = identify(read_rows(frame), known, scope)
    judged = geometry_findings(identified.rows)
    ground = lay(identified, judged, known, scope)
    shift = systematic_shift(ground)
    settled = ground.moved(shift)
    return _capped(
        _measured(one)
        for one in [
            *judged.findings,
            *topology_findings(settled),
            *code_findings(identified),
            *name_findings(identified.rows),
            *shift_findings(ground, shift),
            *difference_findings(settled),
        ]
    )


def _measured(finding: Finding) -> Finding:
    """A fault that has no size counts the units that have it."""
    if finding.measure is not None:
        return finding
    return replace(finding, measure=float(len(finding.units)), measure_unit="count", threshold=0.0)


def _capped(findings: Iterable[Finding]) -> list[Finding]:
    """A file of sawdust must not become a page of ten thousand lines; errors are kept before warnings."""
    ordered = list(findings)
    counts: Counter[str] = Counter()
    kept = []
    for finding in sorted(ordered, key=lambda one: one.severity not in ("error", "reject")):
        counts[finding.code] += 1
        if counts[finding.code] <= FINDINGS_PER_CODE:
            kept.append(id(finding))
    shown = [finding for finding in ordered if id(finding) in set(kept)]
    for code, count in counts.items():
        if count > FINDINGS_PER_CODE:
            more = count - FINDINGS_PER_CODE
            rest = found(code, f"Còn {more} trường hợp nữa.", f"{more} more of these.")
            shown.append(replace(rest, measure=float(more), measure_unit="count", threshold=float(FINDINGS_PER_CODE)))
    return shown
