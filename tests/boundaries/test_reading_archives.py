# SPDX-License-Identifier: Apache-2.0
"""7z and rar go through bsdtar, and are judged as zip is."""

import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from tests.boundaries.upload_samples import DEFECTS, codes, read

CONTROL = DEFECTS / "00_control_ok.geojson"
BSDTAR = shutil.which("bsdtar")
needs_bsdtar = pytest.mark.skipif(BSDTAR is None, reason="needs bsdtar (libarchive-tools)")


def seven_zip(path: Path, folder: Path, *names: str) -> Path:
    assert BSDTAR is not None
    subprocess.run([BSDTAR, "-P", "-c", "--format", "7zip", "-f", path, "-C", folder, *names], check=True)
    return path


def rar(path: Path, name: str, content: bytes) -> Path:
    """A rar of version 4 with one stored member: nothing that is free writes one."""
    title = name.encode()
    about = struct.pack(
        "<IIBIIBBHI", len(content), len(content), 3, zlib.crc32(content), 0, 20, 0x30, len(title), 0o100644
    )
    blocks = [b"\x73\x00\x00\x0d\x00" + bytes(6), b"\x74\x00\x80" + struct.pack("<H", 32 + len(title)) + about + title]
    headers = [struct.pack("<H", zlib.crc32(block) & 0xFFFF) + block for block in blocks]
    path.write_bytes(b"Rar!\x1a\x07\x00" + headers[0] + headers[1] + content + b"\xc4\x3d\x7b\x00\x40\x07\x00")
    return path


@needs_bsdtar
def test_a_7z_is_read(tmp_path: Path) -> None:
    shutil.copy(CONTROL, tmp_path / "Ranh giới.geojson")
    reading = read(seven_zip(tmp_path / "a.7z", tmp_path, "Ranh giới.geojson"))
    assert codes(reading) == [] and len(reading.frame) == 32
    assert reading.sheets[0].title == "Ranh giới"


@needs_bsdtar
def test_a_rar_is_read(tmp_path: Path) -> None:
    reading = read(rar(tmp_path / "a.rar", "xa.geojson", CONTROL.read_bytes()))
    assert codes(reading) == [] and len(reading.frame) == 32


@needs_bsdtar
@pytest.mark.parametrize("name", ["../xa.geojson", "/etc/xa.geojson"])
def test_a_rar_with_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    assert codes(read(rar(tmp_path / "a.rar", name, CONTROL.read_bytes()))) == ["FILE_UNSAFE_NAME"]


@needs_bsdtar
def test_a_7z_with_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "xa.geojson").symlink_to("/etc/passwd")
    assert codes(read(seven_zip(tmp_path / "a.7z", tmp_path, "xa.geojson"))) == ["FILE_UNSAFE_NAME"]


@needs_bsdtar
def test_a_7z_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "xa.geojson").open("wb") as big:
        big.truncate(60 * 1024 * 1024)
    reading = read(seven_zip(tmp_path / "a.7z", tmp_path, "xa.geojson"))
    assert codes(reading) == ["FILE_TOO_LARGE_UNPACKED"]
    assert reading.peak_bytes < 300 * 1024 * 1024


@needs_bsdtar
def test_a_7z_that_was_cut_off_is_corrupt(tmp_path: Path) -> None:
    shutil.copy(CONTROL, tmp_path / "xa.geojson")
    path = seven_zip(tmp_path / "a.7z", tmp_path, "xa.geojson")
    path.write_bytes(path.read_bytes()[:-200])
    assert codes(read(path)) == ["FILE_CORRUPT"]


def test_without_the_tool_a_zip_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    reading = read(rar(tmp_path / "a.rar", "xa.geojson", b"{}"))
    assert codes(reading) == ["FILE_UNSUPPORTED"]
    assert "zip" in reading.findings[0].detail_vi


def test_an_archive_under_the_name_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = rar(tmp_path / "a.zip", "xa.geojson", b"{}")
    assert codes(read(path)) == ["FILE_TYPE_MISMATCH"]
