# SPDX-License-Identifier: Apache-2.0
"""A set of units from a GeoJSON FeatureCollection with the foreign member ``unit_set``. Pure.

The quick checks of the ingest door: all that a published version relies on. Everything that a survey file can get wrong
belongs to the upload path.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely.geometry import MultiPolygon, Polygon, box, shape

from boundaries.errors import UnitSetInvalid
from geo.measure import area_m2
from geo.vietnam import OUTLINE, in_vietnam

_SET_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,60}")


@dataclass(frozen=True)
class Predecessor:
    """A unit of an older set of which a share of the area went into this one."""

    unit_set: str
    code: str
    share: float


@dataclass(frozen=True)
class UnitRow:
    """One unit as it will be stored."""

    code: str
    name: str
    full_name: str
    type: str
    valid_from: date
    valid_to: date | None
    geometry: MultiPolygon
    label: tuple[float, float]
    area_m2: float
    predecessors: tuple[Predecessor, ...]


@dataclass(frozen=True)
class UnitSetFile:
    """A whole set: what it is and its units."""

    id: str
    title_vi: str
    title_en: str
    valid_from: date
    valid_to: date | None
    approximate: bool
    attribution_vi: str | None
    attribution_en: str | None
    licence: str | None
    units: tuple[UnitRow, ...]
    content_hash: str

    @property
    def geometries(self) -> npt.NDArray[np.object_]:
        """The shapes as one array, in the order of the units."""
        return np.array([row.geometry for row in self.units], dtype=object)


def read_unit_set(body: Any) -> UnitSetFile:
    """Check a pushed set.

    Raises:
        UnitSetInvalid: with the first thing that is wrong, and the index of the feature.
    """
    if (
        not isinstance(body, dict)
        or body.get("type") != "FeatureCollection"
        or not isinstance(body.get("unit_set"), dict)
    ):
        raise UnitSetInvalid(
            "Units are pushed as a whole set: a FeatureCollection with the member 'unit_set' "
            "{id, title: {vi, en}, valid_from, valid_to}."
        )
    features = body.get("features")
    if not isinstance(features, list) or not 0 < len(features) <= 20_000:
        raise UnitSetInvalid("A set needs 1 to 20,000 features.")
    about = body["unit_set"]
    set_id = _text(about, "id", None)
    if not _SET_ID.fullmatch(set_id):
        raise UnitSetInvalid("'unit_set.id' is lower-case letters, digits and hyphens.")
    valid_from, valid_to = _day(about, "valid_from", None), _day(about, "valid_to", None)
    if valid_from is None or (valid_to is not None and valid_to <= valid_from):
        raise UnitSetInvalid("'unit_set' needs 'valid_from' before 'valid_to' (null: still valid).")
    rows = tuple(_row(feature, index, (valid_from, valid_to)) for index, feature in enumerate(features))
    codes = [row.code for row in rows]
    if len(set(codes)) != len(codes):
        raise UnitSetInvalid("A code comes twice in the set.", code="unit_code_twice")
    title = about.get("title") if isinstance(about.get("title"), dict) else {}
    credit = about.get("attribution")
    credit = credit if isinstance(credit, dict) else {"vi": credit, "en": credit}
    return UnitSetFile(
        set_id,
        _text(title, "vi", None),
        _text(title, "en", None),
        valid_from,
        valid_to,
        about.get("approximate") is True,
        _optional(credit, "vi"),
        _optional(credit, "en"),
        _optional(about, "licence"),
        rows,
        _digest(about, features),
    )


def _digest(about: Any, features: list[Any]) -> str:
    try:
        return hashlib.sha256(orjson.dumps([about, features], option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError:
        raise UnitSetInvalid("A text holds half a surrogate pair, or a number has over 64 bits.") from None


def _row(feature: Any, index: int, valid: tuple[date, date | None]) -> UnitRow:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise UnitSetInvalid("A feature has no properties.", index=index)
    geometry = _shape(feature.get("geometry"), index)
    centre = shapely.maximum_inscribed_circle(max(geometry.geoms, key=lambda part: part.area), tolerance=1e-4)
    label_x, label_y = centre.coords[0]
    return UnitRow(
        code=_text(properties, "code", index),
        name=_text(properties, "name", index),
        full_name=_text(properties, "full_name", index),
        type=_text(properties, "type", index),
        valid_from=_day(properties, "valid_from", index) or valid[0],
        valid_to=_day(properties, "valid_to", index) or valid[1],
        geometry=geometry,
        label=(float(label_x), float(label_y)),
        area_m2=area_m2(geometry),
        predecessors=_predecessors(properties.get("predecessors"), index),
    )


def _shape(value: Any, index: int) -> MultiPolygon:
    try:
        with np.errstate(invalid="ignore"):  # what is not finite is refused below
            geometry = shapely.force_2d(shape(value))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, shapely.errors.GEOSException):
        raise UnitSetInvalid("A feature has no readable geometry.", index=index) from None
    if isinstance(geometry, Polygon):
        geometry = MultiPolygon([geometry])
    if not isinstance(geometry, MultiPolygon) or geometry.is_empty:
        raise UnitSetInvalid("A unit is a Polygon or MultiPolygon.", index=index)
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise UnitSetInvalid("A coordinate is not finite.", index=index)
    if not geometry.is_valid:
        raise UnitSetInvalid(f"A unit's shape is not valid: {shapely.is_valid_reason(geometry)}", index=index)
    west, south, east, north = geometry.bounds
    if not (in_vietnam(west, south) or in_vietnam(east, north)) or not OUTLINE.envelope.covers(box(*geometry.bounds)):
        raise UnitSetInvalid("A unit lies outside Vietnam (order lon, lat; WGS 84).", index=index)
    return geometry


def _predecessors(value: Any, index: int) -> tuple[Predecessor, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise UnitSetInvalid("'predecessors' is a list of {set, code, share}.", index=index)
    found = tuple(
        Predecessor(_text(one, "set", index), _text(one, "code", index), _share(one.get("share"), index))
        for one in value
    )
    if len({(one.unit_set, one.code) for one in found}) != len(found):
        raise UnitSetInvalid("A predecessor comes twice.", index=index)
    return found


def _share(value: Any, index: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise UnitSetInvalid(
            "'share' is the part of the predecessor's area that came here: over 0, up to 1.", index=index
        )
    return float(value)


def _text(properties: Mapping[str, Any], name: str, index: int | None) -> str:
    value = _optional(properties, name)
    if value is None:
        raise _wrong(f"'{name}' is missing or blank.", index)
    return value


def _optional(properties: Mapping[str, Any], name: str) -> str | None:
    value = properties.get(name)
    if (
        not isinstance(value, str)
        or len(value) > 500
        or any(one == "\0" or "\ud800" <= one <= "\udfff" for one in value)
    ):
        return None
    return unicodedata.normalize("NFC", value).strip() or None


def _day(properties: Mapping[str, Any], name: str, index: int | None) -> date | None:
    value = properties.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _wrong(f"'{name}' is a date such as 2025-07-01.", index) from None


def _wrong(detail: str, index: int | None) -> UnitSetInvalid:
    return UnitSetInvalid(detail) if index is None else UnitSetInvalid(detail, index=index)
