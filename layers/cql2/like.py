# SPDX-License-Identifier: Apache-2.0
"""LIKE patterns: ``%`` any characters, ``_`` one, a backslash takes the next character as it is. Pure.

Matched by searching piece after piece, never by a backtracking expression.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from layers.cql2.folding import fold
from layers.cql2.limits import MAX_WILDCARDS, refuse
from layers.cql2.tree import Fold, Node, Text

_ANY: Final = "%"
_ONE: Final = "_"


@dataclass(frozen=True, slots=True)
class _Part:
    """A wildcard (``wild`` is it) or a plain text."""

    wild: str
    text: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A checked pattern."""

    parts: tuple[_Part, ...]

    def sql(self) -> str:
        """The pattern for SQL's LIKE with its default escape."""
        return "".join(part.wild or _escaped(part.text) for part in self.parts)

    def matcher(self) -> Callable[[str], bool]:
        """What tells whether a whole text matches; linear in pieces times length."""
        pieces: list[list[_Part]] = [[]]
        for part in self.parts:
            if part.wild == _ANY:
                pieces.append([])
            else:
                pieces[-1].append(part)
        first, *others = [_Piece(piece) for piece in pieces]
        if not others:
            return lambda text: len(text) == first.length and first.at(text, 0)
        *middle, last = others

        def matches(text: str) -> bool:
            end = len(text) - last.length
            if end < first.length or not first.at(text, 0) or not last.at(text, end):
                return False
            position = first.length
            for piece in middle:
                found = piece.find(text, position, end)
                if found < 0:
                    return False
                position = found + piece.length
            return position <= end

        return matches


class _Piece:
    """Characters of a fixed number, some of them free."""

    def __init__(self, parts: Sequence[_Part]) -> None:
        self.length = 0
        self._texts: list[tuple[int, str]] = []
        for part in parts:
            if part.wild == _ONE:
                self.length += 1
            else:
                self._texts.append((self.length, part.text))
                self.length += len(part.text)
        self._plain = self._texts[0][1] if len(parts) == 1 and self._texts else None

    def at(self, text: str, position: int) -> bool:
        return all(text.startswith(part, position + offset) for offset, part in self._texts)

    def find(self, text: str, start: int, end: int) -> int:
        """The first position of the piece inside ``text[start:end]``, or -1."""
        if self._plain is not None:
            return text.find(self._plain, start, end)
        for position in range(start, end - self.length + 1):
            if self.at(text, position):
                return position
        return -1


def pattern_of(node: Node) -> Pattern:
    """Read a pattern literal; foldings apply to its plain texts.

    Raises:
        BadParameter: too many wildcards, a lone backslash at the end, or not a literal.
    """
    folds = []
    while isinstance(node, Fold):
        folds.append(node.op)
        node = node.value
    if not isinstance(node, Text):
        refuse("pattern_invalid", "the pattern of LIKE is a text, or CASEI or ACCENTI of a text")
    parts = []
    for part in _read(node.value):
        text = part.text
        for op in reversed(folds):
            text = fold(op, text)
        parts.append(_Part(part.wild, text))
    return Pattern(tuple(parts))


def _read(text: str) -> list[_Part]:
    parts: list[_Part] = []
    plain: list[str] = []
    characters = iter(text)
    wildcards = 0
    for character in characters:
        if character in (_ANY, _ONE):
            wildcards += 1
            if wildcards > MAX_WILDCARDS:
                refuse("pattern_too_wild", f"a pattern may have {MAX_WILDCARDS} wildcards", maximum=MAX_WILDCARDS)
            if plain:
                parts.append(_Part("", "".join(plain)))
                plain = []
            parts.append(_Part(character, ""))
            continue
        if character == "\\":
            character = next(characters, "")
            if not character:
                refuse("pattern_invalid", "a pattern may not end with a single backslash")
        plain.append(character)
    if plain:
        parts.append(_Part("", "".join(plain)))
    return parts


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
