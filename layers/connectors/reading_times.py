# SPDX-License-Identifier: Apache-2.0
"""When something was measured, as loggers and nodes write it. Times without a zone are Vietnam's. Pure."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from layers.connectors.quantities import printable
from layers.errors import Rejected

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
# Seconds of the year 5138 and milliseconds of 1973: no reading of ours is on the other side of it.
_MILLISECONDS_FROM = 100_000_000_000
_COMPACT = re.compile(r"\d{12}(?:\d{2})?", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?P<zone>[Zz]|[+-]\d\d:?\d\d)?", re.ASCII)


def is_compact(text: str) -> bool:
    """Whether a text looks like yyyyMMddHHmmss, with or without seconds."""
    return _COMPACT.fullmatch(text) is not None


def compact_moment(text: str) -> datetime:
    """yyyyMMddHHmmss of Vietnam.

    Raises:
        Rejected: no such day or hour.
    """
    try:
        return datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=VIETNAM)
    except ValueError:
        raise Rejected("time_invalid", f"'{printable(text)}' is no moment: yyyyMMddHHmmss, Vietnam's time") from None


def node_moment(said: Any) -> datetime:
    """ISO 8601 text, or seconds or milliseconds since 1970; the size of a number says which.

    Raises:
        Rejected: no moment.
    """
    try:
        if isinstance(said, str):
            return _of_text(said)
        if isinstance(said, int | float) and not isinstance(said, bool):
            return datetime.fromtimestamp(said / 1000 if said >= _MILLISECONDS_FROM else said, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Rejected("time_invalid", "'ts' is ISO 8601 text, or seconds or milliseconds since 1970")


def _of_text(text: str) -> datetime:
    found = _LOCAL.fullmatch(text.strip())
    if found is None:
        raise ValueError("no ISO 8601")
    plain = re.sub(r"(\.\d{6})\d+", r"\1", text.strip().replace("z", "Z"))
    moment = datetime.fromisoformat(plain)
    aware = moment if found["zone"] else moment.replace(tzinfo=VIETNAM)
    return aware.astimezone(UTC)
