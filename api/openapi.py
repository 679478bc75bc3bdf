# SPDX-License-Identifier: Apache-2.0
"""The API's description as OpenAPI 3.0.3 (OGC API Features asks for 3.0; FastAPI writes 3.1)."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"

_PROBLEM = {
    "description": "A problem (RFC 9457); 'code' is stable.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}


def openapi_30(app: FastAPI, base: str) -> dict[str, Any]:
    """The description of every route, valid by OpenAPI 3.0.3."""
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, openapi_version="3.0.3"
    )
    converted: dict[str, Any] = _converted(document)
    converted["servers"] = [{"url": base}]
    schemas = converted.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM_SCHEMA
    for path in converted["paths"].values():
        for operation in path.values():
            # Bad parameters answer 400 as a problem, never FastAPI's 422.
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return converted


def _converted(node: Any) -> Any:
    """JSON Schema 2020-12 constructs as OpenAPI 3.0 spells them."""
    if isinstance(node, list):
        return [_converted(part) for part in node]
    if not isinstance(node, dict):
        return node
    found = {key: _converted(value) for key, value in node.items()}
    if "const" in found and not isinstance(found["const"], dict):
        found["enum"] = [found.pop("const")]
    if isinstance(found.get("type"), list):
        kinds = [kind for kind in found["type"] if kind != "null"]
        found |= {"nullable": True, "type": kinds[0]} if len(kinds) == 1 else {"nullable": True}
        if len(kinds) != 1:
            found.pop("type")
    _fold_null(found)
    for bound, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(found.get(bound), int | float) and not isinstance(found[bound], bool):
            found[plain], found[bound] = found[bound], True
    if isinstance(found.get("examples"), list):
        found["example"] = found.pop("examples")[0]
    return found


def _fold_null(schema: dict[str, Any]) -> None:
    options = schema.get("anyOf")
    if not isinstance(options, list) or {"type": "null"} not in options:
        return
    others = [option for option in options if option != {"type": "null"}]
    schema.pop("anyOf")
    schema["nullable"] = True
    if len(others) == 1 and "$ref" not in others[0]:
        schema.update({key: value for key, value in others[0].items() if key not in schema})
    else:
        schema["allOf" if len(others) == 1 else "anyOf"] = others
