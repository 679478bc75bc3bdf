# SPDX-License-Identifier: Apache-2.0
"""The mapping file's vocabulary: which part of a foreign record becomes what. Checked when the source is read. Pure.

A path is a JMESPath expression in JSON formats and the name of a column in tables. In GeoJSON it starts at the Feature:
``properties.ten``; where a field names no path, it is taken from the property (column, member) of its own name.
"""

from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import Field, field_validator, model_validator
from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.connectors.base import Options

LOCAL_TZ = "Asia/Ho_Chi_Minh"
Format: TypeAlias = Literal["json", "geojson", "ogc_features", "ckan", "csv", "xlsx"]
TABLES: tuple[Format, ...] = ("csv", "xlsx")
FEATURES: tuple[Format, ...] = ("geojson", "ogc_features")
_RECORDS: dict[str, str] = {"json": "@", "geojson": "features", "ogc_features": "features", "ckan": "result.records"}
Scalar: TypeAlias = bool | int | float | str


@lru_cache(maxsize=2048)
def compiled(path: str) -> Any:
    """The expression, ready to search.

    Raises:
        ValueError: it is no JMESPath.
    """
    try:
        return jmespath.compile(path)
    except (JMESPathError, RecursionError) as error:
        raise ValueError(f"'{path[:80]}' is no JMESPath expression: {' '.join(str(error).split())[:200]}") from None


