# SPDX-License-Identifier: Apache-2.0
"""Readers of the race: they ask both servers for tiles as browsers do, and hold every answer against the model."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import mapbox_vector_tile

from faults.race_model import EAST, FOLDS_BELOW, NORTH, SOUTH, WEST, Model, Question, Tile, now, shares
from geo.db.pool import Database
from geo.tile import TileId
from layers.filters import parse_query
from layers.registry import LayerRegistry
from tiles.vector import layer_tile

# A tile may be this old, in seconds: in normal operation, and around the death of a process.
BOUND_S, BOUND_AROUND_DEATH_S = 1.0, 3.0
_QUESTIONS = (
    (Question(("incidents",)), range(8, 17)),
    (Question(("incidents",), high=True), range(8, 17)),
    (Question(("cameras",)), range(10, 17)),
    (Question(("alerts",)), range(13, 17)),
    (Question(("incidents", "cameras")), range(13, 17)),
    (Question(("incidents",), area=True), range(10, 17)),
)
_PER_ZOOM = 12


@dataclass(frozen=True)
class Address:
    """A tile's address, and what it means."""

    question: Question
    tile: Tile

    @property
    def path(self) -> str:
        """As the request says it."""
        place = "/".join(str(number) for number in self.tile)
        return f"/tiles/{','.join(self.question.layers)}/{place}.mvt" + (
            "?filter=severity%3D%27high%27" if self.question.high else ""
        )


def addresses(chance: random.Random) -> list[Address]:
    """Tiles of every question at every zoom, some of them with nothing in them."""
    found = []
    for question, zooms in _QUESTIONS:
        for z in zooms:
            tiles = set()
            for _ in range(_PER_ZOOM):
                column, row = shares(chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH))
                tiles.add(Tile(z, int(column * 2**z), int(row * 2**z)))
            found += [Address(question, tile) for tile in sorted(tiles)]
    return found


def all_tiles(z: int) -> list[Tile]:
    """Every tile of the territory."""
    (left, top), (right, bottom) = shares(WEST, NORTH), shares(EAST, SOUTH)
    n = 2**z
    return [Tile(z, x, y) for x in range(int(left * n), int(right * n) + 1)
            for y in range(int(top * n), int(bottom * n) + 1)]  # fmt: skip


def decoded(body: bytes) -> dict[str, list[dict[str, Any]]]:
    """Layers with their features, in an order that does not depend on the statement's."""
    if not body:
        return {}
    layers = mapbox_vector_tile.decode(body)
    return {name: sorted(layer["features"], key=repr) for name, layer in layers.items() if layer["features"]}


class Browser:
    """One connection to one server, with a browser's memory of tags and bodies."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._key = key
        self._kept: dict[str, tuple[str, bytes]] = {}
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, address: Address) -> tuple[int, bytes]:
        """Status and body; 304 answers the kept body.

        Raises:
            OSError, EOFError: the server is away.
        """
        known = self._kept.get(address.path)
        more = f"If-None-Match: {known[0]}\r\n" if known else ""
        if address.question.area:
            more += f"Authorization: Bearer {self._key}\r\n"
        try:
            async with asyncio.timeout(30):
                status, headers, body = await self._ask(address.path, more)
        except (OSError, EOFError, TimeoutError):
            self.close()
            raise
        if status == 304:
            assert known is not None
            return status, known[1]
        if status == 200:
            self._kept[address.path] = (headers["etag"], body)
        elif status == 204:
            self._kept.pop(address.path, None)
        return status, body

    async def _ask(self, path: str, more: str) -> tuple[int, dict[str, str], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode())
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        status = int(first.split()[1])
        length = 0 if status in (204, 304) else int(headers["content-length"])
        return status, headers, await reader.readexactly(length)

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


@dataclass
class Findings:
    """What the readers saw."""

    answers: "Counter[int]" = field(default_factory=Counter)
    away: int = 0
    checked: int = 0
    ages_s: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    stale: list[str] = field(default_factory=list)


class Reader:
    """Asks one server for tiles at random, and checks the answers."""

    def __init__(self, browser: Browser, model: Model, findings: Findings, disturbed: Callable[[float], bool]) -> None:
        self._browser = browser
        self._model = model
        self._findings = findings
        self._disturbed = disturbed

    async def run(self, pool: list[Address], stop: asyncio.Event, chance: random.Random) -> None:
        """Until told to stop; some tiles are asked for much more often than others."""
        while not stop.is_set():
            address = pool[int(len(pool) * chance.random() ** 2)]
            asked = now()
            try:
                status, body = await self._browser.get(address)
            except (OSError, EOFError, TimeoutError):
                self._findings.away += 1
                await asyncio.sleep(0.1)
                continue
            self._findings.answers[status] += 1
            if status in (200, 204, 304):
                self._hold_against_model(address, body, asked)
            else:
                assert status == 503, status
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.005)
        self._browser.close()

    def _hold_against_model(self, address: Address, body: bytes, asked: float) -> None:
        layers = decoded(body)
        self._findings.checked += 1
        near_death = self._disturbed(asked)
        bound = BOUND_AROUND_DEATH_S if near_death else BOUND_S
        if address.tile.z < FOLDS_BELOW and address.question.layers == ("incidents",):
            count = sum(each["properties"].get("count", 1) for each in layers.get("incidents", []))
            least, most = self._model.count_range(address.question, address.tile, (asked - bound, now()))
            if not least <= count <= most:
                self._findings.stale.append(f"{address.path}: {count}, not {least} to {most}")
            return
        seen = {layer: [each["properties"].get("title") or each["properties"]["name"] for each in features]
                for layer, features in layers.items()}  # fmt: skip
        age = self._model.check(address.question, address.tile, seen, asked)
        self._findings.ages_s[near_death].append(age)
        if age > bound:
            self._findings.stale.append(f"{address.path}: {age:.2f} s{' near a death' if near_death else ''}")


class Truth:
    """Tiles by fresh statements, past every server."""

    def __init__(self, database: Database, registry: LayerRegistry, units: tuple[int, ...]) -> None:
        self._database = database
        self._registry = registry
        self._units = units

    async def tile(self, question: Question, tile: Tile) -> bytes:
        """The bytes that a server should answer."""
        database = self._database.within(self._units) if question.area else self._database
        parts = []
        for layer in question.layers:
            spec = self._registry[layer]
            query = parse_query(spec, {"filter": "severity='high'"} if question.high else {})
            if question.area:
                query = replace(query, area=self._units)
            made = await layer_tile(database, spec, query, TileId(*tile), datetime.now(UTC))
            parts.append(made.data)
        return b"".join(parts)

    async def compare(self, browsers: list[Browser], pool: list[Address]) -> int:
        """Hold every tile of every server against a fresh one; answers how many were compared."""
        compared = 0
        for address in pool:
            fresh = await self.tile(address.question, address.tile)
            for browser in browsers:
                with contextlib.suppress(OSError, EOFError):
                    status, body = await browser.get(address)
                    assert status in (200, 204, 304), status
                    assert body == fresh or decoded(body) == decoded(fresh), f"{address.path} stayed old ({status})"
                    compared += 1
        return compared

    async def snapshot(self) -> dict[tuple[str, str], object]:
        """All tiles of two zooms of the three layers, decoded."""
        found: dict[tuple[str, str], object] = {}
        for layer in ("incidents", "cameras", "alerts"):
            for tile in (*all_tiles(12), *all_tiles(14)):
                found[layer, f"{tile.z}/{tile.x}/{tile.y}"] = decoded(await self.tile(Question((layer,)), tile))
        return found
