# SPDX-License-Identifier: Apache-2.0
"""The tables that the product brings, as rows. Pure."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class FactSet:
    """A set of codes."""

    id: str
    title_vi: str
    title_en: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Fact:
    """One pair, in the order of the table's columns."""

    from_set: str
    from_code: str
    from_name: str
    to_set: str
    to_code: str
    to_name: str
    share_area: float
    basis: str
    confidence: str
    legal_basis: str | None
    effective: date | None
    source: str


BEFORE_2025 = FactSet(
    "province-2025-06",
    "280 xã, phường, thị trấn (trước 01/7/2025)",
    "280 communes, wards and townships until 30 June 2025",
    date(2024, 12, 1),
    date(2025, 7, 1),
)
SINCE_2025 = FactSet(
    "province-2025", "92 xã, phường từ 01/7/2025", "92 communes and wards since 1 July 2025", date(2025, 7, 1), None
)
FACT_SETS = (BEFORE_2025, SINCE_2025)
_FILES = {"crosswalk_2025.csv": (BEFORE_2025.id, SINCE_2025.id)}


def read_facts() -> list[Fact]:
    """Every pair of every table."""
    return [fact for name in _FILES for fact in _read(name)]


def _read(name: str) -> list[Fact]:
    before, after = _FILES[name]
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return [
            Fact(
                before,
                row["old_code"],
                row["old_name"],
                after,
                row["new_code"],
                row["new_name"],
                float(row["share"]),
                "legal" if row["relation"] == "full" else "overlap",
                row["confidence"],
                row["legal_basis"] or None,
                date.fromisoformat(row["effective"]),
                name,
            )
            for row in csv.DictReader(file)
        ]
