# SPDX-License-Identifier: Apache-2.0
"""Checks change only what checks may, and the register's own word stands beside them."""

import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest

from geo.db.pool import Database
from layers.batch import Batch, Receipt
from layers.device_checks import history_of
from layers.intake import take_in
from layers.registry import LayerRegistry
from layers.undo import undo_import
from tests.conftest import Seed
from tests.support.grid import middle

pytestmark = pytest.mark.postgis
T0 = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
NOW = T0 + timedelta(days=1)
Look: TypeAlias = Callable[..., Awaitable[Receipt]]


@pytest.fixture
def look(database: Database, registry: LayerRegistry) -> Look:
    """Send checks: ``await look(device, "+--", register=…)``, a minute apart."""

    async def send(device: str, pattern: str, *, after: int = 0, **more: Any) -> Receipt:
        records = [
            {"id": device, "time": (T0 + timedelta(minutes=after + number)).isoformat(), "ok": mark == "+", **more}
            for number, mark in enumerate(pattern)
        ]
        return await take_in(database, Batch(registry["cameras"], "look", uuid.uuid4().hex, records), NOW, "checks")

    return send


async def row_of(database: Database, device: str) -> Any:
    async with database.connection() as connection:
        return await connection.fetchrow(
            "select *, layer_cameras.status as shown from feature join layer_cameras using (id) "
            "where layer = 'cameras' and feature.external_id = $1",
            device,
        )


def camera(device: str, **more: Any) -> dict[str, Any]:
    return {"id": device, "name": "Ngã tư", "status": "online", "owner": "UBND", **middle(0, 0), **more}


async def test_a_check_changes_status_and_facts_and_nothing_else(database: Database, seed: Seed, look: Look) -> None:
    device = uuid.uuid4().hex
    await seed("cameras", [camera(device, serial="S-1")], source="vms")
    before = await row_of(database, device)
    receipt = await look(device, "+---", facts={"model": "M", "took_ms": 5})
    assert (receipt.accepted, receipt.changed, receipt.rejected) == (1, 3, [])
    after = await row_of(database, device)
    assert after["shown"] == "offline" and after["properties"]["model"] == "M"
    same = ("revision", "content_hash", "import_id", "source", "valid_from", "geom", "h3")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert {**after["properties"]} == {
        **before["properties"],
        "model": "M",
        "checked_at": after["checked_at"].isoformat(),
    }


async def test_the_registers_next_import_is_judged_as_ever_and_checks_are_shown_again(
    database: Database, seed: Seed, look: Look
) -> None:
    device = uuid.uuid4().hex
    await seed("cameras", [camera(device, revision=1)], source="vms")
    await look(device, "---")
    assert (await seed("cameras", [camera(device, revision=1)], source="vms")).unchanged == 1
    changed = await seed("cameras", [camera(device, revision=2, owner="Công an")], source="vms")
    assert (changed.changed, changed.stale) == (1, 0)
    row = await row_of(database, device)
    assert (row["shown"], row["owner"], row["revision"]) == ("offline", "Công an", 2)
    assert row["checked_at"] is not None
    await look(device, "+", after=5)
    assert (await row_of(database, device))["shown"] == "online"


async def test_what_is_in_maintenance_stays_so_until_the_register_says_otherwise(
    database: Database, seed: Seed, look: Look
) -> None:
    device = uuid.uuid4().hex
    await seed("cameras", [camera(device, status="maintenance")], source="vms")
    await look(device, "---")
    assert (await row_of(database, device))["shown"] == "maintenance"
    await seed("cameras", [camera(device, status="online")], source="vms")
    assert (await row_of(database, device))["shown"] == "offline"


async def test_undoing_an_import_keeps_what_checks_found(
    database: Database, registry: LayerRegistry, seed: Seed, look: Look
) -> None:
    device, name = uuid.uuid4().hex, uuid.uuid4().hex
    await seed("cameras", [camera(device)], source="vms")
    await seed("cameras", [camera(device, owner="Sai")], source="vms", name=name)
    await look(device, "---")
    await undo_import(database, "vms", registry["cameras"], name)
    row = await row_of(database, device)
    assert (row["owner"], row["shown"]) == ("UBND", "offline")


async def test_the_same_checks_again_and_older_ones_change_nothing(
    database: Database, registry: LayerRegistry, seed: Seed, look: Look
) -> None:
    device = uuid.uuid4().hex
    await seed("cameras", [camera(device)], source="vms")
    await look(device, "+---+")
    before = await row_of(database, device)
    again = await look(device, "+---+")
    assert (again.unchanged, again.stale, again.changed) == (1, 4, 0)
    assert await row_of(database, device) == before
    history = await history_of(database, registry["cameras"], ("vms", device), T0, T0 + timedelta(minutes=5))
    assert [change.status for change in history.changes] == ["online", "offline", "online"]
    assert history.availability == (60.0, 240.0)


async def test_a_change_before_the_interval_is_in_force_at_its_start(
    database: Database, registry: LayerRegistry, seed: Seed, look: Look
) -> None:
    device = uuid.uuid4().hex
    await seed("cameras", [camera(device)], source="vms")
    await look(device, "++++++++++")
    span = (T0 + timedelta(minutes=5), T0 + timedelta(minutes=100))
    history = await history_of(database, registry["cameras"], ("vms", device), *span)
    assert [change.status for change in history.changes] == ["online"]
    assert history.availability == (240.0, 240.0)  # not of the time after the latest check


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"id": "nobody"}, "device_unknown"),
        ({"ok": "yes"}, "value_wrong_type"),
        ({"time": "2999-01-01T00:00:00Z"}, "time_in_future"),
        ({"time": "1970-01-01T00:00:00Z"}, "time_too_old"),
        ({"problem": "Không rõ!"}, "value_not_allowed"),
        ({"facts": {"plate": "x"}}, "field_unknown"),
        ({"facts": {"clock_skew_s": float("nan")}}, "value_wrong_type"),
        ({"who": "x"}, "field_unknown"),
    ],
)
async def test_bad_checks_are_refused_by_code(
    database: Database, registry: LayerRegistry, seed: Seed, record: dict[str, Any], code: str
) -> None:
    device = uuid.uuid4().hex
    await seed("cameras", [camera(device)], source="vms")
    whole = {"id": device, "time": T0.isoformat(), "ok": True, **record}
    receipt = await take_in(database, Batch(registry["cameras"], "look", "x", [whole]), NOW, "checks")
    assert [one["code"] for one in receipt.rejected] == [code]


async def test_two_registers_that_know_an_id_are_told_apart(database: Database, seed: Seed, look: Look) -> None:
    device = uuid.uuid4().hex
    for register in ("vms-a", "vms-b"):
        await seed("cameras", [camera(device)], source=register)
    assert (await look(device, "-")).rejected[0]["code"] == "device_ambiguous"
    assert (await look(device, "---", register="vms-b")).accepted == 1
    async with database.connection() as connection:
        rows = await connection.fetch(
            "select source, status from feature where layer = 'cameras' and external_id = $1 order by source", device
        )
    assert [tuple(row) for row in rows] == [("vms-a", "online"), ("vms-b", "offline")]