class Take(Options):
    """How one value is taken from a record. A bare text is its path.

    ``map`` turns theirs into ours; what it does not list takes ``default``, or refuses the record. ``format`` is one or
    more of ``iso``, ``epoch_s``, ``epoch_ms`` and strptime patterns; a time without a zone is read in ``tz``. A number
    becomes ``value * factor + offset``. ``empty`` lists texts that mean nothing ("-", "n/a"). A text is ``cut`` to so
    many characters, or ``pad``-ded with zeros: spreadsheets turn the code 05443 into 5443.
    """

    path: str | None = None
    const: Scalar | None = None
    type: Literal["text", "integer", "number", "boolean", "time"] | None = None
    map: dict[str, Scalar | None] | None = None
    default: Scalar | None = None
    format: tuple[str, ...] = ()
    tz: str = LOCAL_TZ
    factor: float = 1
    offset: float = 0
    decimal: Literal[".", ","] = "."
    empty: tuple[str, ...] = ()
    trim: bool = True
    cut: Annotated[int, Field(ge=1, le=5000)] | None = None
    pad: Annotated[int, Field(ge=1, le=20)] | None = None
    required: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        return {"path": given} if isinstance(given, str) else given

    @field_validator("map", mode="before")
    @classmethod
    def _keys(cls, given: Any) -> Any:
        """YAML reads 1 and true as such; a mapping compares texts."""
        if not isinstance(given, dict):
            return given
        return {key if isinstance(key, str) else text_of(key): value for key, value in given.items()}

    @field_validator("format", "empty", mode="before")
    @classmethod
    def _one(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else given

    @field_validator("tz")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (LookupError, OSError, ValueError):
            raise ValueError(f"there is no time zone '{name}'; one is {LOCAL_TZ}") from None
        return name

    @model_validator(mode="after")
    def _one_origin(self) -> "Take":
        if self.path is not None and self.const is not None:
            raise ValueError("a value has a path or is a const, not both")
        if self.format and self.type not in (None, "time"):
            raise ValueError("'format' belongs to times")
        return self


class Asset(Options):
    """A device or building of ours that has the record's place."""

    layer: str
    id: Take


class Mapping(Options):
    """The options of a mapped source. ``id`` is required: without it a repeat would be a second record.

    Features: ``fields`` are the layer's own. Observations: ``id`` is the sensor, ``readings`` are property and value.
    Values of an indicator: ``unit_code`` and ``period`` are the identity, and there is no ``id``.
    ``lon``/``lat`` are east and north of ``crs`` (surveyors write Y for east and X for north).
    """

    format: Format
    layer: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    kind: Literal["features", "observations", "values"] = "features"
    records: str | None = None
    id: tuple[Take, ...] = ()
    id_separator: Annotated[str, Field(max_length=3)] = ":"
    revision_from: Take | None = None
    time: Take | None = None
    end_time: Take | None = None
    lon: Take | None = None
    lat: Take | None = None
    geometry: Take | None = None
    crs: str = "EPSG:4326"
    radius_m: Take | None = None
    unit_code: Take | None = None
    unit_set: Take | None = None
    unit_name: Take | None = None
    address: Take | None = None
    asset: Asset | None = None
    withdrawn: Take | None = None
    fields: dict[str, Take] = Field(default_factory=dict)
    readings: dict[str, Take] = Field(default_factory=dict)
    quality: Take | None = None
    period: Take | None = None
    value: Take | None = None

    @model_validator(mode="before")
    @classmethod
    def _identity(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        identity, of_values = given.get("id"), given.get("kind") == "values"
        if (identity in (None, "", [], ())) != of_values:
            raise ValueError(
                "values of an indicator have 'unit_code' and 'period' instead of an 'id'"
                if of_values
                else "a mapping names its 'id': the path of the record's own id, or a list of paths"
            )
        shaped = {name: member for name, member in given.items() if name != "id"}
        if not of_values:
            shaped["id"] = identity if isinstance(identity, list | tuple) else [identity]
        # A field may be named alone: it is then taken from where it has the same name.
        for name in ("fields", "readings"):
            if isinstance(given.get(name), dict):
                shaped[name] = {key: {} if take is None else take for key, take in given[name].items()}
        if isinstance(given.get("unit_set"), str):
            shaped["unit_set"] = {"const": given["unit_set"]}
        if isinstance(given.get("radius_m"), int | float):
            shaped["radius_m"] = {"const": given["radius_m"]}
        return shaped

    @field_validator("crs")
    @classmethod
    def _known_crs(cls, name: str) -> str:
        try:
            CRS.from_user_input(name)
        except CRSError:
            raise ValueError(
                f"there is no coordinate system '{name}'; write EPSG:4326, EPSG:9213 or EPSG:3405"
            ) from None
        return name

    @model_validator(mode="after")
    def _sound(self) -> "Mapping":
        if (self.lon is None) != (self.lat is None):
            raise ValueError("'lon' and 'lat' come together")
        if self.lon is not None and self.geometry is not None:
            raise ValueError("a mapping has 'lon' and 'lat', or a 'geometry', not both")
        if self.kind == "observations" and not (self.readings and self.time):
            raise ValueError("observations have a 'time' and 'readings': the property and where its value is")
        if self.kind != "observations" and (self.readings or self.quality):
            raise ValueError("'readings' and 'quality' belong to kind: observations")
        if self.kind == "values" and not (self.period and self.value and self.unit_code):
            raise ValueError("values of an indicator have 'unit_code', 'period' and 'value'")
        if self.kind != "values" and (self.period or self.value):
            raise ValueError("'period' and 'value' belong to kind: values")
        if self.format in TABLES:
            if self.records is not None:
                raise ValueError("'records' belongs to JSON formats: every row of a table is a record")
            return self
        for where, path in {"records": self.records, **self.paths}.items():
            self._check(path, where)
        return self

    @staticmethod
    def _check(path: str | None, where: str) -> None:
        if path is not None:
            try:
                compiled(path)
            except ValueError as error:
                raise ValueError(f"{where}: {error}") from None

    @property
    def records_path(self) -> str:
        """Where the list of records is."""
        return self.records or _RECORDS.get(self.format, "@")

    @cached_property
    def typed(self) -> dict[str, Take]:
        """Every value by its place in the file (``fields.name``), with the type that its place implies."""
        found = {f"id[{index}]" if len(self.id) > 1 else "id": _as(take, "text") for index, take in enumerate(self.id)}
        for name, kind in _SINGLE.items():
            take = getattr(self, name)
            if take is not None:
                found[name] = _as(take, kind)
        if self.asset is not None:
            found["asset.id"] = _as(self.asset.id, "text")
        found |= {f"fields.{name}": take for name, take in self.fields.items()}
        return found | {f"readings.{name}": _as(take, "number") for name, take in self.readings.items()}

    @cached_property
    def paths(self) -> dict[str, str | None]:
        """Where each of them is in a record; ``None`` for constants."""
        return {where: self._path_of(take, where.rpartition(".")[2]) for where, take in self.typed.items()}

    def _path_of(self, take: Take, own_name: str) -> str | None:
        """Without a path a value has the name that it has here."""
        if take.path is not None or take.const is not None:
            return take.path
        if self.format in TABLES:
            return own_name
        return f'properties."{own_name}"' if self.format in FEATURES else f'"{own_name}"'


# What stands once in a mapping, and of which type it is where the file does not say.
_SINGLE: dict[str, str | None] = {
    "revision_from": None, "time": "time", "end_time": "time", "lon": "number", "lat": "number", "geometry": None,
    "radius_m": "number", "unit_code": "text", "unit_set": "text", "unit_name": "text", "address": "text",
    "withdrawn": "boolean", "quality": None, "period": "text", "value": "number",
}  # fmt: skip


def _as(take: Take, kind: str | None) -> Take:
    if kind is None or take.type is not None or take.map is not None:
        return take
    return take.model_copy(update={"type": kind})


def text_of(value: Scalar) -> str:
    """A scalar as the text that a mapping compares: ``true``, ``1``, ``0.5``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)
