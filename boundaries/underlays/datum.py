# SPDX-License-Identifier: Apache-2.0
"""A local grid of Vietnam that lost its datum: the map would lie some 224 m off, and nothing else would tell."""

from pyproj import CRS
from pyproj.exceptions import CRSError

# TM-3 zones of the provinces and the zones of the base maps of VN-2000: all have the scale 0.9999, which no grid on
# WGS 84 in this part of the world has.
_GRIDS = (9213, *range(9205, 9213), *range(9214, 9219), 5896, 5897, 5898, 5899)
_WGS84 = ("wgs 84", "wgs84", "wgs_1984", "world geodetic system 1984", "unknown")


def meant_grid(wkt: str) -> str | None:
    """The grid on VN-2000 that was meant where the declared one has its projection on WGS 84; None: nothing is wrong.

    UTM zones are the same projection on both datums, and are believed.
    """
    try:
        system = CRS.from_wkt(wkt)
    except CRSError:
        return None
    if system.is_bound or not system.is_projected or system.geodetic_crs is None:
        return None
    datum = system.geodetic_crs.datum
    if datum is None or not datum.name.casefold().startswith(_WGS84):
        return None
    wanted = _projection(system)
    return next((f"EPSG:{code}" for code in _GRIDS if _projection(CRS.from_epsg(code)) == wanted), None)


def _projection(system: CRS) -> tuple[tuple[str, float], ...]:
    operation = system.coordinate_operation
    params = operation.params if operation is not None else ()
    return tuple(sorted((str(one.name), round(float(one.value), 7)) for one in params))
