# SPDX-License-Identifier: Apache-2.0
"""Topics of an MQTT broker. A message is acknowledged once its records are durable, not when it is read.

The session is the broker's memory of us: it outlives a restart (MQTT 5, no clean start), and what was not acknowledged
comes again. ``receive_maximum`` bounds what may be on its way, so that a flood waits in the broker and not here.
Messages of QoS 0 have no acknowledgement: those that find the queue full are lost, as their sender accepted.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from pydantic import Field, field_validator

from layers.connectors.base import Message, Options
from layers.spec import Text
from layers.transports.base import NOT_READ, Arrival, Transport, Visit
from layers.transports.named_secret import NamedSecret

_MAX_PACKET_BYTES = 16_000_000
_REFUSED = 0x80


class MqttOptions(Options):
    """Topics of a broker.

    ``client_id`` names our session: no two processes may use one. ``session_s``: for how long the broker keeps messages
    for us while we are away.
    """

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 1883
    topics: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]
    qos: Annotated[int, Field(ge=0, le=1)] = 1
    client_id: str | None = None
    user: str | None = None
    password: NamedSecret | None = None
    tls: bool = False
    ca_file: Path | None = None
    session_s: Annotated[int, Field(ge=0, le=4_294_967_295)] = 604_800
    receive_maximum: Annotated[int, Field(ge=1, le=10_000)] = 200
    max_bytes: Annotated[int, Field(ge=100, le=50_000_000)] = 1_000_000
    keepalive_s: Annotated[int, Field(ge=5, le=3_600)] = 30
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 15

    @field_validator("topics")
    @classmethod
    def _named(cls, topics: tuple[str, ...]) -> tuple[str, ...]:
        if not all(topic and len(topic) < 1_000 and "\x00" not in topic for topic in topics):
            raise ValueError("a topic is text, with + and # as its wildcards")
        return topics


class _Client(aiomqtt.Client):
    """aiomqtt's client with acknowledgements of our own, which the library beneath it offers and it does not."""

    def acknowledge_by_hand(self) -> None:
        self._client.manual_ack_set(True)

    def acknowledge(self, message: aiomqtt.Message) -> None:
        """Say that a message is ours now. A connection that is gone has forgotten it: it comes again."""
        if message.qos and not self._disconnected.done():
            self._client.ack(message.mid, message.qos)

    def note_end(self) -> None:
        """Look at why the connection ended, if it did: else asyncio complains that nobody has."""
        if self._disconnected.done() and not self._disconnected.cancelled():
            self._disconnected.exception()


def _queue_of(most: int) -> type[asyncio.Queue[aiomqtt.Message]]:
    """A queue that is full for messages of QoS 0 only: the others are bounded by what the broker may send."""

    class Bounded(asyncio.Queue[aiomqtt.Message]):
        def put_nowait(self, item: aiomqtt.Message) -> None:
            if item.qos == 0 and self.qsize() >= most:
                raise asyncio.QueueFull
            super().put_nowait(item)

    return Bounded


def _connect_properties(options: MqttOptions) -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = options.session_s
    properties.ReceiveMaximum = options.receive_maximum
    # Brokers drop what is larger without a word, so this is far above what is taken: that becomes a dead letter.
    properties.MaximumPacketSize = max(_MAX_PACKET_BYTES, 2 * options.max_bytes)
    return properties


def _client(visit: Visit) -> _Client:
    options: MqttOptions = visit.options
    password = None if options.password is None else options.password.text(visit.secret)
    context = None
    if options.tls:
        context = ssl.create_default_context(cafile=None if options.ca_file is None else str(options.ca_file))
    client = _Client(
        options.host,
        options.port,
        username=options.user,
        password=password,
        identifier=options.client_id or f"toancanh-{visit.source}",
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=False,
        properties=_connect_properties(options),
        queue_type=_queue_of(options.receive_maximum),
        keepalive=options.keepalive_s,
        timeout=options.timeout_s,
        tls_context=context,
    )
    client.acknowledge_by_hand()
    return client


async def arrivals(visit: Visit) -> AsyncIterator[Arrival]:
    """What is published, from where we left off.

    Raises:
        MqttError: the broker does not answer, refuses us or a topic, or went away.
    """
    options: MqttOptions = visit.options
    client = _client(visit)
    try:
        async with client:
            granted = await client.subscribe([(topic, options.qos) for topic in options.topics])
            _check(options, granted)
            await visit.reached()
            async for message in client.messages:
                yield Arrival(_message(visit, message), settle=partial(_acknowledge, client, message))
    finally:
        client.note_end()


def _check(options: MqttOptions, granted: tuple[int, ...] | list[ReasonCode]) -> None:
    codes: list[Any] = [code.value if isinstance(code, ReasonCode) else code for code in granted]
    for topic, code in zip(options.topics, codes, strict=True):
        if code >= _REFUSED:
            raise aiomqtt.MqttError(f"the broker refuses us the topic {topic}")


async def _acknowledge(client: _Client, message: aiomqtt.Message) -> None:
    client.acknowledge(message)


def _message(visit: Visit, message: aiomqtt.Message) -> Message:
    options: MqttOptions = visit.options
    body = message.payload if isinstance(message.payload, bytes | bytearray) else str(message.payload or "").encode()
    headers = {"qos": str(message.qos)}
    if message.retain:
        headers["retained"] = "true"
    if len(body) > options.max_bytes:
        headers[NOT_READ] = f"{len(body)} bytes; at most {options.max_bytes} are taken"
        body = b""
    name = str(message.topic).encode("utf-8", "replace").decode()
    return Message(bytes(body), visit.clock(), "application/json", name, headers)


TRANSPORT = Transport("mqtt", Text("MQTT", "MQTT"), arrivals, MqttOptions, streams=True)
