# SPDX-License-Identifier: Apache-2.0
"""Rings of polygons, vertex by vertex: spikes, repeated points, direction."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import polygons_of
from boundaries.checks.thresholds import SPIKE_LENGTH_M, SPIKE_WIDTH_M

Points = npt.NDArray[np.float64]


def rings_of(shape: BaseGeometry) -> Points:
    """All rings; shapely's get_rings gives none for a MultiPolygon."""
    rings: Points = shapely.get_rings(shapely.get_parts(shape))
    return rings


def ring_points(ring: BaseGeometry) -> Points:
    """The vertices of a ring in the plane, the closing one left out, repeated ones once."""
    points: Points = shapely.get_coordinates(ring)[:-1]
    if len(points) > 1:
        points = points[np.any(points != np.roll(points, 1, axis=0), axis=1)]
    return points


def spike_at(points: Points) -> npt.NDArray[np.bool_]:
    """True for each vertex where the ring turns back on its own line."""
    back, ahead = np.roll(points, 1, axis=0) - points, np.roll(points, -1, axis=0) - points
    length_back, length_ahead = np.hypot(*back.T), np.hypot(*ahead.T)
    longer = np.maximum(length_back, length_ahead)
    width = np.abs(back[:, 0] * ahead[:, 1] - back[:, 1] * ahead[:, 0]) / np.maximum(longer, 1e-12)
    turns_back = (back * ahead).sum(axis=1) > 0
    found: npt.NDArray[np.bool_] = (
        turns_back & (width < SPIKE_WIDTH_M) & (np.minimum(length_back, length_ahead) > SPIKE_LENGTH_M)
    )
    return found


def without_spikes(points: Points) -> tuple[Points, Points]:
    """(the ring without its spikes, their tips); a sliver that is nothing but a spike stays as it is."""
    kept, tips = points, np.empty((0, 2))
    while len(kept) > 3 and (at := spike_at(kept)).any():
        left = np.delete(kept, int(np.argmax(at)), axis=0)
        left = left[np.any(np.abs(left - np.roll(left, 1, axis=0)) > SPIKE_WIDTH_M, axis=1)]
        if len(left) < 3:
            return points, np.empty((0, 2))
        tips = np.vstack((tips, kept[int(np.argmax(at))]))
        kept = left
    return kept, tips


def spike_tips(shape: BaseGeometry) -> Points:
    """Tips of the spikes of an area in the plane, as (n, 2)."""
    tips = [without_spikes(ring_points(ring))[1] for ring in rings_of(shape)]
    return np.vstack([np.empty((0, 2)), *tips])


def rebuild(shape: BaseGeometry, change: Callable[[Points], Points]) -> BaseGeometry:
    """An area with each ring's vertices (closing one left out) changed; the type stays."""
    parts = []
    for part in polygons_of(shape):
        shell, *holes = (change(shapely.get_coordinates(ring)[:-1]) for ring in (part.exterior, *part.interiors))
        parts.append(Polygon(shell, [hole for hole in holes if len(hole) > 2]))
    return parts[0] if isinstance(shape, Polygon) and len(parts) == 1 else MultiPolygon(parts)


def drop_spikes(shape: BaseGeometry) -> BaseGeometry:
    """An area in the plane without its spikes."""
    return rebuild(shape, lambda points: without_spikes(points)[0])


def drop_repeated(shape: BaseGeometry) -> BaseGeometry:
    """An area with each vertex that equals the one before left out."""

    def once(points: Points) -> Points:
        return points[np.any(points != np.roll(points, 1, axis=0), axis=1)] if len(points) > 1 else points

    return rebuild(shape, once)


def repeated_points(shape: BaseGeometry) -> Points:
    """The vertices that equal the one before in their ring, as (n, 2)."""
    coordinates, ring = shapely.get_coordinates(rings_of(shape), return_index=True)
    same = np.all(coordinates[1:] == coordinates[:-1], axis=1) & (ring[1:] == ring[:-1])
    points: Points = coordinates[1:][same]
    return points


def runs_clockwise(shape: BaseGeometry) -> bool:
    """Whether an outer ring runs clockwise, against RFC 7946."""
    return any(not part.exterior.is_ccw for part in polygons_of(shape))
