# SPDX-License-Identifier: Apache-2.0
"""The rules of the ingest door: identity, freshness, withdrawal, snapshots, dead letters."""

import asyncio
import uuid
from typing import Any

import pytest
from asyncpg import Record as Row

from geo.db.pool import Database
from layers.batch import Receipt
from tests.conftest import Seed
from tests.layers.ingest_samples import BAD, incident

pytestmark = pytest.mark.postgis


@pytest.fixture
def source() -> str:
    """A source that no other test uses."""
    return f"s-{uuid.uuid4().hex[:12]}"


async def rows_of(database: Database, source: str) -> dict[str, Row]:
    async with database.connection() as connection:
        rows = await connection.fetch("select * from feature where source = $1", source)
    return {row["external_id"]: row for row in rows}


async def changes_waiting(database: Database, source: str) -> int:
    """How many changes of this source's features the log has (no relay runs in these tests)."""
    async with database.connection() as connection:
        count: int = await connection.fetchval(
            "select count(*) from change_log where feature in (select id from feature where source = $1 "
            "union select id from feature_history where source = $1)",
            source,
        )
    return count


def counts(receipt: Receipt) -> dict[str, int]:
    """The numbers of a receipt that are not zero."""
    names = "accepted changed unchanged stale withdrawn retired unlocated".split()
    return {name: value for name in names if (value := getattr(receipt, name))}


async def test_a_new_record_becomes_a_feature(seed: Seed, database: Database, source: str) -> None:
    assert counts(await seed("incidents", [incident(revision=7)], source=source)) == {"accepted": 1}
    row = (await rows_of(database, source))["i-1"]
    assert (row["layer"], row["revision"], row["kind"], row["location_method"]) == (
        "incidents", 7, "traffic", "source_coordinates",
    )  # fmt: skip


@pytest.mark.parametrize("revision", [None, 3])
async def test_the_same_batch_again_changes_nothing(
    seed: Seed, database: Database, source: str, revision: int | None
) -> None:
    batch = [incident(f"i-{nth}", revision=revision) for nth in range(5)]
    await seed("incidents", batch, source=source)
    before, logged = await rows_of(database, source), await changes_waiting(database, source)
    assert counts(await seed("incidents", batch, source=source)) == {"unchanged": 5}
    assert await rows_of(database, source) == before
    assert await changes_waiting(database, source) == logged == 5


async def test_a_higher_revision_with_the_same_content_can_be_repeated(
    seed: Seed, database: Database, source: str
) -> None:
    for expected in ({"accepted": 1}, {"changed": 1}, {"unchanged": 1}):
        revision = 1 if "accepted" in expected else 2
        receipt = await seed("incidents", [incident(revision=revision)], source=source)
        assert (counts(receipt), receipt.rejected) == (expected, [])


async def test_other_content_without_a_revision_is_the_next_revision(
    seed: Seed, database: Database, source: str
) -> None:
    await seed("incidents", [incident()], source=source)
    assert counts(await seed("incidents", [incident(title="Khác")], source=source)) == {"changed": 1}
    assert (await rows_of(database, source))["i-1"]["revision"] == 2


async def test_an_older_revision_is_stale(seed: Seed, database: Database, source: str) -> None:
    await seed("incidents", [incident(revision=5)], source=source)
    assert counts(await seed("incidents", [incident(revision=4, title="Cũ")], source=source)) == {"stale": 1}
    assert (await rows_of(database, source))["i-1"]["properties"]["title"] == incident()["title"]


async def test_one_revision_with_two_contents_is_refused(seed: Seed, source: str) -> None:
    await seed("incidents", [incident(revision=5)], source=source)
    receipt = await seed("incidents", [incident(revision=5, title="Khác")], source=source)
    assert [one["code"] for one in receipt.rejected] == ["revision_conflict"]


async def test_several_versions_in_one_batch_apply_in_their_order(seed: Seed, database: Database, source: str) -> None:
    batch = [incident(revision=nth, title=f"bản {nth}") for nth in (1, 3, 2, 4)]
    assert counts(await seed("incidents", batch, source=source)) == {"accepted": 1, "changed": 2, "stale": 1}
    assert (await rows_of(database, source))["i-1"]["properties"]["title"] == "bản 4"
    assert counts(await seed("incidents", batch, source=source)) == {"unchanged": 1, "stale": 3}


