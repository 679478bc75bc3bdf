# SPDX-License-Identifier: Apache-2.0
"""What stations create and change by SensorThings: bodies become messages of the common road, named by their address.

The door adds what only it knows (who sends, which Thing an id is, the time where none is said); what the message means
is the connector's (layers/connectors/sensorthings.py), so that a kept message can be replayed without this door.
"""

from datetime import datetime
from typing import Any

import orjson
from fastapi import Request
from starlette.responses import Response

from api.errors import Problem
from api.sensorthings_station import Station, as_said, body_of, json_answer, object_of, station_of
from api.state import AppState
from geo.errors import BadBody, NotFound
from layers.connectors.base import Found, Refused
from layers.connectors.reading_times import node_moment
from layers.connectors.sensorthings import CONNECTOR
from layers.connectors.sensorthings_thing import declared, observed_of, thing_found
from layers.errors import Rejected
from layers.query import id_of
from layers.sta.address import Address, Key, parse_address
from layers.sta.encode import moment
from layers.sta.entities import World
from layers.sta.model import ENTITY_TYPES
from layers.sta.options import Options
from layers.sta.own import declare_streams, observation_of, streams_of, thing_of
from layers.sta.read import read_entities
from layers.sta.vocabulary import sensor_rows

_RELATIONS = {relation.name for kind in ENTITY_TYPES.values() for relation in kind.relations}


async def create(path: str, request: Request, state: AppState) -> Response:
    """POST.

    Raises:
        NotSignedIn, NotAllowed, NotFound, BadBody, TooMany, TooLarge: as they say.
    """
    station = await station_of(request, state)
    body = await body_of(request, state)
    if path.strip("/") == "CreateObservations":
        return await _create_observations(station, "CreateObservations", body)
    address = parse_address(path)
    names = [step.relation.name if step.relation else step.kind.plural for step in address.steps]
    if address.tail == "entities" and address.last.key is None:
        match names:
            case ["Things"]:
                return await _create_thing(station, object_of(body))
            case ["Things", "Locations"]:
                return await _move_thing(station, address.steps[0].key, object_of(body))
            case ["Things", "Datastreams"]:
                of_thing = {"Thing": {"@iot.id": address.steps[0].key}}
                return await _create_datastream(station, {**object_of(body), **of_thing})
            case ["Datastreams"]:
                return await _create_datastream(station, object_of(body))
            case ["Datastreams", "Observations"]:
                return await _create_observation(station, f"Datastreams({address.steps[0].key})/Observations", body)
            case ["Observations"]:
                return await _create_observation(station, "Observations", body)
            case ["ObservedProperties"] | ["Sensors"]:
                return _standing_in(station, names[0], object_of(body))
    return _not_offered("Things, Datastreams and Observations are created here; the rest follows from them.", request)


async def change(path: str, request: Request, state: AppState) -> Response:
    """PATCH and PUT of one entity.

    Raises:
        NotSignedIn, NotAllowed, NotFound, BadBody, TooMany, TooLarge: as they say.
    """
    station = await station_of(request, state)
    body = object_of(await body_of(request, state))
    address = await _existing(station, path)
    if inline := sorted(_RELATIONS & body.keys()):
        raise BadBody(f"'{inline[0]}' is no property: change it at its own address.", code="relation_inline")
    match address.last.kind.plural, address.last.key:
        case "Things", key:
            return await _change_thing(station, key, body, whole=request.method == "PUT")
        case "Observations", str(key):
            return await _change_observation(station, key, body)
    return _not_offered("Things and Observations are changed here; the rest follows from them.", request)


async def remove(path: str, request: Request, state: AppState) -> Response:
    """DELETE of one entity: it leaves the map, its history stays.

    Raises:
        NotSignedIn, NotAllowed, NotFound, TooMany: as they say.
    """
    station = await station_of(request, state)
    address = await _existing(station, path)
    match address.last.kind.plural, address.last.key:
        case "Things", key:
            known = (await thing_of(*station.own, key))["properties"]
            sent = await station.send("DELETE Things", {"properties": {"external_id": known["external_id"]}})
        case "Observations", str(key):
            await observation_of(*station.own, key)
            sent = await station.send(f"DELETE Observations('{key}')", {})
        case _:
            return _not_offered("Things and Observations are deleted here; the rest follows from them.", request)
    sent.or_refuse()
    return Response(status_code=200)


def _not_offered(detail: str, request: Request) -> Response:
    """What the standard has and this server has not."""
    return Problem(501, "not_offered", detail, {"instance": request.url.path})


async def _existing(station: Station, path: str) -> Address:
    address = parse_address(path)
    if len(address.steps) != 1 or address.tail != "entities" or address.last.key is None:
        raise NotFound("Change one entity at its own address, such as Things(1).", code="address_unknown")
    world = World(station.state.registry, None, station.state.clock())
    await read_entities(station.state.database, world, address, Options(select=("id",)))
    return address


async def _create_thing(station: Station, body: dict[str, Any]) -> Response:
    sent = await station.send("Things", body)
    if not sent.understood:
        sent.or_refuse()
    sensor = await station.sensor_in(sent)
    number = await _number_of(station, sensor)
    _, streams = thing_found(orjson.loads(CONNECTOR.redact(sent.message).body), sent.message, station.options)
    await declare_streams(*station.own, sensor, [observed for observed, _ in streams])
    return station.created("Things", number, **_rejected(sent.delivery.refused))


