# SPDX-License-Identifier: Apache-2.0
"""Which request follows an answer. Pure: values in, values out, so that a visit goes on where the last one stopped."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from layers.connectors.mapped_options import compiled
from layers.transports.http_options import HttpOptions, LinkPaging, OffsetPaging, PagePaging, TokenPaging

_USUAL_LISTS = ("features", "result.records")


class PagingLost(ValueError):
    """An answer from which the next page cannot be told."""


@dataclass(frozen=True)
class Ask:
    """One request, apart from its headers. Where links lead on, ``params`` are those of the first page only."""

    url: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    page: int = 0

    def as_dict(self) -> dict[str, Any]:
        """As the cursor keeps it."""
        body = None if self.body is None else dict(self.body)
        return {"url": self.url, "params": dict(self.params), "body": body, "page": self.page}


def ask_from(kept: Any) -> Ask | None:
    """The request that a cursor keeps, ``None`` where it keeps none."""
    if not isinstance(kept, dict) or not isinstance(kept.get("url"), str):
        return None
    page = kept.get("page")
    return Ask(kept["url"], kept.get("params") or {}, kept.get("body"), page if isinstance(page, int) else 0)


def first_ask(options: HttpOptions, window: Mapping[str, str]) -> Ask:
    """The request for the first page of a window."""
    filled = {name: fill(value, window) for name, value in options.params.items()}
    body = None if options.body is None else fill(dict(options.body), window)
    return _with_page(options, Ask(options.url, filled, body))


def fill(value: Any, window: Mapping[str, str]) -> Any:
    """A value with ``{since}`` and its like filled in, at any depth."""
    if isinstance(value, str):
        for word, text in window.items():
            value = value.replace(f"{{{word}}}", text)
        return value
    if isinstance(value, dict):
        return {name: fill(member, window) for name, member in value.items()}
    return [fill(member, window) for member in value] if isinstance(value, list) else value


def told_as(moment: datetime, time_format: str, tz: str) -> str:
    """A moment in the form that the other side reads."""
    if time_format == "epoch_s":
        return str(int(moment.timestamp()))
    if time_format == "epoch_ms":
        return str(int(moment.timestamp() * 1000))
    if time_format == "utc":
        return moment.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
    local = moment.astimezone(ZoneInfo(tz))
    return local.isoformat(timespec="seconds") if time_format == "iso" else local.strftime(time_format)


def next_ask(options: HttpOptions, ask: Ask, decoded: Any, link: str | None) -> Ask | None:
    """The request for the page after this one, ``None`` after the last.

    Args:
        decoded: the answer's JSON, ``None`` where it is none.
        link: what the header ``Link`` calls next.

    Raises:
        PagingLost: the answer has no list where the options say, or repeats itself.
    """
    match options.paging:
        case LinkPaging(rebase=rebase):
            address = link or _json_link(decoded)
            return None if address is None else _moved(ask, address, rebase=rebase)
        case OffsetPaging(items=items, size=size):
            return _with_page(options, replace(ask, page=ask.page + 1)) if _count(decoded, items) >= size else None
        case PagePaging(items=items, size=most):
            count = _count(decoded, items)
            return None if count == 0 or count < (most or 1) else _with_page(options, replace(ask, page=ask.page + 1))
        case TokenPaging() as paging:
            return _by_token(paging, ask, decoded)
    return None


def _with_page(options: HttpOptions, ask: Ask) -> Ask:
    match options.paging:
        case OffsetPaging() as paging:
            return _put(ask, paging.place, {paging.offset: ask.page * paging.size, paging.limit: paging.size})
        case PagePaging() as paging:
            said: dict[str, Any] = {paging.page: ask.page + paging.first}
            if paging.limit is not None and paging.size is not None:
                said[paging.limit] = paging.size
            return _put(ask, paging.place, said)
    return ask


def _by_token(paging: TokenPaging, ask: Ask, decoded: Any) -> Ask | None:
    token = compiled(paging.path).search(decoded) if isinstance(decoded, dict | list) else None
    if token in (None, "", False):
        return None
    if not isinstance(token, str | int):
        raise PagingLost(f"paging.path ({paging.path}): found {type(token).__name__}, not a token")
    if paging.param is None:
        return _moved(ask, str(token), rebase=False)
    return replace(_put(ask, paging.place, {paging.param: token}), page=ask.page + 1)


def _put(ask: Ask, place: str, said: Mapping[str, Any]) -> Ask:
    if place == "body":
        return replace(ask, body={**(ask.body or {}), **said})
    return replace(ask, params={**ask.params, **said})


def _moved(ask: Ask, address: str, *, rebase: bool) -> Ask:
    target = urljoin(ask.url, address)
    if rebase:
        own, other = urlsplit(ask.url), urlsplit(target)
        target = urlunsplit((own.scheme, own.netloc, other.path, other.query, ""))
    return Ask(target, {}, ask.body, ask.page + 1)


def _json_link(decoded: Any) -> str | None:
    links = decoded.get("links") if isinstance(decoded, dict) else None
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next" and isinstance(link.get("href"), str):
            return str(link["href"])
    return None


def _count(decoded: Any, items: str | None) -> int:
    found = decoded
    if items is not None:
        found = compiled(items).search(decoded)
    elif isinstance(decoded, dict):
        found = next((one for path in _USUAL_LISTS if (one := compiled(path).search(decoded)) is not None), None)
    if not isinstance(found, list):
        raise PagingLost(f"paging.items ({items or ' or '.join(_USUAL_LISTS)}): there is no list of records")
    return len(found)
