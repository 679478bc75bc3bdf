# SPDX-License-Identifier: Apache-2.0
"""What a foreign server answered, and what it means when that is no page. Pure."""

from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from layers.values import shown

_READ_BYTES = 65_536


class PullFailed(Exception):
    """The visit failed.

    Args:
        code: stable slug.
        detail: what happened and what to look at; holds no secret.
        retry_after_s: how long the server asked to be left alone.
    """

    def __init__(
        self, code: str, detail: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Answer:
    """A page that arrived."""

    status: int
    body: bytes
    headers: httpx.Headers
    url: str
    link: str | None


def refusal_of(answer: Answer) -> PullFailed:
    """The failure that a status says, with what the body tells of it."""
    said = json_of(answer.body)
    told = said.get("detail") or said.get("message") or said.get("error_description") or said.get("error") or ""
    where = f"{shown_address(answer.url)} answers {answer.status}"
    code = {401: "unauthorised", 403: "forbidden", 429: "too_many_requests", 503: "unavailable"}.get(answer.status)
    return PullFailed(
        code or f"http_{answer.status}",
        f"{where}: {shown(str(told))}" if told else where,
        status=answer.status,
        retry_after_s=_seconds(answer.headers.get("retry-after")),
    )


def json_of(body: bytes) -> dict[str, Any]:
    """The JSON object of a small answer; empty where it is none."""
    try:
        decoded = orjson.loads(body[:_READ_BYTES])
    except orjson.JSONDecodeError:
        return {}
    return decoded if isinstance(decoded, dict) else {}


def shown_address(url: str) -> str:
    """An address that can be shown: without its query, which may hold what is secret elsewhere."""
    return "".join(one for one in url.partition("?")[0][:200] if one.isprintable())


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.isdecimal() and len(header) < 7 else None
