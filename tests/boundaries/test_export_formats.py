# SPDX-License-Identifier: Apache-2.0
"""Every format is read back with GDAL: the same codes, names and shapes, and the VN-2000 datum with them."""

import csv
import io
import json
import sqlite3
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import CRS, Transformer
from shapely.geometry import MultiPolygon, box

from boundaries.errors import ExportUnsupported
from boundaries.export.coordinates import rounded
from boundaries.export.values import Export, Plan, etag, file_name, plan_of
from boundaries.unit_files import read_unit_set
from tests.boundaries.export_samples import EXPORT, VERSION, bytes_of, record

PLANS = [
    Plan("geojson"), Plan("gpkg"), Plan("shp"), Plan("fgb"), Plan("topojson"), Plan("csv"),
    Plan("gpkg", "EPSG:9213"), Plan("shp", "EPSG:9213"), Plan("fgb", "EPSG:9213"),
]  # fmt: skip
DEGREE_M = 111_320.0


async def frame(plan: Plan, folder: Path) -> Any:
    """The file as GDAL reads it, in WGS 84 under the names of the API."""
    path = folder / file_name(VERSION, plan)
    path.write_bytes(await bytes_of(plan))
    read = gpd.read_file(path)
    if plan.format == "csv":
        read = gpd.GeoDataFrame(read.drop(columns="geometry"), geometry=shapely.from_wkt(read["wkt"]), crs=4326)
    if plan.format != "topojson":  # which is WGS 84 without saying so
        assert read.crs.to_epsg() == plan.epsg
        read = read.to_crs(4326)
    return read.rename(columns={"MA_XA": "code", "TEN_XA": "name", "TEN_DU": "full_name"})


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.format} {plan.epsg}")
async def test_codes_names_and_shapes_come_back(plan: Plan, tmp_path: Path) -> None:
    read = (await frame(plan, tmp_path)).set_index("code")
    assert sorted(read.index) == [unit.code for unit in EXPORT.units]
    for unit in EXPORT.units:
        row = read.loc[unit.code]
        assert (row["name"], row["full_name"]) == (unit.name, unit.full_name)
        assert unicodedata.is_normalized("NFC", row["name"])
        stored = shapely.from_wkb(unit.wkb)
        off_m2 = row.geometry.symmetric_difference(stored).area * DEGREE_M**2
        # PROJ is back from VN-2000 to within a millimetre.
        assert row.geometry.is_valid and off_m2 <= 0.001 * stored.length * DEGREE_M * (plan.epsg != 4326) + 0.01


@pytest.mark.parametrize("plan", [one for one in PLANS if one.format != "fgb"], ids=lambda plan: plan.format)
async def test_rows_are_in_the_order_of_their_codes(plan: Plan, tmp_path: Path) -> None:
    assert list((await frame(plan, tmp_path))["code"]) == [unit.code for unit in EXPORT.units]


