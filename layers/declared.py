# SPDX-License-Identifier: Apache-2.0
"""Layers declared as data: a YAML file of the sources' folder with ``layer:`` beside ``source:`` needs no code.

The file says what a file of ``layers/catalog`` says, in the same words, and makes the same value: collection,
queryables, checks, tiles, style and panel follow from it. Only what would break another layer or the database is
narrower: shorter names, and none that the schema uses itself.
"""

from collections.abc import Container, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from layers import groups
from layers.sources.book import read_document
from layers.spec import Choice, FieldSpec, FieldType, Group, LayerSpec, Render, Text
from layers.visibility import Role

# With longer ones the names of two indexes could be cut to the same 63 bytes.
_ID = r"^[a-z][a-z0-9_]{1,23}$"
_FIELD = r"^[a-z][a-z0-9_]{0,27}$"
_COLOR = r"^#[0-9a-f]{6}$"
# feature_<id> and layer_<id> are tables and views; these are taken by others.
_TAKEN_IDS = frozenset("unit units history history_default fold fold_layer fold_delta tally".split())
_TAKEN_FIELDS = frozenset("geom geom_3857 recorded_at count open unit_name".split())
GROUPS: Mapping[str, Group] = {one.id: one for one in vars(groups).values() if isinstance(one, Group)}
Color: TypeAlias = Annotated[str, Field(pattern=_COLOR)]
Roles: TypeAlias = tuple[Role, ...]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Model):
    """A text on the screen; written as one text it is the same in both languages."""

    vi: Annotated[str, Field(min_length=1, max_length=300)]
    en: Annotated[str, Field(min_length=1, max_length=300)]

    @property
    def text(self) -> Text:
        """As the catalog has it."""
        return Text(self.vi, self.en)


def _both(given: Any) -> Any:
    return {"vi": given, "en": given} if isinstance(given, str) else given


class DeclaredChoice(_Model):
    """One allowed value."""

    value: Annotated[str, Field(min_length=1, max_length=100)]
    label: Words
    color: Color | None = None
    faded: bool = False

    _label = field_validator("label", mode="before")(_both)


class DeclaredField(_Model):
    """One field."""

    name: Annotated[str, Field(pattern=_FIELD)]
    title: Words
    type: FieldType = "string"
    choices: tuple[DeclaredChoice, ...] = ()
    unit: Annotated[str, Field(max_length=40)] | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: Annotated[int, Field(ge=1, le=5000)] = 500
    required: bool = False
    queryable: bool = True
    in_tiles: bool = False
    readers: Roles | None = None

    _title = field_validator("title", mode="before")(_both)


class DeclaredRender(_Model):
    """How the map draws it: points as points and shapes as areas, where ``kind`` does not say otherwise."""

    kind: Literal["point", "area"] | None = None
    color: Color = "#5b8def"
    icon: Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")] = "dot"
    color_by: str | None = None
    radius_px: Annotated[float, Field(gt=0, le=20)] = 5.0
    order: Annotated[int, Field(ge=0, le=1000)] = 90
    visible: bool = True
    labels: bool = False


class DeclaredLayer(_Model):
    """A layer as its file says it."""

    id: Annotated[str, Field(pattern=_ID)]
    title: Words
    description: Words
    group: str = "facilities"
    render: DeclaredRender = DeclaredRender()
    fields: Annotated[tuple[DeclaredField, ...], Field(max_length=60)] = ()
    geometry: Literal["Point", "Polygon", "Geometry", "None"] = "Point"
    title_field: str | None = None
    zooms: tuple[int, int] = (0, 22)
    fold_below: Annotated[int, Field(ge=1, le=22)] | None = None
    has_time: bool = False
    live: bool = False
    h3: bool | None = None
    expected_every_s: Annotated[int, Field(ge=1, le=31_622_400)] | None = None
    retention_days: Annotated[int, Field(ge=1, le=36_600)] | None = None
    attribution: Words | None = None
    readers: Roles | None = None
    editors: Roles = ()

    _texts = field_validator("title", "description", "attribution", mode="before")(_both)


