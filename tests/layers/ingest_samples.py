# SPDX-License-Identifier: Apache-2.0
"""Records as sources send them: a good one, and a table of everything that can be wrong with one."""

from typing import Any, NamedTuple

Record = dict[str, Any]


def incident(external_id: str = "i-1", /, **changes: Any) -> Record:
    """A good incident; a change of ``None`` leaves the member out."""
    record = {
        "id": external_id,
        "title": "Cây đổ chắn ngang đường",
        "kind": "traffic",
        "severity": "low",
        "status": "new",
        "time": "2026-11-20T08:00:00+07:00",
        "lon": 105.8440,
        "lat": 21.5930,
        **changes,
    }
    return {name: value for name, value in record.items() if value is not None}


def incident_with(geometry: Any) -> Record:
    """A good incident as a GeoJSON Feature with this geometry."""
    properties = incident("g-1", lon=None, lat=None, id=None)
    return {"type": "Feature", "id": "g-1", "properties": properties, "geometry": geometry}


def alert_with(geometry: Any) -> Record:
    """A good alert with this geometry: alerts take every type."""
    return {"id": "a-1", "title": "Mưa lớn", "time": "2026-11-20T08:00:00+07:00", "geometry": geometry}


def clinic(beds: Any) -> Record:
    """A clinic with this many beds."""
    return {"id": "c-1", "name": "Trạm y tế", "kind": "clinic", "beds": beds}


def nested(depth: int) -> Any:
    """A GeometryCollection in a GeometryCollection in ..."""
    value: Any = {"type": "Point", "coordinates": [105.84, 21.59]}
    for _ in range(depth):
        value = {"type": "GeometryCollection", "geometries": [value]}
    return value


def point(*ordinates: float) -> dict[str, Any]:
    """A point of GeoJSON, of however many ordinates."""
    return {"type": "Point", "coordinates": list(ordinates)}


def ring(*positions: list[float]) -> dict[str, Any]:
    """A polygon of one ring."""
    return {"type": "Polygon", "coordinates": [list(positions)]}


class Bad(NamedTuple):
    """One record that is refused, and with what code."""

    name: str
    code: str
    record: Any
    layer: str = "incidents"


