# SPDX-License-Identifier: Apache-2.0
"""Rasters that cannot or must not be shown are refused with a finding that says why, before they cost anything."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio.transform import Affine

from boundaries.finding_kinds import KINDS
from boundaries.reading.sandbox import Refused
from boundaries.underlays.limits import MIB, RasterLimits
from tests.boundaries.underlay_samples import (
    EAST,
    LOST_DATUM,
    NORTH,
    PIXEL_M,
    PLACE,
    bomb,
    geotiff,
    made_of,
    paper,
    png,
    refusal,
    vrt,
)

NAN = float("nan")
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "no coordinate system": ({"crs": None}, "RASTER_CRS_MISSING"),
    "no place": ({"transform": None}, "RASTER_NOT_PLACED"),
    "pixels without extent": ({"transform": Affine(0, 0, EAST, 0, 0, NORTH)}, "RASTER_NOT_PLACED"),
    "a place that is no number": ({"transform": Affine(5, 0, NAN, 0, -5, NORTH)}, "RASTER_NOT_PLACED"),
    "a wrong zone": ({"crs": "EPSG:9210", "transform": PLACE @ Affine.translation(-9_000, 0)}, "RASTER_OUTSIDE_AREA"),
    "metres as degrees": ({"crs": "EPSG:4326"}, "RASTER_OUTSIDE_AREA"),
    "another country": ({"crs": "EPSG:32633"}, "RASTER_OUTSIDE_AREA"),
    "a lost datum": ({"crs": LOST_DATUM}, "RASTER_DATUM_SUSPECT"),
    "five bands": ({"pixels": paper(5)}, "RASTER_BANDS"),
    "two bands": ({"pixels": paper(2), "colorinterp": None}, "RASTER_BANDS"),
    "heights": ({"pixels": paper(1, "float32")}, "RASTER_BANDS"),
    "complex numbers": ({"pixels": paper(1).astype("complex64")}, "RASTER_BANDS"),
    "nothing but nodata": ({"pixels": np.full((1, 600, 600), 7, "uint8"), "nodata": 7}, "RASTER_EMPTY"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_raster_that_cannot_be_shown_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    profile, code = BROKEN[name]
    given = dict(profile)
    path = geotiff(tmp_path / "map.tif", given.pop("pixels", None), **given)
    assert await refusal(path, tmp_path / "work") == [code]
    assert code in KINDS


async def test_another_kind_of_image_under_the_name_is_refused(tmp_path: Path) -> None:
    assert await refusal(png(tmp_path / "map.tif"), tmp_path / "work") == ["RASTER_NOT_TIFF"]


async def test_a_file_that_points_at_others_is_never_opened(tmp_path: Path) -> None:
    secret = geotiff(tmp_path / "other.tif")
    assert await refusal(vrt(tmp_path / "map.tif", str(secret)), tmp_path / "work") == ["RASTER_POINTS_ELSEWHERE"]
    assert not (tmp_path / "work" / "made.tif").exists()


@pytest.mark.parametrize("share", [0.0001, 0.3, 0.7, 0.97])
@pytest.mark.parametrize("tiled", [False, True])
async def test_a_truncated_raster_is_refused(share: float, tiled: bool, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (3, 600, 600), dtype=np.uint8)
    layout = {"tiled": True, "blockxsize": 256, "blockysize": 256} if tiled else {}
    whole = geotiff(tmp_path / "whole.tif", noise, **layout).read_bytes()
    cut = tmp_path / "map.tif"
    cut.write_bytes(whole[: max(12, int(len(whole) * share))])
    assert await refusal(cut, tmp_path / "work") == ["RASTER_CORRUPT"]


async def test_a_small_file_that_says_to_be_huge_is_refused_by_its_header(tmp_path: Path) -> None:
    path = bomb(tmp_path / "map.tif")
    assert path.stat().st_size < 1_000
    with pytest.raises(Refused) as caught:
        await made_of(path, tmp_path / "work")
    assert [fault.code for fault in caught.value.faults] == ["RASTER_TOO_LARGE"]
    assert caught.value.peak_bytes < 200 * MIB


async def test_one_block_that_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "map.tif", blockysize=600)
    few = replace(RasterLimits(), block_bytes=600 * 600)
    assert await refusal(path, tmp_path / "work", limits=few) == ["RASTER_TOO_LARGE"]


async def test_a_raster_that_needs_too_long_is_stopped(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "map.tif")
    assert await refusal(path, tmp_path / "work", limits=replace(RasterLimits(), wall_s=0)) == ["RASTER_READ_LIMIT"]


async def test_a_stated_coordinate_system_answers_the_missing_and_the_wrong_one(tmp_path: Path) -> None:
    for number, crs in enumerate((None, LOST_DATUM, "EPSG:32648")):
        path = geotiff(tmp_path / f"{number}.tif", crs=crs)
        made, _ = await made_of(path, tmp_path / f"work{number}", crs="EPSG:9213")
        assert made["facts"]["crs"] == "EPSG:9213"


async def test_what_looks_like_a_lost_datum_is_believed_when_a_person_says_so(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "map.tif", crs=LOST_DATUM)
    made, _ = await made_of(path, tmp_path / "work", crs="declared")
    assert made["max_zoom"] > 0


def test_the_samples_lie_where_they_are_said_to_lie() -> None:
    assert PLACE @ (300.5, 300.5) == pytest.approx((EAST, NORTH))
    assert PLACE.a == PIXEL_M
