# SPDX-License-Identifier: Apache-2.0
"""Archives, judged from their directory before a byte is unpacked: names, links, number, sizes, ratio, nesting.

Zip is read by the standard library. 7z and rar are turned into a tar stream by bsdtar (libarchive), which writes no
file itself, so one judge serves all three. Unpacked files get names of ours; those of the archive never reach the disk.
"""

import os
import stat
import struct
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from boundaries.reading.faults import Fault, named
from boundaries.reading.formats import Container
from boundaries.reading.limits import Limits

_CHUNK = 256 * 1024
_END_OF_DIRECTORY = b"PK\x05\x06"
# 22 bytes and a comment of at most 64 KiB.
_TAIL = 22 + 65535
# What a directory entry takes at most, with the names and extra fields that occur.
_ENTRY_BYTES = 2048


@dataclass(frozen=True)
class Member:
    """One entry of an archive's directory."""

    name: str
    size: int
    is_folder: bool = False
    is_special: bool = False
    is_encrypted: bool = False


class Archive(Protocol):
    """What is asked of an archive of any kind."""

    def members(self) -> list[Member]: ...

    def contents(self, wanted: set[str]) -> Iterator[tuple[str, IO[bytes]]]: ...


class ZipArchive:
    """A zip file, through the standard library."""

    def __init__(self, path: Path, limits: Limits) -> None:
        _look_at_directory(path, limits)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            raise Fault("FILE_CORRUPT") from error

    def members(self) -> list[Member]:
        return [
            Member(
                name=info.filename,
                size=info.file_size,
                is_folder=info.is_dir(),
                is_special=_is_special(info.external_attr >> 16),
                is_encrypted=bool(info.flag_bits & 1),
            )
            for info in self._zip.infolist()
        ]

    def contents(self, wanted: set[str]) -> Iterator[tuple[str, IO[bytes]]]:
        for info in self._zip.infolist():
            if info.filename in wanted:
                try:
                    with self._zip.open(info) as stream:
                        yield info.filename, stream
                except NotImplementedError as error:
                    raise Fault("FILE_UNSUPPORTED", en="The compression method of the zip is not known.") from error
                except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
                    raise Fault("FILE_CORRUPT") from error


class StreamedArchive:
    """A 7z or rar file, as the tar stream that bsdtar makes of it."""

    def __init__(self, path: Path, limits: Limits, bsdtar: str | None) -> None:
        if bsdtar is None:
            raise Fault(
                "FILE_UNSUPPORTED",
                "Máy chủ chưa có công cụ đọc 7z và rar; hãy gửi tệp zip.",
                "The server has no tool for 7z and rar (libarchive-tools); send a zip.",
            )
        self._command = [bsdtar, "-c", "-P", "-f", "-", "--format", "pax", f"@{path}"]
        self._limits = limits

    def members(self) -> list[Member]:
        listed: list[Member] = []
        total = 0
        for info, _ in self._entries():
            listed.append(Member(info.name, info.size, info.isdir(), not (info.isreg() or info.isdir())))
            total += info.size
            if len(listed) > self._limits.members or total > self._limits.unpacked_bytes:
                break
        return listed

    def contents(self, wanted: set[str]) -> Iterator[tuple[str, IO[bytes]]]:
        for info, tar in self._entries():
            stream = tar.extractfile(info) if info.name in wanted else None
            if stream is not None:
                yield info.name, stream

    def _entries(self) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
        with _running(self._command) as (process, complaints):
            try:
                with tarfile.open(fileobj=process.stdout, mode="r|", bufsize=_CHUNK) as tar:
                    for info in tar:
                        yield info, tar
            except (tarfile.TarError, EOFError, OSError) as error:
                raise _complaint(complaints) from error
            if process.wait() != 0:
                raise _complaint(complaints)


