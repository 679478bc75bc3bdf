# SPDX-License-Identifier: Apache-2.0
"""Observations through the ingest door: corrections, hours, what the sensor shows, partitions."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest

from geo.db.pool import Database
from geo.errors import BadParameter
from layers.batch import Batch, Receipt
from layers.intake import Kind, take_in
from layers.registry import LayerRegistry
from layers.undo import undo_import
from tests.layers.metric_samples import BAD_READINGS, Bad, new_source, reading, sensor
from tests.support.grid import AREA

pytestmark = pytest.mark.postgis


class Station:
    """A source with sensors, and what is stored of them."""

    def __init__(self, database: Database, registry: LayerRegistry) -> None:
        self.name = new_source()
        self._database = database
        self._spec = registry["sensors"]

    async def push(self, *records: Any, kind: Kind = "observations") -> Receipt:
        batch = Batch(self._spec, self.name, uuid.uuid4().hex, list(records))
        return await take_in(self._database, batch, datetime.now(UTC), kind)

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        async with self._database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(statement, self.name, *values)]

    async def readings(self) -> list[Any]:
        return await self.fetch(
            "select value, quality, revision from observation o join datastream d on d.id = o.datastream "
            "where source = $1 order by phenomenon_time"
        )

    async def hours(self) -> list[Any]:
        return await self.fetch(
            "select counted, left_out, mean, minimum, maximum from observation_hour h "
            "join datastream d on d.id = h.datastream where source = $1 order by hour"
        )

    async def shown(self) -> Any:
        rows = await self.fetch(
            "select (properties -> 'pm25')::text, (properties -> 'aqi')::text, revision, valid_from from feature "
            "where layer = 'sensors' and source = $1"
        )
        pm25, aqi, revision, moment = rows[0]
        return pm25, aqi, revision, None if moment is None else moment.strftime("%H:%M")


@pytest.fixture
async def station(database: Database, registry: LayerRegistry) -> Station:
    made = Station(database, registry)
    await made.push(sensor(), kind="features")
    return made


def at(clock: str) -> str:
    """A time of the day of the samples, in UTC."""
    return f"2026-11-20T{clock}:00Z"


async def test_the_same_again_changes_nothing(station: Station) -> None:
    records = [reading(40, time=at("01:10")), reading(42, time=at("01:20"))]
    assert (await station.push(*records)).accepted == 2
    again = await station.push(*records)
    assert (again.accepted, again.changed, again.unchanged, again.rejected) == (0, 0, 2, [])
    assert await station.readings() == [(40, "good", 1), (42, "good", 1)]


async def test_a_correction_is_a_revision_kept_with_what_was_believed(station: Station) -> None:
    await station.push(reading(40, time=at("01:10")))
    assert (await station.push(reading(44, time=at("01:10"), quality="suspect"))).changed == 1
    assert await station.readings() == [(44, "suspect", 2)]
    history = await station.fetch(
        "select h.value, h.quality, h.revision, ended_by from observation_history h "
        "join datastream d on d.id = h.datastream where source = $1"
    )
    assert history == [(40, "good", 1, "update")]
    assert (await station.push(reading(50, time=at("01:10"), revision=2))).rejected[0]["code"] == "revision_conflict"
    assert (await station.push(reading(50, time=at("01:10"), revision=1))).stale == 1


async def test_late_and_corrected_readings_recompute_their_hour(station: Station) -> None:
    await station.push(reading(40, time=at("01:10")), reading(44, time=at("01:50")), reading(90, time=at("02:00")))
    assert await station.hours() == [(2, 0, 42, 40, 44), (1, 0, 90, 90, 90)]
    await station.push(reading(60, time=at("01:59")))
    assert (await station.hours())[0] == (3, 0, 48, 40, 60)
    await station.push(reading(60, time=at("01:59"), quality="fault"), reading(None, time=at("02:00")))
    assert await station.hours() == [(2, 1, 42, 40, 44), (0, 1, None, None, None)]


async def test_an_hour_without_readings_goes(station: Station) -> None:
    await station.push(reading(40, time=at("01:10")))
    await station.fetch(
        "delete from observation o using datastream d where d.id = o.datastream and source = $1 returning 1"
    )
    assert await station.hours() == []


async def test_the_newest_good_reading_shows_on_the_sensor_late_ones_do_not(station: Station) -> None:
    assert await station.shown() == (None, None, 1, None)
    await station.push(reading(40, time=at("01:10")))
    assert await station.shown() == ("40", None, 2, "01:10")
    await station.push(reading(70, time=at("00:10")), reading(99, time=at("02:00"), quality="calibrating"))
    assert await station.shown() == ("40", None, 2, "01:10")
    await station.push(reading(55, time=at("03:00")))
    await station.push(reading(120, property="aqi", time=at("02:30")))
    assert await station.shown() == ("55", "120", 4, "03:00")


async def test_what_a_sensor_was_pushed_with_later_is_not_replaced_by_an_older_reading(station: Station) -> None:
    await station.push(reading(40, time=at("01:10")))
    await station.push(sensor(pm25=80, time=at("05:00")), kind="features")
    await station.push(reading(60, time=at("04:00")))
    assert await station.shown() == ("80", None, 3, "05:00")
    await station.push(reading(61, time=at("05:10")))
    assert await station.shown() == ("61", None, 4, "05:10")


async def test_a_reading_that_was_shown_and_turns_out_wrong_gives_way(station: Station) -> None:
    await station.push(reading(40, time=at("01:10")), reading(400, time=at("01:20")))
    assert (await station.shown())[0] == "400"
    await station.push(reading(400, time=at("01:20"), quality="fault"))
    assert (await station.shown())[0] == "40"
    await station.push(reading(None, time=at("01:10")))
    assert (await station.shown())[0] is None


async def test_pushing_the_sensor_again_is_nothing_new_and_renaming_it_keeps_the_reading(station: Station) -> None:
    await station.push(reading(40, time=at("01:10")))
    before = await station.shown()
    assert (await station.push(sensor(), kind="features")).unchanged == 1
    assert await station.shown() == before
    assert (await station.push(sensor(name="Trạm mới"), kind="features")).changed == 1
    assert (await station.shown())[0] == "40"


async def test_an_undone_import_of_sensors_does_not_take_their_reading_away(
    station: Station, database: Database, registry: LayerRegistry
) -> None:
    await station.push(reading(40, time=at("01:10")))
    batch = Batch(registry["sensors"], station.name, "wrong", [sensor(name="Nhầm", pm25=7)])
    await take_in(database, batch, datetime.now(UTC))
    assert (await station.shown())[0] == "40"
    await undo_import(database, station.name, registry["sensors"], "wrong")
    assert (await station.shown())[0] == "40"
    names = "select properties ->> 'name' from feature where layer = 'sensors' and source = $1"
    assert await station.fetch(names) == [("Trạm 1",)]


async def test_a_property_without_a_field_is_kept_and_shows_nowhere(station: Station) -> None:
    await station.push(reading(12.5, property="rain_mm", time=at("01:10")))
    assert await station.readings() == [(12.5, "good", 1)]
    assert await station.shown() == (None, None, 1, None)


@pytest.mark.parametrize("bad", BAD_READINGS, ids=lambda bad: bad.name)
async def test_a_bad_record_is_refused_at_its_index_and_the_others_pass(station: Station, bad: Bad) -> None:
    receipt = await station.push(reading(1, time=at("01:10")), bad.record, reading(2, time=at("01:20")))
    assert [(one["index"], one["code"]) for one in receipt.rejected] == [(1, bad.code)]
    assert receipt.accepted == 2
    assert await station.fetch("select code from dead_letter where source = $1") == [(bad.code,)]


async def test_a_batch_leaves_one_bulk_change_of_its_layer_with_the_box_of_the_sensors(
    station: Station, database: Database
) -> None:
    async with database.connection() as connection:
        mark = await connection.fetchval("select coalesce(max(id), 0) from change_log")
        await station.push(*(reading(n, time=at(f"01:{n}")) for n in range(10, 20)))
        rows = await connection.fetch(
            "select op, new_box, affected from change_log where id > $1 and op = 'bulk'", mark
        )
    (change,) = [row for row in rows if row["affected"] == 10]
    assert AREA.contains(*change["new_box"][:2])


async def test_layers_that_observe_nothing_take_no_observations(database: Database, registry: LayerRegistry) -> None:
    batch = Batch(registry["cameras"], "s", "i", [reading()])
    with pytest.raises(BadParameter) as refused:
        await take_in(database, batch, datetime.now(UTC), "observations")
    assert refused.value.code == "observations_not_available"


async def test_months_have_partitions_and_what_waited_in_the_default_moves_without_a_trace(station: Station) -> None:
    when = "2019-03-05T01:10:00Z"
    await station.push(reading(7, time=when))
    where = (
        "select o.tableoid::regclass::text from observation o join datastream d on d.id = o.datastream "
        "where source = $1 and phenomenon_time = $2"
    )
    moment = datetime(2019, 3, 5, 1, 10, tzinfo=UTC)
    assert await station.fetch(where, moment) == [("observation_default",)]
    # As the serving role, which has no other right to make tables.
    await station.fetch("select make_observation_partitions($2) where $1 <> ''", datetime.now(UTC).date())
    assert await station.fetch(where, moment) == [("observation_2019_03",)]
    assert await station.readings() == [(7, "good", 1)]
    history = "select 1 from observation_history h join datastream d on d.id = h.datastream where source = $1"
    assert await station.fetch(history) == []
    await station.push(reading(8, time=when))
    assert await station.readings() == [(8, "good", 2)]
    assert (await station.hours())[0][2] == 8


async def test_partitions_are_made_for_about_now_only(station: Station) -> None:
    with pytest.raises(Exception, match="about now"):
        await station.fetch("select make_observation_partitions($2) where $1 <> ''", date(2200, 1, 1))
