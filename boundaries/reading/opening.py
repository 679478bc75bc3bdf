# SPDX-License-Identifier: Apache-2.0
"""The second step of the child: the one driver lists layers and reads one of them into plain columns and WKB.

Text of formats that do not say their encoding is read as ISO-8859-1, which loses nothing, and decoded by the parent.
"""

import math
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
from pyogrio.errors import DataLayerError, DataSourceError, GeometryError

from boundaries.reading import csv_table, handover
from boundaries.reading.faults import Fault
from boundaries.reading.formats import format_of
from boundaries.reading.limits import Limits
from boundaries.reading.sheets import Sheet, chosen

_DIMENSION = re.compile(r"\s*(?:Z|M|ZM|25D)$|^3D (?:Measured )?")
_ERRORS = (DataSourceError, DataLayerError, GeometryError, UnicodeDecodeError, ValueError, RuntimeError)


def open_datasets(datasets: list[dict[str, Any]], wanted: str | None, limits: Limits) -> dict[str, Any]:
    """List the layers of data sets of one driver; read the one that is wanted, or the only one there is.

    Args:
        wanted: id of a sheet; "" to list only.

    Raises:
        Fault: the file cannot be read by its driver.
    """
    sheets = [sheet for dataset in datasets for sheet in _sheets_of(dataset)]
    answer: dict[str, Any] = {"sheets": [asdict(sheet) for sheet in sheets], "read": None}
    sheet = None if wanted == "" else chosen(sheets, wanted)
    if sheet is not None and sheet.geometry_type:
        if sheet.features > limits.rows:
            raise Fault("FILE_READ_LIMIT", f"{sheet.features} đối tượng.", f"{sheet.features} features.")
        dataset = next(one for one in datasets if one["path"] == sheet.dataset)
        answer["read"] = {"sheet": sheet.id, **_read(dataset, sheet)}
    return answer


def _sheets_of(dataset: dict[str, Any]) -> list[Sheet]:
    path, extension = dataset["path"], dataset["extension"]
    if extension == "csv":
        return csv_table.sheets_of(dataset)
    one = format_of(extension)
    driver = one.driver if one else ""
    try:
        layers = pyogrio.list_layers(path)
        return [_sheet(dataset, str(name), kind, driver, len(layers)) for name, kind in layers]
    except _ERRORS as error:
        raise Fault("FILE_CORRUPT", en=_first_line(error)) from error


def _sheet(dataset: dict[str, Any], layer: str, kind: str | None, driver: str, among: int) -> Sheet:
    info = pyogrio.read_info(dataset["path"], layer=layer, force_feature_count=True, encoding=_encoding(dataset))
    if info["driver"] != driver:
        raise Fault("FILE_TYPE_MISMATCH", en=f"Opened as {info['driver']}.")
    own_name = dataset["title"] if among == 1 else f"{dataset['title']}: {layer}"
    return Sheet(
        id=f"{dataset['key']}|{layer}",
        dataset=dataset["path"],
        layer=layer,
        title=own_name,
        driver=driver,
        geometry_type=_DIMENSION.sub("", str(kind)) if kind else "",
        features=int(info["features"]),
        fields=tuple(str(name) for name in info["fields"]),
    )


def _encoding(dataset: dict[str, Any]) -> str | None:
    one = format_of(dataset["extension"])
    return "ISO-8859-1" if one is not None and one.text == "bytes" else None


def _first_line(error: Exception) -> str:
    """The library's words, without the path of the staging folder."""
    return re.sub(r"\S*/\S*", "…", str(error).split("\n", 1)[0])[:200]


def _read(dataset: dict[str, Any], sheet: Sheet) -> dict[str, Any]:
    if dataset["extension"] == "csv":
        shapes, columns = csv_table.read(dataset)
        crs = None
    else:
        try:
            meta, _, shapes, values = pyogrio.raw.read(dataset["path"], layer=sheet.layer, encoding=_encoding(dataset))
        except _ERRORS as error:
            raise Fault("FILE_CORRUPT", en=_first_line(error)) from error
        crs = meta["crs"]
        columns = {str(name): _plain(column) for name, column in zip(meta["fields"], values, strict=True)}
    handover.write(Path(), shapes, columns)
    return {"crs": crs, "rows": len(shapes)}


def _plain(column: np.ndarray) -> list[Any]:
    """Values of a column as JSON knows them; dates as text."""
    if column.dtype.kind in "Mm":
        return [None if np.isnat(value) else str(value) for value in column]
    return [_plain_value(value) for value in column.tolist()]


def _plain_value(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, bytes):
        return None
    return str(value)
