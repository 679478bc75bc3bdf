# SPDX-License-Identifier: Apache-2.0
"""What a client asks of a layer: query parameters in, one frozen ``FeatureQuery`` out. Pure.

Items, tiles, H3 cells and values by unit read the same query, so that the same parameters give the same set everywhere.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias, cast, get_args

from geo.bbox import BBox, parse_bbox
from geo.errors import BadParameter
from geo.interval import Interval, parse_datetime, parse_instant
from layers.cql2.parse import TEXT, check_filter_crs, parse_filter
from layers.cql2.tree import Tree
from layers.cursor import Cursor, read_cursor
from layers.spec import FieldSpec, LayerSpec

Sort: TypeAlias = Literal["id", "valid_from", "-valid_from"]
Value: TypeAlias = str | int | float | bool | datetime

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
MAX_TEXT = 2000
# Columns that every feature has and that a client may ask for by equality, as it may for the layer's own fields.
IDENTITY_FIELDS = ("source", "external_id")
FILTER_PARAMETERS = ("filter", "filter-lang", "filter-crs")
WHERE_PARAMETERS = ("bbox", "datetime", "as_of", *FILTER_PARAMETERS)
PAGE_PARAMETERS = (*WHERE_PARAMETERS, "limit", "after", "sortby")


class Equal(NamedTuple):
    """A field (or an identity column) must have this value."""

    name: str
    field: FieldSpec | None
    value: Value


@dataclass(frozen=True)
class FeatureQuery:
    """A selection of a layer's features. What is ``None`` or empty does not restrict.

    ``area`` is not asked for by anyone: it is the ids of the units that the reader may see.
    """

    bbox: BBox | None = None
    interval: Interval | None = None
    equals: tuple[Equal, ...] = ()
    limit: int = DEFAULT_LIMIT
    after: Cursor | None = None
    unit_set: str | None = None
    unit_version: int | None = None
    area: tuple[int, ...] | None = None
    as_of: datetime | None = None
    filter: Tree | None = None
    sort: Sort = "id"

    @property
    def is_everything(self) -> bool:
        """Whether no feature is left out."""
        return not self.equals and all(
            part is None
            for part in (
                self.bbox, self.interval, self.unit_set, self.unit_version, self.area, self.as_of, self.filter
            )
        )  # fmt: skip


def property_names(spec: LayerSpec) -> tuple[str, ...]:
    """The names that a client may filter by equality."""
    names = tuple(field.name for field in spec.queryables)
    return names if spec.store == "unit" else (*names, *IDENTITY_FIELDS)


def parameters_of(spec: LayerSpec, *names: str) -> tuple[str, ...]:
    """Every parameter that a route over this layer takes: the named ones and the layer's own."""
    sets = ("set",) if spec.store == "unit" and "set" not in names else ()
    return (*names, *sets, *property_names(spec))


def single_values(pairs: Iterable[tuple[str, str]], allowed: Iterable[str]) -> dict[str, str]:
    """Each parameter once, known, and as clean NFC text.

    Raises:
        BadParameter: an unknown or repeated parameter, a NUL character, bytes that are not UTF-8, or too long a value.
    """
    known = tuple(allowed)
    values: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            raise BadParameter(
                "There is a parameter that this address does not know.", code="parameter_unknown", allowed=sorted(known)
            )
        if name in values:
            raise BadParameter(f"'{name}' is given more than once", code="parameter_repeated", parameter=name)
        # U+FFFD is what the query string's decoder leaves in place of bytes that are not UTF-8.
        if "\x00" in value or "\ufffd" in value:
            raise BadParameter(f"'{name}' is not valid text", code="text_invalid", parameter=name)
        # A filter has limits of its own.
        if len(value) > MAX_TEXT and name != "filter":
            raise BadParameter(f"'{name}' has more than {MAX_TEXT} characters", code="value_too_long", parameter=name)
        values[name] = unicodedata.normalize("NFC", value)
    return values


