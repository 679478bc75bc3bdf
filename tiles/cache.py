# SPDX-License-Identifier: Apache-2.0
"""Tiles kept in one process: bounded, made once for all who wait, and dropped exactly where something changed.

A tile that is being made is known to the cache like one that is there. A change therefore also drops what began before
it: that tile is given to those who already waited for it, but it is not kept, and who asks afterwards has it made anew.
While nobody can say what changes (the change log is out of reach), nothing is kept at all.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, NamedTuple, Protocol, TypeVar

from geo.tile import Patch, TileId
from tiles.stale import MARGIN


class Space(NamedTuple):
    """Tiles that answer one question: which layers, with which filter, for which visibility class."""

    layers: tuple[str, ...]
    question: str
    visibility: str


class Held(Protocol):
    """A tile that can be kept: ``alive`` from then on until its eviction; at ``until`` (seconds since 1970) it ages."""

    alive: bool
    until: float

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        ...


V = TypeVar("V", bound=Held)
Key = tuple[Space, TileId]


class ClientGone(Exception):
    """Who asked does not wait any more."""


class _Flight(Generic[V]):
    """A tile that is being made, and for how many."""

    def __init__(self, task: "asyncio.Task[V]") -> None:
        self.task = task
        self.waiting = 0


class TileCache(Generic[V]):
    """Least recently used tiles go first, and whole questions when there are too many different ones."""

    def __init__(self, max_bytes: int, max_spaces: int, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._max_bytes = max_bytes
        self._max_spaces = max_spaces
        self._held: OrderedDict[Key, V] = OrderedDict()
        self._spaces: OrderedDict[Space, set[TileId]] = OrderedDict()
        self._flights: dict[Key, _Flight[V]] = {}
        # Which questions have (or are making) a tile at a place: layer, zoom, (x, y).
        self._places: dict[str, dict[int, dict[tuple[int, int], set[Space]]]] = {}
        self._trusted = False
        self.bytes = self.made = self.evicted = self.hits = 0

    def __len__(self) -> int:
        return len(self._held)

    @property
    def spaces(self) -> int:
        """How many different questions are kept."""
        return len(self._spaces)

    def trust(self, trusted: bool) -> None:
        """Whether changes are being told. What was kept before trust was lost is dropped."""
        if self._trusted and not trusted:
            self.clear()
        self._trusted = trusted

    def touch(self, key: Key) -> None:
        """A kept tile was used."""
        self.hits += 1
        if key in self._held:
            self._held.move_to_end(key)
            self._spaces.move_to_end(key[0])

    async def get(self, key: Key, make: Callable[[], Awaitable[V]], gone: "asyncio.Task[None] | None" = None) -> V:
        """The kept tile, or one that is made now, once for all who ask meanwhile.

        Args:
            key: question and place.
            make: makes the tile; cancelled when nobody waits for it any more.
            gone: ends when who asked goes away.

        Raises:
            ClientGone: who asked went away first.
        """
        held = self._held.get(key)
        if held is not None and held.until > self._clock():
            self.touch(key)
            return held
        flight = self._flights.get(key)
        if flight is None:
            flight = self._start(key, make)
        flight.waiting += 1
        try:
            await asyncio.wait({flight.task} if gone is None else {flight.task, gone}, return_when="FIRST_COMPLETED")
            if not flight.task.done():
                raise ClientGone
            return flight.task.result()
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                flight.task.cancel()
                self._land(key, flight)

    def evict(self, layer: str, patches: Iterable[Patch] | None) -> None:
        """Drop the layer's tiles that show something of these patches; ``None`` drops all of the layer."""
        zooms = self._places.get(layer)
        if not zooms:
            return
        if patches is None:
            stale = [(z, xy) for z, places in zooms.items() for xy in places]
        else:
            stale = [(z, xy) for patch in patches for z, places in zooms.items() for xy in _within(patch, z, places)]
        for z, xy in stale:
            # Copied: dropping takes the spaces away from under the loop, and the whole zoom with the last of them.
            for space in list(zooms.get(z, {}).get(xy, ())):
                self._drop((space, TileId(z, *xy)))

    def clear(self) -> None:
        """Drop everything, also what is being made."""
        for key in [*self._held, *self._flights]:
            self._drop(key)

    def _start(self, key: Key, make: Callable[[], Awaitable[V]]) -> _Flight[V]:
        self._drop(key)  # what has aged
        self.made += 1
        flight: _Flight[V] = _Flight(asyncio.ensure_future(self._fly(key, make)))
        self._flights[key] = flight
        self._enter(key)
        return flight

    async def _fly(self, key: Key, make: Callable[[], Awaitable[V]]) -> V:
        trusted = self._trusted
        task = asyncio.current_task()
        flight: _Flight[V] | None = None
        try:
            value = await make()
            # Still the one of this place: no change came since it began.
            flight = self._flights.get(key)
            if trusted and self._trusted and flight is not None and flight.task is task:
                self._keep(key, value)
            return value
        finally:
            flight = self._flights.get(key)
            if flight is not None and flight.task is task:
                self._land(key, flight)

    def _land(self, key: Key, flight: _Flight[V]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
            if key not in self._held:
                self._leave(key)

    def _keep(self, key: Key, value: V) -> None:
        if value.size > self._max_bytes:
            return
        value.alive = True
        self._held[key] = value
        self.bytes += value.size
        space, tile = key
        self._spaces.setdefault(space, set()).add(tile)
        self._spaces.move_to_end(space)
        while self.bytes > self._max_bytes:
            self._drop(next(iter(self._held)))
        while len(self._spaces) > self._max_spaces:
            oldest = next(iter(self._spaces))
            for tile in list(self._spaces[oldest]):
                self._drop((oldest, tile))

    def _drop(self, key: Key) -> None:
        self._flights.pop(key, None)
        value = self._held.pop(key, None)
        if value is not None:
            value.alive = False
            self.evicted += 1
            self.bytes -= value.size
            tiles = self._spaces[key[0]]
            tiles.discard(key[1])
            if not tiles:
                del self._spaces[key[0]]
        self._leave(key)

    def _enter(self, key: Key) -> None:
        space, (z, x, y) = key
        for layer in space.layers:
            self._places.setdefault(layer, {}).setdefault(z, {}).setdefault((x, y), set()).add(space)

    def _leave(self, key: Key) -> None:
        space, (z, x, y) = key
        for layer in space.layers:
            places = self._places.get(layer, {}).get(z, {})
            spaces = places.get((x, y))
            if spaces is None:
                continue
            spaces.discard(space)
            if not spaces:
                del places[x, y]


def _within(patch: Patch, z: int, places: dict[tuple[int, int], set[Space]]) -> list[tuple[int, int]]:
    span = patch.span(z, MARGIN)
    if span.size <= len(places):
        return [(tile.x, tile.y) for tile in span.tiles() if (tile.x, tile.y) in places]
    return [xy for xy in places if span.holds(*xy)]
