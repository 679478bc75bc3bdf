# SPDX-License-Identifier: Apache-2.0
"""The tables of findings, waivers and repairs. Pure."""

from boundaries.drafts.repair_titles import TITLES
from boundaries.report import words
from boundaries.report.changes import MOST_ROWS, left_out
from boundaries.report.document import Cell, Column, Note, Section, Table, Tone
from boundaries.report.facts import Both, Finding, ReportFacts
from boundaries.report.wording import Lang, area, foreign, measure, moment, number, pick

_ORDER = ("reject", "error", "question", "warning", "info")
_TONES: dict[str, Tone] = {"reject": "bad", "error": "bad", "question": "warn", "warning": "warn", "info": "quiet"}
_MOST_UNITS = 8


def findings_section(facts: ReportFacts, lang: Lang) -> Section | None:
    """What the check found, the worst first, with who waived what and why."""
    title = pick(words.TITLES["findings"], lang)
    if not facts.findings:
        if facts.totals is None or not facts.is_examined:
            return None
        return Section("findings", title, (Note(pick(words.NOTES["no_findings"], lang), "good"),))
    label = words.LABELS
    columns = (
        Column("#", 0.5, is_number=True),
        Column(pick(label["severity"], lang), 1.1),
        Column(pick(label["finding"], lang), 5.2),
        Column(pick(label["where"], lang), 2.0),
        Column(pick(label["measure"], lang), 1.6, is_number=True),
    )
    by_severity = sorted(facts.findings, key=lambda one: (_rank(one), one.number))
    rows = tuple(_finding(one, lang) for one in by_severity[:MOST_ROWS])
    return Section("findings", title, (Table(columns, rows), *left_out(len(by_severity), lang)))


def _rank(finding: Finding) -> int:
    return _ORDER.index(finding.severity) if finding.severity in _ORDER else len(_ORDER)


def _finding(one: Finding, lang: Lang) -> tuple[Cell, ...]:
    severity = words.SEVERITIES.get(one.severity)
    limit = ""
    if one.measure is not None and one.threshold:
        value = measure(one.threshold, one.measure_unit, lang)
        limit = pick(words.LABELS["limit"], lang).format(value=value)
    return (
        Cell(number(one.number, lang)),
        Cell(pick(severity, lang) if severity else one.severity, _TONES.get(one.severity, "plain")),
        Cell(foreign(pick(one.detail, lang), 1200), small=_under(one, lang)),
        Cell(units(one.units, lang)),
        Cell(measure(one.measure, one.measure_unit, lang), small=limit),
    )


def _under(one: Finding, lang: Lang) -> str:
    said = one.code
    if one.waiver is not None:
        said += " · " + pick(words.LABELS["waiver"], lang).format(
            why=foreign(one.waiver.why, 2000), by=foreign(one.waiver.by), at=moment(one.waiver.at, lang)
        )
    return said


def units(codes: tuple[str, ...], lang: Lang) -> str:
    """The first codes, and how many more."""
    shown = ", ".join(foreign(code, 40) for code in codes[:_MOST_UNITS])
    more = len(codes) - _MOST_UNITS
    return f"{shown} … (+{number(more, lang)})" if more > 0 else shown or "–"


def repairs_section(facts: ReportFacts, lang: Lang) -> Section | None:
    """What was repaired, and what that moved."""
    if facts.totals is None or not facts.is_examined:
        return None
    title = pick(words.TITLES["repairs"], lang)
    if not facts.repairs:
        return Section("repairs", title, (Note(pick(words.NOTES["no_repairs"], lang)),))
    label = words.LABELS
    columns = (
        Column(pick(label["repair"], lang), 3.4),
        Column(pick(label["where"], lang), 4.0),
        Column(pick(label["moved_ground"], lang), 1.6, is_number=True),
    )
    rows = tuple(
        (
            Cell(pick(Both(*TITLES[one.id]), lang) if one.id in TITLES else one.id, small=one.id),
            Cell(units(one.units, lang)),
            Cell(area(one.moved_m2, lang)),
        )
        for one in facts.repairs
    )
    return Section("repairs", title, (Table(columns, rows),))
