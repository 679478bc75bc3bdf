# SPDX-License-Identifier: Apache-2.0
"""From what a source pushed for an indicator to a checked value of a unit in a period. Pure.

A record is a flat JSON object: ``unit_code``, ``unit_set`` (or the period decides), ``period``, ``value`` (``null``
says that there is none), ``estimated``, ``revision``, ``withdrawn``. A share of people may bring its ``numerator`` and
``denominator``; where one of them is too small to be shown, no value is kept, and neither number ever is.
"""

import hashlib
import struct
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from layers.errors import Rejected
from layers.periods import SPELLINGS, Period, parse_period
from layers.records import MAX_DEPTH
from layers.spec import FieldSpec, LayerSpec
from layers.values import clean_revision, clean_text, clean_value, nested_deeper_than, shown

OLDEST = date(1800, 1, 1)
# Plans and projections look ahead; a century is a slip of the keyboard.
MAX_AHEAD = timedelta(days=50 * 366)
_MEMBERS = ("unit_code", "unit_set", "period", "value", "estimated", "revision", "withdrawn")
_PARTS = ("numerator", "denominator")
_MOST_PEOPLE = 1_000_000_000


@dataclass(frozen=True)
class IndicatorRecord:
    """A checked value. ``unit_set`` is ``None`` where the period decides, ``revision`` where the source counts none."""

    unit_code: str
    unit_set: str | None
    period: Period
    value: float | None
    estimated: bool
    revision: int | None
    withdrawn: bool

    @property
    def content_hash(self) -> bytes:
        """Equal for records that say the same."""
        number = b"" if self.value is None else struct.pack(">d", self.value)
        return hashlib.sha256(number + bytes([self.estimated])).digest()[:16]


def normalise_value(spec: LayerSpec, raw: Any, today: date) -> IndicatorRecord:
    """Check one record against its indicator.

    Raises:
        Rejected: with the code and the sentence that the source gets back.
    """
    if nested_deeper_than(raw, MAX_DEPTH):
        raise Rejected("record_too_deep", f"the record is nested deeper than {MAX_DEPTH} levels")
    if not isinstance(raw, dict):
        raise Rejected("record_invalid", "a record of an indicator is a JSON object")
    members = (*_MEMBERS, *_PARTS) if spec.measure is not None and spec.measure.of_people else _MEMBERS
    unknown = sorted(shown(name) for name in raw if name not in members)
    if unknown:
        raise Rejected("field_unknown", f"there is no '{unknown[0]}' here; there are: {', '.join(members)}")
    flags = {name: raw.get(name) for name in ("estimated", "withdrawn")}
    for name, flag in flags.items():
        if flag is not None and not isinstance(flag, bool):
            raise Rejected("value_wrong_type", f"'{name}' must be true or false")
    withdrawn = bool(flags["withdrawn"])
    parts = _parts(raw)
    if "value" not in raw and parts is None and not withdrawn:
        raise Rejected("field_missing", "'value' is missing; null says that there is none")
    unit_set = raw.get("unit_set")
    return IndicatorRecord(
        unit_code=_code(raw.get("unit_code")),
        unit_set=None if unit_set is None else clean_text("unit_set", unit_set, 60),
        period=_period(raw.get("period"), today),
        value=None if withdrawn else _shown_value(spec, _value(spec.field("value"), raw.get("value")), parts),
        estimated=bool(flags["estimated"]),
        revision=clean_revision(raw.get("revision")),
        withdrawn=withdrawn,
    )


def record_of_path(path: str) -> dict[str, Any]:
    """The withdrawal of the value that ``set/code/period`` names."""
    unit_set, _, rest = path.partition("/")
    code, _, period = rest.partition("/")
    return {"unit_set": unit_set, "unit_code": code, "period": period, "withdrawn": True}


def _code(value: Any) -> str:
    text = "" if value is None else clean_text("unit_code", value, 20)
    if not text:
        raise Rejected("field_missing", "'unit_code' is missing: the unit's code, as text")
    return text


def _period(value: Any, today: date) -> Period:
    if value is None or value == "":
        raise Rejected("field_missing", f"'period' is missing: {SPELLINGS}")
    if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999:
        value = str(value)  # a year is often a number
    if not isinstance(value, str) or len(value) > 30:
        raise Rejected("period_invalid", f"'period' is {SPELLINGS}")
    try:
        period = parse_period(value.strip())
    except ValueError:
        raise Rejected("period_invalid", f"'period' is {SPELLINGS}") from None
    if period.start < OLDEST:
        raise Rejected("time_too_old", f"a period before {OLDEST.year} is an error of the source")
    if period.start > today + MAX_AHEAD or period.end > today + 2 * MAX_AHEAD:
        raise Rejected("time_in_future", "'period' lies more than fifty years in the future")
    return period


def _parts(raw: dict[str, Any]) -> tuple[int, int] | None:
    """How many, of how many; ``None`` where the record does not say both."""
    found = [raw.get(name) for name in _PARTS]
    if found == [None, None]:
        return None
    for name, number in zip(_PARTS, found, strict=True):
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= _MOST_PEOPLE:
            raise Rejected("value_wrong_type", f"'{name}' is a whole number of people; both come together")
    numerator, denominator = found
    assert isinstance(numerator, int) and isinstance(denominator, int)
    if numerator > denominator:
        raise Rejected("value_out_of_range", "'numerator' is no more than 'denominator'")
    return numerator, denominator


def _shown_value(spec: LayerSpec, value: float | None, parts: tuple[int, int] | None) -> float | None:
    measure = spec.measure
    assert measure is not None
    if parts is None:
        return measure.kept(value)
    share = measure.share(*parts)
    return share if share is None or value is None else value


def _value(field: FieldSpec, value: Any) -> float | None:
    if value is None:
        return None
    if value == "":
        raise Rejected("value_wrong_type", "'value' must be a number; null says that there is none")
    return float(clean_value(field, value))
