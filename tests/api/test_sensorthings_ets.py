# SPDX-License-Identifier: Apache-2.0
"""The abstract tests of OGC's executable test suite ets-sta10, restated: what each asks, asked of our door.

Each test here is named after a method there (classes Capability1Tests, Capability2Tests and Capability3Tests), written
from its description. docs/connected/sensorthings.md says which of them pass as they are, and which within our model.
"""

import operator
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from layers.sta.model import ENTITY_TYPES, EntityType
from tests.api.sta_desk import ROOT, Json, StaDesk, below, open_sta_desk, place, station, stream

pytestmark = pytest.mark.postgis
ALL = list(ENTITY_TYPES.values())
# How deep resource paths are followed (the suite's resourcePathLevel).
DEPTH = 4
OPERATORS = {name: getattr(operator, name) for name in ("lt", "le", "eq", "ne", "ge", "gt")}


@pytest.fixture
async def sta(database_url: str, tmp_path: Path) -> AsyncIterator[StaDesk]:
    """A door with two stations of two datastreams each, and twelve readings."""
    async with open_sta_desk(database_url, tmp_path) as desk:
        for number in (1, 2):
            readings = [
                {"phenomenonTime": f"2026-11-{number:02d}T00:{minute:02d}:00Z", "result": 10 * number + minute}
                for minute in range(3)
            ]
            streams = [stream(Observations=readings), stream("Noise", "dB(A)", Observations=readings)]
            await desk.post("Things", station(f"Trạm {number}", f"E-{number}", Datastreams=streams))
        yield desk


async def first(sta: StaDesk, kind: EntityType) -> Any:
    """The id of an entity of our own stations."""
    if kind.plural in ("Sensors", "ObservedProperties"):
        return {"Sensors": "sensors.air", "ObservedProperties": "sensors.pm25"}[kind.plural]
    own = f"properties/source eq '{sta.source}'"
    words = {
        "Things": own,
        "Datastreams": f"Thing/{own}",
        "Observations": f"Datastream/Thing/{own}",
        "Locations": f"Things/{own}",
        "HistoricalLocations": f"Thing/{own}",
        "FeaturesOfInterest": f"Observations/Datastream/Thing/{own}",
    }[kind.plural]
    return (await sta.get(kind.plural, filter=words, top="1"))["value"][0]["@iot.id"]


async def one(sta: StaDesk, kind: EntityType) -> str:
    """The address of that entity."""
    key = await first(sta, kind)
    return f"{kind.plural}({key})" if isinstance(key, int) else f"{kind.plural}('{key}')"


def check_entity(kind: EntityType, entity: Json) -> None:
    """Control information, mandatory properties and relations."""
    assert entity["@iot.id"] is not None
    assert entity["@iot.selfLink"].startswith(f"http://testserver{ROOT}/{kind.plural}(")
    optional = {"properties", "observedArea", "phenomenonTime", "parameters", "resultQuality"}
    missing = set(kind.properties) - entity.keys()
    assert missing <= (optional if kind.name == "Datastream" else optional - {"phenomenonTime"})
    for relation in kind.relations:
        assert entity[f"{relation.name}@iot.navigationLink"] == f"{entity['@iot.selfLink']}/{relation.name}"


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


# Capability 3: filtering


async def test_read_entities_with_select(sta: StaDesk) -> None:
    for kind in ALL:
        here = await one(sta, kind)
        for names in ([name] for name in kind.properties):
            entity = await sta.get(here, select=",".join(names))
            assert set(entity) <= set(names)
        every = ",".join(kind.properties)
        shown = (await sta.get(kind.plural, select=every, top="1"))["value"][0]
        assert shown.keys() <= kind.properties.keys(), "neither ids nor links unless they are selected"
        for relation in kind.relations:
            link = f"{relation.name}@iot.navigationLink"
            assert (await sta.get(here, select=relation.name)).keys() == {link}


