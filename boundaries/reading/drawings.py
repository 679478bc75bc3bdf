# SPDX-License-Identifier: Apache-2.0
"""Drawings (DXF, DGN): lines and areas become units; labels become names; codes come from the published version."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.known import KnownUnit, KnownUnits

# The share of a shape that a unit must cover to give it its code.
_MOSTLY = 0.5
_ESCAPED = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
_FORMATTING = re.compile(r"\\[A-Za-z][^;\\{}]*;|[{}]")


@dataclass(frozen=True)
class Labelled:
    """A unit as drawn."""

    shape: BaseGeometry
    label: str | None


def label_text(text: str) -> str:
    """The words of a drawing's label: escapes such as ``\\U+1ec1`` turned into letters, formatting dropped."""
    letters = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return " ".join(_FORMATTING.sub("", letters.replace("\\P", " ")).split())


def areas_of(shapes: Sequence[BaseGeometry | None], texts: Sequence[str | None]) -> list[Labelled]:
    """The areas of a drawing: those drawn as areas or closed lines, or the faces between its lines if these are more.

    Labels are texts at points; an area that holds exactly one takes it.
    """
    parts = [part for shape in shapes if shape is not None and not shape.is_empty for part in _parts(shape)]
    lines = [part for part in parts if part.geom_type in ("LineString", "LinearRing")]
    drawn = [part for part in parts if isinstance(part, Polygon)] + [
        Polygon(line.coords) for line in lines if line.is_ring
    ]
    # A unit may be filled and outlined.
    areas = list({shapely.normalize(area).wkb: area for area in drawn}.values())
    if not all(line.is_ring for line in lines):
        faces = list(shapely.get_parts(shapely.polygonize([shapely.unary_union(lines)])))
        areas = faces if len(faces) > len(areas) else areas
    labels = [
        (shape, words)
        for shape, text in zip(shapes, texts, strict=True)
        if shape is not None and shape.geom_type == "Point" and text and (words := label_text(text))
    ]
    return [Labelled(area, _label_in(area, labels)) for area in areas]


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    parts = shapely.get_parts(shape)
    return [shape] if len(parts) <= 1 and not hasattr(shape, "geoms") else [p for part in parts for p in _parts(part)]


def _label_in(area: BaseGeometry, labels: Sequence[tuple[BaseGeometry, str]]) -> str | None:
    inside = {words for point, words in labels if area.covers(point)}
    return inside.pop() if len(inside) == 1 else None


def assign(areas: Sequence[Labelled], known: KnownUnits) -> list[tuple[KnownUnit | None, Labelled]]:
    """The known unit that covers most of each area (EPSG:4326); the parts of one unit are put together."""
    units = known.current_units
    if not units:
        return [(None, area) for area in areas]
    tree = shapely.STRtree([unit.geometry for unit in units])
    gathered: dict[int, list[Labelled]] = {}
    unclaimed: list[tuple[KnownUnit | None, Labelled]] = []
    for area in areas:
        shape = area.shape if area.shape.is_valid else shapely.make_valid(area.shape)
        near = tree.query(shape)
        shares = [shapely.intersection(shape, units[index].geometry).area for index in near]
        if len(near) and max(shares) > _MOSTLY * shape.area:
            gathered.setdefault(int(near[int(np.argmax(shares))]), []).append(area)
        else:
            unclaimed.append((None, area))
    return [(units[index], _together(parts)) for index, parts in gathered.items()] + unclaimed


def _together(parts: Sequence[Labelled]) -> Labelled:
    labels = {part.label for part in parts if part.label}
    label = labels.pop() if len(labels) == 1 else None
    if len(parts) == 1:
        return Labelled(parts[0].shape, label)
    return Labelled(MultiPolygon([polygon for part in parts for polygon in _parts(part.shape)]), label)
