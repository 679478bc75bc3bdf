# SPDX-License-Identifier: Apache-2.0
"""Indicators through the ingest door: identity, freshness, history, changes, dead letters, undo."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from geo.db.pool import Database
from layers.batch import Batch, Receipt
from layers.errors import ImportNotFound
from layers.intake import take_in
from layers.registry import LayerRegistry
from layers.undo import Undone, undo_import
from tests.layers.metric_samples import BAD_VALUES, Bad, new_source, population
from tests.support.grid import NEW, OLD, publish_grid

pytestmark = pytest.mark.postgis


class Source:
    """One source of an indicator, and what is stored of it."""

    def __init__(self, database: Database, registry: LayerRegistry) -> None:
        self.name = new_source()
        self._database = database
        self._spec = registry["population"]

    async def push(self, *records: Any, name: str | None = None) -> Receipt:
        batch = Batch(self._spec, self.name, name or uuid.uuid4().hex, list(records))
        return await take_in(self._database, batch, datetime.now(UTC))

    async def undo(self, name: str) -> Undone:
        return await undo_import(self._database, self.name, self._spec, name)

    async def rows(self, columns: str = "value, estimated, revision", table: str = "indicator_value") -> list[Any]:
        async with self._database.connection() as connection:
            order = "valid_from, revision" if table == "indicator_value_history" else "unit_set, unit_code, valid_from"
            found = await connection.fetch(
                f"select {columns} from {table} where source = $1 order by {order}", self.name
            )
        return [tuple(row) for row in found]

    async def execute(self, statement: str) -> None:
        async with self._database.connection() as connection:
            await connection.execute(statement, self.name)


@pytest.fixture
async def source(database: Database, registry: LayerRegistry) -> Source:
    await publish_grid(database)
    return Source(database, registry)


async def test_the_same_again_changes_nothing(source: Source) -> None:
    first = await source.push(population(1200), population(1300, period="2024", estimated=True))
    assert (first.accepted, first.changed, first.rejected) == (2, 0, [])
    again = await source.push(population(1200), population(1300, period="2024", estimated=True))
    assert (again.accepted, again.changed, again.unchanged) == (0, 0, 2)
    assert await source.rows() == [(1300, True, 1), (1200, False, 1)]
    assert await source.rows(table="indicator_value_history") == []


async def test_a_correction_is_a_new_revision_and_the_old_belief_stays(source: Source) -> None:
    await source.push(population(1200, revision=5))
    assert (await source.push(population(1250, revision=4))).stale == 1
    (conflict,) = (await source.push(population(1250, revision=5))).rejected
    assert conflict["code"] == "revision_conflict"
    assert (await source.push(population(1250, revision=6))).changed == 1
    assert await source.rows() == [(1250, False, 6)]
    history = await source.rows("value, revision, ended_by, known_from < known_to", "indicator_value_history")
    assert history == [(1200, 5, "update", True)]


async def test_no_value_is_a_value_that_is_said(source: Source) -> None:
    await source.push(population(1200))
    assert (await source.push(population(None))).changed == 1
    assert await source.rows() == [(None, False, 2)]


async def test_of_several_versions_in_one_batch_the_last_stands(source: Source) -> None:
    receipt = await source.push(population(1), population(2), population(3))
    assert (receipt.accepted, receipt.stale) == (1, 2)
    counted = await source.push(population(4, revision=4), population(5, revision=5))
    assert (counted.changed, await source.rows()) == (2, [(5, False, 5)])


@pytest.mark.parametrize(
    ("period", "unit_set"), [("2015", OLD), ("2025-Q2", NEW), ("2019-12", OLD), ("2020-01-01/2020-07-01", NEW)]
)
async def test_without_a_set_the_period_decides_which_generation_a_code_is_of(
    source: Source, period: str, unit_set: str
) -> None:
    assert (await source.push(population(unit_set=..., period=period))).rejected == []
    assert await source.rows("unit_set") == [(unit_set,)]


@pytest.mark.parametrize("bad", BAD_VALUES, ids=lambda bad: bad.name)
async def test_a_bad_record_is_refused_at_its_index_and_the_others_pass(source: Source, bad: Bad) -> None:
    receipt = await source.push(population(7, period="2024"), bad.record, population(9))
    assert [(one["index"], one["code"]) for one in receipt.rejected] == [(1, bad.code)]
    assert receipt.accepted == 2
    assert await source.rows(
        "code, times", "(select *, '' unit_set, '' unit_code, now() valid_from from dead_letter) d"
    ) == [(bad.code, 1)]


async def test_a_withdrawn_value_goes_and_an_older_revision_does_not_bring_it_back(source: Source) -> None:
    await source.push(population(1200, revision=3))
    gone = population(..., withdrawn=True, revision=4)
    assert (await source.push(gone)).withdrawn == 1
    assert (await source.push(gone)).unchanged == 1
    assert (await source.push(population(1200, revision=4))).stale == 1
    assert await source.rows() == []
    assert await source.rows("value, ended_by", "indicator_value_history") == [(1200, "delete")]
    assert (await source.push(population(1300, revision=5))).accepted == 1


async def test_an_import_is_undone_as_a_whole(source: Source) -> None:
    await source.push(population(1200), population(1100, period="2024"), name="first")
    await source.push(
        population(9999), population(8888, period="2023"), population(..., period="2024", withdrawn=True), name="wrong"
    )
    undone = await source.undo("wrong")
    assert (undone.restored, undone.removed, undone.brought_back) == (1, 1, 1)
    assert [row[0] for row in await source.rows()] == [1100, 1200]
    with pytest.raises(ImportNotFound):
        await source.undo("wrong")
    assert (await source.push(population(1200), population(1100, period="2024"))).unchanged == 2


async def test_an_edit_past_the_door_survives_the_undo(source: Source) -> None:
    await source.push(population(1200), name="import")
    await source.execute("update indicator_value set value = 1300 where source = $1")
    await source.undo("import")
    assert await source.rows() == [(1300, False, 2)]


async def test_a_batch_leaves_one_bulk_change_with_the_box_of_its_units(source: Source, database: Database) -> None:
    async with database.connection() as connection:
        mark = await connection.fetchval("select coalesce(max(id), 0) from change_log")
        await source.push(population(1), population(2, period="2024"))
        rows = await connection.fetch("select op, new_box, affected from change_log where id > $1", mark)
    ours = [row for row in rows if row["op"] == "bulk" and row["affected"] == 2]
    assert [[round(side, 6) for side in row["new_box"]] for row in ours] == [[107.0, 16.2, 107.2, 16.3]]


async def test_a_value_keeps_its_identity_and_truncate_is_refused(source: Source) -> None:
    await source.push(population(1))
    with pytest.raises(Exception, match="keeps its indicator"):
        await source.execute("update indicator_value set unit_code = '00002' where source = $1")
