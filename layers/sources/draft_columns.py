# SPDX-License-Identifier: Apache-2.0
"""What a foreign column seems to hold, judged by its values: a draft for people, not a decision. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layers.connectors.mapped_options import text_of

_MAX_CHOICES = 12
_FORMS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_POINT = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_COMMA = re.compile(r"-?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?")


@dataclass(frozen=True)
class Column:
    """One column or member and what it seems to be.

    Args:
        type: of the field that it could fill.
        take: what the mapping needs beside the path (type, format, decimal, map).
        choices: value and label, where its values are few.
    """

    name: str
    type: str
    take: dict[str, Any]
    choices: tuple[tuple[str, str], ...] = ()
    max_length: int = 0
    unique: bool = False
    full: bool = False


def column_of(name: str, values: Sequence[Any]) -> Column | None:
    """What a column seems to hold; ``None`` where nothing can be told (empty, or nested)."""
    given = [value for value in values if value is not None and not (isinstance(value, str) and not value.strip())]
    if not given or any(isinstance(value, dict | list) for value in given):
        return None
    texts = [text_of(value).strip() for value in given]
    facts: dict[str, Any] = {"unique": len(set(texts)) == len(texts), "full": len(given) == len(values)}
    if all(isinstance(value, bool) for value in given):
        return Column(name, "boolean", {}, **facts)
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in given):
        whole = all(float(value).is_integer() for value in given)
        return Column(name, "integer" if whole else "number", {}, **facts)
    found = _number_in_text(texts) or _moment_in_text(texts)
    if found is not None:
        return Column(name, *found, **facts)
    choices = _choices(texts)
    if choices:
        take = {"map": {label: value for value, label in choices}}
        return Column(name, "choice", take, choices, **facts)
    longest = max(map(len, texts))
    return Column(name, "string", {}, (), _room_for(longest), **facts)


def slug(text: str) -> str:
    """A plain name: ``Số điện thoại`` and ``soDienThoai`` are ``so_dien_thoai``."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(one for one in bare if not unicodedata.combining(one))
    bare = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", bare)
    return re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")


def _number_in_text(texts: Sequence[str]) -> tuple[str, dict[str, Any]] | None:
    if all(_WHOLE.fullmatch(text) for text in texts):
        return "integer", {"type": "integer"}
    if all(_POINT.fullmatch(text) for text in texts):
        return "number", {"type": "number"}
    if all(_COMMA.fullmatch(text) for text in texts):
        return "number", {"type": "number", "decimal": ","}
    return None


def _moment_in_text(texts: Sequence[str]) -> tuple[str, dict[str, Any]] | None:
    if all(_ISO.fullmatch(text) for text in texts):
        return "datetime", {"type": "time"}
    for form in _FORMS:
        if all(_reads(text, form) for text in texts):
            return "datetime", {"format": form}
    return None


def _reads(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def _choices(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Few values that come again and again; none where two of them would have one name."""
    distinct = sorted(set(texts))
    if len(texts) < 20 or len(distinct) > min(_MAX_CHOICES, len(texts) / 5) or max(map(len, distinct)) > 100:
        return ()
    named = [(slug(text)[:60] or "other", text) for text in distinct]
    return tuple(named) if len({value for value, _ in named}) == len(named) else ()


def _room_for(longest: int) -> int:
    return next(room for room in (100, 200, 300, 500, 1000, 2000, 5000) if room >= longest * 1.5 or room == 5000)
