# SPDX-License-Identifier: Apache-2.0
"""What simulated SensorThings stations are and measure, and in which order their readings go out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

Json = dict[str, Any]
# What a station measures: its own words, the unit, the usual value and how far readings are from it.
MEASURES = {
    "PM2.5": ("µg/m³", 38.0, 12.0),
    "Temperature": ("°C", 24.0, 3.0),
    "Humidity": ("%", 70.0, 8.0),
    "Rainfall": ("mm", 2.0, 1.5),
}
_PLACES = ((105.8412, 21.5901), (105.8277, 21.5643), (105.8703, 21.5452), (105.6402, 21.7021), (105.8791, 21.4708))


class Reading(NamedTuple):
    """One measured value."""

    measure: str
    moment: datetime
    value: float

    def body(self) -> Json:
        """As an Observation."""
        return {"phenomenonTime": self.moment.isoformat(), "result": self.value}


@dataclass(frozen=True)
class Manner:
    """How a station behaves; ``duplicates``, ``late`` and ``corrupt`` are per cent of its readings."""

    seed: str
    count: int
    rate: float
    step_s: float
    until: datetime
    array: int
    duplicates: float
    late: float
    corrupt: float


def station_name(number: int) -> str:
    """The id by which a station knows itself."""
    return f"STA-{number:02d}"


def value_of(seed: str, number: int, measure: str, moment: datetime) -> float:
    """What a station measures at a moment; the same again for the same seed."""
    _, usual, spread = MEASURES[measure]
    rng = Random(f"{seed}/{number}/{measure}/{moment.timestamp():.3f}")
    return round(max(0.0, usual + rng.uniform(-spread, spread)), 1)


def readings(manner: Manner, number: int) -> Iterator[Reading]:
    """What a station measures, in the order of time."""
    for step in range(manner.count):
        moment = manner.until - timedelta(seconds=manner.step_s * (manner.count - 1 - step))
        for measure in MEASURES:
            yield Reading(measure, moment, value_of(manner.seed, number, measure, moment))


def sent_order(manner: Manner, number: int) -> Iterator[Reading]:
    """The same as it goes out: some twice, some ten readings later."""
    rng = Random(f"{manner.seed}/order/{number}")
    late: list[tuple[int, Reading]] = []
    for place, reading in enumerate(readings(manner, number)):
        if rng.random() < manner.late / 100:
            late.append((place + 10, reading))
        else:
            yield reading
        if rng.random() < manner.duplicates / 100:
            yield reading
        yield from (held for due, held in late if due <= place)
        late = [(due, held) for due, held in late if due > place]
    yield from (held for _, held in late)


def thing(number: int) -> Json:
    """A station as it registers itself."""
    lon, lat = _PLACES[number % len(_PLACES)]
    moved = 0.002 * (number // len(_PLACES))
    return {
        "name": f"Trạm STA {number:02d}",
        "description": "Trạm thời tiết và không khí (mô phỏng)",
        "properties": {"external_id": station_name(number), "kind": "air", "status": "online"},
        "Locations": [
            {
                "name": "Vị trí trạm",
                "description": "Vị trí trạm",
                "encodingType": "application/geo+json",
                "location": {"type": "Point", "coordinates": [lon + moved, lat]},
            }
        ],
        "Datastreams": [_datastream(measure, unit) for measure, (unit, _, _) in MEASURES.items()],
    }


def _datastream(measure: str, unit: str) -> Json:
    return {
        "name": measure,
        "description": measure,
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": unit, "symbol": unit, "definition": ""},
        "ObservedProperty": {"name": measure, "definition": f"http://example.org/{measure}", "description": measure},
        "Sensor": {"name": "Mô phỏng", "description": "", "encodingType": "text/html", "metadata": "simulated"},
    }
