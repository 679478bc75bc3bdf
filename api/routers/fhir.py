# SPDX-License-Identifier: Apache-2.0
"""HL7 FHIR R4 as a server: registries push facilities and summary counts, others read clinics as Location."""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Reading, State
from api.encoders import fhir
from api.fhir_exchange import CLINICS, FhirRoute, search, take, writer_for
from api.links import base_of
from geo.errors import NotFound
from layers.query import one_of

router = APIRouter(prefix="/fhir", tags=["FHIR"], route_class=FhirRoute)


@router.get("/metadata", summary="What this FHIR server can")
async def metadata(request: Request, state: State) -> Response:
    """The CapabilityStatement."""
    return fhir.answer(fhir.capabilities(f"{base_of(request, state.settings)}/fhir", state.clock()))


@router.post("", summary="Push a Bundle, or one resource")
async def push(request: Request, state: State) -> Response:
    """A transaction is taken whole or not at all; of any other Bundle each entry is judged by itself."""
    return await take(request, state, "")


@router.get("/{kind}", summary="Clinics as Location or Organization")
async def find(kind: str, request: Request, state: State, reader: Reading) -> Response:
    """A searchset; its link 'next' leads on. By _lastUpdated, identifier, name (how it starts)."""
    return await search(request, state, reader, kind)


@router.get("/{kind}/{item}", summary="One clinic as Location or Organization")
async def read(kind: str, item: str, request: Request, state: State, reader: Reading) -> Response:
    """By the id that the search told."""
    write = writer_for(kind)
    spec = reader.registry.require(CLINICS)
    text = await one_of(reader.database, spec, item, reader.query(spec, {}))
    return fhir.answer(write(orjson.loads(text), f"{base_of(request, state.settings)}/fhir"))


@router.post("/{kind}", summary="Push one resource")
async def create(kind: str, request: Request, state: State) -> Response:
    """Only Organization, Location, HealthcareService and MeasureReport (summary) are taken."""
    return await take(request, state, kind[:64])


@router.put("/{kind}/{item}", summary="Push one resource again")
async def update(kind: str, item: str, request: Request, state: State) -> Response:
    """The same as pushing it: it is known by its identifier."""
    return await take(request, state, kind[:64])


@router.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
async def nothing(rest: str) -> Response:
    """Failures here have FHIR's form too."""
    raise NotFound("There is nothing at this address, or not with this method.", code="not_found")
