# SPDX-License-Identifier: Apache-2.0
"""Two real servers tell each other: what happens at one is at the other, once, and comes back to nobody."""

import asyncio
from collections.abc import Iterator

import pytest

from geo.db.pool import DatabaseOptions, open_database
from tests.conftest import _database, migrated
from tests.support.grid import NEW, publish_grid, square
from tests.support.peers import Peer, running_peers
from tests.support.stack import wait_for

pytestmark = [pytest.mark.postgis, pytest.mark.slow]
FOREIGN = "select count(*) from feature where source = %s"
LAYERS = ("incidents", "alerts", "population")
TIME = "2026-11-20T08:00:00+07:00"


@pytest.fixture(scope="module")
def peers(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Peer, Peer]]:
    made = [_database(cluster_url), _database(cluster_url)]
    first, second = (migrated(next(one)) for one in made)
    for url in (first, second):
        asyncio.run(_with_units(url))
    with running_peers((first, second), tmp_path_factory.mktemp("peers"), *LAYERS) as both:
        yield both
    for one in made:
        next(one, None)


async def _with_units(url: str) -> None:
    database = await open_database(DatabaseOptions(url, pool_size=2))
    await publish_grid(database)
    await database.close()


def incident(name: str, nth: int, **members: object) -> dict[str, object]:
    spot = {"lon": 105.8 + nth * 0.0001, "lat": 21.55 + nth * 0.0001}
    return {"id": name, "title": f"Sự việc {name}", "time": TIME, "severity": "high", **spot, **members}


def test_what_happens_at_one_is_at_the_other_and_comes_back_to_nobody(peers: tuple[Peer, Peer]) -> None:
    province, city = peers
    for peer in peers:
        peer.push("incidents", [incident(f"{peer.name}-{nth}", nth) for nth in range(200)])
    wait_for(lambda: city.number(FOREIGN, "ioc-province") == 200, "the province's incidents are told")
    wait_for(lambda: province.number(FOREIGN, "ioc-pho-yen") == 200, "the city's incidents are told")
    city.push("incidents", [incident("pho-yen-0", 0, status="resolved")])
    city.push("incidents", [{"id": "pho-yen-1", "withdrawn": True}])
    resolved = "select count(*) from feature where source = 'ioc-pho-yen' and status = 'resolved'"
    wait_for(lambda: province.number(resolved) == 1, "the change is told")
    wait_for(lambda: province.number(FOREIGN, "ioc-pho-yen") == 199, "the withdrawal is told")
    for peer in peers:
        assert peer.number(FOREIGN, f"ioc-{peer.name}") == 0, "nothing came back as somebody else's"
        assert peer.number("select count(*) from dead_letter") == 0
    sent = province.rows("select sent from exchange_state")[0][0]
    assert sent == 200, "each of the province's own incidents was told once, none of the city's"


def test_the_record_is_the_same_there(peers: tuple[Peer, Peer]) -> None:
    province, city = peers
    province.push("incidents", [incident("same", 7, location_radius_m=12.5, kind="traffic", end_time=TIME)])
    facts = (
        "select kind, severity, status, valid_from, valid_to, properties, ST_AsEWKB(geom), location_method, "
        "location_radius_m, location_confidence, h3 from feature where external_id = %s"
    )
    there = wait_for(lambda: city.rows(facts, "field~same"), "the incident is told")
    assert [bytes(one) if isinstance(one, memoryview) else one for one in there[0]] == [
        bytes(one) if isinstance(one, memoryview) else one for one in province.rows(facts, "same")[0]
    ]


def test_a_peer_that_was_away_is_told_what_it_missed_once(peers: tuple[Peer, Peer]) -> None:
    province, city = peers
    city.stack.kill("serve")
    for nth in range(5):
        province.push("incidents", [incident("while-away", 9, title=f"Bản {nth}")])
    city.stack.start("serve")
    city.stack.wait_ready()
    title = "select properties ->> 'title' from feature where external_id = 'field~while-away'"
    wait_for(lambda: city.rows(title) == [("Bản 4",)], "the newest state is told", timeout_s=60)
    assert city.number("select count(*) from feature_history where external_id = 'field~while-away'") == 0


def test_alerts_and_metrics_are_told_too(peers: tuple[Peer, Peer]) -> None:
    province, city = peers
    warning = {"type": "Feature", "id": "w-1", "geometry": square(0, 0), "properties": {
        "title": "Mưa lớn", "status": "actual", "severity": "severe", "time": TIME}}  # fmt: skip
    province.push("alerts", [warning])
    city.push("population", [{"unit_set": NEW, "unit_code": "00001", "period": "2025", "value": 1200}])
    area = "select ST_AsText(geom) from feature where layer = 'alerts' and external_id = %s"
    told = wait_for(lambda: city.rows(area, "field~w-1"), "the warning is told")
    assert told == province.rows(area, "w-1")
    value = "select value, unit_set, unit_code from indicator_value where indicator = 'population' and source = %s"
    wait_for(lambda: province.rows(value, "ioc-pho-yen") == [(1200.0, NEW, "00001")], "the value is told")
    city.push("population", [{"unit_set": NEW, "unit_code": "00001", "period": "2025", "value": 1250}])
    wait_for(lambda: province.rows(value, "ioc-pho-yen") == [(1250.0, NEW, "00001")], "its correction is told")
    assert city.rows(value, "ioc-province") == [] and city.rows(value, "ioc-pho-yen") == []
    assert [peer.number("select count(*) from dead_letter") for peer in peers] == [0, 0]