async def test_read_entities_with_expand(sta: StaDesk) -> None:
    for kind in ALL:
        here = await one(sta, kind)
        for relation in kind.relations:
            target = ENTITY_TYPES[relation.target]
            entity = await sta.get(here, expand=relation.name)
            found = entity[relation.name][0] if relation.many else entity[relation.name]
            check_entity(target, found)
            for second in target.relations:
                deep = await sta.get(here, expand=f"{relation.name}/{second.name}")
                inner = deep[relation.name][0] if relation.many else deep[relation.name]
                last = inner[second.name][0] if second.many else inner[second.name]
                check_entity(ENTITY_TYPES[second.target], last)
        both = ",".join(relation.name for relation in kind.relations)
        assert {relation.name for relation in kind.relations} <= (await sta.get(here, expand=both)).keys()


async def test_read_entities_with_top_and_skip(sta: StaDesk) -> None:
    for kind in ALL:
        count = (await sta.get(kind.plural, count="true", top="0"))["@iot.count"]
        for top in (1, 2, 5):
            page = await sta.get(kind.plural, top=str(top))
            assert len(page["value"]) == min(top, count)
            assert ("@iot.nextLink" in page) == (count > top)
        both = [entity["@iot.id"] for entity in (await sta.get(kind.plural, top="2"))["value"]]
        assert [entity["@iot.id"] for entity in (await sta.get(kind.plural, top="1", skip="1"))["value"]] == both[1:]
        assert (await sta.get(kind.plural, skip=str(count)))["value"] == []


async def test_read_entities_with_orderby(sta: StaDesk) -> None:
    for kind in ALL:
        for name, of in kind.properties.items():
            if of not in ("number", "moment"):
                continue  # texts follow the order of the database's language
            for direction, best in (("asc", min), ("desc", max)):
                listed = (await sta.get(kind.plural, orderby=f"{name} {direction}", top="1000"))["value"]
                values = [entity[name] for entity in listed if entity[name] is not None]
                assert values == sorted(values, reverse=direction == "desc")
                assert not values or values[0] == best(values)
        ids = [entity["@iot.id"] for entity in (await sta.get(kind.plural, orderby="id desc"))["value"]]
        assert kind.plural in ("Observations", "Sensors", "ObservedProperties") or ids == sorted(ids, reverse=True)


async def test_read_entities_with_count(sta: StaDesk) -> None:
    for kind in ALL:
        assert "@iot.count" not in await sta.get(kind.plural, count="false")
        page = await sta.get(kind.plural, count="true", top="1")
        assert page["@iot.count"] >= len(page["value"]) == 1
        here = await one(sta, kind)
        for relation in kind.relations:
            if relation.many:
                inside = await sta.get(here, expand=f"{relation.name}($count=true;$top=1)")
                apart = await sta.get(f"{here}/{relation.name}", count="true", top="1000")
                assert inside[f"{relation.name}@iot.count"] == apart["@iot.count"] == len(apart["value"])


async def test_read_entities_with_filter(sta: StaDesk) -> None:
    for kind in ALL:
        sample = await sta.get(await one(sta, kind))
        for name, of in kind.properties.items():
            value = sample.get(name)
            if of not in ("text", "number", "moment") or value is None:
                continue
            written = f"'{value}'" if of == "text" else str(value)
            for word, holds in OPERATORS.items():
                listed = (await sta.get(kind.plural, filter=f"{name} {word} {written}", top="1000"))["value"]
                known = [entity[name] for entity in listed]
                if of != "text" or word in ("eq", "ne"):
                    assert all(holds(one, value) for one in known), (kind.name, name, word)
                assert (sample["@iot.id"] in {entity["@iot.id"] for entity in listed}) == holds(value, value)


async def test_check_queries_priority_ordering(sta: StaDesk) -> None:
    """First what is selected, then counted, then ordered, then skipped, then taken."""
    own = f"Datastream/Thing/properties/external_id eq 'E-1' and Datastream/Thing/properties/source eq '{sta.source}'"
    page = await sta.get(
        "Observations",
        count="true",
        top="1",
        skip="2",
        orderby="phenomenonTime asc",
        filter=f"result gt '10' and {own}",
    )
    assert page["@iot.count"] == 4
    assert [one["result"] for one in page["value"]] == [12]
