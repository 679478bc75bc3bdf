# SPDX-License-Identifier: Apache-2.0
"""What must not be kept of a feed: authors, full texts, and personal data inside headlines and summaries. Pure.

Newspapers' feeds are often not quite well-formed. They are mended by libxml2 first, without entities and document
types, so that what is redacted, kept and read is one and the same clean document.
"""

from dataclasses import replace
from typing import Any

from lxml import etree

from layers.connectors.base import Message
from layers.connectors.redaction import scrub_text, scrubbed
from layers.errors import Rejected

MAX_BYTES = 5_000_000
_PEOPLE = frozenset({"author", "creator", "contributor", "managingeditor", "webmaster", "owner", "credit", "publisher"})
_FULL_TEXT = frozenset({"encoded", "content", "body", "comments", "commentrss", "thumbnail", "group"})
_PROSE = frozenset({"title", "description", "summary", "subtitle", "keywords", "category"})


def feed_of(body: bytes) -> bytes:
    """A feed as a well-formed document.

    Raises:
        Rejected: too large, with a document type, or nothing that could be a feed.
    """
    written: bytes = etree.tostring(_root_of(body), encoding="UTF-8", xml_declaration=True)
    return written


def redacted(message: Message) -> Message:
    """The message without them; what is no feed is treated as any other text."""
    try:
        root = _root_of(message.body)
    except Rejected:
        return scrubbed(message)
    _redact(root)
    return replace(message, body=etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _root_of(body: bytes) -> Any:
    if len(body) > MAX_BYTES:
        raise Rejected("xml_too_large", f"the feed has more than {MAX_BYTES} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, recover=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise Rejected("feed_unreadable", f"the body is no XML: {str(error)[:200]}") from None
    if root is None:
        raise Rejected("feed_unreadable", "the body is no XML")
    if root.getroottree().docinfo.doctype:
        raise Rejected("xml_doctype", "a document type is not taken: send the feed without <!DOCTYPE>")
    return root


def _redact(root: Any) -> None:
    for element in list(root.iter(etree.Element)):
        name = _name(element)
        if name in _PEOPLE or name in _FULL_TEXT:
            parent = element.getparent()
            if parent is not None:
                element.tail = None
                parent.remove(element)
        elif name in _PROSE:
            for part in element.iter(etree.Element):
                part.text, part.tail = (text and scrub_text(text) for text in (part.text, part.tail))


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower()
