# SPDX-License-Identifier: Apache-2.0
"""One value of a foreign record, made ours as the mapping says. Pure; every failure names the mapping's line."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from geo.interval import parse_instant
from layers.connectors.mapped_options import Take, text_of
from layers.errors import Rejected
from layers.values import shown

_TRUE = frozenset(("true", "1", "yes", "y", "t", "x", "có", "co", "đúng"))
_FALSE = frozenset(("false", "0", "no", "n", "f", "không", "khong", "sai"))
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")


def convert(value: Any, take: Take, where: str) -> Any:
    """The value in our terms, ``None`` where there is none.

    Raises:
        Rejected: with the mapping's line and what was found there.
    """
    if take.const is not None:
        return take.const
    value = _plain(value, take, where)
    if value is None:
        if take.default is None and take.required:
            raise Rejected("mapping_value_missing", f"{_place(where, take)}: the record has nothing there")
        return take.default
    return _mapped(value, take, where) if take.map is not None else _typed(value, take, where)


def _typed(value: Any, take: Take, where: str) -> Any:
    match take.type or ("time" if take.format else None):
        case "text":
            return _cut(text_of(value) if not isinstance(value, date) else value.isoformat(), take)
        case "integer" | "number":
            return _number(value, take, where)
        case "boolean":
            return _boolean(value, take, where)
        case "time":
            return moment_of(value, take, where).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if take.factor != 1 or take.offset:
        return _number(value, take, where)
    return _cut(value, take) if isinstance(value, str) else value


def moment_of(value: Any, take: Take, where: str) -> datetime:
    """An instant in UTC, from one of the formats that the mapping allows.

    Raises:
        Rejected: none of them fits.
    """
    for form in take.format or ("iso",):
        try:
            found = _read_moment(value, form)
            if found.tzinfo is None:
                found = found.replace(tzinfo=ZoneInfo(take.tz))
            return found.astimezone(UTC)
        except (ValueError, OverflowError, OSError, TypeError):
            continue
    forms = ", ".join(take.format or ("iso",))
    raise Rejected("mapping_time_wrong", f"{_place(where, take)}: {_quoted(value)} is no time of the form {forms}")


def _read_moment(value: Any, form: str) -> datetime:
    if isinstance(value, date):  # a cell of a workbook
        return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    if form in ("epoch_s", "epoch_ms"):
        if isinstance(value, bool):
            raise ValueError("a truth is no time")
        seconds = float(value) / (1000 if form == "epoch_ms" else 1)
        return datetime.fromtimestamp(seconds, UTC)
    text = text_of(value).strip()
    if form != "iso":
        return datetime.strptime(text, form)
    try:
        return parse_instant(text)
    except ValueError:
        if len(text) > 40 or not re.match(r"\d{4}-\d\d-\d\d", text):
            raise
        return datetime.fromisoformat(text)


def _plain(value: Any, take: Take, where: str) -> Any:
    """A scalar in NFC without blanks around it, or ``None`` for what means nothing."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value)
        if take.trim:
            text = text.strip()
        return None if text == "" or text in take.empty else text
    if isinstance(value, float) and value != value:
        return None
    if value is None or isinstance(value, bool | int | float | date):
        return value
    raise Rejected("mapping_value_wrong", f"{_place(where, take)}: found {_kind(value)} where one value is expected")


def _mapped(value: Any, take: Take, where: str) -> Any:
    assert take.map is not None
    key = value.isoformat() if isinstance(value, date) else text_of(value)
    if key in take.map:
        return take.map[key]
    folded = key.casefold()
    for theirs, ours in take.map.items():
        if unicodedata.normalize("NFC", theirs).casefold() == folded:
            return ours
    if take.default is not None:
        return take.default
    raise Rejected(
        "mapping_value_unknown",
        f"{_place(where, take)}: {_quoted(value)} is in no line of its map; add it, or give a default",
    )


def _number(value: Any, take: Take, where: str) -> int | float:
    number = _read_number(value, take.decimal)
    if number is None:
        raise Rejected("mapping_value_wrong", f"{_place(where, take)}: {_quoted(value)} is no number")
    if take.factor != 1 or take.offset:
        # Twelve digits: 0.1 * 3 is 0.3 for people.
        number = float(f"{number * take.factor + take.offset:.12g}")
    if take.type == "integer":
        if number != int(number):
            raise Rejected("mapping_value_wrong", f"{_place(where, take)}: {_quoted(value)} is no whole number")
        return int(number)
    return number


def _read_number(value: Any, decimal: str) -> int | float | None:
    """A finite number, ``None`` where it is none."""
    if isinstance(value, bool | date):
        return None
    if isinstance(value, str):
        text = value.replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
        if decimal == ",":
            text = text.replace(".", "").replace(",", ".")
        if len(text) > 60 or not _NUMBER.fullmatch(text):
            return None
        value = int(text) if text.lstrip("+-").isdecimal() else float(text)
    return value if abs(value) < 1e300 else None


def _boolean(value: Any, take: Take, where: str) -> bool:
    text = text_of(value).strip().casefold() if not isinstance(value, date) else ""
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise Rejected("mapping_value_wrong", f"{_place(where, take)}: {_quoted(value)} is neither true nor false")


def _cut(text: str, take: Take) -> str:
    if take.pad is not None:
        text = text.zfill(take.pad)
    return text if take.cut is None or len(text) <= take.cut else text[: take.cut - 1].rstrip() + "…"


def _place(where: str, take: Take) -> str:
    return where if take.path is None else f"{where} (path {shown(take.path)})"


def _quoted(value: Any) -> str:
    return f"'{shown(str(value))}'"


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else type(value).__name__
