# SPDX-License-Identifier: Apache-2.0
"""Request bodies: size, type and depth are judged before anything is believed."""

import asyncio
import json
from typing import Any

import orjson
from fastapi import Request

from geo.errors import BadBody, TooLarge
from layers.values import nested_deeper_than

MAX_DEPTH = 24
_TYPES = ("application/json", "application/geo+json")
_IN_THREAD_BYTES = 262_144


class WrongMediaType(BadBody):
    """The body is not declared as JSON."""

    default_code = "media_type_unsupported"


async def read_json(request: Request, max_bytes: int) -> Any:
    """The decoded body.

    Literal NaN and Infinity are let through as floats, so that the record that holds one is refused and not its batch;
    so is what only the decoder finds deep (``refuse_deep`` judges a body that is one thing).
    The last of equal keys wins.

    Raises:
        WrongMediaType: not JSON by its content type.
        TooLarge: more bytes than the limit; the rest is not read.
        BadBody: not JSON, or nested too deep.
    """
    if media_type_of(request) not in _TYPES:
        raise WrongMediaType("Send the body as application/json or application/geo+json.")
    raw = await read_bytes(request, max_bytes)
    if len(raw) < _IN_THREAD_BYTES:
        return _decode(raw)
    return await asyncio.to_thread(_decode, raw)


def media_type_of(request: Request) -> str:
    """The body's media type, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_bytes(request: Request, max_bytes: int) -> bytes:
    """The body as it came.

    Raises:
        TooLarge: more bytes than the limit; the rest is not read.
    """
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > max_bytes:
            raise TooLarge(f"The body is larger than {max_bytes} bytes: send several requests.", max_bytes=max_bytes)
    return bytes(data)


def _decode(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return _decode_lenient(raw, error)


def refuse_deep(value: Any) -> None:
    """Refuse a body that is nested deeper than anything that we understand.

    Raises:
        BadBody: it is.
    """
    if nested_deeper_than(value, MAX_DEPTH):
        raise BadBody(f"The body is nested deeper than {MAX_DEPTH} levels.", code="body_too_deep")


def _decode_lenient(raw: bytes, first: orjson.JSONDecodeError) -> Any:
    try:
        return json.loads(raw.decode())  # UTF-8 alone (RFC 8259, section 8.1); bytes would be guessed at
    except RecursionError:
        raise BadBody("The body is nested too deep.", code="body_too_deep") from None
    except ValueError:
        if "depth limit" in str(first):
            raise BadBody("The body is nested too deep.", code="body_too_deep") from None
        raise BadBody(
            f"The body is not JSON (line {first.lineno}, column {first.colno}).", code="body_not_json"
        ) from None
