# SPDX-License-Identifier: Apache-2.0
"""The description of a collection (OGC API Features Part 1, section 7.14), with the layer's manifest in it."""

from datetime import datetime
from typing import Any

from api.indicators import legends_of
from api.links import GEOJSON, JSON, OGC, SCHEMA, link
from api.parameters import Lang
from api.readers import Reader
from api.site import Site, site_of, units_attribution
from api.state import AppState
from geo.crs import CRS84_URI
from layers.filters import IDENTITY_FIELDS, property_names
from layers.indicator_query import FILTERS
from layers.indicators import value_statistics
from layers.query import LayerStatistics, statistics
from layers.spec import LayerSpec, field_schema
from tiles.manifest import manifest_of


async def collections_of(
    state: AppState, reader: Reader, specs: list[LayerSpec], base: str, lang: Lang
) -> tuple[list[dict[str, Any]], Site]:
    """Collections with what they hold now, and the site they belong to."""
    site = await site_of(state)
    now = state.clock()
    found = await statistics(reader.database, specs, site.sets, now, reader.visibility.units)
    found |= await value_statistics(reader.database, specs, reader.visibility.units)
    legends = await legends_of(reader, [spec for spec in specs if found[spec.id].count], site)
    described = [collection_of(spec, found[spec.id], site, now, (base, lang)) for spec in specs]
    for spec, collection in zip(specs, described, strict=True):
        collection["toancanh"]["editable"] = reader.edits(spec)
        if spec.id in legends:
            collection["toancanh"]["legend"] = legends[spec.id]
    return described, site


def collection_of(
    spec: LayerSpec, found: LayerStatistics, site: Site, now: datetime, where: tuple[str, Lang]
) -> dict[str, Any]:
    """One collection; ``where`` is the server's address and the language."""
    base, lang = where
    here = f"{base}/collections/{spec.id}"
    manifest = manifest_of(spec, found, now, f"{base}/tiles/{spec.id}.json")
    if spec.store == "unit":
        manifest["attribution"] = units_attribution(site)
    credit = manifest["attribution"]
    box = found.bbox or site.max_bounds
    extent: dict[str, Any] = {}
    if box is not None:
        extent["spatial"] = {"bbox": [list(box)], "crs": CRS84_URI}
    if found.time_from is not None:
        until = found.time_to and found.time_to.isoformat()
        extent["temporal"] = {"interval": [[found.time_from.isoformat(), until]]}
    return {
        "id": spec.id,
        "title": getattr(spec.title, lang),
        "description": getattr(spec.description, lang),
        **({"attribution": credit[lang]} if credit else {}),
        **({"extent": extent} if extent else {}),
        "itemType": "feature",
        "crs": [CRS84_URI],
        "links": _links(spec, base, here),
        "toancanh": manifest,
    }


def queryables_of(spec: LayerSpec, href: str) -> dict[str, Any]:
    """JSON Schema of what a client may filter by equality."""
    properties: dict[str, Any] = {
        field.name: field_schema(field) for field in spec.fields if field.name in property_names(spec)
    }
    if spec.store == "indicator":
        properties = {name: one for name, one in properties.items() if name in FILTERS}
        properties["source"] = {"type": "string", "title": "source"}
    elif spec.store != "unit":
        properties |= {name: {"type": "string", "title": name} for name in IDENTITY_FIELDS}
    return _schema(href, spec, properties) | {"additionalProperties": False}


def schema_of(spec: LayerSpec, href: str) -> dict[str, Any]:
    """JSON Schema of a feature's properties, with the geometry's format (OGC API Features Part 5)."""
    kind = {"Point": "point", "Polygon": "polygon", "Geometry": "any", "None": None}[spec.geometry]
    geometry = {"geometry": {"x-ogc-role": "primary-geometry", "format": f"geometry-{kind}"}} if kind else {}
    own = spec.json_schema()
    return _schema(href, spec, {**own["properties"], **geometry}) | {"required": own["required"]}


def _schema(href: str, spec: LayerSpec, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": href,
        "type": "object",
        "title": spec.title.vi,
        "properties": properties,
    }


def _links(spec: LayerSpec, base: str, here: str) -> list[dict[str, str]]:
    found = [
        link(here, "self", JSON),
        link(f"{here}/items", "items", GEOJSON, spec.title.vi),
        link(f"{here}/queryables", f"{OGC}queryables", SCHEMA),
        link(f"{here}/queryables", "queryables", SCHEMA),
        link(f"{here}/schema", "describedby", SCHEMA),
        link(f"{here}/tiles", f"{OGC}tilesets-vector", JSON),
        link(f"{base}/tiles/{spec.id}.json", "alternate", JSON, "TileJSON"),
    ]
    if spec.store == "indicator":
        found.append(link(f"{here}/units", "related", JSON, "Values by unit"))
        found.append(link(f"{here}/classes", "related", JSON, "Classes of the values"))
    if spec.store == "feature":
        found.append(link(f"{here}/units", "related", JSON, "Values by unit"))
        if spec.h3:
            found.append(link(f"{here}/h3", "related", JSON, "Counts by H3 cell"))
    return found
