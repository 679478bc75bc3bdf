# SPDX-License-Identifier: Apache-2.0
"""Decoders of the Vietnamese encodings that Python does not have: TCVN3 (ABC fonts) and VNI.

Both return what they cannot decode as ISO-8859-1, so that a wrong guess scores badly instead of failing.
"""

import unicodedata

# One byte a letter; capitals with a tone exist as a font of capitals only.
_TCVN3_BYTES = bytes.fromhex(
    "a1a2a3a4a5a6a7a8a9aaabacadaeb5b6b7b8b9bbbcbdbec6c7c8c9cacbcccecfd0d1d2d3d4d5d6d7d8dcdddedfe1e2e3e4e5e6e7e8e9eaeb"
    "ecedeeeff1f2f3f4f5f6f7f8f9fafbfcfdfe"
)
_TCVN3_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TCVN3 = {chr(byte): letter for byte, letter in zip(_TCVN3_BYTES, _TCVN3_LETTERS, strict=True)}

# Letters of their own, and marks that follow the letter that carries them.
_VNI_LETTERS = dict(zip("ÌÍÑÓÔÖÆÒÎìíñóôöæòî", "ÌÍĐĨƠƯỈỊỴìíđĩơưỉịỵ", strict=True))
_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
_ROOF, _BREVE = "\u0302", "\u0306"
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _ROOF, "á": _ROOF + _ACUTE, "à": _ROOF + _GRAVE, "å": _ROOF + _HOOK, "ã": _ROOF + _TILDE, "ä": _ROOF + _DOT,
    "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_MARKS |= {letter.upper(): marks for letter, marks in _VNI_MARKS.items()}
_CARRIERS = frozenset("aeouyAEOUYƠƯơư")


def decode_tcvn3(text: str) -> str:
    """TCVN3 bytes, given as ISO-8859-1, as letters."""
    return "".join(_TCVN3.get(letter, letter) for letter in text)


def decode_vni(text: str) -> str:
    """VNI bytes, given as ISO-8859-1, as letters."""
    out: list[str] = []
    for letter in text:
        if out and out[-1] in _CARRIERS and letter in _VNI_MARKS:
            out[-1] = unicodedata.normalize("NFC", out[-1] + _VNI_MARKS[letter])
        else:
            out.append(_VNI_LETTERS.get(letter, letter))
    return "".join(out)
