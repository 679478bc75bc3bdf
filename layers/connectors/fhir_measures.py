# SPDX-License-Identifier: Apache-2.0
"""A summary MeasureReport as the value of an indicator for a commune in a period. Pure."""

import calendar
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from layers.connectors.base import Found, PlaceHints
from layers.connectors.fhir_entries import Library, Resource, codings
from layers.connectors.fhir_kept import SMALLEST
from layers.connectors.fhir_options import FhirOptions
from layers.connectors.layer_records import catalog
from layers.errors import Rejected
from layers.periods import Period
from layers.values import shown

_VIETNAM = timezone(timedelta(hours=7))
_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_PERCENT = ("%", "percent", "phần trăm")


def value_of_report(report: Resource, library: Library, options: FhirOptions) -> Found:
    """The value that a report tells.

    Raises:
        Rejected: the measure is not known, it is of no commune, it is not complete, or it holds no value.
    """
    if report.get("status") != "complete":
        raise Rejected("measure_not_complete", "only a MeasureReport whose status is 'complete' is taken")
    measure = str(report.get("measure", "")).partition("|")[0]
    groups = report.get("group")
    listed = [one for one in groups if isinstance(one, Mapping)] if isinstance(groups, list) else []
    layer, group = _layer(measure, listed, options)
    code, unit_set, name = _unit(report.get("subject"), library, options)
    record: dict[str, Any] = {"period": str(period_of(report.get("period")))} | _value(layer, group)
    if code is not None:
        record |= {"unit_code": code, "unit_set": unit_set}
    return Found(layer, record, hints=PlaceHints(unit_name=name))


def _layer(measure: str, groups: list[Mapping[str, Any]], options: FhirOptions) -> tuple[str, Mapping[str, Any]]:
    for group in groups:
        for _, code, _ in codings(group.get("code")):
            if (layer := options.measures.get(f"{measure}#{code}")) is not None:
                return layer, group
    layer = options.measures.get(measure)
    if layer is None:
        raise Rejected("measure_unknown", f"the source's option 'measures' has no layer for '{shown(measure)}'")
    if not groups:
        raise Rejected("measure_without_value", "the report has no group")
    return layer, groups[0]


def _unit(subject: Any, library: Library, options: FhirOptions) -> tuple[str | None, str | None, str | None]:
    """Code and set of the commune that is the subject, or at least its name."""
    subject = subject if isinstance(subject, Mapping) else {}
    reference = subject.get("reference")
    tail = "/".join(reference.split("/")[-2:]) if isinstance(reference, str) else ""
    for prefix, unit_set in options.unit_prefixes.items():
        code = tail.removeprefix(prefix)
        if tail.startswith(prefix) and code:
            return code, unit_set, None
    location = library.find(subject, "Location") or {}
    identifiers = location.get("identifier")
    for identifier in (subject.get("identifier"), *(identifiers if isinstance(identifiers, list) else [])):
        found = identifier if isinstance(identifier, Mapping) else {}
        known, value = options.unit_systems.get(str(found.get("system"))), found.get("value")
        if known is not None and isinstance(value, str) and value:
            return value, known, None
    raise Rejected(
        "subject_not_a_unit",
        "the subject is no commune: refer to Location/commune-gso2025-CODE, or send an identifier of unit_systems",
    )


def _value(layer: str, group: Mapping[str, Any]) -> dict[str, Any]:
    """The members of the record: two numbers of people for a share, else the score; nothing where it is masked."""
    measure = catalog()[layer].measure
    assert measure is not None
    counts = {name: _count(group, name) for name in ("numerator", "denominator")}
    masked = any(_is_masked(population) for population in _populations(group).values())
    numerator, denominator = counts["numerator"], counts["denominator"]
    if masked or _is_masked(group.get("measureScore")):
        return {"value": None}
    score = _score(group.get("measureScore"), as_share=measure.of_people)
    if measure.of_people and numerator is not None and denominator is not None:
        if min(numerator, denominator) < SMALLEST:
            return {"value": None}
        return {"numerator": numerator, "denominator": denominator}
    if score is None and not measure.of_people:
        score = numerator if numerator is not None else _count(group, "initial-population")
    if score is None:
        raise Rejected("measure_without_value", "the report has neither numerator and denominator nor a score")
    return {"value": score}


def _populations(group: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    listed = group.get("population")
    found: dict[str, Mapping[str, Any]] = {}
    for population in listed if isinstance(listed, list) else []:
        if isinstance(population, Mapping):
            for _, code, _ in codings(population.get("code")):
                found.setdefault(code, population)
    return found


def _count(group: Mapping[str, Any], name: str) -> int | None:
    count = _populations(group).get(name, {}).get("count")
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def _is_masked(part: Any) -> bool:
    if not isinstance(part, Mapping):
        return False
    inner = part.get("_count") if "_count" in part else part
    listed = inner.get("extension") if isinstance(inner, Mapping) else None
    return isinstance(listed, list) and any(
        isinstance(one, Mapping) and str(one.get("url", "")).endswith("/data-absent-reason") for one in listed
    )


def _score(quantity: Any, *, as_share: bool) -> float | None:
    value = quantity.get("value") if isinstance(quantity, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        return None
    if not as_share:
        return value
    unit = str(quantity.get("unit") or quantity.get("code") or "").strip().lower()
    if unit in _PERCENT or (not unit and value > 1):
        return value
    if unit in ("1", "{ratio}", "ratio") and value <= 1:
        return round(100 * value, 2)
    raise Rejected("measure_unit_wrong", "the score needs the unit '%', or '1' for a fraction")


def period_of(period: Any) -> Period:
    """The days of a FHIR Period, whose end is its last day or moment.

    Raises:
        Rejected: it has no start and end that can be.
    """
    given = period if isinstance(period, Mapping) else {}
    try:
        start = _day(given.get("start"), last=False)
        end = _day(given.get("end"), last=True) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise Rejected("period_invalid", "the report's period has a start and an end, as FHIR writes dates") from None
    if start >= end:
        raise Rejected("period_invalid", "the report's period ends before it starts")
    return Period(start, end)


def _day(text: Any, *, last: bool) -> date:
    if not isinstance(text, str):
        raise ValueError("no date")
    if found := _PARTIAL.fullmatch(text):
        year = int(found[1])
        month = int(found[2]) if found[2] else 12 if last else 1
        if found[3]:
            return date(year, month, int(found[3]))
        return date(year, month, calendar.monthrange(year, month)[1] if last else 1)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1000 < moment.year < 9999:
        raise ValueError("a moment has an offset")
    local = moment.astimezone(_VIETNAM)
    # The first moment of the next day closes the day before.
    return (local - timedelta(microseconds=1)).date() if last else local.date()
