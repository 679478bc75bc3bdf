# SPDX-License-Identifier: Apache-2.0
"""The formats that are text: GeoJSON (RFC 7946) and CSV with WKT. Pure."""

import csv
import io
from typing import Any

import orjson
import shapely

from boundaries.export.coordinates import DECIMALS, rounded, shapes_of
from boundaries.export.values import Export, UnitRecord, VersionFacts, credit

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def about(version: VersionFacts) -> dict[str, Any]:
    """The member ``unit_set``, which the door of units takes back."""
    credited = version.attribution_vi or version.attribution_en
    return {
        "id": version.unit_set,
        "version": version.number,
        "title": {"vi": version.title_vi, "en": version.title_en},
        "valid_from": version.valid_from.isoformat(),
        "published_at": version.published_at and version.published_at.isoformat(),
        "approximate": version.approximate,
        "attribution": {"vi": version.attribution_vi, "en": version.attribution_en} if credited else None,
        "licence": version.licence,
    }


def properties(unit: UnitRecord) -> dict[str, Any]:
    """What a unit is, in the words of the API."""
    return {
        "code": unit.code,
        "name": unit.name,
        "full_name": unit.full_name,
        "type": unit.type,
        "area_km2": unit.area_km2,
        "valid_from": unit.valid_from.isoformat(),
        "valid_to": unit.valid_to and unit.valid_to.isoformat(),
    }


def geojson(export: Export) -> bytes:
    """A FeatureCollection, one unit in a line."""
    shapes = rounded(shapes_of(export))
    head = orjson.dumps(
        {"type": "FeatureCollection", "name": export.version.stem, "unit_set": about(export.version)}
        | {"bbox": [float(side) for side in shapely.total_bounds(shapes)]}
    )
    lines = []
    for unit, shape in zip(export.units, shapes, strict=True):
        given = properties(unit)
        if unit.predecessors:
            given["predecessors"] = unit.predecessors
        geometry = {"type": "MultiPolygon", "coordinates": _coordinates(shape)}
        feature = {"type": "Feature", "id": unit.code, "properties": given, "geometry": geometry}
        lines.append(orjson.dumps(feature))
    return head[:-1] + b',"features":[\n' + b",\n".join(lines) + b"\n]}\n"


def _coordinates(shape: shapely.MultiPolygon) -> list[Any]:
    return [
        [shapely.get_coordinates(ring).tolist() for ring in (part.exterior, *part.interiors)] for part in shape.geoms
    ]


def csv_wkt(export: Export) -> bytes:
    """A table in UTF-8 with a mark that spreadsheets need (BOM); the last column is WKT in WGS 84, lon before lat.

    Who made it has no place in a CSV file but a column of its own.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*properties(export.units[0]), "set", "version", "credit", "wkt"])
    version = export.version
    for unit, shape in zip(export.units, rounded(shapes_of(export)), strict=True):
        wkt = shapely.to_wkt(shape, rounding_precision=DECIMALS, trim=True)
        row = [*properties(unit).values(), version.unit_set, version.number, credit(version), wkt]
        writer.writerow([_plain(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(value: Any) -> Any:
    """A spreadsheet must not take a name for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
