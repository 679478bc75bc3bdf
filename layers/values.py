# SPDX-License-Identifier: Apache-2.0
"""One value of one field: from what a source sent to what is stored. Pure."""

import unicodedata
from datetime import datetime
from typing import Any

from geo.interval import parse_instant
from layers.errors import Rejected
from layers.spec import FieldSpec


def clean_text(name: str, value: Any, max_length: int) -> str:
    """NFC text without surrounding blanks.

    Raises:
        Rejected: not text, too long, or with characters that cannot be stored.
    """
    if not isinstance(value, str):
        raise Rejected("value_wrong_type", f"'{name}' must be text")
    if "\x00" in value or not _is_unicode(value):
        raise Rejected("text_invalid", f"'{name}' holds characters that are no text (NUL or half a surrogate pair)")
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > max_length:
        raise Rejected("value_too_long", f"'{name}' has {len(text)} characters; {max_length} are allowed")
    return text


def _is_unicode(text: str) -> bool:
    try:
        text.encode()  # the fastest look for half a surrogate pair: many texts have hundreds of characters
    except UnicodeEncodeError:
        return False
    return True


def clean_moment(name: str, value: Any) -> datetime:
    """An instant in UTC.

    Raises:
        Rejected: not an RFC 3339 date-time with an offset.
    """
    if not isinstance(value, str):
        raise Rejected("time_invalid", f"'{name}' must be RFC 3339 text, such as 2026-11-22T08:30:00+07:00")
    try:
        return parse_instant(value)
    except (ValueError, OverflowError):
        raise Rejected("time_invalid", f"'{name}' must be RFC 3339, such as 2026-11-22T08:30:00+07:00") from None


def clean_revision(value: Any) -> int | None:
    """A revision, ``None`` where the source counts none.

    Raises:
        Rejected: not a whole number from 1 on.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**62:
        raise Rejected("revision_invalid", "'revision' is a whole number from 1 on")
    return value


def shown(name: str) -> str:
    """A client's text that can be quoted in an answer and stored: short, and only characters that print."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name[:60])


def nested_deeper_than(value: Any, limit: int) -> bool:
    """Whether decoded JSON has more than that many levels of containers. Without recursion: one level at a time."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        level = [
            child
            for container in level
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return bool(level)


def clean_value(field: FieldSpec, value: Any) -> Any:
    """The stored value of a field; ``None`` and the empty text are no value.

    Raises:
        Rejected: the value is not what the field declares.
    """
    if value is None or value == "":
        return None
    match field.type:
        case "string":
            return clean_text(field.name, value, field.max_length)
        case "choice":
            return _choice(field, value)
        case "datetime":
            return clean_moment(field.name, value).isoformat()
        case "boolean":
            if not isinstance(value, bool):
                raise Rejected("value_wrong_type", f"'{field.name}' must be true or false")
            return value
        case "integer" | "number":
            return _number(field, value)


def _choice(field: FieldSpec, value: Any) -> str:
    if not isinstance(value, str) or value not in field.values:
        allowed = [choice.value for choice in field.choices]
        raise Rejected("value_not_allowed", f"'{field.name}' must be one of: {', '.join(allowed)}")
    return value


def _number(field: FieldSpec, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Rejected("value_wrong_type", f"'{field.name}' must be a number")
    if not abs(value) <= 2**53:  # NaN fails as well; a huge int has no float to ask isfinite of
        raise Rejected("value_out_of_range", f"'{field.name}' must be a finite number")
    if field.type == "integer" and value != int(value):
        raise Rejected("value_wrong_type", f"'{field.name}' must be a whole number")
    if (field.minimum is not None and value < field.minimum) or (field.maximum is not None and value > field.maximum):
        raise Rejected("value_out_of_range", f"'{field.name}' must lie in {field.minimum} to {field.maximum}")
    return int(value) if field.type == "integer" else value