def parse_query(spec: LayerSpec, values: Mapping[str, str]) -> FeatureQuery:
    """Read a query from clean parameters; those of other concerns (``f``, ``lang``, ``resolution``) are passed over.

    Raises:
        BadParameter: a value that cannot be what its parameter means.
    """
    sort = _parse_sort(values["sortby"]) if "sortby" in values else "id"
    return FeatureQuery(
        bbox=parse_bbox(values["bbox"]) if "bbox" in values else None,
        interval=parse_datetime(values["datetime"]) if "datetime" in values else None,
        equals=tuple(_parse_equal(spec, name, values[name]) for name in property_names(spec) if name in values),
        limit=parse_limit(values["limit"]) if "limit" in values else DEFAULT_LIMIT,
        after=read_cursor(values["after"], spec.id, sort) if "after" in values else None,
        unit_set=parse_set(values["set"]) if "set" in values else None,
        unit_version=parse_version(values["version"]) if "version" in values else None,
        as_of=parse_as_of(values["as_of"]) if "as_of" in values else None,
        filter=_parse_filter(spec, values),
        sort=sort,
    )


def parse_limit(text: str) -> int:
    """Read ``limit``.

    Raises:
        BadParameter: not a whole number from 1 to 10,000.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 6) or not 1 <= int(text) <= MAX_LIMIT:
        raise BadParameter(
            f"limit is a whole number from 1 to {MAX_LIMIT}", code="limit_invalid", minimum=1, maximum=MAX_LIMIT
        )
    return int(text)


def parse_as_of(text: str) -> datetime:
    """Read ``as_of``: what was known then, quantised to the minute.

    Raises:
        BadParameter: not a moment.
    """
    try:
        return parse_instant(text).replace(second=0, microsecond=0)
    except (ValueError, OverflowError):
        raise BadParameter("as_of needs RFC 3339, such as 2026-11-22T08:30:00+07:00", code="as_of_invalid") from None


def parse_set(text: str) -> str:
    """Read the id of a unit set; whether there is such a set is for the database to say.

    Raises:
        BadParameter: not an id.
    """
    if not (text.isascii() and 1 <= len(text) <= 60 and text.replace("-", "").isalnum()):
        raise BadParameter("set is the id of a unit set; /boundaries/sets lists them", code="set_unknown")
    return text


def parse_version(text: str) -> int:
    """Read the number of a published version of units; whether there is one is for the database to say.

    Raises:
        BadParameter: not a number.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 15 and text[0] != "0"):
        raise BadParameter("version is the id of a published version of units", code="version_unknown")
    return int(text)


def _parse_filter(spec: LayerSpec, values: Mapping[str, str]) -> Tree | None:
    if "filter-crs" in values:
        check_filter_crs(values["filter-crs"])
    if "filter" not in values:
        return None
    return parse_filter(values["filter"], values.get("filter-lang", TEXT), spec)


def _parse_sort(text: str) -> Sort:
    allowed = get_args(Sort)
    if text not in allowed:
        raise BadParameter(f"sortby is one of {', '.join(allowed)}", code="sortby_invalid", allowed=list(allowed))
    return cast(Sort, text)


def _parse_equal(spec: LayerSpec, name: str, text: str) -> Equal:
    if name in IDENTITY_FIELDS and spec.store != "unit":
        return Equal(name, None, text)
    field = spec.field(name)
    return Equal(name, field, _parse_value(field, text))


def _parse_value(field: FieldSpec, text: str) -> Value:
    match field.type:
        case "string":
            if len(text) > field.max_length:
                raise _wrong(field, f"at most {field.max_length} characters")
            return text
        case "choice":
            allowed = [choice.value for choice in field.choices]
            if text not in allowed:
                raise BadParameter(
                    f"'{field.name}' is one of {', '.join(allowed)}",
                    code="value_not_allowed",
                    parameter=field.name,
                    allowed=allowed,
                )
            return text
        case "boolean":
            if text not in ("true", "false"):
                raise _wrong(field, "true or false")
            return text == "true"
        case "datetime":
            try:
                return parse_instant(text)
            except (ValueError, OverflowError):
                raise _wrong(field, "an RFC 3339 date-time") from None
        case "integer" | "number":
            return _parse_number(field, text)


def _parse_number(field: FieldSpec, text: str) -> int | float:
    # A closed alphabet: Python's own reader would take "1_000", "０" and "nan".
    if len(text) > 40 or not text or set(text) - set("0123456789+-.eE"):
        raise _wrong(field, "a number")
    try:
        number = float(text)
    except ValueError:
        raise _wrong(field, "a number") from None
    if not math.isfinite(number) or abs(number) > 2**53:
        raise _wrong(field, "a finite number")
    if field.type == "integer":
        if number != int(number):
            raise _wrong(field, "a whole number")
        return int(number)
    return number


def _wrong(field: FieldSpec, needed: str) -> BadParameter:
    return BadParameter(f"'{field.name}' needs {needed}", code="value_invalid", parameter=field.name)
