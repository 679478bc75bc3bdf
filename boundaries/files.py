# SPDX-License-Identifier: Apache-2.0
"""Files that people sent, and files made from them: kept under the hash of their bytes, never changed.

A file is there whole or not at all: it is written beside, flushed to disk and renamed.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from geo.errors import TooLarge

_CHUNK_BYTES = 1 << 20
_LEFT_OVER_S = 86_400.0


@dataclass(frozen=True)
class Kept:
    """A file that is kept."""

    sha256: str
    size_bytes: int


class FileStore:
    """A folder of files by their SHA-256, in lower-case hex."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, sha256: str) -> Path:
        """Where the bytes lie."""
        return self._root / sha256[:2] / sha256[2:]

    async def take(self, chunks: AsyncIterator[bytes], max_bytes: int) -> Kept:
        """Keep what arrives; the memory it needs is one chunk.

        Raises:
            TooLarge: more bytes than the limit; nothing is kept.
        """
        beside = self._beside()
        digest, size = hashlib.sha256(), 0
        try:
            with beside.open("xb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > max_bytes:
                        raise TooLarge(
                            f"The file is larger than {max_bytes // 1_000_000} MB.",
                            code="file_too_large",
                            max_bytes=max_bytes,
                            detail_vi=f"Tệp lớn hơn {max_bytes // 1_000_000} MB.",
                        )
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                # The disk may take its time; the server goes on meanwhile.
                return await asyncio.to_thread(self._settle, file.fileno(), beside, Kept(digest.hexdigest(), size))
        finally:
            beside.unlink(missing_ok=True)

    def keep(self, made: Path) -> Kept:
        """Keep a copy of a file that was made here."""
        beside = self._beside()
        digest = hashlib.sha256()
        try:
            with made.open("rb") as source, beside.open("xb") as file:
                while chunk := source.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                return self._settle(file.fileno(), beside, Kept(digest.hexdigest(), made.stat().st_size))
        finally:
            beside.unlink(missing_ok=True)

    def new_folder(self) -> Path:
        """An empty folder on the same disk, to unpack into; whoever asks deletes it."""
        folder = self._root / "staging" / uuid.uuid4().hex
        folder.mkdir(parents=True, mode=0o700)
        return folder

    def clear_staging(self) -> None:
        """Delete what killed jobs and broken uploads left a day ago."""
        for left in (*(self._root / "staging").glob("*"), *(self._root / "incoming").glob("*")):
            # It may end just now, and take its place away itself.
            with contextlib.suppress(FileNotFoundError):
                if left.stat().st_mtime >= time.time() - _LEFT_OVER_S:
                    continue
                if left.is_dir():
                    shutil.rmtree(left, ignore_errors=True)
                else:
                    left.unlink()

    def _beside(self) -> Path:
        incoming = self._root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        return incoming / uuid.uuid4().hex

    def _settle(self, number: int, beside: Path, kept: Kept) -> Kept:
        place = self.path(kept.sha256)
        if not place.exists():
            os.fsync(number)
            place.parent.mkdir(parents=True, exist_ok=True)
            beside.replace(place)
            _flush(place.parent)
        return kept


def _flush(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
