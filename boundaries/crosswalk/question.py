# SPDX-License-Identifier: Apache-2.0
"""What is asked of a crosswalk, from the body of a request. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

from boundaries.crosswalk.weights import Weight, Weighting
from boundaries.errors import FiguresInvalid

Kind: TypeAlias = Literal["count", "rate"]
MAX_CODES = 5_000
_WEIGHTS = ("area", "population", "schools", "table")
_MEMBERS = {"from", "to", "kind", "values", "names", "weight", "weights", "period_confirmed"}
# Far beyond any statistic, and far from where sums of floats overflow.
_LARGEST = 1e15
_CODE = re.compile(r"[0-9A-Za-z._-]{1,40}")


@dataclass(frozen=True)
class Question:
    """Figures of a set that are wanted on another.

    ``denominators`` is empty for counts; ``figures`` are then the counts, else the numerators.
    """

    from_set: str
    to_set: str
    kind: Kind
    figures: Mapping[str, float]
    denominators: Mapping[str, float]
    names: Mapping[str, str]
    weighting: Weighting = field(default_factory=Weighting)
    period_confirmed: bool = False


def read_question(body: Any) -> Question:
    """Check a body.

    Raises:
        FiguresInvalid: with the first thing that is wrong.
    """
    if not isinstance(body, dict) or set(body) - _MEMBERS:
        raise FiguresInvalid(f"Send an object with the members {', '.join(sorted(_MEMBERS))}.")
    from_set, to_set, kind = body.get("from"), body.get("to"), body.get("kind", "count")
    if not isinstance(from_set, str) or not isinstance(to_set, str) or from_set == to_set:
        raise FiguresInvalid("'from' and 'to' are two sets, as /boundaries/crosswalk lists them.")
    if kind not in ("count", "rate"):
        raise FiguresInvalid("'kind' is 'count' or 'rate'.", allowed=["count", "rate"])
    values = _object(body, "values")
    if not 0 < len(values) <= MAX_CODES:
        raise FiguresInvalid(f"'values' has 1 to {MAX_CODES} units: {{code: number}}.")
    names = _object(body, "names")
    if not all(isinstance(one, str) and len(one) <= 500 for one in names.values()) or set(names) - set(values):
        raise FiguresInvalid("'names' gives a text for codes of 'values'.")
    figures, denominators = (_rates(values)) if kind == "rate" else (_counts(values), {})
    confirmed = body.get("period_confirmed", False)
    if not isinstance(confirmed, bool):
        raise FiguresInvalid("'period_confirmed' is true or false.")
    return Question(from_set, to_set, kind, figures, denominators, names, _weighting(body), confirmed)


def _counts(values: dict[str, Any]) -> dict[str, float]:
    return {code: _number(value, f"values.{code}") for code, value in values.items()}


def _rates(values: dict[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
    figures, denominators = {}, {}
    for code, value in values.items():
        if not isinstance(value, dict) or set(value) != {"numerator", "denominator"}:
            raise FiguresInvalid(
                "A rate cannot be moved from unit to unit: rates do not add up. Send both parts of each, "
                "{code: {numerator, denominator}}; they are moved, and divided afterwards.",
                code="rate_needs_parts",
                units=[code],
                detail_vi="Không thể quy đổi trực tiếp một tỷ lệ. Hãy gửi cả tử số và mẫu số của từng đơn vị: "
                "{mã: {numerator, denominator}}.",
            )
        figures[code] = _number(value["numerator"], f"values.{code}.numerator")
        denominators[code] = _number(value["denominator"], f"values.{code}.denominator")
        if denominators[code] < 0:
            raise FiguresInvalid("A denominator is not negative.", units=[code])
    return figures, denominators


def _weighting(body: dict[str, Any]) -> Weighting:
    weight, given = body.get("weight", "area"), _object(body, "weights")
    if weight not in _WEIGHTS:
        raise FiguresInvalid(f"'weight' is one of {', '.join(_WEIGHTS)}.", allowed=list(_WEIGHTS))
    chosen = cast(Weight, weight)
    if (chosen in ("population", "table")) != bool(given):
        raise FiguresInvalid("'weights' belongs to the weights 'population' and 'table', and only to them.")
    if not given:
        return Weighting(chosen)
    if all(isinstance(one, dict) and all(map(_CODE.fullmatch, one)) for one in given.values()):
        parts = {
            (code, target): _size(value, f"weights.{code}.{target}")
            for code, row in given.items()
            for target, value in row.items()
        }
        return Weighting(chosen, parts=parts)
    return Weighting(chosen, sizes={code: _size(value, f"weights.{code}") for code, value in given.items()})


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name, {})
    if not isinstance(value, dict) or len(value) > MAX_CODES or not all(map(_CODE.fullmatch, value)):
        raise FiguresInvalid(f"'{name}' is an object with codes as names.")
    return value


def _size(value: Any, where: str) -> float:
    number = _number(value, where)
    if number < 0:
        raise FiguresInvalid("A weight is not negative.", member=where)
    return number


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        raise FiguresInvalid("A figure is a number up to 1e15.", member=where)
    return float(value)
