# SPDX-License-Identifier: Apache-2.0
"""Names and field names without what may differ: case, blanks, type prefixes, accents."""

import re
import unicodedata

_TYPE = re.compile(r"^(?:phường|xã|thị trấn|p\.|x\.|tt\.)\s*", re.IGNORECASE)
_STROKES = str.maketrans("đĐÐ", "dDD")


def bare(name: str) -> str:
    """A unit's name for comparison with known ones: NFC, no type, one case, single blanks, accents kept."""
    text = unicodedata.normalize("NFC", name).replace("\u00d0", "\u0110")
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return _TYPE.sub("", " ".join(text.split()).casefold())


def unaccented(text: str) -> str:
    """Lower-case letters and digits only: "Mã đơn vị" and MA_DON_VI are both "madonvi"."""
    decomposed = unicodedata.normalize("NFD", text.translate(_STROKES)).casefold()
    return "".join(letter for letter in decomposed if letter.isascii() and letter.isalnum())
