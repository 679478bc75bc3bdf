# SPDX-License-Identifier: Apache-2.0
"""The words of ``$filter`` and ``$orderby`` (18-088, section 9.3.3.5). Pure."""

import re
from typing import NamedTuple, NoReturn

from geo.errors import BadParameter

MAX_LENGTH = 8_000
# A plus in an address that was not encoded arrives as a blank: the offset of a moment is read with either.
_MOMENT = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+\- ]\d\d:\d\d)"
_TOKEN = re.compile(
    rf"(?P<moment>{_MOMENT})"
    r"|(?P<date>\d{4}-\d\d-\d\d(?![\dT]))"
    r"|(?P<number>-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?(?![\w.]))"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<name>[A-Za-z_@][\w.]*)"
    r"|(?P<mark>[(),/])",
)


class Token(NamedTuple):
    """One word, where it stands, and of what kind it is (``end`` after the last)."""

    kind: str
    text: str
    at: int


class Tokens:
    """The words of an expression, one after the other."""

    def __init__(self, text: str, option: str) -> None:
        self._option = option
        if len(text) > MAX_LENGTH:
            raise BadParameter(f"{option} has more than {MAX_LENGTH} characters", code="filter_invalid")
        self._found = list(self._split(text))
        self._index = 0

    @property
    def next(self) -> Token:
        """The word that comes."""
        return self._found[self._index]

    def take(self) -> Token:
        """The word that comes, and go on."""
        token = self.next
        self._index += token.kind != "end"
        return token

    def at(self, *texts: str) -> bool:
        """Whether the next word is one of these marks or names."""
        return self.next.kind in ("mark", "name") and self.next.text in texts

    def expect(self, text: str) -> None:
        """Go over a mark that must stand here."""
        if not self.at(text):
            self.refuse(f"'{text}' is needed")
        self.take()

    def refuse(self, what: str) -> NoReturn:
        """Stop at the word that comes.

        Raises:
            BadParameter: always.
        """
        token = self.next
        found = "the end" if token.kind == "end" else f"'{token.text[:40]}'"
        raise BadParameter(
            f"{self._option}: {what} at character {token.at + 1}, not {found}.", code="filter_invalid", at=token.at
        )

    def _split(self, text: str) -> list[Token]:
        found, at = [], 0
        while at < len(text):
            if text[at].isspace():
                at += 1
                continue
            match = _TOKEN.match(text, at)
            if match is None:
                raise BadParameter(f"{self._option}: character {at + 1} begins no word.", code="filter_invalid", at=at)
            found.append(Token(str(match.lastgroup), match[0], at))
            at = match.end()
        found.append(Token("end", "", len(text)))
        return found
