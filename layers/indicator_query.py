# SPDX-License-Identifier: Apache-2.0
"""What a client asks of an indicator: query parameters in, one frozen ``IndicatorQuery`` out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from geo.bbox import BBox, parse_bbox
from geo.errors import BadParameter
from geo.interval import parse_datetime
from layers.classes import MAX_CLASSES, Method
from layers.cursor import Cursor, read_cursor
from layers.filters import DEFAULT_LIMIT, parse_as_of, parse_limit, parse_set
from layers.periods import SPELLINGS, Period, parse_period, period_of
from layers.spec import LayerSpec

WHERE_PARAMETERS = ("set", "datetime", "period", "as_of")
FILTERS = ("code", "estimated", "source")
ITEM_PARAMETERS = (*WHERE_PARAMETERS, *FILTERS, "bbox", "limit", "after")
CLASS_PARAMETERS = (*WHERE_PARAMETERS, "classes", "method")


@dataclass(frozen=True)
class IndicatorQuery:
    """A selection of an indicator's values. What is ``None`` does not restrict.

    Args:
        unit_set: the generation of units.
        during: periods that meet these days.
        period: exactly this period.
        as_of: what was believed then, to the minute.
        area: the ids of the units that the reader may see; not asked for by anyone.
    """

    unit_set: str | None = None
    during: Period | None = None
    period: Period | None = None
    as_of: datetime | None = None
    code: str | None = None
    estimated: bool | None = None
    source: str | None = None
    bbox: BBox | None = None
    limit: int = DEFAULT_LIMIT
    after: Cursor | None = None
    area: tuple[int, ...] | None = None


def parse_indicator_query(
    spec: LayerSpec, values: Mapping[str, str], area: tuple[int, ...] | None = None
) -> IndicatorQuery:
    """Read a query from clean parameters.

    Raises:
        BadParameter: a value that cannot be what its parameter means.
    """
    if "datetime" in values and "period" in values:
        raise BadParameter("Ask by datetime or by period, not by both.", code="parameter_conflict")
    return IndicatorQuery(
        unit_set=parse_set(values["set"]) if "set" in values else None,
        during=_during(values["datetime"]) if "datetime" in values else None,
        period=_period(values["period"]) if "period" in values else None,
        as_of=parse_as_of(values["as_of"]) if "as_of" in values else None,
        code=parse_code(values["code"]) if "code" in values else None,
        estimated=_estimated(values["estimated"]) if "estimated" in values else None,
        source=values.get("source"),
        bbox=parse_bbox(values["bbox"]) if "bbox" in values else None,
        limit=parse_limit(values["limit"]) if "limit" in values else DEFAULT_LIMIT,
        after=read_cursor(values["after"], spec.id, "id") if "after" in values else None,
        area=area,
    )


def parse_code(text: str) -> str:
    """Read a unit's code.

    Raises:
        BadParameter: longer than any code.
    """
    if not 1 <= len(text) <= 20:
        raise BadParameter("A unit's code has 1 to 20 characters.", code="value_invalid", parameter="code")
    return text


def parse_classes(values: Mapping[str, str]) -> tuple[int, Method]:
    """Read how values are to be classed: how many classes, by what rule.

    Raises:
        BadParameter: not 2 to 9 classes, or no such rule.
    """
    count, method = values.get("classes", "5"), values.get("method", "quantile")
    if not (count.isascii() and count.isdigit() and len(count) <= 2 and 2 <= int(count) <= MAX_CLASSES):
        raise BadParameter(f"classes is a whole number from 2 to {MAX_CLASSES}", code="classes_invalid")
    if method != "quantile" and method != "jenks":
        raise BadParameter("method is quantile or jenks", code="method_unknown", allowed=["quantile", "jenks"])
    return int(count), "quantile" if method == "quantile" else "jenks"


def _during(text: str) -> Period:
    """``2025``, ``2025-Q2`` and ``2025-06`` besides what ``datetime`` is everywhere."""
    if len(text) in (4, 7):
        try:
            return parse_period(text)
        except ValueError:
            raise BadParameter("datetime holds a period that does not exist", code="datetime_invalid") from None
    return period_of(parse_datetime(text))


def _period(text: str) -> Period:
    try:
        return parse_period(text)
    except ValueError:
        raise BadParameter(f"period is {SPELLINGS}", code="period_invalid") from None


def _estimated(text: str) -> bool:
    if text not in ("true", "false"):
        raise BadParameter("'estimated' needs true or false", code="value_invalid", parameter="estimated")
    return text == "true"
