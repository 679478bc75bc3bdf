# SPDX-License-Identifier: Apache-2.0
"""The product seen from outside: its ingest door and its items, with patience for restarts."""

import random
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx

Json = dict[str, Any]

BUSY = {429, 502, 503, 504}
LONGEST_WAIT_S = 15.0


class DoorError(Exception):
    """The server refused, or did not answer within our patience."""


class Stopped(Exception):
    """The person asked us to stop while we waited."""


class Door:
    """Client of one source on one server.

    Args:
        url: base address of the server.
        key: push key of the source, sent as a bearer token.
        patience_s: how long one request may be retried; None waits for ever.
        stop: when set, a wait ends with `Stopped`.
        transport: how requests travel, when not over the network.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        patience_s: float | None,
        stop: threading.Event,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Accept": "application/json"},
            timeout=httpx.Timeout(30.0, connect=5.0),
            transport=transport,
            trust_env=False,  # The server is on this machine or near it: never through a proxy.
        )
        self._key = {"Authorization": f"Bearer {key}"}
        self._patience_s = patience_s
        self._stop = stop

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def push(self, layer: str, payload: Json | list[Json], source: str = "demo", kind: str | None = None) -> Json:
        """Push records to a layer; the answer is the server's count of what it did with them."""
        asked = {"layer": layer} if kind is None else {"layer": layer, "kind": kind}
        return self._request("POST", f"/ingest/{source}", params=asked, json=payload)

    def get(self, path: str, **parameters: str) -> Json:
        """What an address answers; without our key where reading is open and the key may only push."""
        try:
            return self._request("GET", path, params=parameters)
        except DoorError as error:
            if "key_cannot_read" not in str(error):
                raise
        return self._request("GET", path, params=parameters, headers={})

    def items(self, layer: str, **equal: str) -> Iterator[Json]:
        """All features of a layer with these property values, page by page."""
        page = self._request("GET", f"/collections/{layer}/items", params={"limit": "1000", **equal})
        while True:
            yield from page["features"]
            following = [link["href"] for link in page.get("links", []) if link.get("rel") == "next"]
            if not following:
                return
            # The link may carry the public address; we stay on the address that we were given.
            page = self._request("GET", httpx.URL(following[0]).raw_path.decode("ascii"))

    def _request(self, method: str, path: str, **arguments: Any) -> Json:
        arguments = {"headers": self._key, **arguments}
        began = time.monotonic()
        attempt = 0
        while True:
            retry_after, reason = 0.0, ""
            try:
                response = self._client.request(method, path, **arguments)
            except httpx.TransportError as error:
                reason = f"{type(error).__name__}: {error}"
            else:
                if response.is_success:
                    answer: Json = response.json()
                    return answer
                reason = f"{response.status_code} {_detail(response)}"
                if response.status_code not in BUSY:
                    raise DoorError(f"{method} {path}: {reason}")
                retry_after = _seconds(response.headers.get("retry-after", ""))
            attempt += 1
            if self._patience_s is not None and time.monotonic() - began > self._patience_s:
                raise DoorError(f"{method} {path}: gave up after {attempt} attempts: {reason}")
            wait = max(retry_after, 0.05 * 2 ** min(attempt, 8) * random.uniform(0.7, 1.3))
            if self._stop.wait(min(wait, LONGEST_WAIT_S)):
                raise Stopped


def _detail(response: httpx.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return response.text[:200]
    if not isinstance(body, dict):
        return str(body)[:200]
    return f"{body.get('code', '')} {body.get('detail', '')}".strip()


def _seconds(header: str) -> float:
    return float(header) if header.isdigit() else 0.0
