# SPDX-License-Identifier: Apache-2.0
"""40 invented stations: air, water level on the river, rain, noise, with readings that agree."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from simulators.boundaries import Ground, Json, Unit
from simulators.moments import revision, rfc3339
from simulators.places_in_unit import LonLat, anywhere, inside

_TITLES = {
    "air": "Trạm không khí",
    "water": "Trạm mực nước",
    "rain": "Trạm đo mưa",
    "noise": "Trạm tiếng ồn",
}
# Units of today with a station; the water stations stand in communes on the Cầu and Công rivers.
_STATIONS: dict[str, tuple[str, ...]] = {
    "air": (
        *("05443", "05443", "05482", "05467", "05500", "05455"),
        *("05710", "05518", "05860", "05908", "05830", "01843"),
    ),
    "water": ("05482", "05443", "05467", "05710", "05908", "05953", "02086", "01843", "05518", "05488"),
    "rain": (
        *("05443", "05503", "05569", "05716", "05719", "05830"),
        *("01906", "01954", "02020", "02155", "05611", "05680"),
    ),
    "noise": ("05443", "05443", "05482", "05500", "05860", "05518"),
}
# VN_AQI of PM2.5 (Decision 1459/QĐ-TCMT): concentration in µg/m³ -> index.
_BREAKS = ((0, 0), (25, 50), (50, 100), (80, 150), (150, 200), (250, 300), (350, 400), (500, 500))


def generate(ground: Ground, seed: str, reference: datetime) -> list[Json]:
    """One record per station with its last reading before the reference."""
    units = {unit.code: unit for unit in ground.province}
    records = []
    for kind, codes in _STATIONS.items():
        for number, code in enumerate(codes, 1):
            rng = Random(f"{seed}/sensor/{kind}/{number}")
            lon, lat = _site(rng, ground, units[code])
            moment = reference - timedelta(minutes=rng.randrange(2, 58))
            record: Json = {
                "id": f"QT-{kind.upper()}-{number:02d}",
                "lon": lon,
                "lat": lat,
                "time": rfc3339(moment),
                "name": f"{_TITLES[kind]} {number:02d} · {units[code].name}",
                "kind": kind,
                "status": "offline" if rng.random() < 0.06 else "online",
            }
            records.append(record | first_reading(rng, kind))
    return records


def first_reading(rng: Random, kind: str) -> Json:
    """A plausible value of a station's own kind; rain and noise stations have no field of their own yet."""
    if kind == "air":
        pm25 = round(rng.triangular(14, 95, 36), 1)
        return {"pm25": pm25, "aqi": aqi_of_pm25(pm25)}
    if kind == "water":
        return {"level_m": round(rng.uniform(20.2, 24.6), 2)}
    return {}


def next_reading(rng: Random, record: Json, now: datetime) -> Json:
    """The station's record a while later: values drift, they do not jump."""
    later = max(revision(now), record.get("revision", 0) + 1)
    changed = record | {"revision": later, "time": rfc3339(now), "status": "online"}
    if "pm25" in record:
        changed["pm25"] = round(min(160.0, max(8.0, float(record["pm25"]) + rng.gauss(0, 3))), 1)
        changed["aqi"] = aqi_of_pm25(changed["pm25"])
    if "level_m" in record:
        changed["level_m"] = round(min(27.5, max(19.5, float(record["level_m"]) + rng.gauss(0, 0.04))), 2)
    return changed


def aqi_of_pm25(pm25: float) -> int:
    """VN_AQI from a PM2.5 concentration, linear between the break points."""
    for (low, index_low), (high, index_high) in pairwise(_BREAKS):
        if pm25 <= high:
            return round(index_low + (pm25 - low) * (index_high - index_low) / (high - low))
    return 500


def _site(rng: Random, ground: Ground, unit: Unit) -> LonLat:
    # Also clear of the old borders, so that both generations agree about the station.
    while True:
        place = anywhere(rng, unit)
        old = ground.before_at(*place)
        if old is None or inside(old, *place):
            return place
