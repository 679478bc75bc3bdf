# SPDX-License-Identifier: Apache-2.0
"""Whether the declared coordinate system can be true, and what to propose where it is missing or cannot."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError

from boundaries.findings import Finding, found
from boundaries.reading.candidates import (
    NEAR_M,
    Fit,
    Placement,
    Places,
    Points,
    fit,
    fits,
    placed,
    suggestion,
    to_lonlat,
)

# Fewer units than this share in their area: the system is wrong, not the units.
_MOST = 0.5
# Farther than this from their places, while another system puts them there: the system is wrong as well.
_AWAY_M = 2000.0
# VN-2000 read as WGS 84 is 224 m off (190 to 230 m over the country).
_DATUM_SHIFT_M = (150.0, 300.0)
_BETTER = 5.0
_VN2000_GRIDS = (9213, *range(9205, 9213), *range(9214, 9219), 5896, 5897, 5898, 5899, 3405, 3406)
# A person answers with a code: a text of parameters could name files.
_AUTHORITY = re.compile(r"[A-Z]{2,12}:\d{1,7}\Z")
_WKT_CHARACTERS = 20_000
_WGS84_NAMES = ("wgs 84", "wgs84", "wgs_1984", "world geodetic system 1984", "unknown")


@dataclass(frozen=True)
class CrsVerdict:
    """What is to be said about the coordinate system.

    Attributes:
        placement: how to read the coordinates; None while a person must say.
        findings: about the system.
        candidates: what to offer, the best first.
    """

    placement: Placement | None
    findings: tuple[Finding, ...] = ()
    candidates: tuple[Fit, ...] = ()


def judge(points: Points, declared: str | None, is_geojson: bool, places: Places) -> CrsVerdict:
    """Judge the declared system by where the units land.

    Args:
        points: a point of each row in file coordinates, NaN where a row has no shape.
        declared: as GDAL gives it: an authority code, WKT, or None.
    """
    system = _understood(declared)
    if system is None:
        return _unanswered([found("CRS_MISSING")], points, places)
    if not np.isfinite(points).all(axis=1).any():
        return CrsVerdict(Placement(_name(system)))
    name = _name(system)
    here = fit(points, Placement(name), places)
    if _out_of_range(points, system) or here.inside < _MOST:
        return _misplaced(points, system, places)
    findings = (
        [found("CRS_GEOJSON_MEMBER", f"Hệ: {system.name}.", f"System: {system.name}.")]
        if (is_geojson and not _is_plain_lonlat(system))
        else []
    )
    if here.median_m > _AWAY_M:
        verdict = _unanswered([found("CRS_OUTSIDE_AREA")], points, places)
        # Without a better system, the units themselves have moved: that is for the comparison to say.
        if any(finding.code == "CRS_SUGGEST" for finding in verdict.findings):
            return verdict
    twin = _twin(system)
    if twin is not None and _lost_datum(here, fit(points, Placement(twin), places), system, places):
        findings.append(replace(found("CRS_DATUM_SUSPECT", f"Nên là {twin}.", f"It should be {twin}."),
                                measure=here.median_m, measure_unit="m"))  # fmt: skip
        return CrsVerdict(here.placement, tuple(findings), (fit(points, Placement(twin), places), here))
    return CrsVerdict(here.placement, tuple(findings))


def judge_answer(points: Points, placement: Placement) -> CrsVerdict:
    """A system that a person chose: taken, unless the coordinates cannot be in it."""
    usable = points[np.isfinite(points).all(axis=1)]
    if not _AUTHORITY.match(placement.crs) or _understood(placement.crs) is None:
        return CrsVerdict(None, (found("CRS_MISSING", f"“{placement.crs[:40]}”?", f'"{placement.crs[:40]}"?'),))
    if len(usable) and not _is_on_earth(placed(usable, placement)).any():
        return CrsVerdict(None, (found("CRS_OUT_OF_RANGE"),))
    return CrsVerdict(placement)


def _understood(declared: str | None) -> CRS | None:
    if not declared:
        return None
    try:
        system = CRS.from_user_input(declared[:_WKT_CHARACTERS])
        to_lonlat(_name(system))
    except (CRSError, ProjError):
        return None
    # "Undefined" of GeoPackage and drawings: metres of nowhere.
    return None if system.is_engineering or "undefined" in system.name.casefold() else system


def _name(system: CRS) -> str:
    """An authority code where the system is exactly that, else WKT 2: never a proj4 string, which loses the datum."""
    code = system.to_epsg(min_confidence=100) or _exact_grid(system)
    return f"EPSG:{code}" if code else str(system.to_wkt())


def _exact_grid(system: CRS) -> int | None:
    """The VN-2000 grid that an Esri description means without naming its number."""
    if system.datum is None or "vietnam" not in system.datum.name.casefold().replace("vn", "vietnam"):
        return None
    return _grid_of(system)


def _grid_of(system: CRS) -> int | None:
    """The VN-2000 grid of the same projection, whatever the datum."""
    if not system.is_projected or system.coordinate_operation is None:
        return None
    wanted = _projection(system)
    return next((code for code in _VN2000_GRIDS if _projection(CRS.from_epsg(code)) == wanted), None)


def _projection(system: CRS) -> tuple[tuple[str, float], ...]:
    operation = system.coordinate_operation
    if operation is None:
        return ()
    return tuple(sorted((str(one.name), round(float(one.value), 7)) for one in operation.params))


def _is_wgs84(system: CRS) -> bool:
    geographic = system.geodetic_crs
    datum = geographic.datum.name.casefold() if geographic is not None and geographic.datum is not None else ""
    return any(datum.startswith(name) for name in _WGS84_NAMES)


def _is_plain_lonlat(system: CRS) -> bool:
    return bool(system.is_geographic and _is_wgs84(system))


def _twin(system: CRS) -> str | None:
    """The system on VN-2000 that was meant, where a declared one on WGS 84 has the same projection."""
    if system.is_bound or not _is_wgs84(system):
        return None
    if system.is_geographic:
        return "EPSG:4756"
    code = _grid_of(system)
    return f"EPSG:{code}" if code else None


def _lost_datum(here: Fit, twin: Fit, system: CRS, places: Places) -> bool:
    if places.can_tell and len(places.rows):
        nearest, farthest = _DATUM_SHIFT_M
        return nearest < here.median_m < farthest and twin.median_m * _BETTER < here.median_m
    # Nobody draws on a TM-3 grid of Vietnam with WGS 84: without a version to compare with, that is telling enough.
    return bool(system.is_projected and not system.name.startswith("WGS 84 / UTM"))


def _out_of_range(points: Points, system: CRS) -> bool:
    usable = points[np.isfinite(points).all(axis=1)]
    if system.is_geographic:
        return not _is_on_earth(usable).any()
    return not np.isfinite(placed(usable, Placement(_name(system)))).all(axis=1).any()


def _is_on_earth(lonlat: Points) -> np.ndarray:
    return np.asarray((np.abs(lonlat) <= (180, 90)).all(axis=1))


def _misplaced(points: Points, system: CRS, places: Places) -> CrsVerdict:
    """The units land nowhere near: axes, or another system."""
    swapped = fit(points, Placement(_name(system), swapped=True), places)
    if swapped.inside >= _MOST:
        return CrsVerdict(None, (found("CRS_AXIS_SWAPPED"),), (swapped,))
    code = "CRS_OUT_OF_RANGE" if _out_of_range(points, system) else "CRS_OUTSIDE_AREA"
    text = f"Khai báo: {system.name}."
    return _unanswered([found(code, text, f"Declared: {system.name}.")], points, places)


def _unanswered(findings: Sequence[Finding], points: Points, places: Places) -> CrsVerdict:
    candidates = fits(points, places)
    best = suggestion(candidates, places)
    said = list(findings)
    if best is not None:
        name = CRS.from_user_input(best.placement.crs).name
        axes_vi, axes_en = (" (đổi trục)", " (axes swapped)") if best.placement.swapped else ("", "")
        text = f"{best.placement.crs}, {name}"
        suggested = found("CRS_SUGGEST", f"Đề xuất: {text}{axes_vi}.", f"Proposed: {text}{axes_en}.")
        said.append(replace(suggested, measure=best.median_m, measure_unit="m", threshold=NEAR_M))
    return CrsVerdict(None, tuple(said), tuple(candidates))
