# SPDX-License-Identifier: Apache-2.0
"""What people send about drafts, judged member by member; every refusal says why in both languages."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from boundaries.checks.repairs import REPAIRS
from boundaries.reading.encodings import DECODERS
from boundaries.reading.fields import ROLES
from geo.errors import BadBody

MAX_NAME = 200
_MAX_CODES = 2_000
_SET_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,60}\Z")
_CRS = re.compile(r"[A-Z]{2,12}:\d{1,7}\Z")
# As a published unit may be called; checks say whether it is a good code.
_CODE = re.compile(r"\S{1,20}\Z")
_ANSWERS = ("sheet", "crs", "swap_axes", "encoding", "fields")


def refused(code: str, en: str, vi: str, **facts: Any) -> BadBody:
    """A refusal in both languages."""
    return BadBody(en, code=code, detail_vi=vi, **facts)


def file_name(name: str) -> str:
    """The name of a file that was sent: a name, no path, nothing that cannot be seen.

    Raises:
        BadBody: it is not.
    """
    plain = unicodedata.normalize("NFC", name).strip()
    if not plain or len(plain) > MAX_NAME:
        raise refused(
            "file_name_invalid",
            f"Give the file's name, up to {MAX_NAME} characters.",
            f"Hãy cho tên tệp, không quá {MAX_NAME} ký tự.",
        )
    if plain in (".", "..") or any(letter in "/\\:" or not letter.isprintable() for letter in plain):
        raise refused(
            "file_name_invalid",
            "The file's name must not hold a path or characters that cannot be seen.",
            "Tên tệp không được chứa đường dẫn hoặc ký tự ẩn.",
        )
    return plain


def text(value: Any, member: str, longest: int = 200) -> str:
    """A text that says something."""
    found = optional_text(value, member, longest)
    if found is None:
        raise refused("value_missing", f"'{member}' is missing or blank.", f"Thiếu “{member}”.", member=member)
    return found


def optional_text(value: Any, member: str, longest: int = 200) -> str | None:
    """A text, or None for none."""
    if value is None:
        return None
    # Half of a surrogate pair is no text of PostgreSQL, nor is NUL.
    if not isinstance(value, str) or len(value) > longest or any(unicodedata.category(one) in _UNSEEN for one in value):
        raise refused(
            "value_invalid",
            f"'{member}' is a text of up to {longest} characters.",
            f"“{member}” phải là chữ, không quá {longest} ký tự.",
            member=member,
        )
    return unicodedata.normalize("NFC", value).strip() or None


_UNSEEN = frozenset({"Cc", "Cs"})


def set_id(value: Any, member: str) -> str:
    """The id of a set of units."""
    if not isinstance(value, str) or not _SET_ID.match(value):
        raise refused(
            "unit_set_id_invalid",
            f"'{member}' is the id of a set: lower-case letters, digits and hyphens.",
            f"“{member}” là mã bộ địa giới: chữ thường không dấu, chữ số và gạch nối.",
            member=member,
        )
    return value


def day(value: Any, member: str) -> date:
    """A date such as 2025-07-01."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise refused(
            "date_invalid",
            f"'{member}' is a date such as 2025-07-01.",
            f"“{member}” là ngày dạng 2025-07-01.",
            member=member,
        ) from None


def optional_day(value: Any, member: str) -> date | None:
    """A date, or None for none."""
    return None if value is None or value == "" else day(value, member)


def codes(value: Any, member: str) -> tuple[str, ...]:
    """Codes of units, each once, in order."""
    found = value if isinstance(value, list) else [None]
    if not 0 < len(found) <= _MAX_CODES or not all(isinstance(one, str) and _CODE.match(one) for one in found):
        raise refused(
            "codes_invalid",
            f"'{member}' is a list of unit codes.",
            f"“{member}” là danh sách mã đơn vị.",
            member=member,
        )
    return tuple(sorted(set(found)))


def pairs(value: Any) -> tuple[tuple[str, str], ...]:
    """Pairs of neighbours whose border is not agreed."""
    if not isinstance(value, list) or len(value) > _MAX_CODES:
        raise _bad_pairs()
    found = set()
    for one in value:
        if not isinstance(one, list) or len(one) != 2 or not all(isinstance(c, str) and _CODE.match(c) for c in one):
            raise _bad_pairs()
        if one[0] == one[1]:
            raise _bad_pairs()
        found.add((min(one), max(one)))
    return tuple(sorted(found))


def _bad_pairs() -> BadBody:
    return refused(
        "unagreed_invalid",
        "'unagreed' is a list of pairs of unit codes.",
        "“unagreed” là danh sách các cặp mã đơn vị.",
        member="unagreed",
    )


def repairs(value: Any) -> tuple[str, ...]:
    """Ids of repairs, in the order in which they are done."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value) or set(value) - REPAIRS.keys():
        raise refused(
            "repair_unknown",
            "'repairs' is a list of repairs that are offered.",
            "“repairs” là danh sách các phép sửa được đề xuất.",
            allowed=list(REPAIRS),
        )
    return tuple(name for name in REPAIRS if name in set(value))


def answers(value: Any, before: Mapping[str, Any]) -> dict[str, Any]:
    """Answers after a change: what is named is replaced, null takes an answer back."""
    if not isinstance(value, dict) or value.keys() - set(_ANSWERS):
        raise _bad_answer("answers")
    after = {name: one for name, one in before.items() if name != "remembered" and name not in value}
    # Both say how coordinates are to be read: a system that is chosen anew brings its own order of axes.
    if "crs" in value and "swap_axes" not in value:
        after.pop("swap_axes", None)
    after |= {name: _answer(name, one) for name, one in value.items() if one is not None}
    left = [name for name in before.get("remembered", ()) if name not in value]
    return after | ({"remembered": left} if left else {})


def _answer(name: str, value: Any) -> Any:
    match name:
        case "sheet":
            return text(value, name, 500)
        case "crs" if isinstance(value, str) and _CRS.match(value):
            return value
        case "swap_axes" if isinstance(value, bool):
            return value
        case "encoding" if isinstance(value, str) and value in DECODERS:
            return value
        case "fields" if isinstance(value, dict) and value.keys() <= set(ROLES):
            return {role: optional_text(one, role, 500) or "" for role, one in value.items()}
    raise _bad_answer(name)


def _bad_answer(name: str) -> BadBody:
    return refused(
        "answer_invalid", f"'{name}' is no answer.", f"“{name}” không phải là câu trả lời hợp lệ.", member=name
    )
