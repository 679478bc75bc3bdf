# SPDX-License-Identifier: Apache-2.0
"""Who may see what: rights as one pure value that every read carries.

A reader's rights fold into a ``Visibility``: the layers and fields that the role may read, and the area. Readers with
the same rights are one *visibility class*; its key is part of every cache key, so that bytes are shared within a class
and never across classes.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from layers.spec import FieldSpec, LayerSpec

Role: TypeAlias = Literal["viewer", "operator", "handler", "planner", "gis", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
# Who keeps registers by hand: cameras, sensors, schools, clinics, places.
EDITORS: frozenset[Role] = frozenset({"gis", "admin"})
# Who works on incidents, and therefore reads what people wrote in them.
STAFF: frozenset[Role] = frozenset({"operator", "handler", "gis", "admin"})


@dataclass(frozen=True)
class Visibility:
    """What one class of readers sees.

    Args:
        layers: the ids of the layers that may be read.
        hidden_fields: (layer, field) pairs that may not.
        units: ids of the units (of published versions) to which features must belong; ``None`` is everywhere.
    """

    layers: frozenset[str]
    hidden_fields: frozenset[tuple[str, str]]
    units: tuple[int, ...] | None

    @cached_property
    def key(self) -> str:
        """The class as a short text: equal rights, equal key."""
        parts = (sorted(self.layers), sorted(self.hidden_fields), self.units)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def sees_layer(self, layer: str) -> bool:
        """Whether the layer may be read at all."""
        return layer in self.layers

    def sees_field(self, layer: str, field: str) -> bool:
        """Whether the field may be read, filtered by, or show in a tile."""
        return (layer, field) not in self.hidden_fields

    def sees_units(self, units: Collection[int]) -> bool:
        """Whether a feature that lies in these units may be read. Without a unit only by who sees everywhere."""
        return self.units is None or not self._units.isdisjoint(units)

    @cached_property
    def _units(self) -> frozenset[int]:
        return frozenset(self.units or ())


def visibility_of(specs: Mapping[str, "LayerSpec"], role: Role, units: Collection[int] | None) -> Visibility:
    """Fold a role and an area into what may be seen."""
    layers = frozenset(spec.id for spec in specs.values() if _may(spec, role))
    hidden = frozenset(
        (spec.id, field.name) for spec in specs.values() for field in spec.fields if not _may(field, role)
    )
    return Visibility(layers, hidden, None if units is None else tuple(sorted(set(units))))


def _may(part: "LayerSpec | FieldSpec", role: Role) -> bool:
    return part.readers is None or role in part.readers
