# SPDX-License-Identifier: Apache-2.0
"""From facts to headings and tables of plain text, in one language. Pure."""

from boundaries.report import words
from boundaries.report.changes import changes_section, lineage_section
from boundaries.report.checks import findings_section, repairs_section
from boundaries.report.document import Document, Figure, MapsHere, Note, Pairs, Section, Tone
from boundaries.report.effects import consequences_section, unagreed_section
from boundaries.report.facts import ReportFacts, SetFacts
from boundaries.report.provenance import acts_section, legal_section, source_section
from boundaries.report.wording import Lang, area, day, foreign, length, moment, number, pick

_TONES: dict[str, Tone] = {
    "published": "good",
    "restored": "good",
    "reverted": "warn",
    "checked": "plain",
    "awaiting_approval": "warn",
    "questions": "warn",
    "checking": "warn",
    "publishing": "warn",
    "refused": "bad",
    "failed": "bad",
}


def compose(facts: ReportFacts, lang: Lang) -> Document:
    """The report in that language."""
    return Document(
        lang=lang,
        kicker=f"{pick(words.KICKER, lang)} · {subject(facts, lang)}",
        title=_title(facts, lang),
        badge=_badge(facts, lang),
        badge_tone=_TONES.get(facts.state, "quiet"),
        sentence=foreign(pick(facts.sentence, lang)) if facts.sentence else "",
        figures=_figures(facts, lang),
        sections=tuple(
            section
            for section in (
                _overview(facts, lang),
                legal_section(facts, lang),
                acts_section(facts, lang),
                _maps(facts, lang),
                changes_section(facts, lang),
                lineage_section(facts, lang),
                findings_section(facts, lang),
                repairs_section(facts, lang),
                consequences_section(facts, lang),
                unagreed_section(facts, lang),
                source_section(facts, lang),
            )
            if section is not None
        ),
        footer=_footer(facts, lang),
    )


def subject(facts: ReportFacts, lang: Lang) -> str:
    """What the report is about: "Bản dự thảo số 7"."""
    return pick(words.SUBJECTS[facts.subject], lang).format(number=facts.number)


def _title(facts: ReportFacts, lang: Lang) -> str:
    if facts.subject != "rollback":
        return foreign(facts.title or pick(facts.target.title, lang))
    undone = facts.title or pick((facts.base or facts.target).title, lang)
    return pick(words.ROLLBACK_OF, lang).format(title=foreign(undone))


def _badge(facts: ReportFacts, lang: Lang) -> str:
    state = words.STATES.get(facts.state)
    said = pick(state, lang) if state else facts.state
    if facts.subject == "draft" and facts.state not in ("published", "superseded"):
        return f"{pick(words.DRAFT, lang)} · {said}"
    return said[:1].upper() + said[1:]


def _figures(facts: ReportFacts, lang: Lang) -> tuple[Figure, ...]:
    totals = facts.totals
    if totals is None:
        return ()
    label = words.LABELS
    found = [Figure(pick(label["units"], lang), number(totals.units_after, lang), _was(totals.units_before, lang))]
    found.append(Figure(pick(label["unchanged"], lang), number(totals.unchanged, lang)))
    found.append(Figure(pick(label["area"], lang), area(totals.area_after_m2, lang), _grew(facts, lang)))
    found.append(Figure(pick(label["won"], lang), area(totals.won_m2, lang), tone="good"))
    found.append(Figure(pick(label["lost"], lang), area(totals.lost_m2, lang), tone="warn"))
    return tuple(found)


def _was(before: int, lang: Lang) -> str:
    return f"{pick(words.LABELS['before'], lang).lower()}: {number(before, lang)}"


def _grew(facts: ReportFacts, lang: Lang) -> str:
    assert facts.totals is not None
    more = facts.totals.area_after_m2 - facts.totals.area_before_m2
    if not facts.totals.units_before:
        return ""
    if abs(more) < 1:
        return pick(words.LABELS["same_area"], lang)
    return f"{'+' if more > 0 else '−'}{area(abs(more), lang)}"


