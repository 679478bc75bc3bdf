# SPDX-License-Identifier: Apache-2.0
"""One visit's connection to a foreign server: signed in, bounded, verified, and never led astray.

Certificates are always verified; a redirect or a next page to another host is followed only where the file allows it,
and never with our credentials; an answer is cut off at its limit while it arrives. Nothing is retried but a sign-in
that ran out: the runner waits longer each time.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from layers.transports.http_answer import Answer, PullFailed, refusal_of, shown_address
from layers.transports.http_options import HttpOptions, checked_address
from layers.transports.http_paging import Ask
from layers.transports.http_sign_in import SignIn, Tokens
from layers.values import shown

_MAX_REDIRECTS = 5
_TOKEN_BYTES = 65_536
_PATIENCE = 4
_PORTS = {"http": 80, "https": 443}


class Session:
    """A client for one visit; use as an asynchronous context."""

    def __init__(
        self, options: HttpOptions, secret: Callable[[str], str], clock: Callable[[], datetime], tokens: Tokens
    ) -> None:
        self._options = options
        self._sign_in = SignIn(options, secret, clock, tokens, self._post)
        self._client = httpx.AsyncClient(
            verify=ssl.create_default_context(cafile=options.ca_file),
            timeout=httpx.Timeout(options.timeout_s, connect=options.connect_timeout_s),
            trust_env=False,
            proxy=options.proxy,
            headers={"User-Agent": "ToanCanh/0.1", "Accept": options.accept},
        )

    async def __aenter__(self) -> "Session":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def fetch(self, ask: Ask, extra: Mapping[str, str]) -> Answer:
        """One page, or the 304 that says that it has not changed.

        Raises:
            PullFailed: for every other outcome.
        """
        answer = await self._follow(ask, extra)
        if answer.status == 401 and self._sign_in.refused():
            answer = await self._follow(ask, extra)
        if answer.status == 304 or 200 <= answer.status < 300:
            return answer
        raise refusal_of(answer)

    async def _follow(self, ask: Ask, extra: Mapping[str, str]) -> Answer:
        url, params = ask.url, dict(ask.params)
        for _ in range(_MAX_REDIRECTS):
            own = {**self._options.headers, **await self._sign_in.headers()} if self._is_home(url) else {}
            answer = await self._request(url, params, ask.body, {**extra, **own})
            if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
                return answer
            if self._options.method != "GET":
                raise PullFailed(
                    "redirected", f"{shown_address(url)} redirects a POST: write its new address into 'url'"
                )
            url, params = urljoin(answer.url, answer.headers["location"]), {}
        raise PullFailed("too_many_redirects", f"{shown_address(ask.url)} redirects more than {_MAX_REDIRECTS} times")

    async def _request(
        self, url: str, params: Mapping[str, Any], body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> Answer:
        self._check(url)
        sent: dict[str, Any] = {} if body is None else {self._body_argument: dict(body)}
        # An address with a query of its own keeps it: httpx would replace it by empty params.
        merged = httpx.URL(url).copy_merge_params(dict(params)) if params else httpx.URL(url)
        request = self._client.build_request(self._options.method, merged, headers=dict(headers), **sent)
        return await self._send(request, self._options.max_bytes)

    @property
    def _body_argument(self) -> str:
        return "json" if self._options.body_as == "json" else "data"

    async def _post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        request = self._client.build_request("POST", url, data=dict(form), headers=dict(headers))
        return await self._send(request, _TOKEN_BYTES)

    async def _send(self, request: httpx.Request, max_bytes: int) -> Answer:
        where = shown_address(str(request.url))
        try:
            # The client's own limit counts from byte to byte: who drips could hold us for ever.
            async with asyncio.timeout(self._options.timeout_s * _PATIENCE):
                return await self._read(request, max_bytes)
        except (httpx.TimeoutException, TimeoutError):
            raise PullFailed("timed_out", f"{where} did not answer within {self._options.timeout_s:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise PullFailed("unreachable", f"{where}: {type(error).__name__}: {shown(str(error))}") from None

    async def _read(self, request: httpx.Request, max_bytes: int) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            chunks, size = [], 0
            async for chunk in response.aiter_bytes(65_536):
                size += len(chunk)
                if size > max_bytes:
                    where = shown_address(str(request.url))
                    raise PullFailed("answer_too_large", f"{where} sends more than {max_bytes} bytes a page")
                chunks.append(chunk)
            link = response.links.get("next", {}).get("url")
            return Answer(response.status_code, b"".join(chunks), response.headers, str(response.url), link)
        finally:
            await response.aclose()

    def _is_home(self, url: str) -> bool:
        return _origin(url) == _origin(self._options.url)

    def _check(self, url: str) -> None:
        """Whether a redirect or a next page may lead there."""
        try:
            checked_address(url)
            host = urlsplit(url).hostname
            away = not self._is_home(url)
        except ValueError as error:
            raise PullFailed("address_refused", f"the server leads to no usable address: {error}") from None
        if away and host not in self._options.hosts:
            raise PullFailed(
                "host_refused",
                f"{shown_address(self._options.url)} leads to another host, {shown(str(host))}: name it in 'hosts' to "
                "follow, or set 'rebase' where it means itself",
            )


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
