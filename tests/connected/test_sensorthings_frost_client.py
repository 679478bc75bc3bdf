# SPDX-License-Identifier: Apache-2.0
"""SensorThings over real HTTP, judged by frost_sta_client, the client of the Fraunhofer institute's FROST server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.grid import middle
from tests.support.judges import judge
from tests.support.keys import insert_key
from tests.support.stack import running_stack

# The client uses a name that its own library calls old.
pytestmark = [pytest.mark.postgis, pytest.mark.filterwarnings("ignore:furl.pathstr:DeprecationWarning")]
SOURCE = "sta-frost"
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def fsc() -> Any:
    """The client library."""
    return judge("frost_sta_client")


@pytest.fixture(scope="module")
def service(fsc: Any, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The client's service on a running server; the key travels as the password of Basic, which is all it knows."""
    folder: Path = tmp_path_factory.mktemp("sta")
    source = {
        "id": SOURCE,
        "system": "environment",
        "title": {"vi": "Trạm STA", "en": "STA stations"},
        "connector": "sensorthings",
    }
    (folder / f"{SOURCE}.yaml").write_text(yaml.safe_dump(source))
    key = insert_key(database_url, SOURCE)
    with running_stack(database_url, folder, "serve", "relay", TOANCANH_SOURCES=str(folder)) as stack:
        basic = fsc.service.auth_handler.AuthHandler(SOURCE, key)
        yield fsc.SensorThingsService(f"{stack.url}/sta/v1.1", auth_handler=basic)


def a_thing(fsc: Any, name: str, **members: Any) -> Any:
    at = middle(0, 0)
    location = fsc.Location(
        name="Mái nhà",
        description="Mái trạm",
        location={"type": "Point", "coordinates": [at["lon"], at["lat"]]},
        encoding_type="application/geo+json",
    )
    properties = {"external_id": name, "kind": "air"}
    return fsc.Thing(name=name, description="Trạm thử", properties=properties, locations=[location], **members)


def a_datastream(fsc: Any, observed: Any, sensor: Any, **members: Any) -> Any:
    unit = fsc.model.ext.unitofmeasurement.UnitOfMeasurement(name="µg/m³", symbol="µg/m³", definition="ucum:ug/m3")
    return fsc.Datastream(
        name="PM2.5",
        description="PM2.5",
        observation_type="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        unit_of_measurement=unit,
        observed_property=observed,
        sensor=sensor,
        **members,
    )


def a_property(fsc: Any) -> Any:
    return fsc.ObservedProperty(name="PM2.5", definition="urn:x:pm25", description="Bụi mịn")


def a_sensor(fsc: Any) -> Any:
    return fsc.Sensor(name="Không khí", description="Máy đo", encoding_type="application/pdf", metadata="x")


def with_readings(fsc: Any, service: Any, name: str, count: int) -> Any:
    """A datastream with that many readings, one a minute, sent as a data array."""
    thing = a_thing(fsc, name, datastreams=[a_datastream(fsc, a_property(fsc), a_sensor(fsc))])
    service.create(thing)
    datastream = service.things().find(thing.id).get_datastreams().query().list().get(0)
    array = fsc.model.ext.data_array_value.DataArrayValue()
    array.datastream = datastream
    kinds = fsc.model.ext.data_array_value.DataArrayValue.Property
    array.components = {kinds.PHENOMENON_TIME, kinds.RESULT}
    for minute in range(count):
        time = (NOON + timedelta(minutes=minute)).isoformat()
        array.add_observation(fsc.Observation(phenomenon_time=time, result=float(minute), datastream=datastream))
    document = fsc.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(array)
    made = service.observations().create(document)
    assert len(made) == count
    assert all("Observations(" in one.self_link for one in made)
    return datastream


