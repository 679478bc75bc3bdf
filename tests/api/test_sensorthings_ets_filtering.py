# SPDX-License-Identifier: Apache-2.0
"""The abstract tests of OGC's executable test suite ets-sta10, restated: filtering (class Capability3Tests)."""

import operator
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from layers.sta.model import ENTITY_TYPES
from tests.api.sta_desk import StaDesk
from tests.api.sta_ets import ALL, check_entity, one, open_ets_desk

pytestmark = pytest.mark.postgis
OPERATORS = {name: getattr(operator, name) for name in ("lt", "le", "eq", "ne", "ge", "gt")}


@pytest.fixture(scope="module")
def database_url(own_database_url: str) -> str:
    """This module's own: pages begin with the first entities."""
    return own_database_url


@pytest.fixture
async def sta(database_url: str, tmp_path: Path) -> AsyncIterator[StaDesk]:
    async with open_ets_desk(database_url, tmp_path) as desk:
        yield desk


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
