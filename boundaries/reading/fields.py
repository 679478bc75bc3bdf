# SPDX-License-Identifier: Apache-2.0
"""Which attribute is the code, the name, the type and the parent: guessed by names and by what stands in them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from boundaries.reading.spelling import bare, unaccented

ROLES = ("code", "name", "type", "parent")
# Names as spelling.unaccented gives them, the surest first.
_NAMES: dict[str, tuple[str, ...]] = {
    "code": (
        "code", "maxa", "maphuong", "maphuongxa", "madvhc", "madvhccapxa", "communecode", "wardcode", "unitcode",
        "maxaphuong", "xaid", "ma", "mahc", "maso", "madonvi", "madonvihanhchinh", "adm3pcode",
    ),
    "name": (
        "name", "tenxa", "tenphuong", "tenphuongxa", "tendvhc", "communename", "wardname", "unitname", "tenxaphuong",
        "ten", "tendonvi", "tendonvihanhchinh", "fullname", "tendaydu", "adm3name",
    ),
    "type": ("type", "loai", "cap", "loaidvhc", "capdvhc", "loaidonvi", "capdonvi"),
    "parent": ("parent", "parentcode", "mahuyen", "districtcode", "matinh", "provincecode", "madvhccapcha"),
}  # fmt: skip
# Written like a column of a database, not like a heading: nobody need be asked.
_COLUMN = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_CODE = re.compile(r"\d{5}\Z")
_MOSTLY = 0.5


@dataclass(frozen=True)
class FieldGuess:
    """Role -> column; a role without a column is not in ``columns``."""

    columns: Mapping[str, str] = field(default_factory=dict)
    is_certain: bool = True


def guess(table: Mapping[str, Sequence[Any]], codes: frozenset[str], names: frozenset[str]) -> FieldGuess:
    """The mapping that the columns suggest.

    Args:
        table: decoded column name -> decoded values.
        codes, names: what is known, to tell columns by their content; names as ``spelling.bare`` gives them.
    """
    columns: dict[str, str] = {}
    for role in ROLES:
        by_name = _by_name(table, role, set(columns.values()))
        if by_name is not None:
            columns[role] = by_name
    certain = all(_COLUMN.match(column) for role, column in columns.items() if role in ("code", "name"))
    for role, fits in (("code", _code_share(codes)), ("name", _name_share(names))):
        if role in columns and fits(table[columns[role]]) > 0:
            continue
        left = [column for column in table if column not in columns.values()]
        best = max(left, key=lambda column: fits(table[column]), default=None)
        if best is not None and fits(table[best]) > _MOSTLY:
            certain = False
            columns[role] = best
    return FieldGuess(columns, certain)


def _by_name(table: Mapping[str, Sequence[Any]], role: str, taken: set[str]) -> str | None:
    plain = {unaccented(column): column for column in reversed(list(table)) if column not in taken}
    return next((plain[name] for name in _NAMES[role] if name in plain), None)


def _code_share(codes: frozenset[str]) -> Any:
    def share(values: Sequence[Any]) -> float:
        given = [as_text(value) or "" for value in values]
        return sum(value in codes or bool(_CODE.match(value)) for value in given) / max(len(given), 1)

    return share


def _name_share(names: frozenset[str]) -> Any:
    def share(values: Sequence[Any]) -> float:
        given = [value for value in values if isinstance(value, str)]
        known = sum(bare(value) in names for value in given)
        # Without a known name, a column of words will do.
        return known / max(len(values), 1) or (0.01 if given and not any(map(_CODE.match, given)) else 0.0)

    return share


def as_text(value: Any) -> str | None:
    """A value as the text that its owner would type; None for no value."""
    return None if value is None else str(value)
