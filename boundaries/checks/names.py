# SPDX-License-Identifier: Apache-2.0
"""Names of units: how two spellings are compared, and NAME_VARIANT, NAME_UNSAFE, ENC_NOT_NFC.

The ladder of spellings: as it is; without what differs between two serious sources (composition, hidden characters, Eth
for Đ, capitals, blanks, Phường/P., the vowel that carries the tone); last resort, without accents.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from enum import IntEnum
from functools import lru_cache

from boundaries.checks.rows import Row
from boundaries.checks.thresholds import NAME_LENGTH
from boundaries.findings import Finding, found
from boundaries.known import KnownUnit

_ETH = str.maketrans({"\u00d0": "\u0110", "\u00f0": "\u0111", "\u0189": "\u0110"})
_PREFIX = re.compile(r"^(?:(?:phường|xã|thị trấn|đặc khu)\s+|(?:p|x|tt|đk)\s*\.\s*)(?=\S)")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_STARTS_FORMULA = ("=", "+", "-", "@")
# Besides letters, marks and digits: "Ea H'leo", "Bến Nghé - Phú Hội", "Phường 1 (cũ)".
_PUNCTUATION = set(" '\u2019-.,/()")


class Match(IntEnum):
    """How far down the ladder two names met."""

    NONE = 0
    UNACCENTED = 1
    SPELLED = 2
    EXACT = 3


def clean_name(text: str) -> str:
    """The name as it should be stored: composed, no hidden characters, Đ for Eth, single blanks."""
    shown = "".join(one for one in unicodedata.normalize("NFC", text) if unicodedata.category(one) != "Cf")
    return " ".join(shown.translate(_ETH).split())


@lru_cache(maxsize=4096)
def spelling_key(text: str) -> str:
    """Equal for spellings that no two offices agree on: capitals, Phường/P., hoà/hòa."""
    folded = _PREFIX.sub("", clean_name(text).casefold())
    return " ".join(_tone_last(syllable) for syllable in folded.split())


@lru_cache(maxsize=4096)
def unaccented_key(text: str) -> str:
    """The last resort: letters alone, i for y (Sĩ/Sỹ)."""
    letters = unicodedata.normalize("NFD", spelling_key(text).replace("đ", "d"))
    return "".join(one for one in letters if not unicodedata.combining(one)).replace("y", "i")


def match_name(name: str, unit: KnownUnit) -> Match:
    """How well a name as uploaded fits a known unit; an empty name fits none."""
    if not name.strip():
        return Match.NONE
    if name in (unit.name, unit.full_name, f"{unit.type} {unit.name}"):
        return Match.EXACT
    if spelling_key(name) in (spelling_key(unit.name), spelling_key(unit.full_name)):
        return Match.SPELLED
    return Match.UNACCENTED if unaccented_key(name) == unaccented_key(unit.name) else Match.NONE


def is_unsafe(name: str) -> bool:
    """Markup, formulas, statements, hidden or control characters, or a length that no name has."""
    if len(name) > NAME_LENGTH or name.lstrip().startswith(_STARTS_FORMULA):
        return True
    return any(one not in _PUNCTUATION and unicodedata.category(one)[0] not in "LMNZ" for one in name)


def name_findings(rows: Iterable[Row]) -> list[Finding]:
    """NAME_UNSAFE, NAME_VARIANT and ENC_NOT_NFC; an unsafe name is not compared with anything."""
    rows = tuple(rows)
    findings = [_unsafe(row) for row in rows if is_unsafe(row.name)]
    findings += [_variant(row, row.known) for row in rows if row.known is not None and _is_variant(row, row.known)]
    decomposed = tuple(row for row in rows if not unicodedata.is_normalized("NFC", row.name + row.type))
    if decomposed:
        finding = found("ENC_NOT_NFC", units=tuple(row.label for row in decomposed))
        findings.append(
            replace(
                finding,
                geometry=decomposed[0].place,
                measure=float(len(decomposed)),
                measure_unit="count",
                repair="names.clean",
            )
        )
    return findings


def _is_variant(row: Row, unit: KnownUnit) -> bool:
    composed = unicodedata.normalize("NFC", row.name)
    return not is_unsafe(row.name) and match_name(composed, unit) in (Match.SPELLED, Match.UNACCENTED)


def _unsafe(row: Row) -> Finding:
    shown = "".join(one if one.isprintable() else "\ufffd" for one in row.name[:40])
    return replace(
        found("NAME_UNSAFE", f"({shown})", f"({shown})", units=(row.label,)),
        geometry=row.place,
        measure=float(len(row.name)),
        measure_unit="count",
        threshold=float(NAME_LENGTH),
    )


def _variant(row: Row, unit: KnownUnit) -> Finding:
    text = f"{row.name} ({unit.name})"
    cleaned = match_name(clean_name(row.name), unit) is Match.EXACT
    return replace(
        found("NAME_VARIANT", text, text, units=(row.label,)),
        geometry=row.place,
        repair="names.clean" if cleaned else None,
    )


def _tone_last(syllable: str) -> str:
    """Tone marks behind the syllable, so that the vowel that carries them does not matter."""
    letters = unicodedata.normalize("NFD", syllable)
    plain = "".join(one for one in letters if one not in _TONES)
    return unicodedata.normalize("NFC", plain) + "".join(one for one in letters if one in _TONES)
