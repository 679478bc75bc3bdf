# SPDX-License-Identifier: Apache-2.0
"""Counts by H3 cell, as JSON and as vector tiles."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Reading, State
from api.links import MVT
from api.media import Json, tile_answer
from api.parameters import described, values_of
from api.ready_tile import ReadyTile
from api.tilesets import OgcPlace
from geo.errors import BadParameter
from geo.hexgrid import PARENT_RULE, parse_resolution, to_hex
from layers.aggregate import count_by_cell
from layers.filters import FILTER_PARAMETERS, WHERE_PARAMETERS, parameters_of
from tiles.hexagons import hexagon_tile

router = APIRouter(prefix="/collections/{layer}/h3", tags=["Hexagons"])


@router.get(
    "",
    summary="Counts by H3 cell",
    openapi_extra=described("resolution", "measure", *WHERE_PARAMETERS, "properties"),
)
async def cells(layer: str, request: Request, state: State, reader: Reading) -> Response:
    """Cells that hold something; what has no coordinates is in none, and is stated beside them."""
    spec = reader.registry.require(layer)
    values = values_of(request, *parameters_of(spec, "resolution", "measure", *WHERE_PARAMETERS))
    if values.get("measure", "count") != "count":
        raise BadParameter("measure is count", code="measure_unknown", allowed=["count"])
    resolution = parse_resolution(values.get("resolution", "8"))
    found = await count_by_cell(reader.database, spec, reader.query(spec, values), resolution)
    return Json(
        {
            "layer": layer,
            "resolution": resolution,
            "measure": "count",
            "rule": PARENT_RULE,
            "total": found.total,
            "unlocated": found.unlocated,
            "unit_only": found.unit_only,
            "without_cell": found.without_cell,
            "cells": [{"cell": to_hex(cell), "value": value} for cell, value in found.cells],
        }
    )


@router.get(
    "/tiles/{matrix_set}/{z}/{row}/{col}",
    summary="Counts by H3 cell as a vector tile",
    openapi_extra=described("resolution", "datetime", "as_of", *FILTER_PARAMETERS, "properties", media_type=MVT),
)
async def tile(layer: str, place: OgcPlace, request: Request, state: State, reader: Reading) -> Response:
    """Hexagons with ``cell`` and ``value``; without ``resolution``, the one that suits the zoom."""
    spec = reader.registry.require(layer)
    values = values_of(request, *parameters_of(spec, "resolution", "datetime", "as_of", *FILTER_PARAMETERS))
    resolution = parse_resolution(values["resolution"]) if "resolution" in values else None
    found = await hexagon_tile(reader.database, spec, reader.query(spec, values), place, resolution)
    return tile_answer(request, ReadyTile(found.data))
