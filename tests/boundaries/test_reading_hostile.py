# SPDX-License-Identifier: Apache-2.0
"""Files made to do harm: refused, with nothing written outside the staging folder, little memory and no network."""

import http.server
import struct
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from boundaries.known import KnownUnits
from boundaries.reading.limits import Limits
from boundaries.reading.opened import all_but
from boundaries.reading.read import read_upload
from boundaries.reading.upload import Answers, Reading
from tests.boundaries.upload_samples import DEFECTS, FORMATS, codes, known_units, read, zipped

MIB = 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "file",
    ["16_path_traversal.zip", "17_zip_bomb_200mb.zip", "38_renamed_exe.gpkg", "39_vrt_as_geojson.geojson",
     "40_kml_entity_expansion.kml", "41_zip_in_zip.zip"],
)  # fmt: skip
def test_a_hostile_file_is_refused_before_a_member_is_written(tmp_path: Path, file: str) -> None:
    staging = tmp_path / "deep" / "in" / "here"
    staging.mkdir(parents=True)
    reading = read_upload(DEFECTS / file, file, Answers(), known_units(), staging)
    assert reading.frame is None and not reading.sheets
    assert 0 < reading.peak_bytes < 300 * MIB
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and staging not in path.parents]
    assert outside == []
    unpacked = [path for path in (staging / "files").rglob("*") if path.suffix != Path(file).suffix]
    assert unpacked == []
    for evil in ("evil_boundary.txt", "evil_absolute.txt"):
        assert not Path("/tmp", evil).exists()


@pytest.mark.parametrize(
    "name", ["../ranh_gioi.shp", "/etc/ranh_gioi.shp", "a\\..\\b.shp", "C:/ranh_gioi.shp", "C:\\a.shp", "a\nb.shp"]
)
def test_a_name_that_could_lead_out_is_refused(tmp_path: Path, name: str) -> None:
    reading = read(zipped(tmp_path / "a.zip", {"xa.geojson": DEFECTS / "00_control_ok.geojson", name: b"x"}))
    assert codes(reading) == ["FILE_UNSAFE_NAME"]


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xa.geojson", b"{}")
        archive.writestr("xa.geojson", b"{}")
    assert codes(read(path)) == ["FILE_UNSAFE_NAME"]


def test_more_members_than_allowed_are_refused_by_the_count_in_the_directory(tmp_path: Path) -> None:
    reading = read(zipped(tmp_path / "a.zip", {f"{number}.txt": b"" for number in range(300)}))
    assert codes(reading) == ["FILE_TOO_LARGE_UNPACKED"]


def test_a_directory_that_lies_about_sizes_is_found_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"xa.geojson": b"[" + b" " * 5000})
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", raw, raw.index(signature) + offset, 100)
    path.write_bytes(raw)
    assert codes(read(path)) == ["FILE_CORRUPT"]


def test_an_archive_with_a_password_is_asked_for_without(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"xa.geojson": b"{}"})
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + offset] |= 1
    path.write_bytes(raw)
    assert codes(read(path)) == ["FILE_ENCRYPTED"]


@pytest.mark.parametrize("name", ["x.vrt", "sub/x.VRT"])
def test_a_virtual_dataset_is_never_opened(tmp_path: Path, name: str) -> None:
    vrt = (DEFECTS / "39_vrt_as_geojson.geojson").read_bytes()
    assert codes(read(zipped(tmp_path / "a.zip", {name: vrt}))) == ["FILE_FORBIDDEN_DRIVER"]
    assert "FILE_FORBIDDEN_DRIVER" in codes(read(zipped(tmp_path / "b.zip", {"xa.gml": vrt})))


def test_a_mapinfo_table_that_names_other_tables_is_refused(tmp_path: Path) -> None:
    table = b'!table\n!version 300\nDefinition Table\nbegin_metadata\n"\\IsSeamless" = "TRUE"\nend_metadata\n'
    assert codes(read(zipped(tmp_path / "a.zip", {"a.tab": table}))) == ["FILE_FORBIDDEN_DRIVER"]