def test_entities_are_created_one_by_one_and_linked_by_their_ids(fsc: Any, service: Any) -> None:
    observed, sensor, thing = a_property(fsc), a_sensor(fsc), a_thing(fsc, "frost-1")
    for entity in (observed, sensor, thing):
        service.create(entity)
    assert (observed.id, sensor.id) == ("sensors.pm25", "sensors.air")
    datastream = a_datastream(fsc, fsc.ObservedProperty(id=observed.id), fsc.Sensor(id=sensor.id))
    datastream.thing = fsc.Thing(id=thing.id)
    service.create(datastream)
    reading = fsc.Observation(phenomenon_time=NOON.isoformat(), result=41.5, datastream=datastream)
    service.create(reading)
    found = service.observations().find(reading.id)
    assert (found.result, datetime.fromisoformat(found.phenomenon_time)) == (41.5, NOON)
    known = service.things().find(thing.id)
    assert (known.name, known.description) == ("frost-1", "Trạm thử")
    assert known.properties["kind"] == "air"
    stream = service.datastreams().find(datastream.id)
    assert stream.unit_of_measurement.symbol == "µg/m³"
    assert [one.result for one in stream.get_observations().query().list()] == [41.5]


def test_a_deep_insert_is_read_back_expanded(fsc: Any, service: Any) -> None:
    thing = a_thing(fsc, "frost-2", datastreams=[a_datastream(fsc, a_property(fsc), a_sensor(fsc))])
    service.create(thing)
    listed = service.things().query().filter(f"id eq {thing.id}")
    listed = listed.expand("Locations,Datastreams($expand=ObservedProperty,Sensor,Observations($top=1))").list()
    (found,) = list(listed)
    at = middle(0, 0)
    assert found.locations.get(0).location["coordinates"] == [at["lon"], at["lat"]]
    stream = found.datastreams.get(0)
    assert (stream.observed_property.name, stream.sensor.id) == ("PM2.5", "sensors.air")
    expanded = service.observations().query().expand("Datastream($expand=Thing($expand=Locations))").top(1).list()
    assert expanded.entity_class.endswith("Observation")


def test_pages_follow_each_other_to_the_end(fsc: Any, service: Any) -> None:
    datastream = with_readings(fsc, service, "frost-3", 25)
    for query in (
        datastream.get_observations().query().top(7),
        datastream.get_observations().query().top(7).orderby("phenomenonTime", "asc"),
    ):
        listed = query.count().list()
        assert listed.count == 25
        assert [one.result for one in listed] == [float(minute) for minute in range(25)]


def test_filters_select_and_order_select_what_they_say(fsc: Any, service: Any) -> None:
    datastream = with_readings(fsc, service, "frost-4", 10)
    later = (NOON + timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for words, expected in (
        ("result ge 7", [9, 8, 7]),
        (f"phenomenonTime lt {later}", [2, 1, 0]),
        (f"phenomenonTime lt {later} and not (result eq 1)", [2, 0]),
        ("minute(phenomenonTime) mod 4 eq 0", [8, 4, 0]),
        ("Datastream/Thing/properties/external_id eq 'frost-4' and result gt 8", [9]),
        ("result gt 8 and Datastream/ObservedProperty/name eq 'PM10'", []),
    ):
        query = datastream.get_observations().query().filter(words).orderby("result", "desc")
        assert [one.result for one in query.list()] == expected, words
    shown = datastream.get_observations().query().select("result").top(1).list().get(0)
    assert (shown.result, shown.phenomenon_time) == (0.0, None)


def test_a_thing_is_updated_and_what_was_observed_is_deleted(fsc: Any, service: Any) -> None:
    datastream = with_readings(fsc, service, "frost-5", 2)
    thing = next(iter(service.things().query().filter("properties/external_id eq 'frost-5'").list()))
    thing.description = "Đã dời"
    service.update(thing)
    assert service.things().find(thing.id).description == "Đã dời"
    first = datastream.get_observations().query().list().get(0)
    service.delete(first)
    assert [one.result for one in datastream.get_observations().query().list()] == [1.0]
    service.delete(thing)
    assert list(service.things().query().filter("properties/external_id eq 'frost-5'").list()) == []
