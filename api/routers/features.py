# SPDX-License-Identifier: Apache-2.0
"""Features of a layer: a page, or one (OGC API Features Part 1)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Reading, State
from api.encoders import geojson
from api.indicators import item_answer, items_answer
from api.links import GEOJSON, JSON, base_of, link, with_query
from api.media import JsonText
from api.parameters import described, values_of
from layers.filters import PAGE_PARAMETERS, parameters_of
from layers.query import one_of, page_of

router = APIRouter(tags=["Features"])


@router.get(
    "/collections/{layer}/items",
    summary="A page of features",
    openapi_extra=described(*PAGE_PARAMETERS, "set", "properties", media_type=GEOJSON),
)
async def items(layer: str, request: Request, state: State, reader: Reading) -> Response:
    """Features in keyset order; the link 'next' carries every parameter to the next page."""
    spec = reader.registry.require(layer)
    if spec.store == "indicator":
        return await items_answer(spec, request, state, reader)
    values = values_of(request, *parameters_of(spec, *PAGE_PARAMETERS))
    now = state.clock()
    page = await page_of(reader.database, spec, reader.query(spec, values), now)
    base = base_of(request, state.settings)
    here = f"{base}/collections/{layer}/items"
    links = [link(with_query(here, values), "self", GEOJSON), link(f"{base}/collections/{layer}", "collection", JSON)]
    if page.after is not None:
        links.append(link(with_query(here, {**values, "after": page.after}), "next", GEOJSON))
    return JsonText(geojson.feature_collection(page.features, links, now), GEOJSON)


@router.get(
    "/collections/{layer}/items/{item}", summary="One feature", openapi_extra=described("as_of", media_type=GEOJSON)
)
async def item(layer: str, item: str, request: Request, state: State, reader: Reading) -> Response:
    """One feature, with the units in which it lies in every generation."""
    spec = reader.registry.require(layer)
    if spec.store == "indicator":
        return await item_answer(spec, item, request, state, reader)
    values = values_of(request, "as_of")
    text = await one_of(reader.database, spec, item, reader.query(spec, values))
    collection = f"{base_of(request, state.settings)}/collections/{layer}"
    links = [link(f"{collection}/items/{item}", "self", GEOJSON), link(collection, "collection", JSON)]
    return JsonText(geojson.feature(text, links), GEOJSON)
