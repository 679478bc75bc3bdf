# SPDX-License-Identifier: Apache-2.0
"""How the shapes of the PDF are painted, and what each colour means."""

from collections.abc import Iterable
from dataclasses import dataclass

from fpdf.drawing import PaintedPath

from boundaries.report import style, words
from boundaries.report.facts import ReportFacts
from boundaries.report.legend import shows_overlays
from boundaries.report.pdf_sheet import MARGIN_MM, Sheet
from boundaries.report.wording import Lang, area, length, number, pick


@dataclass(frozen=True)
class Look:
    """How a shape is painted; a colour that is None is not painted."""

    fill: str | None = None
    line: str | None = None
    width_mm: float = 0.15
    dashes_mm: tuple[float, float] | None = None
    opacity: float = 1.0


def styled(path: PaintedPath, look: Look) -> PaintedPath:
    """The path, painted so; where rings lie in each other, every second one is a hole."""
    path.style.fill_color, path.style.fill_opacity = look.fill, look.opacity
    path.style.stroke_color, path.style.stroke_width = look.line, look.width_mm
    path.style.stroke_dash_pattern = list(look.dashes_mm) if look.dashes_mm else None
    path.style.intersection_rule = "evenodd"
    path.style.auto_close = False
    return path


def put_legend(sheet: Sheet, left: float, top: float, facts: ReportFacts, lang: Lang) -> None:
    """One line for each colour, with its number."""
    sheet.set_xy(left, top - 4.6)
    sheet.words(pick(words.LABELS["legend"], lang), 8.5, bold=True)
    for index, (look, text, value) in enumerate(_entries(facts, lang)):
        y = top + 3 + index * 7
        _swatch(sheet, left, y, look)
        sheet.set_xy(left + 12, y - 0.4)
        sheet.words(text, 8.5)
        sheet.set_xy(left + 12, y - 0.4)
        sheet.words(value, 8.5, bold=True, right_mm=sheet.w - MARGIN_MM - left - 12)


def _swatch(sheet: Sheet, left: float, top: float, look: Look) -> None:
    path = PaintedPath()
    corners = [(left, top + 1.6), (left + 9, top + 1.6)]
    if look.fill is not None:
        corners = [(left, top), (left + 9, top), (left + 9, top + 3.2), (left, top + 3.2)]
    path.move_to(*corners[0])
    for corner in corners[1:]:
        path.line_to(*corner)
    if look.fill is not None:
        path.close()
    with sheet.drawing_context() as drawing:
        drawing.add_item(styled(path, look))


def _entries(facts: ReportFacts, lang: Lang) -> Iterable[tuple[Look, str, str]]:
    label, totals = words.LABELS, facts.totals
    changed = sum(unit.colour is not None for unit in facts.maps.after)
    yield Look(style.UNIT_COLOURS[0], style.BORDER), pick(label["changed_units"], lang), number(changed, lang)
    if totals is not None:
        yield Look(style.UNCHANGED, style.FAINT_BORDER), pick(label["unchanged"], lang), number(totals.unchanged, lang)
        if shows_overlays(facts):
            yield Look(style.LOST, style.LOST, opacity=0.45), pick(label["lost"], lang), area(totals.lost_m2, lang)
            yield Look(style.WON, style.WON, opacity=0.45), pick(label["won"], lang), area(totals.won_m2, lang)
        exchanged = max(totals.won_m2, totals.lost_m2)
        yield Look(style.EXCHANGED, opacity=0.75), pick(label["exchanged"], lang), area(exchanged, lang)
    yield Look(None, style.BORDER, 0.3), pick(label["border_after"], lang), ""
    if facts.maps.old_lines is not None:
        yield Look(None, style.OLD_BORDER, 0.3, (1.1, 0.9)), pick(label["border_before"], lang), ""
    if facts.unagreed:
        metres = sum(one.length_m or 0.0 for one in facts.unagreed)
        yield Look(None, style.UNAGREED, 0.55, (1.8, 1.2)), pick(label["unagreed"], lang), length(metres, lang)