def layer_of(declared: Any) -> LayerSpec:
    """The layer that a decoded document declares.

    Raises:
        ValueError: it declares none; the sentence names the member.
    """
    try:
        said = DeclaredLayer.model_validate(declared)
    except ValidationError as error:
        raise ValueError("; ".join(_told(one) for one in error.errors()[:5])) from None
    _check_names(said)
    return LayerSpec(
        id=said.id,
        title=said.title.text,
        description=said.description.text,
        group=GROUPS[said.group],
        render=Render(**{**said.render.model_dump(), "kind": said.render.kind or _kind(said.geometry)}),
        fields=tuple(_field(one) for one in said.fields),
        geometry=said.geometry,
        title_field=said.title_field,
        zooms=said.zooms,
        fold_below=said.fold_below,
        has_time=said.has_time,
        live=said.live,
        h3=said.geometry == "Point" if said.h3 is None else said.h3,
        expected_every_s=said.expected_every_s,
        retention_days=said.retention_days,
        attribution=None if said.attribution is None else said.attribution.text,
        readers=None if said.readers is None else frozenset(said.readers),
        editors=frozenset(said.editors),
    )


def declared_layers(folder: Path) -> tuple[LayerSpec, ...]:
    """The layers that the YAML files of a folder declare, in the order of their files.

    Raises:
        ValueError: a file cannot be read or declares a layer wrongly, or two declare one id; names the file.
    """
    layers, faults = read_layers(folder)
    if faults:
        raise ValueError(faults[0])
    return layers


def read_layers(folder: Path, taken: Container[str] = ()) -> tuple[tuple[LayerSpec, ...], tuple[str, ...]]:
    """The layers of a folder, and what is wrong with the files of the others: one wrong file hides no other.

    Args:
        taken: ids that are none to declare, those of the catalog.
    """
    found: dict[str, str] = {}
    layers, faults = [], []
    for file in sorted(folder.glob("*.yaml")):
        try:
            document = read_document(file)
            if "layer" not in document:
                continue
            layer = layer_of(document["layer"])
            if layer.id in found or layer.id in taken:
                raise ValueError(f"id: '{layer.id}' is a layer of {found.get(layer.id, 'the catalog')} already")
        except ValueError as error:
            faults.append(f"{file.name}: layer: {error}")
            continue
        found[layer.id] = file.name
        layers.append(layer)
    return tuple(layers), tuple(faults)


def _check_names(said: DeclaredLayer) -> None:
    if said.group not in GROUPS:
        raise ValueError(f"group: there is no '{said.group}'; there are: {', '.join(GROUPS)}")
    if said.id in _TAKEN_IDS:
        raise ValueError(f"id: '{said.id}' is used by the database itself; choose another")
    if not said.fields:
        raise ValueError("fields: there are none; './toancanh source infer ADDRESS' drafts them from the first page")
    for field in said.fields:
        if field.name in _TAKEN_FIELDS:
            raise ValueError(f"fields.{field.name}: this name is used by the database itself; choose another")


def _field(said: DeclaredField) -> FieldSpec:
    return FieldSpec(
        name=said.name,
        title=said.title.text,
        type=said.type,
        choices=tuple(Choice(one.value, one.label.text, one.color, one.faded) for one in said.choices),
        unit=said.unit,
        minimum=said.minimum,
        maximum=said.maximum,
        max_length=said.max_length,
        required=said.required,
        queryable=said.queryable,
        in_tiles=said.in_tiles,
        readers=None if said.readers is None else frozenset(said.readers),
    )


def _kind(geometry: str) -> str:
    return "area" if geometry in ("Polygon", "Geometry") else "point"


def _told(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    return f"{where}: {error['msg']}" if where else str(error["msg"])
