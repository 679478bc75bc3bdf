# SPDX-License-Identifier: Apache-2.0
"""What is answered about a crosswalk, and about figures that were moved by one. Pure."""

from collections.abc import Sequence
from dataclasses import asdict
from math import fsum
from typing import Any

from boundaries.crosswalk.question import Question
from boundaries.crosswalk.spread import Part, Sum, by_target, range_of_rate, spread, sum_of
from boundaries.crosswalk.values import CodeSet, Crosswalk, Pair
from boundaries.crosswalk.weights import Weighting
from boundaries.crosswalk.words import Caution, cautions_of


def summary_of(crosswalk: Crosswalk) -> dict[str, Any]:
    """A crosswalk in a list; the other direction is an estimate that needs no entry of its own."""
    whole = sum(1 for code in crosswalk.by_source if crosswalk.is_whole(code))
    return {
        "from": _set(crosswalk.from_set),
        "to": _set(crosswalk.to_set),
        "pairs": len(crosswalk.pairs),
        "units": len(crosswalk.by_source),
        "whole": whole,
        "split": len(crosswalk.by_source) - whole,
        "basis": sorted({pair.basis for pair in crosswalk.pairs}),
    }


def pairs_of(crosswalk: Crosswalk) -> dict[str, Any]:
    """Every pair, with what must be known about them."""
    return {
        **summary_of(crosswalk),
        "direction": _direction(crosswalk),
        "crosswalk": [_pair(crosswalk, pair) for pair in crosswalk.pairs],
        "cautions": _cautions(cautions_of(crosswalk)),
        "points": points_of(crosswalk),
    }


def moved(crosswalk: Crosswalk, question: Question, weighting: Weighting) -> dict[str, Any]:
    """The figures on the other set.

    Raises:
        WeightMissing: a unit must be split, and the weight does not say how.
    """
    parts = spread(crosswalk, question.figures, weighting)
    below = spread(crosswalk, question.denominators, weighting)
    sent = set(question.figures)
    grouped, under = by_target(parts), by_target(below)
    values = [
        _target(crosswalk, code, sent)
        | (_rate(grouped[code], under[code]) if question.kind == "rate" else asdict(sum_of(grouped[code])))
        | {"contributors": [_contributor(crosswalk, part) for part in grouped[code]]}
        for code in grouped
    ]
    totals = (
        {"numerator": _totals(question.figures, parts), "denominator": _totals(question.denominators, below)}
        if question.kind == "rate"
        else _totals(question.figures, parts)
    )
    return {
        "from": _set(crosswalk.from_set),
        "to": _set(crosswalk.to_set),
        "direction": _direction(crosswalk),
        "kind": question.kind,
        "weight": weighting.weight,
        "values": values,
        "totals": totals,
        "outside": [{"code": one.from_code, "part": one.amount} for one in parts if one.to_code is None],
        "cautions": _cautions(cautions_of(crosswalk, parts, weighting)),
        "points": points_of(crosswalk),
    }


def points_of(crosswalk: Crosswalk) -> dict[str, Any]:
    """Where features with a place are counted exactly, without any crosswalk."""
    shaped = [one for one in (crosswalk.from_set, crosswalk.to_set) if one.has_shapes]
    return {
        "vi": "Đối tượng có vị trí không cần quy đổi: đếm trực tiếp theo từng bộ đơn vị.",
        "en": "Features with a place need no crosswalk: they are counted by each set directly.",
        "href": [f"/collections/{{layer}}/units?set={one.id}" for one in shaped],
        "without_shapes": [one.id for one in (crosswalk.from_set, crosswalk.to_set) if not one.has_shapes],
    }


def _target(crosswalk: Crosswalk, code: str, sent: set[str]) -> dict[str, Any]:
    sources = {pair.from_code for pair in crosswalk.by_target.get(code, ())}
    return {
        "code": code,
        "name": crosswalk.to_set.names.get(code, code),
        # The sum speaks of the whole unit only when every unit that it came from was sent, and nothing else is in it.
        "missing": sorted(sources - sent),
        "covered": crosswalk.covered(code),
    }


def _rate(above: Sequence[Part], below: Sequence[Part]) -> dict[str, Any]:
    numerator, denominator = sum_of(list(above)), sum_of(list(below))
    low, high = range_of_rate(list(above), list(below))
    return {
        "value": _ratio(numerator, denominator),
        "low": low,
        "high": high,
        "numerator": asdict(numerator),
        "denominator": asdict(denominator),
    }


def _ratio(numerator: Sum, denominator: Sum) -> float | None:
    return numerator.value / denominator.value if denominator.value else None


def _contributor(crosswalk: Crosswalk, part: Part) -> dict[str, Any]:
    return {
        "code": part.from_code,
        "name": crosswalk.from_set.names.get(part.from_code, part.from_code),
        "figure": part.figure,
        "part": part.amount,
        "share": part.share,
        "exact": part.is_exact,
        "weight": part.by,
        "confidence": part.confidence,
    }


def _totals(figures: Any, parts: Sequence[Part]) -> dict[str, float]:
    inside = [part for part in parts if part.to_code is not None]
    return {
        "in": fsum(figures.values()),
        "out": fsum(part.amount for part in inside),
        "exact": fsum(part.amount for part in inside if part.is_exact),
        "estimated": fsum(part.amount for part in inside if not part.is_exact),
        "outside": fsum(part.amount for part in parts if part.to_code is None),
    }


def _pair(crosswalk: Crosswalk, pair: Pair) -> dict[str, Any]:
    return {
        "from": {"code": pair.from_code, "name": crosswalk.from_set.names.get(pair.from_code, pair.from_code)},
        "to": {"code": pair.to_code, "name": crosswalk.to_set.names.get(pair.to_code, pair.to_code)},
        "share_from": pair.share_from,
        "share_to": pair.share_to,
        "whole": crosswalk.is_whole(pair.from_code),
        "basis": pair.basis,
        "confidence": pair.confidence,
        "legal_basis": pair.legal_basis,
    }


def _set(one: CodeSet) -> dict[str, Any]:
    return {
        "set": one.id,
        "title": {"vi": one.title_vi, "en": one.title_en},
        "units": len(one.names),
        "has_shapes": one.has_shapes,
    }


def _direction(crosswalk: Crosswalk) -> str:
    return "backwards" if crosswalk.is_backwards else "forwards"


def _cautions(found: Sequence[Caution]) -> list[dict[str, Any]]:
    return [asdict(one) for one in found]
