# SPDX-License-Identifier: Apache-2.0
"""Uploaded files leave with a backup and come back with it."""

import tarfile
from pathlib import Path

import pytest
from bootstrap import backup_files
from bootstrap.console import Failure, Progress

from boundaries.files import FileStore


def kept(folder: Path, content: bytes) -> str:
    made = folder / "made"
    made.write_bytes(content)
    return FileStore(folder / "files").keep(made).sha256


def test_files_come_back_as_they_were_and_nothing_else_is_taken(tmp_path: Path) -> None:
    first, second = kept(tmp_path, b"one"), kept(tmp_path, b"two")
    (FileStore(tmp_path / "files").new_folder() / "unpacked.shp").write_bytes(b"x")
    archive = backup_files.beside(tmp_path / "save.dump")
    with Progress(1).step("save") as step:
        assert backup_files.save(step, tmp_path / "files", archive) == 2
        assert backup_files.restore(step, archive, tmp_path / "other") == 2
    other = FileStore(tmp_path / "other")
    assert other.path(first).read_bytes() == b"one" and other.path(second).read_bytes() == b"two"
    assert not (tmp_path / "other" / "staging").exists()
    assert archive.stat().st_mode & 0o077 == 0


def test_without_files_there_is_no_archive(tmp_path: Path) -> None:
    archive = backup_files.beside(tmp_path / "save.dump")
    with Progress(1).step("save") as step:
        assert backup_files.save(step, tmp_path / "files", archive) == 0
        assert backup_files.restore(step, archive, tmp_path / "files") == 0
    assert not archive.exists()


def test_an_archive_with_other_names_is_refused(tmp_path: Path) -> None:
    (tmp_path / "evil").write_bytes(b"x")
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.add(tmp_path / "evil", "../evil")
    with Progress(1).step("restore") as step, pytest.raises(Failure):
        backup_files.restore(step, tmp_path / "evil.tar", tmp_path / "files")
