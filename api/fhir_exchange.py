# SPDX-License-Identifier: Apache-2.0
"""The FHIR door's work: failures as OperationOutcome, who pushes, what became of each entry, searches of clinics."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.auth import pusher_of
from api.body import WrongMediaType, media_type_of, read_bytes
from api.encoders import fhir
from api.errors import status_of
from api.links import base_of, with_query
from api.push import check_budget, take_message
from api.readers import Reader
from api.state import AppState
from geo.errors import BadBody, BadParameter, MapError, NotAllowed, NotFound
from layers.connectors.base import Message, Refused
from layers.connectors.fhir import Outcome, is_atomic, outcomes_of
from layers.connectors.fhir_kept import MAX_BYTES, redacted
from layers.errors import Rejected
from layers.filters import single_values
from layers.query import one_of, page_of
from layers.sources.delivery import Delivery
from layers.sources.spec import SourceSpec

CLINICS = "clinics"
_TYPES = ("application/fhir+json", "application/json")
_SEARCH = ("_id", "_count", "_lastUpdated", "identifier", "name", "_after", "_format", "_pretty")
_PREFIXES = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "=", "sa": ">", "eb": "<"}
_MOST, _USUAL = 1000, 100
_WRITERS: Mapping[str, Callable[[Mapping[str, Any], str], dict[str, Any]]] = {
    "Location": fhir.location,
    "Organization": fhir.organization,
}


class FhirRoute(APIRoute):
    """A route whose failures are OperationOutcomes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except MapError as error:
                return _failed(status_of(error), error.code, error.detail, error.facts)
            except RequestValidationError:
                return _failed(400, "parameter_invalid", "A parameter is not what its name means.", {})
            except HTTPException as error:
                return _failed(error.status_code, "http_error", str(error.detail), {})

        return handle


def _failed(status: int, code: str, detail: str, facts: Mapping[str, Any]) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if "retry_after_s" in facts:
        headers["Retry-After"] = str(max(1, round(float(facts["retry_after_s"]))))
    return fhir.answer(fhir.outcome(fhir.issue(status, code, detail)), status, headers)


async def source_of(request: Request, state: AppState) -> SourceSpec:
    """The source whose key pushes.

    Raises:
        NotSignedIn, NotAllowed, NotFound: no key, one that is not known, or one of another kind of source.
        TooMany: too much of it came to nothing.
    """
    pusher = await pusher_of(request, state.database, None, "*")
    spec = state.sources.require(pusher.source)
    if spec.connector != "fhir":
        raise NotAllowed("The key belongs to a source that does not speak FHIR.", code="source_not_allowed")
    check_budget(state, spec.id)
    return spec


async def take(request: Request, state: AppState, kind: str) -> Response:
    """Take a resource or Bundle; answers what became of it, entry by entry.

    Args:
        kind: the type of the address, empty for the root.

    Raises:
        MapError: nothing was taken, and why.
    """
    spec = await source_of(request, state)
    if media_type_of(request) not in _TYPES:
        raise WrongMediaType("Send FHIR as application/fhir+json.")
    body = await read_bytes(request, min(state.settings.max_body_bytes, MAX_BYTES))
    message = Message(body, state.clock(), fhir.FHIR_JSON, kind)
    try:
        clean, outcomes, atomic = await asyncio.to_thread(_read, message, spec)
    except Rejected as problem:
        await take_message(state, spec, message)  # the same reading on the road makes a dead letter of it, and raises
        raise BadBody(problem.detail, code=problem.code) from None
    delivery = await take_message(state, spec, clean)
    told = [_told(one, kind) for one in outcomes]
    _add_late(outcomes, told, delivery)
    return _answered(orjson.loads(clean.body), told, atomic=atomic)


def _read(message: Message, spec: SourceSpec) -> tuple[Message, list[Outcome], bool]:
    clean = redacted(message)
    return clean, outcomes_of(clean, spec.protocol_options), is_atomic(clean)


def _told(outcome: Outcome, kind: str) -> tuple[int, dict[str, Any]]:
    """Status and issue of one entry, as far as the connector judged it."""
    where = f"Bundle.entry[{outcome.entry.index}]" if not kind else kind
    part = outcome.part
    if isinstance(part, Refused):
        status = 403 if part.policy else 422
        return status, fhir.issue(status, part.code, part.detail, where)
    if part is None:
        return 200, fhir.issue(200, "read", "Understood; of use only beside others, or with the whole.", where)
    return 200, fhir.issue(200, "taken", f"Taken into the layer '{part.layer}'.", where)


