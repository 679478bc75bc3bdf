# SPDX-License-Identifier: Apache-2.0
"""Coordinate systems that an upload from Vietnam may be in, and how well each puts the units into their places.

Guessing works when it asks where the same units lie in the known version: the right grid is metres off, the next one
kilometres, although most of its points fall into the province as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from boundaries.known import KnownUnit, KnownUnits
from boundaries.reading.spelling import bare
from geo.vietnam import OUTLINE

Points = npt.NDArray[np.float64]
# The local grids of VN-2000, its UTM zones and geographic system, WGS 84, and the grids of older maps.
EPSG = (
    9213, 9205, 9206, 9207, 9208, 9209, 9210, 9211, 9212, 9214, 9215, 9216, 9217, 9218, 5896, 5897, 5898, 5899,
    3405, 3406, 4756, 4326, 32648, 32649, 3148, 3149, 2044, 2045, 3857,
)  # fmt: skip
# A suggestion must be this near, and the next one this many times farther.
NEAR_M = 500.0
CLEARLY = 10.0
# What is one place said in two ways.
_SAME_M = 1.0
_METRES_PER_DEGREE = 111_195.0
_OUTSIDE_M = 1e7
# Of a drawing with thousands of areas, some will do.
_NEAREST_OF = 300


@dataclass(frozen=True)
class Placement:
    """A reading of coordinates: the system, and whether its axes come the other way round."""

    crs: str
    swapped: bool = False


@dataclass(frozen=True)
class Fit:
    """How well a placement puts the units into their places.

    Attributes:
        median_m: median distance to the places that are known.
        inside: share of the units that lie in the province.
    """

    placement: Placement
    median_m: float
    inside: float


@dataclass(frozen=True)
class Places:
    """Where the rows of an upload should lie.

    Attributes:
        rows: indexes of rows of which the place is known.
        targets: lon, lat of each.
        nearest: places of all known units, used when no row is recognised.
        area: where units may lie at all.
    """

    rows: npt.NDArray[np.intp]
    targets: Points
    nearest: Points
    area: BaseGeometry

    @property
    def can_tell(self) -> bool:
        return len(self.rows) > 0 or len(self.nearest) > 0


def places_of(codes: Sequence[str | None], names: Sequence[str | None], known: KnownUnits) -> Places:
    """The known places of rows: by code and name together in any period, else by the code of the current one."""
    shaped = [unit for unit in known.units if unit.geometry is not None and not unit.geometry.is_empty]
    by_both = {(unit.code, bare(unit.name)): unit for unit in reversed(shaped)}
    pairs: list[tuple[int, KnownUnit]] = []
    for row, (code, name) in enumerate(zip(codes, names, strict=True)):
        unit = by_both.get((code or "", bare(name or ""))) or known.current_by_code.get(code or "")
        if unit is not None:
            pairs.append((row, unit))
    if len(pairs) * 2 < len(codes):
        pairs = []
    area = known.area if known.area is not None else OUTLINE
    return Places(
        rows=np.array([row for row, _ in pairs], dtype=np.intp),
        targets=_centres([unit.geometry for _, unit in pairs]),
        nearest=_centres([unit.geometry for unit in known.current_units]),
        area=area,
    )


def _centres(shapes: Sequence[BaseGeometry | None]) -> Points:
    return np.asarray(shapely.get_coordinates(shapely.centroid(list(shapes)))).reshape(-1, 2)


@lru_cache(maxsize=64)
def to_lonlat(crs: str) -> Transformer:
    """From a system, x before y, to longitude and latitude on WGS 84."""
    return Transformer.from_crs(CRS.from_user_input(crs), "EPSG:4326", always_xy=True)


def placed(points: Points, placement: Placement) -> Points:
    """The points in longitude and latitude; infinite where the system cannot have them."""
    x, y = (points[:, 1], points[:, 0]) if placement.swapped else (points[:, 0], points[:, 1])
    return np.column_stack(to_lonlat(placement.crs).transform(x, y))


def fit(points: Points, placement: Placement, places: Places) -> Fit:
    """How well a placement fits; ``points`` has one row for each row of the upload, NaN where it has no shape."""
    there = placed(points, placement)
    usable = np.asarray(np.isfinite(there).all(axis=1) & (np.abs(there) <= (360, 90)).all(axis=1))
    if not usable.any():
        return Fit(placement, _OUTSIDE_M, 0.0)
    inside = shapely.contains_xy(places.area, there[usable, 0], there[usable, 1]).sum()
    return Fit(placement, _median_m(there, usable, places), float(inside / _with_shape(points)))


def _with_shape(points: Points) -> int:
    return int(np.isfinite(points).all(axis=1).sum())


def _median_m(there: Points, usable: npt.NDArray[np.bool_], places: Places) -> float:
    if len(places.rows):
        found = there[places.rows]
        distances = _metres(found, places.targets)[usable[places.rows]]
    elif len(places.nearest):
        some = there[usable][:: 1 + len(there) // _NEAREST_OF]
        distances = np.array([_metres(point[None], places.nearest).min() for point in some])
    else:
        return 0.0
    return float(np.median(distances)) if len(distances) else _OUTSIDE_M


def _metres(left: Points, right: Points) -> npt.NDArray[np.float64]:
    difference = (left - right) * _METRES_PER_DEGREE
    difference[:, 0] *= np.cos(np.radians(right[:, 1]))
    return np.asarray(np.hypot(difference[:, 0], difference[:, 1]))


def fits(points: Points, places: Places) -> list[Fit]:
    """All candidates that put units into the province, the best first; two that mean one place are one."""
    found = [fit(points, placement, places) for placement in _placements()]
    ordered = sorted((one for one in found if one.inside > 0), key=lambda one: (one.median_m, -one.inside))
    kept: list[Fit] = []
    for one in ordered:
        here = placed(points, one.placement)
        if not any(_same(here, placed(points, other.placement)) for other in kept):
            kept.append(one)
    return kept


def _same(left: Points, right: Points) -> bool:
    usable = np.isfinite(left).all(axis=1) & np.isfinite(right).all(axis=1)
    return bool(usable.any() and np.median(_metres(left[usable], right[usable])) < _SAME_M)


def _placements() -> Iterator[Placement]:
    for swapped in (False, True):
        for code in EPSG:
            yield Placement(f"EPSG:{code}", swapped)


def suggestion(ordered: Sequence[Fit], places: Places) -> Fit | None:
    """The one candidate that is near and clearly better than the next; None when it cannot be told."""
    if not ordered or not places.can_tell or ordered[0].median_m > NEAR_M:
        return None
    best = ordered[0]
    # Below the precision of coordinates every fit is a perfect one.
    if len(ordered) > 1 and ordered[1].median_m < CLEARLY * max(best.median_m, _SAME_M):
        return None
    return best
