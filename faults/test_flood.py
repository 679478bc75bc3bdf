# SPDX-License-Identifier: Apache-2.0
"""One source sends 2,000 bad messages a second by HTTP, another by MQTT; three others go on as if nothing happened.

What is measured is the lag of the others: from the moment at which a record is made to the moment at which it is in
PostGIS, by push, by MQTT and by a drop folder.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as mqtt
import psycopg2
import pytest
import yaml

from faults.conftest import Postgres
from geo.db import cluster_files as files
from tests.conftest import _database, migrated, new_key_of
from tests.support.servers import mosquitto
from tests.support.stack import ROOT, Stack, running_stack, wait_for

RATE = 2_000
SECONDS = 60
BOUND_S = 2.0
_WAIT_S = 30.0


def _declare(folder: Path, source: str, connector: str, options: dict[str, Any], door: dict[str, Any] | None) -> None:
    document: dict[str, Any] = {
        "id": source, "system": "environment", "title": {"vi": source, "en": source}, "connector": connector,
        "options": options, "every_s": 0.2,
    }  # fmt: skip
    if door is not None:
        document["door"] = door
    (folder / f"{source}.yaml").write_text(yaml.safe_dump(document))


class _Prober(threading.Thread):
    """Makes a record every so often, and waits until it is in PostGIS."""

    def __init__(self, stack: Stack, name: str, send: Callable[[str], None], query: str) -> None:
        super().__init__(daemon=True)
        self.name = name
        self.lags: list[float] = []
        self.failed = 0
        self._url = stack.database_url
        self._send = send
        self._query = query
        self._stop_asked = threading.Event()

    def run(self) -> None:
        connection = psycopg2.connect(self._url)
        connection.autocommit = True
        nth = 0
        while not self._stop_asked.wait(0.25):
            nth += 1
            # Another trial's record of that name would be found at once.
            name = f"{self.name}-{id(self)}-{nth}"
            began = time.monotonic()
            self._send(name)
            while time.monotonic() - began < _WAIT_S:
                with connection.cursor() as cursor:
                    cursor.execute(self._query, (name,))
                    if cursor.fetchone():
                        self.lags.append(time.monotonic() - began)
                        break
                time.sleep(0.005)
            else:
                self.failed += 1
        connection.close()

    def stop(self) -> None:
        self._stop_asked.set()
        self.join()

    def figures(self) -> dict[str, Any]:
        ordered = sorted(self.lags)
        return {
            "records": len(ordered), "lost": self.failed, "p50_s": round(ordered[len(ordered) // 2], 3),
            "p95_s": round(ordered[int(len(ordered) * 0.95)], 3), "max_s": round(ordered[-1], 3),
        }  # fmt: skip


@contextmanager
def _probing(stack: Stack, port: int, drop: Path, key: str) -> Iterator[list[_Prober]]:
    incident = "select 1 from feature where layer = 'incidents' and external_id = %s"
    publisher = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="good", protocol=mqtt.MQTTv5)
    publisher.connect("127.0.0.1", port)
    publisher.loop_start()
    client = httpx.Client(timeout=_WAIT_S)

    def body(name: str) -> bytes:
        moment = datetime.now(UTC).isoformat()
        return json.dumps([{"id": name, "title": name, "time": moment, "lon": 105.84, "lat": 21.59}]).encode()

    def push(name: str) -> None:
        client.post(
            f"{stack.url}/ingest/good-push", content=body(name), headers={"Authorization": f"Bearer {key}"}
        ).raise_for_status()

    def lay(name: str) -> None:
        (drop / f"{name}.part").write_bytes(body(name))
        (drop / f"{name}.part").rename(drop / f"{name}.json")

    probers = [
        _Prober(stack, "push", push, incident),
        _Prober(stack, "mqtt", lambda name: publisher.publish("good/in", body(name), qos=1) and None, incident),
        _Prober(stack, "folder", lay, incident),
    ]
    for prober in probers:
        prober.start()
    try:
        yield probers
    finally:
        for prober in probers:
            prober.stop()
        publisher.loop_stop()
        client.close()


def _measured(stack: Stack, port: int, drop: Path, key: str, *flooders: list[str]) -> tuple[dict[str, Any], list[Any]]:
    with _probing(stack, port, drop, key) as probers:
        running = [
            subprocess.Popen([sys.executable, "-m", "faults.flooders", *words], cwd=ROOT, stdout=subprocess.PIPE)
            for words in flooders
        ]
        told = [json.loads(one.communicate(timeout=SECONDS + 120)[0]) for one in running]
        if not flooders:
            time.sleep(15)
    return {prober.name: prober.figures() for prober in probers}, told


@pytest.mark.slow
def test_two_thousand_bad_messages_a_second_delay_nobody_else(
    postgres: Postgres, tmp_path: Path, keep: Callable[[str, dict[str, Any]], None]
) -> None:
    database = _database(postgres.cluster.url(files.SUPERUSER, "postgres"))
    url = migrated(next(database))
    folder, drop = tmp_path / "sources", tmp_path / "drop"
    folder.mkdir()
    drop.mkdir()
    taken = {"layer": "incidents"}
    with mosquitto(tmp_path) as port:
        broker = {"kind": "mqtt", "host": "127.0.0.1", "port": port}
        _declare(folder, "good-push", "records_json", taken, None)
        _declare(folder, "good-mqtt", "records_json", taken, {**broker, "topics": ["good/in"]})
        _declare(folder, "good-folder", "records_json", taken, {"kind": "folder", "path": str(drop), "settle_s": 0})
        _declare(folder, "bad-push", "records_json", taken, None)
        _declare(folder, "bad-mqtt", "records_json", taken, {**broker, "topics": ["bad/in"]})
        key, bad_key = new_key_of(url, "good-push"), new_key_of(url, "bad-push")
        processes = ("serve", "relay", "worker", "connect")
        with running_stack(url, tmp_path, *processes, root=ROOT, TOANCANH_SOURCES=str(folder)) as stack:
            wait_for(lambda: "ready" in httpx.get(f"{stack.url}/health/ready").text, "it is ready")
            http = ["http", "127.0.0.1", stack.url.rpartition(":")[2], "bad-push", bad_key, str(RATE), str(SECONDS)]
            nodes = ["mqtt", str(port), "bad/in", str(RATE), str(SECONDS)]
            numbers: dict[str, Any] = {"rate_a_second": RATE, "seconds": SECONDS, "bound_s": BOUND_S}
            numbers["alone"], _ = _measured(stack, port, drop, key)
            numbers["beside_http"], numbers["http_answers"] = _measured(stack, port, drop, key, http)
            numbers["beside_mqtt"], numbers["mqtt_sent"] = _measured(stack, port, drop, key, nodes)
            letters = "select source, count(*), sum(times) from dead_letter group by source order by source"
            connection = psycopg2.connect(url)
            with connection, connection.cursor() as cursor:
                cursor.execute(letters)
                numbers["dead_letters"] = {row[0]: {"kept": row[1], "times": int(row[2])} for row in cursor.fetchall()}
            connection.close()
    keep("flood", numbers)
    next(database, None)
    for beside in ("beside_http", "beside_mqtt"):
        for name, figures in numbers[beside].items():
            assert figures["lost"] == 0, (beside, name, figures)
            assert figures["max_s"] < BOUND_S, (beside, name, figures)
