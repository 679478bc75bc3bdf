# SPDX-License-Identifier: Apache-2.0
"""Tiles of underlays: from a bounded cache of this process, else cut now, once for all who wait."""

import hashlib
import math
import time
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from boundaries.files import FileStore
from boundaries.underlays.store import Raster, UnderlayNotFound, raster_of
from geo.db.pool import Database
from geo.tile import TileId
from tiles.cache import Space, TileCache
from tiles.raster import ImageKind, RasterTiles

# An underlay never changes. Only who has signed in sees it, so nothing between us and the browser may keep it.
_CACHING = "private, max-age=31536000, immutable"
_MAX_SPACES = 64
# So long may an underlay be seen after it was deleted.
_FRESH_S = 2.0
_KNOWN = 200


@dataclass
class RasterTile:
    """A tile that can be kept; without bytes where there is nothing."""

    data: bytes
    tag: str
    alive: bool = False
    until: float = math.inf

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.data) + 500


class UnderlayTiles:
    """The raster tiles of one server process."""

    def __init__(self, database: Database, files: FileStore, max_bytes: int) -> None:
        self._database = database
        self._files = files
        self._cutter = RasterTiles()
        self.cache: TileCache[RasterTile] = TileCache(max_bytes, _MAX_SPACES)
        # Rasters never change, so there is no change to be told.
        self.cache.trust(True)
        self._known: dict[int, tuple[float, Raster]] = {}

    async def tile(self, underlay: int, place: TileId, kind: ImageKind, side_px: int = 256) -> RasterTile:
        """The tile, empty outside of the raster and beyond its zooms.

        Raises:
            UnderlayNotFound: there is none, or it is not ready.
        """
        raster = await self._raster(underlay)
        if not _shows(raster, place):
            return _EMPTY
        space = Space(("underlays",), f"{raster.sha256}/{kind}/{side_px}", "")
        return await self.cache.get((space, place), lambda: self._cut(raster, place, kind, side_px))

    async def about_to_be_shown(self, underlay: int) -> Raster:
        """What is described to a client, which will ask for tiles next.

        Raises:
            UnderlayNotFound: there is none, or it is not ready.
        """
        raster = await self._raster(underlay)
        try:
            await self._cutter.open(raster.path)
        except FileNotFoundError as error:
            raise _gone() from error
        return raster

    def close(self) -> None:
        """End the threads."""
        self._cutter.close()

    async def _cut(self, raster: Raster, place: TileId, kind: ImageKind, side_px: int) -> RasterTile:
        try:
            data = await self._cutter.tile(raster.path, place, kind, side_px)
        except FileNotFoundError as error:
            raise _gone() from error
        return RasterTile(data, f'"{hashlib.blake2b(data, digest_size=12).hexdigest()}"')

    async def _raster(self, underlay: int) -> Raster:
        now = time.monotonic()
        known = self._known.get(underlay)
        if known is not None and known[0] > now:
            return known[1]
        self._known.pop(underlay, None)
        raster = await raster_of(self._database, self._files, underlay)
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[underlay] = (now + _FRESH_S, raster)
        return raster


_EMPTY = RasterTile(b"", "")


def _gone() -> UnderlayNotFound:
    return UnderlayNotFound("The raster of this underlay is gone.", detail_vi="Ảnh nền không còn.")


def image_kind(request: Request) -> ImageKind:
    """WebP for who says so (a tenth of the bytes), PNG for all others."""
    return "WEBP" if "image/webp" in request.headers.get("accept", "") else "PNG"


def raster_answer(request: Request, tile: RasterTile, kind: ImageKind) -> Response:
    """200 with the tile, 304 when the client has it, 204 when there is nothing in it."""
    headers = {"Cache-Control": _CACHING, "Vary": "Accept, Cookie, Authorization"}
    if not tile.data:
        return Response(status_code=204, headers=headers)
    headers["ETag"] = tile.tag
    if tile.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(tile.data, media_type=f"image/{kind.lower()}", headers=headers)


def _shows(raster: Raster, place: TileId) -> bool:
    if place.z > raster.max_zoom:
        return False
    box, shown = place.bbox, raster.bbox
    return box.west < shown.east and shown.west < box.east and box.south < shown.north and shown.south < box.north
