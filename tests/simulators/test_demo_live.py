# SPDX-License-Identifier: Apache-2.0
"""The live trickle: bounded, with rising revisions and ids that never repeat."""

from collections import Counter
from datetime import timedelta
from random import Random

from simulators.boundaries import Json
from simulators.dataset import Dataset
from simulators.live import LIVE_PREFIX, OPEN_AT_MOST, Trickle
from simulators.moments import midnight, rfc3339
from tests.simulators.test_demo_dataset import DAY, flat

START = midnight(DAY) + timedelta(hours=9)


def run(demo: Dataset, steps: int) -> tuple[Trickle, list[tuple[str, Json]]]:
    world = Trickle(demo, Random("a run"))
    pushed = []
    for number in range(steps):
        layer, records = world.step(START + timedelta(seconds=2 * number))
        assert records
        pushed += [(layer, record) for record in records]
    return world, pushed


def test_it_reports_progresses_and_touches_every_live_layer(demo: Dataset) -> None:
    _, pushed = run(demo, 2000)
    assert {layer for layer, _ in pushed} == {"incidents", "cameras", "sensors", "alerts"}
    statuses = Counter(record["status"] for layer, record in pushed if layer == "incidents")
    assert set(statuses) == {"new", "assigned", "in_progress", "resolved", "rejected"}


def test_revisions_of_a_record_rise(demo: Dataset) -> None:
    latest: dict[str, int] = {}
    _, pushed = run(demo, 3000)
    for layer, item in pushed:
        record = flat(item)
        key = layer + record["id"]
        assert record["revision"] > latest.get(key, 0)
        latest[key] = record["revision"]


def test_open_reports_stay_bounded(demo: Dataset) -> None:
    world, pushed = run(demo, 8000)
    assert 100 < len(world.open) <= OPEN_AT_MOST + 1
    on_server = {r["id"] for layer, r in pushed if layer == "incidents"}
    on_server -= {r["id"] for layer, r in pushed if layer == "incidents" and r.get("withdrawn")}
    assert len(on_server) < 2300


def test_new_reports_lie_in_the_unit_they_name_and_have_the_time_of_the_step(demo: Dataset) -> None:
    _, pushed = run(demo, 600)
    new = [record for layer, record in pushed if layer == "incidents" and record["revision"] == 1]
    for record in new:
        unit = demo.ground.today_at(record["lon"], record["lat"])
        assert unit is not None and record["title"].endswith(unit.place)
        assert START <= START.fromisoformat(record["time"]) <= START + timedelta(seconds=1200)
        assert record["id"].startswith(LIVE_PREFIX + "20261122-09")


def test_two_reports_of_the_same_instant_have_two_ids(demo: Dataset) -> None:
    world = Trickle(demo, Random("same"))
    ids = [world._new_id(START) for _ in range(50)]
    assert len(set(ids)) == 50 and ids == sorted(ids)


def test_a_restart_takes_over_what_is_open_and_lets_alerts_expire(demo: Dataset) -> None:
    world = Trickle(demo, Random("restart"))
    report = demo.part("incidents").items[0]
    loaded = as_item(report)
    live = as_item(report | {"id": f"{LIVE_PREFIX}20261122-070000-000", "status": "assigned", "revision": 2})
    world.adopt("incidents", [loaded, live])
    assert list(world.open) == [f"{LIVE_PREFIX}20261122-070000-000"]
    assert world.open[f"{LIVE_PREFIX}20261122-070000-000"]["lon"] == report["lon"]
    ended = flat(demo.part("alerts").items[0]) | {
        "status": "actual",
        "end_time": rfc3339(START),
        "revision": 7,
    }
    world.adopt("alerts", [as_item(ended)])
    layer, (changed,) = world.step(START)
    assert layer == "alerts" and changed["id"] == ended["id"]
    assert changed["properties"]["status"] == "expired"
    assert changed["properties"]["revision"] == 8
    assert world.step(START)[0] != "alerts"


def as_item(record: Json) -> Json:
    """The record as the server's items answer shows it."""
    properties = {key: value for key, value in record.items() if key not in {"id", "lon", "lat", "time"}}
    properties |= {"external_id": record["id"], "source": "demo", "valid_from": record["time"]}
    properties |= {"valid_to": record.get("end_time"), "recorded_at": record["time"], "address": None}
    point = {"type": "Point", "coordinates": [record.get("lon", 105.8), record.get("lat", 21.6)]}
    return {"type": "Feature", "id": 1, "geometry": point, "properties": properties}
