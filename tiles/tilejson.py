# SPDX-License-Identifier: Apache-2.0
"""TileJSON 3.0.0 of a layer. Pure."""

from typing import Any

from geo.bbox import BBox
from layers.spec import FieldSpec, LayerSpec

# Coordinates in a tile of this zoom are exact to 0.6 m; clients scale it up beyond.
TILE_MAX_ZOOM = 14
# The second layer of unit tiles: one point for each name.
UNIT_LABELS = "units_label"
_TYPES = {"integer": "Number", "number": "Number", "boolean": "Boolean"}


def tilejson_of(spec: LayerSpec, tiles_url: str, bounds: BBox | None, lang: str) -> dict[str, Any]:
    """The description of a layer's tiles.

    Args:
        spec: the layer.
        tiles_url: absolute template with ``{z}``, ``{x}``, ``{y}``.
        bounds: where there is anything, ``None`` when unknown.
        lang: language of texts, ``vi`` or ``en``.
    """
    fields = {field.name: _describe(field, lang) for field in spec.tile_fields}
    if spec.folded:
        fields["count"] = "Number: points that this one stands for, absent where it stands for itself"
        if spec.fading_fields:
            fields["open"] = "Number: those of them that still matter, absent where all do"
    vector_layers = [_vector_layer(spec, spec.id, fields, lang)]
    if spec.store == "unit":
        fields = {**fields, "unit_set": "String"}
        vector_layers = [
            _vector_layer(spec, spec.id, fields, lang),
            _vector_layer(spec, UNIT_LABELS, {**fields, "area_m2": "Number"}, lang),
        ]
    if spec.store == "indicator":
        vector_layers = [_vector_layer(spec, spec.id, {**fields, "unit_set": "String", "color": "String"}, lang)]
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": getattr(spec.title, lang),
        "description": getattr(spec.description, lang),
        "scheme": "xyz",
        "tiles": [tiles_url],
        "minzoom": spec.zooms[0],
        "maxzoom": min(TILE_MAX_ZOOM, spec.zooms[1]),
        "vector_layers": vector_layers,
    }
    if bounds is not None:
        document["bounds"] = list(bounds)
    credit = attribution_of(spec, lang)
    return document | ({"attribution": credit} if credit else {})


def attribution_of(spec: LayerSpec, lang: str) -> str | None:
    """Who must be named for this layer."""
    return None if spec.attribution is None else str(getattr(spec.attribution, lang))


def _vector_layer(spec: LayerSpec, name: str, fields: dict[str, str], lang: str) -> dict[str, Any]:
    return {
        "id": name,
        "description": getattr(spec.title, lang),
        "minzoom": spec.zooms[0],
        "maxzoom": spec.zooms[1],
        "fields": fields,
    }


def _describe(field: FieldSpec, lang: str) -> str:
    return f"{_TYPES.get(field.type, 'String')}: {getattr(field.title, lang)}"
