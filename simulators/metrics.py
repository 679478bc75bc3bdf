# SPDX-License-Identifier: Apache-2.0
"""Hourly readings of the invented stations for the week before the reference. No population: none is to be invented."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from simulators.boundaries import Json
from simulators.moments import rainy_days, rfc3339
from simulators.sensors import aqi_of_pm25

HOURS = 7 * 24
# Share of the day's mean by hour, in Vietnam: traffic in the morning and the evening, mixing in the afternoon.
_DUST = (
    *(0.95, 0.92, 0.90, 0.90, 0.94, 1.02, 1.15, 1.28, 1.25, 1.12, 1.00, 0.92),
    *(0.86, 0.80, 0.76, 0.76, 0.82, 0.95, 1.12, 1.22, 1.20, 1.12, 1.05, 1.00),
)
_NOISE = (*(48, 47, 46, 46, 48, 54, 61, 66, 67, 66, 65, 65), *(63, 62, 63, 64, 66, 68, 67, 65, 62, 58, 54, 50))


def observations(stations: list[Json], seed: str, reference: datetime) -> list[Json]:
    """Readings at every full hour before the last that the stations themselves carry, hour by hour.

    They lead to what a station shows: where it carries a value, the last readings come near it.
    """
    found: list[tuple[datetime, Json]] = []
    for station in stations:
        rng = Random(f"{seed}/observations/{station['id']}")
        readings = _KINDS[str(station["kind"])](rng, station, seed, reference)
        for moment, values in readings:
            quality = {"quality": "calibrating"} if rng.random() < 0.004 else {}
            for name, value in values.items():
                record = {"sensor": station["id"], "property": name, "time": rfc3339(moment), "value": value}
                found.append((moment, record | quality))
    return [record for _, record in sorted(found, key=lambda pair: pair[0])]


_Readings = list[tuple[datetime, dict[str, float]]]


def _hours(reference: datetime) -> list[datetime]:
    return [reference - timedelta(hours=back) for back in range(HOURS, 0, -1)]


def _air(rng: Random, station: Json, seed: str, reference: datetime) -> _Readings:
    mean = float(station["pm25"]) / _DUST[23]
    drift, found = 0.0, []
    for moment in reversed(_hours(reference)):
        drift = 0.9 * drift + rng.gauss(0, 0.05)
        pm25 = round(max(4.0, mean * _DUST[moment.hour] * math.exp(drift)), 1)
        found.append((moment, {"pm25": pm25, "aqi": float(aqi_of_pm25(pm25))}))
    return found


def _water(rng: Random, station: Json, seed: str, reference: datetime) -> _Readings:
    level, found = float(station["level_m"]), []
    wet = rainy_days(seed)
    for moment in reversed(_hours(reference)):
        # Backwards in time: what rain brought runs off over a day.
        risen = 0.05 if _days_back(moment, reference) in wet else -0.008
        level = min(27.0, max(19.6, level - risen + rng.gauss(0, 0.015)))
        found.append((moment, {"level_m": round(level, 2)}))
    return found


def _rain(rng: Random, station: Json, seed: str, reference: datetime) -> _Readings:
    found, wet = [], rainy_days(seed)
    for moment in _hours(reference):
        heavy = _days_back(moment, reference) in wet
        rains = rng.random() < (0.55 if heavy else 0.04)
        found.append((moment, {"rain_mm": round(rng.expovariate(1 / (9.0 if heavy else 1.5)), 1) if rains else 0.0}))
    return found


def _noise(rng: Random, station: Json, seed: str, reference: datetime) -> _Readings:
    louder = rng.gauss(0, 2.5)
    return [
        (moment, {"noise_db": round(_NOISE[moment.hour] + louder + rng.gauss(0, 1.2), 1)})
        for moment in _hours(reference)
    ]


_KINDS: dict[str, Callable[[Random, Json, str, datetime], _Readings]] = {
    "air": _air,
    "water": _water,
    "rain": _rain,
    "noise": _noise,
}


def _days_back(moment: datetime, reference: datetime) -> int:
    return (reference - moment).days
