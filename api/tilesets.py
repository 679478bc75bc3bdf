# SPDX-License-Identifier: Apache-2.0
"""Tile sets and the tile matrix set, as OGC API Tiles Part 1 (20-057) and OGC 17-083r4 describe them."""

from typing import Annotated, Any

from fastapi import Depends

from api.links import JSON, MVT, OGC, link
from api.parameters import Lang
from geo.bbox import BBox
from geo.crs import CRS84_URI
from geo.errors import NotFound
from geo.tile import HALF_WORLD_M, MAX_ZOOM, TileId, parse_tile
from layers.spec import LayerSpec

MATRIX_SET = "WebMercatorQuad"
_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
_CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
_SCALE_0 = 559082264.028717
_SIDE_PX = 256


def require_matrix_set(name: str) -> None:
    """Check a tile matrix set's name.

    Raises:
        NotFound: tiles do not come in it.
    """
    if name != MATRIX_SET:
        raise NotFound(f"Tiles come in {MATRIX_SET} only.", code="tile_matrix_set_not_found")


def _ogc_place(matrix_set: str, z: str, row: str, col: str) -> TileId:
    require_matrix_set(matrix_set)
    return parse_tile(z, col, row)


def _xyz_place(z: str, x: str, y: str) -> TileId:
    return parse_tile(z, x, y)


OgcPlace = Annotated[TileId, Depends(_ogc_place)]
XyzPlace = Annotated[TileId, Depends(_xyz_place)]


def matrix_set_entry(base: str) -> dict[str, Any]:
    """The matrix set in the list of them."""
    here = f"{base}/tileMatrixSets/{MATRIX_SET}"
    return {"id": MATRIX_SET, "title": "Google Maps compatible", "uri": _URI, "links": [link(here, "self", JSON)]}


def web_mercator_quad() -> dict[str, Any]:
    """The definition of WebMercatorQuad, zoom 0 to the last that the server has."""
    return {
        "id": MATRIX_SET,
        "title": "Google Maps compatible for the World",
        "uri": _URI,
        "crs": _CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(zoom) for zoom in range(MAX_ZOOM + 1)],
    }


def tileset_entry(spec: LayerSpec, here: str, lang: Lang) -> dict[str, Any]:
    """A layer's tile set in the list of them."""
    return {
        "title": getattr(spec.title, lang),
        "dataType": "vector",
        "crs": _CRS,
        "tileMatrixSetURI": _URI,
        "links": [link(f"{here}/{MATRIX_SET}", "self", JSON)],
    }


def tileset_of(spec: LayerSpec, base: str, lang: Lang, bounds: BBox | None) -> dict[str, Any]:
    """The metadata of a layer's tile set."""
    here = f"{base}/collections/{spec.id}/tiles"
    address = f"{here}/{MATRIX_SET}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    body: dict[str, Any] = {
        **tileset_entry(spec, here, lang),
        "tileMatrixSetId": MATRIX_SET,
        "layers": [
            {
                "id": spec.id,
                "title": getattr(spec.title, lang),
                "dataType": "vector",
                "minTileMatrix": str(spec.zooms[0]),
                "maxTileMatrix": str(spec.zooms[1]),
            }
        ],
        "links": [
            link(f"{here}/{MATRIX_SET}", "self", JSON),
            link(f"{base}/tileMatrixSets/{MATRIX_SET}", f"{OGC}tiling-scheme", JSON),
            {**link(address, "item", MVT), "templated": True},
        ],
    }
    if bounds is not None:
        body["boundingBox"] = {
            "lowerLeft": [bounds.west, bounds.south],
            "upperRight": [bounds.east, bounds.north],
            "crs": CRS84_URI,
        }
    return body


def _matrix(zoom: int) -> dict[str, Any]:
    return {
        "id": str(zoom),
        "scaleDenominator": _SCALE_0 / 2**zoom,
        "cellSize": 2 * HALF_WORLD_M / _SIDE_PX / 2**zoom,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_WORLD_M, HALF_WORLD_M],
        "tileWidth": _SIDE_PX,
        "tileHeight": _SIDE_PX,
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }
