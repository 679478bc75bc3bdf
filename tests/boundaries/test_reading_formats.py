# SPDX-License-Identifier: Apache-2.0
"""The same 32 units come out of every format."""

import shutil
import unicodedata
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely

from boundaries.known import KnownUnits, known_from_features
from boundaries.reading.upload import Reading
from tests.boundaries.upload_samples import DATA, DEFECTS, FORMATS, codes, features, known_units, read, zipped

# Six decimals of a degree, written as metres with three decimals and back.
SAME_M2 = 100.0
M2_PER_SQUARE_DEGREE = 1.15e10
TAB = ("ranh_gioi.tab", "ranh_gioi.dat", "ranh_gioi.map", "ranh_gioi.id")
MIF = ("ranh_gioi_mif.mif", "ranh_gioi_mif.mid")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "boundaries"


def assert_the_32(reading: Reading) -> None:
    frame = reading.frame
    known = known_units().current_by_code
    assert sorted(frame.code) == sorted(known)
    assert list(frame.name) == [known[code].name for code in frame.code]
    assert set(frame["type"]) == {"Phường", "Xã"}
    for code, shape in zip(frame.code, frame.geometry, strict=True):
        other = known[code].geometry
        assert other is not None
        assert shapely.symmetric_difference(shape, other).area * M2_PER_SQUARE_DEGREE < SAME_M2, code
        assert all(part.exterior.is_ccw for part in shapely.get_parts(shape))


@pytest.mark.parametrize(
    "file",
    ["ranh_gioi.fgb", "ranh_gioi.geojsonl", "ranh_gioi.gml", "ranh_gioi.kml", "ranh_gioi.kmz", "ranh_gioi_vn2000.gpkg",
     "ranh_gioi_vn2000_shp.zip"],
)  # fmt: skip
def test_a_format_that_says_everything_is_read_without_a_question(file: str) -> None:
    reading = read(FORMATS / file)
    assert codes(reading) == []
    assert_the_32(reading)


def test_csv_with_wkt_needs_its_system_only() -> None:
    reading = read(FORMATS / "ranh_gioi_wkt.csv")
    assert codes(reading) == ["CRS_MISSING", "CRS_SUGGEST"]
    assert reading.questions[0].choices[0].value == "EPSG:4326"
    assert_the_32(read(FORMATS / "ranh_gioi_wkt.csv", crs="EPSG:4326"))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_of_spreadsheets_has_other_delimiters_and_a_byte_order_mark(tmp_path: Path, delimiter: str) -> None:
    square = "POLYGON ((105.8 21.5,105.9 21.5,105.9 21.6,105.8 21.5))"
    text = f'ma_xa{delimiter}ten_xa{delimiter}shape\n05431{delimiter}Quan Triều{delimiter}"{square}"\n'
    path = tmp_path / "xa.csv"
    path.write_text(text, encoding="utf-8-sig")
    frame = read(path, crs="EPSG:4326").frame
    assert (frame.code[0], frame.name[0], frame.geometry[0].wkt[:7]) == ("05431", "Quan Triều", "POLYGON")


@pytest.mark.parametrize("files", [TAB, MIF], ids=["tab", "mif"])
def test_mapinfo_files_without_the_datum_are_told_and_put_right(tmp_path: Path, files: tuple[str, ...]) -> None:
    path = zipped(tmp_path / "mapinfo.zip", {name: FORMATS / name for name in files})
    assert codes(read(path)) == ["CRS_DATUM_SUSPECT"]
    assert_the_32(read(path, crs="EPSG:9213"))


def test_a_mapinfo_file_in_windows_1258_keeps_its_last_letters(tmp_path: Path) -> None:
    """GDAL's own converter loses them (OSGeo/gdal#2045)."""
    head = (FORMATS / MIF[0]).read_bytes().replace(b'Charset "Neutral"', b'Charset "WindowsVietnamese"')
    table = (FORMATS / MIF[1]).read_text(encoding="utf-8")
    decomposed = "".join(_as_1258(letter) for letter in table)
    members: dict[str, Path | bytes] = {MIF[0]: head, MIF[1]: decomposed.encode("cp1258")}
    reading = read(zipped(tmp_path / "mif.zip", members), crs="EPSG:9213")
    assert codes(reading) == ["ENC_NOT_NFC"]
    assert_the_32(reading)


