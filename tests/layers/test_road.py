# SPDX-License-Identifier: Apache-2.0
"""The common road on real PostGIS: messages are kept, read, placed and stored once; what is refused can be told."""

import uuid
from types import MappingProxyType
from typing import Any

import pytest
import shapely

from geo.db.pool import Database
from layers.connectors.base import Found, Message, PlaceHints
from layers.connectors.registry import connectors
from layers.locate.gazetteer import Gazetteer
from layers.locate.placing import place
from layers.registry import LayerRegistry
from layers.sources import spec as spec_module
from layers.sources.delivery import Delivery
from layers.sources.road import Road, receive
from layers.sources.spec import SourceSpec
from tests.layers.sources_samples import LINES, NOON, message
from tests.support.grid import OLD, SIDE, publish_grid

pytestmark = pytest.mark.postgis


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> SourceSpec:
    """A source of its own for each test, that speaks "lines"."""
    known = MappingProxyType({**connectors(), "lines": LINES})
    monkeypatch.setattr(spec_module, "connectors", lambda: known)
    return SourceSpec(
        id=f"lines-{uuid.uuid4().hex[:8]}", system="field_reports", title={"vi": "Dòng", "en": "Lines"},
        connector="lines",
    )  # fmt: skip


@pytest.fixture
def road(database: Database, registry: LayerRegistry) -> Road:
    return Road(database, registry, Gazetteer(registry))


async def rows(database: Database, table: str, source: SourceSpec, columns: str = "*") -> list[Any]:
    async with database.connection() as connection:
        return await connection.fetch(f"select {columns} from {table} where source = $1 order by 1", source.id)


def counts(delivery: Delivery) -> dict[str, int]:
    names = ("accepted", "changed", "unchanged", "stale", "unlocated")
    return {name: value for name in names if (value := getattr(delivery, name))}


async def test_a_message_becomes_features_once(road: Road, source: SourceSpec, database: Database) -> None:
    one = message("a;Cây đổ;", "b;Ngập;")
    first = await receive(road, source, [one], NOON)
    again = await receive(road, source, [one], NOON)
    assert [counts(first[0]), counts(again[0])] == [{"accepted": 2, "unlocated": 2}, {"unchanged": 2}]
    (kept,) = await rows(database, "raw_message", source, "times, state, body")
    assert (kept["times"], kept["state"], kept["body"]) == (2, "done", one.body)
    (state,) = await rows(database, "source_state", source, "last_message_at, last_event_at, lag_s")
    assert (state["last_message_at"], state["lag_s"]) == (NOON, 4 * 3600)
    (minute,) = await rows(database, "source_minute", source, "messages, accepted, rejected")
    assert tuple(minute) == (2, 2, 0)


async def test_each_message_of_a_batch_is_told_its_own_part(road: Road, source: SourceSpec) -> None:
    batch = [message("a;Cây đổ;"), message("b;!;"), Message(b"\xff", NOON, name="broken")]
    told = await receive(road, source, batch, NOON)
    assert counts(told[0]) == {"accepted": 1}
    assert [one["code"] for one in told[1].refused] == ["line_spoilt"]
    assert (told[2].dead, told[2].code, told[2].came_to_nothing) == (True, "lines_unreadable", True)


async def test_what_is_refused_is_a_dead_letter_that_points_at_its_message(
    road: Road, source: SourceSpec, database: Database
) -> None:
    await receive(road, source, [message("a;Cây đổ;", "b;!;")], NOON)
    (kept,) = await rows(database, "raw_message", source, "id, state")
    (letter,) = await rows(database, "dead_letter", source, "code, message, closed_at")
    assert (kept["state"], letter["code"], letter["message"]) == ("partly", "line_spoilt", kept["id"])


async def test_a_record_that_the_layer_refuses_points_at_its_message_too(
    road: Road, source: SourceSpec, database: Database
) -> None:
    (told,) = await receive(road, source, [message(";Không có mã;")], NOON)
    (letter,) = await rows(database, "dead_letter", source, "code, layer, message")
    assert [one["code"] for one in told.refused] == ["id_missing"]
    assert (letter["code"], letter["layer"], letter["message"]) == ("id_missing", "incidents", told.message)


async def test_a_connector_that_fails_kills_one_message_and_no_other(
    road: Road, source: SourceSpec, database: Database
) -> None:
    told = await receive(road, source, [message("no semicolons"), message("a;Cây đổ;")], NOON)
    assert [(one.dead, one.code) for one in told] == [(True, "connector_failed"), (False, None)]
    assert len(await rows(database, "feature", source)) == 1


async def test_the_cursor_is_kept_with_the_records(road: Road, source: SourceSpec, database: Database) -> None:
    await receive(road, source, [message("a;Cây đổ;")], NOON, {"page": 7})
    await receive(road, source, [message("b;Ngập;")], NOON)
    (state,) = await rows(database, "source_state", source, "cursor")
    assert state["cursor"] == {"page": 7}


async def test_what_has_no_place_says_why_and_what_was_said(road: Road, source: SourceSpec, database: Database) -> None:
    await receive(road, source, [message("a;Cây đổ;gần quán nước")], NOON)
    (hint,) = await rows(database, "unlocated_hint", source, "external_id, said, reason, candidates")
    assert (hint["external_id"], hint["said"], hint["reason"]) == ("a", "gần quán nước", "no_name_known")


async def test_several_units_are_one_shape(road: Road, source: SourceSpec, database: Database) -> None:
    await publish_grid(database)
    hints = PlaceHints(units=((OLD, "00001"), (OLD, "00002")), text="Ô cũ 3")
    record = {"id": "w", "title": "Mưa lớn", "time": "2015-06-01T08:00:00+07:00"}
    async with database.transaction() as connection:
        names = await road.gazetteer.names(connection)
        found = [Found("alerts", record, hints=hints), Found("alerts", {**record, "id": "x"}, hints=PlaceHints(
            units=((OLD, "00001"), (OLD, "99999"))))]  # fmt: skip
        whole, partly = await place(connection, names, road.registry, found, (source.id, NOON))
    assert shapely.area(shapely.geometry.shape(whole["geometry"])) == pytest.approx(2 * SIDE * SIDE)
    assert "geometry" not in partly, "a part of what is warned of would be wrong"
