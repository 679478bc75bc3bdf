# SPDX-License-Identifier: Apache-2.0
"""What is made of a raster: a cloud-optimised GeoTIFF whose tiles show each thing in its place and in its colour."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.transform import Affine

from geo.tile import TileId
from tests.boundaries.underlay_samples import (
    EAST,
    GOLDEN,
    NORTH,
    PALETTE,
    PIXEL_M,
    geotiff,
    made_of,
    paper,
    picture,
    place_of,
)

INKS = (ColorInterp.cyan, ColorInterp.magenta, ColorInterp.yellow, ColorInterp.black)
TURNED = Affine.translation(EAST, NORTH) @ Affine.rotation(30) @ Affine.scale(PIXEL_M, -PIXEL_M)
WGS84 = Affine(5e-5, 0, GOLDEN[0] - 300.5 * 5e-5, 0, -5e-5, GOLDEN[1] + 300.5 * 5e-5)
_INDEXED = np.where(paper(1) == 0, 2, 1).astype(np.uint8)
_INDEXED[:, :50] = 0
SHOWN: dict[str, dict[str, Any]] = {
    "the local grid": {},
    "degrees": {"crs": "EPSG:4326", "transform": WGS84},
    "turned by 30 degrees": {"transform": TURNED @ Affine.translation(-300.5, -300.5)},
    "grey": {"pixels": paper(1)},
    "16 bits": {"pixels": paper(3, "uint16", 4_000)},
    "with infrared": {"pixels": paper(4), "colorinterp": (*(ColorInterp.gray,) * 1, *(ColorInterp.undefined,) * 3)},
    "tiles of JPEG": {"tiled": True, "compress": "jpeg", "photometric": "ycbcr", "blockxsize": 256, "blockysize": 256},
    "a palette": {"pixels": _INDEXED, "photometric": "palette", "colormap": PALETTE},
}


@pytest.mark.parametrize("name", SHOWN)
async def test_a_mark_lands_at_its_place_within_a_pixel(name: str, tmp_path: Path) -> None:
    given = dict(SHOWN[name])
    path = geotiff(tmp_path / "map.tif", given.pop("pixels", None), **given)
    made, raster = await made_of(path, tmp_path / "work")
    tile, column, row = place_of(*GOLDEN, made["max_zoom"])
    shown = await picture(raster, tile)
    # The mark is what is darker than the paper: red in the palette.
    dark = (shown[..., 1] < 90) & (shown[..., 3] > 0)
    rows, columns = np.nonzero(dark)
    assert rows.size, "the mark is not there"
    near = (abs(rows - row) < 20) & (abs(columns - column) < 20)
    assert columns[near].mean() + 0.5 == pytest.approx(column, abs=1)
    assert rows[near].mean() + 0.5 == pytest.approx(row, abs=1)


async def test_what_is_made_is_a_cloud_optimised_geotiff_on_the_pixels_of_tiles(tmp_path: Path) -> None:
    made, raster = await made_of(geotiff(tmp_path / "map.tif"), tmp_path / "work")
    with rasterio.open(raster) as opened:
        assert opened.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert opened.crs.to_epsg() == 3857 and set(opened.dtypes) == {"uint8"}
        assert opened.profile["blockxsize"] == 512 and opened.overviews(1)
        side = 256 * opened.transform.a
        assert opened.transform.c / side == pytest.approx(round(opened.transform.c / side), abs=1e-6)
    # 5 m at this latitude: between zoom 14 (8.9 m) and 15 (4.4 m).
    assert made["max_zoom"] == 15 and made["facts"]["width"] == 600


async def test_a_palette_keeps_its_colours(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "map.tif", _INDEXED, photometric="palette", colormap=PALETTE)
    made, raster = await made_of(path, tmp_path / "work")
    tile, _, _ = place_of(*GOLDEN, made["max_zoom"])
    shown = await picture(raster, tile)
    colours = {tuple(int(one) for one in colour) for colour in np.unique(shown.reshape(-1, 4), axis=0)}
    assert colours <= {*PALETTE.values(), (0, 0, 0, 0)} and PALETTE[2] in colours


@pytest.mark.parametrize("how", ["nodata", "mask", "alpha"])
async def test_what_has_no_value_is_transparent(how: str, tmp_path: Path) -> None:
    pixels = paper()
    hole = np.s_[260:290, 260:290]
    valid = np.full((600, 600), 255, np.uint8)
    valid[hole] = 0
    options: dict[str, Any] = {}
    if how == "nodata":
        pixels[:, hole[0], hole[1]], options["nodata"] = 255, 255
    elif how == "mask":
        options["mask"] = valid
    else:
        pixels = np.concatenate([pixels, valid[np.newaxis]])
        options |= {"photometric": "rgb", "alpha": "yes"}
    made, raster = await made_of(geotiff(tmp_path / "map.tif", pixels, **options), tmp_path / "work")
    tile, column, row = place_of(*GOLDEN, made["max_zoom"])
    alpha = (await picture(raster, tile))[..., 3]
    # A pixel of the original in pixels of the tile: 4.78 m of the projection at zoom 15.
    scale = made["facts"]["pixel_m"] / 4.777
    middle = (int(row - 25 * scale), int(column - 25 * scale))
    assert alpha[middle] == 0 and alpha[int(row), int(column)] == 255


async def test_outside_of_the_raster_everything_is_transparent(tmp_path: Path) -> None:
    made, raster = await made_of(geotiff(tmp_path / "map.tif"), tmp_path / "work")
    low, _, _ = place_of(*GOLDEN, made["min_zoom"])
    shown = await picture(raster, low)
    share = (shown[..., 3] > 0).mean()
    assert 0 < share < 0.3
    assert not (await picture(raster, TileId(15, 0, 0))).any()


async def test_more_than_eight_bits_are_stretched_and_said_to_be(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "map.tif", paper(1, "uint16", 4_000))
    made, raster = await made_of(path, tmp_path / "work")
    assert [note["code"] for note in made["notes"]] == ["RASTER_SCALED"]
    tile, column, row = place_of(*GOLDEN, made["max_zoom"])
    shown = await picture(raster, tile)
    assert shown[int(row) + 20, int(column) + 20, 0] > 245


async def test_inks_of_a_print_become_light(tmp_path: Path) -> None:
    pixels = np.zeros((4, 600, 600), np.uint8)
    pixels[0] = 255
    path = geotiff(tmp_path / "map.tif", pixels, photometric="cmyk", colorinterp=INKS)
    made, raster = await made_of(path, tmp_path / "work")
    tile, column, row = place_of(*GOLDEN, made["max_zoom"])
    red, green, blue, _ = (await picture(raster, tile))[int(row), int(column)]
    assert red < 10 and green > 245 and blue > 245


async def test_a_tile_for_fine_screens_has_twice_the_pixels(tmp_path: Path) -> None:
    made, raster = await made_of(geotiff(tmp_path / "map.tif"), tmp_path / "work")
    tile, _, _ = place_of(*GOLDEN, made["max_zoom"] - 1)
    assert (await picture(raster, tile, 512)).shape == (512, 512, 4)
