# SPDX-License-Identifier: Apache-2.0
"""Numbers, dates and foreign texts as a report writes them: 8.375,21 and 01/07/2025 in Vietnamese, Vietnam's hour."""

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from typing import Literal, TypeAlias

from boundaries.report.facts import Both

Lang: TypeAlias = Literal["vi", "en"]
# Vietnam has kept this hour, without summer time, since 1975.
VIETNAM = timezone(timedelta(hours=7))
_LONGEST_TEXT = 400
_BLANKS = re.compile(r"\s+")
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def pick(text: Both, lang: Lang) -> str:
    """The text in that language."""
    return text.vi if lang == "vi" else text.en


def foreign(text: str, longest: int = _LONGEST_TEXT) -> str:
    """A text that somebody sent, in one line, with what cannot be seen made visible.

    A mark that turns the direction of writing round would let a name pretend to be another one.
    """
    blank = _BLANKS.sub(" ", unicodedata.normalize("NFC", text[: longest * 4])).strip()
    shown = "".join(f"[U+{ord(sign):04X}]" if unicodedata.category(sign) in _HIDDEN else sign for sign in blank)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def number(value: float, lang: Lang, decimals: int = 0) -> str:
    """8.375,21 in Vietnamese, 8,375.21 in English."""
    english = f"{value:,.{decimals}f}"
    if not english.strip("-0.,"):
        english = english.lstrip("-")
    return english if lang == "en" else english.translate(str.maketrans(",.", ".,"))


def area(m2: float | None, lang: Lang) -> str:
    """In km², in hectares below one km², in m² below a tenth of a hectare."""
    if m2 is None:
        return "–"
    if abs(m2) >= 1e6:
        return f"{number(m2 / 1e6, lang, 2)} km²"
    if abs(m2) >= 1e3:
        return f"{number(m2 / 1e4, lang, 2)} ha"
    return f"{number(m2, lang, 0 if abs(m2) >= 10 or m2 == 0 else 1)} m²"


def length(metres: float | None, lang: Lang) -> str:
    """In km from one km on, else in metres."""
    if metres is None:
        return "–"
    if abs(metres) >= 1e3:
        return f"{number(metres / 1e3, lang, 2)} km"
    return f"{number(metres, lang, 0 if abs(metres) >= 10 or metres == 0 else 1)} m"


def is_whole(part: float) -> bool:
    """Whether a share is all of it, to the last digit that is shown."""
    return part >= 0.9995


def share(part: float, lang: Lang) -> str:
    """A part of one as per cent."""
    return f"{number(part * 100, lang, 1)} %"


def byte_size(value: int, lang: Lang) -> str:
    """In MB, kB or bytes."""
    for unit, each in (("MB", 1_000_000), ("kB", 1_000)):
        if value >= each:
            return f"{number(value / each, lang, 1)} {unit}"
    return f"{number(value, lang)} byte"


def measure(value: float | None, unit: str | None, lang: Lang) -> str:
    """What a finding measured."""
    if value is None:
        return "–"
    if unit == "m2":
        return area(value, lang)
    if unit == "m":
        return length(value, lang)
    if unit == "bytes":
        return byte_size(int(value), lang)
    return number(value, lang, 0 if float(value).is_integer() else 2)


def day(value: date, lang: Lang) -> str:
    """01/07/2025, or 1 July 2025."""
    return f"{value:%d/%m/%Y}" if lang == "vi" else f"{value.day} {value:%B %Y}"


def moment(value: datetime, lang: Lang) -> str:
    """In Vietnam's hour, to the minute."""
    here = value.astimezone(VIETNAM)
    return f"{here:%H:%M} {day(here.date(), lang)}" if lang == "vi" else f"{day(here.date(), lang)}, {here:%H:%M}"
