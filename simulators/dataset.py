# SPDX-License-Identifier: Apache-2.0
"""The whole demonstration as one value: the same seed and date give the same records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from simulators import alerts, cameras, incidents, metrics, pois, sensors
from simulators.boundaries import CITY_SET, PROVINCE_SET, Ground, Json, load_ground, upload
from simulators.moments import midnight

SEED = "toan-canh"


@dataclass(frozen=True)
class Part:
    """What is pushed to one layer: GeoJSON features or plain records, in order.

    `members` are the foreign members of the FeatureCollection; a part that has them is one publication and
    travels whole. `kind` is "observations" for readings of the layer's sensors.
    """

    layer: str
    title: str
    items: list[Json]
    members: Json | None = None
    kind: str | None = None

    def payloads(self, batch: int) -> Iterator[Json | list[Json]]:
        """Request bodies of at most `batch` items."""
        size = len(self.items) if self.members else batch
        for start in range(0, len(self.items), size):
            some = self.items[start : start + size]
            if some[0].get("type") == "Feature":
                yield {"type": "FeatureCollection", **(self.members or {}), "features": some}
            else:
                yield some


@dataclass(frozen=True)
class Dataset:
    """All parts in the order in which they are loaded, and what they were made from."""

    ground: Ground
    scene: incidents.Scene
    reports: list[incidents.Generated]
    warnings: list[incidents.Generated]
    parts: list[Part]

    def readings(self, seed: str, reference: datetime) -> Part:
        """What the stations measured in the week before the reference; loaded after the stations."""
        stations = self.part("sensors").items
        return Part("sensors", "observations", metrics.observations(stations, seed, reference), kind="observations")

    def part(self, layer: str) -> Part:
        """The (last) part of a layer."""
        return next(part for part in reversed(self.parts) if part.layer == layer)


def build(day: date, seed: str = SEED) -> Dataset:
    """Generate everything for a reference date; nothing in it happened after the midnight that begins it.

    Loaded records carry no revision: a load puts the demonstration back to its beginning, also after a live
    trickle and when a newer generator says something else about the same record.
    """
    reference = midnight(day)
    ground = load_ground()
    places = pois.generate(ground)
    scene = incidents.Scene(ground, seed, pois.anchors(places))
    reports = incidents.generate(scene, seed, reference)
    warnings = alerts.generate(scene, seed, reference)
    parts = [_unit_set(CITY_SET), _unit_set(PROVINCE_SET)]
    parts += [Part(layer, layer, places[layer]) for layer in pois.LAYERS]
    parts += [
        Part("cameras", "cameras", cameras.generate(ground, seed)),
        Part("sensors", "sensors", sensors.generate(ground, seed, reference)),
        Part("incidents", "incidents", [item.record for item in reports]),
        Part("alerts", "alerts", [item.record for item in warnings]),
    ]
    return Dataset(ground, scene, reports, warnings, parts)


def _unit_set(set_id: str) -> Part:
    collection = upload(set_id)
    return Part("units", f"units {set_id}", collection["features"], {"unit_set": collection["unit_set"]})
