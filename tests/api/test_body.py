# SPDX-License-Identifier: Apache-2.0
"""Request bodies: what is read, and what is refused before it is believed."""

import math
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from api.body import MAX_DEPTH, WrongMediaType, read_json, refuse_deep
from geo.errors import BadBody, TooLarge

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=30,
)


async def read(
    body: bytes, *, media_type: str = "application/json", chunk: int = 1000, max_bytes: int = 1_000_000
) -> Any:
    parts = [body[start : start + chunk] for start in range(0, len(body), chunk)] or [b""]

    async def receive() -> dict[str, Any]:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", media_type.encode())]}
    return await read_json(Request(scope, receive), max_bytes)


@given(_JSON)
async def test_every_json_text_is_read_as_it_is(value: Any) -> None:
    assert await read(orjson.dumps(value)) == value


@given(st.binary(max_size=200))
async def test_any_bytes_are_json_or_are_refused(body: bytes) -> None:
    try:
        await read(body)
    except BadBody as refused:
        assert refused.code in ("body_not_json", "body_too_deep")


async def test_nan_and_infinity_are_left_to_their_record() -> None:
    values = await read(b"[NaN, Infinity, -Infinity, 1e400]")
    assert math.isnan(values[0]) and values[1:] == [math.inf, -math.inf, math.inf]


async def test_a_large_body_is_read_as_a_small_one() -> None:
    value = [{"id": str(nth)} for nth in range(30_000)]
    assert await read(orjson.dumps(value), chunk=65_536) == value


async def test_more_bytes_than_the_limit_are_refused() -> None:
    assert await read(b"[" + b" " * 998 + b"]", max_bytes=1_000) == []
    with pytest.raises(TooLarge):
        await read(b"[" + b" " * 999 + b"]", max_bytes=1_000)


@pytest.mark.parametrize("media_type", ["", "text/json", "application/jsonx", "text/plain"])
async def test_the_type_must_be_declared(media_type: str) -> None:
    with pytest.raises(WrongMediaType):
        await read(b"[]", media_type=media_type)


def test_a_body_that_is_one_thing_is_judged_by_its_depth() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = [value]
    refuse_deep(value)
    with pytest.raises(BadBody):
        refuse_deep([value])