_FAR = [[106, 21.5], [106.1, 21.5], [106.1, 21.6], [106, 21.5]]
_LONG = {"type": "LineString", "coordinates": [[105.8, 21.5]] * 20_001}
_SQUARE = ([105.8, 21.5], [105.9, 21.5], [105.9, 21.6], [105.8, 21.6])
BAD = (
    Bad("nan", "coordinate_not_finite", incident(lon=float("nan"))),
    Bad("infinity", "coordinate_not_finite", incident(lat=float("inf"))),
    Bad("1e400", "coordinate_not_finite", incident_with(point(105.8, float("-inf")))),
    Bad("a huge whole number", "coordinate_outside_vietnam", incident(lon=10**400)),
    Bad("swapped", "coordinate_swapped", incident(lon=21.593, lat=105.844)),
    Bad("outside", "coordinate_outside_vietnam", incident(lon=2.35, lat=48.85)),
    Bad("zero and zero", "coordinate_outside_vietnam", incident(lon=0, lat=0)),
    Bad("VN-2000 metres", "coordinate_outside_vietnam", incident(lon=431463.3, lat=2388417.9)),
    Bad("one coordinate", "coordinate_invalid", incident(lat=None)),
    Bad("a coordinate as text", "coordinate_invalid", incident(lon="105.8")),
    Bad("a coordinate as boolean", "coordinate_invalid", incident(lon=True)),
    Bad("one ordinate", "coordinate_invalid", incident_with(point(105.8))),
    Bad("five ordinates", "coordinate_invalid", incident_with(point(105.8, 21.6, 0, 0, 0))),
    Bad("no ordinates", "coordinate_invalid", incident_with(point())),
    Bad("coordinates null", "coordinate_invalid", incident_with({"type": "Point", "coordinates": None})),
    Bad("another geometry type", "geometry_wrong_type", incident_with(ring(*_SQUARE, _SQUARE[0]))),
    Bad("no geometry type", "geometry_wrong_type", incident_with({"coordinates": [105.8, 21.6]})),
    Bad("geometry as text", "geometry_invalid", incident_with("POINT (105.8 21.6)")),
    Bad("a collection 500 deep", "record_too_deep", alert_with(nested(500)), "alerts"),
    Bad("a collection", "geometry_wrong_type", alert_with(nested(1)), "alerts"),
    Bad("a bow-tie", "geometry_invalid", alert_with(ring(*(_SQUARE[nth] for nth in (0, 2, 1, 3, 0)))), "alerts"),
    Bad("a ring of two places", "geometry_invalid", alert_with(ring(_SQUARE[0], _SQUARE[1], _SQUARE[0])), "alerts"),
    Bad("a hole outside", "geometry_invalid", alert_with(
        {"type": "Polygon", "coordinates": [[*_SQUARE, _SQUARE[0]], _FAR]}
    ), "alerts"),
    Bad("too many vertices", "geometry_too_large", alert_with(_LONG), "alerts"),
    Bad("a huge ordinate of height", "geometry_invalid", alert_with(
        {"type": "LineString", "coordinates": [[105.8, 21.5, 10**400], [105.9, 21.5, 1]]}
    ), "alerts"),
    Bad("the far future", "time_in_future", incident(time="2100-01-01T00:00:00Z")),
    Bad("the year 9999", "time_in_future", incident(time="9999-12-31T23:59:59Z")),
    Bad("before 1900", "time_too_old", incident(time="1066-10-14T09:00:00Z")),
    Bad("an end before the start", "time_order", incident(end_time="2026-11-19T08:00:00+07:00")),
    Bad("an end in the far future", "time_in_future", incident(end_time="2100-01-01T00:00:00Z")),
    Bad("no offset", "time_invalid", incident(time="2026-11-20T08:00:00")),
    Bad("an impossible offset", "time_invalid", incident(time="2026-11-20T08:00:00+25:00")),
    Bad("a leap second", "time_invalid", incident(time="2016-12-31T23:59:60Z")),
    Bad("a time as number", "time_invalid", incident(time=1763600000)),
    Bad("no time", "field_missing", incident(time=None)),
    Bad("no title", "field_missing", incident(title=None)),
    Bad("a title as number", "value_wrong_type", incident(title=7)),
    Bad("a title too long", "value_too_long", incident(title="x" * 301)),
    Bad("a text of 1 MB", "value_too_long", incident(description="x" * 1_000_000)),
    Bad("NUL in a text", "text_invalid", incident(title="a\0b")),
    Bad("half a surrogate pair", "text_invalid", incident(title="a\ud800")),
    Bad("an unknown choice", "value_not_allowed", incident(severity="critical'; --")),
    Bad("a choice as number", "value_not_allowed", incident(severity=999)),
    Bad("a choice as list", "value_not_allowed", incident(severity=["low"])),
    Bad("an unknown field", "field_unknown", incident(created_by="admin")),
    Bad("an unknown field with NUL", "field_unknown", incident(**{"a\0\ud800": 1})),
    Bad("no id", "id_missing", incident("")),
    Bad("a blank id", "id_missing", incident("  ")),
    Bad("an id as list", "value_wrong_type", incident(["i"])),  # type: ignore[arg-type]
    Bad("an id as boolean", "value_wrong_type", incident(True)),  # type: ignore[arg-type]
    Bad("a long id", "value_too_long", incident("i" * 201)),
    Bad("NUL in the id", "text_invalid", incident("i\0")),
    Bad("revision zero", "revision_invalid", incident(revision=0)),
    Bad("revision as text", "revision_invalid", incident(revision="2")),
    Bad("revision as boolean", "revision_invalid", incident(revision=True)),
    Bad("revision beyond 64 bits", "revision_invalid", incident(revision=2**64)),
    Bad("withdrawn as text", "value_wrong_type", incident(withdrawn="yes")),
    Bad("withdrawn as number", "value_wrong_type", incident(withdrawn=1)),
    Bad("a negative radius", "value_out_of_range", incident(location_radius_m=-1)),
    Bad("a radius that is NaN", "value_out_of_range", incident(location_radius_m=float("nan"))),
    Bad("a unit's code alone", "unit_ambiguous",
        {"id": "s-1", "name": "Trường", "kind": "school", "unit_code": "05443"}, "schools"),
    Bad("a unit's code as number", "value_wrong_type", incident(lon=None, lat=None, unit_code=5443)),
    Bad("beds as boolean", "value_wrong_type", clinic(True), "clinics"),
    Bad("beds in halves", "value_wrong_type", clinic(1.5), "clinics"),
    Bad("too many beds", "value_out_of_range", clinic(10**400), "clinics"),
    Bad("beds infinite", "value_out_of_range", clinic(float("inf")), "clinics"),
    Bad("a text", "record_invalid", "i-1"),
    Bad("a number", "record_invalid", 7),
    Bad("null", "record_invalid", None),
    Bad("a list", "record_invalid", [incident()]),
    Bad("properties as list", "record_invalid", {"type": "Feature", "id": "i-1", "properties": [], "geometry": None}),
)  # fmt: skip
