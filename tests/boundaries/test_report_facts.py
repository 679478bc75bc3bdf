# SPDX-License-Identifier: Apache-2.0
"""Reports in words: numbers as Vietnam writes them, every part of the facts, foreign texts made harmless."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import shapely

from boundaries.report import wording
from boundaries.report.compose import compose
from boundaries.report.document import Document, Note, Pairs, Table
from boundaries.report.facts import Maps, ReportFacts
from boundaries.report.shapes import MAX_OVERLAY_VERTICES, Named, drawn_maps
from tests.boundaries.report_samples import CITY_2017, OLD, compared, merged_city, redrawn_wards, totals_of, units


def first_set_gone() -> ReportFacts:
    """The rollback of the first set of all: nothing is left."""
    before = units(CITY_2017)
    changes, won, lost = compared(before, ())
    return replace(
        merged_city(),
        subject="rollback",
        number=6,
        state="restored",
        reverts=5,
        is_examined=False,
        base=OLD,
        target=replace(OLD, version=None, number=None),
        sentence=None,
        legal=None,
        totals=totals_of(before, (), changes),
        maps=drawn_maps(before, (), changes, won, lost),
        changes=changes,
        findings=(),
        repairs=(),
        consequences=None,
    )


def said(document: Document) -> str:
    """Every text of a report."""
    found = [document.kicker, document.title, document.badge, document.sentence, *document.footer]
    found += [f"{one.label} {one.value} {one.small}" for one in document.figures]
    for section in document.sections:
        found.append(section.title)
        for block in section.blocks:
            if isinstance(block, Note):
                found.append(block.text)
            elif isinstance(block, Pairs):
                found += [f"{name}: {value}" for name, value in block.rows]
            elif isinstance(block, Table):
                found += [column.title for column in block.columns]
                found += [f"{cell.text} {cell.small}" for row in block.rows for cell in row]
    return "\n".join(found)


@pytest.mark.parametrize(
    ("m2", "vi", "en"),
    [
        (8_375_210_000.0, "8.375,21 km²", "8,375.21 km²"),
        (123_400.0, "12,34 ha", "12.34 ha"),
        (512.0, "512 m²", "512 m²"),
        (1.25, "1,2 m²", "1.2 m²"),
        (0.0, "0 m²", "0 m²"),
    ],
)
def test_areas_are_written_as_people_read_them(m2: float, vi: str, en: str) -> None:
    assert (wording.area(m2, "vi"), wording.area(m2, "en")) == (vi, en)


def test_moments_are_told_in_the_hour_of_vietnam() -> None:
    assert wording.moment(datetime(2025, 6, 30, 17, 30, tzinfo=UTC), "vi") == "00:30 01/07/2025"
    assert wording.day(date(2025, 7, 1), "en") == "1 July 2025"


def test_a_share_is_called_whole_only_when_it_shows_as_whole() -> None:
    assert wording.is_whole(0.9996)
    assert not wording.is_whole(0.986)
    assert wording.share(0.986, "vi") == "98,6 %"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Gia\u202eSàng", "Gia[U+202E]Sàng"),
        ("a\x00b\x07", "a[U+0000]b[U+0007]"),
        ("một\n\thai  ba", "một hai ba"),
        ("Ha\u0300", "Hà"),
        ("x" * 900, "x" * 399 + "…"),
        ("\ud800", "[U+D800]"),
    ],
)
def test_a_foreign_text_is_one_line_and_hides_nothing(sent: str, shown: str) -> None:
    assert wording.foreign(sent) == shown


def test_a_publication_tells_everything() -> None:
    text = said(compose(merged_city(), "vi"))
    for part in (
        "Đã công bố", "Thành phố Thái Nguyên, 32 đơn vị (city-2017), bản số 1", "1683/NQ-UBTVQH15",
        "Uỷ ban Thường vụ Quốc hội", "16/06/2025", "01/07/2025", "nguyen.van.binh", "00:00 01/07/2025",
        "Phường Phan Đình Phùng", "05443", "Miễn trừ: Diện tích theo kết quả đo đạc lại", "0,63 ha", "coverage.clean",
        "Camera", "ngoài các đơn vị", "ranh_gioi_2025.zip", "9f86d081884c7d659a2feaa0c55ad015", "EPSG:9213", "CC0-1.0",
        "Thi hành nghị quyết", "05461 Phường Gia Sàng: 20,5 %",
    ):  # fmt: skip
        assert part in text, part


def test_a_draft_says_that_it_is_one_and_what_is_open() -> None:
    text = said(compose(redrawn_wards(), "vi"))
    for part in ("Bản dự thảo · đã kiểm tra", "Chưa khai báo văn bản pháp lý", "Ranh giới chưa thống nhất", "1,83 km"):
        assert part in text, part


def test_a_draft_without_a_version_has_a_report_without_maps() -> None:
    bare = replace(
        redrawn_wards(), state="questions", totals=None, maps=Maps(), changes=(), unagreed=(), consequences=None,
        repairs=(), sentence=None,
    )  # fmt: skip
    document = compose(bare, "vi")
    assert "maps" not in {section.id for section in document.sections}
    assert "Dự thảo chưa được kiểm tra xong" in said(document)


def test_a_rollback_that_leaves_nothing_says_what_it_took_back() -> None:
    text = said(compose(first_set_gone(), "vi"))
    for part in (
        "Hoàn tác: Sắp xếp đơn vị", "Hoàn tác lần công bố số 5", "không còn bản nào được công bố", "bãi bỏ",
        "Không kèm văn bản pháp lý riêng", "trước: 32",
    ):  # fmt: skip
        assert part in text, part
    assert "Kết quả kiểm tra" not in text and "Hệ quả" not in text
    assert first_set_gone().maps.lost == ()


def test_what_was_changed_after_the_check_is_said() -> None:
    assert "Dự thảo đã thay đổi" in said(compose(replace(redrawn_wards(), is_current=False), "vi"))


def test_english_has_no_vietnamese_labels() -> None:
    text = said(compose(merged_city(), "en"))
    assert "Findings of the check" in text
    assert "236.28 km²" in text
    assert "Đơn vị" not in text


def test_units_before_have_the_colour_of_what_they_went_into() -> None:
    maps = merged_city().maps
    after = {unit.code: unit.colour for unit in maps.after}
    before = {unit.code: unit.colour for unit in maps.before}
    assert before["05449"] == after["05443"]
    assert before["05914"] == after["05467"]


def test_neighbours_that_change_differ_in_colour() -> None:
    after = merged_city().maps.after
    touching = [
        (one, other)
        for one in after
        for other in after
        if one.code < other.code and shapely.intersection(one.geometry, other.geometry).length > 0
    ]
    assert touching
    assert all(one.colour != other.colour for one, other in touching)


def test_borders_that_stay_are_not_drawn_as_gone() -> None:
    lines = redrawn_wards().maps.old_lines
    assert lines is not None
    before = shapely.union_all([shapely.boundary(unit.geometry) for unit in units(CITY_2017)])
    assert 0 < lines.length < before.length / 20


def test_many_vertices_stay_within_a_budget_and_remain_a_coverage() -> None:
    dense = tuple(Named(one.code, one.name, shapely.segmentize(one.geometry, 0.00005)) for one in units(CITY_2017))
    moved = tuple(
        Named(one.code, one.name, shapely.make_valid(shapely.set_precision(one.geometry, 4e-5))) for one in dense
    )
    changes, won, lost = compared(dense, moved)
    maps = drawn_maps(dense, moved, changes, won, lost)
    assert maps.tolerance_m > 0
    for pieces in (maps.won, maps.lost):
        assert sum(int(shapely.get_num_coordinates(shape)) for _, shape in pieces) <= MAX_OVERLAY_VERTICES
    drawn = shapely.transform([unit.geometry for unit in maps.before], lambda points: points.round(7))
    overlaps = sum(
        float(shapely.intersection(one, other).area) for index, one in enumerate(drawn) for other in drawn[index + 1 :]
    )
    assert overlaps < 1e-9


def test_facts_compare_by_value() -> None:
    facts: ReportFacts = redrawn_wards()
    assert facts == replace(facts)
