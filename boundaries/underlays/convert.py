# SPDX-License-Identifier: Apache-2.0
"""A raster becomes a cloud-optimised GeoTIFF in web map tiles' own pixels: 8 bits, colour or grey, with a mask."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
import rasterio.shutil
from rasterio._err import CPLE_BaseError, CPLE_OutOfMemoryError  # what GDAL says; they have no public name
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import RasterioError
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from boundaries.reading.faults import Fault
from boundaries.underlays.look import WEB_MERCATOR, Bands, Looked

Pixels = npt.NDArray[Any]
Tell = Callable[[str, float], None]
BLOCK_PX = 512
# Read and warped at once: wide, as scans are stored in strips.
_CHUNK = (8 * BLOCK_PX * 2, BLOCK_PX)
_SAMPLE_PX = 1_024
_STRETCH = (2.0, 98.0)
_WARP_MB = 64
_JPEG_QUALITY = 88
# The first step's part of the work, measured.
_WARPED_SHARE = 0.4


def convert(raster: Any, looked: Looked, folder: Path, tell: Tell) -> Path:
    """Make the raster for tiles.

    Args:
        raster: the opened original.
        looked: what is to be shown, and where.
        folder: where it is made.
        tell: told what is done and how far it is.

    Raises:
        Fault: the original cannot be read to its end, or shows nothing there.
    """
    flat, made = folder / "flat.tif", folder / "made.tif"
    colours = Colours(raster, looked.bands)
    _warp(raster, looked, colours, flat, tell)
    tell("compressing", _WARPED_SHARE)
    how = {"COMPRESS": "DEFLATE", "PREDICTOR": "YES"} if colours.few else {
        "COMPRESS": "JPEG", "QUALITY": _JPEG_QUALITY,
    }  # fmt: skip
    rasterio.shutil.copy(
        flat, made, driver="COG", BLOCKSIZE=BLOCK_PX, OVERVIEW_RESAMPLING="AVERAGE", BIGTIFF="IF_SAFER", **how
    )
    flat.unlink()
    return made


class Colours:
    """From the bands of the original to 8 bits of grey, or of red, green and blue.

    ``few``: there are so few colours that each must stay what it is.
    """

    def __init__(self, raster: Any, bands: Bands) -> None:
        self._bands = bands
        self._table = _table(raster) if bands.kind == "palette" else None
        self._range = None if raster.dtypes[0] == "uint8" else _range(raster, bands)
        self.few = self._table is not None
        of_greys = self._table is not None and bool((np.ptp(self._table[:, :3], axis=1) == 0).all())
        self.count = 1 if of_greys or bands.kind == "grey" else 3

    def of(self, read: Pixels) -> Pixels:
        """Bands first: the colours, then alpha, as read; answers grey or colours, then alpha."""
        pixels, alpha = read[:-1], np.where(read[-1:] > 0, 255, 0).astype(np.uint8)
        if self._table is not None:
            looked_up = np.moveaxis(self._table[pixels[0]], -1, 0)
            alpha = np.minimum(alpha, np.where(looked_up[3:] > 0, 255, 0).astype(np.uint8))
            pixels = looked_up[: self.count]
        if self._range is not None:
            low, high = self._range
            scaled = (pixels.astype(np.float32) - low) * (255 / (high - low))
            pixels = np.clip(scaled, 0, 255)
        if self._bands.kind == "inks":
            light = 255 - pixels.astype(np.uint16)
            pixels = light[:3] * light[3:] // 255
        shown = pixels.astype(np.uint8)
        # What is not shown is packed as nothing.
        shown *= alpha > 0
        return np.concatenate([shown, alpha])


def _table(raster: Any) -> Pixels:
    table = np.zeros((256, 4), dtype=np.uint8)
    for value, colour in raster.colormap(1).items():
        if value < 256:
            table[value] = colour
    return table


def _range(raster: Any, bands: Bands) -> tuple[float, float]:
    """What becomes black and white: nearly the darkest and the brightest of a sample, the same for every band."""
    scale = max(1, math.ceil(max(raster.width, raster.height) / _SAMPLE_PX))
    shape = (len(bands.colours), max(1, raster.height // scale), max(1, raster.width // scale))
    sample = _read(lambda: raster.read(bands.colours, out_shape=shape, masked=True)).compressed()
    if not sample.size:
        raise Fault("RASTER_EMPTY")
    low, high = (float(one) for one in np.percentile(sample, _STRETCH))
    return (low, high) if high > low else (low, low + 1)


def _warp(raster: Any, looked: Looked, colours: Colours, target: Path, tell: Tell) -> None:
    """The whole raster on its new pixels, in a file that is quick to write."""
    width, height = looked.grid.size
    west, north = looked.grid.corner_m
    pixel = looked.grid.made_pixel_m
    place = {
        "crs": WEB_MERCATOR,
        "transform": Affine(pixel, 0, west, 0, -pixel, north),
        "width": width,
        "height": height,
    }
    own_alpha = looked.bands.alpha
    bands = [*looked.bands.colours, own_alpha or raster.count + 1]
    shown = False
    with (
        WarpedVRT(
            raster, src_crs=looked.crs, src_nodata=raster.nodata, add_alpha=own_alpha is None,
            resampling=Resampling.nearest if colours.few else Resampling.bilinear, warp_mem_limit=_WARP_MB, **place,
        ) as warped,
        rasterio.open(
            target, "w", driver="GTiff", count=colours.count + 1, dtype="uint8", tiled=True, blockxsize=BLOCK_PX,
            blockysize=BLOCK_PX, compress="zstd", zstd_level=1, bigtiff="if_safer", interleave="pixel",
            photometric="minisblack" if colours.count == 1 else "rgb", alpha="yes", **place,
        ) as out,
    ):  # fmt: skip
        out.colorinterp = (*((ColorInterp.gray,) if colours.count == 1 else _RGB), ColorInterp.alpha)
        for done, window in enumerate(windows := list(_windows(width, height))):
            tell("placing", _WARPED_SHARE * done / len(windows))
            pixels = colours.of(_read(lambda: warped.read(bands, window=window)))  # noqa: B023 - called at once
            shown = shown or bool(pixels[-1].any())
            out.write(pixels, window=window)
    if not shown:
        raise Fault("RASTER_EMPTY")


_RGB = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)


def _windows(width: int, height: int) -> Iterator[Window]:
    wide, high = _CHUNK
    for row in range(0, height, high):
        for column in range(0, width, wide):
            yield Window(column, row, min(wide, width - column), min(high, height - row))


def _read(read: Callable[[], Any]) -> Any:
    """What cannot be read is the file's fault, unless the memory that it may have was not enough."""
    try:
        return read()
    except (RasterioError, CPLE_BaseError) as error:
        if isinstance(error, CPLE_OutOfMemoryError) or isinstance(error.__cause__, CPLE_OutOfMemoryError):
            raise Fault("RASTER_READ_LIMIT") from error
        raise Fault("RASTER_CORRUPT") from error
