# SPDX-License-Identifier: Apache-2.0
"""A report as headings, pairs and tables of plain text: what the HTML file and the PDF have in common."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Tone: TypeAlias = Literal["plain", "good", "warn", "bad", "quiet"]


class Column(NamedTuple):
    """A column of a table: its heading, its share of the width, and whether it holds numbers."""

    title: str
    width: float = 1.0
    is_number: bool = False


@dataclass(frozen=True)
class Cell:
    """A text with a tone; ``small`` is set under it."""

    text: str
    tone: Tone = "plain"
    small: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of cells under repeated headings."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Pairs:
    """Names and their values, one under the other."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Note:
    """A sentence of its own."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class MapsHere:
    """The place of the maps."""


Block: TypeAlias = Table | Pairs | Note | MapsHere


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Figure:
    """One number of the strip at the head."""

    label: str
    value: str
    small: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True)
class Document:
    """A whole report, in one language."""

    lang: Literal["vi", "en"]
    kicker: str
    title: str
    badge: str
    badge_tone: Tone
    sentence: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
