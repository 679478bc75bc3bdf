# SPDX-License-Identifier: Apache-2.0
"""Low-cost sensor nodes that publish JSON to an MQTT broker, each with its last will.

``ioc/v1/{tenant}/{device}/telemetry`` says what a node measured, ``…/status`` (retained) whether it is there. Messages
may come twice, late, in disorder or broken; with ``--die`` the nodes end without a word and the broker says so.
"""

import argparse
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

_LON, _LAT = 105.83, 21.57


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("simulate mqtt-nodes", description=__doc__)
    parser.add_argument("--broker", default="127.0.0.1:1883", help="host:port")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--tenant", default="thainguyen")
    parser.add_argument("--nodes", type=int, default=5)
    parser.add_argument("--count", type=int, default=0, help="messages of each node; 0 goes on for ever")
    parser.add_argument(
        "--rate", type=float, default=0.2, help="messages a second of each node; 0 is as fast as it goes"
    )
    parser.add_argument("--step-s", type=float, default=60, help="seconds between two readings when --count is given")
    parser.add_argument(
        "--until", type=datetime.fromisoformat, help="the time of the last reading when --count is given"
    )
    parser.add_argument("--seed", default="nut-do")
    parser.add_argument("--duplicates", type=float, default=2, help="messages of a hundred that come twice")
    parser.add_argument("--late", type=float, default=2, help="messages of a hundred that come five messages later")
    parser.add_argument("--corrupt", type=float, default=1, help="messages of a hundred that are broken")
    parser.add_argument("--die", action="store_true", help="end without a word, so that the last will speaks")
    return parser.parse_args(argv)


def node_name(number: int) -> str:
    """The device id of a node."""
    return f"node-{number:02d}"


def reading(seed: str, number: int, moment: datetime, seq: int) -> dict[str, Any]:
    """What a node says of a moment."""
    rng = Random(f"{seed}/{number}/{moment.timestamp():.3f}")
    pm25 = round(rng.triangular(12, 90, 34), 1)
    return {
        "ts": moment.isoformat(timespec="milliseconds"),
        "values": {
            "pm25": pm25,
            "pm10": round(pm25 * 1.8, 1),
            "temp": round(rng.gauss(24, 3), 1),
            "rh": rng.randrange(45, 99),
        },
        "units": {"pm25": "ug/m3", "pm10": "ug/m3", "temp": "C", "rh": "%"},
        "loc": {"lon": round(_LON + 0.011 * number, 5), "lat": round(_LAT + 0.007 * number, 5)},
        "seq": seq,
    }


def messages(arguments: argparse.Namespace, number: int) -> Iterator[bytes]:
    """The payloads of one node in the order in which they go out."""
    rng = Random(f"{arguments.seed}/order/{number}")
    late: list[tuple[int, bytes]] = []
    seq = 0
    while not arguments.count or seq < arguments.count:
        payload = json.dumps(reading(arguments.seed, number, _moment(arguments, seq), seq)).encode()
        seq += 1
        if rng.random() < arguments.late / 100:
            late.append((seq + 5, payload))
        else:
            yield payload
        if rng.random() < arguments.duplicates / 100:
            yield payload
        if rng.random() < arguments.corrupt / 100:
            yield payload[: len(payload) // 2]
        yield from (held for due, held in late if due <= seq)
        late = [(due, held) for due, held in late if due > seq]
    yield from (held for _, held in late)


def _moment(arguments: argparse.Namespace, seq: int) -> datetime:
    if not arguments.count:
        return datetime.now(UTC)
    last = arguments.until or datetime.now(UTC)
    return last - timedelta(seconds=arguments.step_s * (arguments.count - 1 - seq))


def run_node(arguments: argparse.Namespace, number: int, stop: threading.Event) -> int:
    """One node: connect, say that it is there, publish; answers how many messages the broker took."""
    host, _, port = arguments.broker.rpartition(":")
    topic = f"ioc/v1/{arguments.tenant}/{node_name(number)}"
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"sim-{arguments.tenant}-{node_name(number)}")
    if arguments.user:
        client.username_pw_set(arguments.user, arguments.password)
    client.will_set(f"{topic}/status", "offline", qos=1, retain=True)
    client.connect(host or "127.0.0.1", int(port))
    client.loop_start()
    taken = 0
    try:
        client.publish(f"{topic}/status", "online", qos=1, retain=True).wait_for_publish(10)
        for payload in messages(arguments, number):
            told = client.publish(f"{topic}/telemetry", payload, qos=1)
            told.wait_for_publish(10)
            taken += told.is_published()
            if stop.wait(1 / arguments.rate if arguments.rate else 0):
                break
    finally:
        if arguments.die:
            _cut(client)
        else:
            client.publish(f"{topic}/status", "offline", qos=1, retain=True).wait_for_publish(10)
            client.disconnect()
        client.loop_stop()
    return taken


def _cut(client: mqtt.Client) -> None:
    """End the connection as a power cut does: without the message that ends it."""
    sock = client.socket()
    client.on_disconnect = None
    with contextlib.suppress(OSError, AttributeError):
        sock.shutdown(2)  # type: ignore[union-attr]


def main(argv: list[str]) -> int:
    """Run the nodes until each has sent its messages, or until it is interrupted."""
    arguments = _arguments(argv)
    stop = threading.Event()
    taken = [0] * arguments.nodes

    def work(number: int) -> None:
        taken[number] = run_node(arguments, number, stop)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(arguments.nodes)]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.05)
    except KeyboardInterrupt:
        stop.set()
    for thread in threads:
        thread.join(timeout=15)
    print(f"{sum(taken)} messages of {arguments.nodes} nodes", flush=True)
    return 0
