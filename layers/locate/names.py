# SPDX-License-Identifier: Apache-2.0
"""Names of communes, wards and landmarks in Vietnamese prose. Pure.

A name is looked for by its letters without tone and accent, because people leave them out; but where the text does
write accents they must be the name's own: "Tân Thanh" is not "Tân Thành". A word such as *phường* or *xã* before a name
makes it a unit for certain; without one, a name of a single word is never believed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

_Named = TypeVar("_Named")
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 8
_MAX_TEXT = 20_000
_KINDS = frozenset({"phuong", "p", "xa", "x", "tt", "tran", "dac"})


def bare(text: str) -> str:
    """Lower case without tones and accents; đ is d."""
    spread = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


@dataclass(frozen=True)
class Match(Generic[_Named]):
    """A name found in a text: what bears it, whether a word such as *phường* stands before it, and how long it is."""

    named: tuple[_Named, ...]
    is_marked: bool
    words: int


class NameIndex(Generic[_Named]):
    """Everything that bears a name, found by name."""

    def __init__(self, named: Iterable[tuple[str, _Named]]) -> None:
        found: dict[tuple[str, ...], list[tuple[tuple[str, ...], _Named]]] = {}
        for name, thing in named:
            words = _words(name)
            if 0 < len(words) <= _LONGEST:
                found.setdefault(tuple(map(bare, words)), []).append((words, thing))
        self._found: Mapping[tuple[str, ...], Sequence[tuple[tuple[str, ...], _Named]]] = found

    def in_text(self, text: str) -> list[Match[_Named]]:
        """The names in a text, from left to right; a longer name hides the shorter ones within it."""
        words = _words(text[:_MAX_TEXT])
        plain = tuple(map(bare, words))
        matches: list[Match[_Named]] = []
        place = 0
        while place < len(words):
            length = self._longest_at(words, plain, place, matches)
            place += max(1, length)
        return matches

    def _longest_at(
        self, words: Sequence[str], plain: tuple[str, ...], place: int, matches: list[Match[_Named]]
    ) -> int:
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            known = self._found.get(plain[place : place + length])
            if known is None:
                continue
            written = tuple(words[place : place + length])
            named = tuple(thing for spelt, thing in known if _agree(written, spelt))
            marked = place > 0 and plain[place - 1] in _KINDS
            if named and (length > 1 or marked):
                matches.append(Match(named, marked, length))
                return length
        return 0


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFC", text).lower()))


def _agree(written: Sequence[str], spelt: Sequence[str]) -> bool:
    """Whether what is written can be the name: letter by letter, or with no accent anywhere."""
    return tuple(written) == tuple(spelt) or all(word == bare(word) for word in written)
