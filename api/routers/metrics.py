# SPDX-License-Identifier: Apache-2.0
"""Metrics: classes and series of indicators, and what sensors observed."""

from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Reading, State
from api.indicators import classes_answer, series_answer
from api.links import JSON, base_of, link, with_query
from api.media import Json
from api.parameters import described, format_of, lang_of, values_of
from api.tables import csv_answer
from geo.errors import BadParameter
from geo.interval import parse_datetime
from layers.filters import parse_limit
from layers.indicator_query import CLASS_PARAMETERS, WHERE_PARAMETERS
from layers.observations import DEFAULT_LIMIT, Every, ObservationQuery, Observations, observations_of, observed_of
from tiles.manifest import observed_member

router = APIRouter(tags=["Metrics"])
_OBSERVATIONS = ("property", "datetime", "every", "limit", "after")
_HEADERS = {
    ("vi", "raw"): ("Thời điểm", "{title}", "Chất lượng", "Bản"),
    ("en", "raw"): ("Time", "{title}", "Quality", "Revision"),
    ("vi", "hour"): ("Giờ", "Trung bình", "Nhỏ nhất", "Lớn nhất", "Số lần đo", "Bị loại"),
    ("en", "hour"): ("Hour", "Mean", "Minimum", "Maximum", "Readings", "Left out"),
}


@router.get(
    "/collections/{layer}/classes", summary="Classes of a choropleth", openapi_extra=described(*CLASS_PARAMETERS)
)
async def classes(layer: str, request: Request, state: State, reader: Reading) -> Response:
    """An indicator's values by unit in classes, by quantiles or natural breaks, with colours."""
    return await classes_answer(reader.registry.require(layer), request, state, reader)


@router.get(
    "/collections/{layer}/series",
    summary="An indicator of one unit by period",
    openapi_extra=described("unit", *WHERE_PARAMETERS, csv=True),
)
async def series(layer: str, request: Request, reader: Reading) -> Response:
    """One value for each period, in the order of time."""
    return await series_answer(reader.registry.require(layer), request, reader)


@router.get(
    "/collections/{layer}/items/{item}/observations",
    summary="What a sensor observed",
    openapi_extra=described(*_OBSERVATIONS, csv=True),
)
async def observations(layer: str, item: str, request: Request, state: State, reader: Reading) -> Response:
    """Readings, or hours of good readings, in the order of time; the link 'next' goes on."""
    spec = reader.registry.require(layer)
    values = values_of(request, *_OBSERVATIONS, "f")
    form, lang = format_of(values, "json", "csv"), lang_of(values)
    query = ObservationQuery(
        item,
        observed_of(spec, values.get("property")),
        _every(values.get("every", "raw")),
        parse_datetime(values["datetime"]) if "datetime" in values else None,
        parse_limit(values["limit"]) if "limit" in values else DEFAULT_LIMIT,
        values.get("after"),
    )
    found = await observations_of(reader.database, spec, query, reader.visibility.units)
    if form == "csv":
        return _csv(query, found, lang)
    here = f"{base_of(request, state.settings)}/collections/{layer}/items/{item}/observations"
    links = [link(with_query(here, values), "self", JSON)]
    if found.after is not None:
        links.append(link(with_query(here, {**values, "after": found.after}), "next", JSON))
    return Json(
        {
            "layer": layer,
            "item": int(item),
            "property": observed_member(query.observed),
            "every": query.every,
            "numberReturned": len(found.rows),
            "values": [_member(row) for row in found.rows],
            "links": links,
        }
    )


def _every(text: str) -> Every:
    if text not in ("raw", "hour"):
        raise BadParameter("every is raw or hour", code="every_unknown", allowed=["raw", "hour"])
    return cast(Every, text)


def _member(row: Any) -> dict[str, Any]:
    return {name: value.isoformat() if name in ("time", "recorded_at") else value for name, value in row.items()}


def _csv(query: ObservationQuery, found: Observations, lang: str) -> Response:
    observed = query.observed
    title = f"{getattr(observed.title, lang)}{f' ({observed.unit})' if observed.unit else ''}"
    header = [name.format(title=title) for name in _HEADERS[lang, query.every]]
    names = ("time", "value", "quality", "revision")
    if query.every == "hour":
        names = ("time", "mean", "minimum", "maximum", "counted", "left_out")  # type: ignore[assignment]
    rows = [[_member(row)[name] for name in names] for row in found.rows]
    return csv_answer(header, rows, f"{observed.name}_{query.item}")