def _as_1258(letter: str) -> str:
    """The letter as windows-1258 writes it: precomposed roof, breve and horn, the tone as a mark."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = unicodedata.normalize("NFD", letter)
    shape = "".join(part for part in parts if part not in tones)
    return unicodedata.normalize("NFC", shape) + "".join(part for part in parts if part in tones)


def test_a_drawing_takes_its_codes_from_what_its_shapes_cover() -> None:
    reading = read(FORMATS / "ranh_gioi.dxf")
    assert codes(reading) == ["CRS_MISSING", "CRS_SUGGEST"]
    assert reading.questions[0].choices[0].value == "EPSG:9213"
    answered = read(FORMATS / "ranh_gioi.dxf", crs="EPSG:9213")
    assert codes(answered) == ["CODE_FROM_OVERLAP"]
    assert_the_32(answered)


def _units(crs: str = "EPSG:9213") -> geopandas.GeoDataFrame:
    frame = geopandas.GeoDataFrame.from_features(features(DEFECTS / "00_control_ok.geojson"), crs="EPSG:4326")
    return frame.to_crs(crs)


def test_dgn_version_7_takes_its_codes_from_what_its_shapes_cover(tmp_path: Path) -> None:
    path = tmp_path / "ranh_gioi.dgn"
    _write(path, _units()[["geometry"]], "DGN")
    assert_the_32(read(path, crs="EPSG:9213"))


def test_a_file_geodatabase_comes_zipped(tmp_path: Path) -> None:
    folder = tmp_path / "ranh_gioi.gdb"
    _write(folder, _units(), "OpenFileGDB", layer="Ranh_gioi")
    path = Path(shutil.make_archive(str(tmp_path / "gdb"), "zip", tmp_path, "ranh_gioi.gdb"))
    reading = read(path)
    assert codes(reading) == []
    assert_the_32(reading)


def _write(path: Path, frame: geopandas.GeoDataFrame, driver: str, **options: Any) -> None:
    pyogrio.write_dataframe(frame, path, driver=driver, **options)


def test_dwg_and_later_dgn_are_asked_for_in_another_format(tmp_path: Path) -> None:
    for name, head in (("a.dwg", b"AC1027"), ("b.dgn", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        (tmp_path / name).write_bytes(head + bytes(600))
        reading = read(tmp_path / name)
        assert codes(reading) == ["FILE_UNSUPPORTED"]
        assert "DXF" in reading.findings[0].detail_vi and "DGN v7" in reading.findings[0].detail_vi


def test_only_the_layer_with_areas_is_meant_among_layers_of_points(tmp_path: Path) -> None:
    path = tmp_path / "hai_lop.gpkg"
    units = _units()
    _write(path, units, "GPKG", layer="xa", geometry_type="Polygon")
    points = units.assign(geometry=units.representative_point())
    _write(path, points, "GPKG", layer="nhan", geometry_type="Point", append=True)
    reading = read(path)
    assert codes(reading) == [] and len(reading.sheets) == 2
    assert_the_32(reading)


PACKS = {
    "thai_nguyen_2025_communes.geojson": {},
    "thai_nguyen_2025_communes_vn2000.gpkg": {},
    "thai_nguyen_2025_vn2000_utf8.zip": {},
    "thai_nguyen_2025_vn2000_tcvn3_nocpg.zip": {"encoding": "tcvn3"},
}


@pytest.mark.parametrize("file", PACKS)
def test_the_four_packs_of_the_real_communes_have_the_same_names(file: str) -> None:
    original = SHARED / "thai_nguyen_2025_communes.geojson"
    if not original.is_file():
        pytest.skip("the real communes may not be redistributed: they lie beside the repository, or are absent")
    units = known_from_features(features(original), "province-2025")
    known = KnownUnits(units, "province-2025")
    reading = read(SHARED / file, known, **PACKS[file])
    assert codes(reading) == []
    assert dict(zip(reading.frame.code, reading.frame.name, strict=True)) == {unit.code: unit.name for unit in units}


def test_an_upload_of_another_period_is_recognised_by_the_shapes_of_that_period(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame.from_features(features(DATA / "synthetic_city_2025_8.geojson"), crs="EPSG:4326")
    path = tmp_path / "phuong_2025.geojson"
    path.write_text(frame.to_crs("EPSG:9213").to_json(drop_id=True), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"crs"', '"not_crs"', 1), encoding="utf-8")
    reading = read(path)
    assert codes(reading) == ["CRS_OUT_OF_RANGE", "CRS_SUGGEST"]
    assert reading.questions[0].choices[0].value == "EPSG:9213"
