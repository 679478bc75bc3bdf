# SPDX-License-Identifier: Apache-2.0
"""The generated MapLibre style."""

from typing import cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Reading, State
from api.links import base_of
from api.media import Json
from api.parameters import described, lang_of, values_of
from api.site import site_of
from geo.errors import NotFound
from layers.filters import parse_set
from layers.query import require_set
from tiles.palette import THEMES
from tiles.style import StyleRequest, Theme, style_of

router = APIRouter(tags=["Styles"])


@router.get("/styles/{theme}.json", summary="The map's style, light or dark", openapi_extra=described("set"))
async def style(theme: str, request: Request, state: State, reader: Reading) -> Response:
    """A complete MapLibre style of all layers; ``set`` chooses the generation of units."""
    if theme not in THEMES:
        raise NotFound("There is no such style.", code="style_not_found", styles=list(THEMES))
    values = values_of(request, "set")
    site = await site_of(state)
    shown = site.opening
    if "set" in values:
        shown = site.find(parse_set(values["set"]))
        if shown is None:
            await require_set(reader.database, values["set"])
    asked = StyleRequest(
        cast(Theme, theme),
        lang_of(values),
        base_of(request, state.settings),
        None if shown is None else shown.id,
        None if site.today is None else site.today.id,
        None if shown is None else shown.bbox,
        {unit_set.id: unit_set.version_id for unit_set in site.sets},
    )
    return Json(style_of(reader.registry.values(), asked))
