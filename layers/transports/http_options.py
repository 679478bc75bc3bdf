# SPDX-License-Identifier: Apache-2.0
"""What a scheduled pull may set: address, window of time, sign-in, paging, limits. Pure."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from layers.connectors.base import Options
from layers.connectors.mapped_options import LOCAL_TZ, compiled
from layers.transports.named_secret import NamedSecret

MAX_PAGE_BYTES = 32 * 1024 * 1024
WORDS = ("since", "until", "now")
_HEADER = r"^[A-Za-z0-9-]{1,60}$"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=100)]
HeaderName: TypeAlias = Annotated[str, Field(pattern=_HEADER)]
HeaderText: TypeAlias = Annotated[str, Field(pattern=r"^[\x20-\x7e]{0,1000}$")]


class NoAuth(Options):
    """Open to everybody."""

    kind: Literal["none"] = "none"


class BasicAuth(Options):
    """RFC 7617."""

    kind: Literal["basic"]
    user: Name
    password: NamedSecret


class BearerAuth(Options):
    """A token that does not change (RFC 6750)."""

    kind: Literal["bearer"]
    token: NamedSecret


class KeyAuth(Options):
    """A key in a header of its own."""

    kind: Literal["api_key"]
    key: NamedSecret
    header: HeaderName = "X-API-Key"


class ClientCredentials(Options):
    """OAuth2 client credentials (RFC 6749, section 4.4), as provincial sharing platforms (LGSP) ask for.

    ``send``: the client's secret as HTTP Basic, which every server must take, or in the form, which some insist on.
    """

    kind: Literal["oauth2"]
    token_url: str
    client_id: Name
    client_secret: NamedSecret
    scope: str | None = None
    audience: str | None = None
    send: Literal["basic", "form"] = "basic"


class NoPaging(Options):
    """One answer holds everything."""

    kind: Literal["none"] = "none"


class LinkPaging(Options):
    """The answer names the next page: in the header ``Link`` (RFC 8288) or in ``links`` with ``rel: next`` (OGC API).

    ``rebase`` keeps our own scheme and host: a server behind a gateway names addresses that only it can reach.
    """

    kind: Literal["link"]
    rebase: bool = False


class OffsetPaging(Options):
    """``offset`` and ``limit``; a page that is not full is the last. ``items``: where the records are (JMESPath)."""

    kind: Literal["offset"]
    offset: Name = "offset"
    limit: Name = "limit"
    size: Annotated[int, Field(ge=1, le=100_000)] = 500
    items: str | None = None
    place: Literal["query", "body"] = "query"


class PagePaging(Options):
    """Pages by number; a page that is not full, or empty where no size is set, is the last."""

    kind: Literal["page"]
    page: Name = "page"
    first: Annotated[int, Field(ge=0, le=1)] = 1
    limit: Name | None = None
    size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    items: str | None = None
    place: Literal["query", "body"] = "query"


class TokenPaging(Options):
    """``path`` (JMESPath) is what continues: the value of ``param``, or without one the next address itself."""

    kind: Literal["token"]
    path: str
    param: Name | None = None
    place: Literal["query", "body"] = "query"


Auth: TypeAlias = Annotated[
    NoAuth | BasicAuth | BearerAuth | KeyAuth | ClientCredentials, Field(discriminator="kind")
]  # fmt: skip
Paging: TypeAlias = Annotated[
    NoPaging | LinkPaging | OffsetPaging | PagePaging | TokenPaging, Field(discriminator="kind")
]  # fmt: skip


class HttpOptions(Options):
    """A pull. ``{since}``, ``{until}`` and ``{now}`` in ``params`` and ``body`` are the window that is asked for.

    The window begins where the last one ended, less ``overlap_s``: no protocol's clock can be trusted to the second.
    ``agency_code`` is the electronic identifier of the agency that asks (Decision 20/2020/QĐ-TTg), which platforms want
    in a header. ``hosts`` are other hosts to which a redirect or a next page may lead; credentials never go there.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    params: Mapping[str, str | int | float | bool] = Field(default_factory=dict)
    headers: Mapping[HeaderName, HeaderText] = Field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    body_as: Literal["json", "form"] = "json"
    accept: HeaderText = "application/geo+json, application/json;q=0.9, text/csv;q=0.8, */*;q=0.1"
    agency_code: HeaderText | None = None
    agency_header: HeaderName = "X-Agency-Code"
    auth: Auth = Field(default_factory=NoAuth)
    paging: Paging = Field(default_factory=NoPaging)
    time_format: str = "iso"
    tz: str = LOCAL_TZ
    overlap_s: Annotated[float, Field(ge=0, le=31_622_400)] = 900
    first_s: Annotated[float, Field(ge=0, le=3_162_240_000)] = 30 * 86_400
    max_pages: Annotated[int, Field(ge=1, le=10_000)] = 1000
    max_bytes: Annotated[int, Field(ge=1024, le=MAX_PAGE_BYTES)] = MAX_PAGE_BYTES
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 30
    connect_timeout_s: Annotated[float, Field(gt=0, le=60)] = 10
    hosts: tuple[str, ...] = ()
    ca_file: str | None = None
    proxy: str | None = None
    plain_http: bool = False

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        return checked_address(url)

    @field_validator("tz")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (LookupError, OSError, ValueError):
            raise ValueError(f"there is no time zone '{name}'; one is {LOCAL_TZ}") from None
        return name

    @model_validator(mode="after")
    def _sound(self) -> "HttpOptions":
        for name, value in self.params.items():
            unknown = set(re.findall(r"\{(\w+)\}", str(value))) - set(WORDS)
            if unknown:
                known = ", ".join(f"{{{word}}}" for word in WORDS)
                raise ValueError(f"params.{name}: there is no {{{min(unknown)}}}; there are {known}")
        if self.body is not None and self.method == "GET":
            raise ValueError("a 'body' needs 'method: POST'")
        for path in (getattr(self.paging, "items", None), getattr(self.paging, "path", None)):
            if path is not None:
                compiled(path)
        if isinstance(self.auth, ClientCredentials):
            checked_address(self.auth.token_url)
        if not self.plain_http and not isinstance(self.auth, NoAuth):
            for address in (self.url, getattr(self.auth, "token_url", self.url)):
                parts = urlsplit(address)
                if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
                    raise ValueError(f"{parts.hostname}: credentials need https (or 'plain_http: true', if it must be)")
        return self

    @property
    def has_window(self) -> bool:
        """Whether the address depends on when it is asked."""
        said = [str(value) for value in self.params.values()] + [str(self.body or "")]
        return any(f"{{{word}}}" in text for text in said for word in WORDS)


def checked_address(url: str) -> str:
    """An http or https address.

    Raises:
        ValueError: it is none, or has a password in it.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{url[:80]}' is no http or https address")
    if parts.username or parts.password:
        raise ValueError("an address must not hold a password: use 'auth'")
    return url
