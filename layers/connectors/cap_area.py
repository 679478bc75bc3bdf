# SPDX-License-Identifier: Apache-2.0
"""The areas of a CAP message as one shape, with the checks that the OASIS schema cannot make. Pure.

In CAP a position is latitude, longitude, the other way round than everywhere else here; the commonest mistake is to
send it the usual way. The schema takes any text for a ring, so each is judged here: closed, four positions at least,
in or near the province (which finds swapped axes), not crossing itself, and smaller than a province and its neighbours.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
import shapely
from pyproj import Geod
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo.bbox import BBox
from geo.measure import area_m2
from layers.connectors.cap_xml import CapArea
from layers.errors import Rejected

MAX_VERTICES = 10_000
MAX_AREA_M2 = 20_000e6
_CIRCLE_VERTICES = 64
_GRID_DEG = 1e-6
_GEOD = Geod(ellps="WGS84")
_NUMBER = r"[+-]?\d{1,4}(?:\.\d{1,20})?"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})", re.ASCII)
_CIRCLE = re.compile(rf"({_NUMBER}),({_NUMBER})\s+([+-]?\d{{1,7}}(?:\.\d{{1,20}})?)", re.ASCII)
_COMMA = re.compile(r"\s*,\s*")


class Problem(NamedTuple):
    """What is wrong with one ring or circle."""

    code: str
    detail: str


@dataclass(frozen=True)
class Ground:
    """What the areas of a message come to.

    Args:
        geometry: GeoJSON of what is sound, as one shape; ``None`` where nothing is.
        problems: what was left out, and why.
        codes: (name of the code list, code) of units, each once.
        name: the areas' descriptions.
    """

    geometry: dict[str, Any] | None
    problems: tuple[Problem, ...]
    codes: tuple[tuple[str, str], ...]
    name: str

    @property
    def is_elsewhere(self) -> bool:
        """Whether the message says where it is, and all of it is outside."""
        return (
            self.geometry is None
            and not self.codes
            and bool(self.problems)
            and all(problem.code == "cap_area_outside" for problem in self.problems)
        )


def ground_of(areas: Iterable[CapArea], within: BBox) -> Ground:
    """Every ring and circle of these areas, judged and joined.

    Args:
        within: where a position may lie: the province and a margin.
    """
    shapes: list[BaseGeometry] = []
    problems: list[Problem] = []
    codes: dict[tuple[str, str], None] = {}
    names: dict[str, None] = {}
    for area in areas:
        names[area.name] = None
        codes |= dict.fromkeys(area.geocodes)
        for read, texts in ((_ring, area.polygons), (_circle, area.circles)):
            for text in texts:
                try:
                    shapes.append(_judged(read(text), within))
                except Rejected as rejection:
                    problems.append(Problem(rejection.code, rejection.detail))
    unique = tuple(dict.fromkeys(problems))
    return Ground(_joined(shapes), unique, tuple(codes), "; ".join(name for name in names if name))


def _ring(text: str) -> list[tuple[float, float]]:
    """(lon, lat) of a <polygon>."""
    pairs = _COMMA.sub(",", text).split()
    if len(pairs) > MAX_VERTICES:
        raise Rejected("cap_polygon_too_long", f"a <polygon> may have {MAX_VERTICES} positions")
    matches = [_PAIR.fullmatch(pair) for pair in pairs]
    ring = [(float(match[2]), float(match[1])) for match in matches if match is not None]
    if len(ring) != len(pairs) or not ring:
        raise Rejected("cap_polygon_unreadable", "a <polygon> is 'lat,lon lat,lon …' in degrees")
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise Rejected("cap_polygon_open", "a <polygon> has four positions at least, and the last is the first again")
    return ring


def _circle(text: str) -> list[tuple[float, float]]:
    """(lon, lat) around a <circle>, at its radius on the spheroid."""
    match = _CIRCLE.fullmatch(_COMMA.sub(",", text).strip())
    if match is None:
        raise Rejected("cap_circle_unreadable", "a <circle> is 'lat,lon radius' with the radius in kilometres")
    lat, lon, radius_m = float(match[1]), float(match[2]), float(match[3]) * 1000
    if radius_m <= 0:
        raise Rejected("cap_circle_radius", "the radius of a <circle> is larger than 0 kilometres")
    if abs(lat) > 90 or abs(lon) > 180:
        if abs(lon) <= 90 and abs(lat) <= 180:
            raise _swapped()
        raise Rejected("cap_area_outside", "the centre of the <circle> is not on the globe")
    bearings = [360 * number / _CIRCLE_VERTICES for number in range(_CIRCLE_VERTICES)]
    lons, lats, _ = _GEOD.fwd([lon] * _CIRCLE_VERTICES, [lat] * _CIRCLE_VERTICES, bearings,
                              [min(radius_m, 1e7)] * _CIRCLE_VERTICES)  # fmt: skip
    ring = list(zip(map(float, lons), map(float, lats), strict=True))
    return [*ring, ring[0]]


def _swapped() -> Rejected:
    return Rejected("cap_axes_swapped", "the area is here only when the axes are swapped: CAP's order is lat,lon")


def _judged(ring: list[tuple[float, float]], within: BBox) -> BaseGeometry:
    inside = all(within.contains(lon, lat) for lon, lat in ring)
    if not inside and all(within.contains(lat, lon) for lon, lat in ring):
        raise _swapped()
    shape = Polygon(ring)
    if not shape.is_valid:
        raise Rejected("cap_polygon_invalid", f"the ring is not valid: {shapely.is_valid_reason(shape)[:120]}")
    if shape.area == 0:
        raise Rejected("cap_polygon_invalid", "the ring encloses nothing")
    if not inside:
        raise Rejected("cap_area_outside", "the area is not in or near the province")
    if area_m2(shape) > MAX_AREA_M2:
        raise Rejected("cap_area_too_large", f"the area is larger than {MAX_AREA_M2 / 1e6:.0f} km²")
    return shape


def _joined(shapes: list[BaseGeometry]) -> dict[str, Any] | None:
    if not shapes:
        return None
    try:
        # 6 decimals are 0.1 m; on the grid the union stays valid.
        whole = shapely.union_all(shapes, grid_size=_GRID_DEG)
    except shapely.errors.GEOSException:
        return None
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon" and not part.is_empty]
    if not parts:
        return None
    joined = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    geometry: dict[str, Any] = orjson.loads(shapely.to_geojson(joined))
    return geometry
