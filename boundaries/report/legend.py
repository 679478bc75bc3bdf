# SPDX-License-Identifier: Apache-2.0
"""The maps' place on the page, and their legend: what each colour is, how much of it there is, and whether it shows."""

from html import escape
from typing import NamedTuple

from boundaries.report import style, words
from boundaries.report.facts import ReportFacts
from boundaries.report.maps import DrawnMap
from boundaries.report.wording import Lang, area, length, number, pick

# Where more than this part of the ground changes hands, the colours of the units say it better than one colour on all.
_MOST_OVERLAY = 0.25


class Entry(NamedTuple):
    """One line of the legend; ``layer`` is what its box switches."""

    label: str
    value: str
    swatch: str
    layer: str | None = None
    is_shown: bool = True


def figure_of(facts: ReportFacts, maps: tuple[DrawnMap, ...], lang: Lang) -> str:
    """The maps side by side with their captions, then the legend."""
    figures = "".join(_map(facts, drawn, lang) for drawn in maps)
    entries = "".join(_entry(entry) for entry in legend(facts, lang))
    reset = f"<li><button type='button' data-reset>{escape(pick(words.LABELS['reset'], lang))}</button></li>"
    label = escape(pick(words.LABELS["legend"], lang))
    return f'<div class="maps">{figures}</div><ul class="legend" aria-label="{label}">{entries}{reset}</ul>'


def _map(facts: ReportFacts, drawn: DrawnMap, lang: Lang) -> str:
    one = facts.base if drawn.side == "before" else facts.target
    units = facts.maps.before if drawn.side == "before" else facts.maps.after
    title = pick(one.title, lang) if one else ""
    said = f"{title} · {number(len(units), lang)} {pick(words.LABELS['unit'], lang).lower()}"
    caption = f"<figcaption>{escape(pick(words.LABELS[drawn.side], lang))} <span>{escape(said)}</span></figcaption>"
    return f"<figure>{caption}{drawn.html}</figure>"


def shows_overlays(facts: ReportFacts) -> bool:
    """Whether the ground that changed hands is coloured from the start."""
    totals = facts.totals
    return totals is not None and totals.won_m2 <= _MOST_OVERLAY * max(totals.area_after_m2, 1.0)


def legend(facts: ReportFacts, lang: Lang) -> list[Entry]:
    """What there is to explain."""
    label, found = words.LABELS, []
    changed = sum(unit.colour is not None for unit in facts.maps.after)
    if changed:
        found.append(Entry(pick(label["changed_units"], lang), number(changed, lang), _colours()))
    if facts.totals and facts.totals.unchanged:
        found.append(Entry(pick(label["unchanged"], lang), number(facts.totals.unchanged, lang), _box(style.UNCHANGED)))
    if facts.maps.before and facts.maps.after:
        shown = shows_overlays(facts)
        won_m2 = facts.totals.won_m2 if facts.totals else 0.0
        lost_m2 = facts.totals.lost_m2 if facts.totals else 0.0
        found.append(Entry(pick(label["lost"], lang), area(lost_m2, lang), _box(style.LOST, 0.45), "lost", shown))
        found.append(Entry(pick(label["won"], lang), area(won_m2, lang), _box(style.WON, 0.45), "won", shown))
    if facts.maps.old_lines is not None:
        found.append(Entry(pick(label["border_before"], lang), "", _line(style.OLD_BORDER, "4 4", 1.6), "old"))
    if facts.unagreed:
        metres = sum(one.length_m or 0.0 for one in facts.unagreed)
        value = length(metres, lang) if metres else number(len(facts.unagreed), lang)
        found.append(Entry(pick(label["unagreed"], lang), value, _line(style.UNAGREED, "6 5", 2.6), "unagreed"))
    return found


def _entry(entry: Entry) -> str:
    value = f" <b>{escape(entry.value)}</b>" if entry.value else ""
    inner = f"{entry.swatch}<span>{escape(entry.label)}{value}</span>"
    if entry.layer is None:
        return f'<li><span class="entry">{inner}</span></li>'
    checked = " checked" if entry.is_shown else ""
    return f'<li><label><input type="checkbox" data-layer="{entry.layer}"{checked}>{inner}</label></li>'


def _svg(width: int, inner: str) -> str:
    return f'<svg width="{width}" height="14" aria-hidden="true">{inner}</svg>'


def _box(colour: str, opacity: float = 1.0) -> str:
    border = style.FAINT_BORDER if opacity == 1.0 else colour
    return _svg(
        20,
        f'<rect x="1" y="1" width="18" height="12" fill="{colour}" fill-opacity="{opacity}" stroke="{border}"/>',
    )


def _colours() -> str:
    boxes = "".join(
        f'<rect x="{1 + 10 * index}" y="1" width="10" height="12" fill="{colour}" stroke="{style.BORDER}"/>'
        for index, colour in enumerate(style.UNIT_COLOURS[:3])
    )
    return _svg(32, boxes)


def _line(colour: str, dashes: str, width: float) -> str:
    return _svg(
        30, f'<path d="M0 7h30" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dashes}" fill="none"/>'
    )
