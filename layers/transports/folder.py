# SPDX-License-Identifier: Apache-2.0
"""A drop folder on this machine or a share: the door that every system has, for files of any kind.

Symbolic links are not followed: who may drop a file must not name another one of ours.
"""

import asyncio
import errno
import os
import stat
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

from pydantic import field_validator

from layers.spec import Text
from layers.transports.base import Arrival, Transport, Visit
from layers.transports.drop import MAX_LISTED, DropFile, DropOptions, take, utf8

_MAX_DEPTH = 8


class FolderOptions(DropOptions):
    """A drop folder here."""

    path: str

    @field_validator("path")
    @classmethod
    def _whole(cls, path: str) -> str:
        if not path:
            raise ValueError("'path' names the folder that is watched")
        return path


class LocalFolder:
    """The folder, as the rules of drop folders use one."""

    is_open = True

    def __init__(self, visit: Visit) -> None:
        self._options: FolderOptions = visit.options
        self._root = Path(self._options.path)
        self._visit = visit
        self._names: dict[str, str] = {}

    async def listing(self) -> list[DropFile]:
        """Files that are wanted.

        Raises:
            OSError: there is no such folder, or it may not be read.
        """
        return await asyncio.to_thread(self._listing)

    async def read(self, file: DropFile) -> bytes:
        """The content, at most one byte more than was listed."""
        return await asyncio.to_thread(self._read, file)

    async def stamp(self, file: DropFile) -> str:
        """Inode, size and time."""
        return await asyncio.to_thread(self._stamp, file.path)

    async def move(self, path: str, to: str) -> None:
        """Rename below the folder."""
        await asyncio.to_thread(self._move, path, to)

    async def delete(self, path: str) -> None:
        """Delete."""
        await asyncio.to_thread(self._real(path).unlink, missing_ok=True)

    def _listing(self) -> list[DropFile]:
        now = self._visit.clock()
        found = []
        self._names.clear()
        for path, status in self._walk("", now.date(), 0):
            name = utf8(path)
            self._names[name] = path
            # A copy may carry an old time of change; that of the inode is when it came.
            still_s = now.timestamp() - max(status.st_mtime, status.st_ctime)
            found.append(DropFile(name, status.st_size, round(status.st_mtime, 3), still_s=still_s))
            if len(found) > MAX_LISTED:
                raise OSError(f"more than {MAX_LISTED:,} files: move them after they are taken, or look back less far")
        return found

    def _walk(self, below: str, today: date, depth: int) -> Iterator[tuple[str, os.stat_result]]:
        with os.scandir(self._root / below) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        for entry in listed:
            path = f"{below}/{entry.name}" if below else entry.name
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISDIR(status.st_mode):
                if depth < _MAX_DEPTH and self._options.enters(path, today):
                    yield from self._walk(path, today, depth + 1)
            elif stat.S_ISREG(status.st_mode) and self._options.wants(path):
                yield path, status

    def _real(self, path: str) -> Path:
        """The file of a listed name; never one that a link leads to.

        Raises:
            PermissionError: a folder on the way became a link.
        """
        real = self._root / self._names.get(path, path)
        if not real.parent.resolve().is_relative_to(self._root.resolve()):
            raise PermissionError(f"{path} leads out of the folder")
        return real

    def _read(self, file: DropFile) -> bytes:
        try:
            handle = os.open(self._real(file.path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise PermissionError("it became a link") from error
            raise
        with open(handle, "rb") as content:
            return content.read(file.size + 1)

    def _stamp(self, path: str) -> str:
        try:
            status = os.stat(self._real(path), follow_symlinks=False)
        except (FileNotFoundError, PermissionError):
            return "gone"
        return f"{status.st_ino}/{status.st_size}/{status.st_mtime_ns}"

    def _move(self, path: str, to: str) -> None:
        target = self._root / to
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(self._root.resolve()):
            raise PermissionError(f"{to} leads out of the folder")
        os.replace(self._real(path), target)


async def arrivals(visit: Visit) -> AsyncIterator[Arrival]:
    """The finished files."""
    async for arrival in take(visit, LocalFolder(visit)):
        yield arrival


TRANSPORT = Transport("folder", Text("Thư mục nhận tệp", "Drop folder"), arrivals, FolderOptions)
