# SPDX-License-Identifier: Apache-2.0
"""What an Atom or RSS index names: the address of each entry's document, and what tells its versions apart. Pure."""

import hashlib
import io
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import feedparser

from layers.connectors.rss_redaction import feed_of
from layers.errors import Rejected

CAP_TYPE = "application/cap+xml"
_XML_TYPES = ("application/xml", "text/xml", "application/common-alerting-protocol+xml")
_MARK_LENGTH = 12
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, RecursionError, OSError)


class Named(NamedTuple):
    """One document that an index names.

    Args:
        mark: changes with the entry's version; short, since the cursor keeps one for each entry of the index.
    """

    address: str
    mark: str


def named_in(body: bytes, base: str) -> list[Named]:
    """The documents of an index, in its order, each once. Entries without an address are passed over.

    Raises:
        Rejected: the body is no feed.
    """
    try:
        feed = feedparser.parse(
            io.BytesIO(feed_of(body)),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
        entries = [dict(entry) for entry in feed.entries]
    except _BROKEN as error:
        raise Rejected("feed_unreadable", f"the feed cannot be read: {type(error).__name__}") from None
    if not feed.version:
        raise Rejected("feed_unreadable", "the address answers neither RSS nor Atom")
    found: dict[str, str] = {}
    for entry in entries:
        address = _address(entry, base)
        if address:
            found.setdefault(_mark(entry, address), address)
    return [Named(address, mark) for mark, address in found.items()]


def _address(entry: Mapping[str, Any], base: str) -> str:
    links = [link for link in entry.get("links", ()) if isinstance(link, Mapping) and link.get("href")]
    for wanted in (_is_cap, _is_xml, _is_any):
        for link in links:
            if wanted(link):
                return _joined(base, str(link["href"]))
    return _joined(base, str(entry.get("link") or ""))


def _is_cap(link: Mapping[str, Any]) -> bool:
    return str(link.get("type", "")).partition(";")[0].strip().lower() == CAP_TYPE


def _is_xml(link: Mapping[str, Any]) -> bool:
    kind = str(link.get("type", "")).partition(";")[0].strip().lower()
    return kind in _XML_TYPES or str(link["href"]).partition("?")[0].lower().endswith((".cap", ".xml"))


def _is_any(link: Mapping[str, Any]) -> bool:
    return link.get("rel") in ("alternate", "enclosure")


def _joined(base: str, address: str) -> str:
    try:
        whole = urljoin(base, address.strip())
        return whole if address and urlsplit(whole).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _mark(entry: Mapping[str, Any], address: str) -> str:
    parts: Iterable[str] = (str(entry.get(name) or "") for name in ("id", "updated", "published"))
    return hashlib.sha256("\n".join((*parts, address)).encode("utf-8", "replace")).hexdigest()[:_MARK_LENGTH]