def test_a_schema_on_the_network_is_not_fetched(tmp_path: Path) -> None:
    asked: list[str] = []

    class Witness(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = http.server.HTTPServer(("127.0.0.1", 0), Witness)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/x.xsd"
    gml = (FORMATS / "ranh_gioi.gml").read_text(encoding="utf-8").replace(" ranh_gioi.xsd", f" {address}")
    path = tmp_path / "xa.gml"
    path.write_text(gml, encoding="utf-8")
    reading = read(path)
    server.shutdown()
    server.server_close()
    assert asked == []
    assert len(reading.frame) == 32


def test_json_without_an_end_to_its_brackets_costs_little(tmp_path: Path) -> None:
    path = tmp_path / "deep.geojson"
    path.write_bytes(b'{"type":"FeatureCollection","features":' + b"[" * 3_000_000)
    reading = read(path)
    assert codes(reading) == ["FILE_CORRUPT"]
    assert reading.peak_bytes < 300 * MIB


def test_a_reader_that_takes_too_long_is_ended() -> None:
    reading = _limited(Limits(wall_s=0))
    assert codes(reading) == ["FILE_READ_LIMIT"]


def test_more_features_than_allowed_are_not_read() -> None:
    assert codes(_limited(Limits(rows=31))) == ["FILE_READ_LIMIT"]


def _limited(limits: Limits) -> Reading:
    path = DEFECTS / "00_control_ok.geojson"
    return read_upload(path, path.name, Answers(), KnownUnits(()), limits=limits)


@pytest.mark.parametrize(
    ("file", "share"),
    [("ranh_gioi.geojsonl", 0.5), ("ranh_gioi.gml", 0.5), ("ranh_gioi.kml", 0.5), ("ranh_gioi.fgb", 0.5),
     ("ranh_gioi.dxf", 0.9), ("ranh_gioi_vn2000.gpkg", 0.6), ("ranh_gioi_wkt.csv", 0.5)],
)  # fmt: skip
def test_a_file_that_was_cut_off_is_not_taken_for_a_smaller_one(tmp_path: Path, file: str, share: float) -> None:
    whole = (FORMATS / file).read_bytes()
    path = tmp_path / file
    path.write_bytes(whole[: int(len(whole) * share)])
    assert codes(read(path)) == ["FILE_CORRUPT"]


@pytest.mark.parametrize("part", ["shp", "dbf", "shx"])
def test_a_shapefile_with_a_part_that_was_cut_off_is_refused(tmp_path: Path, part: str) -> None:
    with zipfile.ZipFile(FORMATS / "ranh_gioi_vn2000_shp.zip") as archive:
        members: dict[str, Path | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in members if name.endswith(part))
    whole = members[name]
    assert isinstance(whole, bytes)
    members[name] = whole[: len(whole) * 2 // 3]
    assert codes(read(zipped(tmp_path / "a.zip", members))) == ["FILE_CORRUPT"]


def test_the_child_has_one_driver_only() -> None:
    skipped = all_but("GeoJSON").split(",")
    assert "GeoJSON" not in skipped
    assert {"OGR_VRT", "VRT", "HTTP", "WFS", "CSV", "ESRI Shapefile", "GDALG", "SQLite"} <= set(skipped)


def test_the_child_can_write_and_read_only_where_it_works(tmp_path: Path) -> None:
    """Asked of the kernel: an attempt from inside the confinement."""
    staging, secret = tmp_path / "staging", tmp_path / "secret.txt"
    staging.mkdir()
    secret.write_text("secret", encoding="utf-8")
    attempt = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from boundaries.reading import confine
if not confine.keep_to("."): sys.exit(77)
open("inside.txt", "w").write("fine")
for act in (lambda: open({str(secret)!r}).read(), lambda: open({str(tmp_path / "out.txt")!r}, "w"),
            lambda: open("/etc/passwd").read()):
    try: act()
    except PermissionError: continue
    sys.exit(1)
"""
    done = subprocess.run([sys.executable, "-I", "-c", attempt], cwd=staging, check=False, capture_output=True)
    if done.returncode == 77:
        pytest.skip("this kernel has no Landlock")
    assert done.returncode == 0, done.stderr.decode()
    assert (staging / "inside.txt").is_file()


def test_modules_that_lie_in_the_upload_are_not_imported(tmp_path: Path) -> None:
    staging = tmp_path / "staging"
    staging.mkdir()
    (staging / "numpy.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    path = DEFECTS / "00_control_ok.geojson"
    assert len(read_upload(path, path.name, Answers(), known_units(), staging).frame) == 32
