# SPDX-License-Identifier: Apache-2.0
"""The entity types of SensorThings (18-088, section 8), as far as we have what they speak of. Pure values.

A relation is always the equality of one column here and one there (layers/sta/entities.py has the columns), so that
navigation, filters through relations and $expand are one rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from geo.errors import BadParameter

# How a property compares: "period" is an interval of time that is only shown, "json" has members to descend into.
Kind: TypeAlias = Literal["text", "number", "moment", "json", "shape", "period"]


@dataclass(frozen=True)
class Relation:
    """A way from one entity to others.

    Args:
        target: the plural name of the entity type that it leads to.
        many: whether it leads to a collection.
        mine, theirs: columns whose values are equal.
    """

    name: str
    target: str
    many: bool
    mine: str
    theirs: str


@dataclass(frozen=True)
class EntityType:
    """One entity type: its properties in the order of the answer, and where it leads.

    Args:
        number_id: whether its ids are numbers; else they are texts in quotes.
        keys: the columns of the default order, which are unique together.
    """

    name: str
    plural: str
    properties: Mapping[str, Kind]
    relations: tuple[Relation, ...]
    number_id: bool = True
    keys: tuple[str, ...] = ("id",)

    def relation(self, name: str) -> Relation | None:
        """The relation of that name, if there is one."""
        return next((relation for relation in self.relations if relation.name == name), None)

    @property
    def called(self) -> str:
        """The type's name in a sentence."""
        return f"{'An' if self.name[0] in 'AEIOU' else 'A'} {self.name}"

    @property
    def links(self) -> frozenset[str]:
        """Columns that relations start from."""
        return frozenset(relation.mine for relation in self.relations)

    def kind_of(self, name: str) -> Kind:
        """How a property compares.

        Raises:
            BadParameter: there is none of that name.
        """
        if name in ("id", "@iot.id"):
            return "number" if self.number_id else "text"
        if name not in self.properties:
            allowed = ["id", *self.properties, *(relation.name for relation in self.relations)]
            raise BadParameter(
                f"{self.called} has no '{name[:60]}'; it has: {', '.join(allowed)}",
                code="property_unknown",
                allowed=allowed,
            )
        return self.properties[name]


def _one(name: str, target: str, mine: str, theirs: str = "id") -> Relation:
    return Relation(name, target, False, mine, theirs)


def _many(name: str, mine: str, theirs: str) -> Relation:
    return Relation(name, name, True, mine, theirs)


_NAMED: dict[str, Kind] = {"name": "text", "description": "text"}
_ALL = (
    EntityType(
        "Thing",
        "Things",
        {**_NAMED, "properties": "json"},
        (
            _many("Locations", "id", "id"),
            _many("HistoricalLocations", "id", "id"),
            _many("Datastreams", "id", "thing"),
        ),
    ),
    EntityType(
        "Location",
        "Locations",
        {**_NAMED, "encodingType": "text", "location": "shape", "properties": "json"},
        (_many("Things", "id", "id"), _many("HistoricalLocations", "id", "id")),
    ),
    EntityType(
        "HistoricalLocation",
        "HistoricalLocations",
        {"time": "moment"},
        (_one("Thing", "Things", "id"), _many("Locations", "id", "id")),
    ),
    EntityType(
        "Datastream",
        "Datastreams",
        {
            **_NAMED,
            "observationType": "text",
            "unitOfMeasurement": "json",
            "observedArea": "shape",
            "phenomenonTime": "period",
            "properties": "json",
        },
        (
            _one("Thing", "Things", "thing"),
            _one("Sensor", "Sensors", "sensor"),
            _one("ObservedProperty", "ObservedProperties", "observed"),
            _many("Observations", "id", "datastream"),
        ),
    ),
    EntityType(
        "Sensor",
        "Sensors",
        {**_NAMED, "encodingType": "text", "metadata": "text", "properties": "json"},
        (_many("Datastreams", "id", "sensor"),),
        number_id=False,
    ),
    EntityType(
        "ObservedProperty",
        "ObservedProperties",
        {"name": "text", "definition": "text", "description": "text", "properties": "json"},
        (_many("Datastreams", "id", "observed"),),
        number_id=False,
    ),
    EntityType(
        "Observation",
        "Observations",
        {
            "phenomenonTime": "moment",
            "resultTime": "moment",
            "result": "number",
            "resultQuality": "text",
            "parameters": "json",
        },
        (
            _one("Datastream", "Datastreams", "datastream"),
            _one("FeatureOfInterest", "FeaturesOfInterest", "thing"),
        ),
        number_id=False,
        keys=("datastream", "phenomenonTime"),
    ),
    EntityType(
        "FeatureOfInterest",
        "FeaturesOfInterest",
        {**_NAMED, "encodingType": "text", "feature": "shape", "properties": "json"},
        (_many("Observations", "id", "thing"),),
    ),
)
ENTITY_TYPES: Mapping[str, EntityType] = MappingProxyType({kind.plural: kind for kind in _ALL})
