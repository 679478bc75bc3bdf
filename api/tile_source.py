# SPDX-License-Identifier: Apache-2.0
"""Where tiles come from: the process's cache, else the database, for whoever may see them."""

import asyncio
import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from api.readers import Reader
from api.ready_tile import IMMUTABLE, LIVE, ReadyTile
from geo.db.change_log import Change
from geo.errors import BadParameter
from geo.tile import TileId
from layers.filters import FeatureQuery
from layers.registry import LayerRegistry
from layers.spec import LayerSpec
from layers.units_sql import day_end
from tiles.cache import Space, TileCache
from tiles.stale import patches_of
from tiles.vector import layer_tile

# Different filters, visibility classes and compositions that are kept at once.
_MAX_SPACES = 400
_MAX_LAYERS = 20
_MAX_ADDRESSES = 50_000


@dataclass(frozen=True)
class Asked:
    """What one request asks for: layers (several make one composite tile), a question, a place.

    ``of_draft``: of a version of units that is not published, which is never kept.
    """

    specs: tuple[LayerSpec, ...]
    query: FeatureQuery
    place: TileId
    of_draft: bool = False


def layers_of(names: str, registry: LayerRegistry) -> tuple[LayerSpec, ...]:
    """The layers of an address, each once: one, or several with commas between them for a composite tile.

    Raises:
        NotFound: one of them is not known to the reader.
        BadParameter: too many, or some that only come alone.
    """
    specs = tuple(registry.require(name) for name in dict.fromkeys(names.split(",")[: _MAX_LAYERS + 1]))
    if len(specs) > _MAX_LAYERS:
        raise BadParameter(f"A composite tile holds {_MAX_LAYERS} layers at most.", code="layers_too_many")
    if len(specs) > 1 and any(spec.store == "indicator" for spec in specs):
        raise BadParameter("Indicators come in tiles of their own.", code="layer_not_composable")
    return specs


class Address(NamedTuple):
    """What a request says before anything of it is read: path, query string and who asks."""

    path: str
    question: bytes
    visibility: str


class TileSource:
    """The tiles of one server process."""

    def __init__(self, clock: Callable[[], datetime], max_bytes: int) -> None:
        self.cache: TileCache[ReadyTile] = TileCache(max_bytes, _MAX_SPACES, lambda: clock().timestamp())
        self._clock = clock
        self._addresses: dict[Address, tuple[tuple[Space, TileId], ReadyTile]] = {}

    def known(self, address: Address) -> ReadyTile | None:
        """The kept tile of an address, by one look."""
        found = self._addresses.get(address)
        if found is None:
            return None
        key, tile = found
        if not tile.alive or (tile.until != math.inf and tile.until <= self._clock().timestamp()):
            del self._addresses[address]
            return None
        self.cache.touch(key)
        return tile

    async def tile(
        self, asked: Asked, reader: Reader, address: Address, gone: "asyncio.Task[None] | None"
    ) -> ReadyTile:
        """The tile, made at most once for all who ask for it meanwhile.

        Args:
            asked: layers, question and place.
            reader: who asks.
            address: under which it is found again at once.
            gone: ends when who asks goes away.

        Raises:
            ClientGone: that happened first.
            MapError: what is asked for cannot be had.
        """
        key = (self._space(asked, reader), asked.place)
        if asked.query.as_of is not None or asked.of_draft:
            return await self._make(asked, reader)
        tile = await self.cache.get(key, lambda: self._make(asked, reader), gone)
        if tile.alive:
            if len(self._addresses) >= _MAX_ADDRESSES:
                self._addresses.clear()
            self._addresses[address] = (key, tile)
        return tile

    def changed(self, changes: Sequence[Change]) -> None:
        """Drop exactly what these changes make stale."""
        for change in changes:
            self.cache.evict(change.layer, patches_of(change))

    async def _make(self, asked: Asked, reader: Reader) -> ReadyTile:
        now = self._clock()
        parts = [await layer_tile(reader.database, spec, asked.query, asked.place, now) for spec in asked.specs]
        # Layers of a tile are repeated fields of its message: tiles one after the other are one tile (MVT 2.1, 4.1).
        return ReadyTile(b"".join(part.data for part in parts), _caching(asked, reader), self._until(asked, now))

    def _space(self, asked: Asked, reader: Reader) -> Space:
        names = tuple(spec.id for spec in asked.specs)
        return Space(names, _question(asked.query) + _caching(asked, reader).decode(), reader.visibility.key)

    def _until(self, asked: Asked, now: datetime) -> float:
        """Which units are valid today is asked anew after midnight."""
        by_day = asked.query.unit_set is None and asked.query.unit_version is None
        if not by_day or all(spec.store != "unit" for spec in asked.specs):
            return math.inf
        return day_end(now).timestamp()


def _question(query: FeatureQuery) -> str:
    """Equal questions, equal text, however they were spelt: filters are compared as trees."""
    if query.is_everything:
        return ""
    return hashlib.blake2b(repr(replace(query, area=None)).encode(), digest_size=16).hexdigest()


def _caching(asked: Asked, reader: Reader) -> bytes:
    if asked.query.unit_version is None or asked.of_draft:
        return LIVE
    # What nobody had to sign in for, proxies may keep too.
    anybody = reader.person is None and reader.source is None
    return (b"public, " if anybody else b"private, ") + IMMUTABLE
