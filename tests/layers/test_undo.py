# SPDX-License-Identifier: Apache-2.0
"""Undo of a whole import: what it brought goes, what it changed or took away comes back, later changes stay."""

import uuid
from typing import Any

import pytest

from geo.db.pool import Database
from layers.errors import ImportNotFound
from layers.registry import discover
from layers.undo import Undone, undo_import
from tests.conftest import Seed
from tests.layers.ingest_samples import incident

pytestmark = pytest.mark.postgis


class Source:
    """One source that pushes imports by name and looks at what stands."""

    def __init__(self, seed: Seed, database: Database) -> None:
        self._seed = seed
        self._database = database
        self.name = f"s-{uuid.uuid4().hex[:12]}"

    async def push(self, name: str, *records: Any, snapshot: bool = False) -> None:
        receipt = await self._seed("incidents", list(records), source=self.name, name=name, snapshot=snapshot)
        assert receipt.rejected == []

    async def undo(self, name: str) -> Undone:
        return await undo_import(self._database, self.name, discover()["incidents"], name)

    async def execute(self, statement: str) -> None:
        async with self._database.connection() as connection:
            await connection.execute(statement, self.name)

    async def titles(self) -> dict[str, str]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "select external_id, properties ->> 'title' from feature where source = $1 order by 1", self.name
            )
        return {row[0]: row[1] for row in rows}


@pytest.fixture
def source(seed: Seed, database: Database) -> Source:
    return Source(seed, database)


def titled(external_id: str, title: str, **changes: Any) -> dict[str, Any]:
    return incident(external_id, title=title, **changes)


def gone(external_id: str) -> dict[str, Any]:
    return {"id": external_id, "withdrawn": True}


async def test_new_changed_and_withdrawn_go_back_to_what_was(source: Source) -> None:
    await source.push("first", titled("kept", "1"), titled("changed", "1"), titled("gone", "1"))
    await source.push("second", titled("new", "2"), titled("changed", "2"), gone("gone"))
    assert await source.titles() == {"kept": "1", "changed": "2", "new": "2"}
    assert await source.undo("second") == Undone(restored=1, removed=1, brought_back=1)
    assert await source.titles() == {"kept": "1", "changed": "1", "gone": "1"}


async def test_what_came_back_has_its_identity_and_its_place(source: Source, database: Database) -> None:
    look = "select id, revision, kind, valid_from, properties, geom::text, h3 from feature where source = $1"
    await source.push("first", titled("gone", "1", revision=4))
    async with database.connection() as connection:
        before = await connection.fetch(look, source.name)
        await source.push("second", gone("gone"))
        await source.undo("second")
        assert await connection.fetch(look, source.name) == before


async def test_what_others_changed_since_stays(source: Source) -> None:
    await source.push("first", titled("a", "1"), titled("b", "1"))
    await source.push("second", titled("a", "2"), titled("b", "2"))
    await source.push("third", titled("a", "3"))
    await source.undo("second")
    assert await source.titles() == {"a": "3", "b": "1"}


async def test_what_a_person_edited_since_stays(source: Source) -> None:
    await source.push("first", titled("a", "1"), titled("b", "1"))
    await source.execute("update layer_incidents set title = 'người sửa' where source = $1 and external_id = 'a'")
    await source.undo("first")
    assert await source.titles() == {"a": "người sửa"}


async def test_imports_are_undone_one_after_another(source: Source) -> None:
    for name in ("1", "2", "3"):
        await source.push(name, titled("a", name))
    for undone, left in (("3", {"a": "2"}), ("2", {"a": "1"}), ("1", {})):
        await source.undo(undone)
        assert await source.titles() == left


async def test_an_import_that_was_undone_is_not_brought_back_by_another_undo(source: Source) -> None:
    await source.push("first", titled("a", "1"))
    await source.push("second", titled("a", "2"))
    await source.undo("second")
    await source.undo("first")
    assert await source.titles() == {}


async def test_withdrawing_again_what_is_gone_changes_no_owner(source: Source) -> None:
    await source.push("first", titled("a", "1"))
    await source.push("second", gone("a"))
    await source.push("third", gone("a"))
    assert await source.undo("third") == Undone(0, 0, 0)
    assert await source.titles() == {}
    await source.undo("second")
    assert await source.titles() == {"a": "1"}


async def test_of_a_record_that_went_twice_the_newest_belief_comes_back(source: Source) -> None:
    await source.push("first", titled("a", "1"))
    await source.push("second", gone("a"))
    await source.push("third", titled("a", "3"))
    await source.push("fourth", gone("a"))
    await source.undo("fourth")
    assert await source.titles() == {"a": "3"}


async def test_a_snapshot_is_undone_with_what_it_retired(source: Source) -> None:
    await source.push("first", *(titled(f"i-{nth}", "1") for nth in range(5)))
    await source.push("second", titled("i-0", "2"), snapshot=True)
    assert await source.titles() == {"i-0": "2"}
    await source.undo("second")
    assert await source.titles() == {f"i-{nth}": "1" for nth in range(5)}


async def test_an_undone_import_can_be_pushed_again_under_its_name(source: Source) -> None:
    for _ in range(2):
        await source.push("daily", titled("a", "1", revision=3))
        assert await source.titles() == {"a": "1"}
        await source.undo("daily")
        assert await source.titles() == {}


async def test_an_undo_is_in_the_change_log(source: Source, database: Database) -> None:
    await source.push("first", titled("a", "1"), titled("b", "1"))
    await source.push("second", titled("a", "2"), gone("b"), titled("c", "2"))
    async with database.connection() as connection:
        mark = await connection.fetchval("select coalesce(max(id), 0) from change_log")
        await source.undo("second")
        ops = await connection.fetch("select op from change_log where id > $1 order by id", mark)
    assert sorted(row["op"] for row in ops) == ["delete", "insert", "update"]


async def test_an_unknown_import_is_not_found_nor_one_undone_before(source: Source) -> None:
    await source.push("first", titled("a", "1"))
    await source.undo("first")
    for name in ("first", "never"):
        with pytest.raises(ImportNotFound):
            await source.undo(name)
