# SPDX-License-Identifier: Apache-2.0
"""Layers of an upload, and which of them holds the boundaries."""

from collections.abc import Sequence
from dataclasses import dataclass

_AREAS = ("Polygon", "MultiPolygon", "Unknown", "GeometryCollection", "MultiSurface", "CurvePolygon", "Surface")


@dataclass(frozen=True)
class Sheet:
    """One layer.

    Attributes:
        id: what ``Answers.sheet`` names: the same for the next upload of a source that packs its files alike.
        dataset: path of the data set in the staging folder; layer: GDAL's name of the layer in it.
        title: what people call it.
        driver: GDAL's driver; "" for CSV, which we read ourselves.
        geometry_type: as GDAL says it, without Z and M; "" for a table without shapes.
        features: how many.
        fields: names of the attributes as read, not yet decoded.
    """

    id: str
    dataset: str
    layer: str
    title: str
    driver: str
    geometry_type: str
    features: int
    fields: tuple[str, ...] = ()

    @property
    def may_be_areas(self) -> bool:
        return self.geometry_type in _AREAS


def with_shapes(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets that can hold boundaries: areas, or, when there are none, any shapes."""
    spatial = [sheet for sheet in sheets if sheet.geometry_type]
    return [sheet for sheet in spatial if sheet.may_be_areas] or spatial


def chosen(sheets: Sequence[Sheet], wanted: str | None) -> Sheet | None:
    """The sheet that was asked for, or the only one that can be meant; None when a person must say.

    A sheet that was remembered and is not in this upload is as none.
    """
    asked = next((sheet for sheet in sheets if sheet.id == wanted), None)
    if asked is not None:
        return asked
    possible = with_shapes(sheets)
    filled = [sheet for sheet in possible if sheet.features]
    return possible[0] if len(possible) == 1 else filled[0] if len(filled) == 1 else None
