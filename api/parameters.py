# SPDX-License-Identifier: Apache-2.0
"""Query parameters at the edge: each once, each known, each clean; and how they stand in the OpenAPI description."""

import re
import uuid
from collections.abc import Mapping
from typing import Any, Literal, cast

from fastapi import Request

from geo.errors import BadParameter
from geo.hexgrid import MAX_RESOLUTION, MIN_RESOLUTION
from layers.filters import DEFAULT_LIMIT, MAX_LIMIT, single_values

COMMON = ("f", "lang")
Lang = Literal["vi", "en"]
_IMPORT = re.compile(r"[\w.:-]{1,100}", re.ASCII)


def values_of(request: Request, *allowed: str) -> dict[str, str]:
    """The request's parameters; ``f`` and ``lang`` are allowed everywhere and checked here.

    Raises:
        BadParameter: an unknown, repeated or unreadable parameter.
    """
    values = single_values(request.query_params.multi_items(), (*allowed, *COMMON))
    if "f" not in allowed and values.get("f", "json") != "json":
        raise BadParameter("f is json here", code="format_unknown", allowed=["json"])
    lang_of(values)
    return values


def lang_of(values: Mapping[str, str]) -> Lang:
    """The language of texts.

    Raises:
        BadParameter: neither vi nor en.
    """
    lang = values.get("lang", "vi")
    if lang not in ("vi", "en"):
        raise BadParameter("lang is vi or en", code="lang_unknown", allowed=["vi", "en"])
    return cast(Lang, lang)


def format_of(values: Mapping[str, str], *allowed: str) -> str:
    """The form of the answer, the first one by default.

    Raises:
        BadParameter: not one of these.
    """
    form = values.get("f", allowed[0])
    if form not in allowed:
        raise BadParameter(f"f is {' or '.join(allowed)} here", code="format_unknown", allowed=list(allowed))
    return form


def import_name_of(name: str | None) -> str:
    """The name of an import, a new one where none is given.

    Raises:
        BadParameter: not a name.
    """
    if name is None:
        return uuid.uuid4().hex
    if not _IMPORT.fullmatch(name):
        raise BadParameter("An import's name is 1 to 100 letters, digits and . : _ -", code="import_name_invalid")
    return name


def _query(name: str, description: str, schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "required": False, "schema": dict(schema), **more}


_TEXT = {"type": "string"}
_DESCRIBED: Mapping[str, dict[str, Any]] = {
    "f": _query("f", "Form of the answer.", {"type": "string", "enum": ["json"]}),
    "lang": _query("lang", "Language of texts.", {"type": "string", "enum": ["vi", "en"], "default": "vi"}),
    "bbox": _query(
        "bbox",
        "west,south,east,north in degrees (CRS84); what meets the box is selected.",
        {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
        style="form",
        explode=False,
    ),
    "datetime": _query(
        "datetime",
        "An RFC 3339 instant, a day, or an interval start/end with '..' for an open end. Selected is what was valid "
        "or happened then; what has no time is always selected.",
        _TEXT,
    ),
    "limit": _query(
        "limit",
        "Features in one page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    ),
    "after": _query("after", "Where the page before ended; follow the 'next' links.", _TEXT),
    "sortby": _query(
        "sortby", "Order of the features.", {"type": "string", "enum": ["id", "valid_from", "-valid_from"]}
    ),
    "set": _query("set", "A generation of administrative units, from /boundaries/sets.", _TEXT),
    "version": _query("version", "A published version of a generation of units; its tiles never change.", _TEXT),
    "group_by": _query("group_by", "A field with choices: each unit also says how many have which.", _TEXT),
    "resolution": _query(
        "resolution", "H3 resolution.", {"type": "integer", "minimum": MIN_RESOLUTION, "maximum": MAX_RESOLUTION}
    ),
    "measure": _query("measure", "What is measured in each cell.", {"type": "string", "enum": ["count"]}),
    "period": _query("period", "Exactly this period: 2025, 2025-Q2, 2025-06, or start/end, end not included.", _TEXT),
    "as_of": _query("as_of", "What was believed at this RFC 3339 moment, to the minute.", _TEXT),
    "filter": _query("filter", "A CQL2 expression over the layer's /queryables; selected is where it is true.", _TEXT),
    "filter-lang": _query(
        "filter-lang",
        "Encoding of the filter.",
        {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
    ),
    "filter-crs": _query("filter-crs", "Coordinates in the filter are CRS84: lon, lat on WGS 84.", _TEXT),
    "classes": _query("classes", "How many classes.", {"type": "integer", "minimum": 2, "maximum": 9, "default": 5}),
    "method": _query(
        "method", "How values are classed.", {"type": "string", "enum": ["quantile", "jenks"], "default": "quantile"}
    ),
    "unit": _query("unit", "The code of a unit of the set.", _TEXT),
    "property": _query("property", "What is observed; see 'observed' in the layer's manifest.", _TEXT),
    "every": _query(
        "every",
        "Each reading, or hours of good readings.",
        {"type": "string", "enum": ["raw", "hour"], "default": "raw"},
    ),
    "properties": _query(
        "properties",
        "Any property of the layer's /queryables by its name: equality.",
        {"type": "object", "additionalProperties": _TEXT},
        style="form",
        explode=True,
    ),
}


def described(*names: str, media_type: str | None = None, csv: bool = False) -> dict[str, Any]:
    """``openapi_extra`` of a route that reads its parameters through ``values_of``."""
    extra: dict[str, Any] = {"parameters": [_DESCRIBED[name] for name in (*names, *COMMON)]}
    if csv:
        form = _query("f", "Form of the answer.", {"type": "string", "enum": ["json", "csv"], "default": "json"})
        extra["parameters"] = [form if one["name"] == "f" else one for one in extra["parameters"]]
    if media_type is not None:
        schema = {"type": "object"} if "json" in media_type else {"type": "string", "format": "binary"}
        extra["responses"] = {"200": {"description": "The answer.", "content": {media_type: {"schema": schema}}}}
    return extra
