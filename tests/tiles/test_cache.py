# SPDX-License-Identifier: Apache-2.0
"""Tiles kept in a process: once for all who wait, exactly as long as they are right, within bounds."""

import asyncio
import math
import random
import time
from dataclasses import dataclass

import pytest

from geo.tile import TileId, patch_of, tile_at
from tiles.cache import ClientGone, Key, Space, TileCache

HERE = (105.84, 21.59)
TILE = tile_at(*HERE, 12)
SPACE = Space(("incidents",), "", "all")
PATCH = patch_of(*HERE, *HERE)


@dataclass(eq=False)
class Made:
    """Something kept."""

    number: int
    size: int = 10
    alive: bool = False
    until: float = math.inf


class Maker:
    """Makes numbered values, each when it is let."""

    def __init__(self) -> None:
        self.made = 0
        self.cancelled = 0
        self.let = asyncio.Event()
        self.let.set()

    async def __call__(self) -> Made:
        number = self.made = self.made + 1
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return Made(number)


@pytest.fixture
async def cache() -> TileCache[Made]:
    made: TileCache[Made] = TileCache(max_bytes=1_000, max_spaces=5)
    made.trust(True)
    return made


async def begun() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_made_once_for_all_who_ask(cache: TileCache[Made]) -> None:
    make = Maker()
    make.let.clear()
    asking = [asyncio.create_task(cache.get((SPACE, TILE), make)) for _ in range(20)]
    await begun()
    make.let.set()
    assert {value.number for value in await asyncio.gather(*asking)} == {1}
    assert (await cache.get((SPACE, TILE), make)).number == 1
    assert (make.made, len(cache), cache.bytes) == (1, 1, 10)


async def test_a_failure_is_everyones_and_is_not_kept(cache: TileCache[Made]) -> None:
    async def fail() -> Made:
        await asyncio.sleep(0)
        raise ValueError

    answers = await asyncio.gather(*(cache.get((SPACE, TILE), fail) for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError] * 3
    assert (await cache.get((SPACE, TILE), Maker())).number == 1


async def test_what_began_before_a_change_is_not_kept(cache: TileCache[Made]) -> None:
    make = Maker()
    make.let.clear()
    before = asyncio.create_task(cache.get((SPACE, TILE), make))
    await begun()
    cache.evict("incidents", [PATCH])
    after = asyncio.create_task(cache.get((SPACE, TILE), make))
    await begun()
    make.let.set()
    first, second = await before, await after
    assert (first.number, second.number) == (1, 2), "who asks after the change does not get what began before it"
    assert (first.alive, second.alive) == (False, True)
    assert (await cache.get((SPACE, TILE), make)) is second


async def test_nobody_waits_any_more(cache: TileCache[Made]) -> None:
    make = Maker()
    make.let.clear()
    leaving = [asyncio.create_task(asyncio.sleep(0)) for _ in range(2)]
    asking = [asyncio.create_task(cache.get((SPACE, TILE), make, gone)) for gone in leaving]
    patient = asyncio.create_task(cache.get((SPACE, TILE), make))
    for one in asking:
        with pytest.raises(ClientGone):
            await one
    assert make.cancelled == 0
    patient.cancel()
    await asyncio.wait([patient])
    await begun()
    assert make.cancelled == 1
    make.let.set()
    assert (await cache.get((SPACE, TILE), make)).number == 2


async def test_exactly_what_a_change_touches_is_dropped(cache: TileCache[Made]) -> None:
    cache = TileCache(10_000, 100)
    cache.trust(True)
    others = [
        Space(("cameras",), "", "all"),
        Space(("incidents",), "filter", "area"),
        Space(("cameras", "incidents"), "", ""),
    ]
    places = [TILE._replace(x=TILE.x + dx) for dx in range(3)] + [TILE.parent(), TileId(0, 0, 0)]
    held = {(space, tile): await cache.get((space, tile), Maker()) for space in (SPACE, *others) for tile in places}
    cache.evict("incidents", [PATCH])
    dropped = {key for key, value in held.items() if not value.alive}
    stale = {TILE, TILE.parent(), TileId(0, 0, 0)}
    assert dropped == {(space, tile) for space, tile in held if "incidents" in space.layers and tile in stale}
    cache.evict("incidents", None)
    assert {key[0] for key, value in held.items() if value.alive} == {others[0]}
    cache.evict("unknown", None)
    cache.evict("cameras", [])
    assert len(cache) == len(places) and cache.bytes == 10 * len(places)


async def test_without_word_of_changes_nothing_is_kept(cache: TileCache[Made]) -> None:
    make = Maker()
    kept = await cache.get((SPACE, TILE), make)
    make.let.clear()
    begun_before = asyncio.create_task(cache.get((SPACE, TILE.parent()), make))
    await begun()
    cache.trust(False)
    assert not kept.alive
    cache.trust(True)
    make.let.set()
    await begun_before
    assert len(cache) == 0, "what began in the dark is not kept either"
    cache.trust(False)
    await cache.get((SPACE, TILE), make)
    assert len(cache) == 0


async def test_bounded_by_bytes_and_by_questions(cache: TileCache[Made]) -> None:
    for x in range(150):
        await cache.get((SPACE, TileId(12, x, 0)), Maker())
        await cache.get((SPACE, TileId(12, 0, 0)), Maker())
    assert cache.bytes == 1_000 and len(cache) == 100
    again = Maker()
    await cache.get((SPACE, TileId(12, 0, 0)), again)
    assert again.made == 0, "what is used stays"
    for number in range(20):
        await cache.get((Space(("incidents",), str(number), ""), TILE), Maker())
    assert cache.spaces == 5
    assert len(cache) == 5, "the question with the many tiles went as one"


async def test_what_ages_is_made_anew(cache: TileCache[Made]) -> None:
    async def make() -> Made:
        return Made(1, until=time.time() - 1)

    first = await cache.get((SPACE, TILE), make)
    second = await cache.get((SPACE, TILE), make)
    assert first is not second and not first.alive and len(cache) == 1


async def test_a_random_run_never_serves_what_is_stale(cache: TileCache[Made]) -> None:
    """A model: a value is right when it was made after the last change that its asker could know of."""
    chance = random.Random(5)
    versions = {tile: 0 for tile in (TileId(12, x, 0) for x in range(4))}

    async def ask(tile: TileId) -> None:
        known = versions[tile]
        space = Space(("incidents",), chance.choice("ab"), "")

        async def make() -> Made:
            seen = versions[tile]  # what a snapshot sees at its start
            await asyncio.sleep(chance.random() / 500)
            return Made(seen)

        key: Key = (space, tile)
        assert (await cache.get(key, make)).number >= known

    async def edit() -> None:
        tile = chance.choice(list(versions))
        west, south, east, north = tile.bbox
        lon, lat = (west + east) / 2, (south + north) / 2
        versions[tile] += 1
        cache.evict("incidents", [patch_of(lon, lat, lon, lat)])

    running: list[asyncio.Task[None]] = []
    for _ in range(3_000):
        running.append(asyncio.create_task(ask(chance.choice(list(versions))) if chance.random() < 0.8 else edit()))
        if chance.random() < 0.3:
            await asyncio.sleep(chance.random() / 1000)
    await asyncio.gather(*running)
    assert cache.hits > 100 and cache.evicted > 50
    cache.clear()
    assert (len(cache), cache.bytes, cache.spaces) == (0, 0, 0)
