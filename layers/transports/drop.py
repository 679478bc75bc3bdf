# SPDX-License-Identifier: Apache-2.0
"""Folders that others drop files into, here or on a server: the same rules whatever the protocol.

A file is taken when it has its final name and its size stands still; taken again when it comes with another size or
time; and afterwards moved, deleted, or left and remembered. The road makes a second reading harmless, so every doubt is
settled by reading once more: what is remembered only saves work.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, NamedTuple, Protocol

from pydantic import Field, field_validator

from layers.connectors.base import Message, Options
from layers.transports.base import NOT_READ, Arrival, Visit

MAX_LISTED = 100_000
_CURSOR_EVERY = 50
_SMALL_CURSOR = 200
_ENTRY = 4
_TYPES = {
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".xml": "application/xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_DAY_FOLDER = re.compile(r"(?:^|/)(20\d\d)[-_/.]?(\d\d)[-_/.]?(\d\d)$", re.ASCII)
_log = logging.getLogger(__name__)


class DropOptions(Options):
    """The rules of a drop folder.

    ``settle_s``: how long a file must stand still; 0 where writers rename a finished file to its name. ``after``: what
    happens to a file that was taken (``keep`` where we may only read). ``look_back_days``: how old a file may be.
    """

    pattern: Annotated[str, Field(min_length=1, max_length=200)] = "*"
    recursive: bool = True
    settle_s: Annotated[float, Field(ge=0, le=3_600)] = 10
    after: Literal["move", "delete", "keep"] = "move"
    done: str = "done"
    partial: tuple[str, ...] = (".tmp", ".part", ".partial", ".filepart", "~")
    max_bytes: Annotated[int, Field(ge=1, le=200_000_000)] = 20_000_000
    max_files: Annotated[int, Field(ge=1, le=10_000)] = 500
    look_back_days: Annotated[float, Field(gt=0, le=36_600)] = 62

    @field_validator("partial")
    @classmethod
    def _lower(cls, partial: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(ending.lower() for ending in partial if ending)

    @field_validator("done")
    @classmethod
    def _inside(cls, done: str) -> str:
        path = PurePosixPath(done)
        if path.is_absolute() or not path.parts or ".." in path.parts:
            raise ValueError("'done' is a folder inside the drop folder, such as done")
        return str(path)

    def wants(self, path: str) -> bool:
        """Whether a path below the drop folder is a file of ours, by its name."""
        name = PurePosixPath(path).name
        if name.startswith((".", "~$")) or name.lower().endswith(self.partial):
            return False
        return fnmatchcase(name.lower(), self.pattern.lower()) and not self.is_done(path)

    def is_done(self, path: str) -> bool:
        """Whether a path is the folder of what was taken, or lies in it."""
        return path == self.done or path.startswith(f"{self.done}/")

    def enters(self, folder: str, today: date) -> bool:
        """Whether a sub-folder is looked into; folders of days that are too old are not."""
        if not self.recursive or self.is_done(folder) or PurePosixPath(folder).name.startswith("."):
            return False
        found = _DAY_FOLDER.search(folder)
        try:
            day = None if found is None else date(*map(int, found.groups()))
        except ValueError:
            day = None
        return day is None or day >= today - timedelta(days=self.look_back_days + 1)


class DropFile(NamedTuple):
    """A file as its folder lists it.

    Args:
        path: below the drop folder, with ``/``.
        changed: seconds since 1970 by the folder's own clock.
        coarse_s: how far apart two moments are that the listing tells apart (a minute in ``LIST`` of FTP).
        still_s: for how long it has stood still, where that is known without a second look.
    """

    path: str
    size: int
    changed: float
    coarse_s: float = 0
    still_s: float = 0

    @property
    def version(self) -> tuple[int, float]:
        """What is another when the content is another, as far as a listing can say."""
        return self.size, self.changed


class Place(Protocol):
    """A folder, here or on a server. Paths are below it. What it raises is an ``OSError``, or fails the visit.

    ``is_open``: whether it can still be asked; the last files of a visit are settled when a connection is gone already.
    """

    is_open: bool

    async def listing(self) -> list[DropFile]:
        """Files that the options want, in any order."""

    async def read(self, file: DropFile) -> bytes:
        """The content."""

    async def stamp(self, file: DropFile) -> str:
        """What changes when the file does; asked before it is read and before it is moved."""

    async def move(self, path: str, to: str) -> None:
        """Give a file another path, over what is there."""

    async def delete(self, path: str) -> None:
        """Delete a file."""


@dataclass
class _Memory:
    """What was taken and is still listed: size, time, when it was read while in doubt, and the stamp it had then."""

    seen: dict[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: Mapping[str, Any], listed: Iterable[DropFile]) -> "_Memory":
        """What the last visit left, without what is listed no more."""
        kept = cursor.get("seen")
        if not isinstance(kept, dict):
            return cls()
        paths = {file.path for file in listed}
        return cls({path: entry for path, entry in kept.items() if path in paths and len(entry) == _ENTRY})

    def knows(self, file: DropFile, now: float) -> bool:
        """Whether it need not be read now."""
        if not self.is_as_listed(file):
            return False
        # Within the same listed minute the file may have been replaced after we read it: read it once more, later.
        read_at = self.seen[file.path][2]
        return read_at is None or now - read_at < file.coarse_s

    def is_as_listed(self, file: DropFile) -> bool:
        """Whether it was read with the size and time that it has now."""
        return self.seen.get(file.path, [])[:2] == list(file.version)

    def stamp(self, file: DropFile) -> str:
        """The stamp that it had when it was read."""
        return str(self.seen[file.path][3])

    def note(self, file: DropFile, stamp: str, now: float, settle_s: float) -> None:
        """It was read."""
        is_sure = settle_s >= file.coarse_s or self.is_as_listed(file)
        self.seen[file.path] = [*file.version, None if is_sure else now, stamp]

    def forget(self, file: DropFile) -> None:
        """It is another file now."""
        del self.seen[file.path]

    def cursor(self, *, last: bool, count: int) -> dict[str, Any] | None:
        """What is kept with the records; a long one is not written for every file."""
        due = last or len(self.seen) < _SMALL_CURSOR or count % _CURSOR_EVERY == 0
        return {"seen": dict(self.seen)} if due else None


async def take(visit: Visit, place: Place) -> AsyncIterator[Arrival]:
    """One look at a drop folder: its finished files, the oldest first."""
    options: DropOptions = visit.options
    listed = await _listed(visit, place)
    memory = _Memory.of(visit.cursor, listed)
    now = visit.clock().timestamp()
    if options.after != "keep":
        await _finish_earlier([file for file in listed if memory.is_as_listed(file)], visit, place, memory)
    due = await _still([file for file in listed if not memory.knows(file, now)], visit, place)
    due = sorted(due, key=lambda file: (file.changed, file.path))[: options.max_files]
    for count, file in enumerate(due, 1):
        stamp = await place.stamp(file)
        message = await _message(visit, place, file)
        if message is None:
            continue
        memory.note(file, stamp, visit.clock().timestamp(), options.settle_s)
        yield Arrival(
            message, memory.cursor(last=count == len(due), count=count), _Finish(place, file, stamp, options).settle
        )


async def _listed(visit: Visit, place: Place) -> list[DropFile]:
    options: DropOptions = visit.options
    oldest = (visit.clock() - timedelta(days=options.look_back_days)).timestamp()
    return [file for file in await place.listing() if file.changed >= oldest]


async def _still(files: list[DropFile], visit: Visit, place: Place) -> list[DropFile]:
    """The files that nobody writes now: the same in two looks."""
    settle_s: float = visit.options.settle_s
    if all(file.still_s >= settle_s for file in files):
        return files
    await asyncio.sleep(settle_s)
    again = {file.path: file.version for file in await place.listing()}
    return [file for file in files if file.still_s >= settle_s or again.get(file.path) == file.version]


async def _message(visit: Visit, place: Place, file: DropFile) -> Message | None:
    """The file as a message; ``None`` where it grows or went away, so that the next visit has it."""
    headers = {"last-modified": datetime.fromtimestamp(file.changed, UTC).isoformat(timespec="seconds")}
    body = b""
    if file.size > visit.options.max_bytes:
        headers[NOT_READ] = f"{file.size} bytes; at most {visit.options.max_bytes} are taken"
    else:
        try:
            body = await place.read(file)
        except FileNotFoundError:
            return None
        except PermissionError as error:
            headers[NOT_READ] = f"no permission: {error.strerror or error}"
        if len(body) != file.size and NOT_READ not in headers:
            return None
    if NOT_READ in headers:
        _log.warning("source %s: %s was not read: %s", visit.source, file.path, headers[NOT_READ])
    suffix = PurePosixPath(file.path).suffix.lower()
    return Message(body, visit.clock(), _TYPES.get(suffix, "application/octet-stream"), file.path, headers)


@dataclass(frozen=True)
class _Finish:
    place: Place
    file: DropFile
    stamp: str
    options: DropOptions

    async def settle(self) -> None:
        if not self.place.is_open or self.options.after == "keep":
            return
        try:
            await _finish(self.place, self.file, self.stamp, self.options)
        except OSError as error:
            _log.warning("%s was taken, but stays where it is: %s", self.file.path, error)


async def _finish_earlier(files: list[DropFile], visit: Visit, place: Place, memory: _Memory) -> None:
    """Files that were taken and are still there: the visit or the process ended in between, or we may not move them."""
    refused = ""
    for file in files:
        try:
            if not await _finish(place, file, memory.stamp(file), visit.options):
                memory.forget(file)
        except OSError as error:
            refused = f"{file.path}: {error}"
    if refused:
        _log.warning("source %s: files that were taken stay where they are: %s", visit.source, refused)


async def _finish(place: Place, file: DropFile, stamp: str, options: DropOptions) -> bool:
    """Move or delete what was taken; not, and ``False``, when it was sent again meanwhile."""
    if await place.stamp(file) != stamp:
        return False
    with contextlib.suppress(FileNotFoundError):
        if options.after == "delete":
            await place.delete(file.path)
        else:
            await place.move(file.path, f"{options.done}/{file.path}")
    return True


def utf8(name: str) -> str:
    """A file's name as text that can be stored; names of other encodings lose what has no letter."""
    return name.encode("utf-8", "replace").decode()
