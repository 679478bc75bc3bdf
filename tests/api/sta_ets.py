# SPDX-License-Identifier: Apache-2.0
"""What the restated tests of OGC's suite share: two stations with readings, and what every entity must have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from layers.sta.model import ENTITY_TYPES, EntityType
from tests.api.sta_desk import ROOT, Json, StaDesk, open_sta_desk, station, stream

ALL = list(ENTITY_TYPES.values())


@asynccontextmanager
async def open_ets_desk(url: str, folder: Path) -> AsyncIterator[StaDesk]:
    """A door with two stations of two datastreams each, and twelve readings."""
    async with open_sta_desk(url, folder) as desk:
        for number in (1, 2):
            readings = [
                {"phenomenonTime": f"2026-11-{number:02d}T00:{minute:02d}:00Z", "result": 10 * number + minute}
                for minute in range(3)
            ]
            streams = [stream(Observations=readings), stream("Noise", "dB(A)", Observations=readings)]
            await desk.post("Things", station(f"Trạm {number}", f"E-{number}", Datastreams=streams))
        yield desk


async def first(sta: StaDesk, kind: EntityType) -> Any:
    """The id of an entity of our own stations."""
    if kind.plural in ("Sensors", "ObservedProperties"):
        return {"Sensors": "sensors.air", "ObservedProperties": "sensors.pm25"}[kind.plural]
    own = f"properties/source eq '{sta.source}'"
    words = {
        "Things": own,
        "Datastreams": f"Thing/{own}",
        "Observations": f"Datastream/Thing/{own}",
        "Locations": f"Things/{own}",
        "HistoricalLocations": f"Thing/{own}",
        "FeaturesOfInterest": f"Observations/Datastream/Thing/{own}",
    }[kind.plural]
    return (await sta.get(kind.plural, filter=words, top="1"))["value"][0]["@iot.id"]


async def one(sta: StaDesk, kind: EntityType) -> str:
    """The address of that entity."""
    key = await first(sta, kind)
    return f"{kind.plural}({key})" if isinstance(key, int) else f"{kind.plural}('{key}')"


def check_entity(kind: EntityType, entity: Json) -> None:
    """Control information, mandatory properties and relations."""
    assert entity["@iot.id"] is not None
    assert entity["@iot.selfLink"].startswith(f"http://testserver{ROOT}/{kind.plural}(")
    optional = {"properties", "observedArea", "phenomenonTime", "parameters", "resultQuality"}
    missing = set(kind.properties) - entity.keys()
    assert missing <= (optional if kind.name == "Datastream" else optional - {"phenomenonTime"})
    for relation in kind.relations:
        assert entity[f"{relation.name}@iot.navigationLink"] == f"{entity['@iot.selfLink']}/{relation.name}"
