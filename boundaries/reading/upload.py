# SPDX-License-Identifier: Apache-2.0
"""What a person answered about an upload, what is asked, and what the reading gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shapely.geometry.base import BaseGeometry

from boundaries.findings import Finding
from boundaries.reading.sheets import Sheet

# In ``Answers.fields`` instead of a column: take the code of the unit that the shape covers.
BY_OVERLAP = "@overlap"
NO_FIELD = ""


@dataclass(frozen=True)
class Answers:
    """What was decided by a person, or is remembered for the source.

    Attributes:
        sheet: id of a Sheet.
        crs: authority code, e.g. "EPSG:9213".
        swap_axes: y comes before x.
        encoding: a key of ``encodings.DECODERS``.
        fields: role (code, name, type, parent) -> column, or BY_OVERLAP for the code, or NO_FIELD.
    """

    sheet: str | None = None
    crs: str | None = None
    swap_axes: bool = False
    encoding: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """One possible answer.

    Attributes:
        value: what goes into Answers.
        score: how well it fits: metres for a coordinate system, known names for an encoding.
        swap_axes: belongs to a coordinate system.
        preview: the shapes as they would lie, simplified, EPSG:4326.
        samples: texts as they read now and as they would read.
    """

    value: str
    label: str
    score: float | None = None
    swap_axes: bool = False
    preview: BaseGeometry | None = None
    samples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Question:
    """Something that a person must say; ``is_open`` when nothing goes on without it."""

    kind: Literal["sheet", "crs", "encoding", "fields"]
    choices: tuple[Choice, ...]
    is_open: bool = True
    guess: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What came of an upload.

    Attributes:
        frame: GeoDataFrame in EPSG:4326 with code, name, type, parent (text, NFC), geometry and source_row; None
            while a question is open, or after a refusal.
        peak_bytes: the most memory that a child process had.
        mapping: role -> the column that it was read from, or BY_OVERLAP for the code.
    """

    findings: tuple[Finding, ...]
    sheets: tuple[Sheet, ...] = ()
    questions: tuple[Question, ...] = ()
    frame: Any = None
    peak_bytes: int = 0
    mapping: Mapping[str, str] = field(default_factory=dict)
