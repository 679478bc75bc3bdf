# SPDX-License-Identifier: Apache-2.0
"""The report as PDF, by fpdf2: pure Python, embeds any TrueType font, vector shapes. Noto Sans is under the OFL 1.1."""

from pathlib import Path
from tempfile import TemporaryDirectory

from boundaries.report import words
from boundaries.report.assets import print_font
from boundaries.report.compose import compose
from boundaries.report.document import Block, Document, MapsHere, Note, Pairs
from boundaries.report.facts import ReportFacts
from boundaries.report.pdf_maps import half_mm, height_mm, put_maps
from boundaries.report.pdf_sheet import Sheet
from boundaries.report.wording import Lang, pick


def pdf_report(facts: ReportFacts, static: Path, lang: Lang = "vi") -> bytes:
    """The file. The same facts and fonts give the same bytes.

    Args:
        static: the built front end, which has the font.

    Raises:
        Unavailable: the front end is not built.
    """
    font = print_font(static)
    with TemporaryDirectory() as folder:
        files = Path(folder) / "regular.ttf", Path(folder) / "bold.ttf"
        for file, data in zip(files, (font.regular, font.bold), strict=True):
            file.write_bytes(data)
        document = compose(facts, lang)
        head = f"{document.title} · {document.kicker}"
        sheet = Sheet(files, font.letters, head, pick(words.LABELS["page"], lang))
        _write(sheet, document, facts, lang)
        return bytes(sheet.output())


def _write(sheet: Sheet, document: Document, facts: ReportFacts, lang: Lang) -> None:
    sheet.dated(facts.dated)
    sheet.set_title(document.title)
    sheet.set_subject(document.kicker)
    sheet.set_lang(lang)
    sheet.set_creator("Toàn Cảnh")
    sheet.add_page()
    sheet.masthead(document.kicker, document.title, (document.badge, document.badge_tone), document.sentence)
    sheet.put_figures(document.figures)
    for section in document.sections:
        first = section.blocks[0]
        sheet.heading(section.title, 22 + height_mm(facts, half_mm(sheet)) if isinstance(first, MapsHere) else 24)
        for block in section.blocks:
            _put(sheet, block, facts, lang)
    sheet.set_y(sheet.get_y() + 5)
    for line in document.footer:
        sheet.paragraph(line, 8, "#435567")


def _put(sheet: Sheet, block: Block, facts: ReportFacts, lang: Lang) -> None:
    if isinstance(block, MapsHere):
        put_maps(sheet, facts, lang)
    elif isinstance(block, Note):
        sheet.put_note(block)
    elif isinstance(block, Pairs):
        sheet.put_pairs(block)
    else:
        sheet.put_table(block)
