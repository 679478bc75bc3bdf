# SPDX-License-Identifier: Apache-2.0
"""The generated city: 32 units with shared, crooked borders, 2,000 cameras, 10,000 places, a million incidents.

Everything follows from one seed. Borders are as detailed as surveyed ones (a vertex about every 12 m): a border that
two units share is drawn once, so that the units are a clean coverage. Incidents gather around hot spots, as reports do.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon, mapping

Array: TypeAlias = npt.NDArray[np.float64]

UNIT_SET = "bench-city"
UNITS = 32
MIDDLE = (105.84, 21.56)
RADIUS_DEG = 0.13
STEP_DEG = 0.00015  # at most 16 m between the vertices of a border
ROUGHNESS = 0.16
HOT_SPOTS = 40
HOT_SHARE = 0.6
NOW = datetime(2026, 11, 1, tzinfo=UTC)
KINDS = "traffic environment order infrastructure construction fire flood power health other".split()
SEVERITIES, STATUSES = ("low", "medium", "high", "critical"), ("new", "assigned", "in_progress", "resolved", "rejected")
CHANNELS = ("app", "hotline", "web", "field", "camera")
TITLES = (
    "Ổ gà trên đường",
    "Rác thải chưa thu gom",
    "Đèn đường không sáng",
    "Ngập sau mưa",
    "Lấn chiếm vỉa hè",
    "Tiếng ồn ban đêm",
    "Cây đổ chắn lối",
    "Mất điện khu dân cư",
    "Va chạm giao thông",
    "Xây dựng không phép",
)


@dataclass(frozen=True)
class Sizes:
    """How many of each; ``--quick`` takes a fiftieth of the incidents."""

    cameras: int = 2_000
    places: int = 10_000
    incidents: int = 1_000_000


QUICK = Sizes(cameras=500, places=2_000, incidents=20_000)


def make_units(seed: int) -> list[Polygon]:
    """32 polygons that meet in common edges."""
    for attempt in range(20):
        drawn = np.random.default_rng((seed, attempt))
        edges = [_crooked(edge, drawn) for edge in _plain_edges(drawn)]
        found = [one for one in shapely.polygonize(edges).geoms if one.is_valid]
        if len(found) == UNITS and shapely.coverage_is_valid(found):
            return sorted(found, key=lambda one: (round(one.centroid.y, 6), one.centroid.x))
    raise AssertionError("no seed near this one gives a clean coverage")


def unit_set_body(units: list[Polygon]) -> dict[str, Any]:
    """The units as a file that the boundaries take."""
    features = [
        {
            "type": "Feature",
            "geometry": mapping(unit),
            "properties": {
                "code": f"{number:05d}",
                "name": f"Bến {number}",
                "full_name": f"Phường Bến {number}",
                "type": "Phường",
            },
        }
        for number, unit in enumerate(units, 1)
    ]
    about = {
        "id": UNIT_SET,
        "title": {"vi": "Thành phố sinh ra", "en": "Generated city"},
        "valid_from": "2020-01-01",
        "approximate": True,
        "attribution": "Bench",
    }
    return {"type": "FeatureCollection", "unit_set": about, "features": features}


def scatter(units: list[Polygon], count: int, seed: int) -> Array:
    """Points (lon, lat) inside the city: most around hot spots, the others anywhere."""
    drawn = np.random.default_rng(seed)
    city = shapely.union_all(units)
    shapely.prepare(city)
    west, south, east, north = city.bounds
    spots = drawn.uniform((west, south), (east, north), (HOT_SPOTS, 2))
    found = np.empty((0, 2))
    while len(found) < count:
        wanted = count - len(found) + 1000
        hot = drawn.random(wanted) < HOT_SHARE
        around = spots[drawn.integers(0, HOT_SPOTS, wanted)] + drawn.normal(0, 0.006, (wanted, 2))
        anywhere = drawn.uniform((west, south), (east, north), (wanted, 2))
        points = np.where(hot[:, None], around, anywhere)
        found = np.vstack([found, points[shapely.contains_xy(city, points[:, 0], points[:, 1])]])
    cut: Array = np.round(found[:count], 7)
    return cut


def moments(count: int, seed: int) -> list[str]:
    """When: anywhere in the three years before ``NOW``."""
    ages = np.random.default_rng(seed + 1).integers(0, 3 * 365 * 86_400, count)
    return [(NOW - timedelta(seconds=int(age))).isoformat() for age in ages]


def choices(values: tuple[str, ...] | list[str], count: int, seed: int) -> list[str]:
    """One of the values for each, drawn evenly."""
    return [values[index] for index in np.random.default_rng(seed).integers(0, len(values), count)]


def _plain_edges(drawn: np.random.Generator) -> list[LineString]:
    """Straight edges between the cells of a jittered sunflower inside a round outline, each once."""
    turns = np.arange(UNITS) * (np.pi * (3 - np.sqrt(5)))
    reach = RADIUS_DEG * np.sqrt((np.arange(UNITS) + 0.5) / UNITS)
    centres = np.column_stack((np.cos(turns), np.sin(turns))) * reach[:, None] + drawn.normal(0, 0.003, (UNITS, 2))
    outline = Point(0, 0).buffer(RADIUS_DEG * 1.08, quad_segs=6)
    cells = shapely.voronoi_polygons(MultiPoint(centres), extend_to=outline)
    shapes = [shapely.intersection(cell, outline) for cell in cells.geoms]
    noded = shapely.union_all([shape.exterior for shape in shapes], grid_size=1e-9)
    merged = shapely.line_merge(noded)
    return [LineString(np.asarray(edge.coords) + MIDDLE) for edge in merged.geoms]


def _crooked(edge: LineString, drawn: np.random.Generator) -> LineString:
    """Midpoints pushed aside again and again; the ends, where borders meet, stay."""
    points: Array = np.asarray(edge.coords)
    while np.max(np.hypot(*np.diff(points, axis=0).T)) > STEP_DEG:
        steps = np.diff(points, axis=0)
        aside = np.column_stack((-steps[:, 1], steps[:, 0])) * drawn.uniform(-ROUGHNESS, ROUGHNESS, (len(steps), 1))
        middle = points[:-1] + steps / 2 + aside
        longer = np.empty((len(points) + len(middle), 2))
        longer[::2], longer[1::2] = points, middle
        points = longer
    return LineString(np.round(points, 8))
