# SPDX-License-Identifier: Apache-2.0
"""What follows for features, and borders that are not agreed. Pure."""

from boundaries.report import words
from boundaries.report.changes import MOST_ROWS, coded, left_out, names_of
from boundaries.report.document import Block, Cell, Column, Note, Section, Table
from boundaries.report.facts import Consequence, ReportFacts
from boundaries.report.wording import Lang, foreign, length, number, pick

_COUNTS = ("total", "moved_features", "gained", "dropped")


def consequences_section(facts: ReportFacts, lang: Lang) -> Section | None:
    """By layer how many features change their unit, then from where to where."""
    if facts.consequences is None:
        if facts.totals is None or facts.base is None or facts.subject != "draft":
            return None
        return _section((Note(pick(words.NOTES["not_counted"], lang), "quiet"),), lang)
    counted = [one for one in facts.consequences if one.total or one.changed]
    if not any(one.changed for one in counted):
        # A publication is read by people who do not see every layer.
        none = "no_consequences" if facts.subject == "draft" else "no_consequences_seen"
        return _section((Note(pick(words.NOTES[none], lang), "good"),), lang)
    label = words.LABELS
    columns = (
        Column(pick(label["layer"], lang), 3.0),
        *(
            Column(pick(label[key], lang), 1.2, is_number=True)
            for key in ("total", "moved_features", "gained", "dropped")
        ),
    )
    rows = tuple(
        (
            Cell(foreign(pick(one.title, lang))),
            *(Cell(number(count, lang)) for count in (one.total, one.changed, one.gained, one.lost)),
        )
        for one in counted
    )
    return _section((Table(columns, rows), *_moves(facts, counted, lang)), lang)


def _section(blocks: tuple[Block, ...], lang: Lang) -> Section:
    return Section("consequences", pick(words.TITLES["consequences"], lang), blocks)


def _moves(facts: ReportFacts, counted: list[Consequence], lang: Lang) -> tuple[Block, ...]:
    before, after = names_of(facts.maps.before), names_of(facts.maps.after)
    outside = pick(words.LABELS["outside"], lang)
    rows = [
        (
            Cell(foreign(pick(one.title, lang))),
            Cell(coded(move.source, before) if move.source else outside),
            Cell(coded(move.target, after) if move.target else outside),
            Cell(number(move.features, lang)),
        )
        for one in counted
        for move in one.moves
    ]
    if not rows:
        return ()
    label = words.LABELS
    columns = (
        Column(pick(label["layer"], lang), 1.8),
        Column(pick(label["from"], lang), 2.6),
        Column(pick(label["to"], lang), 2.6),
        Column(pick(label["features"], lang), 1.1, is_number=True),
    )
    return Table(columns, tuple(rows[:MOST_ROWS])), *left_out(len(rows), lang)


def unagreed_section(facts: ReportFacts, lang: Lang) -> Section | None:
    """Pairs of units whose common border is open."""
    if not facts.unagreed:
        return None
    names = names_of(facts.maps.after)
    label = words.LABELS
    columns = (Column(pick(label["border"], lang), 4.0), Column(pick(label["length"], lang), 1.0, is_number=True))
    rows = tuple(
        (Cell(f"{coded(one.code_a, names)} – {coded(one.code_b, names)}"), Cell(length(one.length_m, lang)))
        for one in facts.unagreed[:MOST_ROWS]
    )
    title = pick(words.TITLES["unagreed"], lang)
    return Section("unagreed", title, (Table(columns, rows), *left_out(len(facts.unagreed), lang)))