async def test_geojson_follows_its_standard_and_says_whose_it_is() -> None:
    body = json.loads(await bytes_of(Plan("geojson")))
    assert body["unit_set"]["attribution"]["vi"] == "Ranh giới mô phỏng" and body["unit_set"]["licence"] == "CC0-1.0"
    for feature in body["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            rings = [shapely.LinearRing(ring) for ring in polygon]
            assert [ring.is_ccw for ring in rings] == [True] + [False] * (len(rings) - 1)
            assert all(round(side, 7) == side for ring in polygon for point in ring for side in point)


async def test_an_exported_set_can_be_pushed_again() -> None:
    again = read_unit_set(json.loads(await bytes_of(Plan("geojson"))))
    assert (again.id, again.title_vi, again.licence) == ("city-2017", VERSION.title_vi, "CC0-1.0")
    assert [row.code for row in again.units] == [unit.code for unit in EXPORT.units]


async def test_topojson_stores_a_shared_border_once(tmp_path: Path) -> None:
    topology = json.loads(await bytes_of(Plan("topojson")))
    used = [
        number
        for unit in topology["objects"]["units"]["geometries"]
        for polygon in unit["arcs"]
        for ring in polygon
        for number in ring
    ]
    assert len(topology["arcs"]) < len(used) and all(used.count(number) == 1 for number in used)
    edges = {number if number >= 0 else ~number for number in used}
    assert edges == set(range(len(topology["arcs"])))


async def test_topojson_keeps_holes_parts_and_a_unit_inside_another() -> None:
    outer = MultiPolygon([box(105, 21, 106, 22) - box(105.2, 21.2, 105.4, 21.4), box(107, 21, 107.5, 21.5)])
    inner = MultiPolygon([box(105.2, 21.2, 105.4, 21.4)])
    export = Export(VERSION, (record("00001", "Ngoài", outer), record("00002", "Trong", inner)))
    body = await bytes_of(Plan("topojson"), export)
    topology = json.loads(body)
    assert len(topology["arcs"]) == 3
    rings = [unit["arcs"] for unit in topology["objects"]["units"]["geometries"]]
    hole, whole = rings[0][0][1], rings[1][0][0]
    assert [~number for number in hole] == whole


async def test_a_shapefile_declares_its_letters_and_keeps_the_datum(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(await bytes_of(Plan("shp", "EPSG:9213")))) as archive:
        stem = "city-2017-v2-vn2000"
        assert set(archive.namelist()) == {
            *(f"{stem}.{one}" for one in ("shp", "shx", "dbf", "prj", "cpg")),
            "README.txt",
        }
        assert archive.read(f"{stem}.cpg") == b"UTF-8"
        about = archive.read("README.txt").decode()
        projection = CRS.from_wkt(archive.read(f"{stem}.prj").decode())
    assert "CC0-1.0" in about and "Ranh giới mô phỏng" in about
    golden = Transformer.from_crs(4326, projection, always_xy=True).transform(105.84, 21.59)
    assert golden == pytest.approx((431463.303, 2388417.905), abs=0.001)


@pytest.mark.parametrize("format_", ["gpkg", "fgb"])
async def test_coordinates_in_vn2000_are_those_of_the_golden_point(format_: Any, tmp_path: Path) -> None:
    corner = MultiPolygon([box(105.84, 21.59, 105.85, 21.6)])
    plan = Plan(format_, "EPSG:9213")
    path = tmp_path / file_name(VERSION, plan)
    path.write_bytes(await bytes_of(plan, Export(VERSION, (record("05443", "Trưng Vương", corner),))))
    points = shapely.get_coordinates(gpd.read_file(path).geometry[0])
    assert min(abs(points - (431463.303, 2388417.905)).max(axis=1)) < 0.001


async def test_a_geopackage_says_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "units.gpkg"
    path.write_bytes(await bytes_of(Plan("gpkg")))
    info = pyogrio.read_info(path)
    assert info["layer_metadata"]["licence"] == "CC0-1.0" and info["layer_name"] == "city-2017-v2"
    with sqlite3.connect(path) as database:
        assert database.execute("select description, last_change from gpkg_contents").fetchone() == (
            "Ranh giới mô phỏng / Simulated boundaries. Licence: CC0-1.0", "2025-09-01T03:04:05.000Z",
        )  # fmt: skip
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    database.close()


async def test_a_name_is_no_formula_in_a_spreadsheet() -> None:
    named = record("00001", "=HYPERLINK(1)", MultiPolygon([box(105, 21, 106, 22)]))
    text = (await bytes_of(Plan("csv"), Export(VERSION, (named,)))).decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text)))["name"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(("plan", "name"), [
    (Plan("shp", "EPSG:9213"), "city-2017-v2-vn2000.zip"), (Plan("gpkg"), "city-2017-v2.gpkg"),
])  # fmt: skip
def test_a_file_is_named_after_what_is_in_it(plan: Plan, name: str) -> None:
    assert file_name(VERSION, plan) == name


def test_tags_tell_versions_formats_and_coordinates_apart() -> None:
    assert len({etag(VERSION, plan) for plan in PLANS}) == len(PLANS)


@pytest.mark.parametrize("asked", [
    ("geojson", "EPSG:9213", "utf-8"), ("topojson", "EPSG:9213", "utf-8"), ("csv", "EPSG:9213", "utf-8"),
    ("shp", "EPSG:4326", "tcvn3"),
])  # fmt: skip
def test_what_a_format_has_no_place_for_is_refused(asked: Any) -> None:
    with pytest.raises(ExportUnsupported):
        plan_of(*asked)


def test_a_hole_thinner_than_the_grid_is_dropped() -> None:
    hair = [(0.2, 0.2), (0.2, 0.2 + 2e-8), (0.2 + 2e-8, 0.2), (0.2, 0.2)]
    square = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [hair])
    (kept,) = rounded(np.array([shapely.MultiPolygon([square])], dtype=object))
    assert kept.area == 1 and not kept.geoms[0].interiors
