# SPDX-License-Identifier: Apache-2.0
"""A small country of squares near 107.0 E, 16.2 N, far from the demonstration data, in two generations.

``grid-2010`` (2010 to 2020): four squares of 0.1 degrees, codes 00001 (south-west), 00002 (south-east), 00003
(north-west), 00004 (north-east). ``grid-2020`` (since 2020): one rectangle, code 00001 again, of the two southern
squares.
"""

from typing import Any

from boundaries.publish import publish
from boundaries.unit_files import read_unit_set
from geo.bbox import BBox
from geo.db.pool import Database

WEST, SOUTH, SIDE = 107.0, 16.2, 0.1
AREA = BBox(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE)
OLD, NEW = "grid-2010", "grid-2020"


def square(column: float, row: float, width: float = 1, height: float = 1) -> dict[str, Any]:
    """A polygon in steps of the grid."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    east, north = west + width * SIDE, south + height * SIDE
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def middle(column: float, row: float) -> dict[str, float]:
    """The middle of a square as the members of a record."""
    return {"lon": round(WEST + (column + 0.5) * SIDE, 6), "lat": round(SOUTH + (row + 0.5) * SIDE, 6)}


async def publish_grid(database: Database) -> None:
    """Publish both generations; again changes nothing."""
    old = [_unit(f"0000{n}", f"Ô cũ {n}", square((n - 1) % 2, (n - 1) // 2)) for n in range(1, 5)]
    new = [_unit("00001", "Ô mới 1", square(0, 0, width=2))]
    sets: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
        ({"id": OLD, "valid_from": "2010-01-01", "valid_to": "2020-01-01"}, old),
        ({"id": NEW, "valid_from": "2020-01-01"}, new),
    ]
    for about, features in sets:
        about |= {"title": {"vi": about["id"], "en": about["id"]}, "approximate": True, "attribution": "Lưới"}
        body = {"type": "FeatureCollection", "unit_set": about, "features": features}
        async with database.transaction() as connection:
            await publish(connection, read_unit_set(body))


def _unit(code: str, name: str, geometry: dict[str, Any]) -> dict[str, Any]:
    properties = {"code": code, "name": name, "full_name": f"Phường {name}", "type": "Phường"}
    return {"type": "Feature", "geometry": geometry, "properties": properties}
