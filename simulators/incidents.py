# SPDX-License-Identifier: Apache-2.0
"""1,819 invented reports: the figure of Thái Nguyên, with plausible places, hours, offices and progress."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from simulators.boundaries import PROVINCE_SET, Ground, Json, Unit
from simulators.moments import in_the_past, rainy_days, rfc3339
from simulators.places_in_unit import LonLat, Surroundings, both_units, pull, spot, surroundings
from simulators.texts_vi import IncidentText, alert_texts, incident_texts, incident_title, office, progress

TOTAL = 1819
CITY_SHARE = 0.70
UNLOCATED = round(0.03 * TOTAL)
UNIT_ONLY = round(0.04 * TOTAL)

_KIND_WEIGHTS = {
    "traffic": 25,
    "environment": 20,
    "infrastructure": 17,
    "order": 12,
    "construction": 7,
    "power": 6,
    "flood": 5,
    "health": 3,
    "fire": 2,
    "other": 3,
}
_WITH_RAIN = {"flood": 0.85, "power": 0.4}
_STATUS = ("new", "assigned", "in_progress", "resolved", "rejected")
# (age in days below, weights of the statuses): what is old has mostly been dealt with.
_STATUS_BY_AGE = (
    (1.0, (45, 25, 20, 8, 2)),
    (7.0, (7, 15, 25, 49, 4)),
    (30.0, (1, 3, 8, 83, 5)),
    (1e9, (0, 0.5, 1.5, 93, 5)),
)
# channel -> (weight, radius in metres within which the place holds)
_CHANNELS = {"app": (46, 20), "hotline": (24, 200), "web": (12, 100), "field": (11, 10), "camera": (7, 30)}
# What a camera can notice by itself.
_SEEN = {"traffic", "order", "fire", "flood"}


@dataclass(frozen=True)
class Generated:
    """A record and today's unit that it claims to lie in; None when it is unlocated."""

    record: Json
    unit: Unit | None


class Scene:
    """Where incidents happen: units, their invented streets, their real places, and how much each draws."""

    def __init__(self, ground: Ground, seed: str, anchors: list[LonLat]) -> None:
        self.ground = ground
        self.rain = rainy_days(seed)
        self._city = [surroundings(seed, unit, anchors) for unit in ground.city]
        self._city_weights = [pull(unit) for unit in ground.city]
        self._outer = [surroundings(seed, unit, anchors) for unit in ground.outer]
        self._outer_weights = [4.0 if unit.urban else 1.0 for unit in ground.outer]
        self.alert_texts = alert_texts()
        self._texts = incident_texts()
        self._text_weights = self._weigh()

    def text(self, rng: Random) -> IncidentText:
        """A template, by the weight of its kind and its own within the kind."""
        return rng.choices(self._texts, self._text_weights)[0]

    def place(self, rng: Random, *, city: bool) -> tuple[LonLat, Unit]:
        """A spot and today's unit that contains it, inside or outside the former city."""
        while True:
            around: Surroundings
            if not city:
                around = rng.choices(self._outer, self._outer_weights)[0]
                return spot(rng, around), around.unit
            around = rng.choices(self._city, self._city_weights)[0]
            where = spot(rng, around)
            unit = both_units(self.ground, around.unit, where)
            if unit is not None:
                return where, unit

    def _weigh(self) -> list[float]:
        totals = dict.fromkeys(_KIND_WEIGHTS, 0)
        for text in self._texts:
            totals[text.kind] += text.weight
        return [_KIND_WEIGHTS[text.kind] * text.weight / totals[text.kind] for text in self._texts]


def generate(scene: Scene, seed: str, reference: datetime) -> list[Generated]:
    """All reports in the order of their time, with ids "PA-2026-00001" and up."""
    drafts = []
    fates = _fates(Random(f"{seed}/incidents/fates"))
    for number, (city, fate) in enumerate(fates):
        rng = Random(f"{seed}/incident/{number}")
        text = scene.text(rng)
        days = scene.rain if rng.random() < _WITH_RAIN.get(text.kind, 0.0) else ()
        moment = in_the_past(rng, reference, text.hours, days)
        where, unit = scene.place(rng, city=city)
        drafts.append(_draft(rng, text, moment, (where, unit, fate)))
    drafts.sort(key=lambda draft: str(draft.record["time"]))
    for number, draft in enumerate(drafts, 1):
        age_days = (reference - datetime.fromisoformat(draft.record["time"])).total_seconds() / 86400
        rng = Random(f"{seed}/incident-status/{number}")
        weights = next(weights for limit, weights in _STATUS_BY_AGE if age_days < limit)
        record = with_status(draft.record, rng.choices(_STATUS, weights)[0])
        record["id"] = f"PA-{reference.year}-{number:05d}"
        drafts[number - 1] = Generated(record, draft.unit)
    return drafts


def compose(rng: Random, scene: Scene, moment: datetime) -> Json:
    """One new located report at a moment, without an id: for the live trickle."""
    where, unit = scene.place(rng, city=rng.random() < CITY_SHARE)
    return _draft(rng, scene.text(rng), moment, (where, unit, "located")).record


def with_status(record: Json, status: str) -> Json:
    """The record at another step of its handling, its description saying so."""
    return record | {
        "status": status,
        "description": progress(record["description"], status, record["agency"]),
    }


def _fates(rng: Random) -> list[tuple[bool, str]]:
    """For each report: whether it belongs to the city, and how well its place is known."""
    in_city = round(CITY_SHARE * TOTAL)
    cities = [number < in_city for number in range(TOTAL)]
    fates = ["unlocated"] * UNLOCATED + ["unit"] * UNIT_ONLY
    fates += ["located"] * (TOTAL - len(fates))
    rng.shuffle(fates)
    return list(zip(cities, fates, strict=True))


def _draft(rng: Random, text: IncidentText, moment: datetime, at: tuple[LonLat, Unit, str]) -> Generated:
    where, found, fate = at
    unit = None if fate == "unlocated" else found
    channel = rng.choices(list(_CHANNELS), [weight for weight, _ in _CHANNELS.values()])[0]
    if (fate != "located" and channel in {"camera", "field"}) or (
        channel == "camera" and text.kind not in _SEEN
    ):
        channel = "hotline"
    record: Json = {"id": "", "time": rfc3339(moment)}
    if fate == "located":
        record |= {"lon": where[0], "lat": where[1], "location_radius_m": _CHANNELS[channel][1]}
    elif fate == "unit":
        record |= {"unit_code": found.code, "unit_set": PROVINCE_SET}
    record |= {
        "title": incident_title(rng, text, unit),
        "kind": text.kind,
        "severity": text.severity,
        "status": "new",
        "description": text.description,
        "agency": office(rng, text.kind, unit),
        "channel": channel,
    }
    return Generated(record, unit)
