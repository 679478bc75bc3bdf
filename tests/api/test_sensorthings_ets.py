# SPDX-License-Identifier: Apache-2.0
"""The abstract tests of OGC's executable test suite ets-sta10, restated: sensing core; create, update, delete.

Each test here is named after a method there (classes Capability1Tests and Capability2Tests), written from its
description. docs/connected/sensorthings.md says which of them pass as they are, and which within our model.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from layers.sta.model import ENTITY_TYPES, EntityType
from tests.api.sta_desk import ROOT, StaDesk, below, place, station, stream
from tests.api.sta_ets import ALL, check_entity, one, open_ets_desk

pytestmark = pytest.mark.postgis
# How deep resource paths are followed (the suite's resourcePathLevel).
DEPTH = 4


@pytest.fixture(scope="module")
def database_url(own_database_url: str) -> str:
    """This module's own: pages begin with the first entities."""
    return own_database_url


@pytest.fixture
async def sta(database_url: str, tmp_path: Path) -> AsyncIterator[StaDesk]:
    async with open_ets_desk(database_url, tmp_path) as desk:
        yield desk


# Capability 1: sensing core


async def test_read_entities_and_check_response(sta: StaDesk) -> None:
    for kind in ALL:
        listed = (await sta.get(kind.plural, top="5"))["value"]
        assert listed
        for entity in listed:
            check_entity(kind, entity)


async def test_read_nonexistent_entity(sta: StaDesk) -> None:
    for kind in ALL:
        for key in (f"{2**63 - 1}", "'none'"):
            assert await sta.problem(f"{kind.plural}({key})", 404) == "entity_not_found"


async def test_read_entity_and_check_response(sta: StaDesk) -> None:
    for kind in ALL:
        check_entity(kind, await sta.get(await one(sta, kind)))


async def test_read_property_of_entity_and_check_response(sta: StaDesk) -> None:
    for kind in ALL:
        here = await one(sta, kind)
        for name, of in kind.properties.items():
            if (kind.name, name) == ("Observation", "resultTime"):
                assert (await sta.ask(f"{here}/{name}")).status_code == 204, "nobody said it"
                continue
            assert (await sta.get(f"{here}/{name}")).keys() == {name}
            value = await sta.ask(f"{here}/{name}/$value")
            assert value.headers["content-type"].startswith("text/plain")
            assert value.text.startswith("{") == (of in ("shape", "json"))


async def test_check_resource_paths(sta: StaDesk) -> None:
    followed = 0

    async def follow(path: str, kind: EntityType, depth: int) -> None:
        nonlocal followed
        followed += 1
        for relation in kind.relations:
            target, there = ENTITY_TYPES[relation.target], f"{path}/{relation.name}"
            answer = await sta.get(there)
            reference = await sta.get(f"{there}/$ref")
            entity = answer["value"][0] if relation.many else answer
            alone = reference["value"][0] if relation.many else reference
            assert alone == {"@iot.selfLink": entity["@iot.selfLink"]}
            check_entity(target, entity)
            if depth < DEPTH:
                key = below(entity["@iot.selfLink"]).removeprefix(target.plural) if relation.many else ""
                await follow(there + key, target, depth + 1)

    for kind in ALL:
        assert (await sta.get(f"{kind.plural}/$ref", top="1"))["value"][0].keys() == {"@iot.selfLink"}
        await follow(await one(sta, kind), kind, 3 if kind.plural != "Things" else 2)
    assert followed > 30


async def test_check_service_root_uri(sta: StaDesk) -> None:
    root = await sta.get("")
    assert {one["name"]: one["url"] for one in root["value"]} == {
        name: f"http://testserver{ROOT}/{name}" for name in ENTITY_TYPES
    }
    assert len(root["serverSettings"]["conformance"]) > 20
    assert await sta.get("/") == root


# Capability 2: create, update, delete


async def test_create_entities(sta: StaDesk) -> None:
    thing = await sta.post("Things", {"name": "Test Thing", "description": "This is a Test Thing"})
    number = (await sta.get(thing))["@iot.id"]
    await sta.post(f"{thing}/Locations", place())
    for plural, body in (("Sensors", stream()["Sensor"]), ("ObservedProperties", stream()["ObservedProperty"])):
        answer = await sta.send("POST", plural, body)
        assert answer.status_code == 200, "the register has it"
        assert (await sta.ask(below(answer.headers["location"]))).status_code == 200
    linked = stream(
        Thing={"@iot.id": number}, ObservedProperty={"@iot.id": "sensors.pm25"}, Sensor={"@iot.id": "sensors.air"}
    )
    datastream = await sta.post("Datastreams", linked)
    key = (await sta.get(datastream))["@iot.id"]
    for path, link in (("Observations", {"Datastream": {"@iot.id": key}}), (f"{datastream}/Observations", {})):
        time = "2026-03-01T00:40:00.000Z" if link else "2026-03-01T00:41:00.000Z"
        made = await sta.post(path, {"phenomenonTime": time, "result": 8, **link})
        assert (await sta.get(made))["result"] == 8
    assert (await sta.get(f"{thing}/HistoricalLocations"))["value"], "made with the Location"


