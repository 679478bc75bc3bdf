# SPDX-License-Identifier: Apache-2.0
"""The fields that every indicator's layer has: the unit, the period, the value."""

from layers.measures import Measure
from layers.spec import FieldSpec, Text


def fields_of(value: Text, measure: Measure) -> tuple[FieldSpec, ...]:
    """Fields of an indicator's features; ``value`` is what the value is called on the screen."""
    return (
        FieldSpec("code", Text("Mã ĐVHC", "Unit code"), max_length=20, in_tiles=True),
        FieldSpec("name", Text("Tên", "Name"), max_length=120, queryable=False, in_tiles=True),
        FieldSpec("period", Text("Kỳ", "Period"), max_length=30, queryable=False, in_tiles=True),
        FieldSpec(
            "value",
            value,
            "integer" if measure.whole else "number",
            unit=measure.unit.vi,
            minimum=measure.minimum,
            maximum=measure.maximum,
            queryable=False,
            in_tiles=True,
        ),
        FieldSpec("estimated", Text("Ước tính", "Estimated"), "boolean", in_tiles=True),
    )
