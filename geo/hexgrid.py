# SPDX-License-Identifier: Apache-2.0
"""H3 cells: the only file with (lat, lng).

A cell is a signed 64-bit integer in storage (PostgreSQL bigint; H3 indexes never use the top bit) and a hexadecimal
string on the wire, because 64-bit integers do not survive JavaScript. One rule everywhere: a coarser cell is the
*parent* of the stored resolution-12 cell. For 6 to 7 % of points that differs from indexing the point directly; the
answer says so (``PARENT_RULE``). Source: h3geo.org, "H3 index representation".
"""

from collections.abc import Sequence

import h3.api.basic_int as h3

from geo.errors import BadParameter

STORED_RESOLUTION = 12
MIN_RESOLUTION = 4
MAX_RESOLUTION = 12
PARENT_RULE = f"parent of the resolution-{STORED_RESOLUTION} cell"

_RES_SHIFT = 52
_RES_MASK = 0xF << _RES_SHIFT


def cell_of(lon: float, lat: float, resolution: int = STORED_RESOLUTION) -> int:
    """The cell that holds a point."""
    return int(h3.latlng_to_cell(lat, lon, resolution))


def cells_of(lons: Sequence[float], lats: Sequence[float]) -> list[int]:
    """Stored cells of many points."""
    return [int(h3.latlng_to_cell(lat, lon, STORED_RESOLUTION)) for lon, lat in zip(lons, lats, strict=True)]


def parent_of(cell: int, resolution: int) -> int:
    """The ancestor by bit arithmetic, as SQL does it: resolution bits replaced, finer digits set to 7."""
    unused = (1 << (3 * (15 - resolution))) - 1
    return (cell & ~_RES_MASK) | (resolution << _RES_SHIFT) | unused


def parent_masks(resolution: int) -> tuple[int, int]:
    """(and-mask, or-mask) with ``cell & and | or == parent``, for SQL on bigint."""
    unused = (1 << (3 * (15 - resolution))) - 1
    keep = ~(_RES_MASK | unused)
    return keep, (resolution << _RES_SHIFT) | unused


def to_hex(cell: int) -> str:
    """The cell as people and browsers write it."""
    return format(cell, "x")


def from_hex(text: str) -> int:
    """Read a cell.

    Raises:
        BadParameter: not a valid H3 cell.
    """
    try:
        cell = int(text, 16)
    except ValueError:
        cell = 0
    if not (0 < cell < 2**63 and h3.is_valid_cell(cell)):
        raise BadParameter("not an H3 cell", code="cell_invalid")
    return cell


def ring_of(cell: int) -> list[tuple[float, float]]:
    """The closed outline of a cell as (lon, lat)."""
    ring = [(lng, lat) for lat, lng in h3.cell_to_boundary(cell)]
    return [*ring, ring[0]]


def centre_of(cell: int) -> tuple[float, float]:
    """The centre of a cell as (lon, lat)."""
    lat, lng = h3.cell_to_latlng(cell)
    return lng, lat


def edge_m(resolution: int) -> float:
    """Average edge length in metres."""
    return float(h3.average_hexagon_edge_length(resolution, unit="m"))


def resolution_for(zoom: int) -> int:
    """The resolution that suits a web-map zoom: hexagons of some 20 to 60 pixels."""
    return max(MIN_RESOLUTION, min(MAX_RESOLUTION, zoom - 3 if zoom < 12 else zoom - 4))


def parse_resolution(text: str) -> int:
    """Read the ``resolution`` parameter.

    Raises:
        BadParameter: not a whole number from 4 to 12.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 2) or not (
        MIN_RESOLUTION <= int(text) <= MAX_RESOLUTION
    ):
        raise BadParameter(
            f"resolution is a whole number from {MIN_RESOLUTION} to {MAX_RESOLUTION}",
            code="resolution_invalid",
        )
    return int(text)
