# SPDX-License-Identifier: Apache-2.0
"""Answers about indicators: features, values by unit as JSON and CSV, classes, series, tiles."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response

from api.encoders import geojson
from api.links import GEOJSON, JSON, base_of, link, with_query
from api.media import Json, JsonText, tile_answer
from api.parameters import format_of, lang_of, values_of
from api.readers import Reader
from api.ready_tile import ReadyTile
from api.site import Site, site_of
from api.state import AppState
from api.tables import csv_answer
from geo.errors import BadParameter, NotFound
from geo.tile import TileId
from layers.indicator_query import (
    CLASS_PARAMETERS,
    ITEM_PARAMETERS,
    WHERE_PARAMETERS,
    IndicatorQuery,
    parse_classes,
    parse_code,
    parse_indicator_query,
)
from layers.indicators import MAX_SERIES, UnitValues, one_value, page_of_values, series_of, values_by_unit
from layers.measures import Measure
from layers.spec import LayerSpec
from tiles.choropleth import choropleth_tile
from tiles.class_legend import legend_of_classes
from tiles.manifest import measure_member

_UNIT_HEADER = {
    "vi": ("Mã ĐVHC", "Tên", "Loại", "Bộ ĐVHC", "Kỳ", "{value} ({unit})", "Ước tính", "Nguồn", "Ghi chú"),
    "en": ("Unit code", "Name", "Type", "Unit set", "Period", "{value} ({unit})", "Estimated", "Source", "Note"),
}
_SERIES_HEADER = {
    "vi": ("Kỳ", "Từ ngày", "Đến trước ngày", "{value} ({unit})", "Ước tính", "Nguồn", "Ghi chú"),
    "en": ("Period", "From", "Until", "{value} ({unit})", "Estimated", "Source", "Note"),
}
_YES = {"vi": {True: "có", False: "không"}, "en": {True: "yes", False: "no"}}


def measure_of(spec: LayerSpec) -> Measure:
    """What the layer measures of units.

    Raises:
        NotFound: it is no indicator.
    """
    if spec.measure is None:
        raise NotFound("This layer is no indicator of units.", code="indicator_not_available", layer=spec.id)
    return spec.measure


async def items_answer(spec: LayerSpec, request: Request, state: AppState, reader: Reader) -> Response:
    """A page of values as features with their unit's shape."""
    values = values_of(request, *ITEM_PARAMETERS)
    query = parse_indicator_query(spec, values, reader.visibility.units)
    page = await page_of_values(reader.database, spec, query)
    collection = f"{base_of(request, state.settings)}/collections/{spec.id}"
    here = f"{collection}/items"
    links = [link(with_query(here, values), "self", GEOJSON), link(collection, "collection", JSON)]
    if page.after is not None:
        links.append(link(with_query(here, {**values, "after": page.after}), "next", GEOJSON))
    return JsonText(geojson.feature_collection(page.features, links, state.clock()), GEOJSON)


async def item_answer(spec: LayerSpec, item: str, request: Request, state: AppState, reader: Reader) -> Response:
    """One value as a feature."""
    query = parse_indicator_query(spec, values_of(request, "as_of"), reader.visibility.units)
    text = await one_value(reader.database, spec, item, query)
    collection = f"{base_of(request, state.settings)}/collections/{spec.id}"
    links = [link(f"{collection}/items/{item}", "self", GEOJSON), link(collection, "collection", JSON)]
    return JsonText(geojson.feature(text, links), GEOJSON)


async def units_answer(spec: LayerSpec, request: Request, state: AppState, reader: Reader) -> Response:
    """Every unit of a set with its value; null, never zero, where there is none."""
    measure = measure_of(spec)
    values = values_of(request, *CLASS_PARAMETERS, "f")
    form = format_of(values, "json", "csv")
    how = parse_classes(values)
    query = parse_indicator_query(spec, values, reader.visibility.units)
    found = await values_by_unit(reader.database, spec, query, await _set_of(query, state))
    if form == "csv":
        return _units_csv(spec, measure, found, lang_of(values))
    numbers = found.numbers
    return Json(
        {
            **_head(spec, query, found),
            "total": _number(sum(numbers), measure) if measure.additive and numbers else None,
            "known": len(numbers),
            "missing": len(found.units) - len(numbers),
            "legend": legend_of_classes(measure, found.classes(*how)),
            "units": [_unit(row, found.unit_set, measure) for row in found.units],
        }
    )


async def classes_answer(spec: LayerSpec, request: Request, state: AppState, reader: Reader) -> Response:
    """The classes of a choropleth: breaks, colours, and how many units are in each."""
    measure = measure_of(spec)
    values = values_of(request, *CLASS_PARAMETERS)
    count, method = parse_classes(values)
    query = parse_indicator_query(spec, values, reader.visibility.units)
    found = await values_by_unit(reader.database, spec, query, await _set_of(query, state))
    classes = found.classes(count, method)
    return Json(
        {
            **_head(spec, query, found),
            "method": method,
            "edges": list(classes.edges),
            "breaks": list(classes.breaks),
            "counts": list(classes.counts),
            "missing": len(found.units) - sum(classes.counts),
            "legend": legend_of_classes(measure, classes),
        }
    )