@contextmanager
def _running(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    complaints = Path("bsdtar.err")
    with complaints.open("wb") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env={"LC_ALL": "C.UTF-8"}
        )
    try:
        yield process, complaints
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _complaint(complaints: Path) -> Fault:
    text = complaints.read_bytes()[:4096].lower()
    if b"encrypt" in text or b"passphrase" in text:
        return Fault("FILE_ENCRYPTED")
    if b"unsupported" in text or b"not supported" in text:
        return Fault("FILE_UNSUPPORTED")
    return Fault("FILE_CORRUPT")


def open_archive(path: Path, kind: Container, limits: Limits, bsdtar: str | None) -> Archive:
    """The archive, its directory not yet judged.

    Raises:
        Fault: it is damaged, or there is no tool for it.
    """
    return ZipArchive(path, limits) if kind == "zip" else StreamedArchive(path, limits, bsdtar)


def _look_at_directory(path: Path, limits: Limits) -> None:
    """Refuse a directory that would fill the memory by being read at all."""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _TAIL))
        tail = stream.read(_TAIL)
    place = tail.rfind(_END_OF_DIRECTORY)
    if place < 0 or len(tail) - place < 22:
        raise Fault("FILE_CORRUPT", "Không thấy mục lục của tệp zip.", "The zip has no directory.")
    entries, directory_bytes = struct.unpack_from("<HI", tail, place + 10)
    # 0xffff announces a zip64 directory, which no upload within the limits needs.
    if entries > limits.members or directory_bytes > limits.members * _ENTRY_BYTES:
        raise _too_many(entries, limits)


def _is_special(mode: int) -> bool:
    return stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)


def plain_path(name: str) -> str | None:
    """The member's path with slashes; None when it could lead out of a folder."""
    path = name.replace("\\", "/")
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or ":" in parts[0] or len(path) > 1024:
        return None
    if any(ord(letter) < 32 for letter in path):
        return None
    return path


def judge(members: list[Member], packed_bytes: int, limits: Limits) -> None:
    """Refuse an archive by its directory.

    Raises:
        Fault: FILE_UNSAFE_NAME, FILE_ENCRYPTED or FILE_TOO_LARGE_UNPACKED.
    """
    seen: set[str] = set()
    for member in members:
        path = plain_path(member.name)
        if path is None or member.is_special:
            raise named("FILE_UNSAFE_NAME", member.name)
        # Two entries of one name: which of them was checked, and which is used?
        if not member.is_folder and path in seen:
            raise named("FILE_UNSAFE_NAME", member.name)
        seen.add(path)
        if member.is_encrypted:
            raise Fault("FILE_ENCRYPTED")
    if len(members) > limits.members:
        raise _too_many(len(members), limits)
    total = sum(member.size for member in members)
    too_dense = total > limits.ratio_from_bytes and total > limits.ratio * max(packed_bytes, 1)
    if total > limits.unpacked_bytes or too_dense:
        raise Fault(
            "FILE_TOO_LARGE_UNPACKED",
            f"{total} byte từ {packed_bytes} byte; giới hạn {limits.unpacked_bytes} byte, tỉ lệ {limits.ratio}.",
            f"{total} bytes out of {packed_bytes}; the limits are {limits.unpacked_bytes} bytes, ratio {limits.ratio}.",
        )


def _too_many(entries: int, limits: Limits) -> Fault:
    return Fault(
        "FILE_TOO_LARGE_UNPACKED",
        f"{entries} mục; giới hạn {limits.members}.",
        f"{entries} members; the limit is {limits.members}.",
    )


def unpack(archive: Archive, targets: dict[str, Path], sizes: dict[str, int]) -> None:
    """Write the members named by ``targets``, each no longer than its directory entry said.

    Raises:
        Fault: a member is longer or shorter than announced, or damaged.
    """
    for name, stream in archive.contents(set(targets)):
        written = 0
        with targets[name].open("xb") as out:
            while chunk := stream.read(_CHUNK):
                written += len(chunk)
                if written > sizes[name]:
                    raise named("FILE_TOO_LARGE_UNPACKED", name)
                out.write(chunk)
        if written < sizes[name]:
            raise named("FILE_CORRUPT", name)