async def test_of_several_versions_without_revision_the_last_stands(
    seed: Seed, database: Database, source: str
) -> None:
    batch = [incident(title="đầu"), {"id": "i-1", "withdrawn": True}, incident(title="cuối")]
    assert counts(await seed("incidents", batch, source=source)) == {"accepted": 1, "stale": 2}
    before = await rows_of(database, source)
    assert before["i-1"]["properties"]["title"] == "cuối"
    assert counts(await seed("incidents", batch, source=source)) == {"unchanged": 1, "stale": 2}
    assert await rows_of(database, source) == before


async def test_a_withdrawn_record_leaves_and_stays_in_history(seed: Seed, database: Database, source: str) -> None:
    await seed("incidents", [incident(revision=2)], source=source)
    for expected in ({"withdrawn": 1}, {"unchanged": 1}):
        assert counts(await seed("incidents", [{"id": "i-1", "withdrawn": True}], source=source)) == expected
    assert await rows_of(database, source) == {}
    async with database.connection() as connection:
        kept = await connection.fetch("select revision, ended_by from feature_history where source = $1", source)
    assert [tuple(row) for row in kept] == [(2, "delete")]


async def test_a_late_older_revision_does_not_bring_back_and_a_newer_does(
    seed: Seed, database: Database, source: str
) -> None:
    await seed("incidents", [incident(revision=5)], source=source)
    await seed("incidents", [{"id": "i-1", "withdrawn": True, "revision": 6}], source=source)
    for late in (4, 6):
        assert counts(await seed("incidents", [incident(revision=late)], source=source)) == {"stale": 1}
    assert counts(await seed("incidents", [incident(revision=7)], source=source)) == {"accepted": 1}


async def test_a_late_withdrawal_of_an_older_revision_is_stale(seed: Seed, source: str) -> None:
    await seed("incidents", [incident(revision=5)], source=source)
    late = [{"id": "i-1", "withdrawn": True, "revision": 4}]
    assert counts(await seed("incidents", late, source=source)) == {"stale": 1}


async def test_a_snapshot_retires_what_is_missing(seed: Seed, database: Database, source: str) -> None:
    other = f"{source}-other"
    await seed("incidents", [incident("theirs")], source=other)
    await seed("incidents", [incident(f"i-{nth}") for nth in range(4)], source=source)
    bad = incident("i-1", severity="none of them")
    receipt = await seed("incidents", [incident("i-0"), bad], source=source, snapshot=True)
    assert counts(receipt) == {"unchanged": 1, "retired": 2}
    assert set(await rows_of(database, source)) == {"i-0", "i-1"}, "what was refused has not disappeared"
    assert set(await rows_of(database, other)) == {"theirs"}


async def test_a_snapshot_with_a_record_without_id_retires_nothing(seed: Seed, database: Database, source: str) -> None:
    await seed("incidents", [incident(f"i-{nth}") for nth in range(4)], source=source)
    receipt = await seed("incidents", [incident("i-0"), incident("")], source=source, snapshot=True)
    assert counts(receipt) == {"unchanged": 1}
    assert [(one["index"], one["code"]) for one in receipt.rejected] == [(-1, "snapshot_incomplete"), (1, "id_missing")]
    assert len(await rows_of(database, source)) == 4


async def test_what_has_no_coordinates_is_stored_unlocated(seed: Seed, database: Database, source: str) -> None:
    receipt = await seed("incidents", [incident(lon=None, lat=None)], source=source)
    assert counts(receipt) == {"accepted": 1, "unlocated": 1}
    row = (await rows_of(database, source))["i-1"]
    assert (row["geom"], row["h3"], row["location_method"]) == (None, None, "unlocated")


