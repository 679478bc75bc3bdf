# SPDX-License-Identifier: Apache-2.0
"""What a check gave, as it is stored: findings with names that outlive the check, questions, sheets, effects. Pure."""

import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import shapely

from boundaries.checks.repairs import Effect
from boundaries.compare.values import UnitChange
from boundaries.drafts.naming import plain
from boundaries.findings import Finding
from boundaries.reading.sheets import Sheet
from boundaries.reading.upload import Choice, Question

_PLACE_DIGITS = 4
_CHANGE_COLUMNS = (
    "code_before", "code_after", "name_before", "name_after", "type_before", "type_after", "area_before_m2",
    "area_after_m2", "won_m2", "lost_m2", "moved_m",
)  # fmt: skip


def fingerprint(finding: Finding) -> str:
    """Names a finding across checks: a waiver is for what the person saw.

    The same code about the same units at the same place (to some ten metres) and of the same size (to two digits); a
    fault that grew is another one.
    """
    place: list[float] = []
    if finding.geometry is not None and not finding.geometry.is_empty:
        place = [round(side, _PLACE_DIGITS) + 0.0 for side in finding.geometry.bounds]
    size = None if finding.measure is None else float(f"{finding.measure:.1e}")
    said = repr((finding.code, sorted(finding.units), place, size))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def finding_rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as rows, numbered from 1."""
    return [
        {
            "number": number,
            "code": one.code,
            "severity": one.severity,
            "fingerprint": fingerprint(one),
            "detail_vi": plain(one.detail_vi),
            "detail_en": plain(one.detail_en),
            "units": [plain(unit) for unit in one.units],
            "measure": _finite(one.measure),
            "measure_unit": one.measure_unit,
            "threshold": _finite(one.threshold),
            "repair": one.repair,
            "wkb": None if one.geometry is None else shapely.to_wkb(shapely.force_2d(one.geometry)),
        }
        for number, one in enumerate(findings, 1)
    ]


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def change_rows(changes: Sequence[UnitChange], neighbours: Iterable[str]) -> list[dict[str, Any]]:
    """Changes as rows, numbered from 1."""
    beside = frozenset(neighbours)
    return [
        {
            "number": number,
            "kinds": list(one.kinds),
            "is_neighbour": one.code_after in beside,
            **{name: getattr(one, name) for name in _CHANGE_COLUMNS},
            "lineage": [{"code": code, "share": share} for code, share in one.lineage],
            "won_wkb": None if one.won is None else shapely.to_wkb(one.won),
            "lost_wkb": None if one.lost is None else shapely.to_wkb(one.lost),
        }
        for number, one in enumerate(changes, 1)
    ]


def question_json(question: Question) -> dict[str, Any]:
    """A question as the API shows it."""
    return {
        "kind": question.kind,
        "is_open": question.is_open,
        "choices": [_choice(one) for one in question.choices],
        "guess": {role: plain(column) for role, column in question.guess.items()},
    }


def _choice(choice: Choice) -> dict[str, Any]:
    preview = None
    if choice.preview is not None and not choice.preview.is_empty:
        preview = orjson.loads(shapely.to_geojson(choice.preview))
    return {
        "value": plain(choice.value),
        "label": plain(choice.label),
        "score": _finite(choice.score),
        "swap_axes": choice.swap_axes,
        "preview": preview,
        "samples": [[plain(text) for text in pair] for pair in choice.samples],
    }


def sheet_json(sheet: Sheet) -> dict[str, Any]:
    """A layer of the file as the API shows it."""
    return {
        "id": plain(sheet.id),
        "title": plain(sheet.title),
        "features": sheet.features,
        "fields": [plain(name) for name in sheet.fields],
    }


def effect_json(effect: Effect) -> dict[str, Any]:
    """What a repair did."""
    return {"repair": effect.repair, "moved_m2": effect.moved_m2, "units": [plain(unit) for unit in effect.units]}
