# SPDX-License-Identifier: Apache-2.0
"""Paper for a report: A4, Noto Sans, headings, pairs and tables that go on over pages with their headings repeated."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from fpdf import FPDF

from boundaries.report.document import Cell, Column, Figure, Note, Pairs, Table, Tone

MARGIN_MM, BOTTOM_MM = 15.0, 17.0
_POINT_MM = 25.4 / 72
_INK, _SOFT, _LINE, _RAISED, _ACCENT = "#12212f", "#435567", "#d9e2ea", "#f2f6f9", "#0a66a8"
_TONES: dict[Tone, str] = {
    "plain": _INK,
    "good": "#0f7344",
    "warn": "#935800",
    "bad": "#c22f25",
    "quiet": _SOFT,
}
_PAD_MM = 1.6
Line = tuple[str, float, str]  # text, size in points, colour


class Sheet(FPDF):
    """A document with the report's type; texts keep what the font has no letter for as its code."""

    def __init__(self, fonts: tuple[Path, Path], letters: frozenset[int], running_head: str, page_word: str) -> None:
        """The regular and the bold font are read until the document is written."""
        super().__init__(unit="mm", format="A4")
        self._running_head, self._page_word = running_head, page_word
        self._widths: dict[tuple[str, str], float] = {}
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(False, BOTTOM_MM)
        for style, path in zip(("", "B"), fonts, strict=True):
            self.add_font("Noto Sans", style, path)
        self.set_font("Noto Sans", size=9)
        self._letters = letters

    @property
    def room_mm(self) -> float:
        """How much of the page is left."""
        return float(self.h - BOTTOM_MM - self.get_y())

    def header(self) -> None:
        """The title at the head of every page but the first."""
        if self.page_no() == 1:
            return
        self.words(self.fitting(self._running_head, self.epw, 7.5), 7.5, _SOFT)
        self.set_y(self.get_y() + 5)
        self.rule(_LINE)
        self.set_y(self.get_y() + 3.5)

    def footer(self) -> None:
        """The number of the page."""
        self.set_xy(MARGIN_MM - 1, self.h - 12)
        self.set_font("Noto Sans", "", 7.5)
        self.set_text_color(_SOFT)
        self.cell(text=f"{self._page_word} {self.page_no()}/{{nb}}")

    def known(self, text: str) -> str:
        """A sign that the font lacks, by its number."""
        return "".join(sign if ord(sign) in self._letters else f"[U+{ord(sign):04X}]" for sign in text)

    def words(self, text: str, size: float, colour: str = _INK, *, bold: bool = False, right_mm: float = 0) -> None:
        """One line at the pen; ``right_mm`` is the width that it is set flush right in."""
        self.set_font("Noto Sans", "B" if bold else "", size)
        self.set_text_color(colour)
        shown = self.known(text)
        x = self.get_x() + (right_mm - self.get_string_width(shown) if right_mm else 0)
        self.text(x, self.get_y() + size * _POINT_MM * 1.05, shown)

    def width_of(self, text: str, size: float, *, bold: bool = False) -> float:
        """In mm; letters are measured once."""
        style = "B" if bold else ""
        total = 0.0
        for sign in text:
            found = self._widths.get((style, sign))
            if found is None:
                self.set_font("Noto Sans", style, 100)
                found = self._widths[(style, sign)] = float(self.get_string_width(sign)) / 100
            total += found
        return total * size

    def wrapped(self, text: str, width_mm: float, size: float, *, bold: bool = False) -> list[str]:
        """Lines that fit; a word that is longer than a line is cut."""
        lines, line = [], ""
        for word in self.known(text).split(" "):
            longer = f"{line} {word}" if line else word
            if self.width_of(longer, size, bold=bold) <= width_mm:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while self.width_of(line, size, bold=bold) > width_mm and len(line) > 1:
                end = len(line) - 1
                while end > 1 and self.width_of(line[:end], size, bold=bold) > width_mm:
                    end -= 1
                lines.append(line[:end])
                line = line[end:]
        return [*lines, line]

    def fitting(self, text: str, width_mm: float, size: float) -> str:
        """The text, or its beginning, in one line."""
        first = self.wrapped(text, width_mm, size)
        return first[0] if len(first) == 1 else self.wrapped(text, width_mm - 3, size)[0] + "…"

    def paragraph(self, text: str, size: float, colour: str = _INK, *, bold: bool = False) -> None:
        """Lines over the whole width, over pages if it must be."""
        for line in self.wrapped(text, self.epw, size, bold=bold):
            self.keep_room(size * 0.55)
            self.set_x(MARGIN_MM)
            self.words(line, size, colour, bold=bold)
            self.set_y(self.get_y() + size * 0.52)

    def keep_room(self, height_mm: float) -> None:
        """A new page where the rest of this one is too short."""
        if self.room_mm < height_mm:
            self.add_page()

    def rule(self, colour: str, width_mm: float = 0.2) -> None:
        """A line over the whole width."""
        self.set_draw_color(colour)
        self.set_line_width(width_mm)
        self.line(MARGIN_MM, self.get_y(), self.w - MARGIN_MM, self.get_y())

    def heading(self, title: str, followed_mm: float = 24) -> None:
        """A section begins; what follows first stays on the same page."""
        self.keep_room(followed_mm)
        self.set_xy(MARGIN_MM, self.get_y() + 4.5)
        self.words(title, 11, bold=True)
        self.set_y(self.get_y() + 6)
        self.rule("#b9c7d4")
        self.set_y(self.get_y() + 2)

    def masthead(self, kicker: str, title: str, badge: tuple[str, Tone], sentence: str) -> None:
        """The head of the first page."""
        self.set_y(MARGIN_MM - 1)
        self.rule(_ACCENT, 1.0)
        self.set_y(self.get_y() + 4)
        self.paragraph(kicker, 8.5, _SOFT)
        self.paragraph(title, 16, bold=True)
        self.set_y(self.get_y() + 1)
        self.paragraph(badge[0], 9, _TONES[badge[1]], bold=True)
        if sentence:
            self.paragraph(sentence, 10.5)
        self.set_y(self.get_y() + 2)

    def put_figures(self, figures: Sequence[Figure]) -> None:
        """The numbers in a row of boxes."""
        if not figures:
            return
        width, top = self.epw / len(figures), self.get_y()
        self.set_draw_color(_LINE)
        self.set_line_width(0.2)
        for index, figure in enumerate(figures):
            left = MARGIN_MM + index * width
            self.rect(left, top, width, 16)
            self.set_xy(left + 2.5, top + 1.6)
            self.words(figure.label, 7.5, _SOFT)
            self.set_xy(left + 2.5, top + 5.2)
            self.words(figure.value, 11.5, _TONES[figure.tone], bold=True)
            self.set_xy(left + 2.5, top + 11.2)
            self.words(figure.small, 7.5, _SOFT)
        self.set_xy(MARGIN_MM, top + 17)

    def put_note(self, note: Note) -> None:
        """A sentence of its own."""
        self.set_y(self.get_y() + 0.8)
        self.paragraph(note.text, 8.5, _TONES[note.tone])
        self.set_y(self.get_y() + 0.8)

    def put_pairs(self, pairs: Pairs) -> None:
        """Names left, values right."""
        columns = (Column("", 1.1), Column("", 3.6))
        for name, value in pairs.rows:
            self._row(columns, (Cell(name, "quiet"), Cell(value)), ruled=False, head=None)

    def put_table(self, table: Table) -> None:
        """Rows under headings, which every new page repeats."""
        self._head(table.columns)
        for row in table.rows:
            self._row(table.columns, row, ruled=True, head=table.columns)
        self.set_y(self.get_y() + 2)

    def _head(self, columns: Sequence[Column]) -> None:
        cells = [self._lines(Cell(one.title, "quiet"), width, 7.5, bold=True) for one, width in self._laid(columns)]
        height = max(sum(size for _, size, _ in lines) for lines in cells) * 0.5 + 2 * _PAD_MM
        self.keep_room(height + 12)
        self.set_fill_color(_RAISED)
        self.rect(MARGIN_MM, self.get_y(), self.epw, height, style="F")
        self._put(columns, cells, bold=True)
        self.set_y(self.get_y() + height)
        self.rule("#b9c7d4")

    def _row(
        self, columns: Sequence[Column], row: Sequence[Cell], *, ruled: bool, head: Sequence[Column] | None
    ) -> None:
        laid = self._laid(columns)
        cells = [self._lines(cell, width, 8.5) for cell, (_, width) in zip(row, laid, strict=True)]
        while any(cells):
            height = max(_height(lines) for lines in cells)
            if height + 2 * _PAD_MM > self.room_mm:
                # A row goes to the next page whole, but for one that no page can hold.
                whole_page = self.h - BOTTOM_MM - MARGIN_MM - 30
                if height <= whole_page or self.room_mm < 20:
                    self.add_page()
                    if head is not None:
                        self._head(head)
            now, cells = _split(cells, self.room_mm - 2 * _PAD_MM)
            self._put(columns, now, bold=False)
            self.set_y(self.get_y() + max(_height(lines) for lines in now) + (2 * _PAD_MM if ruled else 1.6))
            if ruled:
                self.rule(_LINE)

    def _laid(self, columns: Sequence[Column]) -> list[tuple[Column, float]]:
        whole = sum(column.width for column in columns)
        return [(column, self.epw * column.width / whole - 2 * _PAD_MM) for column in columns]

    def _lines(self, cell: Cell, width_mm: float, size: float, *, bold: bool = False) -> list[Line]:
        found = [(line, size, _TONES[cell.tone]) for line in self.wrapped(cell.text, width_mm, size, bold=bold)]
        if cell.small:
            found += [(line, size - 1.2, _SOFT) for line in self.wrapped(cell.small, width_mm, size - 1.2)]
        return found

    def _put(self, columns: Sequence[Column], cells: Sequence[list[Line]], *, bold: bool) -> None:
        top, left = self.get_y(), MARGIN_MM
        for (column, width), lines in zip(self._laid(columns), cells, strict=True):
            self.set_xy(left + _PAD_MM, top + _PAD_MM)
            for text, size, colour in lines:
                self.words(text, size, colour, bold=bold, right_mm=width if column.is_number else 0)
                self.set_xy(left + _PAD_MM, self.get_y() + size * 0.5)
            left += width + 2 * _PAD_MM
        self.set_xy(MARGIN_MM, top)

    def dated(self, moment: datetime) -> None:
        """The date of the document: that of its facts, so that the same facts give the same bytes."""
        self.set_creation_date(moment)


def _height(lines: Sequence[Line]) -> float:
    return sum(size for _, size, _ in lines) * 0.5


def _split(cells: Sequence[list[Line]], room_mm: float) -> tuple[list[list[Line]], list[list[Line]]]:
    """What of a row fits, at least a line of each cell, and what is left."""
    now, later = [], []
    for lines in cells:
        count = 0
        while count < len(lines) and (count == 0 or _height(lines[: count + 1]) <= room_mm):
            count += 1
        now.append(lines[:count])
        later.append(lines[count:])
    return now, later
