# SPDX-License-Identifier: Apache-2.0
"""A drop folder here: what is taken and when, what becomes of it, and what is never followed."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError

from geo.db.pool import Database
from layers.transports.base import Arrival, Visit
from layers.transports.folder import TRANSPORT, FolderOptions


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


def visit_of(root: Path, cursor: Mapping[str, Any] | None = None, **options: Any) -> Visit:
    chosen = FolderOptions(path=str(root), **{"settle_s": 0, **options})
    return Visit("s", chosen, cursor or {}, lambda name: name, cast(Database, None), lambda: datetime.now(UTC))


async def look(
    root: Path, cursor: Mapping[str, Any] | None = None, *, settle: bool = True, **options: Any
) -> list[Arrival]:
    found = []
    async for arrival in TRANSPORT.arrivals(visit_of(root, cursor, **options)):
        found.append(arrival)
        if settle and arrival.settle is not None:
            await arrival.settle()
    return found


def names(arrivals: list[Arrival]) -> list[str]:
    return [one.message.name for one in arrivals]


def put(root: Path, name: str, text: str = "x", *, age_s: float = 100) -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    moment = datetime.now(UTC).timestamp() - age_s
    os.utime(file, (moment, moment))
    return file


async def test_finished_files_are_taken_oldest_first_and_moved(root: Path) -> None:
    put(root, "b.txt", age_s=300)
    put(root, "2026/11/a.csv", "1;2", age_s=500)
    found = await look(root)
    assert names(found) == ["2026/11/a.csv", "b.txt"]
    assert (found[0].message.body, found[0].message.content_type) == (b"1;2", "text/csv")
    assert found[0].message.headers["last-modified"].startswith("20")
    assert sorted(str(file.relative_to(root)) for file in root.rglob("*.*")) == ["done/2026/11/a.csv", "done/b.txt"]
    assert await look(root) == []


@pytest.mark.parametrize(
    "name",
    ["a.txt.tmp", "a.TMP", "a.part", "a.filepart", "a~", ".hidden.txt", ".git/a.txt", "done/a.txt", "done/x/a.txt"],
)
async def test_what_is_no_finished_file_stays(root: Path, name: str) -> None:
    put(root, name)
    assert await look(root) == []
    assert (root / name).exists()


async def test_a_pattern_chooses_by_name_in_any_case(root: Path) -> None:
    for name in ("A.TXT", "b.csv", "c.txt"):
        put(root, name)
    assert sorted(names(await look(root, pattern="*.txt"))) == ["A.TXT", "c.txt"]


async def test_sub_folders_only_where_they_are_wanted_and_days_only_as_far_back_as_asked(root: Path) -> None:
    put(root, "x/a.txt")
    assert await look(root, recursive=False) == []
    for day in ("2020/01/31", "2020-01-31", "20200131", f"{datetime.now(UTC):%Y/%m/%d}", "2026/99/99"):
        put(root, f"{day}/d.txt")
    put(root, "old.txt", age_s=90 * 86_400)
    taken = names(await look(root, after="keep", look_back_days=62))
    assert sorted(taken) == sorted(["x/a.txt", f"{datetime.now(UTC):%Y/%m/%d}/d.txt", "2026/99/99/d.txt"])


async def test_a_file_that_is_written_now_waits_for_the_next_visit(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put(root, "a.txt", "half")
    put(root, "b.txt", "whole")
    _meanwhile(monkeypatch, lambda: file.write_text("half and half"))
    assert names(await look(root, settle_s=5)) == ["b.txt"]
    _meanwhile(monkeypatch, lambda: 0)
    assert [one.message.body for one in await look(root, settle_s=5)] == [b"half and half"]


async def test_a_file_that_stood_still_long_enough_needs_no_second_look(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, "a.txt")
    visit = visit_of(root, settle_s=5)
    later = Visit(
        visit.source, visit.options, {}, visit.secret, visit.database, lambda: datetime.now(UTC) + timedelta(seconds=9)
    )

    def never() -> None:
        raise AssertionError("it waited")

    _meanwhile(monkeypatch, never)
    assert [one.message.name async for one in TRANSPORT.arrivals(later)] == ["a.txt"]


async def test_a_file_that_grows_after_it_was_listed_is_not_cut(root: Path) -> None:
    file = put(root, "a.txt", "half")
    put(root, "b.txt", age_s=500)
    arrivals = TRANSPORT.arrivals(visit_of(root))
    assert (await anext(arrivals)).message.name == "b.txt"
    file.write_text("half and half")
    assert [one async for one in arrivals] == []
    assert [one.message.body for one in await look(root)] == [b"x", b"half and half"]


async def test_what_is_sent_again_while_it_is_taken_in_is_not_moved_away(root: Path) -> None:
    file = put(root, "a.txt", "one")
    (arrival,) = await look(root, settle=False)
    file.write_text("two")
    assert arrival.settle is not None
    await arrival.settle()
    assert file.read_text() == "two"
    assert [one.message.body for one in await look(root, arrival.cursor)] == [b"two"]


async def test_who_may_only_read_remembers_what_was_taken(root: Path) -> None:
    file = put(root, "a.txt", "one")
    (first,) = await look(root, after="keep")
    assert file.exists()
    assert await look(root, first.cursor, after="keep") == []
    put(root, "a.txt", "two", age_s=50)
    (second,) = await look(root, first.cursor, after="keep")
    assert second.message.body == b"two"
    file.unlink()
    put(root, "b.txt")
    (third,) = await look(root, second.cursor, after="keep")
    assert third.cursor is not None and list(third.cursor["seen"]) == ["b.txt"]


async def test_deleting_is_a_choice(root: Path) -> None:
    put(root, "a.txt")
    assert len(await look(root, after="delete")) == 1
    assert list(root.iterdir()) == []


async def test_a_file_that_was_taken_by_a_process_that_died_is_moved_by_the_next_visit(root: Path) -> None:
    put(root, "a.txt")
    (arrival,) = await look(root, settle=False)
    assert await look(root, arrival.cursor) == []
    assert (root / "done" / "a.txt").exists()


async def test_a_file_that_cannot_be_moved_is_not_read_again_and_again(root: Path) -> None:
    put(root, "a.txt")
    (root / "done").write_text("a file where the folder should be")
    (arrival,) = await look(root)
    assert (root / "a.txt").exists()
    assert await look(root, arrival.cursor) == []


async def test_links_are_not_followed(root: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.txt", "secret")
    (root / "link.txt").symlink_to(secret)
    (root / "out").symlink_to(tmp_path)
    put(root, "a.txt")
    assert names(await look(root)) == ["a.txt"]


async def test_a_link_that_takes_a_files_or_a_folders_place_is_not_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    put(outside, "a.txt", "secret", age_s=1)
    put(outside, "b.txt", "secret", age_s=1)
    put(root, "first.txt", age_s=900)
    folder = put(root, "in/a.txt", "public", age_s=500).parent
    file = put(root, "b.txt", "public", age_s=400)
    arrivals = TRANSPORT.arrivals(visit_of(root))
    assert (await anext(arrivals)).message.name == "first.txt"
    file.unlink()
    file.symlink_to(outside / "b.txt")
    (folder / "a.txt").unlink()
    folder.rmdir()
    folder.symlink_to(outside)
    rest = [one.message async for one in arrivals]
    assert [(one.name, one.body) for one in rest] == [("in/a.txt", b""), ("b.txt", b"")]
    assert all("not-read" in one.headers for one in rest)


async def test_done_may_not_lead_out(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "done").symlink_to(outside)
    put(root, "a.txt")
    await look(root)
    assert (root / "a.txt").exists() and list(outside.iterdir()) == []


async def test_a_file_beyond_the_limit_arrives_empty_and_says_why(root: Path) -> None:
    put(root, "a.txt", "x" * 101)
    (arrival,) = await look(root, max_bytes=100)
    assert arrival.message.body == b""
    assert arrival.message.headers["not-read"] == "101 bytes; at most 100 are taken"
    assert (root / "done" / "a.txt").exists()


async def test_a_visit_takes_so_many_files_and_the_next_the_others(root: Path) -> None:
    for number in range(5):
        put(root, f"{number}.txt", age_s=500 - number)
    assert names(await look(root, max_files=3)) == ["0.txt", "1.txt", "2.txt"]
    assert names(await look(root, max_files=3)) == ["3.txt", "4.txt"]


async def test_a_name_that_is_no_text_can_still_be_stored(root: Path) -> None:
    (root / os.fsdecode(b"tr\xe1m.txt")).write_text("x")
    (arrival,) = await look(root)
    assert arrival.message.name.encode() == b"tr?m.txt"
    assert (root / "done" / "tr?m.txt").exists()


async def test_a_folder_that_is_not_there_fails_the_visit(root: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await look(root / "nowhere")


@pytest.mark.parametrize("options", [{"done": "/tmp"}, {"done": "../x"}, {"done": "."}, {"max_bytes": 0}, {"path": ""}])
def test_options_that_would_do_harm_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FolderOptions.model_validate({"path": "x", **options})


def _meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """What happens while a visit waits for files to stand still."""

    async def wait(_seconds: float) -> None:
        happens()

    monkeypatch.setattr("layers.transports.drop.asyncio.sleep", wait)
