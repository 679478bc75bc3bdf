# SPDX-License-Identifier: Apache-2.0
"""The legal basis, who did what when, and where the shapes come from. Pure."""

from boundaries.report import words
from boundaries.report.document import Cell, Column, Note, Pairs, Section, Table
from boundaries.report.facts import ReportFacts
from boundaries.report.wording import Lang, byte_size, day, foreign, moment, pick

_ACT_COLUMNS = (("deed", 1.2), ("who", 1.6), ("when", 1.4))
_NO_LEGAL = {
    "draft": "no_legal",
    "publish": "no_legal_published",
    "rollback": "no_legal_rollback",
    "import": "no_legal_import",
}


def legal_section(facts: ReportFacts, lang: Lang) -> Section:
    """The document that the change rests on."""
    title = pick(words.TITLES["legal"], lang)
    legal, label = facts.legal, words.LABELS
    if legal is None:
        return Section("legal", title, (Note(pick(words.NOTES[_NO_LEGAL[facts.subject]], lang), "quiet"),))
    rows = [(pick(label["number"], lang), foreign(legal.number)), (pick(label["issuer"], lang), foreign(legal.issuer))]
    if legal.title:
        rows.append((pick(label["document"], lang), foreign(legal.title, 1000)))
    rows.append((pick(label["signed_on"], lang), day(legal.signed_on, lang)))
    rows.append((pick(label["effective_on"], lang), day(legal.effective_on, lang)))
    if legal.file_name:
        rows.append((pick(label["file"], lang), foreign(legal.file_name)))
    return Section("legal", title, (Pairs(tuple(rows)),))


def acts_section(facts: ReportFacts, lang: Lang) -> Section | None:
    """Who created, approved and published, in the order of time."""
    if not facts.acts:
        return None
    label = words.LABELS
    columns = tuple(Column(pick(label[key], lang), width) for key, width in _ACT_COLUMNS)
    rows = tuple(
        (
            Cell(pick(words.DEEDS[act.deed], lang)),
            Cell(foreign(act.who or "–")),
            Cell(moment(act.at, lang) if act.at else "–"),
        )
        for act in facts.acts
    )
    return Section("acts", pick(words.TITLES["acts"], lang), (Table(columns, rows),))


def source_section(facts: ReportFacts, lang: Lang) -> Section:
    """The file, its hash, its coordinate system and whom to name."""
    title, source, label = pick(words.TITLES["source"], lang), facts.source, words.LABELS
    rows = []
    if source.name:
        rows.append((pick(label["file"], lang), foreign(source.name)))
        rows.append((pick(label["size"], lang), byte_size(source.size_bytes, lang)))
        rows.append((pick(label["sha256"], lang), source.sha256))
    optional = {"producer": source.producer, "crs": source.crs, "encoding": source.encoding, "licence": source.licence}
    rows += [(pick(label[key], lang), foreign(value)) for key, value in optional.items() if value]
    if source.attribution:
        rows.append((pick(label["attribution"], lang), foreign(pick(source.attribution, lang))))
    if not rows:
        return Section("source", title, (Note(pick(words.NOTES["no_source"], lang), "quiet"),))
    return Section("source", title, (Pairs(tuple(rows)),))
