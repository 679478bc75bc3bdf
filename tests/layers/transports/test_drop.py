# SPDX-License-Identifier: Apache-2.0
"""The rules of drop folders where listings are coarse, connections end and memories are long."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from geo.db.pool import Database
from layers.transports.base import Arrival, Visit
from layers.transports.drop import DropFile, DropOptions, take

START = datetime(2026, 11, 22, 8, 0, 5, tzinfo=UTC)


@dataclass
class Shelf:
    """A folder of a server that lists to the minute, as LIST of FTP does."""

    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    coarse_s: float = 60
    is_open: bool = True
    reads: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    locked: bool = False

    def put(self, path: str, body: bytes, moment: datetime) -> None:
        self.files[path] = (body, moment)

    async def listing(self) -> list[DropFile]:
        return [
            DropFile(
                path,
                len(body),
                moment.replace(second=0).timestamp() if self.coarse_s else moment.timestamp(),
                self.coarse_s,
            )
            for path, (body, moment) in self.files.items()
        ]

    async def read(self, file: DropFile) -> bytes:
        self.reads.append(file.path)
        return self.files[file.path][0]

    async def stamp(self, file: DropFile) -> str:
        return str(self.files[file.path][1]) if file.path in self.files else "gone"

    async def move(self, path: str, to: str) -> None:
        if self.locked:
            raise PermissionError("read only")
        self.moved.append(to)
        del self.files[path]

    async def delete(self, path: str) -> None:
        del self.files[path]


@dataclass
class Machine:
    """Visits of one source, with its cursor and its clock."""

    shelf: Shelf
    options: DropOptions
    now: datetime = START
    cursor: dict[str, Any] = field(default_factory=dict)

    async def visit(self, *, settle: bool = True) -> list[Arrival]:
        visit = Visit("s", self.options, self.cursor, lambda name: name, cast(Database, None), lambda: self.now)
        found = []
        async for arrival in take(visit, self.shelf):
            found.append(arrival)
            if arrival.cursor is not None:
                self.cursor = dict(arrival.cursor)
            if settle and arrival.settle is not None:
                await arrival.settle()
        return found


def bodies(arrivals: list[Arrival]) -> list[bytes]:
    return [one.message.body for one in arrivals]


async def test_a_correction_of_the_same_size_within_the_listed_minute_is_not_missed() -> None:
    machine = Machine(Shelf(), DropOptions(after="keep", settle_s=0))
    machine.shelf.put("a.txt", b"48.6", START)
    assert bodies(await machine.visit()) == [b"48.6"]
    machine.shelf.put("a.txt", b"49.6", START + timedelta(seconds=20))  # looks the same in the listing
    machine.now += timedelta(seconds=30)
    assert bodies(await machine.visit()) == []
    machine.now += timedelta(seconds=31)
    assert bodies(await machine.visit()) == [b"49.6"]
    machine.now += timedelta(hours=1)
    assert bodies(await machine.visit()) == []  # read once more, and then believed


async def test_a_listing_to_the_second_is_believed_at_once() -> None:
    machine = Machine(Shelf(coarse_s=0), DropOptions(after="keep", settle_s=0))
    machine.shelf.put("a.txt", b"1", START)
    assert len(await machine.visit()) == 1
    machine.now += timedelta(hours=1)
    assert await machine.visit() == []
    machine.shelf.put("a.txt", b"2", START + timedelta(seconds=1))
    assert bodies(await machine.visit()) == [b"2"]


async def test_files_of_a_visit_that_is_over_are_moved_by_the_next() -> None:
    machine = Machine(Shelf(), DropOptions(settle_s=0))
    machine.shelf.put("a.txt", b"1", START)
    (arrival,) = await machine.visit(settle=False)
    machine.shelf.is_open = False
    assert arrival.settle is not None
    await arrival.settle()
    assert machine.shelf.moved == []
    machine.shelf.is_open = True
    assert await machine.visit() == []
    assert machine.shelf.moved == ["done/a.txt"]
    assert machine.shelf.reads == ["a.txt"]


async def test_a_file_that_came_again_before_it_was_moved_is_read_and_not_moved_away() -> None:
    machine = Machine(Shelf(), DropOptions(settle_s=0))
    machine.shelf.put("a.txt", b"1", START)
    await machine.visit(settle=False)
    machine.shelf.put("a.txt", b"2", START + timedelta(seconds=20))  # same size, same minute: only its stamp tells
    machine.now += timedelta(seconds=30)
    assert bodies(await machine.visit()) == [b"2"]
    assert machine.shelf.moved == ["done/a.txt"]


async def test_a_server_that_forbids_moving_is_read_once() -> None:
    machine = Machine(Shelf(coarse_s=0, locked=True), DropOptions(settle_s=0))
    for number in range(3):
        machine.shelf.put(f"{number}.txt", b"1", START)
    assert len(await machine.visit()) == 3
    assert await machine.visit() == []


async def test_a_long_memory_is_not_written_for_every_file() -> None:
    machine = Machine(Shelf(coarse_s=0), DropOptions(after="keep", settle_s=0))
    for number in range(400):
        machine.shelf.put(f"{number:03}.txt", b"1", START)
    found = await machine.visit()
    assert len(found) == 400
    kept = [one.cursor for one in found if one.cursor is not None]
    assert len(kept) < 400 and len(kept[-1]["seen"]) == 400
    assert await machine.visit() == []


async def test_a_cursor_of_another_kind_is_no_memory() -> None:
    machine = Machine(Shelf(coarse_s=0), DropOptions(after="keep", settle_s=0), cursor={"seen": "nonsense", "page": 3})
    machine.shelf.put("a.txt", b"1", START)
    assert len(await machine.visit()) == 1
