# SPDX-License-Identifier: Apache-2.0
"""Unit shapes for each zoom band, simplified as one coverage: neighbours keep their shared edge, no gap, no overlap.

Debian's PostGIS 3.3 has no coverage functions; shapely's (GEOS 3.12) do it in Python, once, at publication.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

_TO_MERCATOR = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)


class Band(NamedTuple):
    """Zooms up to ``max_zoom`` share one simplification; tolerance in EPSG:3857 metres, 0 is full detail."""

    id: int
    max_zoom: int
    tolerance_m: float


# About one pixel of a 512-pixel tile at the band's largest zoom.
BANDS = (Band(0, 7, 600.0), Band(1, 9, 150.0), Band(2, 11, 38.0), Band(3, 13, 9.5), Band(4, 22, 0.0))


def band_for(zoom: int) -> Band:
    """The band that a zoom is drawn from."""
    return next(band for band in BANDS if zoom <= band.max_zoom)


def to_mercator(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Project lon/lat geometries to EPSG:3857."""

    def project(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = _TO_MERCATOR.transform(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack((x, y))

    return np.asarray(shapely.transform(geometries, project))


def generalise(mercator: npt.NDArray[np.object_], band: Band) -> npt.NDArray[np.object_]:
    """The coverage simplified for a band; a set that is no clean coverage is simplified all the same."""
    if band.tolerance_m == 0:
        return mercator
    return np.asarray(shapely.coverage_simplify(mercator, tolerance=band.tolerance_m, simplify_boundary=True))
