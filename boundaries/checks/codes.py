# SPDX-License-Identifier: Apache-2.0
"""Codes of units: CODE_*, and which known unit a row is about.

A code is no identity: every one of the 92 codes of 2025 was the code of an older unit. So a row is what its code and
name say; where they disagree the name decides, as a place keeps its name longer than its code.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from shapely.geometry import box

from boundaries.checks.names import Match, is_unsafe, match_name, unaccented_key
from boundaries.checks.rows import Row, Scope, is_code, padded_code
from boundaries.checks.thresholds import PERIOD_UNITS
from boundaries.findings import Finding, found
from boundaries.known import KnownUnit, KnownUnits
from geo.measure import area_m2


@dataclass(frozen=True)
class Period:
    """The units of one known set, by code and by name."""

    unit_set: str
    units: tuple[KnownUnit, ...]

    @cached_property
    def by_code(self) -> dict[str, KnownUnit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def by_name(self) -> dict[str, tuple[KnownUnit, ...]]:
        named: dict[str, list[KnownUnit]] = defaultdict(list)
        for unit in self.units:
            named[unaccented_key(unit.name)].append(unit)
        return {key: tuple(units) for key, units in named.items()}

    def named(self, row: Row) -> KnownUnit | None:
        """The one unit with the row's name; None when there is none, or when several share it."""
        ranked = [(match_name(row.name, unit), unit) for unit in self.by_name.get(unaccented_key(row.name), ())]
        best = [unit for match, unit in ranked if match is max(one for one, _ in ranked)]
        same_type = [unit for unit in best if unit.type == row.type]
        for chosen in (best, same_type):
            if len(chosen) == 1:
                return chosen[0]
        return None

    def fits(self, row: Row) -> bool:
        """Whether code and name are of one unit of this period."""
        unit = self.by_code.get(padded_code(row.code) or row.code)
        return unit is not None and match_name(row.name, unit) >= Match.SPELLED


@dataclass(frozen=True)
class Identified:
    """Rows with the units that they are about.

    Attributes:
        target: the period whose codes the upload should carry.
        other: the period that codes and names of ``strangers`` belong to, "" when there is none.
        strangers: numbers of the rows with codes of the other period.
    """

    rows: tuple[Row, ...]
    target: Period
    other: str
    strangers: frozenset[int]

    @property
    def all_strange(self) -> bool:
        """The whole upload is of another period: comparing it unit by unit says nothing."""
        return 2 * len(self.strangers) > len(self.rows)

    @cached_property
    def absent(self) -> tuple[KnownUnit, ...]:
        """Units of the target that no row is about; a row without a usable code counts by its name."""
        if self.all_strange:
            return ()
        present = {row.code for row in self.rows}
        for row in self.rows:
            if row.known is not None and (row.number in self.strangers or not is_code(row.code)):
                present.add(row.known.code)
        return tuple(unit for unit in self.target.units if unit.code not in present)


def identify(rows: tuple[Row, ...], known: KnownUnits, scope: Scope) -> Identified:
    """Tell which unit of the expected period each row is about."""
    target_set = scope.unit_set or known.current
    sets = {unit.unit_set for unit in known.units}
    periods = {one: Period(one, tuple(unit for unit in known.units if unit.unit_set == one)) for one in sets}
    full = periods.get(target_set, Period(target_set, ()))
    strangers: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if full.units and not full.fits(row):
            for name, period in periods.items():
                if name != target_set and period.fits(row):
                    strangers[name].add(row.number)
    other = max(sorted(strangers), key=lambda one: len(strangers[one]), default="")
    strange = frozenset(strangers[other]) if other and len(strangers[other]) >= PERIOD_UNITS else frozenset[int]()
    identified = tuple(replace(row, known=_about(row, full)) for row in rows)
    covered = full.units
    if scope.codes is not None:
        codes = {*scope.codes, *(row.known.code for row in identified if row.known)}
        covered = tuple(unit for unit in full.units if unit.code in codes)
    return Identified(identified, Period(target_set, covered), other if strange else "", strange)


