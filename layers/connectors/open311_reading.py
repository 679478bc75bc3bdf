# SPDX-License-Identifier: Apache-2.0
"""The wire forms of GeoReport v2 (JSON, XML, the posted form) as flat objects, and what must be gone of them. Pure."""

import contextlib
import re
import unicodedata
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from lxml import etree

from layers.connectors.base import Message
from layers.connectors.redaction import is_personal, scrub_text
from layers.errors import Rejected

MAX_BYTES = 5_000_000
MAX_FIELDS = 200
FORM = "application/x-www-form-urlencoded"
# Of a posted form only these are kept: whatever else an app sends may be about the person who reports.
POSTED = ("service_code", "lat", "long", "address_string", "address_id", "description", "media_url")
# GeoReport's own members about people, and the keys with which they post (section 12 of the research).
PERSONAL = frozenset(
    "first_name last_name email phone device_id account_id api_key reporter requestor contact person".split()
)
# What stands for a thing or a moment, where a long number is no telephone. Everything else is scrubbed as prose.
_NO_PROSE = frozenset(
    "service_request_id token service_code address_id zipcode lat long media_url requested_datetime updated_datetime "
    "expected_datetime status x_status".split()
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LISTS = ("service_requests", "requests", "request")
# For what cannot be read: it becomes a dead letter, which must not hold names either.
_NAMES = "|".join(sorted(PERSONAL))
_PERSONAL_TAGS = re.compile(rf"<(?:\w+:)?({_NAMES})\b[^>]{{0,200}}>.*?(?=</|\Z)", re.IGNORECASE | re.DOTALL)
_PERSONAL_MEMBERS = re.compile(rf'"({_NAMES})"\s{{0,20}}:\s{{0,20}}"(?:[^"\\]|\\.)*(?:"|\Z)', re.IGNORECASE)


def requests_in(message: Message) -> list[Any]:
    """The requests of an answer, or the one of a posted form, as decoded.

    Raises:
        Rejected: it is none of the three forms, too large, or the endpoint's own report of an error.
    """
    if len(message.body) > MAX_BYTES:
        raise Rejected("message_too_large", f"a message may have {MAX_BYTES} bytes: ask for a shorter span of time")
    match form_of(message):
        case "form":
            return [_read_form(message.body)]
        case "json":
            return _listed(_read_json(message.body))
        case "xml":
            return _listed(_read_xml(message.body))
    raise Rejected("format_unknown", "a GeoReport answer is JSON or XML, a report is a form")


def form_of(message: Message) -> str:
    """json, xml, form or nothing. The first character says it better than servers that call their XML text/html."""
    if message.media_type == FORM:
        return "form"
    head = message.body[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] in (b"{", b"["):
        return "json"
    if head[:1] == b"<" or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "xml"
    return ""


def without_people(message: Message) -> Message:
    """The message without what GeoReport carries about the person who reports, and with its texts scrubbed."""
    match form_of(message):
        case "form":
            body = _clean_form(message.body)
        case "json":
            body = _clean_json(message.body)
        case "xml":
            body = _clean_xml(message.body)
        case _:
            body = _scrub_bytes(message.body)
    return message if body == message.body else replace(message, body=body)


def text_of(value: Any, limit: int) -> str | None:
    """A value as clean text of at most so many characters; ``None`` for nothing, and for what is no text or number."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = unicodedata.normalize("NFC", _CONTROLS.sub("", str(value))).strip()
    if len(text) > limit:
        text = text[: limit - 1].rstrip() + "…"
    return text or None


def _listed(decoded: Any) -> list[Any]:
    if isinstance(decoded, dict):
        inner = next((decoded[name] for name in _LISTS if isinstance(decoded.get(name), list | dict)), None)
        return _listed(inner) if inner is not None and "service_request_id" not in decoded else _checked([decoded])
    if isinstance(decoded, list):
        return _checked(decoded)
    raise Rejected("body_invalid", "a GeoReport answer is a list of service requests")


def _checked(requests: list[Any]) -> list[Any]:
    first = requests[0] if requests else None
    if isinstance(first, dict) and "service_request_id" not in first and "description" in first and "code" in first:
        code, detail = (text_of(first.get(name), 200) for name in ("code", "description"))
        raise Rejected("endpoint_error", f"the endpoint answered with an error: {code} {detail}")
    return requests


def _read_json(body: bytes) -> Any:
    try:
        return orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (orjson.JSONDecodeError, RecursionError):
        raise Rejected("body_not_json", "the answer is not JSON") from None


def _read_xml(body: bytes) -> Any:
    root = _parse_xml(body)
    children = [child for child in root if isinstance(child.tag, str)]
    if any(len(child) for child in children):
        return [_flat(child) for child in children]
    # One flat element is one request; an element without children is an empty list.
    return [_flat(root)] if children else []


def _parse_xml(body: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise Rejected("body_not_xml", "the answer is not well-formed XML") from None
    if root.getroottree().docinfo.doctype:
        raise Rejected("xml_dtd_refused", "XML with a document type is not read")
    return root


def _flat(element: Any) -> dict[str, str | None]:
    return {etree.QName(child).localname: child.text for child in element if isinstance(child.tag, str)}


def _read_form(body: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    with contextlib.suppress(ValueError):
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS))
    if not fields:
        raise Rejected("form_invalid", f"a form is UTF-8 and has 1 to {MAX_FIELDS} fields")
    return fields


def _clean_form(body: bytes) -> bytes:
    try:
        fields = _read_form(body)
    except Rejected:
        return b""
    return urlencode({name: scrub_text(fields[name]) for name in POSTED if fields.get(name)}).encode()


def _clean_json(body: bytes) -> bytes:
    try:
        decoded = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
        clean = _without_personal(decoded)
        return body if clean == decoded else orjson.dumps(clean)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        return _scrub_bytes(body)


def _without_personal(value: Any, name: str = "", depth: int = 0) -> Any:
    if depth > 16:
        return None
    if isinstance(value, dict):
        return {
            key: _without_personal(member, key, depth + 1) for key, member in value.items() if not _tells_of_people(key)
        }
    if isinstance(value, list):
        return [_without_personal(member, name, depth + 1) for member in value]
    return scrub_text(value) if isinstance(value, str) and name not in _NO_PROSE else value


def _clean_xml(body: bytes) -> bytes:
    try:
        root = _parse_xml(body)
    except Rejected:
        return _scrub_bytes(body)
    for element in list(root.iter(etree.Element)):
        name = etree.QName(element).localname
        if _tells_of_people(name) and (parent := element.getparent()) is not None:
            parent.remove(element)
            continue
        element.attrib.clear()  # GeoReport has none
        element.tail = None
        if element.text and name not in _NO_PROSE:
            element.text = scrub_text(element.text)
    clean: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return clean


def _tells_of_people(name: str) -> bool:
    return name.strip().lower() in PERSONAL or is_personal(name)


def _scrub_bytes(body: bytes) -> bytes:
    """Bytes of no readable form: without what looks like a member about people, and without phones and mail."""
    text = body.decode("utf-8", "surrogateescape")
    text = _PERSONAL_MEMBERS.sub(r'"\1":null', _PERSONAL_TAGS.sub(r"<\1>", text))
    return scrub_text(text).encode("utf-8", "surrogateescape")
