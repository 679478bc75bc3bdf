# SPDX-License-Identifier: Apache-2.0
"""Spreadsheets into layers: a template to fill in, a preview that takes everything back, and the import itself."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.body import WrongMediaType, media_type_of, read_bytes
from api.deps import Reading, State
from api.parameters import import_name_of
from api.writers import writer_of
from geo.errors import BadParameter
from layers.import_preview import Upload, import_file
from layers.import_template import template_csv, template_xlsx
from layers.spec import LayerSpec
from layers.tabular import FileKind

router = APIRouter(prefix="/imports", tags=["Imports"])
MAX_FILE_BYTES = 16 * 1024 * 1024
TYPES: Mapping[str, FileKind] = {
    "text/csv": "csv",
    "application/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_TEMPLATES: Mapping[FileKind, tuple[str, Callable[[LayerSpec], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", template_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", template_xlsx),
}

Layer = Annotated[str, Query(description="The layer, as /collections lists it")]


@router.get("/template", summary="An empty spreadsheet of a layer", response_class=Response)
async def template(layer: Layer, reader: Reading, f: FileKind = "xlsx") -> Response:
    """Vietnamese header, one example row (passed over when it is imported), the values that choices allow."""
    spec = _importable(reader.registry.require(layer))
    media_type, make = _TEMPLATES[f]
    content = await asyncio.to_thread(make, spec)
    headers = {"Content-Disposition": f'attachment; filename="{layer}.{f}"'}
    return Response(content, media_type=media_type, headers=headers)


@router.post("", summary="Preview or import a spreadsheet")
async def upload(
    request: Request,
    layer: Layer,
    state: State,
    mode: Literal["preview", "commit"] = "preview",
    name: Annotated[
        str | None, Query(description="Names the import; DELETE /ingest/{source}/imports/{name} undoes it")
    ] = None,
) -> dict[str, Any]:
    """The body is the file. Answers what each column means, what becomes of the rows, and some of them in full."""
    spec = _importable(state.registry.require(layer))
    source = await writer_of(request, state, None, spec)
    kind = TYPES.get(media_type_of(request))
    if kind is None:
        raise WrongMediaType(
            "Send a CSV file as text/csv, or an XLSX workbook.",
            allowed=sorted(TYPES),
            detail_vi="Chỉ nhận tệp CSV (text/csv) hoặc XLSX.",
        )
    chosen = import_name_of(name)
    data = await read_bytes(request, MAX_FILE_BYTES)
    asked = Upload(spec, source, chosen, kind, data, mode == "commit")
    return await import_file(state.database, asked, state.clock())


def _importable(spec: LayerSpec) -> LayerSpec:
    if spec.store not in ("feature", "indicator"):
        raise BadParameter(
            "This layer is not filled from spreadsheets.",
            code="layer_not_importable",
            detail_vi="Lớp này không nhập từ bảng tính.",
        )
    return spec
