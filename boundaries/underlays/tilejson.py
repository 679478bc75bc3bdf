# SPDX-License-Identifier: Apache-2.0
"""TileJSON 3.0.0 of an underlay. Pure."""

from typing import Any

from boundaries.underlays.store import Raster


def underlay_tilejson(name: str, raster: Raster, tiles_url: str) -> dict[str, Any]:
    """The description of an underlay's tiles; clients scale the last zoom up beyond.

    Args:
        name: of the file that was sent.
        raster: what the tiles are cut from.
        tiles_url: absolute template with ``{z}``, ``{x}``, ``{y}``.
    """
    west, south, east, north = raster.bbox
    return {
        "tilejson": "3.0.0",
        "name": name,
        "tiles": [tiles_url],
        "scheme": "xyz",
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, raster.min_zoom + 1],
        "minzoom": raster.min_zoom,
        "maxzoom": raster.max_zoom,
    }