async def test_create_entities_with_deep_insert(sta: StaDesk) -> None:
    reading = {"phenomenonTime": "2026-03-01T00:10:00Z", "result": 10}
    thing = await sta.post("Things", station(Datastreams=[stream(Observations=[reading])]))
    found = await sta.get(thing, expand="Locations,Datastreams($expand=Sensor,ObservedProperty,Observations)")
    assert len(found["Locations"]) == len(found["Datastreams"]) == 1
    assert [one["result"] for one in found["Datastreams"][0]["Observations"]] == [10]
    number = found["@iot.id"]
    deep = stream("Temperature", "°C", Thing={"@iot.id": number}, Observations=[reading])
    datastream = await sta.post("Datastreams", deep)
    assert len((await sta.get(f"{datastream}/Observations"))["value"]) == 1


async def test_create_invalid_entities_with_deep_insert(sta: StaDesk) -> None:
    before = (await sta.get("Things", count="true", top="0"))["@iot.count"]
    for lacks in ("ObservedProperty", "Sensor"):
        broken = {name: value for name, value in stream().items() if name != lacks}
        assert await sta.refused("POST", "Things", station(Datastreams=[broken])) == "field_missing"
        assert await sta.refused("POST", "Datastreams", {**broken, "Thing": station()}) == "field_missing"
    assert (await sta.get("Things", count="true", top="0"))["@iot.count"] == before, "nothing of it was made"


async def test_create_invalid_entities(sta: StaDesk) -> None:
    assert await sta.refused("POST", "Datastreams", stream()) == "thing_missing"
    assert await sta.refused("POST", "Datastreams", stream(Thing={"@iot.id": 2**40}), 404) == "entity_not_found"
    reading = {"phenomenonTime": "2026-03-01T00:40:00.000Z", "result": 8}
    assert await sta.refused("POST", "Observations", reading) == "datastream_missing"
    assert (
        await sta.refused("POST", "Observations", {**reading, "Datastream": {"@iot.id": 2**40}}) == "datastream_unknown"
    )


async def test_patch_entities(sta: StaDesk) -> None:
    thing, reading = await one(sta, ENTITY_TYPES["Things"]), await one(sta, ENTITY_TYPES["Observations"])
    for path, body in ((thing, {"description": "PATCHED"}), (reading, {"result": 99})):
        before = await sta.get(path)
        assert (await sta.send("PATCH", path, body)).status_code == 200
        after = await sta.get(path)
        assert {name for name in after if after[name] != before[name]} - {"parameters"} == body.keys()
        assert {name: after[name] for name in body} == body
    for plural in ("Sensors", "ObservedProperties", "Datastreams", "Locations", "FeaturesOfInterest"):
        here = await one(sta, ENTITY_TYPES[plural])
        assert await sta.refused("PATCH", here, {"description": "PATCHED"}, 501) == "not_offered"


async def test_invalid_patch_entities(sta: StaDesk) -> None:
    for plural in ("Things", "Sensors", "ObservedProperties", "Datastreams"):
        kind = ENTITY_TYPES[plural]
        here = await one(sta, kind)
        for relation in kind.relations:
            inline = [{"name": "x"}] if relation.many else {"name": "x"}
            assert await sta.refused("PATCH", here, {relation.name: inline}) == "relation_inline"


async def test_delete_entities(sta: StaDesk) -> None:
    reading, thing = await one(sta, ENTITY_TYPES["Observations"]), await one(sta, ENTITY_TYPES["Things"])
    datastream = below((await sta.get(f"{thing}/Datastreams"))["value"][0]["@iot.selfLink"])
    other = below((await sta.get(f"{datastream}/Observations"))["value"][1]["@iot.selfLink"])
    assert (await sta.send("DELETE", reading)).status_code == 200
    assert (await sta.ask(reading)).status_code == 404
    assert (await sta.ask(datastream)).status_code == 200
    assert (await sta.send("DELETE", thing)).status_code == 200
    for gone in (thing, datastream, other):
        assert (await sta.ask(gone)).status_code == 404, "with the Thing go its Datastreams and their Observations"
    for stays in ("Sensors('sensors.air')", "ObservedProperties('sensors.pm25')"):
        assert (await sta.ask(stays)).status_code == 200
        assert await sta.refused("DELETE", stays, status=501) == "not_offered"


async def test_delete_nonexistent_entities(sta: StaDesk) -> None:
    for kind in ALL:
        assert await sta.refused("DELETE", f"{kind.plural}({2**63 - 1})", status=404) == "entity_not_found"
