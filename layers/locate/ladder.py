# SPDX-License-Identifier: Apache-2.0
"""The ladder by which a record finds its place: the first rung that holds, with how it is known and how sure. Pure.

1. the source's own coordinates, if they can be: swapped ones are turned round and doubted, 0/0 and places far outside
   the area are not believed;
2. the place of the device or building that it names;
3. (while writing, layers/placements.py) where a person put it before;
4. a landmark of the registers that its text names, inside the unit that the text names, if it names one;
5. a unit's code; 6. a unit's name, by the law of the day on which it happened, else an older name still in use;
7. nowhere: it waits in the queue with what was said and what may be meant. Never a centre point.

A name that fits several units is not guessed at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.bbox import BBox
from geo.vietnam import in_vietnam
from layers.connectors.base import PlaceHints
from layers.locate.gazetteer import Landmark, NamedUnit, Names
from layers.locate.names import Match

DEVICE_RADIUS_M = 25.0
LANDMARK_RADIUS_M = 300.0
_CANDIDATES = 8
_SAID = 1000


@dataclass(frozen=True)
class Nowhere:
    """Why a record has no place, and which units it may mean."""

    reason: str
    said: str | None = None
    candidates: tuple[NamedUnit, ...] = ()


@dataclass(frozen=True)
class Claimed:
    """A record with the place that was found, or without one and why."""

    record: Mapping[str, Any]
    nowhere: Nowhere | None = None


@dataclass(frozen=True)
class Ground:
    """What the ladder stands on: names, places of devices, the day of the event, whether the layer takes points."""

    names: Names
    devices: Mapping[tuple[str, str], tuple[float, float]]
    day: date
    takes_points: bool


def claim(record: Mapping[str, Any], hints: PlaceHints, ground: Ground) -> Claimed:
    """Place one record."""
    if record.get("withdrawn") or record.get("geometry") is not None:
        return Claimed(record)
    doubt = "no_place"
    lon, lat = record.get("lon"), record.get("lat")
    if lon is not None or lat is not None:
        given = _coordinates(record, lon, lat, ground.names.area) if ground.takes_points else "no_points"
        if isinstance(given, Mapping):
            return Claimed(given)
        doubt = given
    rest = {name: value for name, value in record.items() if name not in ("lon", "lat")}
    if ground.takes_points and hints.asset is not None:
        place = ground.devices.get(hints.asset)
        if place is not None:
            return Claimed(_point(rest, place, "device", DEVICE_RADIUS_M, 0.95))
        doubt = "device_unknown"
    if rest.get("unit_code") is not None:
        return Claimed(rest)
    return _by_name(rest, hints, ground, doubt)


def name_unit(record: Mapping[str, Any], hints: PlaceHints, names: Names, day: date) -> Mapping[str, Any]:
    """A value of a unit that its source only names: with the unit's set and code, if the name is clear."""
    if record.get("unit_code") is not None or not hints.unit_name:
        return record
    units = _units(PlaceHints(unit_name=hints.unit_name), Ground(names, {}, day, False))
    if len(units) != 1:
        return record
    return {**record, "unit_set": units[0].unit_set, "unit_code": units[0].code}


def _coordinates(record: Mapping[str, Any], lon: Any, lat: Any, area: BBox | None) -> Mapping[str, Any] | str:
    """The record with coordinates that can be, or why these cannot."""
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and abs(one) <= 360 for one in (lon, lat)):
        return "coordinate_invalid"
    if abs(lon) < 1e-6 and abs(lat) < 1e-6:
        return "coordinate_zero"
    if in_vietnam(lon, lat):
        return record if _within(area, lon, lat) else "outside_area"
    if in_vietnam(lat, lon) and _within(area, lat, lon):
        return _point(record, (lat, lon), "coordinate_swapped", record.get("location_radius_m"), 0.6)
    return "outside_area"


def _by_name(record: Mapping[str, Any], hints: PlaceHints, ground: Ground, doubt: str) -> Claimed:
    said = " · ".join(text for text in (hints.unit_name, hints.text) if text)
    if not said:
        return Claimed(record, Nowhere(doubt))
    units = _units(hints, ground)
    landmark = _landmark(said, units, ground) if ground.takes_points else None
    if landmark is not None:
        return Claimed(_point(record, (landmark.lon, landmark.lat), "landmark", LANDMARK_RADIUS_M, 0.6))
    if len(units) == 1:
        found = units[0]
        confidence = _confidence(found, ground)
        where = {"unit_set": found.unit_set, "unit_code": found.code}
        return Claimed({**record, **where, "location_method": "unit_name", "location_confidence": confidence})
    reason = "several_units" if units else doubt if doubt != "no_place" else "no_name_known"
    return Claimed(record, Nowhere(reason, said[:_SAID], tuple(units[:_CANDIDATES])))


def _confidence(found: NamedUnit, ground: Ground) -> float:
    """Less for an older name, and least for one that another unit of another generation bears as well."""
    bearers = {unit.code for match in ground.names.units.in_text(f"p {found.bare_name}") for unit in match.named}
    if len(bearers) > 1:
        return 0.5
    return 0.8 if found.is_law_on(ground.day) else 0.6


def _units(hints: PlaceHints, ground: Ground) -> list[NamedUnit]:
    """The units that are meant: by the name that the source gives, else by the text; one, several or none."""
    for text in (_marked(hints.unit_name), hints.text):
        matches = ground.names.units.in_text(text) if text else []
        if any(match.is_marked for match in matches):
            matches = [match for match in matches if match.is_marked]
        if matches:
            meant = [unit for match in matches for unit in _of_the_day(match, ground.day)]
            return list({(unit.unit_set, unit.code): unit for unit in meant}.values())
    return []


def _marked(name: str | None) -> str | None:
    """A name in the place of a name is one, whatever stands before it."""
    return None if not name else f"p {name}"


def _of_the_day(match: Match[NamedUnit], day: date) -> Sequence[NamedUnit]:
    """Units of the name: those that were the law that day, else those of the newest older generation."""
    now = [unit for unit in match.named if unit.is_law_on(day)]
    if now:
        return _narrowest(now)
    newest = max(match.named, key=lambda unit: unit.valid_from)
    return [unit for unit in match.named if unit.unit_set == newest.unit_set]


def _narrowest(units: Sequence[NamedUnit]) -> Sequence[NamedUnit]:
    """The same unit may be in the set of a city and in that of its province: one of them is enough."""
    return list({unit.code: unit for unit in units}.values())


def _landmark(said: str, units: Sequence[NamedUnit], ground: Ground) -> Landmark | None:
    """The one landmark that the text names; within the unit that it names as well, if it names one."""
    matches = ground.names.landmarks.in_text(said)
    found = [mark for match in matches if match.words >= 2 for mark in match.named]
    if units:
        found = [mark for mark in found if any(_within(unit.box, mark.lon, mark.lat) for unit in units)]
    return found[0] if len(found) == 1 else None


def _point(
    record: Mapping[str, Any], place: tuple[float, float], method: str, radius_m: Any, confidence: float
) -> dict[str, Any]:
    known = {"lon": place[0], "lat": place[1], "location_method": method, "location_confidence": confidence}
    return {**record, **known, **({} if radius_m is None else {"location_radius_m": radius_m})}


def _within(area: BBox | None, lon: float, lat: float) -> bool:
    return area is None or (area.west <= lon <= area.east and area.south <= lat <= area.north)
