# SPDX-License-Identifier: Apache-2.0
"""The front door: console or landing page, conformance, the API's description, collections, static files."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from api.collections import collections_of, queryables_of, schema_of
from api.deps import Reading, State
from api.links import JSON, OGC, SCHEMA, base_of, link
from api.media import CSP, Json, html, wants_html
from api.openapi import OPENAPI_TYPE, openapi_30
from api.pages import PAGE_CSP, api_page, landing_page
from api.parameters import described, lang_of, values_of
from api.site import site_member
from geo.errors import BadParameter, NotFound

router = APIRouter(tags=["Core"])

_FILTERING = ("queryables", "queryables-query-parameters", "filter", "features-filter")
_CQL2 = (
    "cql2-text",
    "cql2-json",
    "basic-cql2",
    "advanced-comparison-operators",
    "case-insensitive-comparison",
    "accent-insensitive-comparison",
    "basic-spatial-functions",
    "basic-spatial-functions-plus",
    "spatial-functions",
    "temporal-functions",
    "property-property",
    "arithmetic",
)
CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    *(f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{name}" for name in _FILTERING),
    *(f"http://www.opengis.net/spec/cql2/1.0/conf/{name}" for name in _CQL2),
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
)


@router.get("/", summary="The console for a browser, the landing page for a machine", openapi_extra=described())
async def landing(request: Request, state: State) -> Response:
    """HTML when the client prefers it (or ``f=html``), else the OGC landing page."""
    values = values_of(request, "f")
    if values.get("f", "json") not in ("json", "html"):
        raise BadParameter("f is json or html", code="format_unknown", allowed=["json", "html"])
    if values.get("f") == "html" or ("f" not in values and wants_html(request)):
        index = state.settings.static / "index.html"
        if not index.is_file():
            return html(landing_page(), csp=PAGE_CSP)
        return html(index.read_text(encoding="utf-8"))
    base = base_of(request, state.settings)
    links = [
        link(f"{base}/?f=json", "self", JSON),
        link(f"{base}/?f=html", "alternate", "text/html"),
        link(f"{base}/api", "service-desc", OPENAPI_TYPE),
        link(f"{base}/api.html", "service-doc", "text/html"),
        link(f"{base}/conformance", "conformance", JSON),
        link(f"{base}/collections", "data", JSON),
        link(f"{base}/tileMatrixSets", f"{OGC}tiling-schemes", JSON),
    ]
    title = {"vi": "Toàn Cảnh", "en": "Toàn Cảnh map server"}[lang_of(values)]
    return Json({"title": title, "description": request.app.description, "links": links})


@router.get("/conformance", summary="What this server conforms to", openapi_extra=described())
async def conformance(request: Request) -> Response:
    """Conformance classes of the OGC APIs."""
    values_of(request)
    return Json({"conformsTo": list(CONFORMANCE)})


@router.get("/api", summary="This description (OpenAPI 3.0)", openapi_extra=described(media_type=OPENAPI_TYPE))
async def api_description(request: Request, state: State) -> Response:
    """OpenAPI 3.0 as JSON."""
    values_of(request)
    return Json(openapi_30(request.app, base_of(request, state.settings)), OPENAPI_TYPE)


@router.get("/api.html", summary="This description for people", openapi_extra=described(media_type="text/html"))
async def api_for_people(request: Request, state: State) -> Response:
    """The same as a page."""
    values_of(request)
    return html(api_page(openapi_30(request.app, base_of(request, state.settings))), csp=PAGE_CSP)


@router.get("/collections", summary="The layers, each with its manifest", openapi_extra=described())
async def collections(request: Request, state: State, reader: Reading) -> Response:
    """Every layer, and in ``toancanh`` what the whole map needs."""
    values = values_of(request)
    base = base_of(request, state.settings)
    specs = list(reader.registry.values())
    found, site = await collections_of(state, reader, specs, base, lang_of(values))
    body: dict[str, Any] = {
        "timeStamp": state.clock().isoformat(),
        "links": [link(f"{base}/collections", "self", JSON)],
        "collections": found,
        "toancanh": site_member(site, specs, demo=state.settings.demo),
    }
    return Json(body)


@router.get("/collections/{layer}", summary="One layer", openapi_extra=described())
async def collection(layer: str, request: Request, state: State, reader: Reading) -> Response:
    """One layer with its manifest."""
    spec = reader.registry.require(layer)
    lang = lang_of(values_of(request))
    found, _ = await collections_of(state, reader, [spec], base_of(request, state.settings), lang)
    return Json(found[0])


@router.get(
    "/collections/{layer}/queryables", summary="What can be filtered", openapi_extra=described(media_type=SCHEMA)
)
async def queryables(layer: str, request: Request, state: State, reader: Reading) -> Response:
    """JSON Schema of the properties that may be query parameters."""
    spec = reader.registry.require(layer)
    values_of(request)
    return Json(queryables_of(spec, f"{base_of(request, state.settings)}/collections/{layer}/queryables"), SCHEMA)


@router.get("/collections/{layer}/schema", summary="What a feature carries", openapi_extra=described(media_type=SCHEMA))
async def schema(layer: str, request: Request, state: State, reader: Reading) -> Response:
    """JSON Schema of a feature's properties."""
    spec = reader.registry.require(layer)
    values_of(request)
    return Json(schema_of(spec, f"{base_of(request, state.settings)}/collections/{layer}/schema"), SCHEMA)


@router.get("/assets/{path:path}", include_in_schema=False)
async def asset(path: str, state: State) -> Response:
    """A file of the built front end; its name changes with its content, so it is kept for ever."""
    root = (state.settings.static / "assets").resolve()
    if "\x00" in path or len(path) > 200:
        raise NotFound("There is no such file.")
    found = (root / path).resolve()
    if not found.is_relative_to(root) or not found.is_file():
        raise NotFound("There is no such file.")
    # Fonts keep one name, because the style names them; a day is enough for what never changes.
    lasting = "public, max-age=86400" if path.startswith("fonts/") else "public, max-age=31536000, immutable"
    return FileResponse(
        found,
        headers={"Cache-Control": lasting, "X-Content-Type-Options": "nosniff", "Content-Security-Policy": CSP},
    )