@pytest.mark.parametrize("layer", ["incidents", "alerts", "clinics", "schools"])
async def test_every_bad_record_is_listed_at_its_index_and_the_good_are_stored(
    seed: Seed, database: Database, source: str, layer: str
) -> None:
    good = {"title": "Tốt"} if layer in ("incidents", "alerts") else {"name": "Tốt"}
    good |= {"time": incident()["time"]} if layer in ("incidents", "alerts") else {}
    bad = [one for one in BAD if one.layer == layer]
    batch: list[Any] = [{"id": "first", **good}, *(one.record for one in bad), {"id": "last", **good}]
    receipt = await seed(layer, batch, source=source)
    assert [(one["index"], one["code"]) for one in receipt.rejected] == [
        (nth, one.code) for nth, one in enumerate(bad, start=1)
    ]
    assert set(await rows_of(database, source)) == {"first", "last"}
    async with database.connection() as connection:
        letters = await connection.fetch("select code, position from dead_letter where source = $1", source)
    assert sorted(row["code"] for row in letters) == sorted(one.code for one in bad)


async def test_a_dead_letter_is_kept_once_with_a_counter(seed: Seed, database: Database, source: str) -> None:
    bad = incident(severity="none of them")
    for _ in range(3):
        await seed("incidents", [incident("good"), bad, bad], source=source)
    async with database.connection() as connection:
        letters = await connection.fetch("select code, times, record from dead_letter where source = $1", source)
    assert [(row["code"], row["times"]) for row in letters] == [("value_not_allowed", 3)]
    assert b"none of them" in letters[0]["record"]


async def test_concurrent_identical_batches_are_accepted_once_in_sum(
    seed: Seed, database: Database, source: str
) -> None:
    batch = [incident(f"i-{nth:03}", revision=1) for nth in range(200)]
    receipts = await asyncio.gather(*(seed("incidents", batch, source=source) for _ in range(6)))
    assert sum(receipt.accepted for receipt in receipts) == 200
    assert sum(receipt.unchanged for receipt in receipts) == 5 * 200
    assert [receipt.rejected for receipt in receipts] == [[]] * 6
    assert await changes_waiting(database, source) == 200


async def test_batches_that_meet_crosswise_do_not_stop_each_other(seed: Seed, database: Database, source: str) -> None:
    keys = [f"i-{nth:02}" for nth in range(40)]
    await seed("incidents", [incident(key) for key in keys], source=source)
    forth = [{"id": key, "withdrawn": True} for key in keys[20:]] + [incident(key, title="A") for key in keys[:20]]
    back = [{"id": key, "withdrawn": True} for key in keys[:20]] + [incident(key, title="B") for key in keys[20:]]
    receipts = await asyncio.gather(*(seed("incidents", batch, source=source) for batch in (forth, back) * 4))
    assert [receipt.rejected for receipt in receipts] == [[]] * 8
    titles = {row["properties"]["title"] for row in (await rows_of(database, source)).values()}
    assert titles in ({"A"}, {"B"}), "the last batch stands as a whole"


async def test_a_withdrawal_does_not_take_what_another_writer_just_made_newer(
    seed: Seed, database: Database, source: str
) -> None:
    await seed("incidents", [incident(revision=1)], source=source)
    async with database.transaction() as connection:
        await connection.execute("update feature set revision = 9, status = 'resolved' where source = $1", source)
        withdrawal = asyncio.ensure_future(
            seed("incidents", [{"id": "i-1", "withdrawn": True, "revision": 2}], source=source)
        )
        async with database.connection() as watching:
            while not await watching.fetchval(
                "select count(*) from pg_stat_activity where datname = current_database() "
                "and wait_event_type = 'Lock' and query like 'DELETE FROM feature%'"
            ):
                await asyncio.sleep(0.01)
    assert counts(await withdrawal) == {"unchanged": 1}
    assert (await rows_of(database, source))["i-1"]["revision"] == 9


async def test_an_edit_past_the_door_is_overruled_only_by_news(seed: Seed, database: Database, source: str) -> None:
    await seed("incidents", [incident(revision=1)], source=source)
    async with database.connection() as connection:
        await connection.execute("update feature set status = 'resolved' where source = $1", source)
    assert counts(await seed("incidents", [incident(revision=1)], source=source)) == {"stale": 1}
    assert counts(await seed("incidents", [incident(revision=3)], source=source)) == {"changed": 1}
