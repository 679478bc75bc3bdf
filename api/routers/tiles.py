# SPDX-License-Identifier: Apache-2.0
"""Vector tiles of layers, in the short form and in the form of OGC API Tiles, and what describes them."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.boundary_access import may_edit_boundaries
from api.deps import Reading, State
from api.disconnect import waiting_for
from api.indicators import indicator_tile
from api.links import JSON, MVT, base_of, link, with_query
from api.media import Json, tile_answer
from api.parameters import described, lang_of, values_of
from api.readers import Reader
from api.site import Site, site_of
from api.state import AppState
from api.tile_source import Address, Asked, layers_of
from api.tilesets import (
    OgcPlace,
    XyzPlace,
    matrix_set_entry,
    require_matrix_set,
    tileset_entry,
    tileset_of,
    web_mercator_quad,
)
from boundaries.publications.show import extent_of_version, status_of_version
from geo.bbox import BBox
from geo.errors import BadParameter
from geo.tile import TileId
from layers.filters import FILTER_PARAMETERS, FeatureQuery, parameters_of, parse_set, parse_version
from layers.query import require_set, statistics
from layers.spec import LayerSpec
from tiles.tilejson import tilejson_of

router = APIRouter(tags=["Tiles"])
_CLASSES = ("period", "classes", "method")
_TILE = described("datetime", "as_of", *FILTER_PARAMETERS, "set", "version", *_CLASSES, "properties", media_type=MVT)


@router.get("/tiles/{layer}/{z}/{x}/{y}.mvt", summary="A vector tile", openapi_extra=_TILE)
async def tile(layer: str, place: XyzPlace, request: Request, state: State, reader: Reading) -> Response:
    """The layer as MVT, or several (``incidents,cameras``) in one tile; 204 where there is nothing.

    Tiles of units have the layer units_label too.
    """
    return await _tile(layer, place, request, (reader, state))


@router.get(
    "/collections/{layer}/tiles/{matrix_set}/{z}/{row}/{col}", summary="A vector tile (OGC form)", openapi_extra=_TILE
)
async def ogc_tile(layer: str, place: OgcPlace, request: Request, state: State, reader: Reading) -> Response:
    """The same tile by matrix, row and column."""
    return await _tile(layer, place, request, (reader, state))


@router.get("/tiles/{layer}.json", summary="TileJSON 3.0", openapi_extra=described("set", "version"))
async def tilejson(layer: str, request: Request, state: State, reader: Reading) -> Response:
    """What describes the layer's tiles to MapLibre, QGIS and GDAL."""
    spec = reader.registry.require(layer)
    choices = {"unit": ("set", "version"), "indicator": ("set",), "feature": ()}[spec.store]
    values = values_of(request, *choices)
    chosen = {name: values[name] for name in choices if name in values}
    site = await site_of(state)
    bounds = await _bounds_of(chosen, site, reader)
    if bounds is None:
        found = await statistics(reader.database, [spec], site.sets, state.clock(), reader.visibility.units)
        bounds = found[layer].bbox or site.max_bounds
    url = with_query(f"{base_of(request, state.settings)}/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt", chosen)
    return Json(tilejson_of(spec, url, bounds, lang_of(values)))


@router.get("/collections/{layer}/tiles", summary="Tile sets of a layer", openapi_extra=described())
async def tilesets(layer: str, request: Request, state: State, reader: Reading) -> Response:
    """The list of tile sets (OGC API Tiles Part 1, section 9)."""
    spec = reader.registry.require(layer)
    lang = lang_of(values_of(request))
    here = f"{base_of(request, state.settings)}/collections/{layer}/tiles"
    return Json({"links": [link(here, "self", JSON)], "tilesets": [tileset_entry(spec, here, lang)]})


@router.get("/collections/{layer}/tiles/{matrix_set}", summary="A tile set of a layer", openapi_extra=described())
async def tileset(layer: str, matrix_set: str, request: Request, state: State, reader: Reading) -> Response:
    """The tile set's metadata (OGC 17-083r4, section 7)."""
    spec = reader.registry.require(layer)
    require_matrix_set(matrix_set)
    lang = lang_of(values_of(request))
    site = await site_of(state)
    found = await statistics(reader.database, [spec], site.sets, state.clock(), reader.visibility.units)
    base = base_of(request, state.settings)
    return Json(tileset_of(spec, base, lang, found[layer].bbox or site.max_bounds))


@router.get("/tileMatrixSets", summary="Tile matrix sets", openapi_extra=described())
async def matrix_sets(request: Request, state: State) -> Response:
    """There is one: WebMercatorQuad."""
    values_of(request)
    return Json({"tileMatrixSets": [matrix_set_entry(base_of(request, state.settings))]})


@router.get("/tileMatrixSets/{matrix_set}", summary="A tile matrix set", openapi_extra=described())
async def matrix_set(matrix_set: str, request: Request) -> Response:
    """The definition (OGC 17-083r4, annex D.1)."""
    require_matrix_set(matrix_set)
    values_of(request)
    return Json(web_mercator_quad())


async def _tile(layers: str, place: TileId, request: Request, who: tuple[Reader, AppState]) -> Response:
    reader, state = who
    specs = layers_of(layers, reader.registry)
    if specs[0].store == "indicator":
        return await indicator_tile(specs[0], place, request, state, reader)
    query = _query(specs, request, reader)
    of_draft = query.unit_version is not None and await _is_draft(query.unit_version, reader)
    asked = Asked(specs, query, place, of_draft)
    address = Address(request.url.path, request.url.query.encode(), reader.visibility.key)
    async with waiting_for(request.receive) as gone:
        return tile_answer(request, await state.tiles.tile(asked, reader, address, gone))


async def _bounds_of(chosen: Mapping[str, str], site: Site, reader: Reader) -> BBox | None:
    """Where the set or the version is that was chosen; None if none was."""
    _require_one_choice(chosen)
    if "version" in chosen:
        drafts = may_edit_boundaries(reader)
        box = await extent_of_version(reader.database, parse_version(chosen["version"]), drafts=drafts)
        return None if box is None else BBox(*box)
    if "set" not in chosen:
        return None
    await require_set(reader.database, parse_set(chosen["set"]))
    shown = site.find(chosen["set"])
    return None if shown is None else shown.bbox


def _require_one_choice(values: Mapping[str, str]) -> None:
    if "version" in values and "set" in values:
        raise BadParameter("A version is one set's already: leave 'set' out.", code="parameters_conflict")


async def _is_draft(version: int, reader: Reader) -> bool:
    """Whether a version of units is one that only those see who work on boundaries."""
    return await status_of_version(reader.database, version, drafts=may_edit_boundaries(reader)) == "draft"


def _query(specs: tuple[LayerSpec, ...], request: Request, reader: Reader) -> FeatureQuery:
    """What is asked of one layer. Layers have different fields, so of several everything is asked."""
    if len(specs) > 1:
        values_of(request)
        return FeatureQuery(area=reader.visibility.units)
    own = ("version",) if specs[0].store == "unit" else ()
    values = values_of(request, *own, *parameters_of(specs[0], "datetime", "as_of", *FILTER_PARAMETERS))
    _require_one_choice(values)
    return reader.query(specs[0], values)
