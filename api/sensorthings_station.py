# SPDX-License-Identifier: Apache-2.0
"""Who writes by SensorThings: a source with its key, and how its bodies go down the common road."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
from fastapi import Request
from starlette.responses import Response

from api.auth import holder_of, key_in
from api.body import WrongMediaType, media_type_of, read_bytes, refuse_deep
from api.push import check_budget, take_message
from api.sensorthings import root_of
from api.state import AppState
from geo.db.pool import Database
from geo.errors import BadBody, NotAllowed
from layers.connectors.base import Found, Message, Parsed
from layers.connectors.sensorthings import CONNECTOR, MAX_BYTES
from layers.connectors.sensorthings_thing import ThingsOptions
from layers.errors import Rejected
from layers.sources.delivery import Delivery
from layers.sources.spec import SourceSpec
from layers.spec import LayerSpec
from layers.sta.address import observation_id
from layers.sta.encode import Encoder
from layers.sta.model import ENTITY_TYPES
from layers.sta.own import streams_of

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Sent:
    """A message that was taken, and what became of it."""

    message: Message
    delivery: Delivery

    @property
    def understood(self) -> bool:
        """Whether anything in it was."""
        one = self.delivery
        return bool(one.accepted + one.changed + one.unchanged + one.stale + one.withdrawn)

    def or_refuse(self) -> "Sent":
        """The same, where nothing in it was refused.

        Raises:
            BadBody: what was refused first, with its code.
        """
        refused = self.delivery.refused
        if refused:
            raise BadBody(_sentence(str(refused[0]["detail"])), code=refused[0]["code"], rejected=refused[:20])
        return self


@dataclass(frozen=True)
class Station:
    """A source of SensorThings, and what its Things become."""

    state: AppState
    source: SourceSpec
    options: ThingsOptions
    spec: LayerSpec
    encoder: Encoder

    @property
    def own(self) -> tuple[Database, LayerSpec, str]:
        """Where what the source has is looked up: the database, the layer and the source."""
        return self.state.database, self.spec, self.source.id

    async def send(self, name: str, body: Any) -> Sent:
        """A body down the common road; when this returns, it is durable.

        Raises:
            BadBody: it could not be read at all.
        """
        message = Message(orjson.dumps(body), self.state.clock(), "application/json", name)
        return Sent(message, await take_message(self.state, self.source, message))

    async def parts(self, sent: Sent) -> list[Parsed]:
        """What the connector made of a message, in its order."""

        def read() -> list[Parsed]:
            return list(CONNECTOR.parse(CONNECTOR.redact(sent.message), self.options))

        return await asyncio.to_thread(read)

    async def sensor_in(self, sent: Sent) -> str:
        """The external id of the Thing in a message."""
        return next(str(part.record["id"]) for part in await self.parts(sent) if isinstance(part, Found))

    async def observation_ids(self, found: list[Found]) -> list[str]:
        """The ids of observations that were taken."""
        known: dict[str, dict[str, int]] = {}
        for sensor in {str(part.record["sensor"]) for part in found if "sensor" in part.record}:
            known[sensor] = await streams_of(*self.own, sensor)
        ids = []
        for record in (part.record for part in found):
            stream = record.get("datastream") or known[str(record["sensor"])].get(record["property"], 0)
            ids.append(observation_id(stream, datetime.fromisoformat(str(record["time"]))))
        return ids

    def link(self, plural: str, key: Any) -> str:
        """The address of an entity."""
        return self.encoder.address_of(ENTITY_TYPES[plural], key)

    def created(self, plural: str, key: Any, status: int = 201, **more: Any) -> Response:
        """An entity was made, or is there: its address."""
        link = self.link(plural, key)
        return json_answer(status, {"@iot.id": key, "@iot.selfLink": link, **more}, link)


async def station_of(request: Request, state: AppState) -> Station:
    """The source whose key the request shows, Bearer or as the password of Basic.

    Raises:
        NotSignedIn, NotAllowed: it may not write here.
        SourceNotFound: the source is not configured.
        TooMany: it sent too much that came to nothing.
    """
    holder = await holder_of(state.database, key_in(request.headers.get("authorization", "")))
    source = state.sources.require(holder.source)
    if source.connector != CONNECTOR.kind:
        raise NotAllowed("The key is of a source that does not speak SensorThings.", code="source_not_sensorthings")
    options: ThingsOptions = source.protocol_options
    if not holder.may_push(options.layer):
        raise NotAllowed("The key does not cover this layer.", code="layer_not_allowed")
    check_budget(state, source.id)
    spec = state.registry.require(options.layer)
    return Station(state, source, options, spec, Encoder(root_of(request, state)))


async def body_of(request: Request, state: AppState) -> Any:
    """The decoded body.

    Raises:
        WrongMediaType, TooLarge, BadBody: as they say.
    """
    if media_type_of(request) != "application/json":
        raise WrongMediaType("Send the body as application/json.")
    raw = await read_bytes(request, min(state.settings.max_body_bytes, MAX_BYTES))
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadBody(
            f"The body is no JSON (line {error.lineno}, column {error.colno}).", code="body_not_json"
        ) from None
    refuse_deep(body)
    return body


def object_of(body: Any) -> dict[str, Any]:
    """A body that is one entity.

    Raises:
        BadBody: it is none.
    """
    if not isinstance(body, dict):
        raise BadBody("An entity is a JSON object.", code="body_invalid")
    return body


def as_said(read: Callable[[Any, ThingsOptions], Answer], body: Any, options: ThingsOptions) -> Answer:
    """What the connector reads in a part of a body.

    Raises:
        BadBody: it refuses it.
    """
    try:
        return read(body, options)
    except Rejected as rejection:
        raise BadBody(_sentence(rejection.detail), code=rejection.code) from None


def json_answer(status: int, body: Any, location: str | None = None) -> Response:
    """JSON that nobody keeps, with the address of what was made."""
    headers = {"Cache-Control": "no-store"} | ({} if location is None else {"Location": location})
    return Response(orjson.dumps(body), status, headers, "application/json")


def _sentence(detail: str) -> str:
    return detail[:1].upper() + detail[1:]
