# SPDX-License-Identifier: Apache-2.0
"""Open311 GeoReport v2 as a server: citizens' apps post reports, and read what became of them."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import State
from api.encoders import georeport
from api.field_reports import (
    IDEMPOTENCY_KEY,
    GeoReportRoute,
    audience_of,
    check_form,
    poster_of,
    take_report,
)
from api.links import base_of
from api.report_forms import check_report, read_report
from geo.errors import NotFound
from layers.connectors.open311_services import SERVICES
from layers.field_reports import ReportQuery, query_of, reports_of

router = APIRouter(prefix="/open311/v2", tags=["Open311"], route_class=GeoReportRoute)


@router.get("/discovery.{form}", summary="What this endpoint is")
async def discovery(form: str, request: Request, state: State) -> Response:
    """Service discovery, with the names of our extensions."""
    check_form(form)
    root = f"{base_of(request, state.settings)}/open311/v2"
    return georeport.answer("discovery", georeport.discovery(root, test=state.settings.demo), form)


@router.get("/services.{form}", summary="What can be reported")
async def services(form: str) -> Response:
    """Groups and the services in each."""
    check_form(form)
    return georeport.answer("services", georeport.services(), form)


@router.get("/services/{code}.{form}", summary="What else is asked about a service")
async def service(code: str, form: str) -> Response:
    """Nothing else is."""
    check_form(form)
    if code not in SERVICES:
        raise NotFound("There is no such service_code.", code="service_code_unknown")
    return georeport.answer("service_definition", georeport.definition(SERVICES[code]), form)


@router.get("/requests.{form}", summary="Reports and what became of them")
async def requests(form: str, request: Request, state: State) -> Response:
    """Up to 1,000 of at most 90 days, or those changed since ``updated_after``."""
    check_form(form)
    audience = await audience_of(request, state)
    rows = await reports_of(audience, query_of(request.query_params, state.clock()))
    return georeport.answer("service_requests", [georeport.report(row, audience.spec) for row in rows], form)


@router.post("/requests.{form}", summary="Report something")
async def post(form: str, request: Request, state: State) -> Response:
    """Answers the report's id once it is durable; the same again answers the same id."""
    check_form(form)
    fields = await read_report(request)
    source = await poster_of(request, fields, state)
    check_report(fields)
    row = await take_report(state, source, fields, request.headers.get(IDEMPOTENCY_KEY))
    return georeport.answer("service_requests", [georeport.receipt(row)], form)


@router.get("/requests/{name}.{form}", summary="One report")
async def one(name: str, form: str, request: Request, state: State) -> Response:
    """A list of one, as the standard has it."""
    check_form(form)
    audience = await audience_of(request, state)
    rows = await reports_of(audience, ReportQuery(ids=(name,)))
    if not rows:
        raise NotFound("There is no report of this service_request_id.", code="report_not_found")
    return georeport.answer("service_requests", [georeport.report(row, audience.spec) for row in rows], form)


@router.get("/tokens/{token}.{form}", summary="The id of a report from its token")
async def token(token: str, form: str, request: Request, state: State) -> Response:
    """Ids are given at once, so a token is the id."""
    check_form(form)
    rows = await reports_of(await audience_of(request, state), ReportQuery(ids=(token,)))
    if not rows:
        raise NotFound("There is no report of this token.", code="token_not_found")
    found = [{"service_request_id": row["external_id"], "token": token} for row in rows[:1]]
    return georeport.answer("service_requests", found, form)


@router.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
async def nothing(rest: str) -> Response:
    """Failures here have the standard's form too."""
    raise NotFound("There is nothing at this address, or not with this method.", code="not_found")
