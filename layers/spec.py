# SPDX-License-Identifier: Apache-2.0
"""The vocabulary in which a layer is declared. Pure values that check themselves when they are made."""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from layers.measures import Measure, ObservedProperty
from layers.visibility import Role, Visibility

FieldType = Literal["string", "integer", "number", "boolean", "datetime", "choice"]
# "None": records of the layer are known only to their unit, or nowhere; a place in one is refused.
GeometryType = Literal["Point", "Polygon", "Geometry", "None"]

# Folded cells count the points of each choice of the colouring field, and of none (see layers/folds.py).
MAX_RANKS = 6
# Fields with these names live in real columns of `feature`: the planner misjudges jsonb badly.
COLUMN_FIELDS = ("kind", "severity", "status")
# Names that the record, the table or the answer already use.
RESERVED_NAMES = frozenset(
    "id revision lon lat time end_time unit_code unit_set withdrawn source external_id valid_from valid_to "
    "recorded_at location_method location_radius_m location_confidence geometry units layer bbox datetime limit "
    "after filter as_of crs lang set f sortby resolution measure group_by".split()
)


class Text(NamedTuple):
    """A text on the screen, Vietnamese first."""

    vi: str
    en: str


class Choice(NamedTuple):
    """One allowed value of a field, with its label and, where it colours the map, its colour.

    What has a faded value (resolved, expired) is drawn paler, so that what still matters stands out.
    """

    value: str
    label: Text
    color: str | None = None
    faded: bool = False


@dataclass(frozen=True)
class FieldSpec:
    """One property of a layer's features."""

    name: str
    title: Text
    type: FieldType = "string"
    choices: tuple[Choice, ...] = ()
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = 500
    required: bool = False
    queryable: bool = True
    in_tiles: bool = False
    # Roles that may read the field; None is everybody.
    readers: frozenset[Role] | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", self.name) or self.name in RESERVED_NAMES:
            raise ValueError(f"field name {self.name!r} is not allowed")
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(f"field {self.name!r}: choices belong to the type 'choice' and to no other")
        if self.name in COLUMN_FIELDS and self.type != "choice":
            raise ValueError(f"field {self.name!r} lives in a text column and must be a choice")
        if self.type == "string" and self.queryable and self.max_length > 600:
            raise ValueError(f"field {self.name!r} is too long for an index; make it queryable=False")

    @cached_property
    def is_column(self) -> bool:
        """Whether the value lives in a real column instead of the jsonb."""
        return self.name in COLUMN_FIELDS

    @cached_property
    def values(self) -> frozenset[str]:
        """The values that a choice allows."""
        return frozenset(choice.value for choice in self.choices)


class Group(NamedTuple):
    """A heading of the layer panel."""

    id: str
    title: Text
    order: int


@dataclass(frozen=True)
class Render:
    """How the map draws a layer: by one field's choices, or in one colour."""

    kind: Literal["point", "area", "unit", "choropleth"] = "point"
    color: str = "#5b8def"
    icon: str = "dot"
    color_by: str | None = None
    radius_px: float = 5.0
    order: int = 50
    visible: bool = True
    labels: bool = False