def _about(row: Row, period: Period) -> KnownUnit | None:
    by_code = period.by_code.get(padded_code(row.code) or row.code)
    if by_code is not None and (is_unsafe(row.name) or not row.name.strip() or match_name(row.name, by_code)):
        return by_code
    return period.named(row) or by_code


def code_findings(identified: Identified) -> list[Finding]:
    """CODE_NULL, _FORMAT, _DUPLICATE, _NAME_MISMATCH, _WRONG_PERIOD and _MISSING_UNIT."""
    rows = identified.rows
    findings = [replace(found("CODE_NULL", *_called(row), units=(row.label,)), geometry=row.place)
                for row in rows if not row.code.strip()]  # fmt: skip
    findings += [_format(row) for row in rows if row.code.strip() and not is_code(row.code)]
    findings += _duplicates(rows)
    if not identified.all_strange:
        findings += [one for row in rows for one in _mismatch(row, identified.target)]
    findings += _wrong_period(identified)
    findings += [_missing(unit) for unit in identified.absent]
    return findings


def _called(row: Row) -> tuple[str, str]:
    text = f"({row.name[:60]})" if row.name.strip() and not is_unsafe(row.name) else ""
    return text, text


def _format(row: Row) -> Finding:
    proposal = padded_code(row.code)
    fits = proposal is not None and (row.known is None or row.known.code == proposal)
    return replace(
        found("CODE_FORMAT", f"({row.code[:20]!r})", f"({row.code[:20]!r})", units=(row.label,)),
        geometry=row.place,
        repair="codes.pad" if fits else None,
    )


def _duplicates(rows: Iterable[Row]) -> list[Finding]:
    rows = tuple(rows)
    counts = Counter(row.code.strip() for row in rows if row.code.strip())
    findings = []
    for code, count in counts.items():
        if count > 1:
            names = ", ".join(_called(row)[0] for row in rows if row.code.strip() == code)
            place = next((row.place for row in rows if row.code.strip() == code and row.place is not None), None)
            finding = found("CODE_DUPLICATE", names, names, units=(code,))
            findings.append(replace(finding, geometry=place, measure=float(count), measure_unit="count", threshold=1.0))
    return findings


def _mismatch(row: Row, period: Period) -> list[Finding]:
    # A code that nobody has, under a name that somebody has, is a mismatch too.
    unit = period.by_code.get(row.code) or (row.known if is_code(row.code) else None)
    if unit is None or not row.name.strip() or is_unsafe(row.name):
        return []
    if unit.code == row.code and match_name(row.name, unit):
        return []
    text = f"{row.code}: {row.name} ({unit.code} {unit.name})"
    return [replace(found("CODE_NAME_MISMATCH", text, text, units=(row.label,)), geometry=row.place)]


def _wrong_period(identified: Identified) -> list[Finding]:
    rows = [row for row in identified.rows if row.number in identified.strangers]
    if not rows:
        return []
    units = tuple(row.label for row in rows)
    boxes = [row.place.bounds for row in rows if row.place is not None]
    around = box(min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes),
                 max(b[3] for b in boxes)) if boxes else None  # fmt: skip
    vi = f"Mã và tên khớp với bộ {identified.other}, không khớp với {identified.target.unit_set}."
    en = f"Codes and names fit {identified.other}, not {identified.target.unit_set}."
    return [
        replace(
            found("CODE_WRONG_PERIOD", vi, en, units=units),
            geometry=around,
            measure=float(len(rows)),
            measure_unit="count",
            threshold=float(PERIOD_UNITS),
        )
    ]


def _missing(unit: KnownUnit) -> Finding:
    text = f"{unit.code} {unit.full_name}"
    finding = found("CODE_MISSING_UNIT", text, text, units=(unit.code,))
    if unit.geometry is None:
        return finding
    return replace(finding, geometry=box(*unit.geometry.bounds), measure=area_m2(unit.geometry), measure_unit="m2")
