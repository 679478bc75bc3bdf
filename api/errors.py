# SPDX-License-Identifier: Apache-2.0
"""From failure to answer: one table, one shape (RFC 9457, application/problem+json).

The tree of failures is drawn in ``geo/errors.py``. A failure's class decides the status here and nowhere else; a test
walks every subclass and asserts that the table covers it. What nobody foresaw is logged with its trace and answered as
500 ``internal_error`` without any of it.
"""

import logging
import math
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.body import WrongMediaType
from geo.errors import (
    BadBody,
    BadParameter,
    BadRequest,
    Conflict,
    MapError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Outdated,
    TooLarge,
    TooMany,
    Unavailable,
)

STATUS: Mapping[type[MapError], int] = {
    WrongMediaType: 415,
    BadParameter: 400,
    BadBody: 400,
    BadRequest: 400,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Outdated: 412,
    TooLarge: 413,
    TooMany: 429,
    Unavailable: 503,
}
_TITLES = {
    400: "Bad request",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    412: "Changed since",
    413: "Too large",
    415: "Unsupported media type",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
}
_CODES = {404: "not_found", 405: "method_not_allowed", 406: "not_acceptable", 415: "media_type_unsupported"}
_log = logging.getLogger(__name__)


class Problem(Response):
    """A problem document."""

    media_type = "application/problem+json"

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        facts: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        body = {
            "type": "about:blank",
            "title": _TITLES.get(status, "Error"),
            "status": status,
            "code": code,
            "detail": detail,
            **facts,
        }
        super().__init__(orjson.dumps(body, default=str), status, headers)


def status_of(error: MapError) -> int:
    """The status of a failure: that of its nearest ancestor in the table."""
    for kind in type(error).__mro__:
        if issubclass(kind, MapError) and kind in STATUS:
            return STATUS[kind]
    return 500


def problem_of(error: MapError, path: str) -> Problem:
    """The answer to a failure at a path."""
    status = status_of(error)
    headers = {}
    if status == 503:
        headers["Retry-After"] = "2"
    elif status == 429:
        headers["Retry-After"] = str(max(1, math.ceil(float(error.facts.get("retry_after_s", 1)))))
    elif status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="toancanh"'
    return Problem(status, error.code, error.detail, {**error.facts, "instance": path}, headers)


def install_error_handlers(app: FastAPI) -> None:
    """Answer every failure of every route as a problem document."""

    async def map_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, MapError)
        return problem_of(error, request.url.path)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        detail = f"{where}: {first['msg']}" if where else str(first["msg"])
        return Problem(400, "parameter_invalid", detail, {"parameter": where, "instance": request.url.path})

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = _CODES.get(error.status_code, "http_error")
        return Problem(error.status_code, code, str(error.detail), {"instance": request.url.path}, error.headers)

    async def unforeseen(request: Request, error: Exception) -> Response:
        _log.exception("unforeseen failure in %s %s", request.method, request.url.path, exc_info=error)
        detail = "Something failed on our side; it has been logged."
        return Problem(500, "internal_error", detail, {"instance": request.url.path})

    app.add_exception_handler(MapError, map_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, unforeseen)
