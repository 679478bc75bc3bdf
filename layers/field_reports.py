# SPDX-License-Identifier: Apache-2.0
"""Reports of citizens as incidents that others ask for: which ones (GeoReport's words), and their rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo.db.pool import Database
from geo.db.statement import Statement
from geo.errors import BadParameter
from geo.interval import parse_instant
from layers.connectors.open311 import CLOSED, STATUSES
from layers.field_reports_sql import select_reports
from layers.filters import MAX_TEXT
from layers.spec import LayerSpec

MAX_SPAN = timedelta(days=90)
MAX_ROWS = 1000
_MAX_LISTED = 1000
_MAX_PAGE = 100_000


@dataclass(frozen=True)
class Audience:
    """Who asks: the layer as they see it, the sources and units whose reports they may see.

    Args:
        area: ids of units, ``None`` for everywhere.
    """

    spec: LayerSpec
    sources: tuple[str, ...]
    area: tuple[int, ...] | None
    database: Database


@dataclass(frozen=True)
class ReportQuery:
    """Which reports. What is empty or ``None`` does not restrict."""

    ids: tuple[str, ...] = ()
    service_codes: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    updated_after: datetime | None = None
    statuses: frozenset[str] = frozenset()
    is_open: bool | None = None
    page: int = 1
    page_size: int = MAX_ROWS


async def reports_of(audience: Audience, query: ReportQuery) -> list[Any]:
    """Rows of reports, those requested last first; asked by update, in the order of their updates."""
    return list(await audience.database.fetch(Statement(select_reports(audience, query))))


def query_of(values: Mapping[str, str], now: datetime) -> ReportQuery:
    """What the parameters of GET requests ask for; unknown ones are passed over, as the standard wants it.

    Raises:
        BadParameter: one cannot be what it means.
    """
    ids = _listed(values, "service_request_id")
    if ids:
        return ReportQuery(ids=ids)
    start, end, updated_after = (_moment(values, name) for name in ("start_date", "end_date", "updated_after"))
    if start is not None and end is not None and not timedelta(0) <= end - start <= MAX_SPAN:
        raise BadParameter(
            "'start_date' and 'end_date' span at most 90 days, the earlier first: ask several times.",
            code="span_too_long",
        )
    if updated_after is None:
        start, end = _span(start, end, now)
    return ReportQuery(
        service_codes=_listed(values, "service_code"),
        start=start,
        end=end,
        updated_after=updated_after,
        statuses=frozenset(_status(word) for word in _listed(values, "x_status")),
        is_open=_is_open(_listed(values, "status")),
        page=_number(values, "page", _MAX_PAGE) or 1,
        page_size=_number(values, "page_size", MAX_ROWS) or MAX_ROWS,
    )


def _span(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The default of the standard: 90 days up to now, or from or until the date that is given."""
    try:
        if start is not None:
            return start, end or start + MAX_SPAN
        return (end or now) - MAX_SPAN, end
    except OverflowError:
        return start, end


def _listed(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    text = values.get(name, "")
    if "\x00" in text or "\ufffd" in text or len(text) > MAX_TEXT * 10:
        raise BadParameter(f"'{name}' is no list of short texts.", code="text_invalid", parameter=name)
    listed = tuple(part.strip() for part in text.split(",") if part.strip())
    if len(listed) > _MAX_LISTED:
        raise BadParameter(f"'{name}' lists at most {_MAX_LISTED}.", code="value_too_long", parameter=name)
    return listed


def _moment(values: Mapping[str, str], name: str) -> datetime | None:
    text = values.get(name)
    if not text:
        return None
    try:
        # Where a client did not escape the plus sign of an offset, it arrives as a blank.
        return parse_instant(text[:-6] + "+" + text[-5:] if text[-6:-5] == " " else text)
    except (ValueError, OverflowError):
        raise BadParameter(
            f"'{name}' needs a date and time with its offset, such as 2026-11-22T08:30:00+07:00.",
            code="datetime_invalid",
            parameter=name,
        ) from None


def _is_open(words: tuple[str, ...]) -> bool | None:
    if unknown := set(words) - {"open", "closed"}:
        raise BadParameter(
            f"'status' is open or closed, not '{min(unknown)[:40]}'.", code="value_not_allowed", parameter="status"
        )
    return None if len(set(words)) != 1 else words[0] == "open"


def _status(word: str) -> str:
    if word not in STATUSES:
        raise BadParameter(
            f"'x_status' is one of {', '.join(STATUSES)}.", code="value_not_allowed", parameter="x_status"
        )
    return STATUSES[word]


def _number(values: Mapping[str, str], name: str, most: int) -> int | None:
    text = values.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and 1 <= int(text) <= most):
        raise BadParameter(f"'{name}' is a whole number from 1 to {most}.", code="value_invalid", parameter=name)
    return int(text)


def is_open(status: str | None) -> bool:
    """Whether the incident still waits for something."""
    return status not in CLOSED
