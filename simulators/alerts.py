# SPDX-License-Identifier: Apache-2.0
"""448 invented alerts: the figure of Thái Nguyên; points, circles, stretches and whole communes."""

import math
from datetime import datetime, timedelta
from random import Random

import shapely
from shapely.geometry import LineString, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from simulators.boundaries import Json, Unit
from simulators.incidents import Generated, Scene
from simulators.moments import in_the_past, rfc3339
from simulators.places_in_unit import DEG_PER_M, LonLat
from simulators.texts_vi import AlertText

TOTAL = 448
IN_FORCE = 9
_GRID_DEG = 0.00001
_TOLERANCE_DEG = 0.002
_WITH_RAIN = {"flood": 0.9, "landslide": 0.7, "weather": 0.3}


def generate(scene: Scene, seed: str, reference: datetime) -> list[Generated]:
    """All alerts as GeoJSON features in the order of their time, ids "CB-2026-0001" and up."""
    drafts = [_past_or_present(scene, seed, reference, number) for number in range(TOTAL)]
    drafts.sort(key=lambda draft: (draft.record["properties"]["time"], draft.record["properties"]["title"]))
    for number, draft in enumerate(drafts, 1):
        draft.record["id"] = f"CB-{reference.year}-{number:04d}"
    return drafts


def compose(rng: Random, scene: Scene, moment: datetime) -> Json:
    """One alert that has just come into force, without an id: for the live trickle."""
    text = _text(rng, scene)
    window = (moment, moment + timedelta(hours=min(text.hours, 6)))
    return _feature(rng, scene, text, (*window, "actual")).record


def _past_or_present(scene: Scene, seed: str, reference: datetime, number: int) -> Generated:
    rng = Random(f"{seed}/alert/{number}")
    text = _text(rng, scene)
    if number < IN_FORCE:
        # Still true all through the reference date, so that a fresh demonstration has alerts in force.
        begin = reference - timedelta(minutes=rng.randrange(20, 600))
        return _feature(
            rng, scene, text, (begin, reference + timedelta(hours=rng.randrange(26, 60)), "actual")
        )
    days = scene.rain if rng.random() < _WITH_RAIN.get(text.kind, 0.0) else ()
    begin = in_the_past(rng, reference - timedelta(days=1), "day", days)
    hours = max(1.0, text.hours * rng.uniform(0.5, 1.3))
    end = min(begin + timedelta(hours=hours), reference - timedelta(minutes=1))
    status = rng.choices(("expired", "cancelled", "updated"), (90, 7, 3))[0]
    return _feature(rng, scene, text, (begin, end, status))


def _text(rng: Random, scene: Scene) -> AlertText:
    return rng.choices(scene.alert_texts, [text.weight for text in scene.alert_texts])[0]


def _feature(rng: Random, scene: Scene, text: AlertText, when: tuple[datetime, datetime, str]) -> Generated:
    begin, end, status = when
    # Slides and forest fires stay out of the city; so do most areas of a whole commune, which would hide it.
    remote = text.area == "unit" or (text.kind in {"landslide", "fire"} and text.area == "circle")
    where, unit = scene.place(rng, city=rng.random() < (0.08 if remote else 0.6))
    properties: Json = {
        "time": rfc3339(begin),
        "end_time": rfc3339(end),
        "title": f"{text.title} – {unit.place}",
        "kind": text.kind,
        "severity": text.severity,
        "status": status,
        "description": text.description,
        "instruction": text.instruction,
        "agency": text.agency,
    }
    geometry = _area(rng, text.area, where, unit)
    feature = {"type": "Feature", "id": "", "properties": properties, "geometry": _plain(geometry)}
    return Generated(feature, unit)


def _area(rng: Random, area: str, where: LonLat, unit: Unit) -> BaseGeometry:
    if area == "point":
        return Point(where)
    if area == "unit":
        # Inward by the tolerance first: what is simplified stays inside the unit.
        return _whole(unit.shape.buffer(-_TOLERANCE_DEG).simplify(_TOLERANCE_DEG * 0.9), where)
    if area == "circle":
        return _tidy(Point(where).buffer(rng.uniform(350, 1100) * DEG_PER_M, quad_segs=6), where, unit)
    heading, half = rng.uniform(0, math.pi), rng.uniform(400, 1500) * DEG_PER_M
    dx, dy = half * math.cos(heading), half * math.sin(heading)
    bend = rng.uniform(-0.3, 0.3) * half
    line = LineString(
        [(where[0] - dx, where[1] - dy), (where[0] + bend, where[1] - bend), (where[0] + dx, where[1] + dy)]
    )
    return _tidy(line.buffer(rng.uniform(90, 220) * DEG_PER_M, quad_segs=3), where, unit)


def _tidy(shape: BaseGeometry, where: LonLat, unit: Unit) -> BaseGeometry:
    """The largest part inside the unit, valid, on a grid of about a metre; a point if nothing is left."""
    return _whole(shape.intersection(unit.core), where)


def _whole(shape: BaseGeometry, where: LonLat) -> BaseGeometry:
    clipped = shapely.set_precision(shape, _GRID_DEG)
    parts = [part for part in shapely.get_parts(clipped) if isinstance(part, Polygon) and not part.is_empty]
    if not parts:
        return Point(where)
    return Polygon(max(parts, key=lambda part: float(part.area)).exterior).normalize()


def _plain(geometry: BaseGeometry) -> Json:
    """GeoJSON with counter-clockwise rings (RFC 7946) and coordinates as lists of 6 decimals."""
    if isinstance(geometry, Polygon):
        geometry = shapely.geometry.polygon.orient(geometry, 1.0)
        return {"type": "Polygon", "coordinates": [[_pair(*xy) for xy in geometry.exterior.coords]]}
    (lon, lat) = mapping(geometry)["coordinates"]
    return {"type": "Point", "coordinates": _pair(lon, lat)}


def _pair(lon: float, lat: float) -> list[float]:
    return [round(lon, 6), round(lat, 6)]
