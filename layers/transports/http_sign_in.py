# SPDX-License-Identifier: Apache-2.0
"""How a pull signs in: nothing, Basic, a token, a key, or OAuth2 client credentials. Tokens stay in memory."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import httpx

from layers.transports.http_answer import Answer, PullFailed, json_of, refusal_of, shown_address
from layers.transports.http_options import BasicAuth, BearerAuth, ClientCredentials, HttpOptions, KeyAuth
from layers.transports.named_secret import NamedSecret
from layers.values import shown

_SHORTEST_S, _MARGIN_S, _UNSAID_S = 5.0, 60.0, 300.0
Post: TypeAlias = Callable[[str, Mapping[str, str], Mapping[str, str]], Awaitable[Answer]]


@dataclass(frozen=True)
class _Token:
    text: str
    good_until: datetime


class Tokens:
    """Access tokens of this process, each until shortly before it runs out. Never written down."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], _Token] = {}

    def get(self, key: tuple[str, ...], now: datetime) -> str | None:
        """The token, where it is still good."""
        kept = self._kept.get(key)
        return kept.text if kept is not None and now < kept.good_until else None

    def keep(self, key: tuple[str, ...], text: str, lifetime_s: float, now: datetime) -> None:
        """Keep a token for most of its life."""
        margin_s = min(_MARGIN_S, lifetime_s / 10)
        self._kept[key] = _Token(text, now + timedelta(seconds=max(lifetime_s - margin_s, 0)))

    def forget(self, key: tuple[str, ...]) -> None:
        """The server does not take it any more."""
        self._kept.pop(key, None)


class SignIn:
    """The credentials of one visit.

    Args:
        post: sends a form with headers to an address, for tokens.
    """

    def __init__(
        self,
        options: HttpOptions,
        secret: Callable[[str], str],
        clock: Callable[[], datetime],
        tokens: Tokens,
        post: Post,
    ) -> None:
        self._options = options
        self._secret = secret
        self._clock = clock
        self._tokens = tokens
        self._post = post

    def refused(self) -> bool:
        """Told that a request was answered with 401; whether another try makes sense."""
        if not isinstance(self._options.auth, ClientCredentials):
            return False
        self._tokens.forget(_token_key(self._options.auth))
        return True

    async def headers(self) -> dict[str, str]:
        """What goes with each request to the server itself, and nowhere else.

        Raises:
            PullFailed: a secret is missing, or no token was given.
        """
        options = self._options
        found = {} if options.agency_code is None else {options.agency_header: options.agency_code}
        match options.auth:
            case BasicAuth() as basic:
                found["Authorization"] = _basic(basic.user, self._read(basic.password))
            case BearerAuth(token=token):
                found["Authorization"] = f"Bearer {self._key(token)}"
            case KeyAuth(key=key, header=header):
                found[header] = self._key(key)
            case ClientCredentials() as client:
                found["Authorization"] = f"Bearer {await self._token(client, dict(found))}"
        return found

    async def _token(self, client: ClientCredentials, headers: dict[str, str]) -> str:
        key = _token_key(client)
        known = self._tokens.get(key, self._clock())
        if known is not None:
            return known
        form = {"grant_type": "client_credentials", "scope": client.scope, "audience": client.audience}
        if client.send == "form":
            form |= {"client_id": client.client_id, "client_secret": self._read(client.client_secret)}
        else:
            headers["Authorization"] = _basic(client.client_id, self._read(client.client_secret))
        answer = await self._post(
            client.token_url,
            {name: value for name, value in form.items() if value is not None},
            {**headers, "Accept": "application/json"},
        )
        said = json_of(answer.body)
        token = said.get("access_token")
        if answer.status != 200 or not isinstance(token, str) or not _is_header_text(token):
            raise _no_token(client, answer, said)
        self._tokens.keep(key, token, _lifetime_s(said.get("expires_in")), self._clock())
        return token

    def _read(self, name: NamedSecret) -> str:
        try:
            return name.text(self._secret)
        except LookupError as error:
            raise PullFailed("secret_missing", str(error)) from None

    def _key(self, name: NamedSecret) -> str:
        """A secret that travels as it is."""
        text = self._read(name)
        if not _is_header_text(text):
            detail = f"the secret '{name.secret}' is empty or holds characters that cannot travel in a header"
            raise PullFailed("secret_invalid", detail)
        return text


def _token_key(client: ClientCredentials) -> tuple[str, ...]:
    return client.token_url, client.client_id, client.client_secret.secret, client.scope or "", client.audience or ""


def _no_token(client: ClientCredentials, answer: Answer, said: Mapping[str, Any]) -> PullFailed:
    told = shown(str(said.get("error") or "no access_token"))
    if answer.status in (429, 500, 502, 503, 504):
        return refusal_of(answer)
    return PullFailed(
        "oauth2_refused",
        f"{shown_address(client.token_url)} answers {answer.status} ({told}) to client '{client.client_id}': "
        f"look at client_id, scope and the secret '{client.client_secret.secret}'",
        status=answer.status,
    )


def _lifetime_s(said: Any) -> float:
    try:
        return max(float(said), _SHORTEST_S) if said is not None and not isinstance(said, bool) else _UNSAID_S
    except (TypeError, ValueError):
        return _UNSAID_S


def _basic(user: str, password: str) -> str:
    request = next(httpx.BasicAuth(user, password).auth_flow(httpx.Request("GET", "http://local/")))
    return request.headers["Authorization"]


def _is_header_text(text: str) -> bool:
    return bool(text) and len(text) <= 16_384 and all("\x21" <= one <= "\x7e" for one in text)
