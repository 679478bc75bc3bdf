# SPDX-License-Identifier: Apache-2.0
"""Plausible spots inside a unit: along invented streets, around real places, and a few anywhere."""

import math
from dataclasses import dataclass
from random import Random

from shapely.geometry import Point

from simulators.boundaries import CITY_CENTRE, Ground, Unit

# A spot keeps this far from the border, so that rounding and generalised shapes cannot move it across.
MARGIN_DEG = 0.00005
DEG_PER_M = 1 / 111_000

LonLat = tuple[float, float]


@dataclass(frozen=True)
class Street:
    """An invented straight stretch that attracts reports: from `start` towards `end`."""

    start: LonLat
    end: LonLat


@dataclass(frozen=True)
class Surroundings:
    """What draws reports inside one unit."""

    unit: Unit
    streets: tuple[Street, ...]
    anchors: tuple[LonLat, ...]


def inside(unit: Unit, lon: float, lat: float) -> bool:
    """Whether the point lies in the unit, clear of its border."""
    point = Point(lon, lat)
    return bool(unit.shape.contains(point)) and unit.shape.exterior.distance(point) > MARGIN_DEG


def distance_m(a: LonLat, b: LonLat) -> float:
    """Rough distance in metres, good to one per cent inside the province."""
    dx = (a[0] - b[0]) * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(dx, a[1] - b[1]) / DEG_PER_M


def anywhere(rng: Random, unit: Unit) -> LonLat:
    """A spot drawn evenly over the unit, 6 decimals."""
    west, south, east, north = unit.shape.bounds
    while True:
        lon, lat = round(rng.uniform(west, east), 6), round(rng.uniform(south, north), 6)
        if inside(unit, lon, lat):
            return lon, lat


def spread(rng: Random, unit: Unit, count: int) -> list[LonLat]:
    """Spots far from each other and from the border: each the best of twelve candidates (Mitchell 1991)."""
    spots: list[LonLat] = []
    while len(spots) < count:
        candidates = [anywhere(rng, unit) for _ in range(12)]
        spots.append(max(candidates, key=lambda place: _clearance_m(place, unit, spots)))
    return spots


def _clearance_m(place: LonLat, unit: Unit, spots: list[LonLat]) -> float:
    # The border counts double: a spot may be twice as near to it as to another spot.
    border = 2 * float(unit.shape.exterior.distance(Point(place))) / DEG_PER_M
    return min(border, *(distance_m(place, other) for other in spots)) if spots else border


def surroundings(seed: str, unit: Unit, anchors: list[LonLat]) -> Surroundings:
    """Invent the streets of a unit: a few, most of them leading towards the centre of the city."""
    rng = Random(f"{seed}/streets/{unit.set}/{unit.code}")
    streets = []
    for _ in range(4 if unit.urban else 2):
        lon, lat = anywhere(rng, unit)
        towards = math.atan2(CITY_CENTRE[1] - lat, CITY_CENTRE[0] - lon)
        heading = towards + rng.choice((0.0, 0.0, math.pi / 2)) + rng.gauss(0, 0.25)
        length = rng.uniform(700, 2200) * DEG_PER_M
        end = (lon + length * math.cos(heading), lat + length * math.sin(heading))
        streets.append(Street((lon, lat), end))
    west, south, east, north = unit.shape.bounds
    near = (place for place in anchors if west < place[0] < east and south < place[1] < north)
    own = tuple(place for place in near if inside(unit, *place))
    return Surroundings(unit, tuple(streets), own)


def spot(rng: Random, around: Surroundings) -> LonLat:
    """A spot inside the unit: mostly along a street, often near a real place, sometimes anywhere."""
    for _ in range(40):
        draw = rng.random()
        if draw < 0.62:
            street = rng.choice(around.streets)
            t = rng.random()
            lon = street.start[0] + t * (street.end[0] - street.start[0]) + rng.gauss(0, 25) * DEG_PER_M
            lat = street.start[1] + t * (street.end[1] - street.start[1]) + rng.gauss(0, 25) * DEG_PER_M
        elif draw < 0.84 and around.anchors:
            anchor = rng.choice(around.anchors)
            lon = anchor[0] + rng.gauss(0, 140) * DEG_PER_M
            lat = anchor[1] + rng.gauss(0, 140) * DEG_PER_M
        else:
            break
        lon, lat = round(lon, 6), round(lat, 6)
        if inside(around.unit, lon, lat):
            return lon, lat
    return anywhere(rng, around.unit)


def pull(unit: Unit) -> float:
    """How many reports a unit of the former city draws: most in the centre, fewer outward, never none."""
    middle = unit.shape.representative_point()
    return 0.25 + 3.0 * math.exp(-distance_m((middle.x, middle.y), CITY_CENTRE) / 2600)


def both_units(ground: Ground, old: Unit, place: LonLat) -> Unit | None:
    """Today's unit at a spot of the former city, or None when the spot is too close to today's border."""
    today = ground.today_at(*place)
    return today if today is not None and inside(old, *place) and inside(today, *place) else None
