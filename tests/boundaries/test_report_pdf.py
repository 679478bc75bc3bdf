# SPDX-License-Identifier: Apache-2.0
"""The PDF report: Vietnamese letters in an embedded font, tables over pages, the same bytes for the same facts."""

import re
import zlib
from dataclasses import replace

import pytest

from boundaries.report.assets import print_font
from boundaries.report.facts import Both, Waiver
from boundaries.report.pdf import pdf_report
from tests.boundaries.report_samples import merged_city, redrawn_wards
from tests.support.stack import ROOT

STATIC = ROOT / "frontend" / "dist"
pytestmark = pytest.mark.skipif(
    not (STATIC / "assets" / "fonts").exists(), reason="needs the built front end (npm run build in frontend/)"
)
ALPHABET = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"


def streams(pdf: bytes) -> bytes:
    """Everything that stands in the streams of the file."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, flags=re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return b"\n".join(found)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def test_the_font_has_every_vietnamese_letter() -> None:
    letters = print_font(STATIC).letters
    assert [sign for sign in ALPHABET + ALPHABET.upper() + "0123456789.,–·−²%…" if ord(sign) not in letters] == []


def test_the_font_is_in_the_file_and_its_letters_can_be_searched() -> None:
    pdf = pdf_report(merged_city(), STATIC)
    assert len(re.findall(rb"/FontFile2", pdf)) == 2
    assert b"/Helvetica" not in pdf
    maps = streams(pdf).upper()
    # ToUnicode maps name the letters: Đ, ế, ữ.
    assert all(f"{ord(sign):04X}".encode() in maps for sign in "Đếữ")


def test_the_same_facts_give_the_same_bytes() -> None:
    assert pdf_report(redrawn_wards(), STATIC) == pdf_report(redrawn_wards(), STATIC)


def test_the_date_of_the_file_is_that_of_the_facts() -> None:
    assert b"20250630170000" in pdf_report(merged_city(), STATIC)


def test_a_long_table_goes_on_over_pages() -> None:
    facts = merged_city()
    longer = replace(facts, changes=facts.changes * 5)
    assert pages(pdf_report(longer, STATIC)) > pages(pdf_report(facts, STATIC)) + 2


def test_a_row_that_no_page_can_hold_is_carried_on() -> None:
    facts = redrawn_wards()
    finding = facts.findings[0]
    waiver = Waiver("Một lý do rất dài. " * 100, "x" * 300, facts.dated)
    long = replace(finding, detail=Both("Từ " * 390, "Word " * 290), units=("W" * 39,) * 12, waiver=waiver)
    assert pages(pdf_report(replace(facts, findings=(long,) * 6), STATIC)) > 4


def test_letters_that_the_font_lacks_and_hostile_texts_are_written_out() -> None:
    facts = replace(redrawn_wards(), title="中文 \u202e(\\) {nb} <b>", state="checked")
    assert pdf_report(facts, STATIC).startswith(b"%PDF")


def test_maps_are_vector_shapes() -> None:
    drawn = streams(pdf_report(redrawn_wards(), STATIC))
    assert b"/Image" not in drawn
    assert len(re.findall(rb" l\b", drawn)) > 1000
