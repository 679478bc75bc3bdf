# SPDX-License-Identifier: Apache-2.0
"""The formats that GDAL writes: GeoPackage, FlatGeobuf, Shapefile. Runs in a process of its own (see child.py).

GDAL puts the clock into files; here it is given the moment of the version's publication instead, and the process has
no other job that could want the real one.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import pyogrio.raw
import shapely

from boundaries.export.coordinates import projected, shapes_of
from boundaries.export.values import Export, Plan, credit

Columns = dict[str, npt.NDArray[Any]]
# Names of fields in the files of offices: a Shapefile has ten characters for them.
OFFICE_FIELDS = {
    "MA_XA": "code",
    "TEN_XA": "name",
    "TEN_DU": "full_name",
    "LOAI": "type",
    "DT_KM2": "area_km2",
    "HL_TU": "valid_from",
    "HL_DEN": "valid_to",
}
_DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile"}


def write_with_gdal(export: Export, plan: Plan, path: Path) -> None:
    """One layer, in the order of the codes (a FlatGeobuf: in that of its index)."""
    version, day = export.version, export.version.written_at
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{day:%Y-%m-%dT%H:%M:%S}.000Z"})
    layer_options: dict[str, Any] = {}
    if plan.format == "gpkg":
        title = f"{version.title_vi} / {version.title_en}"
        layer_options = {"IDENTIFIER": title, "DESCRIPTION": credit(version), "GEOMETRY_NAME": "geom", "FID": "fid"}
    elif plan.format == "fgb":
        layer_options = {"TITLE": f"{version.title_vi} / {version.title_en}", "DESCRIPTION": credit(version)}
    else:
        layer_options = {"DBF_DATE_LAST_UPDATE": f"{day:%Y-%m-%d}", "2GB_LIMIT": "YES"}
    columns = _columns(export, OFFICE_FIELDS if plan.format == "shp" else {name: name for name in _API_FIELDS})
    shapes = projected(shapes_of(export), plan)
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(shapely.orient_polygons(shapes, exterior_cw=plan.format == "shp")),
        list(columns.values()),
        np.array(list(columns), dtype=object),
        field_mask=[np.array([one is None or one != one for one in values]) for values in columns.values()],
        layer=version.stem,
        driver=_DRIVERS[plan.format],
        geometry_type="Polygon" if plan.format == "shp" else "MultiPolygon",
        crs=plan.crs,
        encoding="UTF-8",
        promote_to_multi=plan.format != "shp",
        layer_options={name: value for name, value in layer_options.items() if value},
        dataset_options={"VERSION": "1.4"} if plan.format == "gpkg" else {},
        layer_metadata=_metadata(export) if plan.format == "gpkg" else None,
    )


_API_FIELDS = tuple(OFFICE_FIELDS.values())


def _columns(export: Export, names: dict[str, str]) -> Columns:
    columns: Columns = {}
    for written, name in names.items():
        values = [getattr(unit, name) for unit in export.units]
        if name.startswith("valid"):
            columns[written] = np.array(values, dtype="datetime64[D]")
        else:
            columns[written] = np.array(values, dtype=float if name == "area_km2" else object)
    return columns


def _metadata(export: Export) -> dict[str, str]:
    version = export.version
    facts = {
        "set": version.unit_set,
        "version": str(version.number or ""),
        "published_at": version.published_at.isoformat() if version.published_at else "",
        "attribution_vi": version.attribution_vi or "",
        "attribution_en": version.attribution_en or "",
        "licence": version.licence or "",
        "approximate": str(version.approximate).lower(),
    }
    return {name: value for name, value in facts.items() if value}