def _overview(facts: ReportFacts, lang: Lang) -> Section:
    label = words.LABELS
    rows: list[tuple[str, str]] = []
    if facts.base is not None and facts.base.id != facts.target.id:
        rows.append((pick(label["set_before"], lang), _set(facts, facts.base, lang)))
        rows.append((pick(label["set_after"], lang), _set(facts, facts.target, lang)))
    else:
        rows.append((pick(label["same_set"], lang), _set_numbers(facts, lang)))
    rows.append((pick(label["valid"], lang), _validity(facts.target, lang)))
    if facts.totals and facts.totals.kinds:
        counts = dict(facts.totals.kinds)
        kinds = (
            f"{pick(words.KINDS[kind], lang)}: {number(counts[kind], lang)}" for kind in words.KINDS if kind in counts
        )
        rows.append((pick(label["kinds"], lang), " · ".join(kinds)))
    if facts.scope:
        rows.append((pick(label["scope"], lang), ", ".join(foreign(code, 40) for code in facts.scope)))
    if facts.reason:
        rows.append((pick(label["reason"], lang), foreign(facts.reason, 2000)))
    return Section("overview", pick(words.LABELS["overview"], lang), (*_warnings(facts, lang), Pairs(tuple(rows))))


def _warnings(facts: ReportFacts, lang: Lang) -> tuple[Note, ...]:
    found = []
    if facts.subject == "rollback":
        found.append(Note(pick(words.NOTES["rollback"], lang).format(number=facts.reverts), "warn"))
    if facts.totals is None and facts.subject == "draft":
        found.append(Note(pick(words.NOTES["not_checked"], lang), "warn"))
    elif not facts.is_current:
        outdated = {"draft": "outdated", "publish": "moved_on"}.get(facts.subject)
        found += [Note(pick(words.NOTES[outdated], lang), "warn")] if outdated else []
    if facts.target.approximate:
        found.append(Note(pick(words.NOTES["approximate"], lang), "warn"))
    return tuple(found)


def _set(facts: ReportFacts, one: SetFacts, lang: Lang) -> str:
    title = foreign(pick(one.title, lang))
    named = title if title == one.id else f"{title} ({foreign(one.id)})"
    return f"{named}, {_version(facts, one, lang)}"


def _version(facts: ReportFacts, one: SetFacts, lang: Lang) -> str:
    if one.number is None:
        return pick(words.LABELS["version_draft" if facts.subject == "draft" else "version_none"], lang)
    return pick(words.LABELS["version"], lang).format(number=one.number)


def _set_numbers(facts: ReportFacts, lang: Lang) -> str:
    if facts.base is None:
        return _set(facts, facts.target, lang)
    if facts.target.version is None and facts.subject == "rollback":
        return f"{_set(facts, facts.base, lang)}; {_version(facts, facts.target, lang)}"
    return pick(words.LABELS["from_version"], lang).format(
        before=_set(facts, facts.base, lang), after=_version(facts, facts.target, lang)
    )


def _validity(one: SetFacts, lang: Lang) -> str:
    start = day(one.valid_from, lang)
    if one.valid_to is None:
        return pick(words.LABELS["valid_from"], lang).format(start=start)
    # Half-open: the day on which the next set begins is not part of this one.
    last = one.valid_to.fromordinal(one.valid_to.toordinal() - 1)
    return pick(words.LABELS["valid_between"], lang).format(start=start, end=day(last, lang))


def _maps(facts: ReportFacts, lang: Lang) -> Section | None:
    if not facts.maps.after and not facts.maps.before:
        return None
    notes = []
    if facts.base is None:
        notes.append(Note(pick(words.NOTES["first"], lang)))
    elif facts.changes and facts.maps.before and facts.maps.after:
        notes.append(Note(pick(words.NOTES["colours"], lang), "quiet"))
    if facts.maps.tolerance_m:
        shown = length(facts.maps.tolerance_m, lang)
        notes.append(Note(pick(words.NOTES["simplified"], lang).format(tolerance=shown), "quiet"))
    return Section("maps", pick(words.TITLES["maps"], lang), (MapsHere(), *notes))


def _footer(facts: ReportFacts, lang: Lang) -> tuple[str, ...]:
    lines = [pick(words.LABELS["dated"], lang).format(at=moment(facts.dated, lang))]
    if facts.source.attribution:
        said = foreign(pick(facts.source.attribution, lang))
        lines.append(f"{pick(words.LABELS['attribution'], lang)}: {said}")
    return tuple(lines)
