# SPDX-License-Identifier: Apache-2.0
"""The file side of a reading: the child stages the upload, opens what it holds, and hands over one layer."""

import os
import shutil
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pyogrio

from boundaries.findings import Finding, found
from boundaries.reading.encodings import UNCHANGED, canonical, decode
from boundaries.reading.faults import Fault
from boundaries.reading.formats import Format, format_of
from boundaries.reading.handover import columns_in, shapes_in
from boundaries.reading.limits import Limits
from boundaries.reading.sandbox import Refused, run_child
from boundaries.reading.shapes import Shapes, load
from boundaries.reading.sheets import Sheet, chosen, with_shapes

_LIST_ONLY = ""


@dataclass(frozen=True)
class Layer:
    """One layer as read: columns and shapes, neither decoded nor placed."""

    sheet: Sheet
    format: Format
    charset: str | None
    companions: tuple[str, ...]
    crs: str | None
    columns: dict[str, list[Any]]
    shapes: Shapes


@dataclass
class Opened:
    """What the child told about an upload; ``layer`` is None when it was refused, or a sheet must be chosen."""

    findings: list[Finding] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    layer: Layer | None = None
    peak_bytes: int = 0


def finding_of(fault: Fault) -> Finding:
    """A fault of the child as a finding of the upload."""
    return found(fault.code, fault.vi, fault.en, severity=fault.severity)


def open_upload(path: Path, name: str, wanted: str | None, folder: Path, limits: Limits) -> Opened:
    """Stage and open an upload in ``folder``, which must be empty and is the caller's to delete."""
    opened = Opened()
    try:
        _place(path, folder / "upload")
        size = path.stat().st_size
        staged = run_child({"do": "stage", "name": name}, folder, limits, size)
        opened.peak_bytes = staged["peak_bytes"]
        opened.findings += [finding_of(Fault(**fault)) for fault in staged["faults"]]
        _open(staged["datasets"], wanted, folder, limits, opened)
    except Refused as refused:
        opened.layer = None
        opened.peak_bytes = max(opened.peak_bytes, refused.peak_bytes)
        opened.findings += [finding_of(fault) for fault in refused.faults]
    return opened


def _place(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


def _open(datasets: list[dict[str, Any]], wanted: str | None, folder: Path, limits: Limits, opened: Opened) -> None:
    groups = [list(group) for _, group in groupby(sorted(datasets, key=_driver_of), key=_driver_of)]
    answer: dict[str, Any] = {}
    for group in groups:
        # With several drivers nothing can be chosen before all have listed what they have.
        answer = _ask(group, wanted if len(groups) == 1 else _LIST_ONLY, folder, limits, opened)
        opened.sheets += [Sheet(**{**sheet, "fields": tuple(sheet["fields"])}) for sheet in answer["sheets"]]
    sheet = chosen(opened.sheets, wanted)
    if not with_shapes(opened.sheets):
        opened.findings.append(found("LAYER_NONE"))
    elif sheet is None:
        names = ", ".join(f"“{one.title}” ({one.features})" for one in with_shapes(opened.sheets))
        opened.findings.append(found("LAYER_AMBIGUOUS", f"Các lớp: {names}.", f"Layers: {names}."))
    else:
        dataset = next(one for one in datasets if one["path"] == sheet.dataset)
        group = next(group for group in groups if dataset in group)
        read = answer["read"] if len(groups) == 1 else _ask(group, sheet.id, folder, limits, opened)["read"]
        opened.layer = _layer(sheet, dataset, read, folder)
        opened.findings += _missing_parts(dataset)


def _driver_of(dataset: dict[str, Any]) -> str:
    one = format_of(dataset["extension"])
    return one.driver if one else ""


def _ask(
    group: list[dict[str, Any]], wanted: str | None, folder: Path, limits: Limits, opened: Opened
) -> dict[str, Any]:
    job = {"do": "open", "datasets": group, "wanted": wanted}
    size = sum(dataset["size"] for dataset in group)
    answer: dict[str, Any] = run_child(job, folder, limits, size, all_but(_driver_of(group[0])))
    opened.peak_bytes = max(opened.peak_bytes, answer["peak_bytes"])
    return answer


@lru_cache(maxsize=32)
def all_but(driver: str) -> str:
    """Drivers of GDAL that the child is not to have: every one but the one that the file needs."""
    return ",".join(sorted((set(pyogrio.list_drivers()) | {"VRT", "HTTP"}) - {driver}))


def _layer(sheet: Sheet, dataset: dict[str, Any], read: dict[str, Any], folder: Path) -> Layer:
    one = format_of(dataset["extension"])
    assert one is not None
    return Layer(
        sheet=sheet,
        format=one,
        charset=canonical(dataset["charset"]),
        companions=tuple(dataset["companions"]),
        crs=read["crs"],
        columns=columns_in(folder),
        shapes=load(shapes_in(folder)),
    )


def _missing_parts(dataset: dict[str, Any]) -> list[Finding]:
    """Parts of a shapefile or MIF that are not there; a missing .prj is a question about the system, not this."""
    needed = {"shp": ("dbf", "shx"), "mif": ("mid",)}.get(dataset["extension"], ())
    missing = [part for part in needed if part not in dataset["companions"]]
    if not missing:
        return []
    rebuilt = missing == ["shx"]
    text = ", ".join(f".{part}" for part in missing)
    finding = found("FILE_INCOMPLETE", f"Thiếu: {text}.", f"Missing: {text}.")
    return [replace(finding, severity="warning" if rebuilt else "error")]


def readable_fields(sheets: list[Sheet]) -> tuple[Sheet, ...]:
    """Sheets with field names that can be shown: UTF-8 bytes that were kept as ISO-8859-1 become letters."""
    return tuple(replace(sheet, fields=tuple(map(_shown, sheet.fields))) for sheet in sheets)


def _shown(name: str) -> str:
    try:
        return name.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return decode(name, UNCHANGED)
