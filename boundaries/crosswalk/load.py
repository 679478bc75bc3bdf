# SPDX-License-Identifier: Apache-2.0
"""Crosswalks from the database: the facts of the law first, else the overlaps of published shapes."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from boundaries.crosswalk import sql
from boundaries.crosswalk.values import NOISE_SHARE, CodeSet, Confidence, Crosswalk, Pair, turned, without_noise
from boundaries.errors import CrosswalkNotFound
from geo.db.pool import Database


@dataclass(frozen=True)
class Known:
    """Every set of codes, and every crosswalk in the direction of time."""

    sets: dict[str, CodeSet]
    crosswalks: dict[tuple[str, str], Crosswalk]

    def between(self, from_set: str, to_set: str) -> Crosswalk:
        """The crosswalk from one set to another, turned round when time runs the other way.

        Raises:
            CrosswalkNotFound: nothing connects the two.
        """
        if (from_set, to_set) in self.crosswalks:
            return self.crosswalks[from_set, to_set]
        if (to_set, from_set) in self.crosswalks:
            return turned(self.crosswalks[to_set, from_set])
        raise CrosswalkNotFound(
            "Nothing connects these two sets. /boundaries/crosswalk lists the pairs of sets.",
            known=[list(one) for one in self.crosswalks],
            detail_vi="Không có bảng chuyển đổi giữa hai bộ đơn vị này.",
        )


async def known_crosswalks(database: Database) -> Known:
    """Everything that figures can be moved between; a few hundred rows."""
    facts = await database.fetch(sql.SELECT_FACTS)
    overlaps = await database.fetch(sql.SELECT_OVERLAPS)
    sets = await _sets(database, facts, overlaps)
    found: dict[tuple[str, str], Crosswalk] = {}
    for rows, pairs_of in ((facts, _legal), (overlaps, _overlapping)):
        for key in dict.fromkeys((row["from_set"], row["to_set"]) for row in rows):
            if key not in found:
                before, after = sets[key[0]], sets[key[1]]
                chosen = [row for row in rows if (row["from_set"], row["to_set"]) == key]
                found[key] = Crosswalk(before, after, False, tuple(pairs_of(chosen, sets)))
    return Known(sets, found)


async def _sets(database: Database, facts: list[Any], overlaps: list[Any]) -> dict[str, CodeSet]:
    titles = {row["id"]: (row["title_vi"], row["title_en"]) for row in await database.fetch(sql.SELECT_FACT_SETS)}
    titles |= {row["id"]: (row["title_vi"], row["title_en"]) for row in await database.fetch(sql.SELECT_PUBLISHED_SETS)}
    names: dict[str, dict[str, str]] = {}
    areas: dict[str, dict[str, float]] = {}
    for row in facts:
        names.setdefault(row["from_set"], {})[row["from_code"]] = row["from_name"]
        names.setdefault(row["to_set"], {})[row["to_code"]] = row["to_name"]
    for row in overlaps:
        # A set that left no shapes behind is known by the codes that others came from.
        names.setdefault(row["from_set"], {}).setdefault(row["from_code"], row["from_code"])
    for row in await database.fetch(sql.SELECT_PUBLISHED_UNITS):
        names.setdefault(row["unit_set"], {})[row["code"]] = row["full_name"]
        areas.setdefault(row["unit_set"], {})[row["code"]] = row["area_m2"]
    return {
        one: CodeSet(one, *titles.get(one, (one, one)), dict(sorted(known.items())), areas.get(one, {}))
        for one, known in names.items()
    }


def _legal(rows: list[Any], _sets_by_id: dict[str, CodeSet]) -> list[Pair]:
    sources = Counter(row["to_code"] for row in rows)
    return [
        Pair(
            row["from_code"],
            row["to_code"],
            row["share_area"],
            # What came from one old unit alone lies in it; of others, nobody knows the parts.
            1.0 if sources[row["to_code"]] == 1 else None,
            row["basis"],
            row["confidence"],
            row["legal_basis"],
        )
        for row in rows
    ]


def _overlapping(rows: list[Any], sets: dict[str, CodeSet]) -> list[Pair]:
    pairs = []
    for row in rows:
        area, other = (
            sets[row["from_set"]].areas_m2.get(row["from_code"]),
            sets[row["to_set"]].areas_m2.get(row["to_code"]),
        )
        share_to = min(1.0, area * row["share_area"] / other) if area and other else None
        confidence: Confidence = "low" if row["approximate"] and row["share_area"] < 1.0 - NOISE_SHARE else "medium"
        pairs.append(Pair(row["from_code"], row["to_code"], row["share_area"], share_to, "overlap", confidence))
    return without_noise(pairs)
