# SPDX-License-Identifier: Apache-2.0
"""Answers by media type: JSON, HTML under a strict policy, tiles with their tags; and which of them a client wants."""

from typing import Any

import orjson
from fastapi import Request
from starlette.responses import HTMLResponse, Response

from api.ready_tile import ReadyTile, coding_for

# Nothing from elsewhere, nothing inline: the page, its worker, its fonts and its data all come from this server.
CSP = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self'; "
    "font-src 'self' data:; img-src 'self' data: blob:; base-uri 'none'; frame-ancestors 'none'"
)
# What is live is asked for again each time; an unchanged answer costs no bytes.
_LIVE = "private, no-cache"
_HTML_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-cache"}


class Json(Response):
    """JSON of one of its media types."""

    def __init__(self, body: Any, media_type: str = "application/json") -> None:
        super().__init__(orjson.dumps(body), media_type=media_type, headers={"Cache-Control": _LIVE})


class JsonText(Response):
    """JSON that is already text."""

    def __init__(self, text: str, media_type: str) -> None:
        super().__init__(text, media_type=media_type, headers={"Cache-Control": _LIVE})


def html(text: str, *, csp: str = CSP) -> Response:
    """An HTML page under the policy."""
    return HTMLResponse(text, headers={**_HTML_HEADERS, "Content-Security-Policy": csp})


def tile_answer(request: Request, tile: ReadyTile) -> Response:
    """200 with the tile, 304 when the client has it, 204 when there is nothing in it."""
    tags = request.headers.get("if-none-match")
    coding = coding_for(request.headers.get("accept-encoding", "").encode("latin-1"))
    start, body = tile.messages(coding, None if tags is None else tags.encode("latin-1"))
    answer = Response(body["body"], start["status"])
    answer.raw_headers = list(start["headers"])
    return answer


def wants_html(request: Request) -> bool:
    """Whether the client would rather have HTML than JSON (RFC 9110, section 12.5.1)."""
    accept = request.headers.get("accept", "")
    return _quality(accept, "text/html") > max(_quality(accept, "application/json"), _quality(accept, "*/*"))


def _quality(accept: str, media_type: str) -> float:
    for part in accept.split(","):
        name, *parameters = [piece.strip().lower() for piece in part.split(";")]
        if name == media_type:
            quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
            return float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
    return 0.0
