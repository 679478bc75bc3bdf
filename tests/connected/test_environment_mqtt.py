# SPDX-License-Identifier: Apache-2.0
"""Nodes on a real mosquitto: what they publish is on the map once, also when we or the broker die in between."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from geo.db.pool import Database
from layers.locate.gazetteer import Gazetteer
from layers.registry import LayerRegistry
from layers.sources.road import Road, receive
from layers.sources.spec import SourceSpec
from layers.transports.base import Arrival, Visit
from simulators import mqtt_nodes
from simulators.mqtt_nodes import node_name, reading
from tests.support.fetching import fetching, letters_of, readings_of, sensors_of, source_of, state_of
from tests.support.grid import publish_grid
from tests.support.servers import mosquitto, self_signed
from tests.support.waiting import until

pytestmark = pytest.mark.postgis
UNTIL = datetime.now(UTC).replace(microsecond=0)
MEANS = {"pm25": "pm25", "pm10": "pm10", "temp": "temp", "rh": "rh"}
NODES = {
    node_name(number): {"name": f"Nút {number}", "kind": "air", "lon": 107.05 + number / 100, "lat": 16.25}
    for number in range(3)
}


@pytest.fixture(autouse=True)
async def ground(database: Database) -> None:
    """Units around the stations: coordinates far from all units are not believed."""
    await publish_grid(database)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[int]:
    with mosquitto(tmp_path) as port:
        yield port


def source_at(port: int, tenant: str, **door: Any) -> SourceSpec:
    topics = [f"ioc/v1/{tenant}/+/telemetry", f"ioc/v1/{tenant}/+/status"]
    return source_of(
        "sensor_json",
        {"stations": NODES},
        {"kind": "mqtt", "host": "127.0.0.1", "port": port, "topics": topics, **door},
    )


def arrivals_of(source: SourceSpec, database: Database, begun: asyncio.Event | None = None) -> Any:
    """What comes; ``begun`` is set once the broker has our subscription."""

    async def reached() -> None:
        if begun is not None:
            begun.set()

    assert source.transport is not None
    visit = Visit(
        source.id, source.transport_options, {}, lambda name: name, database, lambda: datetime.now(UTC), reached
    )
    return source.transport.arrivals(visit)


async def next_of(arrivals: Any) -> Arrival:
    return await asyncio.wait_for(anext(arrivals), 10)


def expected(seed: str, nodes: int, count: int, step_s: float) -> dict[tuple[str, str, datetime], float]:
    known = {}
    for number in range(nodes):
        for seq in range(count):
            moment = UNTIL - timedelta(seconds=step_s * (count - 1 - seq))
            for name, value in reading(seed, number, moment, seq)["values"].items():
                known[node_name(number), MEANS[name], moment] = float(value)
    return known


async def publish(port: int, topic: str, payload: Any, *, qos: int = 1, times: int = 1) -> None:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    async with aiomqtt.Client("127.0.0.1", port) as client:
        for _ in range(times):
            await client.publish(topic, body, qos=qos)


def telemetry(minute: int, pm25: float) -> dict[str, Any]:
    return {"ts": (UNTIL - timedelta(minutes=minute)).isoformat(), "values": {"pm25": pm25}}


async def test_disorder_repeats_and_nonsense_end_as_what_the_nodes_measured(
    broker: int, database: Database, registry: LayerRegistry, database_url: str
) -> None:
    source = source_at(broker, "tn-a")
    arguments = [
        "--broker", f"127.0.0.1:{broker}", "--tenant", "tn-a", "--nodes", "3", "--count", "30", "--rate", "0",
        "--until", UNTIL.isoformat(), "--seed", source.id, "--duplicates", "10", "--late", "10", "--corrupt", "10",
    ]  # fmt: skip
    want = expected(source.id, 3, 30, 60)
    async with fetching(database, registry, source, database_url):
        await until(lambda: _has_begun(database, source), within_s=10)
        assert await asyncio.to_thread(mqtt_nodes.main, arguments) == 0

        async def is_whole() -> bool:
            return {key: value for key, (value, _, _) in (await readings_of(database, source)).items()} == want

        await until(is_whole, within_s=15)
        assert {revision for _, _, revision in (await readings_of(database, source)).values()} == {1}
        assert set(await letters_of(database, source)) == {"not_json"}
        sensors = await sensors_of(database, source)
        assert {name: one["lon"] for name, one in sensors.items()} == {name: one["lon"] for name, one in NODES.items()}
        # They said good-bye.
        await until(lambda: _all_are(database, source, "offline"), within_s=5)


async def test_the_last_will_takes_the_connection_away_and_leaves_the_readings(
    broker: int, database: Database, registry: LayerRegistry, database_url: str
) -> None:
    source = source_at(broker, "tn-b")
    arguments = [
        "--broker", f"127.0.0.1:{broker}", "--tenant", "tn-b", "--nodes", "1", "--count", "2", "--rate", "0",
        "--until", UNTIL.isoformat(), "--seed", source.id, "--duplicates", "0", "--late", "0", "--corrupt", "0",
        "--die",
    ]  # fmt: skip
    async with fetching(database, registry, source, database_url):
        await until(lambda: _has_begun(database, source), within_s=10)
        await asyncio.to_thread(mqtt_nodes.main, arguments)
        await until(lambda: _all_are(database, source, "offline"), within_s=10)
        (sensor,) = (await sensors_of(database, source)).values()
        newest = reading(source.id, 0, UNTIL, 1)["values"]["pm25"]
        assert (sensor["properties"]["pm25"], sensor["kind"]) == (newest, "air")
        said = {"ts": UNTIL.isoformat(), "values": {"temp": 20}}
        await publish(broker, "ioc/v1/tn-b/node-00/telemetry", said)
        await until(lambda: _all_are(database, source, "online"), within_s=5)


async def test_what_was_received_but_not_kept_comes_again(
    broker: int, database: Database, registry: LayerRegistry
) -> None:
    """The consumer dies between receiving and committing, and again between committing and acknowledging."""
    source = source_at(broker, "tn-c")
    road = Road(database, registry, Gazetteer(registry))
    topic = "ioc/v1/tn-c/node-00/telemetry"
    begun = asyncio.Event()
    async with aclosing(arrivals_of(source, database, begun)) as first:
        waiting = asyncio.ensure_future(anext(first))
        await asyncio.wait_for(begun.wait(), 10)
        await publish(broker, topic, telemetry(2, 40.0))
        received = await waiting
        assert received.message.name == topic
    assert await readings_of(database, source) == {}
    # While nobody listens, the broker keeps what comes.
    await publish(broker, topic, telemetry(1, 41.0))
    async with aclosing(arrivals_of(source, database)) as second:
        again = [await next_of(second), await next_of(second)]
        assert again[0].message.body == received.message.body
        await receive(road, source, [one.message for one in again], datetime.now(UTC))
    kept = await readings_of(database, source)
    assert sorted(value for value, _, _ in kept.values()) == [40.0, 41.0]
    async with aclosing(arrivals_of(source, database)) as third:
        once_more = [await next_of(third), await next_of(third)]
        (delivery, _) = await receive(road, source, [one.message for one in once_more], datetime.now(UTC))
        assert delivery.accepted == 0
        for one in once_more:
            assert one.settle is not None
            await one.settle()
        await publish(broker, topic, telemetry(0, 42.0))
        assert b"42.0" in (await next_of(third)).message.body
    assert (await readings_of(database, source)) == kept  # a repeat is nothing, and 42.0 was never kept
    async with aclosing(arrivals_of(source, database)) as fourth:
        assert b"42.0" in (await next_of(fourth)).message.body  # what was acknowledged did not come again


async def test_a_flood_waits_in_the_broker(broker: int, database: Database) -> None:
    """Not more than what may be on its way is held here, and nothing of it is lost."""
    source = source_at(broker, "tn-d", receive_maximum=5)
    topic = "ioc/v1/tn-d/node-00/telemetry"
    begun = asyncio.Event()
    async with aclosing(arrivals_of(source, database, begun)) as arrivals:
        waiting = asyncio.ensure_future(anext(arrivals))
        await asyncio.wait_for(begun.wait(), 10)
        async with aiomqtt.Client("127.0.0.1", broker) as client:
            for number in range(60):
                await client.publish(topic, str(number), qos=1)
        held: list[Arrival] = [await waiting]
        for _ in range(4):
            held.append(await next_of(arrivals))
        further = asyncio.ensure_future(anext(arrivals))
        # All 60 are in the broker; five are here; no sixth comes before one of them is acknowledged.
        await asyncio.wait([further], timeout=0.3)
        assert not further.done()
        for one in held:
            assert one.settle is not None
            await one.settle()
        held.append(await further)
        while len(held) < 60:
            assert held[-1].settle is not None
            await held[-1].settle()
            held.append(await next_of(arrivals))
    assert [one.message.body for one in held] == [str(number).encode() for number in range(60)]


async def test_the_broker_restarts_and_nothing_is_lost(
    database: Database, registry: LayerRegistry, database_url: str, tmp_path: Path
) -> None:
    with mosquitto(tmp_path) as port:
        source = source_at(port, "tn-e")
        topic = "ioc/v1/tn-e/node-00/telemetry"
        async with fetching(database, registry, source, database_url):
            await until(lambda: _has_begun(database, source), within_s=10)
            await publish(port, topic, telemetry(3, 1.0))
            await until(lambda: _has(database, source, 1), within_s=10)
        await publish(port, topic, telemetry(2, 2.0))  # nobody listens: it waits in the broker
    with mosquitto(tmp_path, port=port):
        async with fetching(database, registry, source, database_url):
            await until(lambda: _has(database, source, 2), within_s=15)
            await publish(port, topic, telemetry(1, 3.0))
            await until(lambda: _has(database, source, 3), within_s=10)


async def test_the_broker_is_away_and_comes_back(
    database: Database, registry: LayerRegistry, database_url: str, tmp_path: Path
) -> None:
    with mosquitto(tmp_path) as port:
        pass
    source = source_at(port, "tn-f")

    async def has_failed() -> bool:
        return bool((await state_of(database, source)).get("failures"))

    async with fetching(database, registry, source, database_url):
        await until(has_failed, within_s=10)
        with mosquitto(tmp_path, port=port):
            await until(lambda: _has_begun(database, source), within_s=15)
            await publish(port, "ioc/v1/tn-f/node-00/telemetry", telemetry(1, 3.0))
            await until(lambda: _has(database, source, 1), within_s=10)


async def test_a_broker_with_tls_and_passwords(
    database: Database, registry: LayerRegistry, database_url: str, tmp_path: Path
) -> None:
    tls = self_signed(tmp_path)
    passwords = tmp_path / "passwords"
    # PBKDF2-SHA512, as mosquitto_passwd would write it for the password "node".
    passwords.write_text(f"ioc:{_mosquitto_hash('node')}\n")
    passwords.chmod(0o600)
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "mqtt").write_text("node\n")
    extra = (f"certfile {tls.certificate}", f"keyfile {tls.key}", f"password_file {passwords}", "allow_anonymous false")
    with mosquitto(tmp_path, *extra) as port:
        door = {"user": "ioc", "password": {"secret": "mqtt"}, "tls": True, "ca_file": str(tls.certificate)}
        source = source_at(port, "tn-g", **door)
        async with fetching(database, registry, source, database_url, secrets):
            await until(lambda: _has_begun(database, source), within_s=10)
        (secrets / "mqtt").write_text("wrong\n")
        other = source_at(port, "tn-g", **door)

        async def is_refused() -> bool:
            return "authori" in str((await state_of(database, other)).get("last_error")).lower()

        async with fetching(database, registry, other, database_url, secrets):
            await until(is_refused, within_s=10)


def _mosquitto_hash(password: str) -> str:
    salt = b"twelve bytes"
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
    return f"$7$101${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


async def _has_begun(database: Database, source: SourceSpec) -> bool:
    state: Mapping[str, Any] = await state_of(database, source)
    return bool(state) and state["failures"] == 0


async def _all_are(database: Database, source: SourceSpec, status: str) -> bool:
    found = await sensors_of(database, source)
    return bool(found) and {one["status"] for one in found.values()} == {status}


async def _has(database: Database, source: SourceSpec, count: int) -> bool:
    return len(await readings_of(database, source)) == count
