# SPDX-License-Identifier: Apache-2.0
"""What cameras see: the field of view as a shape on the spheroid, and the cameras that see a point."""

from dataclasses import dataclass
from typing import Any

import orjson
from pyproj import Geod

from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import NotFound
from layers.camera_sql import select_camera, select_seeing
from layers.spec import LayerSpec

CAMERAS = "cameras"
_MAX_ID = 2**63 - 1
# The arc is drawn in steps of so much: at 1 km it leaves out less than a metre.
_STEP_DEG = 5.0
_WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Camera:
    """One camera of the register. The addresses are for the server alone."""

    id: int
    source: str
    external_id: str
    status: str | None
    name: str | None
    azimuth: float | None
    hfov: float | None
    range_m: float | None
    snapshot_url: str | None
    login: str | None
    lon: float | None
    lat: float | None


async def camera_of(database: Database, spec: LayerSpec, camera: str, area: tuple[int, ...] | None) -> Camera:
    """One camera within the reader's area.

    Raises:
        NotFound: there is none of this id.
    """
    row = None
    if camera.isascii() and camera.isdigit() and len(camera) <= 19 and int(camera) <= _MAX_ID:
        row = await database.fetchrow(Statement(select_camera(spec, int(camera), area)))
    if row is None:
        raise NotFound("The layer has no feature of this id.", code="feature_not_found", layer=spec.id)
    return Camera(**row)


def view_of(camera: Camera) -> dict[str, Any]:
    """The field of view as a GeoJSON feature: a sector of a circle on the spheroid, or the whole circle.

    Raises:
        NotFound: the register does not say where the camera stands, or what it sees.
    """
    lon, lat, hfov, range_m = camera.lon, camera.lat, camera.hfov, camera.range_m
    is_whole = hfov is not None and hfov >= 360
    if lon is None or lat is None or not hfov or not range_m or (camera.azimuth is None and not is_whole):
        raise NotFound(
            "The register does not say what this camera sees: its place, azimuth, hfov and range_m are needed.",
            code="camera_no_view",
        )
    ring = sector((lon, lat), camera.azimuth or 0.0, hfov, range_m)
    properties = {name: getattr(camera, name) for name in ("name", "status", "azimuth", "hfov", "range_m")}
    return {
        "type": "Feature",
        "id": camera.id,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": properties,
    }


def sector(at: tuple[float, float], azimuth: float, hfov: float, range_m: float) -> list[list[float]]:
    """The ring, counter-clockwise, of what lies within a range and an angle of a point."""
    is_whole = hfov >= 360
    steps = max(2, round(min(hfov, 360) / _STEP_DEG))
    bearings = [azimuth + min(hfov, 360) * (0.5 - step / steps) for step in range(steps + (not is_whole))]
    count = len(bearings)
    lons, lats, _ = _WGS84.fwd([at[0]] * count, [at[1]] * count, bearings, [range_m] * count)
    arc = [[round(lon, 7), round(lat, 7)] for lon, lat in zip(lons, lats, strict=True)]
    if is_whole:
        return [*arc, arc[0]]
    pole = [round(at[0], 7), round(at[1], 7)]
    return [pole, *arc, pole]


async def seeing(
    database: Database, spec: LayerSpec, point: tuple[float, float], area: tuple[int, ...] | None, most: int
) -> list[dict[str, Any]]:
    """Cameras whose field of view holds the point, nearest first, with their distance and the bearing to it."""
    found = []
    for row in await database.fetch(Statement(select_seeing(spec, point, area, most))):
        feature = orjson.loads(row["json"])
        bearing = row["bearing"]
        feature["properties"] |= {
            "distance_m": round(row["distance_m"], 1),
            "bearing": None if bearing is None else round(bearing, 1),
        }
        found.append(feature)
    return found
