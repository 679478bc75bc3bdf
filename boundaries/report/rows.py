# SPDX-License-Identifier: Apache-2.0
"""From rows to the values of a report: what drafts and publications have in common. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.report.facts import (
    Both,
    Change,
    Consequence,
    Finding,
    LegalBasis,
    Maps,
    Move,
    Repair,
    Totals,
    UnagreedBorder,
    Waiver,
)
from boundaries.report.shapes import Named, drawn_maps

_CHANGE_COLUMNS = (
    "code_before", "code_after", "name_before", "name_after", "type_before", "type_after", "area_before_m2",
    "area_after_m2", "won_m2", "lost_m2", "moved_m", "is_neighbour",
)  # fmt: skip


def legal_of(row: Any) -> LegalBasis | None:
    """The legal document of a draft or a publication."""
    if row["legal_document"] is None:
        return None
    return LegalBasis(
        row["legal_number"],
        row["issuer"],
        row["legal_title"],
        row["signed_on"],
        row["effective_on"],
        row["legal_file_name"],
    )


def attribution_of(row: Any) -> Both | None:
    """Whom to name for the shapes."""
    if not row["attribution_vi"]:
        return None
    return Both(row["attribution_vi"], row["attribution_en"] or row["attribution_vi"])


def totals_of(summary: Mapping[str, Any], units_before: int, changes: Sequence[Change]) -> Totals | None:
    """Sums as the comparison made them; None as long as there was nothing to compare."""
    if summary.get("area_after_m2") is None:
        return None
    unchanged = int(summary["unchanged"])
    return Totals(
        units_before=units_before or unchanged + sum(change.code_before is not None for change in changes),
        units_after=int(summary["units"]),
        unchanged=unchanged,
        area_before_m2=float(summary["area_before_m2"] or 0.0),
        area_after_m2=float(summary["area_after_m2"]),
        won_m2=float(summary["won_m2"] or 0.0),
        lost_m2=float(summary["lost_m2"] or 0.0),
        kinds=tuple((kind, int(count)) for kind, count in summary["changes"].items()),
    )


def maps_of(before: Sequence[Any], after: Sequence[Any], rows: Sequence[Any], changes: Sequence[Change]) -> Maps:
    """Units of both sides, and rows of changes with their shapes."""
    if not before and not after:
        return Maps()
    one, other = ([_named(unit) for unit in side] for side in (before, after))
    return drawn_maps(one, other, changes, _pieces(rows, "won"), _pieces(rows, "lost"))


def _named(row: Any) -> Named:
    return Named(row["code"], row["full_name"], shapely.from_wkb(row["wkb"]))


def _pieces(rows: Sequence[Any], side: str) -> list[tuple[str, BaseGeometry]]:
    found = []
    for row in rows:
        code = row["code_after"] if side == "won" else row["code_before"]
        if row[f"{side}_wkb"] is not None:
            found.append((code or row["code_after"] or row["code_before"], shapely.from_wkb(row[f"{side}_wkb"])))
    return found


def change_of(row: Any) -> Change:
    """One unit that is not the same on both sides."""
    return Change(
        kinds=tuple(row["kinds"]),
        lineage=tuple((origin["code"], float(origin["share"])) for origin in row["lineage"]),
        **{name: row[name] for name in _CHANGE_COLUMNS},
    )


def finding_of(row: Any) -> Finding:
    """One finding with its waiver."""
    waiver = Waiver(row["why"], row["waived_by"], row["waived_at"]) if row["why"] is not None else None
    return Finding(
        row["number"],
        row["code"],
        row["severity"],
        Both(row["detail_vi"], row["detail_en"]),
        tuple(row["units"]),
        row["measure"],
        row["measure_unit"],
        row["threshold"],
        row["repair"],
        waiver,
    )


def repairs_of(effects: Sequence[Mapping[str, Any]] | None) -> tuple[Repair, ...]:
    """The repairs that were applied."""
    return tuple(
        Repair(one["repair"], float(one.get("moved_m2") or 0.0), tuple(one.get("units") or ())) for one in effects or ()
    )


def unagreed_of(edges: Sequence[Any]) -> tuple[UnagreedBorder, ...]:
    """Borders that are not agreed yet."""
    return tuple(
        UnagreedBorder(one["code_a"], one["code_b"], shapely.from_wkb(one["wkb"]), one["length_m"]) for one in edges
    )


def consequences_of(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Consequence, ...] | None:
    """What follows by layer, as it is stored."""
    if stored is None:
        return None
    return tuple(
        Consequence(
            one["layer"],
            both_of(one.get("title")) or Both(one["layer"], one["layer"]),
            int(one["total"]),
            int(one["changed"]),
            int(one.get("gained") or 0),
            int(one.get("lost") or 0),
            tuple(Move(move["from"], move["to"], int(move["features"])) for move in one.get("moves") or ()),
        )
        for one in stored
    )


def both_of(text: Mapping[str, str] | None) -> Both | None:
    """A text as it is stored in JSON."""
    return Both(text["vi"], text.get("en") or text["vi"]) if text else None
