# SPDX-License-Identifier: Apache-2.0
"""The Atom index (RFC 4287, GeoRSS-Simple) of our CAP messages. Pure; what has not changed has the same bytes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lxml import etree

from layers.connectors.cap_out import Issued, Publisher, area_name, identifier_of, message_type_of, moment_of
from layers.connectors.cap_shapes import rings_of
from layers.connectors.cap_text import printable
from layers.connectors.cap_words import MEDIA_TYPE

_ATOM = "http://www.w3.org/2005/Atom"
_GEORSS = "http://www.georss.org/georss"
_NOTHING_YET = "2000-01-01T00:00:00+07:00"
# The day from which the tags of RFC 4151 are ours; it never changes.
_TAG_DAY = "2025-07-01"
_TITLE = "Tin cảnh báo đang hiệu lực"
_TITLE_OF_ALL = "Tin cảnh báo"
_WORDS = {"Alert": "", "Update": "Cập nhật: ", "Cancel": "Đã huỷ: "}


class Entry(NamedTuple):
    """One message: the feature as GeoJSON, and its earlier revisions."""

    feature: Mapping[str, Any]
    earlier: Sequence[Issued]


def index_of(entries: Sequence[Entry], publisher: Publisher, *, every: bool) -> bytes:
    """The feed of these messages, the one that was sent last first."""
    newest_first = sorted(
        entries, key=lambda entry: (entry.feature["properties"]["recorded_at"], entry.feature["id"]), reverse=True
    )
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM, "georss": _GEORSS})
    address = f"{publisher.base}/cap/alerts.atom" + ("?all" if every else "")
    _add(feed, "id", _tag(publisher, "alerts-all" if every else "alerts"))
    _add(feed, "title", _TITLE_OF_ALL if every else _TITLE)
    changed = [entry.feature["properties"]["recorded_at"] for entry in newest_first[:1]]
    _add(feed, "updated", moment_of(changed[0]) if changed else _NOTHING_YET)
    author = etree.SubElement(feed, f"{{{_ATOM}}}author")
    _add(author, "name", publisher.sender)
    _link(feed, "self", "application/atom+xml", address)
    for entry in newest_first:
        _entry(feed, entry, publisher)
    body: bytes = etree.tostring(feed, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return body


def _entry(feed: Any, entry: Entry, publisher: Publisher) -> None:
    feature, properties = entry.feature, entry.feature["properties"]
    element = etree.SubElement(feed, f"{{{_ATOM}}}entry")
    _add(element, "id", _tag(publisher, identifier_of(feature["id"], properties["revision"])))
    word = _WORDS[message_type_of(properties, entry.earlier)]
    _add(element, "title", word + str(properties.get("title") or ""))
    sent = moment_of(properties["recorded_at"])
    _add(element, "updated", sent)
    _add(element, "published", moment_of(entry.earlier[0].sent) if entry.earlier else sent)
    _link(element, "alternate", MEDIA_TYPE, f"{publisher.base}/cap/alerts/{feature['id']}.xml")
    _add(element, "summary", properties.get("description") or area_name(properties) or properties.get("title"))
    for ring in rings_of(feature.get("geometry")):
        positions = " ".join(f"{lat} {lon}" for lat, lon in ring)
        etree.SubElement(element, f"{{{_GEORSS}}}polygon").text = positions
    geometry = feature.get("geometry")
    if geometry is not None and geometry["type"] == "Point":
        lon, lat = geometry["coordinates"][:2]
        etree.SubElement(element, f"{{{_GEORSS}}}point").text = f"{lat} {lon}"


def _tag(publisher: Publisher, name: str) -> str:
    return f"tag:{publisher.sender},{_TAG_DAY}:{name}"


def _link(parent: Any, rel: str, media_type: str, href: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}link", rel=rel, type=media_type, href=href)


def _add(parent: Any, name: str, text: Any) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = printable(text)
