# SPDX-License-Identifier: Apache-2.0
"""A raster is judged by its first bytes and its header: what it is, how large, where it lies. No pixel is read."""

import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError  # what GDAL says may come as it is; the class has no public name
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.warp import transform

from boundaries.reading.faults import Fault
from boundaries.underlays.datum import meant_grid
from boundaries.underlays.grid import Grid, grid_of
from boundaries.underlays.limits import MIB, RasterLimits
from boundaries.underlays.mercator import Bounds, metre_box
from geo.bbox import BBox

# TIFF 6.0, section 2, and BigTIFF, in either byte order.
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_DTYPES = frozenset({"uint8", "uint16", "int16"})
_INKS = (ColorInterp.cyan, ColorInterp.magenta, ColorInterp.yellow, ColorInterp.black)
WEB_MERCATOR = CRS.from_epsg(3857)
# The map stays inside the province plus 30 km.
_MARGIN_DEGREES = 0.28
# In the place of a coordinate system: that of the file is right, whatever it looks like.
AS_DECLARED = "declared"


@dataclass(frozen=True)
class Bands:
    """Which bands are shown, and how.

    Attributes:
        colours: numbers of the bands, from 1.
        alpha: number of the band that says how opaque a pixel is.
        kind: "inks" are cyan, magenta, yellow and black.
    """

    kind: str
    colours: tuple[int, ...]
    alpha: int | None


@dataclass(frozen=True)
class Looked:
    """A raster that can be shown."""

    bands: Bands
    crs: CRS
    grid: Grid
    notes: tuple[Fault, ...]


def open_raster(path: Path) -> Any:
    """The raster, opened as a TIFF and as nothing else.

    Raises:
        Fault: it is none, or cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(64)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise Fault("RASTER_POINTS_ELSEWHERE")
    if not head.startswith(_TIFF):
        raise Fault("RASTER_NOT_TIFF")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return rasterio.open(path, driver="GTiff")
    except (RasterioError, CRSError, CPLE_BaseError) as error:
        raise Fault("RASTER_CORRUPT") from error


def look(raster: Any, stated_crs: str | None, area: BBox, limits: RasterLimits) -> Looked:
    """What is to be shown, and where.

    Args:
        raster: an opened dataset.
        stated_crs: what a person said: "EPSG:9213", AS_DECLARED, or None.
        area: where it must lie, lon/lat.
        limits: of sizes.

    Raises:
        Fault: it cannot be shown.
    """
    bands = _bands_of(raster, limits)
    _judge_size(raster, limits)
    place = _place_of(raster)
    crs = _crs_of(raster, stated_crs)
    grid = grid_of(place, (raster.width, raster.height), _projector(crs), metre_box(area.widened(_MARGIN_DEGREES)),
                   limits.made_pixels)  # fmt: skip
    if grid is None or not _meet(grid.bounds_m, metre_box(area)):
        raise Fault("RASTER_OUTSIDE_AREA", f"Hệ: {crs.to_string()[:60]}.", f"System: {crs.to_string()[:60]}.")
    notes = () if raster.dtypes[0] == "uint8" else (Fault("RASTER_SCALED", f"{raster.dtypes[0]}.", raster.dtypes[0]),)
    return Looked(bands, crs, grid, notes)


def _judge_size(raster: Any, limits: RasterLimits) -> None:
    size = f"{raster.width} × {raster.height}"
    pixel_bytes = np.dtype(raster.dtypes[0]).itemsize * raster.count
    unpacked = raster.width * raster.height * pixel_bytes
    rows, columns = raster.block_shapes[0]
    block = rows * columns * pixel_bytes
    if max(raster.width, raster.height) > limits.side or raster.width * raster.height > limits.pixels:
        raise Fault("RASTER_TOO_LARGE", f"{size} điểm ảnh.", f"{size} pixels.")
    if unpacked > limits.unpacked_bytes or block > limits.block_bytes:
        most = max(unpacked, block) // MIB
        raise Fault("RASTER_TOO_LARGE", f"{size} điểm ảnh, {most} MB.", f"{size} pixels, {most} MB.")


def _bands_of(raster: Any, limits: RasterLimits) -> Bands:
    if raster.count > limits.bands:
        raise Fault("RASTER_BANDS", f"Số kênh: {raster.count}.", f"Bands: {raster.count}.")
    if not set(raster.dtypes) <= _DTYPES or len(set(raster.dtypes)) > 1:
        named = ", ".join(sorted(set(raster.dtypes)))
        raise Fault("RASTER_BANDS", f"Kiểu số: {named}.", f"Type of numbers: {named}.")
    kinds = tuple(raster.colorinterp)
    alpha = next((number for number, kind in enumerate(kinds, 1) if kind == ColorInterp.alpha), None)
    colours = tuple(number for number in raster.indexes if number != alpha)
    if kinds[0] == ColorInterp.palette:
        return Bands("palette", (1,), alpha)
    if kinds == _INKS:
        return Bands("inks", colours, None)
    if len(colours) == 1:
        return Bands("grey", colours, alpha)
    if len(colours) in (3, 4):
        # A fourth band that is not said to be alpha is near infrared.
        return Bands("colours", colours[:3], alpha)
    raise Fault("RASTER_BANDS", f"Số kênh: {raster.count}.", f"Bands: {raster.count}.")


def _place_of(raster: Any) -> Any:
    affine = raster.transform
    if raster.gcps[0] and affine.is_identity:
        raise Fault("RASTER_NOT_PLACED", "Tệp chỉ có điểm khống chế.", "The file has control points only.")
    if not all(math.isfinite(one) for one in affine) or affine.is_identity or affine.determinant == 0:
        raise Fault("RASTER_NOT_PLACED")
    return lambda column, row: affine @ (column, row)


def _crs_of(raster: Any, stated: str | None) -> CRS:
    if stated is not None and stated != AS_DECLARED:
        return _stated(stated)
    declared = raster.crs
    if declared is None or not (declared.is_projected or declared.is_geographic):
        raise Fault("RASTER_CRS_MISSING")
    meant = None if stated == AS_DECLARED else meant_grid(declared.to_wkt(version="WKT2_2019"))
    if meant is not None:
        raise Fault("RASTER_DATUM_SUSPECT", f"Nên là {meant}.", f"It should be {meant}.")
    return declared


def _stated(code: str) -> CRS:
    try:
        return CRS.from_string(code)
    except CRSError:
        raise Fault("RASTER_CRS_MISSING", f"“{code}”?", f'"{code}"?') from None


def _projector(crs: CRS) -> Any:
    def project(xs: Any, ys: Any) -> Any:
        try:
            return transform(crs, WEB_MERCATOR, list(xs), list(ys))
        except (RasterioError, CRSError, CPLE_BaseError):
            return [math.inf] * len(xs), [math.inf] * len(xs)

    return project


def _meet(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
