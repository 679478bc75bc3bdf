# SPDX-License-Identifier: Apache-2.0
"""Weather and air stations that speak SensorThings 1.1: each registers itself with its datastreams in one request, then
sends what it measures, one by one, as data arrays, or to an MQTT broker. Readings may come twice, late, or broken.
"""

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from simulators.door import BUSY
from simulators.keys import add_key, key_of
from simulators.sta_readings import MEASURES, Json, Manner, Reading, sent_order, station_name, thing

SOURCE = "env-sensorthings"
_PATIENCE_S = 60.0


class Station:
    """One station and its connection to the server."""

    def __init__(self, client: httpx.Client, manner: Manner, number: int, stop: threading.Event) -> None:
        self._client = client
        self._manner = manner
        self._number = number
        self._stop = stop
        self._streams: dict[str, int] = {}
        self.told = {"things": 0, "sent": 0, "taken": 0, "refused": 0}

    def register(self) -> None:
        """One request for the station and its datastreams; then it asks which numbers these have."""
        answer = self._post("Things", thing(self._number))
        answer.raise_for_status()
        self.told["things"] = 1
        listed = self._client.get(f"{urlsplit(answer.headers['location']).path}/Datastreams")
        listed.raise_for_status()
        numbers = {one["unitOfMeasurement"]["symbol"]: one["@iot.id"] for one in listed.json()["value"]}
        self._streams = {measure: numbers[unit] for measure, (unit, _, _) in MEASURES.items()}

    def post_all(self) -> None:
        """Every reading by HTTP."""
        batch: list[Reading] = []
        for reading in sent_order(self._manner, self._number):
            batch.append(reading)
            if len(batch) >= max(1, self._manner.array):
                self._send(batch)
                batch = []
            if self._pause():
                return
        if batch:
            self._send(batch)

    def publish_all(self, host: str, port: int) -> None:
        """Every reading to a broker, acknowledged (QoS 1)."""
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"sim-{station_name(self._number)}")
        client.connect(host, port)
        client.loop_start()
        try:
            for reading in sent_order(self._manner, self._number):
                topic = f"v1.1/Datastreams({self._streams[reading.measure]})/Observations"
                told = client.publish(topic, self._payload(reading), qos=1)
                told.wait_for_publish(10)
                self.told["sent"] += 1
                self.told["taken"] += told.is_published()
                if self._pause():
                    return
        finally:
            client.disconnect()
            client.loop_stop()

    def _send(self, batch: list[Reading]) -> None:
        self.told["sent"] += len(batch)
        if self._manner.array:
            answer = self._post("CreateObservations", self._arrays(batch))
        else:
            path = f"Datastreams({self._streams[batch[0].measure]})/Observations"
            answer = self._post(path, self._payload(batch[0]))
        if answer.status_code != httpx.codes.CREATED:
            self.told["refused"] += len(batch)
            return
        errors = sum(one == "error" for one in answer.json()) if self._manner.array else 0
        self.told["refused"] += errors
        self.told["taken"] += len(batch) - errors

    def _arrays(self, batch: list[Reading]) -> list[Json]:
        arrays: dict[str, Json] = {}
        for reading in batch:
            about = {"Datastream": {"@iot.id": self._streams[reading.measure]}}
            new = {**about, "components": ["phenomenonTime", "result"], "dataArray": []}
            row = [reading.moment.isoformat(), "broken" if self._is_corrupt(reading) else reading.value]
            arrays.setdefault(reading.measure, new)["dataArray"].append(row)
        return list(arrays.values())

    def _payload(self, reading: Reading) -> bytes:
        whole = json.dumps(reading.body()).encode()
        return whole[: len(whole) // 2] if self._is_corrupt(reading) else whole

    def _is_corrupt(self, reading: Reading) -> bool:
        """Broken readings are broken each time: what comes twice says the same."""
        rng = Random(f"{self._manner.seed}/corrupt/{self._number}/{reading.measure}/{reading.moment.isoformat()}")
        return rng.random() < self._manner.corrupt / 100

    def _post(self, path: str, body: Any) -> httpx.Response:
        """With patience for a server that is away or busy: sending again changes nothing."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        began = time.monotonic()
        while True:
            try:
                answer = self._client.post(
                    f"/sta/v1.1/{path}", content=content, headers={"content-type": "application/json"}
                )
                if answer.status_code not in BUSY:
                    return answer
            except httpx.TransportError:
                if time.monotonic() - began > _PATIENCE_S:
                    raise
            if self._stop.wait(0.5):
                raise SystemExit(1)

    def _pause(self) -> bool:
        return self._stop.wait(1 / self._manner.rate if self._manner.rate else 0)


def main(argv: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="simulate sta-station", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    add_key(parser, SOURCE)
    parser.add_argument("--mqtt", metavar="HOST:PORT", help="publish readings to this broker, not by HTTP")
    parser.add_argument("--stations", type=int, default=3)
    parser.add_argument("--count", type=int, default=60, help="moments at which each station measures everything")
    parser.add_argument(
        "--rate", type=float, default=5.0, help="readings a second of each station; 0: as fast as it goes"
    )
    parser.add_argument("--step-s", type=float, default=60.0, help="seconds between two moments")
    parser.add_argument("--until", type=datetime.fromisoformat, help="the last moment; the present one if left out")
    parser.add_argument("--array", type=int, default=0, help="readings in one data array; 0: one by one")
    parser.add_argument("--seed", default="tram-sta")
    parser.add_argument("--duplicates", type=float, default=2, help="readings of a hundred that come twice")
    parser.add_argument("--late", type=float, default=2, help="readings of a hundred that come ten readings later")
    parser.add_argument("--corrupt", type=float, default=0, help="readings of a hundred that are broken")
    chosen = parser.parse_args(argv)
    until = chosen.until or datetime.now(UTC).replace(microsecond=0)
    manner = Manner(
        chosen.seed, chosen.count, chosen.rate, chosen.step_s, until, chosen.array, chosen.duplicates, chosen.late,
        chosen.corrupt,
    )  # fmt: skip
    return run(chosen.url, key_of(chosen, SOURCE), manner, chosen.stations, chosen.mqtt)


def run(url: str, key: str, manner: Manner, stations: int, broker: str | None) -> int:
    """All stations beside each other; prints what became of their readings."""
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    host, _, port = (broker or "").rpartition(":")

    def work(station: Station) -> None:
        station.register()
        if broker:
            station.publish_all(host or "127.0.0.1", int(port))
        else:
            station.post_all()

    timeout = httpx.Timeout(30.0, connect=5.0)
    with httpx.Client(base_url=url.rstrip("/"), auth=_Bearer(key), timeout=timeout, trust_env=False) as client:
        all_of_them = [Station(client, manner, number, stop) for number in range(stations)]
        threads = [threading.Thread(target=work, args=(station,), daemon=True) for station in all_of_them]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    total = {name: sum(station.told[name] for station in all_of_them) for name in all_of_them[0].told}
    print(json.dumps(total), flush=True)
    return 0 if total["things"] == stations else 1


class _Bearer(httpx.Auth):
    """The key, on what is written only: reading is open, or is read with a key that may read."""

    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        if request.method == "POST":
            request.headers["Authorization"] = f"Bearer {self._key}"
        yield request


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
