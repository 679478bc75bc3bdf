# SPDX-License-Identifier: Apache-2.0
"""The oracle of the race: what was committed when, and what a tile may therefore show.

Every state of a feature has a number of its own, in its title. A state may show from the moment at which its COMMIT was
sent, and must no longer show some time after a later state's COMMIT was answered.
"""

import math
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

WEST, SOUTH, EAST, NORTH = 107.0, 16.2, 107.2, 16.4
# The area of the narrow reader: the southern half (tests.support.grid, NEW, 00001).
MIDDLE = 16.3
# Alerts are squares with this half side, in degrees.
HALF = 0.001
# A tile shows 64 units of 4096 beyond its square; between these two it may be rounded either way.
SURE, NEVER = 62, 66
FOLDS_BELOW = 13


@dataclass
class State:
    """One state of a feature; ``place`` is ``None`` where it does not exist. ``sure`` is when COMMIT was answered."""

    number: int
    place: tuple[float, float] | None
    severity: str = "low"
    began: float = -math.inf
    sure: float = -math.inf


@dataclass
class Thing:
    """A feature with its states, the last one last, and what the log must say of it: operation and revision."""

    layer: str
    name: str
    states: list[State] = field(default_factory=lambda: [State(0, None)])
    logged: list[tuple[str, int]] = field(default_factory=list)
    revision: int = 0
    numbers: int = 0
    geometry_writes: int = 0
    bulk: bool = False

    @property
    def place(self) -> tuple[float, float] | None:
        """Where its owner left it."""
        return self.states[-1].place

    def next_number(self) -> int:
        """A number that was never used, also not by a transaction that was rolled back."""
        self.numbers += 1
        return self.numbers

    def age(self, index: int, moment: float) -> float:
        """For how many seconds before a moment that state was surely over; 0 if it was not."""
        later = min((state.sure for state in self.states[index + 1 :]), default=math.inf)
        return max(0.0, moment - later)


class Question(NamedTuple):
    """What a tile is asked: layers, and which features of them."""

    layers: tuple[str, ...]
    high: bool = False
    area: bool = False

    def selects(self, state: State) -> bool:
        """Whether a state belongs to the answer."""
        if state.place is None or (self.high and state.severity != "high"):
            return False
        return not self.area or state.place[1] < MIDDLE


class Tile(NamedTuple):
    """A tile's place."""

    z: int
    x: int
    y: int

    def reach(self, place: tuple[float, float], half: float = 0.0) -> str:
        """Whether a place ``must``, ``may`` or can ``never`` show in this tile."""
        column, row = shares(*place)
        across, down = ((share * 2**self.z - first) * 4096 for share, first in ((column, self.x), (row, self.y)))
        wider = half / 360 * 2**self.z * 4096 * 1.1
        inside = 0 if half else SURE
        if all(-inside <= units <= 4096 + inside for units in (across, down)):
            return "must"
        if all(-NEVER - wider <= units <= 4096 + NEVER + wider for units in (across, down)):
            return "may"
        return "never"


def shares(lon: float, lat: float) -> tuple[float, float]:
    """A place as shares of the world's square, from the west and from the north."""
    return (lon + 180) / 360, 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)


def tiles_around(place: tuple[float, float], z: int, units: float) -> set[str]:
    """The tiles that show a place, if tiles show so many units beyond their square."""
    column, row = (share * 2**z for share in shares(*place))
    margin = units / 4096
    columns, rows = ({math.floor(at - margin), math.floor(at + margin)} for at in (column, row))
    return {f"{z}/{x}/{y}" for x in columns for y in rows}


def somewhere(chance: random.Random, near: tuple[float, float] | None = None) -> tuple[float, float]:
    """A place in the territory, away from the border between the areas."""
    while True:
        if near is None:
            place = (chance.uniform(WEST + 0.004, EAST - 0.004), chance.uniform(SOUTH + 0.004, NORTH - 0.004))
        else:
            step = chance.choice((0.0002, 0.002, 0.02))
            place = (near[0] + chance.uniform(-step, step), near[1] + chance.uniform(-step, step))
        inside = WEST + 0.004 < place[0] < EAST - 0.004 and SOUTH + 0.004 < place[1] < NORTH - 0.004
        if inside and abs(place[1] - MIDDLE) > 2 * HALF:
            return round(place[0], 6), round(place[1], 6)


@dataclass
class Model:
    """All features, and how much was committed."""

    things: dict[str, Thing] = field(default_factory=dict)
    committed: int = 0
    transactions: int = 0
    bulk_rows: int = 0
    happened: "Counter[str]" = field(default_factory=Counter)
    by_layer: dict[str, list[Thing]] = field(default_factory=dict)

    def new(self, layer: str, name: str) -> Thing:
        """A feature that does not exist yet."""
        thing = self.things[name] = Thing(layer, name)
        self.by_layer.setdefault(layer, []).append(thing)
        return thing

    def check(self, question: Question, tile: Tile, seen: dict[str, list[str]], asked: float) -> float:
        """How old the oldest thing is that a tile shows or lacks, in seconds; every title must have existed.

        Args:
            question: what was asked.
            tile: where.
            seen: the titles in the tile, by layer.
            asked: when the request began.
        """
        oldest = 0.0
        for layer in question.layers:
            shown = self._states_of(seen.get(layer, []))
            half = HALF if layer == "alerts" else 0.0
            for thing in self.by_layer.get(layer, ()):
                number = shown.pop(thing.name, None)
                oldest = max(oldest, self._age(thing, number, question, (tile, half), asked))
            assert not shown, f"never existed in {layer}: {shown}"
        return oldest

    def _age(
        self, thing: Thing, number: int | None, question: Question, where: tuple[Tile, float], asked: float
    ) -> float:
        tile, half = where
        for index in range(len(thing.states) - 1, -1, -1):
            state = thing.states[index]
            reach = tile.reach(state.place, half) if state.place is not None and question.selects(state) else "never"
            fits = reach != "must" if number is None else state.number == number and reach != "never"
            if fits:
                return thing.age(index, asked)
        raise AssertionError(f"{tile}: {thing.name} shows {number}, which never was: {thing.states}")

    def _states_of(self, titles: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for title in titles:
            name, _, number = title.partition("#")
            assert name not in found, f"{name} is twice in one tile"
            found[name] = int(number)
        return found

    def count_range(self, question: Question, tile: Tile, moments: tuple[float, float]) -> tuple[int, int]:
        """The least and the greatest number of features that a tile may count.

        Args:
            question: what was asked.
            tile: where.
            moments: since when later states must show, and when the answer was there.
        """
        since, until = moments
        least = most = 0
        for layer in question.layers:
            for thing in self.by_layer.get(layer, ()):
                reaches = set()
                for state in reversed(thing.states):
                    if state.began <= until:
                        selected = state.place is not None and question.selects(state)
                        reaches.add(tile.reach(state.place) if selected and state.place is not None else "never")
                    if state.sure <= since:
                        break
                least += reaches == {"must"}
                most += bool(reaches & {"must", "may"})
        return least, most


def now() -> float:
    """The clock of the race."""
    return time.monotonic()
