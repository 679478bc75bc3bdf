# SPDX-License-Identifier: Apache-2.0
"""Values of units and readings of sensors as sources send them, in the small country of ``tests.support.grid``."""

import uuid
from typing import Any, NamedTuple

from tests.support.grid import NEW, middle

Record = dict[str, Any]


def new_source() -> str:
    """A source that no other test pushes as."""
    return f"s-{uuid.uuid4().hex[:12]}"


def population(value: Any = 1200, /, **changes: Any) -> Record:
    """A good value; a change of ``...`` leaves the member out."""
    record = {"unit_code": "00001", "unit_set": NEW, "period": "2025", "value": value, **changes}
    return {name: value for name, value in record.items() if value is not ...}


def sensor(name: str = "q-1", /, **changes: Any) -> Record:
    """A good sensor in the grid."""
    return {"id": name, "name": "Trạm 1", "kind": "air", **middle(0, 0), **changes}


def reading(value: Any = 41.5, /, **changes: Any) -> Record:
    """A good reading; a change of ``...`` leaves the member out."""
    record = {"sensor": "q-1", "property": "pm25", "time": "2026-11-20T08:10:00+07:00", "value": value, **changes}
    return {name: value for name, value in record.items() if value is not ...}


class Bad(NamedTuple):
    """One record that is refused, and with what code."""

    name: str
    code: str
    record: Any


_DEEP: Any = []
for _ in range(30):
    _DEEP = [_DEEP]

BAD_VALUES = (
    Bad("a text", "record_invalid", "2025"),
    Bad("null", "record_invalid", None),
    Bad("a list", "record_invalid", [population()]),
    Bad("too deep", "record_too_deep", {"value": _DEEP}),
    Bad("an unknown member", "field_unknown", population(population=7)),
    Bad("an unknown member with NUL", "field_unknown", population(**{"a\0\ud800": 1})),
    Bad("a feature", "field_unknown", {"type": "Feature", "properties": population(), "geometry": None}),
    Bad("no code", "field_missing", population(unit_code=...)),
    Bad("a code as number", "value_wrong_type", population(unit_code=5443)),
    Bad("a blank code", "field_missing", population(unit_code="  ")),
    Bad("a code with NUL", "text_invalid", population(unit_code="0\0")),
    Bad("a code too long", "value_too_long", population(unit_code="0" * 21)),
    Bad("an unknown code", "unit_unknown", population(unit_code="99999")),
    Bad("an unknown set", "unit_unknown", population(unit_set="nope")),
    Bad("a set as number", "value_wrong_type", population(unit_set=2025)),
    Bad("a period of two generations", "unit_ambiguous", population(unit_set=..., period="2019-07-01/2020-07-01")),
    Bad("a period before all generations", "unit_unknown", population(unit_set=..., period="1999")),
    Bad("no period", "field_missing", population(period=...)),
    *(
        Bad(f"the period {period!r}", "period_invalid", population(period=period))
        for period in ("2025-13", "2025-Q5", "25", "2025/2026", "2025-07-01/2025-07-01", "2025-02-30", "nan", "٢٠٢٥")
    ),
    *(
        Bad(f"the period {period!r}", "period_invalid", population(period=period))
        for period in (True, 2025.5, [2025], 7)
    ),
    Bad("the end of the calendar", "period_invalid", population(period="9999")),
    Bad("the far future", "time_in_future", population(period="2300")),
    Bad("the far past", "time_too_old", population(period="1066")),
    Bad("no value", "field_missing", population(...)),
    Bad("a value as text", "value_wrong_type", population("1200")),
    Bad("an empty value", "value_wrong_type", population("")),
    Bad("a boolean value", "value_wrong_type", population(True)),
    Bad("half a person", "value_wrong_type", population(0.5)),
    Bad("a negative population", "value_out_of_range", population(-1)),
    Bad("NaN", "value_out_of_range", population(float("nan"))),
    Bad("infinity", "value_out_of_range", population(float("inf"))),
    Bad("a huge value", "value_out_of_range", population(10**400)),
    Bad("estimated as text", "value_wrong_type", population(estimated="yes")),
    Bad("withdrawn as number", "value_wrong_type", population(withdrawn=1)),
    Bad("revision zero", "revision_invalid", population(revision=0)),
    Bad("revision as text", "revision_invalid", population(revision="1")),
)

BAD_READINGS = (
    Bad("a text", "record_invalid", "41.5"),
    Bad("null", "record_invalid", None),
    Bad("too deep", "record_too_deep", {"value": _DEEP}),
    Bad("an unknown member", "field_unknown", reading(result=1)),
    Bad("no sensor", "field_missing", reading(sensor=...)),
    Bad("a sensor as number", "value_wrong_type", reading(sensor=1)),
    Bad("a sensor with NUL", "text_invalid", reading(sensor="q\0")),
    Bad("an unknown sensor", "sensor_unknown", reading(sensor="q-999")),
    Bad("no property", "field_missing", reading(property=...)),
    Bad("an unknown property", "property_unknown", reading(property="colour")),
    Bad("a property as list", "property_unknown", reading(property=["pm25"])),
    Bad("no time", "field_missing", reading(time=...)),
    Bad("no offset", "time_invalid", reading(time="2026-11-20T08:10:00")),
    Bad("a time as number", "time_invalid", reading(time=1763600000)),
    Bad("the future", "time_in_future", reading(time="2100-01-01T00:00:00Z")),
    Bad("before 1990", "time_too_old", reading(time="1989-12-31T00:00:00Z")),
    Bad("no value", "field_missing", reading(...)),
    Bad("a value as text", "value_wrong_type", reading("41,5")),
    Bad("a boolean value", "value_wrong_type", reading(True)),
    Bad("NaN", "value_out_of_range", reading(float("nan"))),
    Bad("a huge value", "value_out_of_range", reading(10**400)),
    Bad("beyond the scale", "value_out_of_range", reading(5001)),
    Bad("an unknown quality", "value_not_allowed", reading(quality="excellent")),
    Bad("a quality as list", "value_not_allowed", reading(quality=["good"])),
    Bad("another unit", "measure_unit_wrong", reading(unit="mg/m³")),
    Bad("revision as text", "revision_invalid", reading(revision="1")),
)
