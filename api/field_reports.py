# SPDX-License-Identifier: Apache-2.0
"""Who asks the GeoReport door, who posts to it, and failures as the standard writes them."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.auth import find_key
from api.encoders import georeport
from api.errors import problem_of
from api.push import check_budget, take_message
from api.report_forms import encoded, ids_of
from api.state import AppState
from geo.errors import BadBody, MapError, NotAllowed, NotFound, NotSignedIn
from layers.connectors.base import Message
from layers.connectors.open311 import CONNECTOR, LAYER
from layers.connectors.open311_reading import FORM
from layers.field_reports import Audience, ReportQuery, reports_of
from layers.sources.spec import SourceSpec
from layers.visibility import visibility_of

IDEMPOTENCY_KEY = "idempotency-key"


class GeoReportRoute(APIRoute):
    """A route whose failures are the standard's list of errors, in the form that the address asks for."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except MapError as error:
                return _failed(request, error)
            except HTTPException as error:
                return georeport.failure(error.status_code, "http_error", str(error.detail), asked_form(request))

        return handle


def asked_form(request: Request) -> str:
    """json or xml, by the end of the address; XML, which every client reads, where it says neither."""
    return "json" if request.url.path.endswith(".json") else "xml"


def check_form(form: str) -> None:
    """Whether we speak the form.

    Raises:
        NotFound: there is nothing at this address.
    """
    if form not in ("json", "xml"):
        raise NotFound("Addresses here end with .xml or .json.", code="format_unknown")


async def audience_of(request: Request, state: AppState) -> Audience:
    """Who reads: a reader of the server sees what the layer shows them; the key of a source, its own reports.

    Raises:
        NotSignedIn, NotAllowed: the key is not known, or reading needs a name here.
        NotFound: this reader does not see incidents.
    """
    sources = tuple(one.id for one in state.sources.all.values() if _is_door(one))
    key = _shown_key(request, request.query_params)
    row = await find_key(state.database, key) if key else None
    if key and row is None and "api_key" in request.query_params:
        raise NotSignedIn("This api_key is not known or was revoked.", code="key_invalid")
    if row is not None and row["role"] is None:
        own = tuple(one for one in sources if one == row["source"])
        spec = state.registry.seen_by(visibility_of(state.registry, "viewer", None)).require(LAYER)
        return Audience(spec, own, None, state.database)
    reader = await state.readers.of(request)
    return Audience(reader.registry.require(LAYER), sources, reader.visibility.units, reader.database)


async def poster_of(request: Request, fields: Mapping[str, str], state: AppState) -> SourceSpec:
    """The source that posts, from the form's ``api_key``, or ``Authorization: Bearer``.

    Raises:
        NotSignedIn: no key, or one that is not known.
        NotAllowed: the key is of a source that posts no reports.
    """
    key = _shown_key(request, fields)
    if not key:
        raise NotSignedIn("Send the source's key as 'api_key'.", code="key_missing")
    row = await find_key(state.database, key)
    if row is None:
        raise NotSignedIn("This api_key is not known or was revoked.", code="key_invalid")
    source = state.sources.all.get(row["source"])
    if source is None or not _is_door(source) or not source.enabled or not {"*", LAYER} & set(row["layers"]):
        raise NotAllowed("This api_key belongs to a source that posts no reports.", code="source_not_allowed")
    return source


async def take_report(state: AppState, source: SourceSpec, fields: Mapping[str, str], key: str | None) -> Any:
    """Store a checked report once; answers its row when it is durable.

    Raises:
        BadBody: the road refused it, or the key was another report's.
        TooMany: the source sent too much that came to nothing.
    """
    check_budget(state, source.id)
    now = state.clock()
    names = ids_of(source.id, key, fields, now)
    mine = Audience(state.registry[LAYER], (source.id,), None, state.database)
    async with state.database.turn(f"report/{names[0]}"):
        known = await _known(mine, names, fields)
        if known is not None:
            return known
        return await _store(state, source, Message(encoded(fields), now, FORM, names[0]), mine)


async def _store(state: AppState, source: SourceSpec, message: Message, mine: Audience) -> Any:
    delivery = await take_message(state, source, message)
    rows = await reports_of(mine, ReportQuery(ids=(message.name,)))
    if rows:
        return rows[0]
    why = delivery.refused[0] if delivery.refused else {"code": "report_withdrawn", "detail": "It was withdrawn."}
    raise BadBody(f"The report was not taken: {why['detail']}", code=str(why["code"]))


async def _known(mine: Audience, names: list[str], fields: Mapping[str, str]) -> Any:
    rows = await reports_of(mine, ReportQuery(ids=tuple(names)))
    if not rows:
        return None
    if rows[0]["properties"].get("service_code") != fields["service_code"]:
        raise BadBody(
            "This Idempotency-Key was used for another report: use a new one for each.", code="idempotency_key_reused"
        )
    return rows[0]


def _is_door(source: SourceSpec) -> bool:
    """Whether the source posts to us. What we poll elsewhere is read there: answering it again would be an echo."""
    return source.connector == CONNECTOR.kind and source.door is None


def _shown_key(request: Request, fields: Mapping[str, str]) -> str:
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    key = fields.get("api_key") or (bearer if scheme.lower() == "bearer" else "")
    return key.strip()[:200]


def _failed(request: Request, error: MapError) -> Response:
    problem = problem_of(error, request.url.path)
    # The standard knows no 401: a key that is missing or wrong is 403.
    status = 403 if problem.status_code == 401 else problem.status_code
    told = georeport.failure(status, error.code, error.detail, asked_form(request))
    if "retry-after" in problem.headers:
        told.headers["retry-after"] = problem.headers["retry-after"]
    return told
