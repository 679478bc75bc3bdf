# SPDX-License-Identifier: Apache-2.0
"""Frames to check, and what is known when they arrive: the 32 units of 2017 are published, the 92 of 2025 are known."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas
import shapely
from shapely.affinity import translate
from shapely.geometry import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import from_plane
from boundaries.findings import Finding
from boundaries.known import KnownUnit, KnownUnits, known_from_features
from tests.boundaries.unit_samples import CITY, PROVINCE

DEFECTS = Path(__file__).parent / "data" / "defects"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "boundaries"
CASES: dict[str, dict[str, Any]] = {
    case["file"]: case for case in json.loads((DEFECTS / "manifest.json").read_text(encoding="utf-8"))["cases"]
}
KNOWN = KnownUnits(
    (*known_from_features(CITY["features"], "city_2017"), *known_from_features(PROVINCE["features"], "province_2025")),
    current="city_2017",
)
NOTHING = KnownUnits(())
# Where the small invented units lie, in the plane (EPSG:9213).
CORNER = (430_000.0, 2_388_000.0)


def defect(name: str) -> Any:
    """A broken upload of GeoJSON or GeoPackage as the reader would hand it over."""
    (file,) = DEFECTS.glob(f"{name}_*")
    frame = geopandas.read_file(file).to_crs(4326)
    return frame[["code", "name", "type", "geometry"]].assign(source_row=range(1, len(frame) + 1))


def codes(findings: Iterable[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def only(findings: Iterable[Finding], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def degrees(shape: BaseGeometry) -> BaseGeometry:
    """A shape in metres from the corner, in EPSG:4326."""
    return from_plane(translate(shape, *CORNER))


def frame_of(**shapes: BaseGeometry | None) -> Any:
    """Units "a", "b", ... as rows with the codes 00001, 00002, ...; shapes in metres from the corner."""
    return geopandas.GeoDataFrame(
        {
            "code": [f"{number:05d}" for number in range(1, len(shapes) + 1)],
            "name": [f"Đơn vị {name}" for name in shapes],
            "type": ["Xã"] * len(shapes),
            "source_row": range(1, len(shapes) + 1),
        },
        geometry=[None if shape is None else degrees(shape) for shape in shapes.values()],
        crs=4326,
    )


def published(frame: Any, unit_set: str = "now") -> KnownUnits:
    """A frame as the published set."""
    columns = zip(frame["code"], frame["name"], frame["type"], frame.geometry, strict=True)
    units = (KnownUnit(code, name, f"{kind} {name}", kind, unit_set, shape) for code, name, kind, shape in columns)
    return KnownUnits(tuple(units), current=unit_set)


def squares(columns: int, rows: int = 1, side: float = 1_000.0) -> dict[str, Polygon]:
    """A clean board of squares: a, b, c, ... row by row."""
    names = iter("abcdefghijklmnopqrstuvwxyz")
    return {
        next(names): box(column * side, row * side, (column + 1) * side, (row + 1) * side)
        for row in range(rows)
        for column in range(columns)
    }


def disc(x: float, y: float, radius: float) -> BaseGeometry:
    return shapely.orient_polygons(Point(x, y).buffer(radius))


def cut(shape: BaseGeometry, *pieces: BaseGeometry) -> BaseGeometry:
    """A shape without some pieces, its rings the way of the other samples."""
    return shapely.orient_polygons(shape - shapely.union_all(pieces))
