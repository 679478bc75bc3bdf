# SPDX-License-Identifier: Apache-2.0
"""Stored values as the evaluators outside SQL see them: of the declared kind, or nothing. Pure."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from layers.cql2.geometry import is_sound


def stored_text(value: Any) -> str | None:
    """A text; scalars of other types as jsonb writes them."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and np.isnan(value):
        return None
    return json.dumps(value, ensure_ascii=False)


def stored_boolean(value: Any) -> bool | None:
    """TRUE, FALSE, or nothing."""
    return bool(value) if isinstance(value, bool | np.bool_) else None


def stored_geometry(value: Any) -> BaseGeometry | None:
    """A shape, a GeoJSON geometry, or nothing."""
    if value is None or isinstance(value, BaseGeometry):
        return value
    return shape(value) if isinstance(value, Mapping) else None


def row_of_feature(feature: Mapping[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature (as the items and the live stream have it) as the row that ``layers.cql2.row`` reads.

    Its geometry is made a shape once, so that many filters may ask about it.
    """
    place = stored_geometry(feature.get("geometry"))
    if place is not None and is_sound(place):
        shapely.prepare(place)
    return {**feature.get("properties", {}), "geometry": place}
