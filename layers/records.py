# SPDX-License-Identifier: Apache-2.0
"""From what a source pushed to a normalised record. Pure: no database, no clock of its own.

A record is a flat JSON object or a GeoJSON Feature; both carry the same names:
``id`` (external id), ``revision``, ``lon``/``lat`` or a geometry, ``time``, ``end_time``, ``unit_code`` and
``unit_set`` (known only to the unit), ``location_radius_m``, ``withdrawn``, and the fields of the layer.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson
from shapely.geometry.base import BaseGeometry

from geo.hexgrid import cell_of
from layers.errors import Rejected
from layers.geometry import Place, place_of, point_of
from layers.spec import LayerSpec
from layers.values import clean_moment, clean_revision, clean_text, clean_value, nested_deeper_than, shown

MAX_SKEW = timedelta(hours=24)
MAX_AHEAD = timedelta(days=3660)
OLDEST = datetime(1900, 1, 1, tzinfo=UTC)
MAX_DEPTH = 24
_ENVELOPE = frozenset(
    "id revision lon lat time end_time unit_code unit_set location_radius_m location_method location_confidence "
    "withdrawn geometry".split()
)
# How a place is known (research: location ladder). What a source may say of its own records, and what the road found.
METHODS = (
    "source_coordinates", "coordinate_swapped", "device", "landmark", "unit", "unit_name", "device_reported",
)  # fmt: skip


@dataclass(frozen=True)
class UnitClaim:
    """A place known only to its unit: the code, and the set or moment that says which generation it is of."""

    code: str
    unit_set: str | None
    at: datetime | None


class NormalisedRecord(NamedTuple):
    """One record, checked and clean. ``revision`` is ``None`` where the source counts none."""

    external_id: str
    revision: int | None
    withdrawn: bool
    valid_from: datetime | None
    valid_to: datetime | None
    columns: Mapping[str, str | None]
    properties: Mapping[str, Any]
    place: Place | None
    radius_m: float | None
    unit: UnitClaim | None
    content_hash: bytes
    method: str | None = None
    confidence: float | None = None

    @property
    def geometry(self) -> BaseGeometry | None:
        """The place for computing; ``None`` where it is unknown."""
        return None if self.place is None else self.place.geometry

    @property
    def h3(self) -> int | None:
        """The stored cell of a point; shapes and unlocated records have none."""
        return None if self.place is None or self.place.point is None else cell_of(*self.place.point)

    @property
    def location_method(self) -> str:
        """How the place is known."""
        if self.place is None and self.unit is None:
            return "unlocated"
        return self.method or ("source_coordinates" if self.place is not None else "unit")

    @property
    def location_confidence(self) -> float | None:
        """From 0 to 1; a place that the source gives without a doubt is believed."""
        if self.place is None and self.unit is None:
            return None
        return self.confidence if self.confidence is not None or self.place is None else 1.0


def normalise(spec: LayerSpec, raw: Any, now: datetime) -> NormalisedRecord:
    """Check one record against its layer.

    Args:
        spec: the layer.
        raw: what the source sent, decoded from JSON.
        now: the server's time, against which the far future is judged.

    Raises:
        Rejected: with the code and the sentence that the source gets back.
    """
    if nested_deeper_than(raw, MAX_DEPTH):
        raise Rejected("record_too_deep", f"the record is nested deeper than {MAX_DEPTH} levels")
    record = _flatten(raw)
    if unknown := record.keys() - spec.field_names - _ENVELOPE:
        known = ", ".join(sorted(spec.field_names | _ENVELOPE))
        raise Rejected("field_unknown", f"the layer has no field '{min(map(shown, unknown))}'; it has: {known}")
    external_id = _external_id(record)
    revision = clean_revision(record.get("revision"))
    withdrawn = record.get("withdrawn")
    if withdrawn is not None and not isinstance(withdrawn, bool):
        raise Rejected("value_wrong_type", "'withdrawn' must be true or false")
    if withdrawn:
        return NormalisedRecord(external_id, revision, True, None, None, {}, {}, None, None, None, b"")
    columns, properties = _fields(spec, record)
    valid_from, valid_to = _times(spec, record, now)
    place = _place(spec, record)
    radius_m = _radius(record)
    unit = None if place is not None else _unit(record, valid_from)
    shape = None if place is None else place.wkb.hex().upper()
    method, confidence = _claim(record)
    content: tuple[Any, ...] = (valid_from, valid_to, columns, properties, shape, radius_m, unit)
    if method is not None or confidence is not None:
        content += (method, confidence)
    digest = _digest(content)
    return NormalisedRecord(
        external_id,
        revision,
        False,
        valid_from,
        valid_to,
        columns,
        properties,
        place,
        radius_m,
        unit,
        digest,
        method,
        confidence,
    )


def external_id_of(raw: Any) -> str | None:
    """The external id of a record that may be wrong in every other way, ``None`` if even that cannot be read."""
    try:
        return _external_id(_flatten(raw))
    except Rejected:
        return None


def _flatten(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise Rejected("record_invalid", "a record is a JSON object or a GeoJSON Feature")
    if raw.get("type") != "Feature" or not ("properties" in raw or "geometry" in raw):
        return raw
    properties = raw.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise Rejected("record_invalid", "'properties' must be an object")
    flat = {**properties, "geometry": raw.get("geometry")}
    if raw.get("id") is not None:
        flat["id"] = raw["id"]
    return flat


def _external_id(record: Mapping[str, Any]) -> str:
    value = record.get("id")
    if value is None or value == "":
        raise Rejected("id_missing", "'id' is missing: the record's own id in the source")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**200:
        value = str(value)
    text = clean_text("id", value, 200)
    if not text:
        raise Rejected("id_missing", "'id' is blank")
    return text


def _fields(spec: LayerSpec, record: Mapping[str, Any]) -> tuple[dict[str, str | None], dict[str, Any]]:
    columns: dict[str, str | None] = {}
    properties: dict[str, Any] = {}
    for field in spec.fields:
        value = record.get(field.name)
        if value is not None:
            value = clean_value(field, value)
        if value is None and field.required:
            raise Rejected("field_missing", f"'{field.name}' is missing")
        if field.is_column:
            columns[field.name] = value
        elif value is not None:
            properties[field.name] = value
    return columns, properties


def _times(spec: LayerSpec, record: Mapping[str, Any], now: datetime) -> tuple[datetime | None, datetime | None]:
    start = None if record.get("time") is None else clean_moment("time", record["time"])
    end = None if record.get("end_time") is None else clean_moment("end_time", record["end_time"])
    if start is None and spec.has_time:
        raise Rejected("field_missing", "'time' is missing: when it happened, RFC 3339 with an offset")
    if start is not None and start > now + MAX_SKEW:
        raise Rejected("time_in_future", "'time' lies more than a day in the future")
    if end is not None and end > now + MAX_AHEAD:
        raise Rejected("time_in_future", "'end_time' lies more than ten years in the future")
    for moment in (start, end):
        if moment is not None and moment < OLDEST:
            raise Rejected("time_too_old", "a time before 1900 is an error of the source")
    if start is not None and end is not None and end < start:
        raise Rejected("time_order", "'end_time' is before 'time'")
    return start, end


def _place(spec: LayerSpec, record: Mapping[str, Any]) -> Place | None:
    if record.get("geometry") is not None:
        return place_of(record["geometry"], spec.geometry)
    lon, lat = record.get("lon"), record.get("lat")
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise Rejected("coordinate_invalid", "'lon' and 'lat' come together")
    if spec.geometry in ("Polygon", "None"):
        return place_of({"type": "Point", "coordinates": [lon, lat]}, spec.geometry)
    return point_of(lon, lat)


def _radius(record: Mapping[str, Any]) -> float | None:
    value = record.get("location_radius_m")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100_000:
        raise Rejected("value_out_of_range", "'location_radius_m' is metres from 0 to 100000")
    return float(value)


def _claim(record: Mapping[str, Any]) -> tuple[str | None, float | None]:
    method, confidence = record.get("location_method"), record.get("location_confidence")
    if method is not None and method not in METHODS:
        raise Rejected("value_not_allowed", f"'location_method' is one of: {', '.join(METHODS)}")
    if confidence is None:
        return method, None
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise Rejected("value_out_of_range", "'location_confidence' is a number from 0 to 1")
    return method, float(confidence)


def _unit(record: Mapping[str, Any], at: datetime | None) -> UnitClaim | None:
    code = record.get("unit_code")
    unit_set = record.get("unit_set")
    if code is None:
        return None
    if unit_set is None and at is None:
        raise Rejected("unit_ambiguous", "'unit_code' alone names no unit, codes are reused: send 'unit_set' or 'time'")
    return UnitClaim(
        clean_text("unit_code", code, 20),
        None if unit_set is None else clean_text("unit_set", unit_set, 60),
        at,
    )


def _digest(content: tuple[Any, ...]) -> bytes:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()[:16]
