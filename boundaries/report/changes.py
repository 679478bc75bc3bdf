# SPDX-License-Identifier: Apache-2.0
"""The tables of units that change and of where they come from. Pure."""

from boundaries.report import words
from boundaries.report.document import Cell, Column, Note, Section, Table
from boundaries.report.facts import Change, DrawnUnit, ReportFacts
from boundaries.report.wording import Lang, area, foreign, is_whole, length, pick, share

# A file that renames everything of a country is no report any more.
MOST_ROWS = 1_000


def names_of(units: tuple[DrawnUnit, ...]) -> dict[str, str]:
    """Names by code."""
    return {unit.code: unit.name for unit in units}


def coded(code: str, names: dict[str, str]) -> str:
    """A unit as the tables name it: "05443 Phường Phan Đình Phùng"."""
    name = names.get(code)
    return f"{foreign(code, 40)} {foreign(name)}" if name else foreign(code, 40)


def changes_section(facts: ReportFacts, lang: Lang) -> Section | None:
    """One row for each unit that is not the same on both sides."""
    if facts.totals is None:
        return None
    title = pick(words.TITLES["changes"], lang)
    if not facts.changes:
        return Section("changes", title, (Note(pick(words.NOTES["no_changes"], lang), "good"),))
    label = words.LABELS
    columns = (
        Column(pick(label["code"], lang), 1.3),
        Column(pick(label["unit"], lang), 3.0),
        Column(pick(label["change"], lang), 1.9),
        Column(pick(label["before"], lang), 1.5, is_number=True),
        Column(pick(label["after"], lang), 1.5, is_number=True),
        Column(pick(label["won"], lang), 1.6, is_number=True),
        Column(pick(label["lost"], lang), 1.6, is_number=True),
        Column(pick(label["moved"], lang), 1.6, is_number=True),
    )
    rows = tuple(_row(change, lang) for change in facts.changes[:MOST_ROWS])
    notes = (
        [Note(pick(words.NOTES["neighbour"], lang), "quiet")] if any(one.is_neighbour for one in facts.changes) else []
    )
    return Section("changes", title, (Table(columns, rows), *notes, *left_out(len(facts.changes), lang)))


def left_out(count: int, lang: Lang) -> tuple[Note, ...]:
    """Says how many rows are not shown."""
    if count <= MOST_ROWS:
        return ()
    return (Note(pick(words.NOTES["more"], lang).format(count=count - MOST_ROWS), "quiet"),)


def _row(change: Change, lang: Lang) -> tuple[Cell, ...]:
    code_after, code_before = change.code_after, change.code_before
    code = foreign(code_after or code_before or "–", 40)
    was_code = foreign(code_before, 40) if code_before and code_after and code_before != code_after else ""
    name = _full(change.type_after, change.name_after) or _full(change.type_before, change.name_before) or "–"
    was = _full(change.type_before, change.name_before)
    before = pick(words.LABELS["before"], lang).lower()
    return (
        Cell(code, small=f"{before}: {was_code}" if was_code else ""),
        Cell(name + (" *" if change.is_neighbour else ""), small=f"{before}: {was}" if was and was != name else ""),
        Cell(", ".join(pick(words.KINDS[kind], lang) if kind in words.KINDS else kind for kind in change.kinds)),
        Cell(area(change.area_before_m2, lang)),
        Cell(area(change.area_after_m2, lang)),
        Cell(area(change.won_m2, lang) if change.won_m2 else "–", "good" if change.won_m2 else "quiet"),
        Cell(area(change.lost_m2, lang) if change.lost_m2 else "–", "warn" if change.lost_m2 else "quiet"),
        Cell(length(change.moved_m, lang)),
    )


def _full(kind: str | None, name: str | None) -> str:
    if not name:
        return ""
    if not kind or name.casefold().startswith(kind.casefold()):
        return foreign(name)
    return foreign(f"{kind} {name}")


def lineage_section(facts: ReportFacts, lang: Lang) -> Section | None:
    """Which units before went into which unit after, where it is more than the unit itself."""
    before, after = names_of(facts.maps.before), names_of(facts.maps.after)
    rows = []
    for change in facts.changes:
        if change.code_after is None or not _tells_something(change):
            continue
        whole = [coded(code, before) for code, part in change.lineage if is_whole(part)]
        parts = [f"{coded(code, before)}: {share(part, lang)}" for code, part in change.lineage if not is_whole(part)]
        rows.append((Cell(_target(change, after)), Cell(" · ".join(whole) or "–"), Cell(" · ".join(parts) or "–")))
    if not rows:
        return None
    label = words.LABELS
    columns = (
        Column(pick(label["new_unit"], lang), 2.0),
        Column(pick(label["whole"], lang), 4.0),
        Column(pick(label["part"], lang), 3.0),
    )
    table = Table(columns, tuple(rows[:MOST_ROWS]))
    return Section("lineage", pick(words.TITLES["lineage"], lang), (table, *left_out(len(rows), lang)))


def _tells_something(change: Change) -> bool:
    return len(change.lineage) > 1 or any(origin != change.code_after for origin, _ in change.lineage)


def _target(change: Change, names: dict[str, str]) -> str:
    assert change.code_after is not None
    if change.code_after in names:
        return coded(change.code_after, names)
    return f"{foreign(change.code_after, 40)} {_full(change.type_after, change.name_after)}".strip()