async def series_answer(spec: LayerSpec, request: Request, reader: Reader) -> Response:
    """One unit's values by period. Codes are reused for other ground, so that the set must be named."""
    measure = measure_of(spec)
    values = values_of(request, *WHERE_PARAMETERS, "unit", "f")
    form, lang = format_of(values, "json", "csv"), lang_of(values)
    missing = [name for name in ("set", "unit") if name not in values]
    if missing:
        raise BadParameter(f"Name the '{missing[0]}'.", code="parameter_missing", parameter=missing[0])
    code = parse_code(values["unit"])
    query = parse_indicator_query(spec, {**values, "limit": str(MAX_SERIES)}, reader.visibility.units)
    unit_set = values["set"]
    found = await series_of(reader.database, spec, query, unit_set, code)
    if form == "csv":
        rows = [
            (row["period"], row["valid_from"].isoformat(), row["valid_to"].isoformat(), *_cells(row, measure, lang))
            for row in found.values
        ]
        return csv_answer(_header(_SERIES_HEADER, spec, measure, lang), rows, f"{spec.id}_{unit_set}_series")
    return Json(
        {
            "layer": spec.id,
            "set": unit_set,
            "unit": dict(found.unit),
            "as_of": query.as_of and query.as_of.isoformat(),
            "measure": measure_member(measure),
            "values": [
                {
                    **_value(row, measure),
                    "valid_from": row["valid_from"].isoformat(),
                    "valid_to": row["valid_to"].isoformat(),
                }
                for row in found.values
            ],
            "cut": found.is_cut,
        }
    )


async def indicator_tile(spec: LayerSpec, place: TileId, request: Request, state: AppState, reader: Reader) -> Response:
    """Units with their value and the colour of its class, as MVT."""
    values = values_of(request, *CLASS_PARAMETERS)
    query = parse_indicator_query(spec, values, reader.visibility.units)
    how = parse_classes(values)
    tile = await choropleth_tile(reader.database, spec, query, await _set_of(query, state), place, how)
    return tile_answer(request, ReadyTile(tile.data))


async def legends_of(reader: Reader, specs: list[LayerSpec], site: Site) -> dict[str, dict[str, Any]]:
    """The legend of each indicator for the set that the map opens with and its newest period."""
    found: dict[str, dict[str, Any]] = {}
    for spec in specs:
        if spec.measure is not None and site.opening is not None:
            query = IndicatorQuery(area=reader.visibility.units)
            values = await values_by_unit(reader.database, spec, query, site.opening.id)
            classes = values.classes(*parse_classes({}))
            found[spec.id] = legend_of_classes(spec.measure, classes)
    return found


async def _set_of(query: IndicatorQuery, state: AppState) -> str:
    """The set that is asked for, else the one that the map opens with."""
    if query.unit_set is not None:
        return query.unit_set
    site = await site_of(state)
    if site.opening is None:
        raise NotFound("There are no administrative units yet.", code="set_unknown")
    return site.opening.id


def _head(spec: LayerSpec, query: IndicatorQuery, found: UnitValues) -> dict[str, Any]:
    assert spec.measure is not None
    shown = {row["period"] for row in found.units if row.get("value") is not None}
    return {
        "layer": spec.id,
        "set": found.unit_set,
        "period": next(iter(shown)) if len(shown) == 1 else None,
        "asked": found.asked and {"from": found.asked.start.isoformat(), "to": found.asked.end.isoformat()},
        "periods": [str(period) for period in found.periods],
        "as_of": query.as_of and query.as_of.isoformat(),
        "measure": measure_member(spec.measure),
    }


def _unit(row: Any, unit_set: str, measure: Measure) -> dict[str, Any]:
    names = ("code", "name", "full_name", "type")
    return {"set": unit_set, **{name: row[name] for name in names}, **_value(row, measure)}


def _value(row: Any, measure: Measure) -> dict[str, Any]:
    value = row.get("value")
    recorded_at = row.get("recorded_at")
    return {
        "value": None if value is None else _number(value, measure),
        **{name: row.get(name) for name in ("period", "estimated", "source", "revision")},
        "recorded_at": recorded_at and recorded_at.isoformat(),
        "note": measure.no_data._asdict() if value is None else None,
    }


def _number(value: float, measure: Measure) -> float | int:
    return int(value) if measure.whole else value


def _units_csv(spec: LayerSpec, measure: Measure, found: UnitValues, lang: str) -> Response:
    rows = [
        (row["code"], row["full_name"], row["type"], found.unit_set, row.get("period"), *_cells(row, measure, lang))
        for row in found.units
    ]
    return csv_answer(_header(_UNIT_HEADER, spec, measure, lang), rows, f"{spec.id}_{found.unit_set}")


def _cells(row: Any, measure: Measure, lang: str) -> tuple[Any, ...]:
    value, estimated = row.get("value"), row.get("estimated")
    return (
        None if value is None else _number(value, measure),
        None if estimated is None else _YES[lang][estimated],
        row.get("source"),
        getattr(measure.no_data, lang) if value is None else None,
    )


def _header(names: Mapping[str, tuple[str, ...]], spec: LayerSpec, measure: Measure, lang: str) -> list[str]:
    called = {"value": getattr(spec.field("value").title, lang), "unit": getattr(measure.unit, lang)}
    return [name.format(**called) for name in names[lang]]
