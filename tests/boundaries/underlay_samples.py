# SPDX-License-Identifier: Apache-2.0
"""Small scanned maps round the golden point of the local grid: good ones, broken ones, made when they are needed."""

import io
import struct
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from PIL import Image
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from boundaries.reading.sandbox import Refused
from boundaries.underlays.limits import RasterLimits
from boundaries.underlays.sandbox import Order, make
from geo.bbox import BBox
from geo.tile import HALF_WORLD_M, TileId
from tiles.raster import RasterTiles

GOLDEN = (105.84, 21.59)
EAST, NORTH = 431463.303, 2388417.905
PROVINCE = BBox(105.4, 21.3, 106.3, 22.1)
# As the local grid is written by programs that drop the datum.
LOST_DATUM = (
    'PROJCS["VN-2000 / TM-3 106-30",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",'
    'SPHEROID["WGS_1984",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",106.5],PARAMETER["scale_factor",0.9999],'
    'PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["Meter",1]]'
)
SIZE, PIXEL_M = 600, 5.0
# Around the golden point, which lies in the middle of the pixel in column 300, row 300.
PLACE = Affine(PIXEL_M, 0, EAST - 300.5 * PIXEL_M, 0, -PIXEL_M, NORTH + 300.5 * PIXEL_M)


def paper(bands: int = 3, dtype: str = "uint8", top: int = 255) -> npt.NDArray[Any]:
    """Bright paper with a darker frame, and a dark square of five pixels on the golden point."""
    pixels = np.full((bands, SIZE, SIZE), int(top * 0.9), dtype=dtype)
    for edge in (slice(0, 6), slice(-6, None)):
        pixels[:, edge, :] = pixels[:, :, edge] = int(top * 0.5)
    pixels[:, 298:303, 298:303] = 0
    return pixels


def geotiff(path: Path, pixels: npt.NDArray[Any] | None = None, **profile: Any) -> Path:
    """Write a GeoTIFF; by default the paper in the local grid."""
    data = paper() if pixels is None else pixels
    colormap = profile.pop("colormap", None)
    interpretation = profile.pop("colorinterp", None)
    mask = profile.pop("mask", None)
    written = {
        "driver": "GTiff", "count": data.shape[0], "height": data.shape[1], "width": data.shape[2],
        "dtype": data.dtype, "crs": "EPSG:9213", "transform": PLACE, "compress": "deflate", **profile,
    }  # fmt: skip
    with warnings.catch_warnings(), rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True, GDAL_PAM_ENABLED=False):
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", **{name: value for name, value in written.items() if value is not None}) as out:
            if interpretation is not None:
                out.colorinterp = interpretation
            if colormap is not None:
                out.write_colormap(1, colormap)
            out.write(data)
            if mask is not None:
                out.write_mask(mask)
    return path


def png(path: Path) -> Path:
    """A PNG under the name of a GeoTIFF."""
    Image.fromarray(np.moveaxis(paper(), 0, -1)).save(path, "PNG")
    return path


def vrt(path: Path, target: str) -> Path:
    """A VRT under the name of a GeoTIFF, that shows another file of the server."""
    path.write_text(
        f'<VRTDataset rasterXSize="600" rasterYSize="600"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        f'<SourceFilename relativeToVRT="0">{target}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>'
        f"</VRTRasterBand></VRTDataset>"
    )
    return path


def bomb(path: Path, side: int = 60_000) -> Path:
    """A few hundred bytes whose header says 60,000 by 60,000 pixels in three bands."""
    entries: Mapping[int, tuple[int, int, int]] = {
        256: (4, 1, side), 257: (4, 1, side), 258: (3, 1, 8), 259: (3, 1, 8), 262: (3, 1, 2), 273: (4, 1, 300),
        277: (3, 1, 3), 278: (4, 1, side), 279: (4, 1, 10), 284: (3, 1, 1),
    }  # fmt: skip
    body = struct.pack("<H", len(entries))
    body += b"".join(struct.pack("<HHII", tag, kind, count, value) for tag, (kind, count, value) in entries.items())
    path.write_bytes((b"II*\0" + struct.pack("<I", 8) + body + struct.pack("<I", 0)).ljust(320, b"\0"))
    return path


async def made_of(
    path: Path, folder: Path, crs: str | None = None, limits: RasterLimits | None = None, area: BBox = PROVINCE
) -> tuple[dict[str, Any], Path]:
    """What the confined child makes of a file: its answer, and the raster."""
    folder.mkdir()
    (folder / "upload").hardlink_to(path)

    async def tell(step: str, share: float) -> None:
        assert step and 0 <= share <= 1

    answer = await make(Order(folder, crs, area), tell, limits or replace(RasterLimits(), wall_s=60))
    return answer["made"], folder / "made.tif"


async def refusal(path: Path, folder: Path, **more: Any) -> list[str]:
    """The codes that a file is refused with; none when it is not."""
    try:
        await made_of(path, folder, **more)
    except Refused as refused:
        return [fault.code for fault in refused.faults]
    return []


async def picture(raster: Path, place: TileId, side_px: int = 256) -> npt.NDArray[np.uint8]:
    """A tile as (row, column, red green blue alpha)."""
    tiles = RasterTiles()
    try:
        data = await tiles.tile(raster, place, "PNG", side_px)
    finally:
        tiles.close()
    if not data:
        return np.zeros((side_px, side_px, 4), dtype=np.uint8)
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


def place_of(lon: float, lat: float, zoom: int) -> tuple[TileId, float, float]:
    """The tile of a point, and its column and row there in pixels of 256."""
    side = 2 * HALF_WORLD_M / 2**zoom
    x = (lon / 180 * HALF_WORLD_M + HALF_WORLD_M) / side
    y = (HALF_WORLD_M - np.arcsinh(np.tan(np.radians(lat))) / np.pi * HALF_WORLD_M) / side
    tile = TileId(zoom, int(x), int(y))
    return tile, float(x - tile.x) * 256, float(y - tile.y) * 256


GREY = (ColorInterp.gray,)
PALETTE = {0: (0, 0, 0, 255), 1: (250, 240, 200, 255), 2: (200, 0, 0, 255)}
