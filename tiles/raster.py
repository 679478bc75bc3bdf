# SPDX-License-Identifier: Apache-2.0
"""Raster tiles cut from cloud-optimised GeoTIFFs: opened once a thread, cut and packed there, transparent outside.

The rasters lie on the pixels of tiles (boundaries/underlays/grid.py), so that cutting needs no resampling. The
library is loaded by the first tile: a server that shows no raster does without its memory.
"""

import asyncio
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, TypeAlias

from geo.tile import TileId

ImageKind: TypeAlias = Literal["PNG", "WEBP"]
_THREADS = 2
_OPEN_PER_THREAD = 4
_CACHE_BYTES = 64 * 1024 * 1024
# Of photographs: a fifth of the time of the strongest, for a twentieth more bytes.
_PACKING: dict[ImageKind, dict[str, Any]] = {"PNG": {"ZLEVEL": 1}, "WEBP": {"QUALITY": 85}}
_GDAL = {
    # Of rasterio this number is in bytes.
    "GDAL_CACHEMAX": _CACHE_BYTES,
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "PROJ_NETWORK": "OFF",
}


class RasterTiles:
    """Cuts tiles in a few threads of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="raster")
        self._held = threading.local()

    async def tile(self, path: Path, place: TileId, kind: ImageKind, side_px: int = 256) -> bytes:
        """One tile; empty where the raster shows nothing.

        Raises:
            FileNotFoundError: the raster is gone.
        """
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._cut, path, place, kind, side_px)

    async def open(self, path: Path) -> None:
        """Load the library and open the raster in one thread: whoever asks for the first tile does not wait for it.

        Raises:
            FileNotFoundError: the raster is gone.
        """
        await asyncio.get_running_loop().run_in_executor(self._pool, self._open, path)

    def close(self) -> None:
        """End the threads; tiles that wait are not cut any more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _cut(self, path: Path, place: TileId, kind: ImageKind, side_px: int) -> bytes:
        import rasterio
        from rio_tiler.errors import TileOutsideBounds

        with rasterio.Env(**_GDAL):
            try:
                image = self._reader(path).tile(place.x, place.y, place.z, tilesize=side_px)
            except TileOutsideBounds:
                return b""
            if not image.mask.any():
                return b""
            packed: bytes = image.render(img_format=kind, **_PACKING[kind])
            return packed

    def _open(self, path: Path) -> None:
        import rasterio

        with rasterio.Env(**_GDAL):
            self._reader(path)

    def _reader(self, path: Path) -> Any:
        from rio_tiler.io.rasterio import Reader

        readers: OrderedDict[Path, Any] = self._held.__dict__.setdefault("readers", OrderedDict())
        reader = readers.get(path)
        if reader is None:
            if not path.exists():
                raise FileNotFoundError(path)
            reader = readers[path] = Reader(str(path))
            if len(readers) > _OPEN_PER_THREAD:
                readers.popitem(last=False)[1].close()
        readers.move_to_end(path)
        return reader
