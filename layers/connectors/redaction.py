# SPDX-License-Identifier: Apache-2.0
"""What must not be kept of a message: plates, phones, identity numbers, names of people, mail addresses. Pure.

Law 91/2025/QH15 and Decree 356/2025 list them as personal data; they are taken out before a message is stored, so that
neither the raw message nor a dead letter holds one. Identifiers of records are left alone: numbers are taken out of
texts (with a space in them), never out of values that stand alone, unless the member's name is personal.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from layers.connectors.base import Message

GONE = "[đã xoá]"
# From the beginning of a word on: from every letter of a long one it would take as long again.
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,256}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# +84 or 0, then nine digits, with dots, spaces or dashes between groups. Not inside a longer number.
_PHONE = re.compile(r"(?<![\d.,])(?:\+?84|0)(?:[ .-]?\d){9}(?![\d])")
_IDENTITY = re.compile(r"(?<![\d.,])\d{12}(?!\d)")
# 20A-123.45, 20A1-12345, 20-B1 123.45
_PLATE = re.compile(r"\b\d{2}[ -]?[A-Z]{1,2}\d?[ .-]{0,2}\d{3}[.]?\d{1,2}\b")
_PERSONAL = re.compile(
    r"(?:license_?plate|plate(?:_?(?:no|number|text))?|bien_?so(?:_xe)?|phone(?:_?number)?|(?:so_)?dien_?thoai|sdt|"
    r"e_?mail|cccd|cmnd|identity_?(?:no|number)|so_?dinh_?danh|first_?name|last_?name|full_?name_of_person|ho_?ten|"
    r"nguoi_?(?:gui|phan_anh)|reporter(?:_name)?|device_?id_?of_person|account_?id|face(?:_?image)?|author(?:s)?)",
    re.IGNORECASE,
)


def scrub_text(text: str) -> str:
    """The text without phones, identity numbers, plates and mail addresses."""
    for pattern in (_MAIL, _PHONE, _IDENTITY, _PLATE):
        text = pattern.sub(GONE, text)
    return text


def is_personal(name: str) -> bool:
    """Whether a member of this name holds personal data, whatever it says."""
    return _PERSONAL.fullmatch(name.strip()) is not None


def scrub_value(value: Any, depth: int = 0) -> Any:
    """A decoded JSON value without personal members, and with its texts scrubbed. Deeper than 64 levels is dropped."""
    if depth > 64:
        return None
    if isinstance(value, dict):
        return {
            name: GONE if is_personal(str(name)) and member not in (None, "") else scrub_value(member, depth + 1)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [scrub_value(member, depth + 1) for member in value]
    if isinstance(value, str) and " " in value:
        return scrub_text(value)
    return value


def scrubbed(message: "Message") -> "Message":
    """A message without personal data: JSON by member, other text by pattern, other bytes as they are."""
    body = _scrub_json(message.body)
    return replace(message, body=_as_text(message.body, scrub_text) if body is None else body)


def _scrub_json(body: bytes) -> bytes | None:
    if body[:64].lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        decoded = orjson.loads(body)
        clean = scrub_value(decoded)
        return body if clean == decoded else orjson.dumps(clean)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        return None


def _as_text(body: bytes, change: Callable[[str], str]) -> bytes:
    try:
        return change(body.decode()).encode()
    except UnicodeDecodeError:
        return body
