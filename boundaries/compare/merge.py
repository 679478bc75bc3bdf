# SPDX-License-Identifier: Apache-2.0
"""A survey of some units in a copy of the published coverage.

The new shapes win. Neighbours give up what the survey takes along the common border, and take over what it leaves
there, so that the coverage stays clean. All in degrees: vertices that nobody moved keep their place to the last bit.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from boundaries.checks.plane import area_of, as_array, polygons_of, to_plane, width_m
from boundaries.checks.thresholds import ERROR_M2, REPORT_M2, SLIVER_WIDTH_M
from boundaries.compare.ground import land
from boundaries.compare.seams import NEAR, settle
from boundaries.compare.values import Merged, UnitShape
from boundaries.findings import Finding, found

_NOTHING = MultiPolygon()


def merge_part(part: Any, published: Sequence[UnitShape], scope: Sequence[str]) -> Merged:
    """The whole coverage with the uploaded units in it.

    A unit of the scope that was not uploaded keeps its published shape, and is said. Checks of the merged coverage find
    the open ground and everything else that is wrong with it; only what they cannot see any more is a finding here.

    Args:
        part: GeoDataFrame in EPSG:4326 with code, name, type and geometry, as the checks take it.
        published: the units of the base version.
        scope: codes that the upload covers; published codes that come in the upload are added.
    """
    codes = [str(code or "").strip() for code in part["code"]]
    usable = [_is_area(shape) for shape in part.geometry]
    new = as_array(area_of(shape) if fine else _NOTHING for shape, fine in zip(part.geometry, usable, strict=True))
    uploaded = set(codes)
    ours = [unit for unit in published if unit.code in uploaded]
    others = [unit for unit in published if unit.code not in uploaded]
    shapes = as_array(unit.geometry for unit in others)
    left = {code for code, fine in zip(codes, usable, strict=True) if not fine}
    replaced = as_array(unit.geometry for unit in ours if unit.code not in left)
    middle = _from_the_middle(zip(codes, new, strict=True), others, shapely.union_all([u.geometry for u in ours]))
    ground = shapely.union_all([*new, *replaced])
    near = shapely.dwithin(shapes, ground, 1e-5)
    after = as_array(shapes)
    new, after[near] = settle(new, replaced, shapes[near])
    absent = [code for code in scope if code not in uploaded and any(unit.code == code for unit in published)]
    findings = [*middle, *(_missing(code, published) for code in absent)]
    touched = [unit.code for unit, old, now in zip(others, shapes, after, strict=True) if now is not old]
    frame = _frame(part, [now if fine else shape for now, fine, shape in zip(new, usable, part.geometry, strict=True)],
                   [replace(unit, geometry=now) for unit, now in zip(others, after, strict=True)])  # fmt: skip
    return Merged(frame, tuple(code for code in touched if code not in scope), tuple(findings))


def _is_area(shape: Any) -> bool:
    return (
        shape is not None
        and shape.geom_type in ("Polygon", "MultiPolygon")
        and not shape.is_empty
        and bool(np.isfinite(shapely.get_coordinates(shape)).all())
        and bool(shapely.is_valid(shape))
    )


def _from_the_middle(rows: Any, others: Sequence[UnitShape], old: BaseGeometry) -> list[Finding]:
    """Ground that the survey takes from a neighbour away from their common border."""
    found_here = []
    tree = shapely.STRtree([unit.geometry for unit in others])
    for code, shape in rows:
        for index in sorted(tree.query(shape, predicate="intersects")) if not shape.is_empty else ():
            for piece in polygons_of(shapely.intersection(shape, others[index].geometry)):
                if not land(piece).is_empty and not shapely.dwithin(piece, old, NEAR):
                    found_here.append(_taken(code, others[index], piece))
    return found_here


def _taken(code: str, unit: UnitShape, piece: BaseGeometry) -> Finding:
    plane = to_plane(piece)
    area = float(plane.area)
    finding = found(
        "TOPO_OVERLAP",
        f"Phần lấy từ giữa {unit.full_name}, không dọc ranh giới chung ({area:.1f} m2, rộng {width_m(plane):.2f} m)",
        f"Taken from the middle of {unit.full_name}, not along the common border ({area:.1f} m2).",
        severity="error" if area > ERROR_M2 or width_m(plane) >= SLIVER_WIDTH_M else "warning",
        units=(code, unit.code),
    )
    return replace(finding, geometry=piece, measure=area, measure_unit="m2", threshold=REPORT_M2)


def _missing(code: str, published: Sequence[UnitShape]) -> Finding:
    unit = next(unit for unit in published if unit.code == code)
    finding = found(
        "CODE_MISSING_UNIT",
        f"{unit.full_name} thuộc phạm vi của tệp nhưng không có trong tệp.",
        f"{unit.full_name} is in the scope of the file and not in the file.",
        units=(code,),
    )
    return replace(finding, geometry=unit.geometry.envelope, measure=1.0, measure_unit="count", threshold=0.0)


def _frame(part: Any, new: Sequence[Any], others: Sequence[UnitShape]) -> Any:
    columns: dict[str, list[Any]] = {
        name: list(part[name]) if name in part else [None] * len(part) for name in ("code", "name", "type")
    }
    rows = list(part["source_row"]) if "source_row" in part else list(range(1, len(part) + 1))
    columns["full_name"] = [None] * len(part)
    columns["source_row"] = rows
    for unit in others:
        for name in ("code", "name", "type", "full_name"):
            columns[name].append(getattr(unit, name))
        columns["source_row"].append(0)
    return type(part)(columns, geometry=[*new, *(unit.geometry for unit in others)], crs=4326)
