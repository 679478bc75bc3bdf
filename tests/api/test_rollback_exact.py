# SPDX-License-Identifier: Apache-2.0
"""Taking a publication back restores every answer to the last bit; features that came meanwhile have their units."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h3
import numpy as np
import pytest
from shapely.affinity import translate

from boundaries.compare.values import DraftTarget
from geo.db.pool import DatabaseOptions, open_database
from geo.hexgrid import STORED_RESOLUTION
from layers.aggregate import count_by_cell
from layers.filters import FeatureQuery
from layers.registry import LayerRegistry
from layers.unit_ingest import ingest_units
from tests.boundaries.compare_samples import CITY_2017
from tests.boundaries.publication_samples import LAW, LINES, PLACE, Office
from tests.boundaries.unit_samples import OPEN_CITY
from tests.layers.ingest_samples import incident
from tests.support.answers import addresses, answers, serving

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
REDRAWN = [replace(unit, geometry=translate(unit.geometry, 0.01, 0.005)) for unit in CITY_2017]
# Where each feature lies by its place alone, in every published version.
_BY_PLACE = """select f.layer, f.id, v.id, min(u.id) from feature f
 join unit_set_version v on v.status = 'published' join unit u on u.version = v.id and ST_Covers(u.geom, f.geom)
 group by 1, 2, 3 order by 1, 2, 3"""
_STORED = "select layer, feature, version, unit from feature_unit order by 1, 2, 3"


@pytest.fixture
async def office(fresh_url: str, registry: LayerRegistry, tmp_path: Path) -> AsyncIterator[Office]:
    """A city of 2017 that nothing has ended yet, with incidents and cameras."""
    opened = await open_database(DatabaseOptions(fresh_url, pool_size=6, statement_timeout_s=60))
    made = Office(fresh_url, opened, registry, tmp_path)
    await ingest_units(opened, registry, "test", OPEN_CITY)
    await made.push(points("p", 500, seed=7))
    await made.push([camera(one) for one in points("c", 120, seed=8)], "cameras")
    yield made
    await opened.close()


def points(name: str, count: int, seed: int) -> list[dict[str, Any]]:
    """Incidents over the city and around it, half of them before July 2025."""
    places = np.random.default_rng(seed).uniform((105.70, 21.45), (106.05, 21.70), (count, 2)).round(6)
    times = ("2025-05-10T08:00:00+07:00", "2026-05-10T08:00:00+07:00")
    return [
        incident(f"{name}-{nth:04}", lon=float(lon), lat=float(lat), time=times[nth % 2])
        for nth, (lon, lat) in enumerate(places)
    ]


def camera(record: dict[str, Any]) -> dict[str, Any]:
    return {"id": record["id"], "name": record["id"], "kind": "ptz", "lon": record["lon"], "lat": record["lat"]}


async def drafted(office: Office, target: DraftTarget) -> int:
    if target is LAW:
        return await office.draft()
    return await office.draft(replace(target, valid_to=None), REDRAWN, legal_document=None)


async def told(office: Office, *unit_sets: str) -> dict[str, Any]:
    """Every answer of a server that starts now, on which the moment is always the same."""
    async with serving(office.url, office.files, lambda: NOW) as client:
        return await answers(client, addresses(unit_sets, PLACE))


@pytest.mark.parametrize("target", [LAW, LINES], ids=["another law", "better lines"])
async def test_every_answer_is_the_same_as_before(office: Office, target: DraftTarget) -> None:
    before = await told(office, "city-2017")
    assert {status for status, _, _ in before.values()} <= {200, 204}
    draft = await drafted(office, target)
    assert await told(office, "city-2017") == before, "a draft changes nothing"
    publication = await office.publish(draft)
    between = await told(office, "city-2017")
    changed = {address for address in before if between[address] != before[address]}
    assert any(address.startswith("/tiles/units/12") for address in changed)
    assert "/collections/incidents/units?" in changed and "/boundaries/sets" in changed
    assert (await office.job("rollback", publication))["state"] == "done"
    after = await told(office, "city-2017")
    assert [address for address in before if after[address] != before[address]] == []


@pytest.mark.parametrize("target", [LAW, LINES], ids=["another law", "better lines"])
async def test_what_came_meanwhile_is_in_the_unit_where_it_lies(office: Office, target: DraftTarget) -> None:
    draft = await drafted(office, target)
    publication = await office.publish(draft)
    assert await office.fetch(_STORED) == await office.fetch(_BY_PLACE)
    moved = [
        {**one, "lon": other["lon"], "lat": other["lat"]}
        for one, other in zip(points("p", 40, seed=7), points("x", 40, seed=9), strict=True)
    ]
    await office.push([*moved, *points("new", 60, seed=10)])
    await office.push([{"id": "p-0100", "withdrawn": True}])
    assert await office.fetch(_STORED) == await office.fetch(_BY_PLACE)
    assert (await office.job("rollback", publication))["state"] == "done"
    stored = await office.fetch(_STORED)
    assert stored == await office.fetch(_BY_PLACE) and len({row[2] for row in stored}) == 1
    await office.publish(draft)
    assert await office.fetch(_STORED) == await office.fetch(_BY_PLACE)


async def test_values_by_unit_and_cells_are_what_geometry_says(office: Office) -> None:
    await office.publish(await office.draft())
    async with serving(office.url, office.files, lambda: NOW) as client:
        for layer in ("incidents", "cameras"):
            for unit_set in ("city-2017", "city-2025"):
                answer = (await client.get(f"/collections/{layer}/units?set={unit_set}")).json()
                counted = {one["code"]: one["value"] for one in answer["units"] if one["value"]}
                assert counted == dict(await office.fetch(
                    "select code, count(*) from (select f.id, min(u.id) as unit from feature f "
                    "join unit u on ST_Covers(u.geom, f.geom) join unit_set_version v on v.id = u.version "
                    "where f.layer = $1 and v.unit_set = $2 and v.status = 'published' group by f.id) placed "
                    "join unit on unit.id = placed.unit group by code", layer, unit_set,
                ))  # fmt: skip
                facts = (await client.get(f"/boundaries/sets/{unit_set}/units/{min(counted)}")).json()
                assert {one["layer"]: one["value"] for one in facts["values"]}[layer] == counted[min(counted)]
    await _cells_of_each_unit(office)


def cell_8(lat: float, lon: float) -> int:
    """The parent of the stored cell."""
    return int(h3.str_to_int(h3.cell_to_parent(h3.latlng_to_cell(lat, lon, STORED_RESOLUTION), 8)))


async def _cells_of_each_unit(office: Office) -> None:
    """Cells of those who may see one unit only: the features that lie in it, of old units and of new ones."""
    spec = office.registry["incidents"]
    units = await office.fetch("select u.id from unit u join unit_set_version v on v.id = u.version "
                               "where v.status = 'published' order by 1")  # fmt: skip
    assert len(units) == 40
    total = 0
    for (unit,) in units:
        found = await count_by_cell(office.database, spec, FeatureQuery(area=(unit,)), 8)
        expected = await office.fetch(
            "select ST_Y(f.geom), ST_X(f.geom) from feature f join unit u on u.id = $1 and ST_Covers(u.geom, f.geom) "
            "where f.layer = 'incidents'", unit
        )  # fmt: skip
        assert dict(found.cells) == Counter(cell_8(lat, lon) for lat, lon in expected)
        total += found.total
    assert total > 100
