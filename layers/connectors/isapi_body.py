# SPDX-License-Identifier: Apache-2.0
"""What of a camera's post is kept: the few elements of its alerts that hold nobody's data. Pure.

Cameras post an alert in XML alone, or with pictures as multipart: boundaries that differ from the declared one, single
line feeds, no closing line, parts without a type. Pictures are dropped unread, and so is every element that is not on
the list: plates, faces, owners, whatever a firmware adds. What is left is one small document, in our own form.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from layers.connectors.base import Message
from layers.connectors.redaction import scrub_text

MAX_XML_BYTES = 5_000_000
MOST_ALERTS = 1_000
ROOT, ALERT, UNREADABLE, BROKEN = "alerts", "EventNotificationAlert", "unreadable", "broken"
TIME = re.compile(
    r"(\d{4})-?(\d{1,2})-?(\d{1,2})[T ]?(\d{1,2}):?(\d{2}):?(\d{1,2})(?:[.,](\d{1,9}))?\s*(Z|[+-]\d{1,2}:?(?:\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}", re.ASCII)
_WORD = re.compile(r"[A-Za-z]{1,40}", re.ASCII)
_FEW = re.compile(r"\d{1,3}", re.ASCII)
# What is kept, and the shape that it must have: what has another may be anything, and is dropped.
_SHAPES = {
    "ipAddress": re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII),
    "macAddress": re.compile(r"[0-9A-Fa-f]{2}(?:[:-]?[0-9A-Fa-f]{2}){5}", re.ASCII),
    "serialNumber": _NAME,
    "deviceSerialNo": _NAME,
    "deviceID": _NAME,
    "channelID": _FEW,
    "dynChannelID": _FEW,
    "dateTime": TIME,
    "eventType": _WORD,
    "eventState": _WORD,
    "lane": _FEW,
    "laneNo": _FEW,
    "line": _FEW,
    "illegalCode": _CODE,
    "violationCode": _CODE,
}
# Names of violations. There is no plate without figures, so they lose theirs.
_WORDS = ("illegalName", "illegalType", "violationType")
_KEPT = {name.lower(): name for name in (*_SHAPES, *_WORDS, "UUID")}
# A plate that grew together with what stood before it.
_PLATE = re.compile(r"\d{2}[ -]?[A-Za-z]{1,2}\d?[ .-]{0,2}\d{3}\.?\d{2}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", re.ASCII)
_UNREADABLE = re.compile(rb'<unreadable bytes="\d{1,12}" sha256="[0-9a-f]{64}"/>')
_MOST_ELEMENTS = 60
_MOST_CHARACTERS = 200
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;,"]{1,200}))', re.IGNORECASE)
_FIRST_LINE = re.compile(rb"\A\s*--([^\r\n]{1,200})\r?\n")
_OPEN = re.compile(rb"<(?:\w{1,20}:)?EventNotificationAlert[\s>]")
_CLOSE = re.compile(rb"</(?:\w{1,20}:)?EventNotificationAlert\s{0,9}>")


def redacted(message: Message) -> Message:
    """The message as it may be kept: alerts without pictures and without personal elements.

    Of what cannot be read nothing is kept but its length and its hash: it may hold a plate or a face anywhere.
    """
    if _UNREADABLE.fullmatch(message.body):
        return message  # read again
    root = etree.Element(ROOT)
    for text in _alert_texts(message):
        alert = _read(text)
        reduced = None if alert is None else _reduced(alert)
        if reduced is not None and len(reduced) and len(root) < MOST_ALERTS:
            root.append(reduced)
    if not len(root):
        digest = hashlib.sha256(message.body).hexdigest()
        root = etree.Element(UNREADABLE, bytes=str(len(message.body)), sha256=digest)
    return replace(message, body=etree.tostring(root, encoding="unicode").encode(), content_type="application/xml")


def parser(*, recover: bool = False) -> Any:
    """Reads what strangers send: no entities, nothing fetched, nothing huge."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _alert_texts(message: Message) -> Iterator[bytes]:
    documents = [part for part in _parts(message) if part.startswith((b"<", b"\xef\xbb\xbf<"))]
    for document in documents:
        if len(document) <= MAX_XML_BYTES:
            yield from list(_alerts_in(document)) or [document]
    if not documents:
        # No boundary that holds: the alerts are somewhere between the pictures.
        yield from _alerts_in(message.body)


def _alerts_in(data: bytes) -> Iterator[bytes]:
    position = 0
    while (start := _OPEN.search(data, position)) and (end := _CLOSE.search(data, start.end())):
        position = end.end()
        if position - start.start() <= MAX_XML_BYTES:
            yield data[start.start() : position]


def _parts(message: Message) -> list[bytes]:
    body = message.body
    boundary = _boundary(message)
    if boundary is None:
        return [body.strip()]
    pieces = re.split(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?:\r?\n|\Z)", body)
    return [_content(piece) for piece in pieces if piece.strip()]


def _boundary(message: Message) -> bytes | None:
    """The declared boundary where the body has it, else the one that its first line shows."""
    declared = _BOUNDARY.search(message.content_type)
    if declared is not None:
        name = (declared[1] or declared[2]).encode("utf-8", "replace")
        if b"--" + name in message.body:
            return name
        if name.startswith(b"--") and name in message.body:
            return name[2:]
    first = _FIRST_LINE.match(message.body)
    return None if first is None else first[1].rstrip()


def _content(piece: bytes) -> bytes:
    """A part without its headers; some cameras send none."""
    if piece.lstrip()[:1] in (b"<", b"\xff"):
        return piece.strip()
    blank = re.search(rb"\r?\n\r?\n", piece)
    return piece[blank.end() :].strip() if blank else piece.strip()


def _read(text: bytes) -> Any:
    """An alert; one that ends too early, or is damaged, is read as far as it goes and says so."""
    for broken in (False, True):
        try:
            root = etree.fromstring(text, parser(recover=broken))
        except (etree.XMLSyntaxError, ValueError, LookupError):
            continue
        if root is None or _local(root) != ALERT:
            return None
        if broken:
            root.set(BROKEN, "1")
        return root
    return None


def _local(element: Any) -> str:
    """The name without its namespace, nor a prefix that was never declared."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _reduced(alert: Any) -> Any:
    made = etree.Element(ALERT)
    if alert.get(BROKEN) == "1":
        made.set(BROKEN, "1")
    for element in alert.iter(etree.Element):
        name = _KEPT.get(_local(element).lower())
        text = (element.text or "").strip()
        if name is None or len(text) > _MOST_CHARACTERS or len(made) >= _MOST_ELEMENTS:
            continue
        if kept := _clean(name, text):
            etree.SubElement(made, name).text = kept
    return made


def _clean(name: str, text: str) -> str:
    """The text of an element as it may be kept; empty where it may not."""
    if name == "UUID":
        if _UUID.fullmatch(text.lower()):
            return text.lower() if text.strip("0-") else ""
        # Some are made of the plate. A hash tells events apart as well.
        return hashlib.sha256(text.encode()).hexdigest()[:32] if text else ""
    if name in _WORDS:
        return scrub_text("".join(one for one in text if not one.isdigit())).strip()
    if not _SHAPES[name].fullmatch(text):
        return ""
    return "" if _SHAPES[name] is _NAME and _PLATE.search(text) else text
