# SPDX-License-Identifier: Apache-2.0
"""What is exported, and into what. Pure.

A file holds only what never changes once a version is published, so that the same version is the same bytes for ever:
not its status, and not the end of its set, which the next set decides.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import version as installed
from typing import Any, Literal, TypeAlias

import orjson

from boundaries.errors import ExportUnsupported
from geo.crs import VN2000_LOCAL

Format: TypeAlias = Literal["geojson", "gpkg", "shp", "fgb", "topojson", "csv"]
Crs: TypeAlias = Literal["EPSG:4326", "EPSG:9213"]
LOCAL: Crs = "EPSG:9213"
# Raise when the writers' output changes: kept copies are then known to be of the form before.
FORM = 1
_ENDINGS: dict[Format, tuple[str, str]] = {
    "geojson": ("geojson", "application/geo+json"),
    "gpkg": ("gpkg", "application/geopackage+sqlite3"),
    "shp": ("zip", "application/zip"),
    "fgb": ("fgb", "application/octet-stream"),
    "topojson": ("topojson", "application/json"),
    "csv": ("csv", "text/csv; charset=utf-8"),
}
_WITH_CRS: tuple[Format, ...] = ("gpkg", "shp", "fgb")
# Bytes come from these too.
_MADE_WITH = ("pyogrio", "pyproj", "shapely")
_BEFORE_ALL = datetime(1980, 1, 1)


@dataclass(frozen=True)
class Plan:
    """A format and the coordinates in it."""

    format: Format
    crs: Crs = "EPSG:4326"

    @property
    def ending(self) -> str:
        return _ENDINGS[self.format][0]

    @property
    def media_type(self) -> str:
        return _ENDINGS[self.format][1]

    @property
    def epsg(self) -> int:
        return VN2000_LOCAL if self.crs == LOCAL else 4326


@dataclass(frozen=True)
class VersionFacts:
    """A version as its files tell it; ``number`` and ``published_at`` (UTC) are missing in a draft."""

    id: int
    unit_set: str
    number: int | None
    title_vi: str
    title_en: str
    valid_from: date
    published_at: datetime | None
    approximate: bool
    attribution_vi: str | None
    attribution_en: str | None
    licence: str | None
    content_hash: str

    @property
    def stem(self) -> str:
        """Names the version in file and layer names."""
        return f"{self.unit_set}-draft{self.id}" if self.number is None else f"{self.unit_set}-v{self.number}"

    @property
    def written_at(self) -> datetime:
        """The moment that files carry in place of the clock's, in UTC."""
        if self.published_at is None:
            return _BEFORE_ALL
        return max(self.published_at.replace(tzinfo=None, microsecond=0), _BEFORE_ALL)

    def to_json(self) -> dict[str, Any]:
        return {name: str(one) if isinstance(one, date) else one for name, one in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "VersionFacts":
        published = stored["published_at"]
        return cls(
            **stored
            | {
                "valid_from": date.fromisoformat(stored["valid_from"]),
                "published_at": published and datetime.fromisoformat(published),
            }
        )


@dataclass(frozen=True)
class UnitRecord:
    """One unit; ``wkb`` is its MultiPolygon in EPSG:4326, ``predecessors`` are {set, code, share}."""

    code: str
    name: str
    full_name: str
    type: str
    valid_from: date
    valid_to: date | None
    area_m2: float
    predecessors: list[dict[str, Any]]
    wkb: bytes

    @property
    def area_km2(self) -> float:
        return round(self.area_m2 / 1e6, 6)


@dataclass(frozen=True)
class Export:
    """A version and its units, in the order of their codes."""

    version: VersionFacts
    units: tuple[UnitRecord, ...]


def plan_of(format_: Format, crs: Crs, encoding: str) -> Plan:
    """The plan, when the format can hold it.

    Raises:
        ExportUnsupported: a system of coordinates or an encoding that the format has no place for.
    """
    if crs != "EPSG:4326" and format_ not in _WITH_CRS:
        raise ExportUnsupported(
            f"The format '{format_}' holds WGS 84 only. For VN-2000 choose one of: {', '.join(_WITH_CRS)}.",
            parameter="crs",
            allowed=["EPSG:4326"],
            detail_vi=f"Định dạng '{format_}' chỉ dùng WGS 84. Với VN-2000 hãy chọn: {', '.join(_WITH_CRS)}.",
        )
    if encoding.lower() not in ("utf-8", "utf8"):
        raise ExportUnsupported(
            "Files are written in UTF-8 only.",
            parameter="encoding",
            allowed=["utf-8"],
            detail_vi="Tệp chỉ được ghi bằng bảng mã UTF-8.",
        )
    return Plan(format_, crs)


def file_name(version: VersionFacts, plan: Plan) -> str:
    """Such as city-2017-v2-vn2000.zip."""
    return f"{version.stem}{'-vn2000' if plan.crs == LOCAL else ''}.{plan.ending}"


def etag(version: VersionFacts, plan: Plan) -> str:
    """A strong tag, known before the file is made."""
    made_with = [installed(name) for name in _MADE_WITH]
    facts = [FORM, made_with, version.to_json(), plan.format, plan.crs]
    return f'"{hashlib.sha256(orjson.dumps(facts)).hexdigest()[:32]}"'


def credit(version: VersionFacts) -> str:
    """Whose work it is and what may be done with it, in one line; empty when nothing is known."""
    attribution = " / ".join(dict.fromkeys(one for one in (version.attribution_vi, version.attribution_en) if one))
    return ". ".join(one for one in (attribution, f"Licence: {version.licence}" if version.licence else "") if one)
