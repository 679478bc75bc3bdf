# SPDX-License-Identifier: Apache-2.0
"""Files under their hash: whole or not at all, once, and never more than the limit."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from boundaries.files import FileStore
from geo.errors import TooLarge


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def broken() -> AsyncIterator[bytes]:
    yield b"half"
    raise ConnectionError("the sender went away")


def everything(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


async def test_what_arrives_is_kept_under_its_hash_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    first = await store.take(pieces(b"ranh ", b"gioi"), 100)
    again = await store.take(pieces(b"ranh gioi"), 100)
    assert first == again
    assert first.sha256 == hashlib.sha256(b"ranh gioi").hexdigest() and first.size_bytes == 9
    assert everything(tmp_path) == [store.path(first.sha256)]
    assert store.path(first.sha256).read_bytes() == b"ranh gioi"


async def test_a_file_over_the_limit_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TooLarge) as refused:
        await FileStore(tmp_path).take(pieces(b"12345", b"67890"), 9)
    assert refused.value.code == "file_too_large"
    assert everything(tmp_path) == []


async def test_a_sender_who_goes_away_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError):
        await FileStore(tmp_path).take(broken(), 100)
    assert everything(tmp_path) == []


def test_what_was_made_here_is_kept_as_a_copy(tmp_path: Path) -> None:
    made = tmp_path / "made.tif"
    made.write_bytes(b"II*\0")
    store = FileStore(tmp_path / "files")
    kept = store.keep(made)
    assert store.path(kept.sha256).read_bytes() == made.read_bytes() and kept.size_bytes == 4


def test_only_what_was_left_long_ago_is_cleared_from_staging(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    in_use, left = store.new_folder(), store.new_folder()
    (left / "part.shp").write_bytes(b"x")
    (tmp_path / "incoming").mkdir()
    half = tmp_path / "incoming" / "half"
    half.write_bytes(b"x")
    for one in (left, half):
        os.utime(one, (1, 1))
    store.clear_staging()
    assert in_use.is_dir() and not left.exists() and not half.exists()