def _add_late(outcomes: list[Outcome], told: list[tuple[int, dict[str, Any]]], delivery: Delivery) -> None:
    """What the road refused after the connector had taken it (a commune that does not exist), by layer and order."""
    order: dict[str, list[int]] = {}
    for position, outcome in enumerate(outcomes):
        if outcome.part is not None and not isinstance(outcome.part, Refused):
            order.setdefault(outcome.part.layer, []).append(position)
    for one in delivery.refused:
        positions = order.get(one["layer"], [])
        if one["index"] < len(positions):
            position = positions[one["index"]]
            where = told[position][1].get("expression", [""])[0]
            told[position] = (422, fhir.issue(422, one["code"], one["detail"], where))


def _answered(resource: Mapping[str, Any], told: list[tuple[int, dict[str, Any]]], *, atomic: bool) -> Response:
    refused = [(status, issue) for status, issue in told if status >= 300]
    worst = max((status for status, _ in refused if status == 403), default=422)
    if resource["resourceType"] != "Bundle":
        return fhir.answer(fhir.outcome(told[0][1]), told[0][0])
    if atomic and refused:
        return fhir.answer(fhir.outcome(*(issue for _, issue in refused)), worst)
    return fhir.answer(fhir.response_bundle("transaction-response" if atomic else "batch-response", told))


def writer_for(kind: str) -> Callable[[Mapping[str, Any], str], dict[str, Any]]:
    """What writes a clinic as a resource of this type.

    Raises:
        NotFound: resources of this type are not read here.
    """
    if kind not in _WRITERS:
        raise NotFound(f"Only {' and '.join(_WRITERS)} are read here.", code="resource_type_not_read")
    return _WRITERS[kind]


async def search(request: Request, state: AppState, reader: Reader, kind: str) -> Response:
    """A page of clinics as Locations or Organizations.

    Raises:
        BadParameter: a parameter that is not known, or whose value cannot be.
        NotFound: resources of this type are not read here.
    """
    write = writer_for(kind)
    values = single_values(request.query_params.multi_items(), _SEARCH)
    root = f"{base_of(request, state.settings)}/fhir"
    features, after = await _page(state, reader, values)
    links = {"self": with_query(f"{root}/{kind}", values)}
    if after is not None:
        links["next"] = with_query(f"{root}/{kind}", {**values, "_after": after})
    return fhir.answer(fhir.searchset(root, [write(orjson.loads(text), root) for text in features], links))


async def _page(state: AppState, reader: Reader, values: Mapping[str, str]) -> tuple[list[str], str | None]:
    spec = reader.registry.require(CLINICS)
    if "_id" in values:
        try:
            return [await one_of(reader.database, spec, values["_id"], reader.query(spec, {}))], None
        except NotFound:
            return [], None
    asked = {"limit": str(_count(values.get("_count"))), **({"after": values["_after"]} if "_after" in values else {})}
    conditions = _conditions(values)
    if conditions:
        asked["filter"] = " AND ".join(conditions)
    page = await page_of(reader.database, spec, reader.query(spec, asked), state.clock())
    return page.features, page.after


def _count(text: str | None) -> int:
    if text is None:
        return _USUAL
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise BadParameter("'_count' is a whole number.", code="limit_invalid")
    return min(max(int(text), 1), _MOST)


def _conditions(values: Mapping[str, str]) -> list[str]:
    """CQL2 of the search parameters."""
    found = []
    if "_lastUpdated" in values:
        text = values["_lastUpdated"]
        prefix = text[:2] if text[:2] in _PREFIXES else "eq"
        moment = text.removeprefix(prefix)
        moment = f"{moment}T00:00:00+07:00" if len(moment) == 10 else moment
        found.append(f"recorded_at {_PREFIXES[prefix]} TIMESTAMP({_quoted(moment)})")
    if "identifier" in values:
        value = values["identifier"].rpartition("|")[2]
        found.append(f"(facility_code = {_quoted(value)} OR external_id = {_quoted(value)})")
    if "name" in values:
        start = values["name"].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found.append(f"CASEI(ACCENTI(name)) LIKE CASEI(ACCENTI({_quoted(start + '%')}))")
    return found


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
