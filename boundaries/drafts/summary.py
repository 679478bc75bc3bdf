# SPDX-License-Identifier: Apache-2.0
"""What a check found in numbers and in one sentence. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from boundaries.compare.values import Comparison
from boundaries.findings import Finding

_KINDS_VI: Mapping[str, str] = {
    "added": "thêm mới", "removed": "bãi bỏ", "renamed": "đổi tên", "retyped": "đổi loại", "recoded": "đổi mã",
    "reshaped": "vẽ lại", "split": "chia tách", "merged": "nhập lại",
}  # fmt: skip
_KINDS_EN: Mapping[str, str] = {
    "added": "added", "removed": "removed", "renamed": "renamed", "retyped": "of another type",
    "recoded": "of another code", "reshaped": "redrawn", "split": "split", "merged": "merged",
}  # fmt: skip
Reasons = Sequence[tuple[str, str]]


def compared(units: int, comparison: Comparison, findings: Sequence[Finding]) -> dict[str, Any]:
    """The summary of a draft that became a version."""
    kinds: Counter[str] = Counter(kind for change in comparison.changes for kind in change.kinds)
    totals = comparison.totals
    return {
        "units": units,
        "unchanged": comparison.unchanged,
        "changes": {kind: kinds[kind] for kind in _KINDS_VI if kinds[kind]},
        "findings": counted(findings),
        "area_before_m2": totals.area_before_m2,
        "area_after_m2": totals.area_after_m2,
        "won_m2": totals.won_m2,
        "lost_m2": totals.lost_m2,
        "sentence": {
            "vi": _sentence_vi(units, comparison.unchanged, kinds, max(totals.won_m2, totals.lost_m2)),
            "en": _sentence_en(units, comparison.unchanged, kinds, max(totals.won_m2, totals.lost_m2)),
        },
        "no_version": None,
    }


def without_version(units: int, findings: Sequence[Finding], reasons: Reasons) -> dict[str, Any]:
    """The summary of a draft that cannot become a version yet, and why."""
    vi, en = ("; ".join(reason[side] for reason in reasons) for side in (0, 1))
    return {
        "units": units,
        "unchanged": 0,
        "changes": {},
        "findings": counted(findings),
        "area_before_m2": None,
        "area_after_m2": None,
        "won_m2": None,
        "lost_m2": None,
        "sentence": {
            "vi": f"{_integer_vi(units)} đơn vị: chưa so sánh được vì {vi}.",
            "en": f"{units:,} units: not compared yet, because {en}.",
        },
        "no_version": {"vi": vi, "en": en},
    }


def counted(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each severity; those that every page shows are always there."""
    counts: Counter[str] = Counter(finding.severity for finding in findings)
    return {"error": 0, "warning": 0, "info": 0, **counts}


def _sentence_vi(units: int, unchanged: int, kinds: Mapping[str, int], moved_m2: float) -> str:
    parts = [f"{_integer_vi(unchanged)} không đổi"] if unchanged else []
    for kind, word in _KINDS_VI.items():
        if kinds.get(kind):
            area = f" {area_vi(moved_m2)}" if kind == "reshaped" and moved_m2 else ""
            parts.append(f"{_integer_vi(kinds[kind])} {word}{area}")
    return f"{_integer_vi(units)} đơn vị: {', '.join(parts) or 'không có'}"


def _sentence_en(units: int, unchanged: int, kinds: Mapping[str, int], moved_m2: float) -> str:
    parts = [f"{unchanged:,} unchanged"] if unchanged else []
    for kind, word in _KINDS_EN.items():
        if kinds.get(kind):
            area = f" by {area_en(moved_m2)}" if kind == "reshaped" and moved_m2 else ""
            parts.append(f"{kinds[kind]:,} {word}{area}")
    return f"{units:,} units: {', '.join(parts) or 'none'}"


def area_en(square_metres: float) -> str:
    """An area in square kilometres, or in square metres where that is too coarse."""
    if square_metres >= 50_000:
        return f"{square_metres / 1e6:,.1f} km²"
    if square_metres >= 1_000:
        return f"{square_metres / 1e6:,.3f} km²"
    return f"{square_metres:,.0f} m²"


def area_vi(square_metres: float) -> str:
    """The same with the decimal comma."""
    return area_en(square_metres).translate(str.maketrans(",.", ".,"))


def _integer_vi(number: int) -> str:
    return f"{number:,}".replace(",", ".")
