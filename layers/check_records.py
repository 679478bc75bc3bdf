# SPDX-License-Identifier: Apache-2.0
"""From what a source says of a device's connection to a checked value. Pure.

A record is a flat JSON object: ``id`` (the device's id in its register), ``register`` (the source that keeps the
device, where more than one knows the id), ``time``, ``ok``, ``problem`` and ``facts``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from layers.device_state import Check
from layers.errors import Rejected
from layers.spec import LayerSpec
from layers.values import clean_moment, clean_text, shown

# What looks is a clock of ours; what is pushed may be a little ahead.
MAX_SKEW = timedelta(minutes=10)
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_MEMBERS = ("id", "register", "time", "ok", "problem", "facts")
_PROBLEM = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)
_TEXTS = frozenset({"model", "firmware", "maker", "serial", "stream", "video"})
_NUMBERS = frozenset({"clock_skew_s", "took_ms", "profiles", "lon", "lat"})


@dataclass(frozen=True)
class CheckRecord:
    """One checked record: which device, and what was found."""

    external_id: str
    register: str | None
    check: Check


def is_checked(spec: LayerSpec) -> bool:
    """Whether the layer's features are devices that are checked: they say when."""
    return "checked_at" in spec.field_names and "status" in spec.field_names


def normalise_check(raw: Any, now: datetime) -> CheckRecord:
    """Check one record.

    Raises:
        Rejected: with the code and the sentence that the source gets back.
    """
    if not isinstance(raw, dict):
        raise Rejected("record_invalid", "a check is a JSON object")
    unknown = sorted(shown(str(name)) for name in raw if name not in _MEMBERS)
    if unknown:
        raise Rejected("field_unknown", f"there is no '{unknown[0]}' here; there are: {', '.join(_MEMBERS)}")
    for name in ("id", "time"):
        if raw.get(name) in (None, ""):
            raise Rejected("field_missing", f"'{name}' is missing")
    if not isinstance(raw.get("ok"), bool):
        raise Rejected("value_wrong_type", "'ok' must be true or false")
    problem = raw.get("problem")
    if problem is not None and not (isinstance(problem, str) and _PROBLEM.fullmatch(problem)):
        raise Rejected("value_not_allowed", "'problem' is a short code such as 'timeout'")
    register = raw.get("register")
    return CheckRecord(
        clean_text("id", raw["id"], 200),
        None if register is None else clean_text("register", register, 100),
        Check(_time(raw["time"], now), raw["ok"], problem, _facts(raw.get("facts"))),
    )


def _time(value: Any, now: datetime) -> datetime:
    moment = clean_moment("time", value)
    if moment > now + MAX_SKEW:
        raise Rejected("time_in_future", "'time' lies more than ten minutes in the future")
    if moment < OLDEST:
        raise Rejected("time_too_old", f"a check before {OLDEST.year} is an error of the source")
    return moment


def _facts(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Rejected("value_wrong_type", "'facts' must be an object")
    facts: dict[str, Any] = {}
    for name, fact in value.items():
        if name in _TEXTS:
            facts[name] = clean_text(name, fact, 200)
        elif name in _NUMBERS:
            if isinstance(fact, bool) or not isinstance(fact, int | float) or not abs(fact) <= 2**53:
                raise Rejected("value_wrong_type", f"'{name}' must be a finite number")
            facts[name] = fact
        else:
            raise Rejected("field_unknown", f"there is no fact '{shown(str(name))}'")
    return facts