@dataclass(frozen=True)
class LayerSpec:
    """A layer. Its id is its file's name, English and plural."""

    id: str
    title: Text
    description: Text
    group: Group
    render: Render
    fields: tuple[FieldSpec, ...] = ()
    geometry: GeometryType = "Point"
    store: Literal["feature", "unit", "indicator"] = "feature"
    # What an indicator says of a unit; and what the sensors of a layer observe.
    measure: Measure | None = None
    observed: tuple[ObservedProperty, ...] = ()
    title_field: str | None = None
    zooms: tuple[int, int] = (0, 22)
    # Below this zoom points that lie close together travel as one, which says for how many it stands; from it on only
    # in tiles that would be too heavy. None: never.
    fold_below: int | None = None
    has_time: bool = False
    live: bool = False
    h3: bool = True
    expected_every_s: int | None = None
    retention_days: int | None = None
    # The status that a feature has once its end time has passed, while its source says nothing else.
    over_status: str | None = None
    attribution: Text | None = None
    # Roles that may read the layer; None is everybody.
    readers: frozenset[Role] | None = None
    # Roles that may edit its features by hand and import tables into it.
    editors: frozenset[Role] = frozenset()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", self.id):
            raise ValueError(f"layer id {self.id!r} is not a lower-case English word")
        names = [field.name for field in self.fields]
        if len(names) != len(set(names)):
            raise ValueError(f"layer {self.id!r} has a field twice")
        for used in (self.render.color_by, self.title_field):
            if used is not None and used not in names:
                raise ValueError(f"layer {self.id!r} uses the field {used!r}, which it does not have")
        if self.render.color_by is not None and not self.field(self.render.color_by).choices:
            raise ValueError(f"layer {self.id!r} is coloured by {self.render.color_by!r}, which has no choices")
        if not 0 <= self.zooms[0] <= self.zooms[1] <= 22:
            raise ValueError(f"layer {self.id!r} has impossible zooms {self.zooms}")
        if (self.store == "indicator") != (self.measure is not None) or (self.observed and self.store != "feature"):
            raise ValueError(f"layer {self.id!r}: indicators have a measure, and only features are sensors")
        if self.retention_days is not None and not self.has_time:
            raise ValueError(f"layer {self.id!r} has a retention but no time")
        self._check_places()
        if self.over_status is not None and self.over_status not in self.field("status").values:
            raise ValueError(f"layer {self.id!r} has no status {self.over_status!r}")

    def _check_places(self) -> None:
        if self.h3 and self.geometry == "None":
            raise ValueError(f"layer {self.id!r} has no places and cannot be counted by hexagons")
        if self.folded:
            self._check_fold()

    def _check_fold(self) -> None:
        if self.geometry != "Point" or any(field.name in ("count", "open") for field in self.fields):
            raise ValueError(f"layer {self.id!r} can only fold points; 'count' and 'open' say how many they are")
        if self.rank_field is not None and len(self.rank_field.choices) > MAX_RANKS:
            raise ValueError(f"layer {self.id!r} folds and is coloured by more than {MAX_RANKS} choices")
        # Cells show the worst of their points to everybody who may see the layer.
        ranking = [self.rank_field, *self.fading_fields]
        if any(field is not None and field.readers is not None for field in ranking):
            raise ValueError(f"layer {self.id!r} folds by a field that not everybody may read")

    def field(self, name: str) -> FieldSpec:
        """The field of that name.

        Raises:
            KeyError: the layer has no such field.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def seen_by(self, visibility: Visibility) -> "LayerSpec":
        """The layer without the fields that may not be read: nothing derived from it can name them."""
        fields = tuple(field for field in self.fields if visibility.sees_field(self.id, field.name))
        if len(fields) == len(self.fields):
            return self
        names = {field.name for field in fields}
        color_by = self.render.color_by if self.render.color_by in names else None
        title_field = self.title_field if self.title_field in names else None
        return replace(self, fields=fields, render=replace(self.render, color_by=color_by), title_field=title_field)

    @property
    def folded(self) -> bool:
        """Whether points of the layer ever travel as one."""
        return self.fold_below is not None

    @property
    def rank_field(self) -> FieldSpec | None:
        """The field whose choices colour the map, from the least to the worst."""
        return None if self.render.color_by is None else self.field(self.render.color_by)

    @property
    def fading_fields(self) -> tuple[FieldSpec, ...]:
        """The fields in tiles by whose choices a feature is over (resolved, dismissed)."""
        return tuple(field for field in self.tile_fields if any(choice.faded for choice in field.choices))

    @cached_property
    def field_names(self) -> frozenset[str]:
        """The names of all fields."""
        return frozenset(field.name for field in self.fields)

    @property
    def queryables(self) -> tuple[FieldSpec, ...]:
        """The fields that a client may filter by."""
        return tuple(field for field in self.fields if field.queryable)

    @property
    def tile_fields(self) -> tuple[FieldSpec, ...]:
        """The few fields that travel in tiles."""
        return tuple(field for field in self.fields if field.in_tiles)

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of a feature's own properties."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "title": self.title.en,
            "properties": {field.name: field_schema(field) for field in self.fields},
            "required": [field.name for field in self.fields if field.required],
        }


def field_schema(field: FieldSpec) -> dict[str, Any]:
    """JSON Schema of one field, with its titles in both languages."""
    schema: dict[str, Any] = {"title": field.title.vi, "x-title-en": field.title.en}
    match field.type:
        case "choice":
            schema |= {"type": "string", "enum": [choice.value for choice in field.choices]}
        case "datetime":
            schema |= {"type": "string", "format": "date-time"}
        case "string":
            schema |= {"type": "string", "maxLength": field.max_length}
        case "integer" | "number" | "boolean":
            schema |= {"type": field.type}
    if field.minimum is not None:
        schema["minimum"] = field.minimum
    if field.maximum is not None:
        schema["maximum"] = field.maximum
    if field.unit is not None:
        schema["x-ogc-unit"] = field.unit
    return schema