async def _move_thing(station: Station, key: Any, location: dict[str, Any]) -> Response:
    """A new Location of a Thing is where it stands now (18-088, section 10.2)."""
    thing = await thing_of(*station.own, key)
    (await station.send("Things", {**thing, "Locations": [location]})).or_refuse()
    return station.created("Locations", key)


async def _create_datastream(station: Station, body: dict[str, Any]) -> Response:
    """Of a known Thing, or of one that comes inline."""
    thing = body.get("Thing")
    if not isinstance(thing, dict):
        raise BadBody('Name the Thing: "Thing": {"@iot.id": 17}', code="thing_missing")
    observed = as_said(declared, body, station.options)
    if "@iot.id" in thing:
        sensor = str((await thing_of(*station.own, thing["@iot.id"]))["properties"]["external_id"])
    else:
        sent = await station.send("Things", thing)
        if not sent.understood:
            sent.or_refuse()
        sensor = await station.sensor_in(sent)
    await declare_streams(*station.own, sensor, [observed])
    number = (await streams_of(*station.own, sensor))[observed.name]
    sent = await station.send(f"Datastreams({number})", body)
    return station.created("Datastreams", number, **_rejected(sent.delivery.refused))


async def _create_observation(station: Station, name: str, body: Any) -> Response:
    if isinstance(body, list):
        return await _create_observations(station, name, body)
    if "phenomenonTime" not in object_of(body):
        # The same body again, later, is another reading: each has a time of its own.
        body = {**body, "phenomenonTime": moment(station.state.clock())}
    sent = await station.send(name, body)
    unknown = any(refusal["code"] == "datastream_unknown" for refusal in sent.delivery.refused)
    if unknown and name != "Observations":
        raise NotFound("This source has no Datastream of that id.", code="entity_not_found", entity="Datastream")
    sent.or_refuse()
    found = [part for part in await station.parts(sent) if isinstance(part, Found)]
    return station.created("Observations", (await station.observation_ids(found))[0])


async def _create_observations(station: Station, name: str, body: Any) -> Response:
    """Many at once: the address of each, or "error" (18-088, section 12.2)."""
    sent = await station.send(name, body)
    parts = await station.parts(sent)
    # What the store refused comes first, by its place among what the connector found.
    own = sum(isinstance(part, Refused) for part in parts)
    refused = {one["index"] for one in sent.delivery.refused[: len(sent.delivery.refused) - own]}
    if parts and not sent.understood:
        sent.or_refuse()
    places = [index for index, part in enumerate(parts) if isinstance(part, Found)]
    taken = [place for index, place in enumerate(places) if index not in refused]
    ids = await station.observation_ids([part for place in taken if isinstance(part := parts[place], Found)])
    answers = ["error"] * len(parts)
    for place, key in zip(taken, ids, strict=True):
        answers[place] = station.link("Observations", key)
    return json_answer(201, answers)


async def _change_thing(station: Station, key: Any, body: dict[str, Any], *, whole: bool) -> Response:
    """PATCH keeps what is not named, PUT does not; where the Thing stands is no property of it."""
    thing = await thing_of(*station.own, key)
    known = thing["properties"]
    properties = object_of(body.get("properties") or {})
    kept = {"Locations": thing["Locations"]} if "Locations" in thing else {}
    merged: dict[str, Any] = {
        **(kept if whole else thing),
        **{name: body[name] for name in ("name", "description") if name in body},
    }
    merged["properties"] = {**({} if whole else known), **properties, "external_id": known["external_id"]}
    (await station.send("Things", merged)).or_refuse()
    return station.created("Things", key, 200)


async def _change_observation(station: Station, key: str, body: dict[str, Any]) -> Response:
    """Another result or quality; the time is what an observation is known by."""
    _, time, result, quality = await observation_of(*station.own, key)
    if "phenomenonTime" in body and not _is(time, body["phenomenonTime"]):
        raise BadBody("An observation keeps its time: delete it and send the other.", code="identity_fixed")
    merged = {"result": result, "resultQuality": quality, **body}
    (await station.send(f"PATCH Observations('{key}')", merged)).or_refuse()
    return station.created("Observations", key, 200)


def _is(time: datetime, said: Any) -> bool:
    try:
        return isinstance(said, str) and node_moment(said) == time
    except Rejected:
        return False


def _standing_in(station: Station, plural: str, body: dict[str, Any]) -> Response:
    """Procedures and observed properties are the register's: the answer is the one that stands for what was sent."""
    if plural == "ObservedProperties":
        observed = as_said(observed_of, body, station.options)
        return station.created(plural, f"{station.spec.id}.{observed.name}", 200)
    rows = sensor_rows(station.spec, "vi") + sensor_rows(station.spec, "en")
    words = {str(body.get(member, "")).casefold() for member in ("name", "description", "metadata")}
    named = [row["id"] for row in rows if row["name"].casefold() in words or row["id"].partition(".")[2] in words]
    return station.created(plural, named[0] if named else f"{station.spec.id}.any", 200)


async def _number_of(station: Station, sensor: str) -> Key:
    number = await id_of(*station.own, sensor)
    if number is None:
        raise BadBody("The Thing was not taken.", code="thing_refused")
    return number


def _rejected(refused: list[dict[str, Any]]) -> dict[str, Any]:
    """What came along and was refused, beside what was made."""
    return {"rejected": refused[:100]} if refused else {}
