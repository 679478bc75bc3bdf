# SPDX-License-Identifier: Apache-2.0
"""Which encoding the text is in: every decoder is tried, and scored by the known names that come out.

Bytes arrive as ISO-8859-1 text, one letter a byte. Text of formats that are Unicode by definition is tried too: a
program may have written the wrong letters into them long before.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from boundaries.reading.legacy import decode_tcvn3, decode_vni
from boundaries.reading.spelling import bare

UNCHANGED = "unicode"
_ALIASES = {
    "utf8": "utf-8", "65001": "utf-8", "1252": "windows-1252", "ansi1252": "windows-1252",
    "windows1252": "windows-1252",
    "cp1252": "windows-1252", "windowslatin1": "windows-1252", "1258": "windows-1258", "ansi1258": "windows-1258",
    "cp1258": "windows-1258", "windows1258": "windows-1258", "windowsvietnamese": "windows-1258",
    "iso88591": "iso-8859-1", "88591": "iso-8859-1", "latin1": "iso-8859-1", "tcvn3": "tcvn3", "tcvn57121": "tcvn3",
    "abc": "tcvn3", "vni": "vni",
}  # fmt: skip
# Fewer than this share of syllables that Vietnamese can have means that the text is garbled.
_READABLE, _GARBLED = 0.9, 0.6
_SYLLABLE = re.compile(r"(?:ngh|ng|nh|th|tr|ch|kh|ph|gh|gi|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?\Z")
_WORD = re.compile(r"[^\W\d_]+|[^\x00-\x7f]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SHAPES = frozenset("\u0302\u0306\u031b")


def _as_bytes(text: str) -> bytes:
    """The bytes behind letters that were read by windows-1252 or ISO-8859-1."""
    out = bytearray()
    for letter in text:
        try:
            out += letter.encode("cp1252")
        except UnicodeEncodeError:
            out += letter.encode("iso-8859-1", "replace")
    return bytes(out)


def _by_codec(codec: str) -> Callable[[str], str]:
    return lambda text: _as_bytes(text).decode(codec, "replace")


def _utf8(text: str) -> str:
    raw = _as_bytes(text)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # The last letter may be cut by the width of the field.
        return raw.decode("utf-8", "replace").rstrip("\ufffd") if len(raw) > 3 else raw.decode("utf-8", "replace")


DECODERS: dict[str, Callable[[str], str]] = {
    "utf-8": _utf8,
    "windows-1258": _by_codec("cp1258"),
    "windows-1252": _by_codec("cp1252"),
    "iso-8859-1": str,
    "tcvn3": lambda text: decode_tcvn3(_as_bytes(text).decode("iso-8859-1")),
    "vni": lambda text: decode_vni(_as_bytes(text).decode("iso-8859-1")),
    UNCHANGED: str,
}
_TRIED = ("utf-8", "tcvn3", "vni", "windows-1258")


@dataclass(frozen=True)
class Verdict:
    """How the text is to be read.

    Attributes:
        used: the encoding that is declared, or evident.
        proposed: one that gives more known names; a person must confirm it.
        score: known names that ``used`` gives; proposed_score: that ``proposed`` gives.
        samples: pairs of a text as it reads now and as it would read.
    """

    used: str
    proposed: str | None = None
    score: int = 0
    proposed_score: int = 0
    samples: tuple[tuple[str, str], ...] = ()

    @property
    def is_legacy(self) -> bool:
        """The proposal is an old encoding, rather than a wrong declaration of a present one."""
        return self.proposed not in (None, "utf-8")


def decode(text: str, encoding: str) -> str:
    """Text in NFC.

    Raises:
        KeyError: the encoding is not known.
    """
    return unicodedata.normalize("NFC", DECODERS[encoding](text))


def is_decomposed(text: str, encoding: str) -> bool:
    """Whether the decoded text was not in NFC."""
    return not unicodedata.is_normalized("NFC", DECODERS[encoding](text))


def canonical(charset: str | None) -> str | None:
    """Our name for an encoding that a file declares; None when it declares none that is known."""
    if charset is None:
        return None
    return _ALIASES.get(re.sub(r"[^a-z0-9]", "", charset.casefold()))


def judge(texts: Iterable[str], declared: str | None, is_bytes: bool, known_names: frozenset[str]) -> Verdict:
    """The encoding of a table's texts.

    Args:
        declared: our name of the encoding that the file declares.
        known_names: names of units of every period, as ``spelling.bare`` gives them.
    """
    telling = sorted({text for text in texts if not text.isascii()})
    if not is_bytes:
        used = UNCHANGED
    elif declared:
        used = declared
    else:
        used = "utf-8" if _is_utf8(telling) else "iso-8859-1"
    if not telling:
        return Verdict(used)
    scores = {name: _names_in(telling, name, known_names) for name in (used, *_TRIED)}
    proposed = max(scores, key=lambda name: (scores[name], name == used))
    if max(scores.values()) == 0:
        proposed = _by_syllables(telling, used)
    if proposed == used:
        return Verdict(used, score=scores[used])
    return Verdict(
        used, proposed, scores[used], scores[proposed],
        tuple((decode(text, used), decode(text, proposed)) for text in telling[:5]),
    )  # fmt: skip


def _is_utf8(telling: Sequence[str]) -> bool:
    try:
        for text in telling:
            text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return False
    return bool(telling)


def _names_in(telling: Sequence[str], encoding: str, known_names: frozenset[str]) -> int:
    return sum(bare(decode(text, encoding)) in known_names for text in telling)


def _by_syllables(telling: Sequence[str], used: str) -> str:
    """Without a known name: keep ``used`` unless it is garbled and another reads as Vietnamese."""
    shares = {name: _readable([decode(text, name) for text in telling]) for name in (used, *_TRIED)}
    best = max(shares, key=lambda name: (shares[name], name == used))
    return best if shares[used] < _GARBLED and shares[best] >= _READABLE else used


def _readable(texts: Sequence[str]) -> float:
    words = [word for text in texts for word in _WORD.findall(text) if not word.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 1.0


def _is_syllable(word: str) -> bool:
    parts = unicodedata.normalize("NFD", word.casefold().replace("đ", "d"))
    marks = [letter for letter in parts if unicodedata.combining(letter)]
    if sum(mark in _TONES for mark in marks) > 1 or any(mark not in _TONES | _SHAPES for mark in marks):
        return False
    return bool(_SYLLABLE.match("".join(letter for letter in parts if not unicodedata.combining(letter))))
