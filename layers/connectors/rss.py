# SPDX-License-Identifier: Apache-2.0
"""RSS 2.0 and Atom feeds of the press to items of the layer ``media``. Pure: feedparser gets bytes, never an address.

Kept of an item: outlet, link, headline, time, topic, and the commune that the place ladder finds in its headline and
summary. Authors and full texts are taken out before the message is kept. An item is never a point, also where GeoRSS
gives one: prose names a commune. An item whose date is missing or absurd is dated by when it was first seen: it carries
a revision that falls with the time of reading, so that the same item read again later is the older word.
"""

import calendar
import hashlib
import html
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import feedparser
from pydantic import Field

from layers.connectors.base import Connector, Found, Message, Options, Parsed, PlaceHints, Refused
from layers.connectors.media_words import story_of, topic_of
from layers.connectors.rss_redaction import feed_of, redacted
from layers.errors import Rejected
from layers.spec import Text

LAYER = "media"
MAX_ITEMS = 2_000
_VIETNAM = timezone(timedelta(hours=7))
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=10)
_FIRST_SEEN = 2**40
_TAG = re.compile(r"<[!/?a-zA-Z][^<>]{0,2000}>")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f]+")
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|zarsrc|mc_[ce]id)")
# What feedparser is known to raise on feeds that nobody meant to be feeds.
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, RecursionError, OSError)


class RssOptions(Options):
    """How a feed is read.

    Args:
        outlet: the newspaper's name; without one the host that its items link to.
    """

    outlet: Annotated[str, Field(min_length=1, max_length=100)] | None = None


def parse(message: Message, options: RssOptions) -> Iterator[Parsed]:
    """The items of one feed, each once.

    Raises:
        Rejected: not a feed.
    """
    items: dict[str, Found] = {}
    for entry in _entries(message.body)[:MAX_ITEMS]:
        item = _item(entry, message.received_at, options)
        if isinstance(item, Refused):
            yield item
            continue
        known = items.get(item.record["id"])
        if known is not None and known.record != item.record:
            yield Refused("guid_repeated", "the feed has this guid twice with other content; the newer one counts",
                          {"id": item.record["id"]}, LAYER)  # fmt: skip
        if known is None or _said(item) > _said(known):
            items[item.record["id"]] = item
    yield from items.values()


def _said(item: Found) -> tuple[bool, str]:
    """What orders two items of one guid: one with a date of its own is before one without."""
    return "revision" not in item.record, str(item.record["time"])


def _entries(body: bytes) -> list[Mapping[str, Any]]:
    try:
        feed = feedparser.parse(
            io.BytesIO(feed_of(body)),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
        # Plain: feedparser's dicts answer for names that they do not have.
        entries: list[Mapping[str, Any]] = [dict(entry) for entry in feed.entries]
        version = feed.version
    except _BROKEN as error:
        raise Rejected("feed_unreadable", f"the feed cannot be read: {type(error).__name__}") from None
    if not version:
        raise Rejected("feed_unreadable", "the body is neither RSS nor Atom")
    return entries


def _item(entry: Mapping[str, Any], received_at: datetime, options: RssOptions) -> Found | Refused:
    title = _plain(entry.get("title"))
    if not title:
        return Refused("title_missing", "an item without a headline says nothing", None, LAYER)
    link, host = _canonical(entry.get("link"))
    outlet = options.outlet or host
    key = _key(outlet, _one_line(entry.get("id")), link)
    if key is None:
        return Refused("identity_missing", "an item has a guid or a link", {"title": title[:160]}, LAYER)
    summary = _plain(entry.get("summary"))
    record: dict[str, Any] = {
        "id": key,
        "kind": "press",
        "topic": topic_of(title, summary),
        "sentiment": _sentiment(entry),
        "title": title if len(title) <= 160 else title[:159].rstrip() + "…",
        "outlet": outlet[:100] or None,
        "link": link if len(link) <= 500 else None,
        "story": story_of(title),
        **_time(entry, received_at),
    }
    hints = PlaceHints(text=f"{title}. {summary}"[:2000])
    return Found(LAYER, {name: value for name, value in record.items() if value is not None}, hints=hints)


def _time(entry: Mapping[str, Any], received_at: datetime) -> dict[str, Any]:
    """When it was published. Without a date that can be, when it was read; read again later, that is an older word."""
    for name in ("published_parsed", "updated_parsed"):
        try:
            moment = datetime.fromtimestamp(calendar.timegm(entry[name]), UTC)
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            continue
        if _EARLIEST <= moment <= received_at + _AHEAD:
            return {"time": moment.astimezone(_VIETNAM).isoformat()}
    first_seen = max(1, _FIRST_SEEN - int(received_at.timestamp()))
    return {"time": received_at.astimezone(_VIETNAM).replace(microsecond=0).isoformat(), "revision": first_seen}


def _sentiment(entry: Mapping[str, Any]) -> str:
    """What the source says: a word, or a number from -1 to 1; neutral where it says nothing."""
    said = next((str(value) for name, value in entry.items() if name.rpartition("_")[2] == "sentiment"), "")
    word = said.strip().lower()
    if word in ("positive", "neutral", "negative"):
        return word
    try:
        number = float(word)
    except ValueError:
        return "neutral"
    return "positive" if number > 0.2 else "negative" if number < -0.2 else "neutral"


def _key(outlet: str, guid: str, link: str) -> str | None:
    if guid:
        key = f"{outlet}:{guid}"
        return key if len(key) <= 200 else "sha256:" + hashlib.sha256(key.encode()).hexdigest()
    return "sha256:" + hashlib.sha256(link.encode()).hexdigest() if link else None


def _canonical(link: Any) -> tuple[str, str]:
    """An address without what tells visitors apart, and its host; empty for what is no web address."""
    try:
        parts = urlsplit(_one_line(link))
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
        query = [(name, value) for name, value in parse_qsl(parts.query, max_num_fields=50)
                 if not _TRACKING.fullmatch(name.lower())]  # fmt: skip
    except ValueError:
        return "", ""
    if parts.scheme not in ("http", "https") or not host:
        return "", ""
    asked = f"?{urlencode(query)}" if query else ""
    return f"https://{host}{port}{parts.path or '/'}{asked}", host[:100]


def _one_line(value: Any) -> str:
    text = unicodedata.normalize("NFC", value) if isinstance(value, str) else ""
    return _BLANKS.sub(" ", text).strip()


def _plain(value: Any) -> str:
    """Text without markup, also where the markup was escaped once more than it should be."""
    text = value if isinstance(value, str) else ""
    for _ in range(2):
        text = html.unescape(_TAG.sub(" ", text[:20_000]))
    return _one_line(_TAG.sub(" ", text))


CONNECTOR = Connector("rss", Text("RSS, Atom (báo chí)", "RSS, Atom (press)"), parse, RssOptions, redacted)
