# SPDX-License-Identifier: Apache-2.0
"""An upload becomes units, or the questions and refusals that stand before them. The one entry of this package."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas
import numpy as np
from pyproj import CRS

from boundaries.findings import Finding, found
from boundaries.known import KnownUnits
from boundaries.reading import crs, drawings, shapes
from boundaries.reading.candidates import Fit, Placement, places_of
from boundaries.reading.limits import Limits
from boundaries.reading.opened import Layer, Opened, open_upload, readable_fields
from boundaries.reading.sheets import with_shapes
from boundaries.reading.table import Attributes, understand
from boundaries.reading.upload import BY_OVERLAP, Answers, Choice, Question, Reading

_OFFERED = 5
_LISTED = 50


@dataclass
class _Units:
    """Rows on their way into the frame."""

    columns: dict[str, list[str | None]]
    shapes: shapes.Shapes
    source_rows: list[int]
    findings: list[Finding] = field(default_factory=list)


def read_upload(
    path: Path,
    name: str,
    answers: Answers,
    known: KnownUnits,
    staging: Path | None = None,
    limits: Limits | None = None,
) -> Reading:
    """Read an upload as far as it can be read without asking.

    Args:
        path: the bytes as received.
        name: what the sender called them; the ending decides which format they must have.
        answers: what was decided, or is remembered for the source.
        known: units to recognise names, codes and places by.
        staging: an empty folder that everything is unpacked into, left for the caller to delete; a temporary one
            that is deleted here when None.
    """
    if staging is None:
        with TemporaryDirectory(prefix="upload-") as folder:
            return read_upload(path, name, answers, known, Path(folder), limits)
    opened = open_upload(path, name, answers.sheet, staging, limits or Limits())
    sheets = readable_fields(opened.sheets)
    questions: list[Question] = []
    mapping: dict[str, str] = {}
    frame = None
    if opened.layer is not None:
        frame = _understand(opened, opened.layer, answers, known, questions, mapping)
    elif with_shapes(sheets) and not any(one.severity in ("error", "reject") for one in opened.findings):
        questions = [Question("sheet", tuple(Choice(one.id, one.title, one.features) for one in with_shapes(sheets)))]
    return Reading(tuple(opened.findings), sheets, tuple(questions), frame, opened.peak_bytes, mapping)


def _understand(
    opened: Opened,
    layer: Layer,
    answers: Answers,
    known: KnownUnits,
    questions: list[Question],
    mapping: dict[str, str],
) -> geopandas.GeoDataFrame | None:
    """The frame of a layer; adds to the findings, the questions and the mapping."""
    if not len(layer.shapes):
        opened.findings.append(found("LAYER_EMPTY", f"Lớp: “{layer.sheet.title}”.", f'Layer: "{layer.sheet.title}".'))
        return None
    if rows := shapes.not_finite(layer.shapes):
        opened.findings.append(_not_finite(rows))
    if any(finding.code in ("GEOM_NON_FINITE", "FILE_CORRUPT") for finding in opened.findings):
        return None
    if layer.format.drawing:
        layer, attributes = _drawn(layer, answers)
    else:
        attributes = understand(layer, answers, known)
    opened.findings += attributes.findings
    questions += attributes.questions
    mapping.update(attributes.mapping)
    if any(finding.code == "FIELD_MISSING" for finding in attributes.findings):
        return None
    verdict = _place(layer, attributes, answers, known)
    opened.findings += verdict.findings
    if verdict.candidates:
        questions.append(_crs_question(layer, verdict))
    if verdict.placement is None or attributes.is_open:
        return None
    units = _units(layer, attributes, verdict.placement, known)
    opened.findings += units.findings
    return None if any(one.code == "GEOM_NON_FINITE" for one in units.findings) else _frame(units)


def _not_finite(rows: Sequence[int]) -> Finding:
    labels = tuple(f"row {row + 1}" for row in rows[:_LISTED])
    finding = found("GEOM_NON_FINITE", f"Số đối tượng: {len(rows)}.", f"Features: {len(rows)}.", units=labels)
    return replace(finding, measure=float(len(rows)), measure_unit="count")


def _drawn(layer: Layer, answers: Answers) -> tuple[Layer, Attributes]:
    """The areas of a drawing as a layer whose only attribute is the label."""
    texts = layer.columns.get("Text") or [None] * len(layer.shapes)
    areas = drawings.areas_of(list(layer.shapes), texts)
    array = np.array([area.shape for area in areas], dtype=object)
    as_layer = replace(layer, shapes=array, columns={"name": [area.label for area in areas]})
    decoded = Attributes(columns={"name": [area.label for area in areas]}, by_overlap=True)
    if not len(array):
        decoded.findings.append(found("LAYER_NONE"))
    return as_layer, decoded


def _place(layer: Layer, attributes: Attributes, answers: Answers, known: KnownUnits) -> crs.CrsVerdict:
    points = shapes.centres(layer.shapes)
    if answers.crs is not None:
        return crs.judge_answer(points, Placement(answers.crs, answers.swap_axes))
    nothing: list[str | None] = [None] * len(points)
    codes, names = (attributes.columns.get(role) or nothing for role in ("code", "name"))
    declared = layer.crs
    return crs.judge(points, declared, layer.format.driver.startswith("GeoJSON"), places_of(codes, names, known))


def _crs_question(layer: Layer, verdict: crs.CrsVerdict) -> Question:
    return Question(
        "crs",
        tuple(_crs_choice(layer, one) for one in verdict.candidates[:_OFFERED]),
        is_open=verdict.placement is None,
    )


def _crs_choice(layer: Layer, one: Fit) -> Choice:
    label = CRS.from_user_input(one.placement.crs).name
    return Choice(
        value=one.placement.crs,
        label=label,
        score=one.median_m,
        swap_axes=one.placement.swapped,
        preview=shapes.preview(layer.shapes, one.placement),
    )


def _units(layer: Layer, attributes: Attributes, placement: Placement, known: KnownUnits) -> _Units:
    placed = shapes.to_4326(layer.shapes, placement)
    if rows := shapes.not_finite(placed):
        return _Units({}, placed, [], [_not_finite(rows)])
    if not layer.format.rings_checked or placement.swapped:
        placed = shapes.in_ring_order(placed)
    nothing: list[str | None] = [None] * len(placed)
    columns = {role: attributes.columns.get(role) or nothing for role in ("code", "name", "type", "parent")}
    units = _Units(columns, placed, list(range(len(placed))))
    return _by_overlap(units, known) if attributes.by_overlap else units


def _by_overlap(units: _Units, known: KnownUnits) -> _Units:
    """Codes, and names that the file does not give, of the units that the shapes cover."""
    areas = [drawings.Labelled(*pair) for pair in zip(units.shapes, units.columns["name"], strict=True)]
    assigned = drawings.assign(areas, known)
    rows = range(len(assigned))
    columns: dict[str, list[str | None]] = {
        "code": [unit.code if unit else None for unit, _ in assigned],
        "name": [area.label or (unit.name if unit else None) for unit, area in assigned],
        "type": [unit.type if unit else None for unit, _ in assigned],
        "parent": [None for _ in rows],
    }
    codes = tuple(unit.code for unit, _ in assigned if unit)
    finding = found("CODE_FROM_OVERLAP", f"{len(codes)} / {len(assigned)}.", f"{len(codes)} / {len(assigned)}.")
    placed = shapes.in_ring_order(np.array([area.shape for _, area in assigned], dtype=object))
    return _Units(columns, placed, list(rows), [replace(finding, units=codes)])


def _frame(units: _Units) -> geopandas.GeoDataFrame:
    data: dict[str, Any] = {role: np.array(values, dtype=object) for role, values in units.columns.items()}
    data["source_row"] = units.source_rows
    return geopandas.GeoDataFrame(data, geometry=list(units.shapes), crs="EPSG:4326")


__all__ = ["BY_OVERLAP", "Answers", "Reading", "read_upload"]
