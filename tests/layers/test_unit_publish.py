# SPDX-License-Identifier: Apache-2.0
"""Publishing a draft and taking it back, as jobs on real PostGIS."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.db.pool import DatabaseOptions, open_database
from layers.registry import LayerRegistry
from tests.boundaries.compare_samples import CITY_2017
from tests.boundaries.publication_samples import LAW, LINES, Office, shifted
from tests.layers.ingest_samples import incident

pytestmark = pytest.mark.postgis

_TABLES = {
    "unit_set": "id",
    "unit_set_version": "id",
    "unit": "id",
    "unit_lineage": "to_unit, from_set, from_code",
    "unit_tile_geom": "version, band, unit",
    "unit_tile": "version, z, x, y, unit",
    "feature_unit": "layer, feature, version, unit",
}

_VERSIONS = "select status, number from unit_set_version where unit_set = 'city-2025' order by id"


@pytest.fixture
async def office(fresh_url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[Office]:
    opened = await open_database(DatabaseOptions(fresh_url, pool_size=6, statement_timeout_s=60))
    made = Office(fresh_url, opened, registry, tmp_path)
    await made.publish_2017()
    yield made
    await opened.close()


def scattered(count: int) -> list[dict[str, Any]]:
    """Points over the city and around it, half of them before July 2025."""
    places = np.random.default_rng(7).uniform((105.70, 21.45), (106.05, 21.70), (count, 2)).round(6)
    times = ("2025-05-10T08:00:00+07:00", "2026-05-10T08:00:00+07:00")
    return [
        incident(f"p-{nth:04}", lon=float(lon), lat=float(lat), time=times[nth % 2])
        for nth, (lon, lat) in enumerate(places)
    ]


async def everything(office: Office) -> dict[str, list[Any]]:
    """Every row that readers of units are answered from, drafts and withdrawn versions left out."""
    seen = "(select id from unit_set_version where status in ('published', 'superseded'))"
    where = {
        "unit_set": "id in (select unit_set from unit_set_version where status in ('published', 'superseded'))",
        "unit_set_version": f"id in {seen}",
        "unit_lineage": f"to_unit in (select id from unit where version in {seen})",
    }
    found = {}
    for table, order in _TABLES.items():
        only = where.get(table, f"version in {seen}")
        found[table] = await office.fetch(f"select t::text from {table} t where {only} order by {order}")
    return found


async def counts(office: Office) -> dict[str, int]:
    """Features by the unit of their own time."""
    rows = await office.fetch(
        "select v.unit_set || '.' || u.code, count(*) from feature f "
        "join feature_unit fu on fu.layer = f.layer and fu.feature = f.id join unit u on u.id = fu.unit "
        "join unit_set_version v on v.id = u.version join unit_set s on s.id = v.unit_set "
        "where s.valid_from <= (f.valid_from at time zone 'Asia/Ho_Chi_Minh')::date "
        "and (s.valid_to is null or (f.valid_from at time zone 'Asia/Ho_Chi_Minh')::date < s.valid_to) group by 1"
    )
    return dict(rows)


async def test_32_units_become_8_and_features_follow(office: Office) -> None:
    await office.push(scattered(400))
    before = await counts(office)
    draft = await office.draft()
    publication = await office.publish(draft, reason="Nghị quyết 1683")
    after = await counts(office)
    assert all(name.startswith("city-2017.") for name in before) and sum(before.values()) > 30
    old = {name: n for name, n in after.items() if name.startswith("city-2017.")}
    new = {name: n for name, n in after.items() if name.startswith("city-2025.")}
    assert len(new) == 8 and old == before
    assert await office.value("select count(*) from unit_set_version where status = 'published'") == 2
    assert await office.value("select valid_to from unit_set where id = 'city-2017'") == date(2025, 7, 1)
    assert await office.fetch("select state, version from boundary_draft") == [
        ("published", await office.value("select max(id) from unit_set_version"))
    ]
    row = (
        await office.fetch(
            "select kind, by, number, effective_from, reason from publication where id = $1", publication
        )
    )[0]
    assert row == ("publish", "lan", 1, date(2025, 7, 1), "Nghị quyết 1683")


async def test_the_consequences_are_what_happens(office: Office) -> None:
    await office.push(scattered(400))
    draft = await office.draft()
    (told,) = [
        one for one in await office.value("select consequences from boundary_draft where id = $1", draft)
        if one["layer"] == "incidents"
    ]  # fmt: skip
    await office.publish(draft)
    moved = await office.fetch(
        "select o.code, n.code, count(*) from feature_unit a join unit o on o.id = a.unit "
        "join feature_unit b on b.layer = a.layer and b.feature = a.feature and b.version <> a.version "
        "join unit n on n.id = b.unit where a.version < b.version "
        "and (o.code, o.full_name) is distinct from (n.code, n.full_name) group by 1, 2"
    )
    assert told["total"] == 400 and told["gained"] == told["lost"] == 0
    assert sorted((one["from"], one["to"], one["features"]) for one in told["moves"]) == sorted(moved)
    assert told["changed"] == sum(row[2] for row in moved) > 50


async def test_rolling_back_restores_every_row_and_the_draft_can_be_published_again(office: Office) -> None:
    await office.push(scattered(300))
    before = await everything(office)
    draft = await office.draft()
    publication = await office.publish(draft)
    published = await everything(office)
    done = await office.job("rollback", publication, reason="Nhầm")
    assert done["state"] == "done", done["problem"]
    assert await everything(office) == before
    assert await office.fetch("select state, version is not null from boundary_draft") == [("checked", True)]
    assert await office.fetch(_VERSIONS) == [
        ("withdrawn", 1), ("draft", None),
    ]  # fmt: skip
    again = await office.publish(draft)
    assert again > publication
    assert await office.fetch(_VERSIONS) == [
        ("withdrawn", 1), ("published", 2),
    ]  # fmt: skip
    now = await everything(office)
    assert {table: len(rows) for table, rows in now.items()} == {table: len(rows) for table, rows in published.items()}


async def test_better_lines_are_a_new_number_of_the_same_set(office: Office) -> None:
    await office.push(scattered(200))
    before = await everything(office)
    first = await office.publish(await office.draft(LINES, shifted(CITY_2017), legal_document=None))
    assert await office.fetch("select number, status from unit_set_version order by id") == [
        (1, "superseded"), (2, "published"),
    ]  # fmt: skip
    assert await office.value("select count(distinct version) from feature_unit") == 1
    await office.job("rollback", first)
    assert await everything(office) == before


async def test_a_set_of_a_future_day_waits_for_it(office: Office) -> None:
    await office.publish(await office.draft(LAW.__class__(**{**LAW.__dict__, "valid_from": date(2090, 1, 1)})))
    assert await office.fetch("select id, valid_from, valid_to from unit_set order by id") == [
        ("city-2017", date(2017, 8, 18), date(2090, 1, 1)),
        ("city-2025", date(2090, 1, 1), None),
    ]


@pytest.mark.parametrize(
    ("code", "columns", "arguments"),
    [
        ("draft_not_checked", {"checked_revision": 0}, {}),
        ("draft_not_checked", {"state": "questions"}, {}),
        ("legal_document_required", {"legal_document": None}, {}),
        ("base_moved", {"base_version": None}, {}),
        ("approval_required", {}, {"approval": True}),
        ("approval_required", {"asked_by": "lan", "approved_by": "lan"}, {"approval": True}),
    ],
)
async def test_what_stands_against_it_is_said(
    office: Office, code: str, columns: dict[str, Any], arguments: dict[str, Any]
) -> None:
    before = await everything(office)
    done = await office.job("publish", await office.draft(**columns), **arguments)
    assert (done["state"], done["problem"]["code"]) == ("failed", code)
    assert await everything(office) == before


async def test_a_second_person_approved(office: Office) -> None:
    draft = await office.draft(asked_by="lan", approved_by="minh", state="awaiting_approval")
    publication = await office.publish(draft, approval=True)
    assert await office.value("select approved_by from publication where id = $1", publication) == "minh"


async def test_a_finding_blocks_until_it_is_waived(office: Office) -> None:
    draft = await office.draft()
    await office.fetch(
        "insert into draft_finding (draft, number, code, severity, fingerprint, detail_vi, detail_en) "
        "values ($1, 1, 'TOPO_GAP', 'error', 'f', 'v', 'e') returning 1",
        draft,
    )
    done = await office.job("publish", draft)
    assert done["problem"]["code"] == "draft_has_blocking"
    await office.fetch(
        "insert into draft_waiver (draft, fingerprint, why, waived_by) values ($1, 'f', 'biết rồi', 'lan') returning 1",
        draft,
    )
    await office.publish(draft)


async def test_two_at_once_and_the_second_finds_its_base_moved(office: Office) -> None:
    one, other = [await office.draft(LINES, shifted(CITY_2017), legal_document=None) for _ in range(2)]
    done = await asyncio.gather(office.job("publish", one), office.job("publish", other))
    assert sorted(row["state"] for row in done) == ["done", "failed"]
    assert [row["problem"]["code"] for row in done if row["problem"]] == ["base_moved"]


async def test_only_the_latest_publication_is_taken_back(office: Office) -> None:
    first = await office.publish(await office.draft(LINES, shifted(CITY_2017), legal_document=None))
    second = await office.publish(await office.draft())
    done = await office.job("rollback", first)
    assert done["problem"]["code"] == "not_the_latest"
    assert (await office.job("rollback", second))["state"] == "done"
    assert (await office.job("rollback", second))["problem"]["code"] == "not_the_latest"
    assert (await office.job("rollback", first))["state"] == "done"


async def test_what_was_published_when_is_kept_for_every_writer(office: Office) -> None:
    publication = await office.publish(await office.draft())
    await office.job("rollback", publication)
    rows = await office.fetch(
        "select unit_set, valid_to, known_to is null from unit_set_state order by unit_set, known_from"
    )
    assert rows == [
        ("city-2017", date(2025, 7, 1), True),
        ("city-2025", None, False),
    ]
    await office.fetch("update unit_set set valid_to = '2025-12-31' where id = 'city-2017' returning 1")
    rows = await office.fetch(
        "select valid_to, known_to is null from unit_set_state where unit_set = 'city-2017' order by 2"
    )
    assert rows == [(date(2025, 7, 1), False), (date(2025, 12, 31), True)]
