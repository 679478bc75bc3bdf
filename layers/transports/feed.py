# SPDX-License-Identifier: Apache-2.0
"""Polls an RSS, Atom or CAP index: as it is, or each document that it names, once for each version.

The index is asked for conditionally (ETag, Last-Modified). Its validators are kept only once all that it names has
come, so a visit that ends in the middle goes on where it was. What an index names is fetched from its own host, and
from hosts that the source allows: an index must not send us wherever it likes. The same holds for redirects.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Annotated, Any, Self
from urllib.parse import urljoin, urlsplit

import httpx
from pydantic import Field, model_validator

from layers.connectors.base import Message, Options
from layers.errors import Rejected
from layers.spec import Text
from layers.transports.base import Arrival, Transport, Visit
from layers.transports.feed_entries import CAP_TYPE, Named, named_in
from layers.transports.http_answer import Answer, PullFailed, refusal_of, shown_address
from layers.transports.named_secret import NamedSecret

_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5
_GONE = (404, 410)
_KEPT = ("etag", "last-modified")
_ACCEPT = f"{CAP_TYPE}, application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"


class FeedOptions(Options):
    """Where the index is and how it is read.

    Args:
        follow: bring each document that the index names; without it the index itself is the message.
        hosts: further hosts that documents may be on, or redirects lead to.
        key: sent as a Bearer key, to the host of the index only.
    """

    address: Annotated[str, Field(pattern=r"^https?://[^\s]{1,1900}$")]
    follow: bool = False
    hosts: tuple[str, ...] = ()
    key: NamedSecret | None = None
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 20
    max_bytes: Annotated[int, Field(ge=1_000, le=20_000_000)] = 5_000_000
    max_entries: Annotated[int, Field(ge=1, le=5_000)] = 1_000

    @model_validator(mode="after")
    def _has_host(self) -> "FeedOptions":
        try:
            host, port = urlsplit(self.address).hostname, urlsplit(self.address).port
        except ValueError as error:
            raise ValueError(f"address: {error}") from None
        if not host or port == 0:
            raise ValueError("address has no host")
        return self

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Where we may go."""
        return frozenset({urlsplit(self.address).hostname or "", *(host.lower() for host in self.hosts)})


async def arrivals(visit: Visit) -> AsyncIterator[Arrival]:
    """The index if it has changed, or the documents in it that are new.

    Raises:
        PullFailed: the index, or some of its documents, could not be had; what came is kept, the rest is asked again.
    """
    options: FeedOptions = visit.options
    kept = visit.cursor if visit.cursor.get("address") == options.address else {}
    async with _Client(options, visit) as client:
        answer = await client.get(options.address, _conditions(kept))
        if answer.status == 304:
            return
        validators = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
        if not options.follow:
            name = shown_address(options.address)
            yield Arrival(client.message(answer, name), {"address": options.address, **validators})
            return
        async for arrival in _followed(client, answer, kept, validators):
            yield arrival


async def _followed(
    client: "_Client", index: Answer, kept: Mapping[str, Any], validators: Mapping[str, str]
) -> AsyncIterator[Arrival]:
    options = client.options
    try:
        named = await asyncio.to_thread(named_in, index.body, index.url)
    except Rejected as rejection:
        raise PullFailed(rejection.code, f"{shown_address(index.url)}: {rejection.detail}") from None
    # An index has the newest first; what came first is brought first.
    listed = named[: options.max_entries][::-1]
    before = kept.get("seen")
    known = set(before) if isinstance(before, list) else set()
    seen = [one.mark for one in listed if one.mark in known]
    waiting = [one for one in listed if one.mark not in known]
    failures: list[PullFailed] = []
    for number, one in enumerate(waiting, 1):
        try:
            message = await _document(client, one)
        except PullFailed as failure:
            failures.append(failure)
            continue
        seen.append(one.mark)
        done = number == len(waiting) and not failures
        yield Arrival(message, _cursor(options, seen, validators if done else {}))
    if failures:
        told = f"{len(failures)} of {len(waiting)} documents could not be had, the first because {failures[0]}"
        raise PullFailed("documents_missing", told)


def _cursor(options: FeedOptions, seen: Sequence[str], validators: Mapping[str, str]) -> dict[str, Any]:
    return {"address": options.address, "seen": list(seen), **validators}


async def _document(client: "_Client", one: Named) -> Message:
    """The document, or what becomes a dead letter of its name: an empty message in place of what will never come."""
    try:
        return client.message(await client.get(one.address), shown_address(one.address))
    except PullFailed as failure:
        if failure.status in _GONE or failure.code in ("host_not_allowed", "too_large"):
            told = {"not-fetched": failure.code}
            return Message(b"", client.now(), CAP_TYPE, shown_address(one.address), told)
        raise


def _conditions(kept: Mapping[str, Any]) -> dict[str, str]:
    asked = {"If-None-Match": kept.get("etag"), "If-Modified-Since": kept.get("last-modified")}
    return {header: str(value) for header, value in asked.items() if value}


class _Client:
    """Addresses of one visit, within the source's limits."""

    def __init__(self, options: FeedOptions, visit: Visit) -> None:
        self.options = options
        self.now = visit.clock
        self._key = None if options.key is None else options.key.text(visit.secret)
        self._home = urlsplit(options.address).hostname
        self._client = httpx.AsyncClient(
            headers={"Accept": _ACCEPT, "User-Agent": "ToanCanh"},
            timeout=options.timeout_s,
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    def message(self, answer: Answer, name: str) -> Message:
        """What the connector gets."""
        told = {header: answer.headers[header] for header in (*_KEPT, "date") if header in answer.headers}
        return Message(answer.body, self.now(), answer.headers.get("content-type", "application/xml"), name, told)

    async def get(self, address: str, conditions: Mapping[str, str] | None = None) -> Answer:
        """What an address answers, after redirects that stay where we may go.

        Raises:
            PullFailed: it does not answer in time, answers otherwise than 200 or 304, or too much.
        """
        try:
            async with asyncio.timeout(self.options.timeout_s):
                for _ in range(_MAX_REDIRECTS + 1):
                    answer = await self._once(address, conditions or {})
                    if answer.status not in _REDIRECTS:
                        break
                    address = urljoin(address, answer.headers.get("location", ""))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
            told = f"{shown_address(address)}: {type(error).__name__}"
            raise PullFailed("not_reached", told) from None
        if answer.status == 304 and conditions:
            return answer
        if answer.status != 200:
            raise refusal_of(answer)
        return answer

    async def _once(self, address: str, conditions: Mapping[str, str]) -> Answer:
        parts = urlsplit(address)
        if parts.hostname not in self.options.allowed_hosts or parts.scheme not in ("http", "https"):
            told = f"{shown_address(address)} is on a host that the source does not allow; add it to hosts"
            raise PullFailed("host_not_allowed", told)
        if parts.scheme == "http" and self.options.address.startswith("https:"):
            raise PullFailed("host_not_allowed", f"{shown_address(address)} is not encrypted, the index is")
        is_home = parts.hostname == self._home and self._key is not None
        headers = {**conditions, **({"Authorization": f"Bearer {self._key}"} if is_home else {})}
        body = bytearray()
        async with self._client.stream("GET", address, headers=headers) as response:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self.options.max_bytes:
                    told = f"{shown_address(address)} answers more than {self.options.max_bytes} bytes"
                    raise PullFailed("too_large", told)
            return Answer(response.status_code, bytes(body), response.headers, address, None)


TRANSPORT = Transport("feed", Text("Đọc nguồn tin RSS, Atom, CAP", "Feed poll"), arrivals, FeedOptions)
