# SPDX-License-Identifier: Apache-2.0
"""The records of the year 2022, invented to the figures of Thái Nguyên: the same number gives the same record for ever.

A record depends on its layer and its number alone, in blocks of `BLOCK`, so that any part can be made again without
the rest. Units and places are those of the former city, whose 32 wards and communes were valid then.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from simulators.boundaries import CITY_SET, Ground, Json, Unit, load_ground
from simulators.moments import HOURS, VIETNAM, rfc3339
from simulators.places_in_unit import (
    DEG_PER_M,
    LonLat,
    Surroundings,
    anywhere,
    distance_m,
    inside,
    pull,
    spot,
    surroundings,
)
from simulators.texts_vi import alert_texts, incident_texts, incident_title

SOURCE = "seed-2022"
BLOCK = 1000
TOTALS = {"detections": 224_301, "media": 359_354, "incidents": 1_819, "alerts": 448}
JUNCTIONS = 40
_YEAR = datetime(2022, 1, 1, tzinfo=VIETNAM)
_APART_M = 300.0
_VIOLATIONS = {
    "red_light": 30,
    "speeding": 18,
    "no_helmet": 16,
    "wrong_lane": 11,
    "lane_marking": 8,
    "illegal_stop": 6,
    "wrong_way": 4,
    "forbidden_road": 3,
    "phone_use": 2,
    "u_turn": 1,
    "overload": 1,
}
_TOPICS = {
    "traffic": (16, "Giao thông"),
    "environment": (11, "Môi trường"),
    "order": (14, "An ninh, trật tự"),
    "infrastructure": (8, "Hạ tầng"),
    "disaster": (5, "Mưa lũ, cháy nổ"),
    "health": (13, "Phòng, chống dịch và y tế"),
    "education": (9, "Giáo dục"),
    "administration": (9, "Thủ tục hành chính"),
    "land": (6, "Đất đai, xây dựng"),
    "tourism": (6, "Du lịch, văn hoá"),
    "other": (3, "Đời sống"),
}
_SENTIMENTS = {"press": (38, 46, 16), "social": (27, 41, 32)}
_LOCATED_MEDIA = 0.55
T = TypeVar("T")


@dataclass(frozen=True)
class Junction:
    """A crossing with a camera; what it notices most is its own."""

    camera: str
    place: LonLat
    weights: tuple[float, ...]
    draw: float


class Year:
    """Everything that the records share: units, junctions, streets, texts."""

    def __init__(self, ground: Ground | None = None) -> None:
        self.ground = ground or load_ground()
        self.units = self.ground.city
        self.pulls = [pull(unit) for unit in self.units]
        self.junctions = _junctions(self.units, self.pulls)
        self.draws = [junction.draw for junction in self.junctions]
        self._around: dict[str, Surroundings] = {}
        self.incident_texts = incident_texts()
        self.alert_texts = alert_texts()

    def block(self, layer: str, number: int) -> list[Json]:
        """Records `number * BLOCK` and following of a layer, at most `BLOCK`."""
        first = number * BLOCK
        rng = Random(f"{SOURCE}/{layer}/{number}")
        make = _MAKERS[layer]
        return [make(self, rng, at) for at in range(first, min(first + BLOCK, TOTALS[layer]))]

    def unit(self, rng: Random) -> Unit:
        """A unit of 2022, more often a central one."""
        return rng.choices(self.units, self.pulls)[0]

    def spot(self, rng: Random, unit: Unit) -> LonLat:
        """Where something is reported inside a unit."""
        if unit.code not in self._around:
            self._around[unit.code] = surroundings(SOURCE, unit, [])
        return spot(rng, self._around[unit.code])


def blocks_of(layer: str) -> int:
    """How many blocks a layer has."""
    return math.ceil(TOTALS[layer] / BLOCK)


def record_id(layer: str, number: int) -> str:
    """The external id of a record: its kind in Vietnamese initials, the year, its number from 1."""
    prefix = {"detections": "VP", "media": "TT", "incidents": "PA", "alerts": "CB"}[layer]
    return f"{prefix}-2022-{number + 1:06d}"


def _junctions(units: tuple[Unit, ...], pulls: list[float]) -> tuple[Junction, ...]:
    rng = Random(f"{SOURCE}/junctions")
    places: list[LonLat] = []
    while len(places) < JUNCTIONS:
        unit = rng.choices(units, [weight**2 for weight in pulls])[0]
        place = anywhere(rng, unit)
        if all(distance_m(place, other) > _APART_M for other in places):
            places.append(place)
    return tuple(
        Junction(
            f"NG-{number:02d}",
            place,
            tuple(weight * rng.uniform(0.3, 1.7) for weight in _VIOLATIONS.values()),
            rng.lognormvariate(0, 0.7),
        )
        for number, place in enumerate(places, 1)
    )


def _moment(rng: Random, layer: str, number: int, hours: str) -> datetime:
    """Numbers run through the year; the hour is plausible."""
    day = number * 365 // TOTALS[layer]
    hour = rng.choices(range(24), HOURS[hours])[0]
    return _YEAR + timedelta(days=day, hours=hour, seconds=rng.randrange(3600))


def _detection(year: Year, rng: Random, number: int) -> Json:
    junction = rng.choices(year.junctions, year.draws)[0]
    lon, lat = junction.place
    return {
        "id": record_id("detections", number),
        "time": rfc3339(_moment(rng, "detections", number, "day")),
        "lon": round(lon + max(-3.0, min(3.0, rng.gauss(0, 1))) * 14 * DEG_PER_M, 6),
        "lat": round(lat + max(-3.0, min(3.0, rng.gauss(0, 1))) * 14 * DEG_PER_M, 6),
        "location_radius_m": 25,
        "kind": rng.choices(list(_VIOLATIONS), junction.weights)[0],
        "status": "dismissed" if rng.random() < 0.13 else "confirmed",
        "camera": junction.camera,
    }


def _media(year: Year, rng: Random, number: int) -> Json:
    kind = "press" if rng.random() < 0.21 else "social"
    topic = rng.choices(list(_TOPICS), [weight for weight, _ in _TOPICS.values()])[0]
    unit = year.unit(rng) if rng.random() < _LOCATED_MEDIA else None
    record: Json = {
        "id": record_id("media", number),
        "time": rfc3339(_moment(rng, "media", number, "evening" if kind == "social" else "day")),
        "kind": kind,
        "topic": topic,
        "sentiment": rng.choices(("positive", "neutral", "negative"), _SENTIMENTS[kind])[0],
    }
    if unit is not None:
        record |= {"unit_code": unit.code, "unit_set": CITY_SET}
        if kind == "press":
            record["title"] = f"{_TOPICS[topic][1]} tại {unit.place}"
    return record


def _incident(year: Year, rng: Random, number: int) -> Json:
    text = rng.choices(year.incident_texts, [text.weight for text in year.incident_texts])[0]
    unit, fate = year.unit(rng), rng.random()
    status = rng.choices(("resolved", "rejected"), (94, 6))[0]
    record: Json = {
        "id": record_id("incidents", number),
        "time": rfc3339(_moment(rng, "incidents", number, text.hours)),
        "title": incident_title(rng, text, None if fate < 0.03 else unit),
        "kind": text.kind,
        "severity": text.severity,
        "status": status,
        "description": text.description,
        # The offices of 2022; those of today exist since 1 July 2025.
        "agency": "UBND thành phố Thái Nguyên" if fate < 0.03 else f"UBND {unit.place}",
        "channel": rng.choices(("app", "hotline", "web"), (5, 4, 2))[0],
    }
    if fate >= 0.07:
        lon, lat = year.spot(rng, unit)
        record |= {"lon": lon, "lat": lat, "location_radius_m": 50}
    elif fate >= 0.03:
        record |= {"unit_code": unit.code, "unit_set": CITY_SET}
    return record


def _alert(year: Year, rng: Random, number: int) -> Json:
    text = rng.choices(year.alert_texts, [text.weight for text in year.alert_texts])[0]
    unit = year.unit(rng)
    begin = _moment(rng, "alerts", number, "day")
    record: Json = {
        "id": record_id("alerts", number),
        "time": rfc3339(begin),
        "end_time": rfc3339(begin + timedelta(hours=text.hours * rng.uniform(0.5, 1.3))),
        "title": f"{text.title} – {unit.place}",
        "kind": text.kind,
        "severity": text.severity,
        "status": rng.choices(("expired", "cancelled"), (92, 8))[0],
        "description": text.description,
        "instruction": text.instruction,
        "agency": "UBND thành phố Thái Nguyên",
    }
    lon, lat = year.spot(rng, unit)
    if text.area == "point":
        return record | {"lon": lon, "lat": lat}
    ring = _circle(lon, lat, rng.uniform(200, 900))
    reaches = all(inside(unit, lon, lat) for lon, lat in ring)
    geometry = {"type": "Polygon", "coordinates": [ring]} if reaches else {"type": "Point", "coordinates": [lon, lat]}
    return record | {"geometry": geometry}


def _circle(lon: float, lat: float, radius_m: float) -> list[list[float]]:
    turns = [2 * math.pi * step / 24 for step in range(24)]
    across = radius_m * DEG_PER_M / math.cos(math.radians(lat))
    ring = [
        [round(lon + across * math.cos(turn), 6), round(lat + radius_m * DEG_PER_M * math.sin(turn), 6)]
        for turn in turns
    ]
    return [*ring, ring[0]]


_MAKERS: dict[str, Callable[[Year, Random, int], Json]] = {
    "detections": _detection,
    "media": _media,
    "incidents": _incident,
    "alerts": _alert,
}
