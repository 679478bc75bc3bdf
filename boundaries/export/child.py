# SPDX-License-Identifier: Apache-2.0
"""The child process: the version from the working folder into one file there.

A process of its own, because GDAL and long loops hold the interpreter while others wait for tiles, and because the
date that GDAL writes is a setting of the whole process.
"""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from boundaries.export.values import Export, Plan, UnitRecord, VersionFacts, file_name
from boundaries.reading import confine, handover

ORDER = "order.json"


def main() -> int:
    """Write the file that ``order.json`` asks for."""
    confine.end_with_parent()
    order: dict[str, Any] = orjson.loads(Path(ORDER).read_bytes())
    confine.take_limits(order["memory_bytes"], order["cpu_s"], order["file_bytes"])
    plan = Plan(**order["plan"])
    version = VersionFacts.from_json(order["version"])
    write(Export(version, _units()), plan, Path(file_name(version, plan)).absolute())
    return 0


def write(export: Export, plan: Plan, path: Path) -> None:
    """Write one file."""
    if plan.format == "shp":
        from boundaries.export.shapefile import write_shapefile

        write_shapefile(export, plan, path)
    elif plan.format in ("gpkg", "fgb"):
        from boundaries.export.gdal_files import write_with_gdal

        write_with_gdal(export, plan, path)
    elif plan.format == "topojson":
        from boundaries.export.topojson import topojson

        path.write_bytes(topojson(export))
    else:
        from boundaries.export import texts

        path.write_bytes(texts.geojson(export) if plan.format == "geojson" else texts.csv_wkt(export))


def _units() -> tuple[UnitRecord, ...]:
    columns = handover.columns_in(Path())
    rows = zip(*columns.values(), handover.shapes_in(Path()), strict=True)
    units = (dict(zip([*columns, "wkb"], row, strict=True)) for row in rows)
    return tuple(
        UnitRecord(
            **unit
            | {
                "valid_from": date.fromisoformat(unit["valid_from"]),
                "valid_to": unit["valid_to"] and date.fromisoformat(unit["valid_to"]),
            }
        )
        for unit in units
    )


if __name__ == "__main__":
    sys.exit(main())
