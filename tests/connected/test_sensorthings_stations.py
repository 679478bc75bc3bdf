# SPDX-License-Identifier: Apache-2.0
"""Simulated stations on a running server and a real mosquitto: what they measured is on the map once, exactly."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest
import yaml

from simulators import sta_station
from simulators.sta_readings import MEASURES, Manner, readings, station_name
from tests.support.keys import insert_key
from tests.support.servers import mosquitto
from tests.support.stack import Stack, running_stack, wait_for

pytestmark = pytest.mark.postgis
SOURCE = "sta-stations"
OURS = {"PM2.5": "pm25", "Temperature": "temp", "Humidity": "rh", "Rainfall": "rain_mm"}
UNTIL = datetime(2026, 11, 20, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """A running server whose source of SensorThings also listens to a broker."""

    stack: Stack
    key: str
    broker: int


@pytest.fixture(scope="module")
def place(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("stations")
    with mosquitto(folder) as port:
        source: dict[str, Any] = {
            "id": SOURCE,
            "system": "environment",
            "title": {"vi": "Trạm", "en": "Stations"},
            "connector": "sensorthings",
            "door": {
                "kind": "mqtt",
                "host": "127.0.0.1",
                "port": port,
                "topics": ["v1.1/+/Observations", "v1.1/Observations"],
            },
        }
        sources = folder / "sources"
        sources.mkdir()
        (sources / f"{SOURCE}.yaml").write_text(yaml.safe_dump(source))
        key = insert_key(database_url, SOURCE)
        names = ("serve", "relay", "connect")
        with running_stack(database_url, folder, *names, TOANCANH_SOURCES=str(sources)) as stack:
            yield Place(stack, key, port)


def manner(seed: str, **changes: Any) -> Manner:
    usual = {"rate": 0.0, "step_s": 60.0, "array": 0, "duplicates": 10.0, "late": 10.0, "corrupt": 0.0, "count": 12}
    return Manner(seed=seed, until=UNTIL, **{**usual, **changes})


def expected(of: Manner, number: int) -> dict[tuple[str, datetime], float]:
    """What a station measured, by our names."""
    return {(OURS[one.measure], one.moment): one.value for one in readings(of, number)}


def stored(url: str, number: int) -> dict[tuple[str, datetime], float]:
    """What PostGIS holds of a station."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select d.property, o.phenomenon_time, o.value from observation o"
                " join datastream d on d.id = o.datastream where d.source = %s and d.sensor = %s",
                (SOURCE, station_name(number)),
            )
            return {(row[0], row[1]): row[2] for row in cursor.fetchall()}
    finally:
        connection.close()


def holds(url: str, number: int, wanted: dict[tuple[str, datetime], float]) -> bool:
    """Whether PostGIS holds these readings of a station."""
    return wanted.items() <= stored(url, number).items()


def run(place: Place, of: Manner, stations: int, capsys: Any, *, mqtt: bool = False) -> dict[str, int]:
    broker = f"127.0.0.1:{place.broker}" if mqtt else None
    assert sta_station.run(place.stack.url, place.key, of, stations, broker) == 0
    told: dict[str, int] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return told


@pytest.mark.parametrize("array", [0, 7])
def test_what_stations_send_by_http_is_stored_once(place: Place, array: int, capsys: Any) -> None:
    of = manner(f"http-{array}", array=array)
    told = run(place, of, 2, capsys)
    assert told["taken"] == told["sent"] > 2 * of.count * len(MEASURES), "some came twice"
    for number in range(2):
        assert holds(place.stack.database_url, number, expected(of, number))


def test_broken_readings_of_an_array_are_named_and_the_others_stored(place: Place, capsys: Any) -> None:
    of = manner("corrupt", array=9, corrupt=30.0, duplicates=0.0)
    told = run(place, of, 1, capsys)
    assert told["refused"] > 0
    assert told["taken"] == told["sent"] - told["refused"]


def test_what_stations_publish_is_stored_once(place: Place, capsys: Any) -> None:
    of = manner("mqtt", corrupt=5.0)
    told = run(place, of, 2, capsys, mqtt=True)
    assert told["taken"] == told["sent"], "the broker acknowledged"
    for number in range(2):
        station = sta_station.Station(httpx.Client(), of, number, threading.Event())
        broken = {(OURS[one.measure], one.moment) for one in readings(of, number) if station._is_corrupt(one)}
        assert broken
        wanted = {key: value for key, value in expected(of, number).items() if key not in broken}
        wait_for(partial(holds, place.stack.database_url, number, wanted), "the readings are stored")


def test_mosquitto_pub_is_understood_as_any_station_is(place: Place, capsys: Any) -> None:
    program = shutil.which("mosquitto_pub")
    if program is None:
        pytest.skip("needs mosquitto_pub (Debian package mosquitto-clients)")
    run(place, manner("pub", count=1), 1, capsys)
    root = f"{place.stack.url}/sta/v1.1"
    said = httpx.get(root).json()["serverSettings"]
    assert said[said["conformance"][-1]] == {"endpoints": [f"mqtt://127.0.0.1:{place.broker}"]}
    where = {
        "$filter": f"Thing/properties/external_id eq '{station_name(0)}' and ObservedProperty/id eq 'sensors.pm25'"
    }
    number = httpx.get(f"{root}/Datastreams", params=where).json()["value"][0]["@iot.id"]
    for topic, body in (
        (f"v1.1/Datastreams({number})/Observations", {"phenomenonTime": "2026-11-20T08:00:00+07:00", "result": 61.5}),
        (
            "v1.1/Observations",
            {"phenomenonTime": "2026-11-20T09:00:00+07:00", "result": 62.5, "Datastream": {"@iot.id": number}},
        ),
    ):
        command = [program, "-p", str(place.broker), "-q", "1", "-t", topic, "-m", json.dumps(body)]
        subprocess.run(command, check=True, timeout=20)
    query = {"$filter": "result ge 61 and result le 63 and phenomenonTime lt 2026-11-21T00:00:00Z"}

    def results() -> list[float]:
        found = httpx.get(f"{root}/Datastreams({number})/Observations", params=query).json()["value"]
        return [one["result"] for one in found]

    wait_for(lambda: results() == [61.5, 62.5], "both are read back")
