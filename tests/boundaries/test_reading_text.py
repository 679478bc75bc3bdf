# SPDX-License-Identifier: Apache-2.0
"""Decoders of old Vietnamese encodings, and the guesses about encodings and columns."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.reading import encodings, fields, legacy
from boundaries.reading.spelling import bare, unaccented
from tests.boundaries.upload_samples import known_units

NAMES = frozenset(bare(unit.name) for unit in known_units().units)
CODES = frozenset(unit.code for unit in known_units().units)
LOWER = "ăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


@pytest.mark.parametrize(
    ("raw", "text"),
    [("Th¸i Nguyªn", "Thái Nguyên"), ("Quan TriÒu", "Quan Triều"), ("§ång B\xc8m", "Đồng Bẩm"),
     ("Tr\xadng V\xad¬ng", "Trưng Vương")],
)  # fmt: skip
def test_tcvn3_reads_as_the_abc_fonts_showed_it(raw: str, text: str) -> None:
    assert legacy.decode_tcvn3(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [("Thaùi Nguyeân", "Thái Nguyên"), ("Quan Trieàu", "Quan Triều"), ("Ñoàng Baåm", "Đồng Bẩm"),
     ("Tröng Vöông", "Trưng Vương"), ("Tuùc Duyeân", "Túc Duyên"), ("Thònh Ñöùc", "Thịnh Đức")],
)  # fmt: skip
def test_vni_reads_as_its_fonts_showed_it(raw: str, text: str) -> None:
    assert legacy.decode_vni(raw) == text


@given(st.text(alphabet=LOWER + "bcdghklmnpqrstvx "))
def test_tcvn3_round_trips_every_lower_case_text(text: str) -> None:
    back = {letter: raw for raw in map(chr, range(128, 256)) if (letter := legacy.decode_tcvn3(raw)) in LOWER}
    assert legacy.decode_tcvn3("".join(back.get(letter, letter) for letter in text)) == text


@pytest.mark.parametrize("codec", ["utf-8", "cp1258"])
def test_a_declared_encoding_that_gives_the_names_is_not_questioned(codec: str) -> None:
    texts = [_as_codec(unit.name, codec) for unit in known_units().units]
    declared = encodings.canonical("UTF-8" if codec == "utf-8" else "1258")
    verdict = encodings.judge(texts, declared, True, NAMES)
    assert verdict.proposed is None and verdict.used == declared


def _as_codec(text: str, codec: str) -> str:
    if codec == "cp1258":
        text = "".join(_tone_apart(letter) for letter in text)
    return text.encode(codec).decode("iso-8859-1")


def _tone_apart(letter: str) -> str:
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    parts = unicodedata.normalize("NFD", letter)
    shape = "".join(part for part in parts if part not in tones)
    return unicodedata.normalize("NFC", shape) + "".join(part for part in parts if part in tones)


def test_utf_8_without_a_declaration_is_evident() -> None:
    texts = [_as_codec(unit.name, "utf-8") for unit in known_units().units]
    assert encodings.judge(texts, None, True, NAMES) == encodings.Verdict("utf-8", score=_accented())


def _accented() -> int:
    return len({unit.name for unit in known_units().units if not unit.name.isascii()})


def test_text_that_a_program_garbled_before_is_recognised_in_unicode_files_too() -> None:
    texts = [
        _as_codec(unit.name, "utf-8").encode("iso-8859-1").decode("cp1252", "replace") for unit in known_units().units
    ]
    verdict = encodings.judge(texts, None, False, NAMES)
    assert verdict.proposed == "utf-8"


def test_plain_letters_say_nothing_and_ask_nothing() -> None:
    assert encodings.judge(["Quang Vinh", "05431"], None, True, NAMES).proposed is None


def test_without_a_known_name_syllables_decide() -> None:
    verdict = encodings.judge(["Hoµng V¨n Thô", "Th¸i Nguyªn", "Quan TriÒu"], None, True, frozenset())
    assert verdict.proposed == "tcvn3"
    fine = encodings.judge([_as_codec("Hoàng Văn Thụ", "utf-8")], "utf-8", True, frozenset())
    assert fine.proposed is None


@pytest.mark.parametrize(
    ("columns", "expected", "certain"),
    [
        (("MA_XA", "TEN_XA", "LOAI"), {"code": "MA_XA", "name": "TEN_XA", "type": "LOAI"}, True),
        (("maXa", "tenXa", "x"), {"code": "maXa", "name": "tenXa"}, True),
        (("Mã đơn vị", "Tên đơn vị", "Cấp"), {"code": "Mã đơn vị", "name": "Tên đơn vị", "type": "Cấp"}, False),
        (("truong1", "truong2", "x"), {"code": "truong1", "name": "truong2"}, False),
    ],
)
def test_columns_are_guessed_by_name_and_by_content(
    columns: tuple[str, str, str], expected: dict[str, str], certain: bool
) -> None:
    units = known_units().current_units
    values = ([unit.code for unit in units], [unit.name for unit in units], [1 for _ in units])
    guess = fields.guess(dict(zip(columns, values, strict=True)), CODES, NAMES)
    assert dict(guess.columns) == expected
    assert guess.is_certain is certain


def test_a_column_of_another_name_is_preferred_when_the_named_one_has_no_codes() -> None:
    units = known_units().current_units
    table = {
        "ma": ["A" for _ in units],
        "ma_hanh_chinh_2": [unit.code for unit in units],
        "ten_xa": [unit.name for unit in units],
    }
    guess = fields.guess(table, CODES, NAMES)
    assert guess.columns["code"] == "ma_hanh_chinh_2" and not guess.is_certain


def test_headings_and_columns_are_one_without_accents_and_signs() -> None:
    assert unaccented("Mã đơn vị") == unaccented("MA_DON_VI") == "madonvi"
    assert bare("PHƯỜNG  Quan Triều") == bare("Quan Triều")
