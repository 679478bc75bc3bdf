# SPDX-License-Identifier: Apache-2.0
"""Answers of the SensorThings door: its root, entities and their parts, below one address."""

import re
from typing import Any

import orjson
from fastapi import Request
from starlette.responses import PlainTextResponse, Response

from api.links import base_of
from api.media import Json
from api.readers import Reader
from api.state import AppState
from geo.errors import BadParameter
from layers.sta.address import Address, parse_address
from layers.sta.encode import Encoder, Page, told
from layers.sta.entities import World
from layers.sta.model import ENTITY_TYPES
from layers.sta.options import Options, parse_options
from layers.sta.read import read_entities

ROOT = "/sta/v1.1"
MAX_QUERY = 16_000
_REQ = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CONFORMANCE = (
    *(
        f"{_REQ}datamodel/{part}"
        for part in (
            *("thing/properties", "thing/relations", "location/properties", "location/relations"),
            *("historical-location/properties", "historical-location/relations"),
            *("datastream/properties", "datastream/relations", "sensor/properties", "sensor/relations"),
            *("observed-property/properties", "observed-property/relations"),
            *("observation/properties", "observation/relations"),
            *("feature-of-interest/properties", "feature-of-interest/relations"),
            "entity-control-information/common-control-information",
        )
    ),
    f"{_REQ}resource-path/resource-path-to-entities",
    *(
        f"{_REQ}request-data/{part}"
        for part in ("order", "expand", "select", "status-code", "query-status-code", "orderby", "skip", "top", "count")
    ),
    *(f"{_REQ}request-data/{part}" for part in ("filter", "built-in-filter-operations", "built-in-query-functions")),
    f"{_REQ}request-data/pagination",
    *(
        f"{_REQ}create-update-delete/{part}"
        for part in ("create-entity", "link-to-existing-entities", "deep-insert", "deep-insert-status-code")
    ),
    f"{_REQ}data-array/data-array",
)
BY_MQTT = f"{_REQ}create-observations-via-mqtt/observations-creation"


def root_of(request: Request, state: AppState) -> str:
    """The address of the service root."""
    return base_of(request, state.settings) + ROOT


def service_root(request: Request, state: AppState) -> Response:
    """The collections and what the server can do (18-088, section 9.2.1)."""
    root = root_of(request, state)
    can: dict[str, Any] = {"conformance": list(CONFORMANCE)}
    if brokers := _brokers(state):
        can["conformance"].append(BY_MQTT)
        can[BY_MQTT] = {"endpoints": brokers}
    collections = [{"name": name, "url": f"{root}/{name}"} for name in ENTITY_TYPES]
    return Json({"value": collections, "serverSettings": can})


def _brokers(state: AppState) -> list[str]:
    """Where observations may be published: the brokers that sources of SensorThings listen to."""
    doors = [
        source.door for source in state.sources.all.values() if source.connector == "sensorthings" and source.enabled
    ]
    return sorted(
        {f"mqtt://{door['host']}:{door.get('port', 1883)}" for door in doors if door and door["kind"] == "mqtt"}
    )


async def answer(path: str, request: Request, state: AppState, reader: Reader) -> Response:
    """What is at an address below the root.

    Raises:
        NotFound, BadParameter: as they say.
    """
    address = parse_address(path)
    options, lang = _options(request, address)
    world = World(reader.registry, reader.visibility.units, state.clock(), lang)
    if address.member is not None:
        options = Options(select=(address.member,))
    page = await read_entities(reader.database, world, address, options)
    if address.member is not None:
        return _member(address, page)
    return Json(_entities(address, page, options, root_of(request, state)))


def _options(request: Request, address: Address) -> tuple[Options, str]:
    if len(request.url.query) > MAX_QUERY:
        raise BadParameter(f"The query has more than {MAX_QUERY} characters.", code="query_too_long")
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    lang = request.query_params.get("lang", "vi")
    if lang not in ("vi", "en"):
        raise BadParameter("lang is vi or en", code="lang_unknown", allowed=["vi", "en"])
    return parse_options(address.last.kind, pairs), lang


def _entities(address: Address, page: Page, options: Options, root: str) -> dict[str, Any]:
    encoder, kind = Encoder(root), address.last.kind
    if address.last.is_one:
        row = page.rows[0]
        return encoder.reference(kind, row) if address.tail == "reference" else encoder.entity(kind, row, options)
    here = root + "/" + _written(address)
    if address.tail == "reference":
        return encoder.references(kind, page, options, here + "/$ref")
    if options.data_array:
        return encoder.data_array(page, options, here)
    return encoder.collection(kind, page, options, here)


def _written(address: Address) -> str:
    """The address again, as it was understood."""
    encoder = Encoder("")
    parts = []
    for step in address.steps:
        name = step.kind.plural if step.relation is None else step.relation.name
        key = "" if step.key is None else re.sub(r"^/\w+", "", encoder.address_of(step.kind, step.key))
        parts.append(name + key)
    return "/".join(parts)


def _member(address: Address, page: Page) -> Response:
    """One property (18-088, section 9.2.6), or its value alone; nothing where there is none."""
    name = str(address.member)
    value = told(address.last.kind.properties[name], page.rows[0].values[name])
    if value is None:
        return Response(status_code=204)
    if address.tail == "property":
        return Json({name: value})
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return PlainTextResponse(text, headers={"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"})
