# SPDX-License-Identifier: Apache-2.0
"""The properties that a filter over a layer may name. Pure."""

from collections.abc import Collection

from layers.cql2.tree import Kind, Property
from layers.spec import FieldType, LayerSpec

_KINDS: dict[FieldType, Kind] = {
    "string": Kind.TEXT,
    "choice": Kind.TEXT,
    "integer": Kind.NUMBER,
    "number": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "datetime": Kind.INSTANT,
}
GEOMETRY = Property("geometry", Kind.GEOMETRY, is_column=True)
_IDENTITY = (
    Property("source", Kind.TEXT, is_column=True),
    Property("external_id", Kind.TEXT, is_column=True),
    Property("revision", Kind.NUMBER, is_column=True),
)
_TIMES = tuple(Property(name, Kind.INSTANT, is_column=True) for name in ("valid_from", "valid_to", "recorded_at"))


def filterable(spec: LayerSpec, hidden: Collection[str] = ()) -> dict[str, Property]:
    """Properties by every name that a filter may use: the queryables and what all features have.

    Args:
        spec: the layer. Units have no identity of a source.
        hidden: fields that this reader must not see; they are as if they did not exist.
    """
    found = {"geometry": GEOMETRY, "geom": GEOMETRY}
    found |= {known.name: known for known in (*(() if spec.store == "unit" else _IDENTITY), *_TIMES)}
    found |= {field.name: Property(field.name, _KINDS[field.type], field.is_column) for field in spec.queryables}
    return {name: known for name, known in found.items() if known.name not in hidden}
