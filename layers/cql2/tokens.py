# SPDX-License-Identifier: Apache-2.0
"""CQL2 text cut into words, one at a time. Pure."""

import re
from typing import Literal, NamedTuple, NoReturn, TypeAlias

from layers.cql2.limits import refuse_syntax

TokenKind: TypeAlias = Literal["name", "quoted", "text", "number", "sign", "end"]
RESERVED = frozenset("and or not like between in is null true false div".split())

_SPACE = re.compile("[\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*")
_NAME_START = (
    "A-Za-z_:\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u167f\u1681-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_NAME_START}][{_NAME_START}0-9.\u203f\u2040]*")
_QUOTED = re.compile(f'"([{_NAME_START}][{_NAME_START}0-9.\u203f\u2040]*)"')
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SIGN = re.compile(r"<>|<=|>=|[=<>()+\-*/%^,]")
_PLAIN_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")


class Token(NamedTuple):
    """A word, and where it starts. Of texts and quoted names the content."""

    kind: TokenKind
    value: str
    at: int


class Tokens:
    """The words of a text with one word of look-ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self.next = self._read()

    def take(self) -> Token:
        """The next word; the one after it becomes the next."""
        taken = self.next
        self.next = self._read()
        return taken

    def at(self, *signs: str) -> bool:
        """Whether the next word is one of these signs."""
        return self.next.kind == "sign" and self.next.value in signs

    def at_word(self, *words: str) -> bool:
        """Whether the next word is one of these keywords, in capitals or not."""
        return self.next.kind == "name" and self.next.value.lower() in words

    def expect(self, sign: str) -> None:
        """Pass over a sign.

        Raises:
            BadParameter: something else stands there.
        """
        if not self.at(sign):
            self.refuse(f"'{sign}' is needed")
        self.take()

    def expect_word(self, word: str) -> None:
        """Pass over a keyword.

        Raises:
            BadParameter: something else stands there.
        """
        if not self.at_word(word):
            self.refuse(f"{word.upper()} is needed")
        self.take()

    def refuse(self, needed: str) -> NoReturn:
        """Say what is needed at the next word.

        Raises:
            BadParameter: always.
        """
        refuse_syntax(needed, self.next.at)

    def _read(self) -> Token:
        text = self._text
        space = _SPACE.match(text, self._position)
        at = space.end() if space else self._position
        if at == len(text):
            return Token("end", "", at)
        if text[at] == "'":
            return self._read_text(at)
        patterns: tuple[tuple[TokenKind, re.Pattern[str]], ...] = (
            ("name", _NAME),
            ("number", _NUMBER),
            ("sign", _SIGN),
            ("quoted", _QUOTED),
        )
        for kind, pattern in patterns:
            match = pattern.match(text, at)
            if match is None:
                continue
            self._position = match.end()
            if kind == "number" and _NAME.match(text, self._position):
                refuse_syntax("a number runs into a name", at)
            return Token(kind, match[1] if kind == "quoted" else match[0], at)
        refuse_syntax("this character has no meaning here", at)

    def _read_text(self, at: int) -> Token:
        """A text in single quotes; backslashes count only where a quote follows."""
        text = self._text
        parts: list[str] = []
        start = position = at + 1
        while True:
            quote = text.find("'", position)
            if quote < 0:
                refuse_syntax("a text is not closed", at)
            run = quote
            while run > start and text[run - 1] == "\\":
                run -= 1
            slashes = quote - run
            parts += (text[start:run], "\\" * (slashes // 2))
            if slashes % 2:
                parts.append("'")
                start = position = quote + 1
            elif text.startswith("'", quote + 1):
                parts.append("'")
                start = position = quote + 2
            else:
                self._position = quote + 1
                return Token("text", "".join(parts), at)


def quoted_text(value: str) -> str:
    """A text as a literal that ``Tokens`` reads back."""
    pieces = value.split("'")
    for index, piece in enumerate(pieces):
        slashes = len(piece) - len(piece.rstrip("\\"))
        pieces[index] = piece + "\\" * slashes
    return "'" + "''".join(pieces) + "'"


def quoted_name(name: str) -> str:
    """A property's name, in double quotes where it would be read as a keyword."""
    return name if _PLAIN_NAME.fullmatch(name) and name.lower() not in RESERVED else f'"{name}"'
