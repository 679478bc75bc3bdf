# SPDX-License-Identifier: Apache-2.0
"""From what a source pushed for its sensors to a checked observation. Pure.

A record is a flat JSON object: ``sensor`` (the sensor's external id), ``property``, ``time`` (when it was measured),
``value`` (``null`` takes a reading back), ``quality``, ``unit`` (only to be checked), ``revision``. ``datastream``, its
number, may stand for sensor and property (layers/observation_streams.py).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast, get_args

from layers.errors import Rejected
from layers.measures import QUALITIES, ObservedProperty, Quality
from layers.records import MAX_DEPTH
from layers.spec import LayerSpec
from layers.values import clean_moment, clean_revision, clean_text, nested_deeper_than, shown

# A clock may be a little wrong; a reading from further ahead would be the newest for as long.
MAX_SKEW = timedelta(minutes=10)
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_MEMBERS = ("sensor", "property", "time", "value", "quality", "unit", "revision")


@dataclass(frozen=True)
class ObservationRecord:
    """One checked observation. ``revision`` is ``None`` where the source counts none."""

    sensor: str
    observed: ObservedProperty
    time: datetime
    value: float | None
    quality: Quality
    revision: int | None


def normalise_observation(spec: LayerSpec, raw: Any, now: datetime) -> ObservationRecord:
    """Check one record against what the layer observes.

    Raises:
        Rejected: with the code and the sentence that the source gets back.
    """
    if nested_deeper_than(raw, MAX_DEPTH):
        raise Rejected("record_too_deep", f"the record is nested deeper than {MAX_DEPTH} levels")
    if not isinstance(raw, dict):
        raise Rejected("record_invalid", "an observation is a JSON object")
    unknown = sorted(shown(name) for name in raw if name not in _MEMBERS)
    if unknown:
        raise Rejected("field_unknown", f"there is no '{unknown[0]}' here; there are: {', '.join(_MEMBERS)}")
    for name in ("sensor", "property", "time"):
        if raw.get(name) in (None, ""):
            raise Rejected("field_missing", f"'{name}' is missing")
    if "value" not in raw:
        raise Rejected("field_missing", "'value' is missing; null takes a reading back")
    observed = _observed(spec, raw["property"])
    if raw.get("unit") is not None and raw["unit"] != observed.unit:
        raise Rejected("measure_unit_wrong", f"'{observed.name}' is measured in {observed.unit or 'no unit'}")
    return ObservationRecord(
        sensor=clean_text("sensor", raw["sensor"], 200),
        observed=observed,
        time=_time(raw["time"], now),
        value=_value(observed, raw["value"]),
        quality=_quality(raw.get("quality")),
        revision=clean_revision(raw.get("revision")),
    )


def _observed(spec: LayerSpec, name: Any) -> ObservedProperty:
    for observed in spec.observed:
        if observed.name == name:
            return observed
    raise Rejected("property_unknown", f"the layer observes: {', '.join(observed.name for observed in spec.observed)}")


def _time(value: Any, now: datetime) -> datetime:
    moment = clean_moment("time", value)
    if moment > now + MAX_SKEW:
        raise Rejected("time_in_future", "'time' lies more than ten minutes in the future")
    if moment < OLDEST:
        raise Rejected("time_too_old", f"an observation before {OLDEST.year} is an error of the source")
    return moment


def _value(observed: ObservedProperty, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Rejected("value_wrong_type", "'value' must be a number; null takes a reading back")
    if not abs(value) <= 2**53:  # NaN fails as well
        raise Rejected("value_out_of_range", "'value' must be a finite number")
    low, high = observed.minimum, observed.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise Rejected("value_out_of_range", f"'{observed.name}' must lie in {low} to {high}")
    return float(value)


def _quality(value: Any) -> Quality:
    if value is None or value == "":
        return "good"
    if value not in get_args(Quality):
        raise Rejected("value_not_allowed", f"'quality' must be one of: {', '.join(QUALITIES)}")
    return cast(Quality, value)
