# SPDX-License-Identifier: Apache-2.0
"""The ladder of spellings, and names that are no names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.checks.check import check_units
from boundaries.checks.names import Match, clean_name, is_unsafe, match_name, spelling_key
from boundaries.known import KnownUnit
from tests.boundaries.check_samples import KNOWN, codes, defect, only

NAMES = sorted({unit.name for unit in KNOWN.units} | {unit.full_name for unit in KNOWN.units})


def unit(name: str, kind: str = "Phường") -> KnownUnit:
    return KnownUnit("05431", name, f"{kind} {name}", kind, "now")


@pytest.mark.parametrize(
    ("written", "official", "match"),
    [
        ("Quan Triều", "Quan Triều", Match.EXACT),
        ("Phường Quan Triều", "Quan Triều", Match.EXACT),
        ("P. Phú Xá", "Phú Xá", Match.SPELLED),
        ("P.Phú Xá", "Phú Xá", Match.SPELLED),
        ("QUANG VINH", "Quang Vinh", Match.SPELLED),
        ("Hoàng Văn  Thụ ", "Hoàng Văn Thụ", Match.SPELLED),
        ("\u00d0ồng Quang", "Đồng Quang", Match.SPELLED),
        ("Chuà Hang", "Chùa Hang", Match.SPELLED),
        ("Định Hoá", "Định Hóa", Match.SPELLED),
        ("Điềm Thuỵ", "Điềm Thụy", Match.SPELLED),
        ("Gia\u200b Sàng", "Gia Sàng", Match.SPELLED),
        (unicodedata.normalize("NFD", "Túc Duyên"), "Túc Duyên", Match.SPELLED),
        ("Tuc Duyen", "Túc Duyên", Match.UNACCENTED),
        ("Quán Triều", "Quan Triều", Match.UNACCENTED),
        ("Sĩ Bình", "Sỹ Bình", Match.UNACCENTED),
        ("Tân Long", "Tân Lập", Match.NONE),
        ("", "Tân Lập", Match.NONE),
        ("Phường", "Tân Lập", Match.NONE),
    ],
)
def test_the_ladder_of_spellings(written: str, official: str, match: Match) -> None:
    assert match_name(written, unit(official)) is match


@pytest.mark.parametrize("name", NAMES)
def test_no_known_name_is_unsafe_and_each_is_clean(name: str) -> None:
    assert not is_unsafe(name)
    assert clean_name(name) == name
    assert clean_name(unicodedata.normalize("NFD", name)) == name


@pytest.mark.parametrize(
    "name", ["Ea H'leo", "M\u2019Đrắk", "Phường 1", "Bến Nghé - Phú Hội", "Ia Đrăng (cũ)", "Tân Lập/Tân Long"]
)
def test_names_of_other_provinces_are_safe(name: str) -> None:
    assert not is_unsafe(name)


@pytest.mark.parametrize(
    "name",
    ["<b>Tân Lập</b>", "=1+1", "+84", "-1", "@SUM(A1)", "  =1", "Tân'; DROP TABLE units;--", "Tân\u202eLập", "a\x00b",
     "Tân\nLập", "A" * 101, "\ud800", "Tân\ue000"],
)  # fmt: skip
def test_markup_formulas_and_hidden_characters_are_unsafe(name: str) -> None:
    assert is_unsafe(name)


@given(st.text(max_size=40))
def test_a_cleaned_name_stays_as_it_is(text: str) -> None:
    once = clean_name(text)
    assert clean_name(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.sampled_from(NAMES), st.sampled_from([str.upper, str.lower, str.title, lambda text: f"  {text} "]))
def test_capitals_and_blanks_never_matter(name: str, change: object) -> None:
    assert callable(change) and spelling_key(change(name)) == spelling_key(name)


def test_an_unsafe_name_is_said_alone_and_its_unit_known_by_the_code() -> None:
    findings = check_units(defect("31"), KNOWN)
    assert codes(findings) == {"NAME_UNSAFE"}
    assert {one.units[0] for one in findings} == {"05431", "05434", "05437", "05440", "05443"}
    assert all(len(one.detail_en) < 400 and one.detail_en.isprintable() for one in findings)


def test_a_variant_names_the_official_spelling() -> None:
    findings = {one.units[0]: one for one in only(check_units(defect("24"), KNOWN), "NAME_VARIANT")}
    assert "Chùa Hang" in findings["05659"].detail_vi
    assert findings["05458"].repair == "names.clean", "Eth for Đ needs nobody's decision"
    assert findings["05431"].repair is None, "Quán or Quan does"
